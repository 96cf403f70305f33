//! The embedded authorization server, to try everything with nothing installed.

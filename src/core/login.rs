//! Drives the interactive flows.

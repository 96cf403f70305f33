//! The command line as its users meet it: one file a behaviour.

mod harness;

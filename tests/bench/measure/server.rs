//! Sizes, and how soon and how small `serve` is.

use std::fs;
use std::thread;
use std::time::Duration;

use crate::fixture::{Fixture, Server};
use crate::process::median;
use crate::report::{Report, mebibytes, milliseconds};

const MEBIBYTE: u64 = 1 << 20;

/// Measures every row that is wanted.
pub fn measure(fixture: &Fixture, report: &mut Report, rounds: usize) {
    if report.wants("size") {
        let size = fs::metadata(fixture.authctl_path())
            .expect("it is there")
            .len();
        let bounds = (10 * MEBIBYTE, 6 * MEBIBYTE);
        report.value("size", size, bounds, mebibytes);
        report.guard(
            "size-bound",
            size <= bounds.0,
            format_args!("the binary has at most {}", mebibytes(bounds.0)),
        );
    }
    if report.wants("serve-start") {
        let times = (0..rounds).map(|_| Server::start_timed(fixture).1);
        let bounds = (Duration::from_millis(50), Duration::from_millis(20));
        report.value("serve-start", median(times.collect()), bounds, milliseconds);
    }
    if report.wants("serve-memory") {
        let server = Server::start(fixture);
        // By then the keys are made, and what making them took is given back.
        thread::sleep(Duration::from_secs(2));
        let bounds = (20 * MEBIBYTE, 12 * MEBIBYTE);
        report.value("serve-memory", server.resident(), bounds, mebibytes);
    }
}

//! A time-out that counts only while the process runs.
//!
//! A process that is stopped (SIGSTOP, Ctrl-Z, a debugger) or sleeps with its
//! machine finds, when it goes on, that its time is long over, though the
//! answer may lie in the socket. Were it thrown away, a rotated refresh token
//! would be lost with it.

use std::future::Future;
use std::pin::pin;
use std::time::{Duration, Instant};

/// Waits for `work`, but no longer than `limit` of the time in which the
/// process ran; `None` if that was not enough.
pub(super) async fn timeout<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut left = limit;
    loop {
        let slice = left.min(SLICE);
        let begun = Instant::now();
        if let Ok(done) = tokio::time::timeout(slice, &mut work).await {
            return Some(done);
        }
        // A slice that took far longer was slept through: it does not count,
        // and what came meanwhile is read in the next.
        if begun.elapsed() < slice + STOPPED {
            left -= slice;
        }
        if left.is_zero() {
            return None;
        }
    }
}

const SLICE: Duration = Duration::from_millis(250);
/// How late a process may be woken without having been stopped.
const STOPPED: Duration = Duration::from_millis(500);

#[cfg(test)]
mod tests {
    use super::*;

    fn run<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap()
            .block_on(work)
    }

    #[test]
    fn what_never_ends_is_given_up_in_time() {
        let begun = Instant::now();
        let limit = Duration::from_millis(300);
        assert_eq!(run(timeout(limit, std::future::pending::<()>())), None);
        assert!(begun.elapsed() >= limit);
        assert_eq!(
            run(timeout(Duration::ZERO, std::future::pending::<()>())),
            None
        );
    }

    /// A thread that sleeps is a process that is stopped, for all the runtime
    /// can tell: its timers are over, and what came must still be read.
    #[test]
    fn a_time_in_which_nothing_ran_does_not_count() {
        let done = run(async {
            let (tell, told) = tokio::sync::oneshot::channel();
            tokio::spawn(async move {
                std::thread::sleep(Duration::from_millis(900));
                // The answer is read some turns of the runtime later.
                for _ in 0..20 {
                    tokio::task::yield_now().await;
                }
                let _ = tell.send("answer");
            });
            timeout(Duration::from_millis(200), told).await
        });
        assert_eq!(done, Some(Ok("answer")));
    }
}

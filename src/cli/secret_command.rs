//! The command of a reference `cmd:COMMAND`: run for the secret that it prints.

use std::io::Read as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use authctl::core::config::SecretRef;
use authctl::core::error::Error;
use authctl::core::secret::SecretBytes;
use zeroize::Zeroizing;

use super::secrets::{MAX_SECRET, unfit};
use super::{hygiene, interrupt};

/// Runs a command for what it prints.
///
/// # Errors
///
/// Exit 8 for one that cannot be run, fails, says too much or takes too long.
pub fn run(command: &str, reference: &SecretRef) -> Result<SecretBytes, Error> {
    run_within(command, reference, COMMAND_WAIT)
}

fn run_within(command: &str, reference: &SecretRef, wait: Duration) -> Result<SecretBytes, Error> {
    interrupt::install();
    let mut child = shell(command);
    // It may be anybody's program, and is asked for one secret only.
    hygiene::hide_secrets(&mut child);
    let cannot_run = |source: std::io::Error| Error::Input {
        what: format!("cannot run the command of `{reference}`"),
        hint: Some("the system's shell runs it: see that there is one in PATH".into()),
        source: Some(source),
    };
    let deadline = Instant::now() + wait;
    child
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    let mut running = hygiene::with_our_limits_lifted(|| child.spawn()).map_err(cannot_run)?;
    let (said, hear) = std::sync::mpsc::channel();
    if let Some(pipe) = running.stdout.take() {
        std::thread::spawn(move || {
            let mut stdout = Zeroizing::new(Vec::new());
            let read = pipe.take(MAX_SECRET + 1).read_to_end(&mut stdout);
            // Nobody listens any more after the deadline.
            let _ = said.send(read.map(|_| stdout));
        });
    }
    let stdout = hear.recv_timeout(wait);
    let too_long = || {
        let wait = wait.as_secs();
        unfit(
            reference,
            &format!("the command did not end within {wait} s"),
        )
    };
    let ended = match &stdout {
        Ok(Ok(stdout)) if stdout.len() as u64 > MAX_SECRET => {
            Err(unfit(reference, "the command says more than 1 MiB"))
        }
        Ok(_) => ended(&mut running, deadline)
            .map_err(cannot_run)?
            .ok_or_else(too_long),
        Err(_) => Err(too_long()),
    };
    let status = ended.inspect_err(|_| {
        let _ = running.kill();
        let _ = running.wait();
    })?;
    if !status.success() {
        return Err(unfit(reference, &format!("the command failed ({status})")));
    }
    let stdout = stdout.map_err(|_| too_long())?.map_err(cannot_run)?;
    Ok(SecretBytes::new(stdout.as_slice()))
}

/// Waits for a process whose output has ended; it does the same soon.
fn ended(running: &mut Child, deadline: Instant) -> std::io::Result<Option<ExitStatus>> {
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = running.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

/// Prepares a call of the system's shell with a command line.
#[cfg(unix)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]);
    shell
}

/// Prepares a call of the system's shell with a command line. It takes what is
/// between the outer quotes as it is; the quoting that programs expect it does
/// not know.
#[cfg(windows)]
fn shell(command: &str) -> Command {
    use std::os::windows::process::CommandExt as _;
    let mut shell = Command::new("cmd");
    shell.raw_arg(format!(r#"/D /S /C "{command}""#));
    shell
}

/// How long a command may take to say a secret: it may ask a person to unlock
/// something.
const COMMAND_WAIT: Duration = Duration::from_secs(60);

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use authctl::core::error::{Exit, Report as _};

    fn said(command: &str, wait: Duration) -> Result<SecretBytes, Error> {
        let reference = SecretRef::Command(command.into());
        run_within(command, &reference, wait)
    }

    #[test]
    fn a_command_is_waited_for_no_longer_than_it_may_take() {
        let short = Duration::from_millis(100);
        for command in ["sleep 30", "echo x; exec >&-; sleep 30", "sleep 30 & wait"] {
            let started = Instant::now();
            let error = said(command, short).unwrap_err();
            assert_eq!(error.exit(), Exit::Config);
            assert!(error.to_string().contains("did not end within"), "{error}");
            assert!(started.elapsed() < Duration::from_secs(10), "{command}");
        }
        let octets = said("printf 'one\\ntwo\\n'", COMMAND_WAIT).unwrap();
        assert_eq!(octets.expose(), b"one\ntwo\n");
        let error = said("echo x; exit 3", COMMAND_WAIT).unwrap_err();
        assert!(
            error.to_string().contains("failed (exit status: 3)"),
            "{error}"
        );
        let error = said("head -c 2000000 /dev/zero", COMMAND_WAIT).unwrap_err();
        assert!(error.to_string().contains("more than 1 MiB"), "{error}");
    }
}

//! Passwords and tokens: where they come from, and that they go nowhere else.

use std::fmt;
use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// A password or token. It is never shown, not even for debugging.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// Bytes of a secret: the longest tokens have some thousands. A source that gives more
/// is not what it should be.
const LONGEST: u64 = 64 * 1024;

/// How long a command may take: it may ask a server for a token.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often it is looked whether a command has ended.
const LOOK: Duration = Duration::from_millis(10);

/// Where a secret comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// The environment variable of this name.
    Environment(String),
    /// The first line of a file.
    File(PathBuf),
    /// The first line of what a program prints: its path, and its arguments.
    Command(Vec<String>),
}

/// Why there is no secret. None of these holds any of it.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The variable is not set, or is no text.
    #[error("the environment variable {0} is not set; set it to the password or token")]
    NotSet(String),
    /// The file could not be read.
    #[error("{}: {source}; put the password or token into it, readable by this user", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The command could not be started, or failed.
    #[error("the command {program} for the password: {reason}; run it by hand to see why")]
    Command {
        /// The program without its arguments, in which a secret may be.
        program: String,
        /// What happened.
        reason: String,
    },
    /// There is nothing, or no line of text, where it should be.
    #[error("{0} gives no password or token: it must be one line of text")]
    NoLine(String),
}

impl Secret {
    /// The secret itself, for whoever sends it to where it belongs.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    fn first_line(bytes: &[u8], of: impl Fn() -> String) -> Result<Self, SecretError> {
        let line = bytes.split(|byte| *byte == b'\n').next();
        let line = line.and_then(|line| std::str::from_utf8(line).ok());
        let line = line.map(|line| line.trim_end_matches('\r'));
        match line {
            Some(line) if !line.is_empty() && !line.contains(char::is_control) => {
                Ok(Self(line.to_owned()))
            }
            _ => Err(SecretError::NoLine(of())),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(...)")
    }
}

impl SecretSource {
    /// Gets the secret. Waits for a command at most half a minute.
    pub fn get(&self) -> Result<Secret, SecretError> {
        match self {
            Self::Environment(name) => {
                let value = std::env::var(name);
                let value = value.map_err(|_| SecretError::NotSet(name.clone()))?;
                Secret::first_line(value.as_bytes(), || name.clone())
            }
            Self::File(path) => {
                let mut bytes = Vec::new();
                let read = fs::File::open(path)
                    .and_then(|file| file.take(LONGEST).read_to_end(&mut bytes));
                read.map_err(|source| SecretError::File {
                    path: path.clone(),
                    source,
                })?;
                Secret::first_line(&bytes, || path.display().to_string())
            }
            Self::Command(words) => command(words, PATIENCE),
        }
    }
}

fn command(words: &[String], patience: Duration) -> Result<Secret, SecretError> {
    let (program, arguments) = words.split_first().ok_or_else(|| SecretError::Command {
        program: String::new(),
        reason: "none is named".to_owned(),
    })?;
    let failed = |reason: String| SecretError::Command {
        program: program.clone(),
        reason,
    };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    // It is read beside the waiting: who fills a pipe that nobody reads never ends. What
    // it started itself may hold the pipe open, so the reading has its time too.
    let (sender, read) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = stdout.take(LONGEST).read_to_end(&mut bytes);
            // Nobody listens any more once it took too long.
            let _ = sender.send(read.map(|_| bytes));
        });
    }
    let start = Instant::now();
    wait(&mut child, patience).map_err(failed)?;
    let bytes = read.recv_timeout(patience.saturating_sub(start.elapsed()));
    let bytes = bytes.map_err(|_| failed("what it prints does not end".to_owned()))?;
    let bytes = bytes.map_err(|error| failed(error.to_string()))?;
    Secret::first_line(&bytes, || program.clone())
}

/// Waits for a program to end well; one that takes too long is ended.
fn wait(child: &mut Child, patience: Duration) -> Result<(), String> {
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(format!("it ended with {status}")),
            Ok(None) if start.elapsed() < patience => thread::sleep(LOOK),
            Ok(None) => {
                // It may have ended by itself just now; then there is nobody to end.
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!(
                    "it took over {} s and was ended",
                    patience.as_secs()
                ));
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Vec<String> {
        ["sh", "-c", script].map(str::to_owned).to_vec()
    }

    #[test]
    fn a_secret_is_the_first_line_and_is_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        fs::write(&path, "pass word\r\nmore").unwrap();
        let secret = SecretSource::File(path).get().unwrap();
        assert_eq!(secret.reveal(), "pass word");
        assert_eq!(format!("{secret:?}"), "Secret(...)");
        let secret = SecretSource::Command(shell("echo word; echo more")).get();
        assert_eq!(secret.unwrap().reveal(), "word");
        let path = SecretSource::Environment("PATH".to_owned()).get().unwrap();
        assert_eq!(path.reveal(), std::env::var("PATH").unwrap());
    }

    #[test]
    fn what_is_wrong_is_said_without_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        fs::write(&path, "").unwrap();
        for (source, said) in [
            (
                SecretSource::Environment("POSTROOM_NONE".to_owned()),
                "POSTROOM_NONE is not set",
            ),
            (SecretSource::File(path), "one line of text"),
            (
                SecretSource::File("/nowhere/at/all".into()),
                "/nowhere/at/all",
            ),
            (SecretSource::Command(Vec::new()), "none is named"),
            (
                SecretSource::Command(vec!["/nowhere/at/all".to_owned()]),
                "No such file",
            ),
            (
                SecretSource::Command(shell("echo hush; exit 3")),
                "exit status: 3",
            ),
            (SecretSource::Command(shell("exit 0")), "one line of text"),
        ] {
            let error = source.get().unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(shown.contains(said), "{shown}");
            assert!(!shown.contains("hush"), "{shown}");
        }
    }

    #[test]
    fn a_command_that_does_not_end_is_ended() {
        let start = Instant::now();
        let patience = Duration::from_millis(100);
        let error = command(&shell("exec sleep 60"), patience).unwrap_err();
        assert!(error.to_string().contains("was ended"), "{error}");
        let error = command(&shell("echo hush; sleep 60 &"), patience).unwrap_err();
        assert!(error.to_string().contains("does not end"), "{error}");
        assert!(start.elapsed() < Duration::from_secs(30));
    }
}

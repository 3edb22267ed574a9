//! The server under measurement: the real binary, with a fresh folder and a free port of the loopback. Ends with the value.

use super::Fallible;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Lines that a server for development prints when it is ready.
const LINES: [&str; 5] = ["url", "origin", "root", "user", "token"];

/// How long an orderly end may take.
const END: Duration = Duration::from_secs(30);

/// A server that runs.
pub(crate) struct Server {
    process: Child,
    pub(crate) url: String,
    pub(crate) root: Vec<u8>,
    pub(crate) user: String,
    pub(crate) token: String,
}

impl Server {
    /// Starts it and waits until it is ready.
    pub(crate) fn start(binary: &str, data: &Path) -> Fallible<Self> {
        std::fs::create_dir_all(data)?;
        let mut process = Command::new(binary)
            .args(["serve", "--dev", "--data"])
            .arg(data)
            .env("LUMEN_LOG", "warn")
            .stdout(Stdio::piped())
            .stderr(File::create(data.join("stderr"))?)
            .spawn()?;
        let output = process.stdout.take().ok_or("the server has no output")?;
        let mut said = BTreeMap::new();
        for line in BufReader::new(output).lines() {
            let line = line?;
            if let Some((name, value)) = line.split_once(" = ") {
                said.insert(name.to_owned(), value.to_owned());
            }
            if LINES.iter().all(|name| said.contains_key(*name)) {
                break;
            }
        }
        let mut take = |name: &str| {
            let found = said.remove(name);
            found.ok_or_else(|| format!("the server did not say its {name}"))
        };
        Ok(Self {
            url: take("url")?,
            root: std::fs::read(take("root")?)?,
            user: take("user")?,
            token: take("token")?,
            process,
        })
    }

    /// Asks it to end, and waits for that.
    pub(crate) fn stop(mut self) -> Fallible<()> {
        Command::new("kill")
            .args(["-TERM", &self.process.id().to_string()])
            .status()?;
        let started = Instant::now();
        while started.elapsed() < END {
            if let Some(status) = self.process.try_wait()? {
                return match status.success() {
                    true => Ok(()),
                    false => Err(format!("the server ended with {status}").into()),
                };
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err("the server did not end".into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing can be done about a process that is gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

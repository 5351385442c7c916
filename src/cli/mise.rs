//! Asking a mise that is on PATH which versions are published.
//!
//! Nothing is downloaded but what mise asks its own servers: it runs in an empty directory of its own, with nothing of
//! the user's environment but what leads to the network, and reads no configuration. It gets little time, and what it writes
//! is cut off. Environment variables: <https://mise.jdx.dev/configuration/settings.html>.

use std::fs::{self, DirBuilder};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::{process, thread};

use crate::analyze::{LookupError, VersionLookup};

/// How long mise may take to answer. Its lists are small and come from one server.
const TIME_LIMIT: Duration = Duration::from_secs(20);
/// How often it is looked whether mise has ended.
const PAUSE: Duration = Duration::from_millis(5);
/// The most that is read of an answer. All versions of a tool take a few KiB.
const OUTPUT_LIMIT: u64 = 1024 * 1024;
/// Versions that are younger are left out, as mise leaves them out in the build: what is broken is found within days.
const MINIMUM_RELEASE_AGE: &str = "14d";

/// What mise needs of the environment to find its way to the network.
const INHERITED: [&str; 9] = [
    "PATH",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];
/// Directories that are mise's own, by the variable that names each.
const DIRECTORIES: [(&str, &str); 8] = [
    ("HOME", "home"),
    ("TMPDIR", "tmp"),
    ("MISE_CACHE_DIR", "cache"),
    ("MISE_CONFIG_DIR", "config"),
    ("MISE_DATA_DIR", "data"),
    ("MISE_STATE_DIR", "state"),
    ("MISE_SYSTEM_CONFIG_DIR", "system-config"),
    ("MISE_SYSTEM_DIR", "system"),
];
const SETTINGS: [(&str, &str); 11] = [
    ("MISE_NO_CONFIG", "1"),
    ("MISE_NO_ENV", "1"),
    ("MISE_NO_HOOKS", "1"),
    ("MISE_PARANOID", "1"),
    ("MISE_AUTO_INSTALL", "0"),
    ("MISE_NOT_FOUND_AUTO_INSTALL", "0"),
    // These run scripts that they download.
    ("MISE_DISABLE_BACKENDS", "asdf,vfox"),
    ("MISE_HTTP_RETRIES", "1"),
    ("MISE_HTTP_TIMEOUT", "10s"),
    ("MISE_FETCH_REMOTE_VERSIONS_TIMEOUT", "10s"),
    ("NO_COLOR", "1"),
];

/// A mise on this machine.
#[derive(Debug)]
pub(super) struct Mise {
    program: PathBuf,
    environment: Vec<(&'static str, String)>,
    /// Where its own directory is made.
    temporary: PathBuf,
    time_limit: Duration,
    /// Set when nobody wants an answer any more.
    stop: Arc<AtomicBool>,
    sandbox: OnceLock<Sandbox>,
}

impl Mise {
    /// The first mise on PATH; never one inside `app`, whose packages a script may have put there. What it runs ends when `stop`
    /// is set.
    pub(super) fn find(
        app: &Path,
        variable: &dyn Fn(&str) -> Option<String>,
        stop: &Arc<AtomicBool>,
    ) -> Option<Self> {
        let app = fs::canonicalize(app).ok()?;
        let path = variable("PATH")?;
        let program = path
            .split(':')
            .map(|directory| Path::new(directory).join("mise"))
            .filter(|program| program.is_absolute())
            .find(|program| {
                is_executable(program)
                    && fs::canonicalize(program).is_ok_and(|program| !program.starts_with(&app))
            })?;
        let inherited = INHERITED.into_iter();
        let temporary = variable("TMPDIR").filter(|directory| directory.starts_with('/'));
        Some(Self {
            program,
            environment: inherited
                .filter_map(|name| Some((name, variable(name)?)))
                .collect(),
            temporary: temporary.map_or_else(|| PathBuf::from("/tmp"), PathBuf::from),
            time_limit: TIME_LIMIT,
            stop: Arc::clone(stop),
            sandbox: OnceLock::new(),
        })
    }

    fn sandbox(&self) -> io::Result<&Sandbox> {
        if let Some(sandbox) = self.sandbox.get() {
            return Ok(sandbox);
        }
        let made = Sandbox::make(&self.temporary)?;
        Ok(self.sandbox.get_or_init(|| made))
    }

    fn ask(&self, arguments: &[&str], minimum_age: &str) -> Result<String, LookupError> {
        let unable = |error: io::Error| LookupError {
            reason: format!("{} could not be run: {error}", self.program.display()),
            is_final: true,
        };
        let sandbox = self.sandbox().map_err(unable)?;
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .envs(SETTINGS)
            .env("MISE_MINIMUM_RELEASE_AGE", minimum_age)
            .envs(DIRECTORIES.map(|(name, directory)| (name, sandbox.directory.join(directory))))
            .current_dir(sandbox.directory.join("empty"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().map_err(unable)?;
        let stdout = read_beside(child.stdout.take());
        let stderr = read_beside(child.stderr.take());
        let deadline = Instant::now() + self.time_limit;
        let status = wait(&mut child, deadline, &self.stop).map_err(unable)?;
        let Some(status) = status else {
            let reason = if self.stop.load(Ordering::Relaxed) {
                "it was interrupted".to_owned()
            } else {
                format!("it gave no answer within {} s", self.time_limit.as_secs())
            };
            return Err(LookupError {
                reason,
                is_final: true,
            });
        };
        if !status.success() {
            let text = received(&stderr);
            let last = text.lines().rfind(|line| !line.trim().is_empty());
            let said = last.map_or_else(String::new, |line| {
                let line: String = line
                    .chars()
                    .filter(|sign| !sign.is_control())
                    .take(200)
                    .collect();
                format!(": {}", line.trim())
            });
            return Err(LookupError {
                reason: format!("it ended with {status}{said}"),
                is_final: false,
            });
        }
        Ok(received(&stdout))
    }
}

impl VersionLookup for Mise {
    fn newest(&self, tool: &str, version: &str) -> Result<String, LookupError> {
        let package = format!("{tool}@{version}");
        let newest = |minimum_age| {
            let answer = self.ask(&["latest", "--", &package], minimum_age)?;
            match answer.trim() {
                "" => Err(LookupError {
                    reason: "it knows no such version".to_owned(),
                    is_final: false,
                }),
                version => Ok(version.to_owned()),
            }
        };
        // Who asks for a version that is younger knows it.
        newest(MINIMUM_RELEASE_AGE).or_else(|error| {
            if error.is_final {
                Err(error)
            } else {
                newest("0s")
            }
        })
    }

    fn versions(&self, tool: &str) -> Result<Vec<String>, LookupError> {
        let answer = self.ask(&["ls-remote", "--", tool], MINIMUM_RELEASE_AGE)?;
        Ok(answer.lines().map(|line| line.trim().to_owned()).collect())
    }
}

/// An own directory, gone when it is dropped.
#[derive(Debug)]
struct Sandbox {
    directory: PathBuf,
}

impl Sandbox {
    fn make(parent: &Path) -> io::Result<Self> {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let name = format!("railpack-mise-{}-{}", process::id(), now.as_nanos());
        let directory = parent.join(name);
        // It is an error if it is there: nobody else may have made it.
        DirBuilder::new().mode(0o700).create(&directory)?;
        let sandbox = Self { directory };
        fs::create_dir(sandbox.directory.join("empty"))?;
        for (_, name) in DIRECTORIES {
            fs::create_dir(sandbox.directory.join(name))?;
        }
        Ok(sandbox)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // What cannot be removed is in the directory for temporary files, where others clean up.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

fn is_executable(program: &Path) -> bool {
    fs::metadata(program)
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// Waits until `deadline`, or until `stop` is set, then kills; `None` if it had to.
fn wait(
    child: &mut Child,
    deadline: Instant,
    stop: &AtomicBool,
) -> io::Result<Option<process::ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline || stop.load(Ordering::Relaxed) {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(PAUSE);
    }
}

/// Reads in a thread, so that the other side never waits; what is above the limit is lost.
fn read_beside(stream: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    if let Some(stream) = stream {
        thread::spawn(move || {
            let mut content = Vec::new();
            // What came until an error is better than nothing.
            let _ = stream.take(OUTPUT_LIMIT).read_to_end(&mut content);
            let _ = sender.send(content);
        });
    }
    receiver
}

/// What was read. A process that was left behind may hold the stream open, and is not waited for.
fn received(stream: &Receiver<Vec<u8>>) -> String {
    let content = stream
        .recv_timeout(Duration::from_secs(1))
        .unwrap_or_default();
    String::from_utf8_lossy(&content).into_owned()
}

#[cfg(test)]
mod tests;

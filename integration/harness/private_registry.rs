//! A registry of one test, which wants a password.

use std::path::Path;
use std::process::Command as Process;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use tempfile::TempDir;

use super::command::Command;
use super::daemon::{Daemon, word_behind};
use super::engine::Engine;
use super::unique::unique_name;

/// The only user, and the password.
pub(crate) const USER: &str = "harbour";
pub(crate) const PASSWORD: &str = "tide-and-time";

/// As `htpasswd -B` writes them.
const PASSWORD_FILE: &str =
    "harbour:$2y$05$abcdefghijklmnopqrstuukk9cDHzYZ.SBl76ffwucLM/yV7d2WyK\n";

/// What the registry says when it listens: the address is behind it.
const LISTENING: &str = "listening on ";

/// A registry on the loopback address that ends with this value, with all that it has stored.
#[derive(Debug)]
pub(crate) struct PrivateRegistry {
    host: String,
    // Dropped first.
    _daemon: Daemon,
    _directory: TempDir,
}

impl PrivateRegistry {
    /// Starts Debian's program, or where there is none the registry's own image.
    #[track_caller]
    pub(crate) fn start() -> Self {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let file = |name: &str| directory.path().join(name);
        std::fs::write(file("htpasswd"), PASSWORD_FILE).expect("a file can be written");
        // JSON is YAML.
        let configuration = json!({
            "version": "0.1",
            "log": { "level": "info" },
            "storage": { "filesystem": { "rootdirectory": file("data") } },
            "http": { "addr": "127.0.0.1:0" },
            "auth": { "htpasswd": { "realm": "test", "path": file("htpasswd") } },
        });
        std::fs::write(file("config.yml"), configuration.to_string()).expect("it can be written");
        let daemon = if Command::new("docker-registry")
            .argument("--version")
            .succeeds()
        {
            let mut command = Process::new("docker-registry");
            command.arg("serve").arg(file("config.yml"));
            Daemon::process(command, &file("log"))
        } else {
            let path = directory.path().display();
            let options = ["--volume".to_owned(), format!("{path}:{path}")];
            let arguments = ["serve".to_owned(), format!("{path}/config.yml")];
            Daemon::container(
                &Engine::Docker,
                &unique_name(),
                &options,
                "registry:2",
                &arguments,
            )
        };
        let address = daemon.wait_until(|log| word_behind(log, LISTENING).map(str::to_owned));
        let (_, port) = address.rsplit_once(':').expect("it listens on a port");
        Self {
            // A name that every engine takes for one without TLS.
            host: format!("localhost:{port}"),
            _daemon: daemon,
            _directory: directory,
        }
    }

    /// A name in it that no image has.
    pub(crate) fn unique_name(&self) -> String {
        format!("{}/{}:1", self.host, unique_name())
    }

    /// Its host and port.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// A directory for `DOCKER_CONFIG`, with the login that `docker login` would have written.
    pub(crate) fn login(&self, password: &str) -> TempDir {
        let directory = tempfile::tempdir().expect("a directory can be made");
        write_login(directory.path(), &self.host, password);
        directory
    }
}

fn write_login(directory: &Path, host: &str, password: &str) {
    let login = BASE64_STANDARD.encode(format!("{USER}:{password}"));
    let configuration = json!({ "auths": { host: { "auth": login } } });
    let file = directory.join("config.json");
    std::fs::write(file, configuration.to_string()).expect("a file can be written");
}

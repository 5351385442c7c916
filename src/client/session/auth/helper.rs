//! Credential helpers: programs named `docker-credential-<suffix>` that keep logins for Docker.
//!
//! <https://github.com/docker/docker-credential-helpers/blob/master/client/client.go>

use std::ffi::OsStr;
use std::process::Stdio;

use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

use super::CredentialsError;
use super::config::Login;

const PREFIX: &str = "docker-credential-";

/// The user name of a login that is an identity token.
const TOKEN_USERNAME: &str = "<token>";

/// What a helper says of a registry that it does not know.
/// <https://github.com/docker/docker-credential-helpers/blob/master/credentials/error.go>
const NOT_FOUND: &str = "credentials not found in native keychain";

/// Largest answer, in bytes.
const MAX_ANSWER_SIZE: u64 = 1 << 20;

/// What a helper prints.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(default)]
    username: String,
    #[serde(default)]
    secret: String,
}

/// Asks the helper with this suffix; none if it does not know `registry`. Dropped, it ends the helper. `path` is a `PATH` to
/// look for it in, in place of the process's own.
pub(super) async fn get(
    suffix: &str,
    registry: &str,
    path: Option<&OsStr>,
) -> Result<Option<Login>, CredentialsError> {
    let program = format!("{PREFIX}{suffix}");
    let (succeeded, status, output) = match run(&program, registry, path).await {
        Ok(ended) => ended,
        Err(source) => {
            return Err(CredentialsError::Start {
                registry: registry.to_owned(),
                program,
                source,
            });
        }
    };
    if !succeeded {
        let said = String::from_utf8_lossy(&output);
        return match said.trim() {
            NOT_FOUND => Ok(None),
            said => Err(CredentialsError::Failed {
                registry: registry.to_owned(),
                program,
                reason: format!("{status}: {}", said.chars().take(500).collect::<String>()),
            }),
        };
    }
    // The parser's own words may have the secret in them.
    let answer: Answer = serde_json::from_slice(&output).map_err(|_| CredentialsError::Answer {
        registry: registry.to_owned(),
        program,
    })?;
    Ok(Some(if answer.username == TOKEN_USERNAME {
        Login {
            identity_token: answer.secret,
            ..Login::default()
        }
    } else {
        Login {
            username: answer.username,
            password: answer.secret,
            ..Login::default()
        }
    }))
}

/// Whether the program succeeded, how it ended, and what it printed.
async fn run(
    program: &str,
    registry: &str,
    path: Option<&OsStr>,
) -> std::io::Result<(bool, String, Vec<u8>)> {
    let mut command = Command::new(program);
    if let Some(path) = path {
        command.env("PATH", path);
    }
    let mut helper = command
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    if let Some(mut input) = helper.stdin.take() {
        // A helper need not read to the end; what it prints tells how it went.
        let _ = input.write_all(registry.as_bytes()).await;
    }
    let mut output = Vec::new();
    if let Some(printed) = helper.stdout.take() {
        printed
            .take(MAX_ANSWER_SIZE)
            .read_to_end(&mut output)
            .await?;
    }
    let status = helper.wait().await?;
    Ok((status.success(), status.to_string(), output))
}

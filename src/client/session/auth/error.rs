//! Why credentials cannot be had. No text has a password or a token in it.

use std::io;
use std::path::PathBuf;

/// A Docker configuration or a credential helper that does not do its part.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// The configuration is there but cannot be read.
    #[error("cannot read the Docker configuration `{}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The configuration is no JSON, or a field has another type.
    #[error("the Docker configuration `{}` is malformed at line {line}, column {column}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// `auth` of a registry is not the base64 of `name:password`.
    #[error(
        "the login to `{registry}` in the Docker configuration is malformed; hint: log in again with `docker login {registry}`"
    )]
    Login {
        /// Its key.
        registry: String,
    },
    /// A helper is not there.
    #[error(
        "cannot run the credential helper `{program}` for `{registry}`: {source}; hint: install it, or take `credsStore` and `credHelpers` out of Docker's config.json"
    )]
    Start {
        /// The registry asked after.
        registry: String,
        /// Name of the program.
        program: String,
        /// What the system says.
        source: io::Error,
    },
    /// A helper failed.
    #[error("the credential helper `{program}` has nothing for `{registry}`: {reason}")]
    Failed {
        /// The registry asked after.
        registry: String,
        /// Name of the program.
        program: String,
        /// How it ended, and its own words.
        reason: String,
    },
    /// A helper's answer is no JSON of a login.
    #[error("the credential helper `{program}` gave no login for `{registry}` that can be read")]
    Answer {
        /// The registry asked after.
        registry: String,
        /// Name of the program.
        program: String,
    },
}

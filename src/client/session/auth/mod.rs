//! Credentials of registries, from where `docker login` put them.
//!
//! The engine is answered with them and fetches tokens itself: the methods with which a client fetches its own tokens are
//! told to be unimplemented, which every engine takes.
//! <https://github.com/moby/buildkit/blob/v0.32.2/session/auth/authprovider/authprovider.go>

mod config;
mod error;
mod helper;

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::Mutex;
use tonic::{Request, Response, Status};

use crate::proto::filesync::auth_server::Auth;
use crate::proto::filesync::{
    CredentialsRequest, CredentialsResponse, FetchTokenRequest, FetchTokenResponse,
    GetTokenAuthorityRequest, GetTokenAuthorityResponse, VerifyTokenAuthorityRequest,
    VerifyTokenAuthorityResponse,
};
use config::{Config, Login};
pub use error::CredentialsError;

/// How the engine calls Docker Hub, and how a Docker configuration does.
/// <https://github.com/moby/buildkit/blob/v0.32.2/session/auth/authprovider/authprovider.go>
const DOCKER_HUB_HOST: &str = "registry-1.docker.io";
const DOCKER_HUB_KEY: &str = "https://index.docker.io/v1/";

/// Variable with logins, in the form of Docker's `config.json`; what it has goes before the file.
/// <https://github.com/docker/cli/blob/v29.7.2/cli/config/configfile/file.go>
pub(crate) const AUTH_VARIABLE: &str = "DOCKER_AUTH_CONFIG";

/// The user's logins to registries. Without a folder every registry is used anonymously.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    folder: Option<PathBuf>,
    /// The value of [`AUTH_VARIABLE`].
    inline: Option<Hidden>,
    /// Where helpers are looked for.
    path: Option<OsString>,
    /// Some helpers hang when two of them run at once.
    /// <https://github.com/docker/cli/issues/1862>
    helpers: Arc<Mutex<()>>,
}

impl Credentials {
    /// The logins that the Docker configuration in `folder` knows: what `DOCKER_CONFIG` names, or `~/.docker`. It is
    /// read whenever the engine asks; if there is no file, there are no logins.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: Some(folder.into()),
            ..Self::default()
        }
    }

    /// Looks first in a text in the form of Docker's `config.json`: the value of `DOCKER_AUTH_CONFIG`. Its `auths` are used.
    #[must_use]
    pub fn look_first_in(mut self, text: impl Into<String>) -> Self {
        self.inline = Some(Hidden(text.into().into()));
        self
    }

    /// Looks for credential helpers in the folders of `path`, a value as `PATH` has it, in place of the process's own.
    #[must_use]
    pub fn search_in(mut self, path: impl Into<OsString>) -> Self {
        self.path = Some(path.into());
        self
    }

    async fn login(&self, host: &str) -> Result<Login, CredentialsError> {
        let key = if host == DOCKER_HUB_HOST {
            DOCKER_HUB_KEY
        } else {
            host
        };
        if let Some(Hidden(text)) = &self.inline {
            let login = Config::parse(Path::new(AUTH_VARIABLE), text.as_bytes())?.login(key)?;
            if login != Login::default() {
                return Ok(login);
            }
        }
        let Some(folder) = &self.folder else {
            return Ok(Login::default());
        };
        let config = Config::read(folder).await?;
        let Some(helper) = config.helper(key) else {
            return config.login(key);
        };
        let turn = self.helpers.lock().await;
        let login = helper::get(helper, key, self.path.as_deref()).await?;
        drop(turn);
        match login {
            Some(login) => Ok(login),
            None => config.login(key),
        }
    }
}

/// A text with passwords in it.
#[derive(Clone)]
struct Hidden(Arc<str>);

impl fmt::Debug for Hidden {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Hidden(***)")
    }
}

#[tonic::async_trait]
impl Auth for Credentials {
    async fn credentials(
        &self,
        request: Request<CredentialsRequest>,
    ) -> Result<Response<CredentialsResponse>, Status> {
        let login = self.login(&request.get_ref().host).await;
        let login = login.map_err(|error| Status::failed_precondition(error.to_string()))?;
        Ok(Response::new(login.into()))
    }

    async fn fetch_token(
        &self,
        _: Request<FetchTokenRequest>,
    ) -> Result<Response<FetchTokenResponse>, Status> {
        Err(no_tokens())
    }

    async fn get_token_authority(
        &self,
        _: Request<GetTokenAuthorityRequest>,
    ) -> Result<Response<GetTokenAuthorityResponse>, Status> {
        Err(no_tokens())
    }

    async fn verify_token_authority(
        &self,
        _: Request<VerifyTokenAuthorityRequest>,
    ) -> Result<Response<VerifyTokenAuthorityResponse>, Status> {
        Err(no_tokens())
    }
}

fn no_tokens() -> Status {
    Status::unimplemented("this client gives credentials, not tokens")
}

impl From<Login> for CredentialsResponse {
    fn from(login: Login) -> Self {
        if login.identity_token.is_empty() {
            Self {
                username: login.username,
                secret: login.password,
            }
        } else {
            Self {
                username: String::new(),
                secret: login.identity_token,
            }
        }
    }
}

#[cfg(test)]
mod tests;

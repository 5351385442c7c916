//! Credentials of registries, from where `docker login` put them.
//!
//! The engine is answered with them and fetches tokens itself. Only of a registry whose token the user has is it told that this
//! client gives tokens; of others, that this is not implemented, which every engine takes.
//! <https://github.com/moby/buildkit/blob/v0.32.2/session/auth/authprovider/authprovider.go>

mod config;
mod error;
mod helper;
mod token;

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
use token::Authority;

/// How the engine calls Docker Hub, and how a Docker configuration does.
/// <https://github.com/moby/buildkit/blob/v0.32.2/session/auth/authprovider/authprovider.go>
const DOCKER_HUB_HOST: &str = "registry-1.docker.io";
const DOCKER_HUB_KEY: &str = "https://index.docker.io/v1/";

/// Variable with logins, in the form of Docker's `config.json`; what it has goes before the file.
/// <https://github.com/docker/cli/blob/v29.7.2/cli/config/configfile/file.go>
pub(crate) const AUTH_VARIABLE: &str = "DOCKER_AUTH_CONFIG";

/// Seconds for which an engine may use a registry token before it asks for it again: BuildKit's own client says so where it does
/// not know either.
const TOKEN_LIFE: i64 = 60;

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

    /// The registry token for `host`, if the user has one.
    async fn token(&self, host: &str) -> Result<String, Status> {
        let login = self.login(host).await.map_err(|error| refused(&error))?;
        if login.registry_token.is_empty() {
            return Err(no_tokens());
        }
        Ok(login.registry_token)
    }

    async fn authority(&self, host: &str, salt: &[u8]) -> Result<Authority, Status> {
        let token = self.token(host).await?;
        Authority::new(salt, &token).ok_or_else(no_tokens)
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
        let login = login.map_err(|error| refused(&error))?;
        Ok(Response::new(login.into()))
    }

    async fn fetch_token(
        &self,
        request: Request<FetchTokenRequest>,
    ) -> Result<Response<FetchTokenResponse>, Status> {
        Ok(Response::new(FetchTokenResponse {
            token: self.token(&request.get_ref().host).await?,
            expires_in: TOKEN_LIFE,
            // Now, for the engine.
            issued_at: 0,
        }))
    }

    async fn get_token_authority(
        &self,
        request: Request<GetTokenAuthorityRequest>,
    ) -> Result<Response<GetTokenAuthorityResponse>, Status> {
        let request = request.into_inner();
        let authority = self.authority(&request.host, &request.salt).await?;
        let public_key = authority.public_key();
        Ok(Response::new(GetTokenAuthorityResponse { public_key }))
    }

    async fn verify_token_authority(
        &self,
        request: Request<VerifyTokenAuthorityRequest>,
    ) -> Result<Response<VerifyTokenAuthorityResponse>, Status> {
        let request = request.into_inner();
        let authority = self.authority(&request.host, &request.salt).await?;
        let signed = authority.sign(&request.payload);
        Ok(Response::new(VerifyTokenAuthorityResponse { signed }))
    }
}

fn no_tokens() -> Status {
    Status::unimplemented("this client gives credentials for this registry, not tokens")
}

fn refused(error: &CredentialsError) -> Status {
    Status::failed_precondition(error.to_string())
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

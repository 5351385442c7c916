//! Secrets: their values go to the engine when a step asks, and nowhere else.
//!
//! <https://github.com/moby/buildkit/blob/v0.32.2/session/secrets/secretsprovider/secretsprovider.go>

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use tonic::{Request, Response, Status};

use crate::proto::secrets::secrets_server::Secrets;
use crate::proto::secrets::{GetSecretRequest, GetSecretResponse};

/// Largest value in bytes, as BuildKit's own client has it.
pub const MAX_SECRET_SIZE: usize = 500 << 10;

/// The secrets of a build: an id to where its value is.
#[derive(Clone, Debug, Default)]
pub struct SecretStore(BTreeMap<String, Source>);

impl SecretStore {
    /// Keeps `value` under `id`, in place of an earlier one.
    pub fn insert_value(
        &mut self,
        id: impl Into<String>,
        value: impl Into<Vec<u8>>,
    ) -> Result<(), SecretError> {
        let (id, value) = (id.into(), value.into());
        if value.len() > MAX_SECRET_SIZE {
            return Err(SecretError::TooLarge { id });
        }
        self.0.insert(id, Source::Value(SecretValue(value)));
        Ok(())
    }

    /// Keeps the file at `path` under `id`, in place of an earlier one. It must be readable now; its content is read
    /// whenever a step asks, so that a build sees the file as it is then.
    pub fn insert_file(
        &mut self,
        id: impl Into<String>,
        path: impl Into<PathBuf>,
    ) -> Result<(), SecretError> {
        let (id, path) = (id.into(), path.into());
        read(&id, &path)?;
        self.0.insert(id, Source::File(path));
        Ok(())
    }

    /// The ids, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The value of `id`; none if there is no such secret.
    fn value(&self, id: &str) -> Result<Option<Vec<u8>>, SecretError> {
        match self.0.get(id) {
            None => Ok(None),
            Some(Source::Value(value)) => Ok(Some(value.0.clone())),
            Some(Source::File(path)) => read(id, path).map(Some),
        }
    }
}

/// Where a value is.
#[derive(Clone, Debug)]
enum Source {
    Value(SecretValue),
    File(PathBuf),
}

/// A value that nothing prints.
#[derive(Clone)]
struct SecretValue(Vec<u8>);

impl fmt::Debug for SecretValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

/// Reads a file, but no more of it than a secret may have.
fn read(id: &str, path: &Path) -> Result<Vec<u8>, SecretError> {
    let read = || {
        let mut value = Vec::new();
        let limit = MAX_SECRET_SIZE as u64 + 1;
        File::open(path)?.take(limit).read_to_end(&mut value)?;
        Ok(value)
    };
    let value = read().map_err(|source| SecretError::Read {
        id: id.to_owned(),
        path: path.to_owned(),
        source,
    })?;
    if value.len() > MAX_SECRET_SIZE {
        return Err(SecretError::TooLarge { id: id.to_owned() });
    }
    Ok(value)
}

#[tonic::async_trait]
impl Secrets for SecretStore {
    async fn get_secret(
        &self,
        request: Request<GetSecretRequest>,
    ) -> Result<Response<GetSecretResponse>, Status> {
        let id = request.into_inner().id;
        let store = self.clone();
        let value = super::blocking(move || {
            store
                .value(&id)
                .map_err(|error| Status::failed_precondition(error.to_string()))?
                .ok_or_else(|| Status::not_found(format!("secret `{id}` is not given")))
        });
        let data = value.await??;
        Ok(Response::new(GetSecretResponse { data }))
    }
}

/// Why a secret cannot be had. No text has a value in it.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file of a secret cannot be read.
    #[error("secret `{id}`: cannot read `{}`: {source}", path.display())]
    Read {
        /// Id of the secret.
        id: String,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A value is larger than [`MAX_SECRET_SIZE`].
    #[error("secret `{id}` is larger than {} KiB, the most that BuildKit takes", MAX_SECRET_SIZE >> 10)]
    TooLarge {
        /// Id of the secret.
        id: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(store: &SecretStore, id: &str) -> Result<Vec<u8>, Status> {
        let request = GetSecretRequest {
            id: id.to_owned(),
            ..Default::default()
        };
        let response = store.get_secret(Request::new(request)).await?;
        Ok(response.into_inner().data)
    }

    #[tokio::test]
    async fn answers_with_the_value_that_belongs_to_the_id() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "from the file").unwrap();
        let mut store = SecretStore::default();
        store.insert_value("A", "from the environment").unwrap();
        store.insert_value("EMPTY", "").unwrap();
        store.insert_file("B", &path).unwrap();
        assert_eq!(get(&store, "A").await.unwrap(), b"from the environment");
        assert_eq!(get(&store, "B").await.unwrap(), b"from the file");
        assert_eq!(get(&store, "EMPTY").await.unwrap(), b"");
        let error = get(&store, "C").await.unwrap_err();
        assert_eq!(error.code(), tonic::Code::NotFound);
        assert_eq!(error.message(), "secret `C` is not given");
    }

    #[tokio::test]
    async fn a_value_larger_than_buildkit_takes_is_refused() {
        let mut store = SecretStore::default();
        store
            .insert_value("A", vec![b'x'; MAX_SECRET_SIZE])
            .unwrap();
        assert_eq!(get(&store, "A").await.unwrap().len(), MAX_SECRET_SIZE);
        let error = store.insert_value("B", vec![b'x'; MAX_SECRET_SIZE + 1]);
        assert_eq!(
            error.unwrap_err().to_string(),
            "secret `B` is larger than 500 KiB, the most that BuildKit takes"
        );
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "small").unwrap();
        store.insert_file("C", &path).unwrap();
        std::fs::write(&path, vec![b'x'; MAX_SECRET_SIZE + 1]).unwrap();
        let error = get(&store, "C").await.unwrap_err();
        assert_eq!(error.code(), tonic::Code::FailedPrecondition);
    }

    #[test]
    fn a_missing_file_is_told_before_the_build() {
        let error = SecretStore::default().insert_file("A", "/nonexistent/token");
        assert_eq!(
            error.unwrap_err().to_string(),
            "secret `A`: cannot read `/nonexistent/token`: No such file or directory (os error 2)"
        );
    }

    #[test]
    fn no_value_is_printed() {
        let mut store = SecretStore::default();
        store.insert_value("A", "hunter2").unwrap();
        assert_eq!(format!("{store:?}"), r#"SecretStore({"A": Value(***)})"#);
    }
}

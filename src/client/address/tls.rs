//! TLS with certificates of the client.
//!
//! buildkitd: <https://github.com/moby/buildkit/blob/v0.32.2/client/client.go>, `loadCredentials`; Docker:
//! <https://docs.docker.com/engine/security/protect-access/>.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::refusal::alert;

/// The files of a TLS connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    /// Certificates that the engine's may be signed by; without them, those that the system trusts.
    pub(crate) authority: Option<PathBuf>,
    /// The client's certificate and its key.
    pub(crate) client: Option<(PathBuf, PathBuf)>,
    /// The name that the engine's certificate must have; without it, the host of the address.
    pub(crate) server_name: Option<String>,
}

/// The protocol that the engine is told to expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Negotiated {
    /// HTTP/2 from the first byte.
    Http2,
    /// HTTP/1.1, for a later upgrade.
    Http1,
}

impl TlsFiles {
    /// The files under the names that Docker and buildctl give them, those that are there.
    pub(crate) fn in_directory(directory: &Path) -> Self {
        let existing = |name: &str| Some(directory.join(name)).filter(|file| file.exists());
        Self {
            authority: existing("ca.pem"),
            client: existing("cert.pem").zip(existing("key.pem")),
            server_name: None,
        }
    }

    /// Begins TLS on a stream to `host`.
    pub(super) async fn connect<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
        host: &str,
        negotiated: Negotiated,
    ) -> Result<TlsStream<S>, TlsError> {
        let name = self.server_name.as_deref().unwrap_or(host);
        let server_name = ServerName::try_from(name.to_owned())
            .map_err(|_| TlsError::ServerName(name.to_owned()))?;
        let mut config = self.config()?;
        config.alpn_protocols = match negotiated {
            Negotiated::Http2 => vec![b"h2".to_vec()],
            Negotiated::Http1 => vec![b"http/1.1".to_vec()],
        };
        TlsConnector::from(Arc::new(config))
            .connect(server_name, stream)
            .await
            .map_err(|error| match alert(&error) {
                Some(alert) => TlsError::Refused { alert },
                None => TlsError::Handshake(error),
            })
    }

    fn config(&self) -> Result<ClientConfig, TlsError> {
        let config = ClientConfig::builder().with_root_certificates(self.roots()?);
        let Some((certificate, key)) = &self.client else {
            return Ok(config.with_no_client_auth());
        };
        let certificates = read_certificates(certificate)?;
        let private_key = PrivateKeyDer::from_pem_file(key)
            .map_err(|source| TlsError::file(key, "a private key", source))?;
        config
            .with_client_auth_cert(certificates, private_key)
            .map_err(|source| TlsError::Pair {
                certificate: certificate.clone(),
                key: key.clone(),
                source,
            })
    }

    fn roots(&self) -> Result<RootCertStore, TlsError> {
        let mut roots = RootCertStore::empty();
        let Some(file) = &self.authority else {
            // A certificate of the system that cannot be read is one that signs nothing here.
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            return Ok(roots);
        };
        for certificate in read_certificates(file)? {
            roots
                .add(certificate)
                .map_err(|source| TlsError::Authority {
                    file: file.clone(),
                    source,
                })?;
        }
        Ok(roots)
    }
}

fn read_certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let error = |source| TlsError::file(file, "a certificate", source);
    let certificates = CertificateDer::pem_file_iter(file).map_err(error)?;
    let certificates = certificates.collect::<Result<Vec<_>, _>>().map_err(error)?;
    if certificates.is_empty() {
        return Err(error(pem::Error::NoItemsFound));
    }
    Ok(certificates)
}

/// Why there is no TLS.
#[derive(Debug, Error)]
pub(crate) enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {what} from {}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What it should hold.
        what: &'static str,
        /// Why not.
        source: pem::Error,
    },
    /// A certificate that signs nothing.
    #[error("a certificate in {} cannot sign others", file.display())]
    Authority {
        /// The file.
        file: PathBuf,
        /// Why not.
        source: tokio_rustls::rustls::Error,
    },
    /// A certificate and a key that do not fit.
    #[error("{} and {} are no certificate with its key", certificate.display(), key.display())]
    Pair {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// Why not.
        source: tokio_rustls::rustls::Error,
    },
    /// A name that no certificate has.
    #[error("`{0}` is not a name that a certificate can have")]
    ServerName(String),
    /// The two sides do not agree.
    #[error("TLS with the engine failed")]
    Handshake(#[source] io::Error),
    /// The engine wants another client.
    #[error("the engine refuses this client (TLS alert {alert})")]
    Refused {
        /// Its name in the protocol.
        alert: String,
    },
}

impl TlsError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::File { .. } | Self::Authority { .. } | Self::Pair { .. } => {
                "check the files of `--tlsdir`, or of `--tlscacert`, `--tlscert` and `--tlskey`; for Docker those in DOCKER_CERT_PATH"
            }
            Self::ServerName(_) | Self::Handshake(_) => {
                "name who has signed the engine's certificate with `--tlscacert` or `--tlsdir`, and the name in it with \
                 `--tlsservername`; for Docker, put its ca.pem into DOCKER_CERT_PATH or its context"
            }
            Self::Refused { .. } => {
                "give a certificate that the engine trusts: `--tlscert` and `--tlskey`, or `--tlsdir`; for Docker, cert.pem and \
                 key.pem in DOCKER_CERT_PATH or its context"
            }
        }
    }

    fn file(file: &Path, what: &'static str, source: pem::Error) -> Self {
        Self::File {
            file: file.to_owned(),
            what,
            source,
        }
    }
}

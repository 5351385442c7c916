//! Docker behind TLS: a port that takes clients with a certificate, and leads to `DOCKER_HOST`.

use std::path::Path;
use std::sync::Arc;
use std::thread;

use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use super::certificates::Certificates;

/// A port of the loopback address, to the end of the test program.
#[derive(Debug)]
pub(crate) struct TlsDocker {
    address: String,
}

impl TlsDocker {
    #[track_caller]
    pub(crate) fn start(certificates: &Certificates) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(configuration(&certificates.server())));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        listener
            .set_nonblocking(true)
            .expect("it can be waited for");
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("there is a runtime");
            runtime.block_on(serve(listener, acceptor));
        });
        Self {
            address: format!("tcp://{address}"),
        }
    }

    /// For `DOCKER_HOST`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

fn configuration(directory: &Path) -> ServerConfig {
    let read = |name: &str| {
        let file = CertificateDer::pem_file_iter(directory.join(name));
        let certificates = file.expect("there is a certificate");
        certificates
            .collect::<Result<Vec<_>, _>>()
            .expect("it can be read")
    };
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(read("ca.pem"));
    let verifier = WebPkiClientVerifier::builder(Arc::new(roots))
        .build()
        .expect("clients can be verified");
    let key = PrivateKeyDer::from_pem_file(directory.join("key.pem")).expect("there is a key");
    ServerConfig::builder()
        .with_client_cert_verifier(verifier)
        .with_single_cert(read("cert.pem"), key)
        .expect("the key is that of the certificate")
}

async fn serve(listener: std::net::TcpListener, acceptor: TlsAcceptor) {
    let listener = TcpListener::from_std(listener).expect("it can be waited for");
    while let Ok((client, _)) = listener.accept().await {
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            // A client that is refused is what some tests want; one that goes away is its own affair.
            if let Ok(client) = acceptor.accept(client).await {
                carry(client).await;
            }
        });
    }
}

async fn carry(mut client: impl AsyncRead + AsyncWrite + Unpin) {
    let host = std::env::var("DOCKER_HOST").expect("DOCKER_HOST is set");
    // What breaks is noticed by the client.
    let _ended = match host.split_once("://") {
        Some(("unix", path)) => {
            let mut docker = UnixStream::connect(path).await.expect("docker answers");
            copy_bidirectional(&mut client, &mut docker).await
        }
        Some((_, address)) => {
            let mut docker = TcpStream::connect(address).await.expect("docker answers");
            copy_bidirectional(&mut client, &mut docker).await
        }
        None => panic!("{host} is no address"),
    };
}

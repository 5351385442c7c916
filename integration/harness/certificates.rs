//! An authority that signs certificates for a server on the loopback address and for its clients, made by openssl.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::command::Command;
use super::unique::unique_name;

/// An authority, and what it has signed. Each directory has `ca.pem`, `cert.pem` and `key.pem`, as `--tlsdir` wants them.
#[derive(Debug)]
pub(crate) struct Certificates(TempDir);

impl Certificates {
    /// An authority that nothing else trusts.
    #[track_caller]
    pub(crate) fn make() -> Self {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let certificates = Self(directory);
        let root = certificates.0.path();
        // Python from 3.13 on wants it of an authority.
        let usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];
        let request = ["req", "-x509", "-nodes", "-days", "2"];
        let name = format!("/CN={}", unique_name());
        let subject = ["-subj", &name, "-out", "ca.pem"];
        openssl(
            root,
            &[&request[..], &usage, &KEY, &["-keyout", "ca.key"], &subject].concat(),
        );
        certificates.sign("server", "subjectAltName=IP:127.0.0.1,DNS:localhost");
        certificates.sign("client", "extendedKeyUsage=clientAuth");
        certificates
    }

    pub(crate) fn server(&self) -> PathBuf {
        self.0.path().join("server")
    }

    pub(crate) fn client(&self) -> PathBuf {
        self.0.path().join("client")
    }

    /// Makes a directory with a certificate that has this extension.
    #[track_caller]
    fn sign(&self, name: &str, extension: &str) {
        let root = self.0.path();
        let directory = root.join(name);
        std::fs::create_dir(&directory).expect("a directory can be made");
        std::fs::write(directory.join("extension"), extension).expect("a file can be written");
        std::fs::copy(root.join("ca.pem"), directory.join("ca.pem")).expect("a file can be copied");
        let subject = format!("/CN={name}");
        let request = [
            "req", "-new", "-nodes", "-keyout", "key.pem", "-subj", &subject,
        ];
        openssl(
            &directory,
            &[&request[..], &KEY, &["-out", "request"]].concat(),
        );
        let authority = ["-CA", "../ca.pem", "-CAkey", "../ca.key", "-CAcreateserial"];
        let sign = [
            "x509", "-req", "-in", "request", "-days", "2", "-out", "cert.pem",
        ];
        let extension = ["-extfile", "extension"];
        openssl(&directory, &[&sign[..], &authority, &extension].concat());
    }
}

/// A kind of key that is made in no time.
const KEY: [&str; 4] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];

#[track_caller]
fn openssl(directory: &Path, arguments: &[&str]) {
    let command = Command::new("openssl").arguments(arguments);
    command.directory(directory).run().success();
}

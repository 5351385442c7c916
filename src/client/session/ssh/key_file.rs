//! Files with a private key.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair};
use thiserror::Error;

use super::key::{CURVES, Key};
use super::openssh;

/// As much of a file as Go's client reads.
const SIZE_LIMIT: u64 = 100 * 1024;

/// Reads the private key in a file. Who else may read it is not looked at, as docker buildx does not: keys of continuous
/// integration are often open to all.
pub(super) fn read(file: &Path) -> Result<Key, KeyFileError> {
    let read = || {
        let mut content = String::new();
        let opened = File::open(file)?;
        opened.take(SIZE_LIMIT).read_to_string(&mut content)?;
        Ok::<_, io::Error>(content)
    };
    let fault = match read() {
        Ok(content) => match parse(&content) {
            Ok(key) => return Ok(key),
            Err(fault) => fault,
        },
        // Not UTF-8.
        Err(error) if error.kind() == io::ErrorKind::InvalidData => KeyFault::NoKey,
        Err(error) => KeyFault::Read(error),
    };
    Err(KeyFileError {
        file: file.to_owned(),
        fault,
    })
}

fn parse(text: &str) -> Result<Key, KeyFault> {
    let (label, body) = block(text).ok_or_else(|| {
        if text.starts_with("ssh-") || text.starts_with("ecdsa-") {
            KeyFault::Public
        } else {
            KeyFault::NoKey
        }
    })?;
    // How keys are encrypted in it: <https://www.rfc-editor.org/rfc/rfc1421#section-4.6.1.1>.
    if label == "ENCRYPTED PRIVATE KEY" || body.contains("ENCRYPTED") {
        return Err(KeyFault::Passphrase);
    }
    let body: String = body.split_ascii_whitespace().collect();
    let content = STANDARD.decode(body).map_err(|_| KeyFault::Malformed)?;
    match label {
        "OPENSSH PRIVATE KEY" => openssh::parse(&content),
        "PRIVATE KEY" => pkcs8(&content),
        "RSA PRIVATE KEY" => {
            RsaKeyPair::from_der(&content)
                .map(Key::from)
                .map_err(|_| KeyFault::Unusable {
                    kind: label.to_owned(),
                })
        }
        _ if label.ends_with("PRIVATE KEY") => Err(KeyFault::Format {
            label: label.to_owned(),
        }),
        _ => Err(KeyFault::NoKey),
    }
}

/// The first block of a text, and its label: <https://www.rfc-editor.org/rfc/rfc7468>.
fn block(text: &str) -> Option<(&str, &str)> {
    let (_, text) = text.split_once("-----BEGIN ")?;
    let (label, text) = text.split_once("-----")?;
    let (body, _) = text.split_once(&format!("-----END {label}-----"))?;
    Some((label, body))
}

/// The format does not say the kind in front.
fn pkcs8(content: &[u8]) -> Result<Key, KeyFault> {
    if let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(content) {
        return Ok(pair.into());
    }
    for curve in &CURVES {
        let pair = EcdsaKeyPair::from_pkcs8(curve.signing, content, &SystemRandom::new());
        if let Ok(pair) = pair {
            return Ok((curve, pair).into());
        }
    }
    let pair = RsaKeyPair::from_pkcs8(content);
    pair.map(Key::from).map_err(|_| KeyFault::Unusable {
        kind: "PRIVATE KEY".to_owned(),
    })
}

/// A file that gives no key.
#[derive(Debug, Error)]
#[error("`{}`: {fault}", file.display())]
pub(crate) struct KeyFileError {
    file: PathBuf,
    fault: KeyFault,
}

impl KeyFileError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        let file = self.file.display();
        match &self.fault {
            KeyFault::Read(_) | KeyFault::NoKey | KeyFault::Malformed => {
                "name the socket of an agent, or files with private keys as `ssh-keygen` writes them".to_owned()
            }
            KeyFault::Public => "name the file of the private key, without `.pub`".to_owned(),
            KeyFault::Passphrase | KeyFault::Format { .. } | KeyFault::Unusable { .. } => {
                format!("add it to an agent with `ssh-add {file}`, and forward that: `--ssh ID`")
            }
        }
    }
}

/// What is wrong with a file.
#[derive(Debug, Error)]
pub(super) enum KeyFault {
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Read(#[source] io::Error),
    /// There is none in it.
    #[error("there is no private key in it")]
    NoKey,
    /// It is a public key.
    #[error("it is a public key, which signs nothing")]
    Public,
    /// The key is damaged.
    #[error("the key in it is incomplete or damaged")]
    Malformed,
    /// The key has a passphrase.
    #[error("the key in it has a passphrase")]
    Passphrase,
    /// The key is written in another way.
    #[error("the key in it is in a format that is not read, `{label}`")]
    Format {
        /// What the file calls it.
        label: String,
    },
    /// The key is of a kind that does not sign here.
    #[error(
        "the key in it (`{kind}`) cannot be used: it is none of Ed25519, ECDSA on P-256 or P-384, and RSA with 2048 to 4096 bits"
    )]
    Unusable {
        /// What the file calls it.
        kind: String,
    },
}

//! Names of blobs.

use std::ffi::OsStr;
use std::fmt::{self, Write as _};

use ring::digest::Context;

const PREFIX: &str = "sha256:";
const LENGTH: usize = 64;

/// The digest of a blob: SHA-256, the only one that BuildKit makes and so the only one here.
///
/// <https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests>
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest(String);

impl Digest {
    /// Reads a digest with its algorithm, as `sha256:...`.
    pub fn parse(text: &str) -> Result<Self, DigestError> {
        let encoded = text.strip_prefix(PREFIX).filter(|encoded| {
            let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            encoded.len() == LENGTH && encoded.bytes().all(is_digit)
        });
        match encoded {
            Some(encoded) => Ok(Self(encoded.to_owned())),
            None => Err(DigestError(text.to_owned())),
        }
    }

    /// The digest of everything that went into `hasher`.
    pub(super) fn of(hasher: Context) -> Self {
        let mut encoded = String::with_capacity(LENGTH);
        for byte in hasher.finish().as_ref() {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "{byte:02x}");
        }
        Self(encoded)
    }

    /// The digest whose blob's file has this name.
    pub(super) fn of_file(name: &OsStr) -> Option<Self> {
        Self::parse(&format!("{PREFIX}{}", name.to_str()?)).ok()
    }

    /// Without the algorithm: the name of the blob's file.
    pub(super) fn encoded(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{PREFIX}{}", self.0)
    }
}

/// A text that is no digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not `sha256:` and 64 lower-case hexadecimal digits")]
pub struct DigestError(String);

#[cfg(test)]
mod tests {
    use ring::digest::SHA256;

    use super::*;

    #[test]
    fn a_digest_is_no_path() {
        let empty = Digest::of(Context::new(&SHA256));
        assert_eq!(
            Digest::of_file(empty.encoded().as_ref()),
            Some(empty.clone())
        );
        assert_eq!(Digest::parse(&empty.to_string()), Ok(empty));
        for text in [
            "",
            "sha256:",
            "sha256:../../../../../../../../../../../../../../../../../../etc/passwd",
            "md5:d41d8cd98f00b204e9800998ecf8427e",
        ] {
            assert!(Digest::parse(text).is_err(), "{text}");
        }
    }
}

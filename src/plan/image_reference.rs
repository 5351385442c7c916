//! Names of images.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::problem::quote;

const DEFAULT_DOMAIN: &str = "docker.io";
const LEGACY_DEFAULT_DOMAIN: &str = "index.docker.io";
const OFFICIAL_REPOSITORIES: &str = "library/";
const DEFAULT_TAG: &str = "latest";
const MAX_PATH_LENGTH: usize = 255;
const MAX_TAG_LENGTH: usize = 128;
/// The algorithms that registries and BuildKit know, with the length of their digests in hexadecimal digits.
const DIGEST_ALGORITHMS: [(&str, usize); 3] = [("sha256", 64), ("sha384", 96), ("sha512", 128)];

/// The name of an image, in full: `debian` is `docker.io/library/debian:latest`.
///
/// The rules are those of Docker and of BuildKit's Go client: <https://github.com/distribution/reference>. Its
/// [`Display`](fmt::Display) gives the full form, which is the only one that BuildKit's `docker-image://` takes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageReference {
    /// Registry and repository.
    name: String,
    tag: Option<String>,
    digest: Option<String>,
}

impl ImageReference {
    /// Reads the name of an image in its short or full form.
    pub fn parse(text: &str) -> Result<Self, ImageReferenceError> {
        if text.is_empty() {
            return Err(ImageReferenceError::Empty);
        }
        if text.len() == 64 && text.bytes().all(is_lower_hexadecimal) {
            return Err(ImageReferenceError::Identifier);
        }
        if let Some((scheme, _)) = text.split_once("://") {
            return Err(ImageReferenceError::Scheme {
                scheme: scheme.to_owned(),
            });
        }

        let (text, digest) = match text.split_once('@') {
            Some((text, digest)) => (text, Some(digest)),
            None => (text, None),
        };
        let (domain, remainder) = split_domain(text);
        let (path, tag) = match remainder.split_once(':') {
            Some((path, tag)) => (path, Some(tag)),
            None => (remainder, None),
        };
        let needs_library = domain == DEFAULT_DOMAIN && !path.contains('/');
        let library = if needs_library {
            OFFICIAL_REPOSITORIES
        } else {
            ""
        };
        let path = format!("{library}{path}");
        let name = format!("{domain}/{path}");
        check_name(domain, &path, &name)?;
        tag.map_or(Ok(()), check_tag)?;
        digest.map_or(Ok(()), check_digest)?;

        let default_tag = digest.is_none().then_some(DEFAULT_TAG);
        Ok(Self {
            name,
            tag: tag.or(default_tag).map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }

    /// Registry and repository: `docker.io/library/debian`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The tag; `None` only if there is a digest.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest, with its algorithm: `sha256:...`.
    #[must_use]
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }
}

impl FromStr for ImageReference {
    type Err = ImageReferenceError;

    fn from_str(text: &str) -> Result<Self, ImageReferenceError> {
        Self::parse(text)
    }
}

impl fmt::Display for ImageReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)?;
        if let Some(tag) = &self.tag {
            write!(formatter, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(formatter, "@{digest}")?;
        }
        Ok(())
    }
}

/// The registry, and what follows it. A first part that cannot be a registry belongs to a repository of Docker Hub.
fn split_domain(text: &str) -> (&str, &str) {
    match text.split_once('/') {
        Some((LEGACY_DEFAULT_DOMAIN, remainder)) => (DEFAULT_DOMAIN, remainder),
        Some((first, remainder)) if may_be_domain(first) => (first, remainder),
        _ => (DEFAULT_DOMAIN, text),
    }
}

fn may_be_domain(first: &str) -> bool {
    first == "localhost" || first.contains(['.', ':']) || first.to_lowercase() != first
}

fn check_name(domain: &str, path: &str, name: &str) -> Result<(), ImageReferenceError> {
    // What looks like a registry but is none can still be the first part of a repository: `a_b.c/d`.
    let path = if is_domain(domain) { path } else { name };
    for part in path.split('/') {
        if part.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(ImageReferenceError::Uppercase {
                part: part.to_owned(),
            });
        }
        if !is_path_part(part) {
            return Err(ImageReferenceError::Name {
                part: part.to_owned(),
            });
        }
    }
    if path.len() > MAX_PATH_LENGTH {
        return Err(ImageReferenceError::TooLong { length: path.len() });
    }
    Ok(())
}

/// A host name, an IPv4 address, or an IPv6 address in brackets; with or without a port.
fn is_domain(domain: &str) -> bool {
    let (host, port) = match domain.rsplit_once(':') {
        Some((host, port)) if !domain.ends_with(']') => (host, Some(port)),
        _ => (domain, None),
    };
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let is_host = match host.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']').is_some_and(|address| {
            !address.is_empty()
                && address
                    .bytes()
                    .all(|byte| byte.is_ascii_hexdigit() || byte == b':')
        }),
        None => host.split('.').all(is_label),
    };
    is_host && port.is_none_or(is_port)
}

/// One part of a host name.
fn is_label(label: &str) -> bool {
    !label.is_empty()
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Lower-case letters and digits, with single dots, one or two underscores or any number of hyphens between them.
fn is_path_part(part: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let mut separators = part.split(|character: char| u8::try_from(character).is_ok_and(is_word));
    let is_bounded =
        part.bytes().next().is_some_and(is_word) && part.bytes().last().is_some_and(is_word);
    is_bounded
        && separators.all(|separator| {
            matches!(separator, "" | "." | "_" | "__") || separator.bytes().all(|byte| byte == b'-')
        })
}

fn check_tag(tag: &str) -> Result<(), ImageReferenceError> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let begins_well = tag.bytes().next().is_some_and(is_word);
    let goes_on_well = tag
        .bytes()
        .all(|byte| is_word(byte) || matches!(byte, b'.' | b'-'));
    if begins_well && goes_on_well && tag.len() <= MAX_TAG_LENGTH {
        Ok(())
    } else {
        Err(ImageReferenceError::Tag {
            tag: tag.to_owned(),
        })
    }
}

fn check_digest(digest: &str) -> Result<(), ImageReferenceError> {
    let is_digest = digest.split_once(':').is_some_and(|(algorithm, encoded)| {
        DIGEST_ALGORITHMS.contains(&(algorithm, encoded.len()))
            && encoded.bytes().all(is_lower_hexadecimal)
    });
    if is_digest {
        Ok(())
    } else {
        Err(ImageReferenceError::Digest {
            digest: digest.to_owned(),
        })
    }
}

fn is_lower_hexadecimal(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'a'..=b'f')
}

/// Why a text is not the name of an image.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ImageReferenceError {
    /// Nothing at all.
    #[error("it is empty")]
    Empty,
    /// 64 hexadecimal digits, which name an image of the local engine and none of a registry.
    #[error("64 hexadecimal digits name an image of one engine, not of a registry")]
    Identifier,
    /// A URL.
    #[error("an image name begins with its registry, not with {}", quote(&format!("{scheme}://")))]
    Scheme {
        /// What is in front of `://`.
        scheme: String,
    },
    /// An upper-case letter in the repository.
    #[error("{} has upper-case letters", quote(part))]
    Uppercase {
        /// The part between slashes.
        part: String,
    },
    /// A part that holds something else than the characters allowed, or begins or ends with a separator.
    #[error(
        "{} is not made of lower-case letters and digits with `.`, `_`, `__` or `-` between them",
        quote(part)
    )]
    Name {
        /// The part between slashes.
        part: String,
    },
    /// The repository's path is longer than 255 characters.
    #[error("its repository is {length} characters long, more than the {MAX_PATH_LENGTH} allowed")]
    TooLong {
        /// Its length in characters.
        length: usize,
    },
    /// The tag.
    #[error(
        "its tag {} is not made of up to {MAX_TAG_LENGTH} letters, digits, `_`, `.` and `-`",
        quote(tag)
    )]
    Tag {
        /// What is behind the colon.
        tag: String,
    },
    /// The digest.
    #[error(
        "its digest {} is not `sha256:` and 64 lower-case hexadecimal digits (or sha384, sha512)",
        quote(digest)
    )]
    Digest {
        /// What is behind the `@`.
        digest: String,
    },
}

#[cfg(test)]
mod tests;

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
mod tests {
    use super::*;

    /// What `ParseNormalizedNamed` and `TagNameOnly` of github.com/distribution/reference v0.6.0 give.
    const EXPECTED: &[(&str, Option<&str>)] = &[
        ("", None),
        ("debian", Some("docker.io/library/debian:latest")),
        ("debian:trixie", Some("docker.io/library/debian:trixie")),
        ("docker.io/debian", Some("docker.io/library/debian:latest")),
        (
            "index.docker.io/debian",
            Some("docker.io/library/debian:latest"),
        ),
        ("index.docker.io/a/b:c", Some("docker.io/a/b:c")),
        ("a/b", Some("docker.io/a/b:latest")),
        ("localhost/a", Some("localhost/a:latest")),
        ("localhost", Some("docker.io/library/localhost:latest")),
        ("localhost:5000/a", Some("localhost:5000/a:latest")),
        ("localhost:5000", Some("docker.io/library/localhost:5000")),
        ("example.com", Some("docker.io/library/example.com:latest")),
        ("example.com/a", Some("example.com/a:latest")),
        ("example.com:80/a/b:c", Some("example.com:80/a/b:c")),
        ("127.0.0.1:5000/a", Some("127.0.0.1:5000/a:latest")),
        ("[::1]:5000/a", Some("[::1]:5000/a:latest")),
        ("[2001:db8::1]:80/a/b:v1", Some("[2001:db8::1]:80/a/b:v1")),
        ("[::1/a", None),
        ("::1/a", None),
        (
            "ghcr.io/railwayapp/railpack-builder:mise-2026.2.22",
            Some("ghcr.io/railwayapp/railpack-builder:mise-2026.2.22"),
        ),
        ("Foo/a", Some("Foo/a:latest")),
        ("FOO.bar/a", Some("FOO.bar/a:latest")),
        ("foo/A", None),
        ("A", None),
        ("a:B/c", None),
        (":a", None),
        ("/a", None),
        ("a/", None),
        ("a//b", None),
        ("a b", None),
        ("a:b c", None),
        ("a:b:c", None),
        ("a@b", None),
        (
            "a@sha256:0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF",
            None,
        ),
        ("a@sha256", None),
        ("a@sha256:", None),
        ("a_b", Some("docker.io/library/a_b:latest")),
        ("a__b", Some("docker.io/library/a__b:latest")),
        ("a___b", None),
        ("a.b", Some("docker.io/library/a.b:latest")),
        ("a..b", None),
        ("a-b", Some("docker.io/library/a-b:latest")),
        ("a._b", None),
        ("_a", None),
        ("-a", None),
        (".a", None),
        ("a_", None),
        ("a_b/c", Some("docker.io/a_b/c:latest")),
        ("a_b.c/d", Some("a_b.c/d:latest")),
        ("-a.c/d", None),
        ("a..c/d", None),
        ("a.c:/d", None),
        ("a.c:x/d", None),
        ("a.:80/d", None),
        (".a/b", None),
        ("a:_t", Some("docker.io/library/a:_t")),
        ("a:-t", None),
        ("\u{e9}", None),
        ("http://a/b", None),
        ("docker-image://a", None),
        ("a\u{0}", None),
        ("$IMAGE", None),
        ("${A}/b", None),
        ("scratch", Some("docker.io/library/scratch:latest")),
    ];

    #[test]
    fn reads_names_as_docker_does() {
        for (text, expected) in EXPECTED {
            let full = ImageReference::parse(text)
                .ok()
                .map(|image| image.to_string());
            assert_eq!(full.as_deref(), *expected, "{text:?}");
        }
    }

    #[test]
    fn limits_the_length_of_repository_and_tag() {
        let is_ok = |text: String| ImageReference::parse(&text).is_ok();
        assert!(is_ok("a".repeat(247)));
        assert!(!is_ok("a".repeat(248)));
        assert!(is_ok(format!("x.y/{}", "a".repeat(255))));
        assert!(!is_ok(format!("x.y/{}", "a".repeat(256))));
        assert!(is_ok(format!("a:{}", "t".repeat(128))));
        assert!(!is_ok(format!("a:{}", "t".repeat(129))));
    }

    #[test]
    fn reads_digests_as_docker_does() {
        let hexadecimal = "0123456789abcdef".repeat(4);
        let full = |text: String| {
            ImageReference::parse(&text)
                .ok()
                .map(|image| image.to_string())
        };
        let digests = [
            (format!("sha256:{hexadecimal}"), true),
            (format!("sha384:{hexadecimal}{}", &hexadecimal[..32]), true),
            (format!("sha512:{hexadecimal}{hexadecimal}"), true),
            (format!("sha512:{hexadecimal}"), false),
            (format!("sha256:{hexadecimal}0"), false),
            (format!("sha256:{}", &hexadecimal[..32]), false),
            (format!("sha256:{}", hexadecimal.to_uppercase()), false),
            (format!("Sha256:{hexadecimal}"), false),
            (format!("md5:{}", &hexadecimal[..32]), false),
            (format!("sha256+b64:{hexadecimal}"), false),
            (format!(":{hexadecimal}"), false),
            (format!("sha256:{hexadecimal}@sha256:{hexadecimal}"), false),
            ("sha256:".to_owned(), false),
            ("sha256".to_owned(), false),
        ];
        for (digest, is_valid) in digests {
            let expected = is_valid.then(|| format!("docker.io/library/a@{digest}"));
            assert_eq!(full(format!("a@{digest}")), expected);
            let expected = is_valid.then(|| format!("docker.io/library/a:1@{digest}"));
            assert_eq!(full(format!("a:1@{digest}")), expected);
            assert_eq!(full(format!("@{digest}")), None);
        }
        assert_eq!(full(hexadecimal.clone()), None);
        assert!(full(format!("a/{hexadecimal}")).is_some());
        assert!(full(format!("{hexadecimal}:1")).is_some());
    }

    #[test]
    fn the_full_form_names_the_same_image() {
        for (_, full) in EXPECTED {
            let Some(full) = full else { continue };
            assert_eq!(ImageReference::parse(full).unwrap().to_string(), *full);
        }
    }

    #[test]
    fn gives_the_parts() {
        let image = ImageReference::parse("ghcr.io/a/b:1").unwrap();
        assert_eq!(
            (image.name(), image.tag(), image.digest()),
            ("ghcr.io/a/b", Some("1"), None)
        );
        let digest = format!("sha256:{}", "0".repeat(64));
        let image: ImageReference = format!("a@{digest}").parse().unwrap();
        let parts = (image.name(), image.tag(), image.digest());
        assert_eq!(parts, ("docker.io/library/a", None, Some(digest.as_str())));
    }

    #[test]
    fn says_what_is_wrong() {
        let message = |text: &str| ImageReference::parse(text).unwrap_err().to_string();
        insta::assert_snapshot!(message(""), @"it is empty");
        insta::assert_snapshot!(message(&"a".repeat(64)), @"64 hexadecimal digits name an image of one engine, not of a registry");
        insta::assert_snapshot!(message("https://ghcr.io/a"), @"an image name begins with its registry, not with `https://`");
        insta::assert_snapshot!(message("ghcr.io/Acme/app"), @"`Acme` has upper-case letters");
        insta::assert_snapshot!(message("a//b"), @"`` is not made of lower-case letters and digits with `.`, `_`, `__` or `-` between them");
        insta::assert_snapshot!(message(&"a/".repeat(200)), @"`` is not made of lower-case letters and digits with `.`, `_`, `__` or `-` between them");
        insta::assert_snapshot!(message(&"a".repeat(300)), @"its repository is 308 characters long, more than the 255 allowed");
        insta::assert_snapshot!(message("a:b c"), @"its tag `b c` is not made of up to 128 letters, digits, `_`, `.` and `-`");
        insta::assert_snapshot!(message("a@sha256:123"), @"its digest `sha256:123` is not `sha256:` and 64 lower-case hexadecimal digits (or sha384, sha512)");
    }
}

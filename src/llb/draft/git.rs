//! The two names of a git repository: where to fetch it, and what it is.
//!
//! The identifier leaves out scheme and user, so that a repository is the same one over HTTPS and SSH.
//! <https://github.com/moby/buildkit/blob/v0.32.2/util/gitutil/git_url.go>

use super::path;

/// A repository.
pub(super) struct Remote {
    /// What git is told to fetch: without query and fragment.
    pub(super) url: String,
    /// Host and path.
    pub(super) place: String,
    /// Whether it is fetched over SSH.
    pub(super) is_ssh: bool,
}

impl Remote {
    /// Reads `https://host/path.git`, `ssh://git@host/path.git`, `git@host:path.git`, and `host/path.git`, which is HTTPS.
    pub(super) fn of(url: &str) -> Self {
        let url = url.split(['?', '#']).next().unwrap_or_default();
        if let Some((scheme, rest)) = url.split_once("://") {
            let scheme = scheme.to_ascii_lowercase();
            let (authority, path) = split_at(rest, rest.find('/'));
            let host = authority.rsplit('@').next().unwrap_or_default();
            return Self {
                url: format!("{scheme}://{rest}"),
                place: format!("{host}{}", path::clean(&percent_decode(path))),
                is_ssh: scheme == "ssh",
            };
        }
        if let Some((host, path)) = ssh_shorthand(url) {
            return Self {
                url: url.to_owned(),
                place: format!("{host}{}", path::clean(path)),
                is_ssh: true,
            };
        }
        Self::of(&format!("https://{url}"))
    }
}

/// What follows the place in an identifier: `#reference:subdirectory`.
pub(super) fn fragment(reference: &str, subdirectory: &str) -> String {
    match (reference, subdirectory) {
        ("", "") => String::new(),
        (reference, "") => format!("#{reference}"),
        (reference, subdirectory) => format!("#{reference}:{subdirectory}"),
    }
}

/// Host and path of `user@host:path`.
fn ssh_shorthand(url: &str) -> Option<(&str, &str)> {
    let (user, rest) = url.split_once('@')?;
    let (host, path) = rest.split_once(':')?;
    let is_word = |text: &str, marks: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || marks.contains(c))
    };
    (is_word(user, "-_") && is_word(host, "-.")).then_some((host, path))
}

fn split_at(text: &str, index: Option<usize>) -> (&str, &str) {
    index
        .and_then(|index| text.split_at_checked(index))
        .unwrap_or((text, ""))
}

/// Bytes for `%xx`; what does not decode stays as it is.
pub(crate) fn percent_decode(text: &str) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        let escaped = match rest {
            [b'%', high, low, ..] => hexadecimal(*high).zip(hexadecimal(*low)),
            _ => None,
        };
        if let Some((high, low)) = escaped {
            decoded.push(high << 4 | low);
            rest = rest.get(3..).unwrap_or_default();
        } else {
            decoded.push(*byte);
            rest = tail;
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checked against identifier and `git.fullurl` of `llb.Git` in the Go client.
    #[test]
    fn a_repository_has_one_place_and_its_own_url() {
        for (url, place, fetched, is_ssh) in [
            (
                "https://github.com/moby/buildkit.git",
                "github.com/moby/buildkit.git",
                "https://github.com/moby/buildkit.git",
                false,
            ),
            (
                "HTTPS://user:password@example.com:8443/a//b/../c?x=y#main",
                "example.com:8443/a/c",
                "https://user:password@example.com:8443/a//b/../c",
                false,
            ),
            (
                "ssh://git@github.com/moby/buildkit.git",
                "github.com/moby/buildkit.git",
                "ssh://git@github.com/moby/buildkit.git",
                true,
            ),
            (
                "git@github.com:moby/buildkit.git",
                "github.com/moby/buildkit.git",
                "git@github.com:moby/buildkit.git",
                true,
            ),
            (
                "github.com/moby/buildkit",
                "github.com/moby/buildkit",
                "https://github.com/moby/buildkit",
                false,
            ),
            (
                "https://example.com/with%20space/%7euser",
                "example.com/with space/~user",
                "https://example.com/with%20space/%7euser",
                false,
            ),
            (
                "https://example.com",
                "example.com/",
                "https://example.com",
                false,
            ),
        ] {
            let remote = Remote::of(url);
            assert_eq!(
                (remote.place.as_str(), remote.url.as_str(), remote.is_ssh),
                (place, fetched, is_ssh),
                "{url}"
            );
        }
    }

    #[test]
    fn an_escape_that_is_none_stays() {
        for (text, decoded) in [("/a%2", "/a%2"), ("/%zz%41", "/%zzA"), ("/%ff", "/%ff")] {
            assert_eq!(percent_decode(text), decoded);
        }
    }

    #[test]
    fn a_fragment_holds_what_there_is() {
        assert_eq!(fragment("", ""), "");
        assert_eq!(fragment("v1", ""), "#v1");
        assert_eq!(fragment("v1", "docs"), "#v1:docs");
        assert_eq!(fragment("", "docs"), "#:docs");
    }
}

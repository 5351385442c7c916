//! URLs of git repositories, with what to take of them.
//!
//! <https://docs.docker.com/build/concepts/context/#git-repositories>,
//! <https://github.com/moby/buildkit/blob/v0.32.2/frontend/dockerfile/dfgitutil/git_ref.go>

use crate::frontend::options::values::parse_bool;
use crate::llb::{GitSource, percent_decode};

/// The only host whose repositories need no scheme.
const GITHUB: &str = "github.com/";

/// Reads `URL#reference:subdirectory`, or `URL?ref=..&subdir=..`. `None` if it is no repository: one behind `http://` or
/// `https://` ends in `.git`.
pub(super) fn git_source(text: &str) -> Option<Result<GitSource, String>> {
    let (rest, fragment) = text.split_once('#').unwrap_or((text, ""));
    let (url, query) = rest.split_once('?').unwrap_or((rest, ""));
    is_repository(url).then(|| read(url, query, fragment))
}

fn is_repository(url: &str) -> bool {
    match url.split_once("://") {
        Some((scheme, rest)) => match scheme.to_ascii_lowercase().as_str() {
            "git" | "ssh" => true,
            "http" | "https" => rest
                .split_once('/')
                .is_some_and(|(_, path)| path.strip_suffix(".git").is_some()),
            _ => false,
        },
        None => url.starts_with(GITHUB) || is_scp_like(url),
    }
}

/// `user@host:path`.
fn is_scp_like(url: &str) -> bool {
    let parts = url.split_once('@');
    let parts = parts.and_then(|(user, rest)| Some((user, rest.split_once(':')?.0)));
    let is_word = |text: &str, marks: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || marks.contains(character))
    };
    parts.is_some_and(|(user, host)| is_word(user, "-_") && is_word(host, "-."))
}

fn read(url: &str, query: &str, fragment: &str) -> Result<GitSource, String> {
    let (reference, subdirectory) = fragment.split_once(':').unwrap_or((fragment, ""));
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let mut source = GitSource {
        url: url.to_owned(),
        reference: given(reference),
        subdirectory: given(subdirectory),
        ..GitSource::default()
    };
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (percent_decode(name), percent_decode(value));
        set(&mut source, &name, &value)?;
    }
    Ok(source)
}

/// Sets what one pair of the query says.
fn set(source: &mut GitSource, name: &str, value: &str) -> Result<(), String> {
    let flag = || match value {
        "" => Ok(true),
        value => parse_bool(value)
            .ok_or_else(|| format!("`{name}={value}` in it is neither `true` nor `false`")),
    };
    let full = |directory: &str| match value.strip_prefix(directory) {
        Some(_) => value.to_owned(),
        None => format!("{directory}{value}"),
    };
    match name {
        "keep-git-dir" => source.keep_git_directory = flag()?,
        "submodules" => source.skip_submodules = !flag()?,
        "ref" | "tag" | "branch" | "subdir" | "checksum" | "commit" if value.is_empty() => {
            return Err(format!("`{name}` in it has no value"));
        }
        "ref" => set_once(&mut source.reference, value.to_owned())?,
        "tag" => set_once(&mut source.reference, full("refs/tags/"))?,
        "branch" => set_once(&mut source.reference, full("refs/heads/"))?,
        "subdir" => set_once(&mut source.subdirectory, value.to_owned())?,
        "checksum" | "commit" => set_once(&mut source.checksum, value.to_owned())?,
        _ => return Err(format!("`{name}` in it is not supported")),
    }
    Ok(())
}

fn set_once(slot: &mut Option<String>, value: String) -> Result<(), String> {
    match slot {
        Some(other) if *other != value => Err(format!("it asks for both `{other}` and `{value}`")),
        _ => {
            *slot = Some(value);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_take_is_in_the_fragment_or_the_query() {
        let source = |text| {
            let source = git_source(text).unwrap().unwrap();
            let words = [
                Some(source.url),
                source.reference,
                source.subdirectory,
                source.checksum,
            ];
            words.map(Option::unwrap_or_default).join(" ")
        };
        for (text, expected) in [
            ("https://h/a.git", "https://h/a.git   "),
            ("http://h:1/a/b.git#v1:docs", "http://h:1/a/b.git v1 docs "),
            ("git@h:a#:docs", "git@h:a  docs "),
            ("github.com/a/b#main", "github.com/a/b main  "),
            ("git://h/a", "git://h/a   "),
            (
                "https://h/a.git?branch=a%2Fb&subdir=c&commit=d",
                "https://h/a.git refs/heads/a/b c d",
            ),
            (
                "https://h/a.git?tag=v1#:d",
                "https://h/a.git refs/tags/v1 d ",
            ),
            ("https://h/a.git?ref=x#x", "https://h/a.git x  "),
        ] {
            assert_eq!(source(text), expected, "{text}");
        }
        let flags = git_source("https://h/a.git?keep-git-dir&submodules=false");
        let flags = flags.unwrap().unwrap();
        assert!(flags.keep_git_directory && flags.skip_submodules);
    }

    #[test]
    fn what_is_no_repository_is_left_alone() {
        for text in [
            "https://h/a.tar.gz",
            "https://h/a.git/file",
            "https://a.git",
            "./a.git",
            "local:a@b",
            "docker-image://a@sha256:0",
            "ftp://h/a.git",
            "",
        ] {
            assert_eq!(git_source(text), None, "{text}");
        }
    }

    #[test]
    fn a_query_that_makes_no_sense_is_told() {
        let told = ["a=b", "ref=", "keep-git-dir=maybe", "tag=a&branch=b"].map(|query| {
            git_source(&format!("https://h/a.git?{query}"))
                .unwrap()
                .unwrap_err()
        });
        assert_eq!(
            told,
            [
                "`a` in it is not supported",
                "`ref` in it has no value",
                "`keep-git-dir=maybe` in it is neither `true` nor `false`",
                "it asks for both `refs/tags/a` and `refs/heads/b`"
            ]
        );
    }
}

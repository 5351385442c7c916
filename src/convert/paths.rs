//! Paths of plans as absolute paths of file systems.

use std::borrow::Cow;

/// Where the app lives in steps and in the image. Relative paths of a plan are below it.
pub(super) const APP_DIRECTORY: &str = "/app";

/// An absolute path without `.`, `..`, doubled or trailing slashes, as Go's `path.Clean` gives it. A relative path is
/// below `directory`; nothing leads above the root.
pub(super) fn absolute<'a>(directory: &str, path: &'a str) -> Cow<'a, str> {
    if path.strip_prefix('/').is_some_and(is_clean) {
        return Cow::Borrowed(path);
    }
    let joined = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("{directory}/{path}")
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Cow::Owned(format!("/{}", parts.join("/")))
}

/// Whether nothing of a path has to be cleaned: the usual case, in which looking is cheaper than putting it together anew.
fn is_clean(path: &str) -> bool {
    let mut parts = path.as_bytes().split(|&byte| byte == b'/');
    parts.all(|part| !matches!(part, b"" | b"." | b".."))
}

/// [`absolute`], keeping a trailing slash: it says "into this directory".
pub(super) fn absolute_destination(directory: &str, path: &str) -> String {
    let mut clean = absolute(directory, path).into_owned();
    if path.ends_with('/') && !clean.ends_with('/') {
        clean.push('/');
    } else if path.ends_with("/.") {
        // What BuildKit's client makes of it
        // (https://github.com/moby/buildkit/blob/v0.32.2/client/llb/fileop.go, `normalizePath`).
        if clean != "/" {
            clean.push('/');
        }
        clean.push('.');
    }
    clean
}

/// The directory that holds an absolute, clean path.
pub(super) fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((parent, _)) => parent,
    }
}

/// The last part of an absolute, clean path; empty for the root.
pub(super) fn base_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Splits an absolute path into the directory before its first part with a wildcard, and the rest.
/// `None` if there is no wildcard.
pub(super) fn split_wildcard(path: &str) -> Option<(&str, &str)> {
    let mut start = 0;
    for part in path.split('/') {
        if part.contains(['*', '?', '[']) {
            let directory = path
                .get(..start.max(1) - 1)
                .filter(|directory| !directory.is_empty())
                .unwrap_or("/");
            return Some((directory, path.get(start..).unwrap_or_default()));
        }
        start += part.len() + 1;
    }
    None
}

/// Whether one of two absolute, clean paths is the other or lies below it.
pub(super) fn is_below(path: &str, directory: &str) -> bool {
    directory == "/"
        || path == directory
        || path
            .strip_prefix(directory)
            .is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_and_never_leave_the_root() {
        let cases = [
            ("dist", "/app/dist"),
            (".", "/app"),
            ("./a/../b/", "/app/b"),
            ("/a//b/.", "/a/b"),
            ("/a/b/", "/a/b"),
            ("/a/..b/.c", "/a/..b/.c"),
            ("/", "/"),
            ("../../../etc", "/etc"),
            ("/../..", "/"),
        ];
        for (path, expected) in cases {
            assert_eq!(absolute(APP_DIRECTORY, path), expected, "{path}");
        }
    }

    #[test]
    fn a_destination_keeps_its_trailing_slash() {
        for (path, expected) in [
            ("dist/", "/app/dist/"),
            ("/", "/"),
            ("dist/.", "/app/dist/."),
            ("dist", "/app/dist"),
        ] {
            assert_eq!(
                absolute_destination(APP_DIRECTORY, path),
                expected,
                "{path}"
            );
        }
    }

    #[test]
    fn a_wildcard_is_split_at_the_directory_before_it() {
        assert_eq!(
            split_wildcard("/app/dist/*.js"),
            Some(("/app/dist", "*.js"))
        );
        assert_eq!(split_wildcard("/app/a*/b/c?"), Some(("/app", "a*/b/c?")));
        assert_eq!(split_wildcard("/*"), Some(("/", "*")));
        assert_eq!(split_wildcard("/app/dist"), None);
    }

    #[test]
    fn below_is_by_whole_parts() {
        assert!(is_below("/app/dist", "/app"));
        assert!(is_below("/app", "/app"));
        assert!(is_below("/x", "/"));
        assert!(!is_below("/app-foo", "/app"));
    }
}

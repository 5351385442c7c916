//! `.dockerignore`.
//!
//! Read as BuildKit reads it
//! (<https://github.com/moby/patternmatcher/blob/main/ignorefile/ignorefile.go>), so that the plan's `exclude` leaves out
//! what `docker build` would leave out.

use super::app::AppError;
use crate::plan::wildcard::check_exclude;
use crate::plan::{Position, quote};

/// The patterns of a `.dockerignore`, in the file's order, each cleaned as a path. `!` in front brings back.
pub(crate) fn parse(text: &str) -> Vec<String> {
    text.lines().filter_map(pattern).collect()
}

/// The same for planning, which refuses a malformed pattern while it knows the line.
pub(crate) fn parse_checked(path: &str, text: &str) -> Result<Vec<String>, AppError> {
    for (line, pattern) in (1..).zip(text.lines().map(pattern)) {
        let Some(pattern) = pattern else {
            continue;
        };
        check_exclude(&pattern).map_err(|error| AppError::Malformed {
            path: path.to_owned(),
            position: Position { line, column: 1 },
            problem: format!(
                "the exclude pattern {} is malformed: {error}",
                quote(&pattern)
            ),
        })?;
    }
    Ok(parse(text))
}

fn pattern(line: &str) -> Option<String> {
    // A comment starts in the first column; behind white space `#` is part of a pattern.
    if line.starts_with('#') {
        return None;
    }
    let line = line.trim();
    let (mark, path) = match line.strip_prefix('!') {
        Some(rest) => ("!", rest.trim()),
        None => ("", line),
    };
    if line.is_empty() {
        return None;
    }
    Some(format!(
        "{mark}{}",
        if path.is_empty() {
            String::new()
        } else {
            clean(path)
        }
    ))
}

/// A path without `.`, without `name/..`, and without a slash at its start, as Go's `path.Clean` has it.
fn clean(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut names: Vec<&str> = Vec::new();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." if names.last().is_some_and(|last| *last != "..") => {
                names.pop();
            }
            ".." if absolute => {}
            name => names.push(name),
        }
    }
    match (names.is_empty(), absolute) {
        (true, true) => "/".to_owned(),
        (true, false) => ".".to_owned(),
        _ => names.join("/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_cleaned_as_buildkit_cleans_them() {
        let text = "# comment\n #not-a-comment\n\n*.log\n!important.log\n! /kept/ \n/dist/\n./a//b/../c\n../up\n/\n.\n!\n";
        assert_eq!(
            parse(text),
            [
                "#not-a-comment",
                "*.log",
                "!important.log",
                "!kept",
                "dist",
                "a/c",
                "../up",
                "/",
                ".",
                "!"
            ]
        );
    }

    #[test]
    fn a_malformed_pattern_is_an_error_with_its_line() {
        let error = |text| {
            parse_checked(".dockerignore", text)
                .unwrap_err()
                .to_string()
        };
        insta::assert_snapshot!(error("# logs\n*.log\n[bad\n"), @".dockerignore:3:1: the exclude pattern `[bad` is malformed: `[` is never closed");
        insta::assert_snapshot!(error("![a"), @".dockerignore:1:1: the exclude pattern `![a` is malformed: `[` is never closed");
    }
}

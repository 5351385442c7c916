//! Whether a lock file can be what its package manager wrote.
//!
//! The build would fail on one that cannot, after everything was downloaded and without the place. Only what is cheap is
//! looked at: lock files have some MiB.

use serde::de::IgnoredAny;

use crate::analyze::app::{App, AppError};
use crate::plan::Position;

/// What git writes where a merge conflict begins, at the start of a line
/// (<https://git-scm.com/docs/git-merge#_how_conflicts_are_presented>).
const CONFLICT: &str = "<<<<<<< ";

/// Refuses the first of the lock files that is there, if it holds a merge conflict or is no JSON where it has to be.
pub(super) fn check(app: &App, files: &[&str]) -> Result<(), AppError> {
    let Some(file) = app.first_of(files)? else {
        return Ok(());
    };
    let text = match app.read_text(file) {
        // Its package manager may still read it.
        Err(AppError::FileTooLarge { .. } | AppError::TooMuchText { .. }) => return Ok(()),
        text => text?,
    };
    if let Some(line) = text.lines().position(|line| line.starts_with(CONFLICT)) {
        return Err(AppError::Malformed {
            path: file.to_owned(),
            position: Position {
                line: u32::try_from(line + 1).unwrap_or(u32::MAX),
                column: 1,
            },
            problem: "a merge conflict begins here; solve it, and let the package manager write the file anew"
                .to_owned(),
        });
    }
    // npm and Bun take an empty file for none.
    if text.trim().is_empty() {
        return Ok(());
    }
    match file.rsplit_once('.') {
        Some((_, "json")) => app.check_json(file),
        // Only `bun.lock` is called just that; it has commas before closing brackets.
        _ if file == "bun.lock" => app.read_json::<IgnoredAny>(file).map(drop),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::bare;
    use crate::analyze::testing::{plan, try_plan};

    #[test]
    fn a_lock_file_that_no_package_manager_wrote_is_an_error_with_its_place() {
        let conflict = "a:\n  b\n<<<<<<< HEAD\n  c\n=======\n  d\n>>>>>>> branch\n";
        let errors: Vec<_> = [
            (
                "package-lock.json",
                "{\n  \"packages\": {\n    \"a\": {},\n",
            ),
            ("package-lock.json", "{\n  \"a\": {},\n}"),
            ("package-lock.json", "{\n<<<<<<< HEAD\n}"),
            ("npm-shrinkwrap.json", "{\n  \"ü\": x\n}"),
            (
                "bun.lock",
                "{\n  \"lockfileVersion\": 1,\n  \"packages\": {\n    \"a\": [\"a@1\",],\n",
            ),
            ("bun.lock", conflict),
            ("pnpm-lock.yaml", conflict),
            ("yarn.lock", conflict),
        ]
        .map(|(file, text)| {
            let tree = bare("{}").file(file, text);
            try_plan(tree, &[]).unwrap_err().to_string()
        })
        .to_vec();
        insta::assert_snapshot!(errors.join("\n"), @"
        package-lock.json:4:1: unterminated object
        package-lock.json:2:10: trailing commas are not allowed
        package-lock.json:2:1: a merge conflict begins here; solve it, and let the package manager write the file anew
        npm-shrinkwrap.json:2:8: unexpected word
        bun.lock:5:1: unterminated object
        bun.lock:3:1: a merge conflict begins here; solve it, and let the package manager write the file anew
        pnpm-lock.yaml:3:1: a merge conflict begins here; solve it, and let the package manager write the file anew
        yarn.lock:3:1: a merge conflict begins here; solve it, and let the package manager write the file anew
        ");
    }

    #[test]
    fn only_the_lock_file_that_is_read_has_to_be_one() {
        let large = vec![b'x'; 16 * 1024 * 1024 + 1];
        for tree in [
            bare(r#"{"packageManager": "pnpm@10.4.1"}"#).file("package-lock.json", "{"),
            bare("{}")
                .file("npm-shrinkwrap.json", "{}")
                .file("package-lock.json", "{"),
            bare("{}").file("package-lock.json", large),
            bare("{}").file("package-lock.json", "\n"),
            bare("{}").file(
                "bun.lock",
                "// Bun\n{\"packages\": {\"a\": [\"a@1\", {},],},}",
            ),
            bare("{}").file("yarn.lock", "a@1:\n  version \"1 <<<<<<< x\"\n"),
        ] {
            plan(tree, &[]);
        }
    }
}

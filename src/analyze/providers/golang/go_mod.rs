//! What planning reads of `go.mod` and `go.work` (<https://go.dev/ref/mod#go-mod-file>).

use crate::analyze::app::App;
use crate::analyze::error::AnalyzeError;

/// A value, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) value: String,
    /// File, line and column.
    pub(super) place: String,
}

/// The directives that matter for planning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct GoMod {
    pub(super) file: &'static str,
    /// `go 1.25`: the oldest Go that may build it.
    pub(super) go: Option<Placed>,
    /// `toolchain go1.25.3`: the Go that its authors use; without the letters in front.
    pub(super) toolchain: Option<Placed>,
    /// `use ./api` of `go.work`: the directories of the modules, as they are written.
    pub(super) uses: Vec<Placed>,
    /// Whether it requires Gin.
    pub(super) requires_gin: bool,
}

impl GoMod {
    pub(super) fn read(app: &App, file: &'static str) -> Result<Option<Self>, AnalyzeError> {
        if !app.has(file)? {
            return Ok(None);
        }
        Self::parse(file, &app.read_text(file)?).map(Some)
    }

    fn parse(file: &'static str, text: &str) -> Result<Self, AnalyzeError> {
        let mut found = Self {
            file,
            requires_gin: text.contains("github.com/gin-gonic/gin"),
            ..Self::default()
        };
        // The directive of the block that is open, and where it was opened.
        let mut block: Option<(String, String)> = None;
        for (index, line) in text.lines().enumerate() {
            let content = line.split("//").next().unwrap_or_default();
            let mut words = words(content);
            let place = |at: usize| format!("{file}:{}:{}", index + 1, at);
            if content.trim() == ")" {
                if block.take().is_none() {
                    return Err(problem(
                        place(column(content, content.trim())),
                        ")",
                        "a directive: no block is open here",
                    ));
                }
                continue;
            }
            let Some(first) = words.next() else { continue };
            if let Some((directive, _)) = &block {
                found.add(directive.clone().as_str(), first, line, &place)?;
                continue;
            }
            let Some(second) = words.next() else {
                if matches!(first, "go" | "toolchain" | "module") {
                    return Err(problem(
                        place(column(line, first)),
                        first,
                        "a value behind it",
                    ));
                }
                continue;
            };
            if second == "(" {
                block = Some((first.to_owned(), place(column(line, first))));
            } else {
                found.add(first, second, line, &place)?;
            }
        }
        match block {
            Some((directive, place)) => Err(problem(
                place,
                &format!("{directive} ("),
                "a line with `)` that ends it",
            )),
            None => Ok(found),
        }
    }

    fn add(
        &mut self,
        directive: &str,
        word: &str,
        line: &str,
        place: &dyn Fn(usize) -> String,
    ) -> Result<(), AnalyzeError> {
        let place = place(column(line, word));
        let value = word.trim_matches(['"', '`']);
        match directive {
            "go" if is_version(value) => self.go = Some(placed(value, place)),
            "go" => return Err(problem(place, value, "a version of Go, such as 1.25")),
            "toolchain" if value == "default" => {}
            "toolchain" => {
                // `go1.25.3-custom` is a Go of one's own, which has no other name in mise.
                let version = value.split('-').next().unwrap_or_default();
                let version = version.strip_prefix("go").unwrap_or_default();
                if !is_version(version) {
                    return Err(problem(place, value, "a toolchain of Go, such as go1.25.3"));
                }
                self.toolchain = Some(placed(version, place));
            }
            "use" => self.uses.push(placed(value, place)),
            _ => {}
        }
        Ok(())
    }
}

fn placed(value: &str, place: String) -> Placed {
    Placed {
        value: value.to_owned(),
        place,
    }
}

fn words(content: &str) -> impl Iterator<Item = &str> {
    content.split_whitespace()
}

/// The column of a word of a line, in characters, the first is 1.
fn column(line: &str, word: &str) -> usize {
    let start = line.find(word).unwrap_or_default();
    line.get(..start).unwrap_or_default().chars().count() + 1
}

/// `1.25`, `1.25.3`, `1.25rc1` (<https://go.dev/doc/toolchain#version>).
fn is_version(text: &str) -> bool {
    let numbers = text
        .find(|character: char| character.is_ascii_lowercase())
        .map_or(text, |end| text.get(..end).unwrap_or_default());
    let parts: Vec<_> = numbers.split('.').collect();
    let is_number =
        |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let rest = text.get(numbers.len()..).unwrap_or_default();
    (2..=3).contains(&parts.len())
        && parts.iter().all(is_number)
        && (rest.is_empty()
            || ["rc", "beta"].iter().any(|kind| {
                let number = rest.strip_prefix(kind);
                number.is_some_and(|number| is_number(&number))
            }))
}

fn problem(place: String, found: &str, expected: &'static str) -> AnalyzeError {
    AnalyzeError::Value {
        place,
        found: found.to_owned(),
        expected: expected.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_stand_alone_or_in_blocks() {
        let text = "// Shop\nmodule example.com/shop // ours\n\ngo 1.24.0\ntoolchain go1.25.3\n\nrequire (\n\tgithub.com/gin-gonic/gin v1.11.0\n\tgo 1.2.3\n)\n";
        let found = GoMod::parse("go.mod", text).unwrap();
        assert_eq!(found.go.unwrap().value, "1.24.0");
        let toolchain = found.toolchain.unwrap();
        assert_eq!(
            (toolchain.value.as_str(), toolchain.place.as_str()),
            ("1.25.3", "go.mod:5:11")
        );
        assert!(found.requires_gin);

        let found =
            GoMod::parse("go.work", "use ./a\nuse (\n\t./b // two\n\t\"./c\"\n)\n").unwrap();
        let uses: Vec<_> = found
            .uses
            .iter()
            .map(|used| format!("{} {}", used.place, used.value))
            .collect();
        assert_eq!(
            uses,
            ["go.work:1:5 ./a", "go.work:3:2 ./b", "go.work:4:2 ./c"]
        );
    }

    #[test]
    fn what_is_malformed_has_its_place() {
        let problems = [
            "module a\n\ngo latest\n",
            "go 1\n",
            "module a\ngo\n",
            "toolchain 1.25\n",
            "module a\nrequire (\n\tb v1.0.0\n",
            "module a\n  )\n",
        ]
        .map(|text| GoMod::parse("go.mod", text).unwrap_err().to_string());
        insta::assert_snapshot!(problems.join("\n"), @"
        go.mod:3:4: found `latest`, expected a version of Go, such as 1.25
        go.mod:1:4: found `1`, expected a version of Go, such as 1.25
        go.mod:2:1: found `go`, expected a value behind it
        go.mod:1:11: found `1.25`, expected a toolchain of Go, such as go1.25.3
        go.mod:2:1: found `require (`, expected a line with `)` that ends it
        go.mod:2:3: found `)`, expected a directive: no block is open here
        ");
    }

    #[test]
    fn versions_are_those_of_go() {
        for version in ["1.25", "1.25.3", "1.25rc1", "1.9beta2"] {
            assert!(is_version(version), "{version}");
        }
        for other in ["1", "v1.25", "1.25.x", "1.25rc", "1.2.3.4", "", "1."] {
            assert!(!is_version(other), "{other}");
        }
    }
}

//! What planning reads of `mix.exs` (<https://hexdocs.pm/mix/Mix.Project.html>). It is a program, and is not run: what is found is
//! what is written out.

use crate::analyze::app::{App, AppError};

pub(super) const MIX_FILE: &str = "mix.exs";

/// What is written in a `mix.exs`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct MixFile {
    text: String,
}

impl MixFile {
    pub(super) fn read(app: &App) -> Result<Self, AppError> {
        Ok(Self::parse(&app.read_text(MIX_FILE)?))
    }

    fn parse(text: &str) -> Self {
        let lines: Vec<_> = text.lines().map(without_comment).collect();
        Self {
            text: lines.join("\n"),
        }
    }

    /// The name of the release: the first of `releases`, else the app's.
    pub(super) fn release(&self) -> Option<&str> {
        let (_, releases) = self.text.split_once("releases: [").unwrap_or_default();
        let name = releases.trim_start().split(':').next().unwrap_or_default();
        if is_name(name) {
            return Some(name);
        }
        let (_, rest) = self.text.split_once("app: :")?;
        let end = rest.find(|character: char| !is_name_character(character))?;
        rest.get(..end).filter(|name| is_name(name))
    }

    /// The version that the app asks for: the first in `elixir: "~> 1.18"`.
    pub(super) fn elixir(&self) -> Option<&str> {
        let (_, rest) = self.text.split_once("elixir: \"")?;
        let (requirement, _) = rest.split_once('"')?;
        let start = requirement.find(|character: char| character.is_ascii_digit())?;
        let version = requirement.get(start..)?;
        let end = version
            .find(|character: char| !(character.is_ascii_digit() || character == '.'))
            .unwrap_or(version.len());
        version.get(..end)
    }

    /// Whether it names dependencies, which then need Hex and rebar.
    pub(super) fn has_dependencies(&self) -> bool {
        self.text.contains("{:")
    }

    /// Whether installing reads more of the app: apps of an umbrella, dependencies in directories.
    pub(super) fn names_directories(&self) -> bool {
        self.text.contains("apps_path:") || self.text.contains("path: \"")
    }

    /// Whether it defines or calls a task.
    pub(super) fn has_task(&self, name: &str) -> bool {
        self.text.contains(name)
    }
}

/// A line up to its comment; `#{` is no comment.
fn without_comment(line: &str) -> &str {
    let starts = line.match_indices('#').map(|(start, _)| start);
    let mut starts = starts.filter(|start| {
        let before = line.get(..*start).unwrap_or_default();
        let is_in_text = before.matches('"').count() % 2 == 1;
        !is_in_text
    });
    starts
        .next()
        .and_then(|start| line.get(..start))
        .unwrap_or(line)
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_name_character)
}

fn is_name_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_out_is_found() {
        let file = MixFile::parse(
            "def project do\n  [\n    # app: :old,\n    app: :shop_web, # \"x\n    elixir: \"~> 1.17 or ~> 1.18\",\n    deps: []\n  ]\nend\n",
        );
        assert_eq!(file.release(), Some("shop_web"));
        assert_eq!(file.elixir(), Some("1.17"));
        assert!(!file.has_dependencies() && !file.names_directories());
        let file = MixFile::parse(
            "[apps_path: \"apps\", releases: [\n  shop: [applications: [a: :permanent]]]]\n x = \"#{y}\"; {:plug, \"~> 1\"}",
        );
        assert_eq!(file.release(), Some("shop"));
        assert!(file.has_dependencies() && file.names_directories());
        for text in ["", "app: name", "app: :", "elixir: \"latest\""] {
            let file = MixFile::parse(text);
            assert_eq!((file.release(), file.elixir()), (None, None), "{text}");
        }
    }
}

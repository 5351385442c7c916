//! What planning reads of `Gemfile` and `Gemfile.lock` (<https://bundler.io/man/gemfile.5.html>). A Gemfile is a program, and is
//! not run: what is found is what is written out.

use std::collections::BTreeSet;

use crate::analyze::app::{App, AppError};

pub(super) const GEMFILE: &str = "Gemfile";
pub(super) const LOCK_FILE: &str = "Gemfile.lock";

/// The gems of an app, and what is needed to install them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Gems {
    names: BTreeSet<String>,
    /// The version of Ruby, and the file that names it.
    pub(super) ruby: Option<(String, String)>,
    /// The file that the `Gemfile` says names it.
    ruby_file: Option<String>,
    /// The version of Bundler that wrote the lock file.
    pub(super) bundler: Option<String>,
    /// The directories of gems that are part of the app, and the file that names the version of Ruby.
    pub(super) paths: Vec<String>,
    /// Whether installing reads more of the app than can be listed here.
    pub(super) reads_sources: bool,
    pub(super) has_lock: bool,
}

impl Gems {
    pub(super) fn read(app: &App) -> Result<Self, AppError> {
        let mut gems = Self::default();
        if app.has(GEMFILE)? {
            gems.add_gemfile(&app.read_text(GEMFILE)?);
        }
        if let Some(file) = gems.ruby_file.take()
            && app.has(&file)?
        {
            let version = version_in(&app.read_text(&file)?).map(str::to_owned);
            gems.ruby = version.map(|version| (version, file));
        }
        if app.has(LOCK_FILE)? {
            gems.has_lock = true;
            gems.add_lock(&app.read_text(LOCK_FILE)?);
        }
        Ok(gems)
    }

    pub(super) fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.names.contains(*name))
    }

    fn add_gemfile(&mut self, text: &str) {
        for line in text.lines() {
            let line = line.trim();
            let Some((word, rest)) = line.split_once([' ', '(']) else {
                self.reads_sources |= line == "gemspec";
                continue;
            };
            match word {
                "gem" => self.names.extend(quoted(rest).map(str::to_owned)),
                "ruby" => {
                    let version =
                        quoted(rest).filter(|_| rest.trim_start().starts_with(['"', '\'']));
                    self.ruby = version
                        .and_then(required)
                        .map(|version| (version.to_owned(), GEMFILE.to_owned()));
                }
                "gemspec" | "eval_gemfile" => self.reads_sources = true,
                _ => {}
            }
            let path = match word {
                "gem" => line.split_once("path:"),
                "ruby" => line.split_once("file:"),
                "path" => Some(("", rest)),
                _ => None,
            };
            match path.and_then(|(_, text)| quoted(text)) {
                Some(path) if path.starts_with("..") || path.starts_with('/') || path == "." => {
                    self.reads_sources = true;
                }
                Some(path) => {
                    let path = path.trim_start_matches("./").trim_end_matches('/');
                    self.paths.push(path.to_owned());
                    if word == "ruby" {
                        self.ruby_file = Some(path.to_owned());
                    }
                }
                None => {}
            }
        }
    }

    fn add_lock(&mut self, text: &str) {
        let mut section = "";
        for line in text.lines() {
            let is_title = !line.starts_with(' ') && !line.is_empty();
            let content = line.trim();
            if is_title {
                section = content;
            } else if section == "BUNDLED WITH" && !content.is_empty() {
                self.bundler.get_or_insert_with(|| content.to_owned());
            } else if section == "RUBY VERSION" && self.ruby.is_none() {
                let version = content.strip_prefix("ruby ").and_then(numbers);
                self.ruby = version.map(|version| (version.to_owned(), LOCK_FILE.to_owned()));
            } else if let Some((name, rest)) = content.split_once(' ')
                && rest.starts_with('(')
            {
                self.names.insert(name.to_owned());
            }
        }
    }
}

/// The first text in quotes.
fn quoted(text: &str) -> Option<&str> {
    let start = text.find(['"', '\''])?;
    let quote = text.get(start..)?.chars().next()?;
    let (value, _) = text.get(start + 1..)?.split_once(quote)?;
    Some(value)
}

/// The version in a file such as `.ruby-version`, `.tool-versions` or `mise.toml`: behind `ruby` where a line begins so, else the
/// whole text, if that is one: not the version of another tool. <https://bundler.io/man/gemfile.5.html#RUBY>
fn version_in(text: &str) -> Option<&str> {
    let named = text.lines().find_map(|line| {
        let rest = line.trim_start().strip_prefix("ruby")?;
        rest.starts_with(['-', '=', ' ', '\t', '"']).then_some(rest)
    });
    let is_version = |text: &&str| text.starts_with(|first: char| first.is_ascii_digit());
    numbers(named.or_else(|| Some(text.trim()).filter(is_version))?)
}

/// The version that a requirement is met by. `~> 3.3.0` is met by the newest 3.3.
/// <https://guides.rubygems.org/patterns/#pessimistic-version-constraint>
fn required(text: &str) -> Option<&str> {
    let version = numbers(text)?;
    match version.rsplit_once('.') {
        Some((minor, _)) if text.trim_start().starts_with("~>") && minor.contains('.') => {
            Some(minor)
        }
        _ => Some(version),
    }
}

/// The first version in a requirement such as `~> 3.3`, of up to three numbers.
fn numbers(text: &str) -> Option<&str> {
    let start = text.find(|character: char| character.is_ascii_digit())?;
    let version = text.get(start..)?;
    let end = version
        .find(|character: char| !(character.is_ascii_digit() || character == '.'))
        .unwrap_or(version.len());
    version
        .get(..end)
        .map(|version| version.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gems_and_versions_are_found_where_they_are_written_out() {
        let mut gems = Gems::default();
        gems.add_gemfile(
            "source 'https://rubygems.org'\nruby \"~> 3.3\"\n# gem 'old'\ngem 'rails', '~> 8.0'\ngem(\"pg\")\ngem 'local', path: './libs/local/'\npath 'libs' do\nend\n",
        );
        assert_eq!(gems.ruby, Some(("3.3".to_owned(), GEMFILE.to_owned())));
        assert_eq!(gems.paths, ["libs/local", "libs"]);
        assert!(gems.has_any(&["pg"]) && gems.has_any(&["rails"]) && !gems.has_any(&["old"]));
        gems.add_lock(
            "GEM\n  remote: https://rubygems.org/\n  specs:\n    puma (6.5.0)\n      nio4r (~> 2.0)\n\nDEPENDENCIES\n  rails\n\nRUBY VERSION\n   ruby 3.3.6p108\n\nBUNDLED WITH\n   2.5.22\n",
        );
        assert!(gems.has_any(&["puma"]) && gems.has_any(&["nio4r"]));
        assert_eq!(gems.bundler.as_deref(), Some("2.5.22"));

        let mut locked = Gems::default();
        locked.add_gemfile("ruby file: '.ruby-version'\ngemspec\n");
        assert!(locked.ruby.is_none() && locked.reads_sources);
        assert_eq!(locked.paths, [".ruby-version"]);
        locked.add_lock("RUBY VERSION\n   ruby 3.4.1p0\n");
        assert_eq!(
            locked.ruby,
            Some(("3.4.1".to_owned(), LOCK_FILE.to_owned()))
        );
    }
}

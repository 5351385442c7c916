//! The calls in a build description, as far as they are written out: `add_executable(shop main.cc)` of CMake,
//! `executable('shop', 'main.cc')` of Meson. Nothing is evaluated.

use crate::analyze::app::AppError;
use crate::plan::Position;

/// How texts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    /// Arguments are words, separated by white space
    /// (<https://cmake.org/cmake/help/latest/manual/cmake-language.7.html>).
    Cmake,
    /// Arguments are expressions, separated by commas (<https://mesonbuild.com/Syntax.html>).
    Meson,
}

/// A call, and its arguments: those that are written out as texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    /// In lower case: CMake makes no difference.
    pub(super) name: String,
    pub(super) arguments: Vec<String>,
}

/// The calls in a text, in their order. Calls within arguments count as their own.
pub(super) fn find(path: &str, text: &str, syntax: Syntax) -> Result<Vec<Call>, AppError> {
    let mut scanner = Scanner {
        path,
        rest: text,
        position: Position { line: 1, column: 1 },
        syntax,
    };
    let mut found: Vec<Call> = Vec::new();
    // The open parentheses: where each is, and the call that it belongs to.
    let mut open: Vec<(Position, Option<usize>)> = Vec::new();
    let mut word = String::new();
    while let Some(character) = scanner.rest.chars().next() {
        let position = scanner.position;
        if character == '#' {
            scanner.skip_comment()?;
        } else if scanner.starts_text(character) {
            let value = scanner.take_text(character)?;
            if let Some((_, Some(call))) = open.last()
                && let Some(call) = found.get_mut(*call)
            {
                call.arguments.push(value);
            }
        } else if is_word(character, syntax) {
            word.push(character);
            scanner.skip(1);
            continue;
        } else if character == '(' {
            let call = (!word.is_empty()).then(|| {
                found.push(Call {
                    name: word.to_lowercase(),
                    arguments: Vec::new(),
                });
                found.len() - 1
            });
            open.push((position, call));
            word.clear();
            scanner.skip(1);
        } else {
            // In CMake a call's name and its parenthesis may be apart.
            if syntax == Syntax::Cmake
                && let Some((_, Some(call))) = open.last()
                && !word.is_empty()
                && let Some(call) = found.get_mut(*call)
            {
                call.arguments.push(word.clone());
            }
            let is_apart = matches!(character, ' ' | '\t') && open.is_empty();
            if !is_apart {
                word.clear();
            }
            if character == ')' && open.pop().is_none() {
                return Err(scanner.problem(position, "found `)`, and no call is open here"));
            }
            scanner.skip(1);
            continue;
        }
        word.clear();
    }
    match open.first() {
        Some((position, _)) => Err(scanner.problem(*position, "this parenthesis is not closed")),
        None => Ok(found),
    }
}

struct Scanner<'a> {
    path: &'a str,
    rest: &'a str,
    position: Position,
    syntax: Syntax,
}

impl Scanner<'_> {
    fn starts_text(&self, character: char) -> bool {
        match self.syntax {
            Syntax::Cmake => character == '"',
            Syntax::Meson => character == '\'',
        }
    }

    /// A text up to its end; a backslash takes the next sign as it is.
    fn take_text(&mut self, quote: char) -> Result<String, AppError> {
        let start = self.position;
        let long = "'''";
        if self.syntax == Syntax::Meson && self.rest.starts_with(long) {
            self.skip(3);
            let Some(end) = self.rest.find(long) else {
                return Err(self.problem(start, "this text is not closed"));
            };
            let value = self.rest.get(..end).unwrap_or_default().to_owned();
            self.skip(value.chars().count() + 3);
            return Ok(value);
        }
        self.skip(1);
        let mut value = String::new();
        while let Some(character) = self.rest.chars().next() {
            self.skip(1);
            if character == quote {
                return Ok(value);
            }
            if character == '\\'
                && let Some(escaped) = self.rest.chars().next()
            {
                value.push(escaped);
                self.skip(1);
            } else {
                value.push(character);
            }
        }
        Err(self.problem(start, "this text is not closed"))
    }

    /// A comment up to the end of the line, or of its brackets: `#[[ ... ]]`.
    fn skip_comment(&mut self) -> Result<(), AppError> {
        let start = self.position;
        let end = if self.syntax == Syntax::Cmake && self.rest.starts_with("#[[") {
            let end = self.rest.find("]]").map(|end| end + 2);
            end.ok_or_else(|| self.problem(start, "this comment is not closed"))?
        } else {
            self.rest.find('\n').unwrap_or(self.rest.len())
        };
        let comment = self.rest.get(..end).unwrap_or_default();
        self.skip(comment.chars().count());
        Ok(())
    }

    fn skip(&mut self, characters: usize) {
        let mut left = self.rest.chars();
        for _ in 0..characters {
            match left.next() {
                Some('\n') => {
                    self.position.line += 1;
                    self.position.column = 1;
                }
                Some(_) => self.position.column += 1,
                None => break,
            }
        }
        self.rest = left.as_str();
    }

    fn problem(&self, position: Position, problem: &str) -> AppError {
        AppError::Malformed {
            path: self.path.to_owned(),
            position,
            problem: problem.to_owned(),
        }
    }
}

fn is_word(character: char, syntax: Syntax) -> bool {
    let others = match syntax {
        Syntax::Cmake => "_-.${}/:+@<>=,",
        Syntax::Meson => "_",
    };
    character.is_alphanumeric() || others.contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, syntax: Syntax) -> String {
        match find("file", text, syntax) {
            Ok(calls) => {
                let calls = calls.iter();
                let lines = calls.map(|call| format!("{} {:?}", call.name, call.arguments));
                lines.collect::<Vec<_>>().join("\n")
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn calls_are_found_with_what_is_written_out() {
        let text = "# add_executable(no)\n#[[ add_executable(no) ]]\nProject(shop LANGUAGES CXX)\nadd_executable (\n  \"my shop\" main.cc # (\n  ${SOURCES}\n)\nif((A) AND (B))\nendif()\n";
        insta::assert_snapshot!(shown(text, Syntax::Cmake), @r#"
        project ["shop", "LANGUAGES", "CXX"]
        add_executable ["my shop", "main.cc", "${SOURCES}"]
        if ["AND"]
        endif []
        "#);
        let text = "project('shop', 'cpp', # )\n  default_options: ['a=b'])\nx = '''(\n'''\nmain = files('main.cc')\nexecutable('it\\'s', main, install: true)\nexecutable(name, main)\n";
        insta::assert_snapshot!(shown(text, Syntax::Meson), @r#"
        project ["shop", "cpp", "a=b"]
        files ["main.cc"]
        executable ["it's"]
        executable []
        "#);
    }

    #[test]
    fn what_is_not_closed_has_its_place() {
        let problems = [
            shown("project(a)\n  add_executable(a\n", Syntax::Cmake),
            shown("project(a))\n", Syntax::Cmake),
            shown("project(\"a)\n", Syntax::Cmake),
            shown("#[[ x", Syntax::Cmake),
            shown("project('a)\n", Syntax::Meson),
            shown("x = '''a\n", Syntax::Meson),
        ];
        insta::assert_snapshot!(problems.join("\n"), @"
        file:2:17: this parenthesis is not closed
        file:1:11: found `)`, and no call is open here
        file:1:9: this text is not closed
        file:1:1: this comment is not closed
        file:1:9: this text is not closed
        file:1:5: this text is not closed
        ");
    }
}

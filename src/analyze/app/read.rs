//! Reading files.

use std::rc::Rc;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use super::view::{LINK_LIMIT, Place, TEXT_LIMIT};
use super::{App, AppError, json, toml, xml, yaml};
use crate::plan::Position;

/// The most that is read of one file, in bytes. Lock files of large apps reach a few MiB.
const FILE_LIMIT: u64 = 16 * 1024 * 1024;

impl App {
    /// A file's text, with line ends as `\n` and without a byte order mark.
    pub fn read_text(&self, path: &str) -> Result<Rc<str>, AppError> {
        let file = match self.find_place(path)? {
            Place::File(file) => file,
            Place::Directory(_) => {
                return Err(AppError::IsADirectory {
                    path: path.to_owned(),
                });
            }
            Place::Special => {
                return Err(AppError::Special {
                    path: path.to_owned(),
                });
            }
            Place::Nowhere => {
                return Err(AppError::NotFound {
                    path: path.to_owned(),
                });
            }
            Place::OutsideTree => {
                return Err(AppError::OutsideTree {
                    path: path.to_owned(),
                });
            }
            Place::LinkLoop => {
                return Err(AppError::LinkLoop {
                    path: path.to_owned(),
                    limit: LINK_LIMIT,
                });
            }
        };
        if let Some(text) = self.texts.borrow().get(&file) {
            return Ok(Rc::clone(text));
        }
        let content = self
            .tree
            .read(&file, FILE_LIMIT + 1)
            .map_err(|source| AppError::io(path, source))?;
        if content.len() as u64 > FILE_LIMIT {
            return Err(AppError::FileTooLarge {
                path: path.to_owned(),
                limit: FILE_LIMIT,
            });
        }
        let size = self.text_size.get() + content.len() as u64;
        if size > TEXT_LIMIT {
            return Err(AppError::TooMuchText { limit: TEXT_LIMIT });
        }
        self.text_size.set(size);
        let text: Rc<str> = Rc::from(into_text(path, content)?);
        self.texts.borrow_mut().insert(file, Rc::clone(&text));
        Ok(text)
    }

    /// A file's JSON object, in which comments and commas before a closing bracket are allowed.
    pub fn read_json<T: DeserializeOwned>(&self, path: &str) -> Result<T, AppError> {
        json::parse(path, &self.read_text(path)?, &json::WITH_COMMENTS)
    }

    /// Whether a file, which may be large, is JSON without comments; of a value that is no object nothing is said.
    pub(crate) fn check_json(&self, path: &str) -> Result<(), AppError> {
        let text = self.read_text(path)?;
        // The faster reader; the other one says what is wrong in the words that all files of JSON have.
        if serde_json::from_str::<IgnoredAny>(&text).is_ok() {
            return Ok(());
        }
        json::parse::<IgnoredAny>(path, &text, &json::STRICT).map(drop)
    }

    /// A configuration of Deno's, which is an object, or nothing but comments.
    pub(crate) fn read_deno_json(&self, path: &str) -> Result<Value, AppError> {
        let text = self.read_text(path)?;
        let mut lines = text.lines().map(str::trim);
        if lines.all(|line| line.is_empty() || line.starts_with("//")) {
            return Ok(Value::Null);
        }
        json::parse(path, &text, &json::DENO)
    }

    /// The file and the place of a value in it, for messages. `keys` lead to the value in a file of JSON.
    pub(crate) fn place_in_json(&self, path: &str, keys: &[&str]) -> Result<String, AppError> {
        let position = json::position(&self.read_text(path)?, keys);
        Ok(position.map_or_else(|| path.to_owned(), |position| format!("{path}:{position}")))
    }

    /// A file's JSON5 object.
    pub fn read_json5<T: DeserializeOwned>(&self, path: &str) -> Result<T, AppError> {
        json::parse(path, &self.read_text(path)?, &json::JSON5)
    }

    /// A file's YAML mapping; of several documents the first.
    pub fn read_yaml<T: DeserializeOwned>(&self, path: &str) -> Result<T, AppError> {
        yaml::parse(path, &self.read_text(path)?)
    }

    /// What is read of a file's XML, from its root element.
    pub(crate) fn read_xml<T>(
        &self,
        path: &str,
        read: impl FnOnce(roxmltree::Node<'_, '_>) -> T,
    ) -> Result<T, AppError> {
        xml::parse(path, &self.read_text(path)?, read)
    }

    /// A file's TOML.
    pub fn read_toml<T: DeserializeOwned>(&self, path: &str) -> Result<T, AppError> {
        toml::parse(path, &self.read_text(path)?)
    }
}

fn into_text(path: &str, content: Vec<u8>) -> Result<String, AppError> {
    let mut text = String::from_utf8(content).map_err(|error| {
        let before = error
            .as_bytes()
            .get(..error.utf8_error().valid_up_to())
            .unwrap_or_default();
        let position = end_position(&String::from_utf8_lossy(before));
        AppError::NotUtf8 {
            path: path.to_owned(),
            position,
        }
    })?;
    if text.contains('\r') {
        text = text.replace("\r\n", "\n");
    }
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// The place just behind a text.
pub(super) fn end_position(text: &str) -> Position {
    let last_line = text.rsplit('\n').next().unwrap_or_default();
    Position {
        line: count(text.matches('\n').count() + 1),
        column: count(last_line.chars().count() + 1),
    }
}

/// A line or column number; a file's size keeps it far below the limit of the type.
pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::analyze::app::memory::{self, Memory};

    #[test]
    fn what_cannot_be_read_says_why() {
        let app = memory::app();
        let problems: Vec<_> = [
            "nothing",
            "dangling",
            "a",
            "to-a",
            "outside",
            "absolute",
            "../x",
            "a/../../x",
            "loop-1",
            "pipe.txt",
        ]
        .map(|path| app.read_text(path).unwrap_err().to_string())
        .into();
        insta::assert_snapshot!(problems.join("\n"), @"
        nothing: not found
        dangling: not found
        a: is a directory, expected a file
        to-a: is a directory, expected a file
        outside: leads out of the app's directory, and only what is inside is read
        absolute: leads out of the app's directory, and only what is inside is read
        ../x: leads out of the app's directory, and only what is inside is read
        a/../../x: leads out of the app's directory, and only what is inside is read
        loop-1: is a link that leads to itself, or through more than 40 links
        pipe.txt: is neither a file nor a directory, expected a file
        ");
    }

    #[test]
    fn text_is_read_as_an_editor_shows_it() {
        let app = Memory::default()
            .file("windows.txt", "\u{feff}a\r\nb\rc\n")
            .file("binary.txt", b"line\nx\xc3\xbc\xff")
            .file(
                "large.txt",
                vec![b'x'; usize::try_from(FILE_LIMIT).unwrap() + 1],
            )
            .file(
                "limit.txt",
                vec![b'x'; usize::try_from(FILE_LIMIT).unwrap()],
            )
            .app();
        assert_eq!(&*app.read_text("windows.txt").unwrap(), "a\nb\rc\n");
        assert_eq!(app.read_text("limit.txt").unwrap().len() as u64, FILE_LIMIT);
        insta::assert_snapshot!(app.read_text("binary.txt").unwrap_err(), @"binary.txt:2:3: is not UTF-8 text");
        insta::assert_snapshot!(app.read_text("large.txt").unwrap_err(), @"large.txt: is larger than 16 MiB, the most that is read of one file");
    }

    #[test]
    fn all_files_together_have_an_end_too() {
        let app = Memory::default().file("a", "12").file("b", "34").app();
        app.text_size.set(TEXT_LIMIT - 3);
        for _ in 0..3 {
            assert_eq!(&*app.read_text("a").unwrap(), "12");
        }
        insta::assert_snapshot!(app.read_text("b").unwrap_err(), @"the files that planning has to read hold more than 256 MiB");
    }

    #[test]
    fn a_file_that_may_not_be_read_is_an_error() {
        let app = Memory::default()
            .file("package.json", "{}")
            .forbidden("package.json")
            .app();
        insta::assert_snapshot!(app.read_text("package.json").unwrap_err(), @"package.json: permission denied");
    }

    #[test]
    fn json_may_hold_comments_and_its_errors_have_a_place() {
        #[derive(Debug, Deserialize)]
        struct Names {
            names: Vec<String>,
        }
        let app = Memory::default()
            .file(
                "good.json",
                "{\n  // first\n  \"names\": [\"a\", /* second */ \"b\",],\n}\n",
            )
            .file("type.json", "{\n  \"names\": [\"ü\", 5]\n}")
            .file("broken.json", "{\n  \"names\": [\"a\"\n}")
            .file("empty.json", "")
            .file("list.json", "[\"a\"]")
            .file("deep.json", "{\"a\":".repeat(10_000))
            .app();
        assert_eq!(
            app.read_json::<Names>("good.json").unwrap().names,
            ["a", "b"]
        );
        let problems: Vec<_> = ["type.json", "broken.json", "empty.json", "list.json"]
            .map(|file| app.read_json::<Names>(file).unwrap_err().to_string())
            .into();
        insta::assert_snapshot!(problems.join("\n"), @"
        type.json:2:18: invalid type: integer `5`, expected a string
        broken.json:3:1: unexpected close brace
        empty.json:1:1: is empty, expected a JSON object
        list.json:1:1: invalid type: sequence, expected an object
        ");
        insta::assert_snapshot!(app.read_json::<serde_json::Value>("deep.json").unwrap_err(), @"deep.json:1:2561: maximum nesting depth exceeded");
    }
}

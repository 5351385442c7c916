//! Commands and layers written as one text.
//!
//! The reference means `"PATH:/x"` and its like, but looks for the prefix in the JSON text with its quotes, so that none
//! ever matches: it runs `PATH:/x` as a program. Here they do what its documentation says
//! (<https://railpack.com/config/file#string-format>).

use thiserror::Error;

use super::{
    Command, CopyCommand, ExecCommand, FileCommand, Filter, Layer, LayerSource, PathCommand,
};

/// A command line that gives `text` to a shell: `sh -c '...'`.
#[must_use]
pub fn shell_command(text: &str) -> String {
    format!("sh -c '{}'", text.replace('\'', r"'\''"))
}

impl ExecCommand {
    /// Runs `text` in a shell. The build's progress shows the text itself.
    #[must_use]
    pub fn in_shell(text: &str) -> Self {
        Self {
            cmd: shell_command(text),
            custom_name: Some(text.to_owned()),
        }
    }

    /// Whether this is `...`, which in a configuration stands for the commands that were there before.
    #[must_use]
    pub fn is_spread(&self) -> bool {
        self.cmd == "..." || self.cmd == shell_command("...")
    }
}

impl Command {
    /// The command that a text stands for:
    ///
    /// | text | command |
    /// | --- | --- |
    /// | `RUN:npm ci` | runs `npm ci` in a shell |
    /// | `RUN#Install:npm ci` | the same, shown as `Install` |
    /// | `PATH:/opt/bin` | puts `/opt/bin` in front of PATH |
    /// | `COPY:src dest` | copies `src` of the local tree to `dest` |
    /// | `FILE:/etc/app.conf name` | writes the asset `name` to `/etc/app.conf` |
    /// | `FILE#Configure:/etc/app.conf name` | the same, shown as `Configure` |
    /// | anything else | runs it in a shell |
    pub fn from_text(text: &str) -> Result<Self, CommandTextError> {
        let (prefix, rest) = text.split_once(':').unwrap_or(("", text));
        let (prefix, name) = match prefix.split_once('#') {
            Some((prefix @ ("RUN" | "FILE"), name)) => (prefix, Some(name)),
            _ => (prefix, None),
        };
        let custom_name = name.filter(|name| !name.is_empty()).map(str::to_owned);
        let is_known = matches!(prefix, "RUN" | "PATH" | "COPY" | "FILE");
        if if is_known { rest } else { text }.trim().is_empty() {
            return Err(CommandTextError::Empty);
        }
        match prefix {
            "RUN" => Ok(Self::Exec(ExecCommand {
                cmd: shell_command(rest),
                custom_name,
            })),
            "PATH" => Ok(Self::Path(PathCommand {
                path: rest.trim().to_owned(),
            })),
            "COPY" => {
                let (src, dest) = two_words(rest, "COPY:src dest")?;
                Ok(Self::Copy(CopyCommand {
                    image: None,
                    src,
                    dest,
                }))
            }
            "FILE" => {
                let (path, name) = two_words(rest, "FILE:path name")?;
                Ok(Self::File(FileCommand {
                    path,
                    name,
                    mode: None,
                    custom_name,
                }))
            }
            _ => Ok(Self::Exec(ExecCommand::in_shell(text))),
        }
    }
}

impl Layer {
    /// The layer that a text stands for: `.` the local tree, `$name` the step `name`, `...` what was there before.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let source = match text {
            "." => {
                let include = vec![".".into()];
                return Some(Self {
                    source: LayerSource::Local,
                    filter: Filter {
                        include,
                        exclude: Vec::new(),
                    },
                });
            }
            "..." => LayerSource::Spread,
            _ => LayerSource::Step(
                text.strip_prefix('$')
                    .filter(|name| !name.is_empty())?
                    .to_owned(),
            ),
        };
        Some(Self {
            source,
            filter: Filter::default(),
        })
    }
}

fn two_words(text: &str, form: &'static str) -> Result<(String, String), CommandTextError> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [first, second] => Ok(((*first).to_owned(), (*second).to_owned())),
        _ => Err(CommandTextError::WordCount {
            form,
            found: words.len(),
        }),
    }
}

/// Why a text is no command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CommandTextError {
    /// There is nothing to do.
    #[error("the command is empty")]
    Empty,
    /// Not two words behind `COPY:` or `FILE:`.
    #[error("a command of the form `{form}` has two words behind its colon, found {found}")]
    WordCount {
        /// How it is written.
        form: &'static str,
        /// How many words there are.
        found: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::split_words;

    fn exec(cmd: &str, name: Option<&str>) -> Command {
        Command::Exec(ExecCommand {
            cmd: cmd.to_owned(),
            custom_name: name.map(str::to_owned),
        })
    }

    fn file(path: &str, name: &str, custom_name: Option<&str>) -> Command {
        let custom_name = custom_name.map(str::to_owned);
        Command::File(FileCommand {
            path: path.to_owned(),
            name: name.to_owned(),
            mode: None,
            custom_name,
        })
    }

    #[test]
    fn reads_commands() {
        let read = |text| Command::from_text(text).unwrap();
        assert_eq!(read("npm ci"), exec("sh -c 'npm ci'", Some("npm ci")));
        assert_eq!(read("RUN:npm ci"), exec("sh -c 'npm ci'", None));
        assert_eq!(
            read("RUN#Install it:npm run a:b"),
            exec("sh -c 'npm run a:b'", Some("Install it"))
        );
        assert_eq!(
            read("PATH:/opt/bin"),
            Command::Path(PathCommand {
                path: "/opt/bin".to_owned()
            })
        );
        let copy = CopyCommand {
            image: None,
            src: "a".to_owned(),
            dest: "b".to_owned(),
        };
        assert_eq!(read("COPY:a  b"), Command::Copy(copy));
        assert_eq!(read("FILE:/etc/a b"), file("/etc/a", "b", None));
        assert_eq!(read("FILE#Say:/etc/a b"), file("/etc/a", "b", Some("Say")));
    }

    #[test]
    fn takes_prefixes_in_their_exact_form_only() {
        for text in [
            "run:a",
            "Path:/x",
            "echo COPY:a b",
            "RUNS:a",
            "npm run a:b",
            " RUN:a",
            "PATH#x:/y",
            "x#y:z",
        ] {
            assert_eq!(
                Command::from_text(text).unwrap(),
                Command::Exec(ExecCommand::in_shell(text))
            );
        }
    }

    #[test]
    fn refuses_what_does_nothing() {
        for text in ["", "  ", "RUN:", "RUN#a: ", "PATH:", "COPY: ", "FILE#:"] {
            assert_eq!(Command::from_text(text), Err(CommandTextError::Empty));
        }
        let count = |text| match Command::from_text(text) {
            Err(CommandTextError::WordCount { found, .. }) => found,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            [count("COPY:a"), count("COPY:a b c"), count("FILE:a")],
            [1, 3, 1]
        );
    }

    #[test]
    fn a_shell_gets_the_text_as_it_was_written() {
        for text in [
            "npm ci",
            "echo 'a b' \"c\" \\d",
            "'",
            "''",
            "a'b'\\''c",
            "# no comment",
            "a\nb",
        ] {
            let words = split_words(&shell_command(text)).unwrap();
            assert_eq!(words, ["sh", "-c", text]);
        }
    }

    #[test]
    fn knows_spreads() {
        let is_spread = |text| ExecCommand::in_shell(text).is_spread();
        assert!(is_spread("..."));
        assert!(!is_spread("... a"));
        assert!(
            ExecCommand {
                cmd: "...".to_owned(),
                custom_name: None
            }
            .is_spread()
        );
    }

    #[test]
    fn reads_layers() {
        let source = |text| Layer::from_text(text).map(|layer| layer.source);
        assert_eq!(source("..."), Some(LayerSource::Spread));
        assert_eq!(
            source("$packages:mise"),
            Some(LayerSource::Step("packages:mise".to_owned()))
        );
        assert_eq!(
            [source("$"), source(""), source("build"), source("./src")],
            [None, None, None, None]
        );
        let local = Layer::from_text(".").unwrap();
        assert_eq!(
            (local.source, local.filter.include),
            (LayerSource::Local, vec![".".into()])
        );
    }
}

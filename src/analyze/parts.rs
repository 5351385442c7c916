//! Short ways to write down the commands and layers of a plan.

use std::borrow::Cow;

use crate::plan::{
    Command, CopyCommand, ExecCommand, FileCommand, Filter, Layer, LayerSource, PathCommand,
    Spanned,
};

/// What is expected of a path that must not lead out of the app.
pub(crate) const INNER_DIRECTORY: &str = "a directory of the app";

/// Whether a path leads out of the directory that it begins in, by its `..`. An absolute one begins at the root of the
/// image, which nothing leads out of.
pub(crate) fn leads_out(path: &str) -> bool {
    let mut depth = 0;
    !path.starts_with('/')
        && path.split('/').any(|name| {
            depth += match name {
                "" | "." => 0,
                ".." => -1,
                _ => 1,
            };
            depth < 0
        })
}

/// Runs a program, without a shell.
pub(crate) fn exec(command: impl Into<String>) -> Command {
    Command::Exec(ExecCommand {
        cmd: command.into(),
        custom_name: None,
    })
}

/// Runs a program, without a shell, under a name of its own in the build's progress.
pub(crate) fn exec_named(command: impl Into<String>, name: impl Into<String>) -> Command {
    Command::Exec(ExecCommand {
        cmd: command.into(),
        custom_name: Some(name.into()),
    })
}

/// Runs a line of shell; the progress shows the line itself.
pub(crate) fn shell(line: &str) -> Command {
    Command::Exec(ExecCommand::in_shell(line))
}

/// Puts a directory in front of PATH.
pub(crate) fn path(directory: impl Into<String>) -> Command {
    Command::Path(PathCommand {
        path: directory.into(),
    })
}

/// Copies what matches a pattern to the same place in the step.
pub(crate) fn copy(pattern: &str) -> Command {
    Command::Copy(CopyCommand {
        image: None,
        src: pattern.to_owned(),
        dest: pattern.to_owned(),
    })
}

/// Copies a file or directory of exactly this name to the same place in the step.
pub(crate) fn copy_file(path: &str) -> Command {
    let mut pattern = String::new();
    for character in path.chars() {
        if "*?[\\".contains(character) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    Command::Copy(CopyCommand {
        image: None,
        src: pattern,
        dest: path.to_owned(),
    })
}

/// Writes a file from an asset of the step.
pub(crate) fn file(path: &str, asset: &str, name: &str) -> Command {
    Command::File(FileCommand {
        path: path.to_owned(),
        name: asset.to_owned(),
        mode: None,
        custom_name: Some(name.to_owned()),
    })
}

/// The whole result of a step.
pub(crate) fn step_layer(name: &str) -> Layer {
    Layer {
        source: LayerSource::Step(name.to_owned()),
        filter: Filter::default(),
    }
}

/// Some paths of a step's result, without what `exclude` matches.
pub(crate) fn step_paths(name: &str, include: &[&str], exclude: &[&str]) -> Layer {
    Layer {
        source: LayerSource::Step(name.to_owned()),
        filter: filter(include, exclude),
    }
}

/// An image.
pub(crate) fn image_layer(image: &str) -> Layer {
    Layer {
        source: LayerSource::Image(image.to_owned()),
        filter: Filter::default(),
    }
}

/// The app itself.
pub(crate) fn local_layer() -> Layer {
    Layer {
        source: LayerSource::Local,
        filter: filter(&["."], &[]),
    }
}

/// Paths to take and patterns to leave out.
pub(crate) fn filter(include: &[&str], exclude: &[&str]) -> Filter {
    let spanned = |paths: &[&str]| paths.iter().map(|path| Spanned::from(*path)).collect();
    Filter {
        include: spanned(include),
        exclude: spanned(exclude),
    }
}

/// A text as one word of a shell's command line; quoted only if it has to be.
pub(crate) fn shell_word(text: &str) -> Cow<'_, str> {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "_-./@%+=:,".contains(character);
    if !text.is_empty() && text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_pattern() {
        let Command::Copy(command) = copy_file("app/[id]/a*b") else {
            panic!("not a copy command")
        };
        assert_eq!(
            (command.src.as_str(), command.dest.as_str()),
            (r"app/\[id]/a\*b", "app/[id]/a*b")
        );
    }

    #[test]
    fn a_word_is_quoted_only_if_it_has_to_be() {
        assert_eq!(shell_word("src/server.js"), "src/server.js");
        assert_eq!(shell_word("it's a $x"), r"'it'\''s a $x'");
        assert_eq!(shell_word(""), "''");
    }
}

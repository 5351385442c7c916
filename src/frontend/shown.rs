//! The plan's file as clients show it: the lines of a problem or of an op that fails, and two around them, as they are.

use crate::llb::SourceFile;

/// The largest file whose lines are shown. Engines before BuildKit 0.14 take no message above 4 MiB, and every error carries
/// the whole file.
const MAX_SIZE: usize = 1 << 20;

/// How many characters of a line are shown: a plan without line breaks would fill the terminal.
const MAX_LINE: usize = 200;

/// What stands for the rest of a line.
const CUT: &str = "...";

/// The file with long lines cut and no control characters, which a terminal would obey. `None` if it is too large.
pub(super) fn shown(source: &SourceFile) -> Option<SourceFile> {
    let text = String::from_utf8_lossy(&source.data);
    let data = text
        .split_inclusive('\n')
        .flat_map(shown_line)
        .collect::<String>()
        .into_bytes();
    Some(SourceFile {
        data,
        ..source.clone()
    })
    .filter(|source| source.data.len() <= MAX_SIZE)
}

fn shown_line(line: &str) -> impl Iterator<Item = char> {
    let (line, end) = line
        .strip_suffix('\n')
        .map_or((line, ""), |line| (line, "\n"));
    let rest = if line.chars().nth(MAX_LINE).is_some() {
        CUT
    } else {
        ""
    };
    let visible = |character: char| {
        if character.is_control() {
            ' '
        } else {
            character
        }
    };
    line.chars()
        .take(MAX_LINE)
        .map(visible)
        .chain(rest.chars())
        .chain(end.chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown_text(text: &[u8]) -> Option<String> {
        let source = SourceFile {
            filename: "rpk.json".to_owned(),
            data: text.to_vec(),
            language: "json".to_owned(),
        };
        shown(&source).map(|source| String::from_utf8(source.data).unwrap())
    }

    #[test]
    fn a_plan_of_usual_lines_is_shown_as_it_is() {
        let text = "{\n  \"steps\": [],\n\n  \"exclude\": [\"ä\"]\n}";
        assert_eq!(shown_text(text.as_bytes()).as_deref(), Some(text));
    }

    #[test]
    fn long_lines_are_cut() {
        let line = "x".repeat(MAX_LINE);
        assert_eq!(
            shown_text(format!("{line}\n{line}y\nz").as_bytes()),
            Some(format!("{line}\n{line}...\nz"))
        );
    }

    #[test]
    fn nothing_is_left_that_a_terminal_obeys() {
        assert_eq!(
            shown_text(b"\t\x1b[2J\xff\r\n").as_deref(),
            Some("  [2J\u{fffd} \n")
        );
    }

    #[test]
    fn a_large_file_is_not_shown() {
        let line = format!("{}\n", "x".repeat(99));
        assert!(shown_text(line.repeat(MAX_SIZE / 100).as_bytes()).is_some());
        assert_eq!(shown_text(line.repeat(MAX_SIZE / 100 + 1).as_bytes()), None);
        assert!(shown_text("x".repeat(2 * MAX_SIZE).as_bytes()).is_some());
    }
}

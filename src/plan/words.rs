//! Splitting a command line into words.
//!
//! A step's command lines are split as `llb.Shlex` of BuildKit's Go client does it, which is
//! <https://github.com/google/shlex>. It is near to a POSIX shell but not the same: inside double quotes a backslash
//! takes any character as it is, and nothing is expanded.

use thiserror::Error;

/// Splits a command line into words.
///
/// - Words are separated by spaces, tabs, carriage returns and line feeds.
/// - `'...'` takes everything as it is, `"..."` everything but a backslash.
/// - A backslash takes the next character as it is, also a line feed; inside `'...'` it has no meaning.
/// - `#` at a word's start begins a comment, which ends with the line.
pub fn split_words(text: &str) -> Result<Vec<String>, SplitWordsError> {
    let mut words = Vec::new();
    let mut characters = text.chars().enumerate();
    while let Some((index, first)) = characters.next() {
        if is_space(first) {
            continue;
        }
        if first == '#' {
            characters
                .by_ref()
                .find(|(_, character)| *character == '\n');
            continue;
        }
        words.push(rest_of_word(index, first, &mut characters)?);
    }
    Ok(words)
}

fn rest_of_word(
    mut index: usize,
    mut character: char,
    characters: &mut impl Iterator<Item = (usize, char)>,
) -> Result<String, SplitWordsError> {
    let mut word = String::new();
    loop {
        match character {
            _ if is_space(character) => return Ok(word),
            '\\' => word.push(escaped(characters)?),
            '"' | '\'' => quoted(index, character, characters, &mut word)?,
            _ => word.push(character),
        }
        match characters.next() {
            Some(next) => (index, character) = next,
            None => return Ok(word),
        }
    }
}

/// The rest of a quoted part, whose opening quote at `index` has been read.
fn quoted(
    index: usize,
    quote: char,
    characters: &mut impl Iterator<Item = (usize, char)>,
    word: &mut String,
) -> Result<(), SplitWordsError> {
    while let Some((_, character)) = characters.next() {
        match character {
            _ if character == quote => return Ok(()),
            '\\' if quote == '"' => word.push(escaped(characters)?),
            _ => word.push(character),
        }
    }
    Err(SplitWordsError::UnclosedQuote { quote, index })
}

fn escaped(characters: &mut impl Iterator<Item = (usize, char)>) -> Result<char, SplitWordsError> {
    characters
        .next()
        .map(|(_, character)| character)
        .ok_or(SplitWordsError::TrailingBackslash)
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

/// Why a command line cannot be split into words.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SplitWordsError {
    /// A quote is opened and never closed.
    #[error("the quote {quote} at character {} is never closed", index + 1)]
    UnclosedQuote {
        /// `"` or `'`.
        quote: char,
        /// Characters before it.
        index: usize,
    },
    /// The last character is a backslash that has nothing to escape.
    #[error("it ends with a backslash")]
    TrailingBackslash,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What shlex.Split of github.com/google/shlex (v0.0.0-20191202100458-e7afc7fbc510) gives.
    const EXPECTED: &[(&str, Option<&[&str]>)] = &[
        ("", Some(&[])),
        (" ", Some(&[])),
        ("\t\r\n ", Some(&[])),
        ("a", Some(&["a"])),
        ("a b", Some(&["a", "b"])),
        ("  a  b  ", Some(&["a", "b"])),
        ("a\nb", Some(&["a", "b"])),
        ("a\tb", Some(&["a", "b"])),
        ("a\rb", Some(&["a", "b"])),
        ("a\u{b}b", Some(&["a\u{b}b"])),
        ("a\u{a0}b", Some(&["a\u{a0}b"])),
        ("a\u{3000}b", Some(&["a\u{3000}b"])),
        ("sh -c 'npm ci'", Some(&["sh", "-c", "npm ci"])),
        ("sh -c 'a && b'", Some(&["sh", "-c", "a && b"])),
        ("sh -c 'echo \"hi\"'", Some(&["sh", "-c", "echo \"hi\""])),
        (
            "sh -c 'echo '\\''hi'\\'''",
            Some(&["sh", "-c", "echo 'hi'"]),
        ),
        (
            "sh -c 'echo 'hi there''",
            Some(&["sh", "-c", "echo hi", "there"]),
        ),
        ("\"a b\"", Some(&["a b"])),
        ("'a b'", Some(&["a b"])),
        ("\"\"", Some(&[""])),
        ("''", Some(&[""])),
        ("a \"\"", Some(&["a", ""])),
        ("\"\" ''", Some(&["", ""])),
        ("a\"\"b", Some(&["ab"])),
        ("a''b", Some(&["ab"])),
        ("\"a\"'b'c", Some(&["abc"])),
        ("'a'\"b\" c", Some(&["ab", "c"])),
        ("\"a'b\"", Some(&["a'b"])),
        ("'a\"b'", Some(&["a\"b"])),
        ("\"a\\\"b\"", Some(&["a\"b"])),
        ("\"a\\$b\"", Some(&["a$b"])),
        ("\"a\\nb\"", Some(&["anb"])),
        ("\"a\\\\b\"", Some(&["a\\b"])),
        ("\"\\'\"", Some(&["'"])),
        ("'a\\b'", Some(&["a\\b"])),
        ("'a\\'", Some(&["a\\"])),
        ("a\\ b", Some(&["a b"])),
        ("a\\\"b", Some(&["a\"b"])),
        ("a\\'b", Some(&["a'b"])),
        ("\\a", Some(&["a"])),
        ("\\\\", Some(&["\\"])),
        ("\\#a", Some(&["#a"])),
        ("a\\\nb", Some(&["a\nb"])),
        ("\"a\\\nb\"", Some(&["a\nb"])),
        ("'a\nb'", Some(&["a\nb"])),
        ("\"a\nb\"", Some(&["a\nb"])),
        ("#", Some(&[])),
        ("# a", Some(&[])),
        ("#a b", Some(&[])),
        ("a #b", Some(&["a"])),
        ("a#b", Some(&["a#b"])),
        ("a #b\nc", Some(&["a", "c"])),
        ("a # b \r c\nd", Some(&["a", "d"])),
        (" # a\n# b\nc", Some(&["c"])),
        ("a '#b'", Some(&["a", "#b"])),
        ("\"#a\"", Some(&["#a"])),
        ("a\n#", Some(&["a"])),
        ("a\\", None),
        ("a \\", None),
        ("\\", None),
        ("\"", None),
        ("'", None),
        ("\"a", None),
        ("'a", None),
        ("a\"b", None),
        ("a'b c", None),
        ("\"a\\", None),
        ("\"a\\\"", None),
        ("\"\\", None),
        ("a \"b\" 'c", None),
        ("\"\" #\"", Some(&[""])),
        ("#'", Some(&[])),
        ("a\u{0}b", Some(&["a\u{0}b"])),
        (
            "\u{65e5}\u{672c} \u{8a9e}",
            Some(&["\u{65e5}\u{672c}", "\u{8a9e}"]),
        ),
        (
            "'\u{65e5}\u{672c} \u{8a9e}'",
            Some(&["\u{65e5}\u{672c} \u{8a9e}"]),
        ),
        ("a\\\u{65e5}b", Some(&["a\u{65e5}b"])),
        ("\u{1f680} \\\u{1f680}", Some(&["\u{1f680}", "\u{1f680}"])),
        ("mise install", Some(&["mise", "install"])),
        (
            "$HOME ${A} `x` *.js",
            Some(&["$HOME", "${A}", "`x`", "*.js"]),
        ),
        ("a;b|c&d>e<f(g)", Some(&["a;b|c&d>e<f(g)"])),
        ("A=b c", Some(&["A=b", "c"])),
        ("a '' b", Some(&["a", "", "b"])),
    ];

    #[test]
    fn splits_as_google_shlex() {
        for (text, expected) in EXPECTED {
            let words = split_words(text);
            let words = words
                .as_ref()
                .ok()
                .map(|words| words.iter().map(String::as_str).collect());
            assert_eq!(words, expected.map(<[&str]>::to_vec), "{text:?}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let message = |text| split_words(text).unwrap_err().to_string();
        assert_eq!(
            message("echo 'it"),
            "the quote ' at character 6 is never closed"
        );
        assert_eq!(
            message("a 'b' \"c"),
            "the quote \" at character 7 is never closed"
        );
        assert_eq!(message("a\\"), "it ends with a backslash");
    }
}

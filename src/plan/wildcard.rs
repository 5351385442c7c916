//! Whether wildcards and exclude patterns are well formed.
//!
//! BuildKit matches copied paths with Go's `filepath.Match` (<https://pkg.go.dev/path/filepath#Match>) and drops its
//! errors: a malformed wildcard copies nothing and says nothing. Excludes go through
//! <https://github.com/moby/patternmatcher>, whose error comes in the middle of a build.

use std::iter::Peekable;
use std::str::Chars;

use thiserror::Error;

/// Letters that mean something behind a backslash in a regular expression of Go; others are refused there.
const EXPRESSION_LETTERS: &str = "0aAbBdDfnQrsStvwWz";

/// Checks a path that may hold wildcards: `*`, `?`, `[a-z]`, `[^a-z]`, and `\` in front of any character.
pub(crate) fn check_wildcard(pattern: &str) -> Result<(), WildcardError> {
    Pattern {
        characters: pattern.chars().peekable(),
        is_exclude: false,
    }
    .check()
}

/// Checks one exclude pattern in `.dockerignore` syntax; a leading `!` takes back what earlier patterns exclude.
pub(crate) fn check_exclude(pattern: &str) -> Result<(), WildcardError> {
    let cleaned = clean(pattern.trim());
    let pattern = cleaned.strip_prefix('!').unwrap_or(&cleaned);
    if pattern.is_empty() && !cleaned.is_empty() {
        return Err(WildcardError::LoneExclamationMark);
    }
    Pattern {
        characters: pattern.chars().peekable(),
        is_exclude: true,
    }
    .check()
}

/// What Go's `filepath.Clean` makes of a path, but for the empty one.
pub(crate) fn clean(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            _ => parts.push(part),
        }
    }
    let root = if absolute { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

/// The grammar of `filepath.Match`.
struct Pattern<'a> {
    characters: Peekable<Chars<'a>>,
    /// Excludes become regular expressions, which take less.
    is_exclude: bool,
}

impl Pattern<'_> {
    fn check(mut self) -> Result<(), WildcardError> {
        while let Some(character) = self.characters.next() {
            match character {
                '\\' => drop(self.escaped()?.ok_or(WildcardError::TrailingBackslash)?),
                '[' => self.class()?,
                _ => {}
            }
        }
        Ok(())
    }

    /// The rest of a class such as `[a-z]`.
    fn class(&mut self) -> Result<(), WildcardError> {
        self.characters.next_if_eq(&'^');
        let mut is_empty = true;
        while is_empty || self.characters.next_if_eq(&']').is_none() {
            let low = self.class_character()?;
            if self.characters.next_if_eq(&'-').is_some() {
                let high = self.class_character()?;
                if self.is_exclude && low > high {
                    return Err(WildcardError::BackwardRange { low, high });
                }
            }
            is_empty = false;
        }
        Ok(())
    }

    /// One character of a class, which must go on behind it.
    fn class_character(&mut self) -> Result<char, WildcardError> {
        let character = match self.characters.next() {
            Some('-') => return Err(WildcardError::StrayHyphen),
            Some(']') => return Err(WildcardError::EmptyClass),
            Some('\\') => self.escaped()?,
            other => other,
        };
        match (character, self.characters.peek()) {
            (Some(character), Some(_)) => Ok(character),
            _ => Err(WildcardError::UnclosedClass),
        }
    }

    /// The character behind a backslash.
    fn escaped(&mut self) -> Result<Option<char>, WildcardError> {
        let character = self.characters.next();
        let is_refused = |character: char| {
            let is_mark = character.is_ascii() && !character.is_ascii_alphanumeric();
            !is_mark && !EXPRESSION_LETTERS.contains(character)
        };
        match character {
            Some(character) if self.is_exclude && is_refused(character) => {
                Err(WildcardError::NeedlessBackslash { character })
            }
            _ => Ok(character),
        }
    }
}

/// What is wrong with a wildcard or an exclude pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WildcardError {
    /// `[` without its `]`.
    #[error("`[` is never closed")]
    UnclosedClass,
    /// `]` directly behind `[`, `[^` or `-`.
    #[error("`]` stands where a character is needed")]
    EmptyClass,
    /// `-` where a range has no beginning or no end.
    #[error("`-` inside `[...]` stands between two characters only")]
    StrayHyphen,
    /// A range such as `z-a`.
    #[error("the range `{low}-{high}` runs backwards")]
    BackwardRange {
        /// Its first character.
        low: char,
        /// Its last character, which comes before the first.
        high: char,
    },
    /// The last character is a backslash that has nothing to escape.
    #[error("it ends with a backslash")]
    TrailingBackslash,
    /// A backslash in front of a letter or digit of an exclude pattern.
    #[error("`\\` stands in front of `{character}`, which does not need it")]
    NeedlessBackslash {
        /// What it stands in front of.
        character: char,
    },
    /// `!` and nothing to take back.
    #[error("`!` is followed by nothing")]
    LoneExclamationMark,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Go's `filepath.Match` (go1.26) says of them once it has read them to the end.
    const WILDCARDS: &[(&str, bool)] = &[
        ("", true),
        ("a", true),
        ("*", true),
        ("*.js", true),
        ("?", true),
        ("[ab]", true),
        ("[a-z]", true),
        ("[^a]", true),
        ("[^a-z]x", true),
        ("[!a]", true),
        ("[", false),
        ("]", true),
        ("[]", false),
        ("[]a]", false),
        ("[^]", false),
        ("[^]a]", false),
        ("[a", false),
        ("[a-", false),
        ("[a-]", false),
        ("[-a]", false),
        ("[a-b-c]", false),
        ("[b-a]", true),
        ("\\", false),
        ("a\\", false),
        ("\\a", true),
        ("[\\]", false),
        ("[\\]]", true),
        ("[\\-a]", true),
        ("[a\\", false),
        ("[a-\\]]", true),
        ("[*]", true),
        ("[*", false),
        ("*[", false),
        ("*[]*]", false),
        ("a[b]c[d", false),
        ("**", true),
        ("**/x", true),
        ("***", true),
        ("a/[slug]/b", true),
        ("[[]", true),
        ("[[a]]", true),
        ("[]]", false),
        ("\\[", true),
        ("\\[a", true),
        ("[\u{65e5}-\u{672c}]", true),
        ("[\u{65e5}", false),
        ("a[^", false),
        ("{a,b}", true),
        ("a\\*b[", false),
        ("*a*[", false),
        ("x*[a-]", false),
        ("[--a]", false),
        ("[a--]", false),
    ];

    /// What patternmatcher v0.6.1 says of them.
    const EXCLUDES: &[(&str, bool)] = &[
        ("[b-a]", false),
        ("[a-\\]]", false),
        ("\\\u{e9}", false),
        ("[\\\u{e9}]", false),
        ("\\y", false),
        ("\\8", false),
        ("src\\bin", true),
        ("\\.git", true),
        ("!", false),
        (" ! ", false),
        ("!a", true),
        ("! a", true),
        ("!!", true),
        ("!!a", true),
        ("!/", false),
        ("./!", false),
        ("/!", true),
        ("a/../!", false),
        ("a/../b[", false),
        ("[a/../b]", true),
        ("#a", true),
        (" a ", true),
        ("!./a", true),
        ("!../a", true),
        ("../a", true),
        ("/a", true),
        ("a/", true),
        ("!*", true),
        ("![", false),
        ("\u{a0}", true),
    ];

    #[test]
    fn knows_well_formed_wildcards_as_go_does() {
        for (pattern, expected) in WILDCARDS {
            assert_eq!(check_wildcard(pattern).is_ok(), *expected, "{pattern:?}");
        }
    }

    #[test]
    fn knows_well_formed_excludes_as_patternmatcher_does() {
        for (pattern, expected) in EXCLUDES {
            assert_eq!(check_exclude(pattern).is_ok(), *expected, "{pattern:?}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let message = |pattern| check_exclude(pattern).unwrap_err().to_string();
        assert_eq!(message("a["), "`[` is never closed");
        assert_eq!(message("[]"), "`]` stands where a character is needed");
        assert_eq!(
            message("[-a]"),
            "`-` inside `[...]` stands between two characters only"
        );
        assert_eq!(message("[z-a]"), "the range `z-a` runs backwards");
        assert_eq!(message("a\\"), "it ends with a backslash");
        assert_eq!(
            message("a\\é"),
            "`\\` stands in front of `é`, which does not need it"
        );
        assert_eq!(message("!"), "`!` is followed by nothing");
    }
}

//! Patterns as `.dockerignore` has them: later ones win, `!` takes back, and what is in a matched directory matches.
//!
//! The same paths match as in <https://github.com/moby/patternmatcher/blob/v0.6.1/patternmatcher.go>, which makes
//! regular expressions of the patterns too.

use regex::{Regex, RegexBuilder};

use crate::plan::WildcardError;
use crate::plan::wildcard::{check_exclude, clean};

/// Characters with which a pattern is more than the beginning of a path.
/// <https://github.com/tonistiigi/fsutil/blob/master/filter.go>, `NewFilterFS`
const WILDCARDS: &[char] = &['*', '[', ']', '?', '^', '\\'];

/// Those of them that make a pattern a regular expression.
const EXPRESSION: &[char] = &['*', '[', ']', '?', '\\'];

/// Bytes that one compiled pattern may take. A path of 4096 bytes fits many times.
const MAX_COMPILED_SIZE: usize = 1 << 20;

/// A list of patterns.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    list: Vec<Pattern>,
    /// Whether all patterns that a walk must go into unmatched directories for are plain paths.
    has_plain_includes: bool,
    has_plain_exceptions: bool,
}

/// Which patterns matched a directory: what is in it is matched by them too.
#[derive(Clone, Debug, Default)]
pub(super) struct Matched(Vec<bool>);

#[derive(Debug)]
struct Pattern {
    matcher: Matcher,
    /// Begins with `!`.
    is_exception: bool,
    /// Cleaned, without `!`, and without `/*` or `/**` at the end.
    prefix: String,
}

#[derive(Debug)]
enum Matcher {
    Exact(String),
    Prefix(String),
    Suffix(String),
    Expression(Regex),
}

impl Patterns {
    /// Reads patterns; empty ones are left out.
    pub(super) fn new(patterns: &[String]) -> Result<Self, PatternError> {
        let patterns = patterns.iter().map(String::as_str).map(str::trim);
        let patterns = patterns.filter(|pattern| !pattern.is_empty());
        let patterns: Vec<Pattern> = patterns.map(Pattern::new).collect::<Result<_, _>>()?;
        let is_plain = |is_exception| {
            let mut relevant = patterns.iter();
            relevant.all(|pattern| {
                pattern.is_exception != is_exception || !pattern.prefix.contains(WILDCARDS)
            })
        };
        Ok(Self {
            has_plain_includes: is_plain(false),
            has_plain_exceptions: is_plain(true),
            list: patterns,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether `path` matches. `parent` is what matched the directory that it is in; empty at the top. `matched` becomes
    /// what matches `path` itself, for what is in it.
    pub(super) fn matches(&self, path: &str, parent: &Matched, matched: &mut Matched) -> bool {
        let mut is_matched = false;
        matched.0.clear();
        for (place, pattern) in self.list.iter().enumerate() {
            let inherited = parent.0.get(place).copied().unwrap_or(false);
            // A pattern that could change nothing is not tried, and so does not match what is inside either.
            let is_match =
                inherited || (pattern.is_exception == is_matched && pattern.matcher.matches(path));
            matched.0.push(is_match);
            if is_match {
                is_matched = !pattern.is_exception;
            }
        }
        is_matched
    }

    /// Whether something in `directory`, which does not match, can match.
    pub(super) fn may_match_inside(&self, directory: &str) -> bool {
        !self.has_plain_includes || self.leads_into(directory, false)
    }

    /// Whether something in `directory`, which matches, can be taken back by `!`.
    pub(super) fn may_except_inside(&self, directory: &str) -> bool {
        !self.has_plain_exceptions || self.leads_into(directory, true)
    }

    fn leads_into(&self, directory: &str, is_exception: bool) -> bool {
        let mut relevant = self.list.iter();
        relevant.any(|pattern| {
            let rest = pattern.prefix.strip_prefix(directory);
            pattern.is_exception == is_exception
                && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

impl Pattern {
    fn new(text: &str) -> Result<Self, PatternError> {
        let malformed = |source| PatternError::Malformed {
            pattern: text.to_owned(),
            source,
        };
        check_exclude(text).map_err(malformed)?;
        let cleaned = clean(text);
        let (is_exception, path) = match cleaned.strip_prefix('!') {
            Some(path) => (true, path),
            None => (false, cleaned.as_str()),
        };
        // Of a path that goes nowhere `.` is left.
        let path = if path.is_empty() { "." } else { path };
        let prefix = path.strip_suffix("/**").unwrap_or(path);
        let prefix = prefix.strip_suffix("/*").unwrap_or(prefix);
        Ok(Self {
            matcher: Matcher::new(path).ok_or_else(|| PatternError::Expression {
                pattern: text.to_owned(),
            })?,
            is_exception,
            prefix: prefix.to_owned(),
        })
    }
}

impl Matcher {
    /// None if the expression is one that cannot be compiled.
    fn new(pattern: &str) -> Option<Self> {
        if !pattern.contains(EXPRESSION) {
            return Some(Self::Exact(pattern.to_owned()));
        }
        if let Some(suffix) = pattern.strip_prefix("**")
            && !suffix.is_empty()
            && !suffix.contains(EXPRESSION)
        {
            return Some(Self::Suffix(suffix.to_owned()));
        }
        if let Some(prefix) = pattern.strip_suffix("**")
            && !prefix.contains(EXPRESSION)
        {
            return Some(Self::Prefix(prefix.to_owned()));
        }
        let expression = RegexBuilder::new(&expression(pattern))
            .size_limit(MAX_COMPILED_SIZE)
            .dfa_size_limit(MAX_COMPILED_SIZE)
            .build();
        expression.ok().map(Self::Expression)
    }

    fn matches(&self, path: &str) -> bool {
        match self {
            Self::Exact(exact) => path == exact,
            Self::Prefix(prefix) => path.starts_with(prefix.as_str()),
            // `**/a` matches `a` too.
            Self::Suffix(suffix) => {
                path.ends_with(suffix.as_str()) || suffix.strip_prefix('/') == Some(path)
            }
            Self::Expression(expression) => expression.is_match(path),
        }
    }
}

/// The regular expression of a pattern.
fn expression(pattern: &str) -> String {
    let mut expression = String::from("^");
    let mut characters = pattern.chars().peekable();
    let mut is_class = false;
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                expression.push('\\');
                expression.extend(characters.next());
            }
            ']' if is_class => {
                is_class = false;
                expression.push(']');
            }
            // In a class `*` and `?` are themselves; Go makes expressions of them that match nothing sensible.
            // Signs of classes within classes, which Go's expressions do not have.
            '[' | '&' | '~' if is_class => expression.extend(['\\', character]),
            character if is_class => expression.push(character),
            '[' => {
                is_class = true;
                expression.push('[');
                expression.extend(characters.next_if_eq(&'^'));
            }
            '*' if characters.next_if_eq(&'*').is_some() => {
                characters.next_if_eq(&'/');
                let rest = if characters.peek().is_none() {
                    ".*"
                } else {
                    "(.*/)?"
                };
                expression.push_str(rest);
            }
            '*' => expression.push_str("[^/]*"),
            '?' => expression.push_str("[^/]"),
            // As in Go it is the beginning of the path, so that such a pattern matches nothing.
            '^' => expression.push('^'),
            character => expression.push_str(&regex::escape(character.encode_utf8(&mut [0; 4]))),
        }
    }
    expression.push('$');
    expression
}

/// A pattern that is none.
#[derive(Debug, thiserror::Error)]
pub(super) enum PatternError {
    #[error("pattern `{pattern}` is malformed: {source}")]
    Malformed {
        pattern: String,
        source: WildcardError,
    },
    #[error(
        "pattern `{pattern}` is too large, or its `\\` stands in front of a letter that means nothing there"
    )]
    Expression { pattern: String },
}

#[cfg(test)]
mod tests;

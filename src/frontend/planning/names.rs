//! Which names of an app are listed at a time. Going through all and sending few takes less than half the time of sending all.

use super::companions::escaped;

/// How often a part of an app is listed before all of it is: each transfer takes a while however small it is.
const PARTS: usize = 6;

/// Names of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// Those below a directory at the root, or the root itself, which is empty, with up to so many parts.
    Level {
        /// The directory.
        top: String,
        /// How many parts the longest paths have.
        depth: usize,
    },
    /// Those that match one of these patterns, with what leads there and what is below.
    Matching(Vec<&'static str>),
    /// All.
    All,
}

impl Names {
    /// What is at the root.
    pub(super) fn root() -> Self {
        Self::level("", 1)
    }

    /// What is in the directories at the root.
    pub(super) fn below_root() -> Self {
        Self::level("", 2)
    }

    fn level(top: &str, depth: usize) -> Self {
        Self::Level {
            top: top.to_owned(),
            depth,
        }
    }

    /// What to list to know what a directory holds, after so many parts: those beside it are likely to be asked for too.
    pub(super) fn around(directory: &str, parts: usize) -> Self {
        if parts >= PARTS {
            return Self::All;
        }
        match directory.split_once('/') {
            Some((top, below)) => Self::level(top, below.matches('/').count() + 3),
            None => Self::below_root(),
        }
    }

    /// What the transfer is called.
    pub(super) fn title(&self) -> String {
        match self {
            Self::Level { depth: 1, .. } => {
                "[internal] list the files at the root of the app".to_owned()
            }
            Self::Level { top, .. } if top.is_empty() => {
                "[internal] list the files in the directories of the app".to_owned()
            }
            Self::Level { top, .. } => format!("[internal] list files in {top}"),
            Self::Matching(_) => "[internal] search the app's files".to_owned(),
            Self::All => "[internal] list the app's files".to_owned(),
        }
    }

    /// The pattern of what is left out.
    pub(super) fn left_out(&self) -> Option<String> {
        match self {
            Self::Level { top, depth } if top.is_empty() => {
                Some(format!("*{}", "/*".repeat(*depth)))
            }
            Self::Level { top, depth } => Some(format!("{}{}", escaped(top), "/*".repeat(*depth))),
            Self::Matching(_) | Self::All => None,
        }
    }

    /// The patterns of what is listed, without braces, which BuildKit does not know; none if it is everything
    /// (<https://github.com/moby/patternmatcher/blob/main/patternmatcher.go>).
    pub(super) fn included(&self) -> Vec<String> {
        match self {
            Self::Matching(patterns) => patterns.iter().flat_map(|it| alternatives(it)).collect(),
            Self::Level { top, .. } if !top.is_empty() => vec![escaped(top)],
            Self::Level { .. } | Self::All => Vec::new(),
        }
    }
}

/// A pattern for each alternative in its first braces. Those that the analysis searches for have no others.
fn alternatives(pattern: &str) -> Vec<String> {
    let Some((before, (inner, after))) = pattern
        .split_once('{')
        .and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    else {
        return vec![pattern.to_owned()];
    };
    let words = inner.split(',');
    words.map(|word| format!("{before}{word}{after}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_are_patterns_of_their_own() {
        let names = Names::Matching(vec!["**/{a,b.*}/c", "**/d"]);
        assert_eq!(names.included(), ["**/a/c", "**/b.*/c", "**/d"]);
        assert_eq!(Names::All.included(), [] as [&str; 0]);
    }

    #[test]
    fn what_is_beside_a_directory_is_listed_with_it() {
        let around = |directory| {
            let names = Names::around(directory, 0);
            (names.included().join(" "), names.left_out().unwrap())
        };
        assert_eq!(around("a"), (String::new(), "*/*/*".to_owned()));
        assert_eq!(around("a/b"), ("a".to_owned(), "a/*/*/*".to_owned()));
        assert_eq!(
            around("[a]/b/c"),
            (r"\[a\]".to_owned(), r"\[a\]/*/*/*/*".to_owned())
        );
        assert_eq!(Names::root().left_out().unwrap(), "*/*");
        assert_eq!(Names::around("a", PARTS), Names::All);
    }
}

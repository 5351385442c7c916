//! Which names of an app are listed at a time.

/// Names of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// Those at the root: sending more of a large app takes a while.
    Root,
    /// Those that match one of these patterns, with what leads there and what is below. Going through all and sending few takes
    /// half the time of sending all.
    Matching(Vec<&'static str>),
    /// All.
    All,
}

impl Names {
    /// What the transfer is called.
    pub(super) fn title(&self) -> &'static str {
        match self {
            Self::Root => "[internal] list the files at the root of the app",
            Self::Matching(_) => "[internal] search the app's files",
            Self::All => "[internal] list the app's files",
        }
    }

    /// The pattern of what is left out.
    pub(super) fn left_out(&self) -> Option<&'static str> {
        match self {
            Self::Root => Some("*/*"),
            Self::Matching(_) | Self::All => None,
        }
    }

    /// The patterns of what is listed, without braces, which BuildKit does not know; none if it is everything
    /// (<https://github.com/moby/patternmatcher/blob/main/patternmatcher.go>).
    pub(super) fn included(&self) -> Vec<String> {
        match self {
            Self::Matching(patterns) => patterns.iter().flat_map(|it| alternatives(it)).collect(),
            Self::Root | Self::All => Vec::new(),
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
}

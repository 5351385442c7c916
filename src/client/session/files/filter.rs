//! Which files of a directory are wanted.
//!
//! <https://github.com/tonistiigi/fsutil/blob/master/filter.go>

use super::pattern::{Matched, PatternError, Patterns};

/// What is wanted: what the includes match, if there are any, and no excludes do.
#[derive(Debug, Default)]
pub(super) struct Filter {
    includes: Patterns,
    /// Lists that know nothing of each other: what one takes back another can still leave out.
    excludes: Vec<Patterns>,
}

/// What matched a directory, for what is in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Inherited {
    includes: Matched,
    excludes: Vec<Matched>,
}

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// It is sent.
    Send,
    /// It is a directory that is sent only if something in it is.
    Enter,
    /// It is not sent, and nothing in it.
    Skip,
}

impl Filter {
    pub(super) fn new(includes: &[String], excludes: &[&[String]]) -> Result<Self, PatternError> {
        let excludes = excludes.iter().filter(|patterns| !patterns.is_empty());
        Ok(Self {
            includes: Patterns::new(includes)?,
            excludes: excludes
                .map(|patterns| Patterns::new(patterns))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Decides about `path`, which lies in what `parent` is of. `own` becomes what the files in it inherit.
    pub(super) fn decide(
        &self,
        path: &str,
        is_directory: bool,
        parent: &Inherited,
        own: &mut Inherited,
    ) -> Decision {
        let mut decision = Decision::Send;
        if !self.includes.is_empty()
            && !self
                .includes
                .matches(path, &parent.includes, &mut own.includes)
        {
            if !is_directory || !self.includes.may_match_inside(path) {
                return Decision::Skip;
            }
            decision = Decision::Enter;
        }
        own.excludes
            .resize_with(self.excludes.len(), Matched::default);
        for (place, excludes) in self.excludes.iter().enumerate() {
            let none = Matched::default();
            let parent = parent.excludes.get(place).unwrap_or(&none);
            if excludes.matches(path, parent, &mut own.excludes[place]) {
                if !is_directory || !excludes.may_except_inside(path) {
                    return Decision::Skip;
                }
                decision = Decision::Enter;
            }
        }
        decision
    }
}

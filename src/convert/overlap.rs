//! Whether layers can be merged: laid over each other without a copy.
//!
//! The rules are Railpack's (<https://github.com/railwayapp/railpack/blob/v0.37.0/buildkit/build_llb/layers.go>,
//! `shouldLLBMerge`): what is merged from two layers would be in the image twice if they overlap.

use std::borrow::Cow;

use super::paths::{APP_DIRECTORY, absolute, is_below};
use crate::plan::{Filter, Layer, LayerSource, Spanned};

/// Above this many included paths they are copied without a look: each is compared with each.
const MAX_COMPARED_PATHS: usize = 512;

/// Whether all these layers can be merged.
pub(super) fn can_merge(layers: &[&Spanned<Layer>]) -> bool {
    let local = layers
        .iter()
        .any(|layer| layer.source == LayerSource::Local);
    let mut above = layers.iter().skip(1);
    let whole = above.any(|layer| layer.filter.include.is_empty());
    if local || whole {
        return false;
    }
    included(layers).is_some_and(|paths| {
        let root = paths.iter().any(|included| included.path == "/");
        !root && first_overlap(&paths).is_none()
    })
}

/// The first two layers, by their indexes, that hold files in common, with the included paths that do. `None` too where
/// there are more paths than are compared.
pub(crate) fn overlap(layers: &[&Spanned<Layer>]) -> Option<Overlap> {
    let paths = included(layers)?;
    let (left, right) = first_overlap(&paths)?;
    Some(Overlap {
        layers: (left.layer, right.layer),
        paths: (left.path.to_string(), right.path.to_string()),
    })
}

/// Two layers that hold files in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Overlap {
    /// Their indexes.
    pub(crate) layers: (usize, usize),
    /// The included paths that overlap.
    pub(crate) paths: (String, String),
}

/// An included path of one of several layers.
struct Included<'a> {
    /// The layer's index.
    layer: usize,
    filter: &'a Filter,
    /// Absolute and clean.
    path: Cow<'a, str>,
}

/// The included paths of layers; `None` if there are more than are compared.
fn included<'a>(layers: &[&'a Spanned<Layer>]) -> Option<Vec<Included<'a>>> {
    let filters = || layers.iter().map(|layer| &layer.filter);
    let count = filters().map(|filter| filter.include.len()).sum::<usize>();
    if count > MAX_COMPARED_PATHS {
        return None;
    }
    let mut paths = Vec::with_capacity(count);
    for (layer, filter) in filters().enumerate() {
        paths.extend(filter.include.iter().map(|path| Included {
            layer,
            filter,
            path: absolute(APP_DIRECTORY, path),
        }));
    }
    Some(paths)
}

fn first_overlap<'a, 'b>(
    paths: &'b [Included<'a>],
) -> Option<(&'b Included<'a>, &'b Included<'a>)> {
    let mut pairs = paths.iter().enumerate().flat_map(|(position, left)| {
        let behind = paths.iter().skip(position + 1);
        behind.map(move |right| (left, right))
    });
    pairs.find(|(left, right)| {
        left.layer != right.layer && overlaps(&left.path, left.filter, &right.path, right.filter)
    })
}

/// Whether two included paths hold files in common that neither filter leaves out.
fn overlaps(left: &str, left_filter: &Filter, right: &str, right_filter: &Filter) -> bool {
    if left == right {
        true
    } else if is_below(left, right) {
        !excludes(right_filter, relative(left, right))
    } else if is_below(right, left) {
        !excludes(left_filter, relative(right, left))
    } else {
        false
    }
}

fn relative<'a>(inner: &'a str, outer: &str) -> &'a str {
    inner
        .strip_prefix(outer)
        .unwrap_or(inner)
        .trim_start_matches('/')
}

/// Whether a pattern leaves a path out: it is the path, a directory above it, or the name of any part of it.
fn excludes(filter: &Filter, path: &str) -> bool {
    filter.exclude.iter().any(|pattern| {
        let pattern = pattern.as_str();
        path.split('/').any(|part| part == pattern)
            || path
                .strip_prefix(pattern)
                .is_some_and(|rest| rest.starts_with('/'))
    })
}

//! Whether layers can be merged: laid over each other without a copy.
//!
//! The rules are Railpack's (<https://github.com/railwayapp/railpack/blob/v0.37.0/buildkit/build_llb/layers.go>,
//! `shouldLLBMerge`): what is merged from two layers would be in the image twice if they overlap.

use super::paths::{APP_DIRECTORY, absolute, is_below};
use crate::plan::{Filter, Layer, LayerSource, Spanned};

/// Above this many included paths they are copied without a look: each is compared with each.
const MAX_COMPARED_PATHS: usize = 512;

/// Whether all these layers can be merged.
pub(super) fn can_merge(layers: &[&Spanned<Layer>]) -> bool {
    let paths = layers
        .iter()
        .map(|layer| included(&layer.filter))
        .collect::<Vec<_>>();
    if paths.iter().map(Vec::len).sum::<usize>() > MAX_COMPARED_PATHS {
        return false;
    }
    let local = layers
        .iter()
        .any(|layer| layer.source == LayerSource::Local);
    let whole = paths.iter().skip(1).any(Vec::is_empty);
    let root = paths.iter().flatten().any(|path| path == "/");
    if local || whole || root {
        return false;
    }
    overlap(layers).is_none()
}

/// The first two layers, by their indexes, that hold files in common, with the included paths that do. `None` too where
/// there are more paths than are compared.
pub(crate) fn overlap(layers: &[&Spanned<Layer>]) -> Option<Overlap> {
    let paths = layers.iter().enumerate().flat_map(|(index, layer)| {
        let included = included(&layer.filter).into_iter();
        included.map(move |path| (index, &layer.filter, path))
    });
    let paths: Vec<_> = paths.take(MAX_COMPARED_PATHS + 1).collect();
    if paths.len() > MAX_COMPARED_PATHS {
        return None;
    }
    let mut pairs = paths.iter().enumerate().flat_map(|(position, left)| {
        let behind = paths.iter().skip(position + 1);
        behind.map(move |right| (left, right))
    });
    let (left, right) = pairs
        .find(|(left, right)| left.0 != right.0 && overlaps(&left.2, left.1, &right.2, right.1))?;
    Some(Overlap {
        layers: (left.0, right.0),
        paths: (left.2.clone(), right.2.clone()),
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

fn included(filter: &Filter) -> Vec<String> {
    filter
        .include
        .iter()
        .map(|path| absolute(APP_DIRECTORY, path))
        .collect()
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

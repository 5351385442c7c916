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
    let pairs =
        (0..layers.len()).flat_map(|left| (left + 1..layers.len()).map(move |right| (left, right)));
    !pairs.into_iter().any(|(left, right)| {
        match (
            paths.get(left),
            paths.get(right),
            layers.get(left),
            layers.get(right),
        ) {
            (Some(left_paths), Some(right_paths), Some(left), Some(right)) => {
                left_paths.iter().any(|a| {
                    right_paths
                        .iter()
                        .any(|b| overlaps(a, &left.filter, b, &right.filter))
                })
            }
            _ => false,
        }
    })
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

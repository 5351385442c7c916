//! Layers laid over each other: the root file systems of steps and of the image.

use super::converter::Converter;
use super::overlap::can_merge;
use super::paths::{APP_DIRECTORY, absolute, base_name, split_wildcard};
use crate::llb::{Copy, FileAction, Metadata, Output, Remove, capability};
use crate::plan::{Layer, LayerSource, Spanned};

impl<'a> Converter<'a> {
    /// Lays layers over the first, which is taken whole. They are merged where that costs nothing, else copied. `steps` are
    /// those that the layers name.
    pub(super) fn assemble(
        &mut self,
        owner: &str,
        layers: &[&'a Spanned<Layer>],
        steps: &[Option<usize>],
    ) -> Option<Output> {
        let mut rest = layers.iter().copied().zip(steps.iter().copied());
        let (first, step) = rest.next()?;
        let base = self.layer_output(first, step);
        let rest = rest
            .filter(|(layer, _)| !layer.filter.include.is_empty())
            .collect::<Vec<_>>();
        if rest.is_empty() {
            return base;
        }
        if !self.options.capabilities.supports(capability::MERGE) || !can_merge(layers) {
            return rest.into_iter().fold(base, |base, (layer, step)| {
                let from = self.layer_output(layer, step);
                Some(self.copy_layer(owner, base, from, layer))
            });
        }
        let mut merged = vec![base];
        for (layer, step) in rest {
            merged.push(Some(self.copied_layer(owner, layer, step)));
        }
        let shown: Vec<_> = layers.iter().map(|layer| display_name(layer)).collect();
        let mut locations = Vec::with_capacity(layers.len());
        locations.extend(layers.iter().filter_map(|layer| self.location(layer.span)));
        let metadata = Metadata {
            name: Some(format!("{} merge {}", self.owner(owner), shown.join(", "))),
            locations,
            ..Metadata::default()
        };
        self.graph.merge(&merged, metadata)
    }

    /// A layer's included paths on their own. Steps that take the same files share the copy.
    fn copied_layer(
        &mut self,
        owner: &str,
        layer: &'a Spanned<Layer>,
        step: Option<usize>,
    ) -> Output {
        let from = self.layer_output(layer, step);
        let key = (from, &layer.filter);
        if let Some(&copied) = self.copied.get(&key) {
            self.add_location(copied, layer.span);
            return copied;
        }
        let copied = self.copy_layer(owner, None, from, layer);
        self.copied.insert(key, copied);
        copied
    }

    /// Copies a layer's included paths over a base, in one op.
    fn copy_layer(
        &mut self,
        owner: &str,
        base: Option<Output>,
        from: Option<Output>,
        layer: &Spanned<Layer>,
    ) -> Output {
        let mut actions = Vec::with_capacity(layer.filter.include.len());
        for include in &layer.filter.include {
            let copy = self.included(owner, from, layer, include);
            actions.push(FileAction::Copy(copy));
        }
        let paths = layer
            .filter
            .include
            .iter()
            .map(|path| path.as_str())
            .collect::<Vec<_>>()
            .join(", ");
        let name = format!(
            "{} copy {paths} from {}",
            self.owner(owner),
            display_name(layer)
        );
        let metadata = Metadata {
            name: Some(name),
            locations: Vec::from_iter(self.location(layer.span)),
            ..Metadata::default()
        };
        self.graph.file(base, actions, metadata)
    }

    /// What is copied for an included path of a layer.
    fn included(
        &mut self,
        owner: &str,
        from: Option<Output>,
        layer: &Spanned<Layer>,
        include: &Spanned<String>,
    ) -> Copy {
        let exclude = &layer.filter.exclude;
        let copy = Copy {
            from,
            exclude_patterns: exclude
                .iter()
                .map(|pattern| pattern.value.clone())
                .collect(),
            ..included_path(include, layer.source == LayerSource::Local)
        };
        let has_patterns = !copy.include_patterns.is_empty() || !exclude.is_empty();
        let engine = &self.options.capabilities;
        if !has_patterns || engine.supports(capability::FILE_COPY_INCLUDE_EXCLUDE_PATTERNS) {
            return copy;
        }
        if copy.include_patterns.is_empty() && exclude.iter().all(|pattern| is_path(pattern)) {
            let metadata = Metadata {
                name: Some(format!(
                    "{} filter {} from {}",
                    self.owner(owner),
                    include.value,
                    display_name(layer)
                )),
                locations: Vec::from_iter(self.location(layer.span)),
                ..Metadata::default()
            };
            return self.without(copy, metadata);
        }
        self.require(
            capability::FILE_COPY_INCLUDE_EXCLUDE_PATTERNS,
            "0.9",
            "filters a layer by patterns with `*`, `?`, `[` or `!`",
            include.span,
        );
        copy
    }

    /// A copy that leaves nothing out, of a tree from which what is to be left out is removed: the same as `copy`, for engines
    /// that cannot filter while they copy. The tree is one of its own, because there may be files of that name already where
    /// the copy goes.
    fn without(&mut self, mut copy: Copy, metadata: Metadata) -> Copy {
        let excluded = std::mem::take(&mut copy.exclude_patterns);
        let mut actions = vec![FileAction::Copy(copy.clone())];
        let directory = copy.destination.trim_end_matches('/');
        actions.extend(excluded.iter().map(|path| {
            FileAction::Remove(Remove {
                path: format!("{directory}/{}", as_wildcard(path)),
                allow_not_found: true,
                allow_wildcard: true,
            })
        }));
        copy.from = Some(self.graph.file(None, actions, metadata));
        copy.source.clone_from(&copy.destination);
        copy
    }
}

/// A pattern that only matches this path. What matches a pattern may be missing; of a path without one the engine says that its
/// directory is none, where a file is copied (<https://github.com/moby/buildkit/blob/v0.8.3/solver/llbsolver/file/backend.go>, `rmPath`).
fn as_wildcard(path: &str) -> String {
    let mut characters = path.chars();
    let first = characters.next().map(|first| format!("[\\{first}]"));
    first.unwrap_or_default() + characters.as_str()
}

/// Whether a pattern that leaves files out is a path, which matches itself and what is below it.
fn is_path(pattern: &str) -> bool {
    let mut parts = pattern.split('/');
    !pattern.starts_with('!')
        && !pattern.contains(['*', '?', '[', '\\'])
        && parts.all(|part| !matches!(part, "" | "." | ".."))
}

/// What is copied for an included path. A path of the local tree goes to the app's directory by its last name alone;
/// others keep their place. A path with wildcards becomes patterns below the directory before them, so that what they
/// match keeps its place too.
fn included_path(include: &str, local: bool) -> Copy {
    let source = absolute(if local { "/" } else { APP_DIRECTORY }, include).into_owned();
    let copy = Copy {
        // The root is no link; looking for one, engines stumble over links beside it that lead nowhere.
        follow_symlink: source != "/",
        directory_contents_only: true,
        create_destination_path: true,
        ..Copy::default()
    };
    if let Some((directory, pattern)) = split_wildcard(&source) {
        let destination = if local { APP_DIRECTORY } else { directory }.to_owned();
        return Copy {
            source: directory.to_owned(),
            destination,
            include_patterns: vec![pattern.to_owned()],
            ..copy
        };
    }
    let destination = if local {
        absolute(APP_DIRECTORY, base_name(&source)).into_owned()
    } else {
        source.clone()
    };
    Copy {
        source,
        destination,
        ..copy
    }
}

fn display_name(layer: &Layer) -> &str {
    match &layer.source {
        LayerSource::Image(image) => image,
        LayerSource::Step(step) => step,
        LayerSource::Local => "the app's tree",
        LayerSource::Spread => "...",
    }
}

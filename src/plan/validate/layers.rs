//! What steps and the final image start from.

use super::Validator;
use super::path::Tree;
use crate::plan::problem::{Excerpt, Part};
use crate::plan::{ImageReference, Layer, LayerSource, PathUse, ProblemKind, Span, Spanned};

impl Validator<'_> {
    /// The input that is a step's root file system.
    pub(super) fn first_input(&mut self, part: &Part, input: &Spanned<Layer>) {
        let Part::Step(step) = part else { return };
        self.whole_layer(
            part,
            input,
            ProblemKind::LocalFirstInput { step: step.clone() },
            ProblemKind::FilteredFirstInput { step: step.clone() },
        );
    }

    pub(super) fn base(&mut self, base: &Spanned<Layer>) {
        self.whole_layer(
            &Part::Deploy,
            base,
            ProblemKind::LocalBase,
            ProblemKind::FilteredBase,
        );
    }

    /// A layer that files are copied from.
    pub(super) fn input(&mut self, part: &Part, input: &Spanned<Layer>) {
        self.source(part, input);
        if input.filter.include.is_empty() && input.source != LayerSource::Spread {
            self.problem(
                ProblemKind::InputWithoutInclude { part: part.clone() },
                input.span,
            );
        }
        let is_local = input.source == LayerSource::Local;
        let tree = if is_local {
            Tree::Root
        } else {
            Tree::Container
        };
        for include in &input.filter.include {
            self.pattern(PathUse::Include, include, tree, include.span);
        }
        self.excludes(&input.filter.exclude);
    }

    /// A layer that is taken whole.
    fn whole_layer(
        &mut self,
        part: &Part,
        layer: &Spanned<Layer>,
        local: ProblemKind,
        filtered: ProblemKind,
    ) {
        self.source(part, layer);
        if layer.source == LayerSource::Local {
            self.problem(local, layer.span);
        } else if let Some(first) = layer
            .filter
            .include
            .first()
            .or(layer.filter.exclude.first())
        {
            self.problem(filtered, first.span);
        }
    }

    fn source(&mut self, part: &Part, layer: &Spanned<Layer>) {
        match &layer.source {
            LayerSource::Image(image) => self.image(image, layer.span),
            LayerSource::Step(step) if !self.indexes.contains_key(step.as_str()) => {
                let names = self.indexes.keys().copied();
                let (suggestion, known) = self.meant(step, names);
                let step = Excerpt::new(step);
                let kind = ProblemKind::UnknownStep {
                    part: part.clone(),
                    step,
                    suggestion,
                    known,
                };
                self.problem(kind, layer.span);
            }
            LayerSource::Spread => self.problem(ProblemKind::Spread, layer.span),
            LayerSource::Step(_) | LayerSource::Local => {}
        }
    }

    pub(super) fn image(&mut self, image: &str, span: Option<Span>) {
        if let Err(error) = ImageReference::parse(image) {
            self.problem(
                ProblemKind::InvalidImage {
                    image: Excerpt::new(image),
                    error,
                },
                span,
            );
        }
    }
}

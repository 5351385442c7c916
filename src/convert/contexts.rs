//! Files that stand in for what the plan names.

use std::collections::{BTreeMap, BTreeSet};

use super::ConvertError;
use super::converter::Converter;
use super::environment::Environment;
use super::sources::{CONTEXT, LOAD_TREE, qualified};
use crate::llb::{Copy, FileAction, Metadata, Output, capability};
use crate::plan::{Span, ValidPlan};
use crate::proto::pb;

/// Files that stand in for what the plan names, or for the directory that the client offers.
#[derive(Clone, Debug, Default)]
pub struct Contexts {
    /// The app's tree; `None` is the local directory that the client offers.
    pub main: Option<Context>,
    /// In place of images, by fully qualified reference.
    pub images: BTreeMap<String, Context>,
    /// In place of steps, by their names in the plan.
    pub steps: BTreeMap<String, Context>,
}

/// Files from elsewhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Context {
    /// What makes them; without ops there are none.
    pub definition: pb::Definition,
    /// The configuration of the image that they are, as it came; empty if they are none.
    pub config: Vec<u8>,
}

impl Contexts {
    /// The steps that are not built, by their places in the plan.
    pub(super) fn replaced_steps(&self, plan: &ValidPlan) -> BTreeSet<usize> {
        let names = self.steps.keys();
        names.filter_map(|name| plan.step_index(name)).collect()
    }
}

impl Converter<'_> {
    /// The files and the environment of a context. `name` is what it stands in for.
    fn context_source(
        &mut self,
        name: &str,
        context: &Context,
        span: Option<Span>,
    ) -> (Option<Output>, Environment) {
        let environment = self.image_environment(name, &context.config, span);
        let output = self.imported(name, &context.definition, span);
        (output, environment)
    }

    fn imported(
        &mut self,
        name: &str,
        definition: &pb::Definition,
        span: Option<Span>,
    ) -> Option<Output> {
        match self.graph.import(definition) {
            Ok(Some(output)) => {
                self.add_location(output, span);
                Some(output)
            }
            Ok(None) => None,
            Err(source) => {
                self.errors.push(ConvertError::Context {
                    name: name.to_owned(),
                    span,
                    source,
                });
                None
            }
        }
    }

    /// What stands in for an image, if something does.
    pub(super) fn image_context(
        &mut self,
        image: &str,
        span: Option<Span>,
    ) -> Option<(Option<Output>, Environment)> {
        let options = self.options;
        let context = options.contexts.images.get(&qualified(image))?;
        Some(self.context_source(image, context, span))
    }

    /// What stands in for a step, if something does.
    pub(super) fn step_context(
        &mut self,
        step: &str,
        span: Option<Span>,
    ) -> Option<(Option<Output>, Environment)> {
        let options = self.options;
        let context = options.contexts.steps.get(step)?;
        Some(self.context_source(step, context, span))
    }

    /// The app's tree out of a context that is no directory of the client's: what the plan leaves out is left out by a copy,
    /// because nothing is sent that could be held back.
    pub(super) fn main_context(&mut self) -> Option<Output> {
        let options = self.options;
        let context = options.contexts.main.as_ref()?;
        let tree = self.imported(CONTEXT, &context.definition, None);
        let exclude = &self.plan.plan().exclude;
        if exclude.is_empty() && tree.is_some() {
            return tree;
        }
        let patterns: Vec<_> = exclude
            .iter()
            .map(|pattern| pattern.value.clone())
            .collect();
        if !patterns.is_empty() {
            let span = exclude.first().and_then(|pattern| pattern.span);
            self.require(
                capability::FILE_COPY_INCLUDE_EXCLUDE_PATTERNS,
                "0.9",
                "leaves files of the build context out",
                span,
            );
        }
        let copy = FileAction::Copy(Copy {
            from: tree,
            source: "/".to_owned(),
            destination: "/".to_owned(),
            directory_contents_only: true,
            create_destination_path: true,
            exclude_patterns: patterns,
            ..Copy::default()
        });
        let metadata = Metadata {
            name: Some(LOAD_TREE.to_owned()),
            ..Metadata::default()
        };
        let actions = tree.map(|_| copy).into_iter().collect();
        Some(self.graph.file(None, actions, metadata))
    }
}

//! The way through a plan: images, steps in order, the image.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::ancestors::{Ancestors, needed, steps_of};
use super::environment::Environment;
use super::image_config::image_config;
use super::options::ConvertOptions;
use super::secrets::SecretSets;
use super::{ConvertError, NoCache};
use crate::llb::{Graph, Location, Output, Range};
use crate::plan::{Deploy, Filter, Layer, LayerSource, Span, Spanned, Step, ValidPlan};
use crate::proto::pb;

/// What the image's own part of the plan is called.
const DEPLOY: &str = "deploy";

/// What a plan became.
#[derive(Clone, Debug)]
pub struct Conversion {
    /// The build graph; its result is the image's file system.
    pub definition: pb::Definition,
    /// The image's configuration as JSON.
    pub image_config: Vec<u8>,
    /// The configuration of the image at its root, as it came; empty if it is not known, or has no history.
    pub base_config: Vec<u8>,
}

/// Converts a plan.
///
/// # Errors
///
/// Every problem that only shows with the engine or the registry at hand, all at once.
pub fn convert(
    plan: &ValidPlan,
    options: &ConvertOptions,
) -> Result<Conversion, Vec<ConvertError>> {
    let mut converter = Converter::new(plan, options);
    let target = options.target.as_deref();
    let target = target.and_then(|target| plan.step_index(target));
    let replaced = &converter.replaced;
    let needed = needed(plan, target, replaced);
    for &step in plan.order().iter().filter(|step| needed.contains(step)) {
        converter.step(step);
    }
    match target {
        Some(target) => converter.image_of_step(target),
        None => converter.image(),
    }
}

/// What a step became.
#[derive(Clone, Debug, Default)]
struct ConvertedStep {
    output: Option<Output>,
    environment: Environment,
}

/// A layer copied on its own: where from, and which files.
pub(super) type CopiedLayer<'a> = (Option<Output>, &'a Filter);

/// A conversion under way.
pub(super) struct Converter<'a> {
    pub(super) plan: &'a ValidPlan,
    pub(super) options: &'a ConvertOptions,
    pub(super) graph: Graph,
    pub(super) errors: Vec<ConvertError>,
    steps: Vec<ConvertedStep>,
    pub(super) images: BTreeMap<String, (Option<Output>, Environment)>,
    pub(super) context: Option<Output>,
    /// Steps that something stands in for.
    replaced: BTreeSet<usize>,
    /// Layers copied on their own, for steps that take the same files of the same layer.
    pub(super) copied: HashMap<CopiedLayer<'a>, Output>,
    ancestors: Option<Ancestors>,
    /// The sets of secrets that steps use.
    pub(super) secret_sets: SecretSets<'a>,
    /// Where the program that hashes the secrets has its hashes.
    pub(super) hashes: Option<Output>,
}

impl<'a> Converter<'a> {
    fn new(plan: &'a ValidPlan, options: &'a ConvertOptions) -> Self {
        Self {
            plan,
            options,
            // Most steps are a copy, a merge and a command.
            graph: Graph::with_capacity(3 * plan.plan().steps.len()),
            errors: Vec::new(),
            steps: vec![ConvertedStep::default(); plan.plan().steps.len()],
            images: BTreeMap::new(),
            context: None,
            replaced: options.contexts.replaced_steps(plan),
            copied: HashMap::with_capacity(plan.plan().steps.len()),
            ancestors: None,
            secret_sets: SecretSets::new(plan.plan()),
            hashes: None,
        }
    }

    /// Converts one step; those that it builds on are converted already.
    fn step(&mut self, index: usize) {
        let plan = self.plan;
        let Some(step) = plan.plan().steps.get(index) else {
            return;
        };
        if let Some((output, environment)) = self.step_context(&step.name, step.span) {
            if let Some(slot) = self.steps.get_mut(index) {
                *slot = ConvertedStep {
                    output,
                    environment,
                };
            }
            return;
        }
        let layers = step.inputs.iter().collect::<Vec<_>>();
        let parents = steps_of(plan, &layers);
        let base = self.assemble(&step.name, &layers, &parents);

        let mut environment = match (layers.first(), parents.first()) {
            (Some(first), Some(&parent)) => self.layer_environment(first, parent).image_only(),
            _ => Environment::default(),
        };
        for parent in self.inherited_from(&parents) {
            if let Some(parent) = self.steps.get(parent) {
                environment.merge(&parent.environment);
            }
        }
        for (name, value) in &step.variables {
            environment.set(name, value);
        }

        let converted = self.commands(step, base, environment);
        if let Some(slot) = self.steps.get_mut(index) {
            *slot = ConvertedStep {
                output: converted.0,
                environment: converted.1,
            };
        }
    }

    /// Of the steps that a step builds on those whose environment it takes over, in the order of its inputs. A step that another of
    /// them builds on is left out: what that one changed must not be undone.
    fn inherited_from(&mut self, parents: &[Option<usize>]) -> Vec<usize> {
        let parents = parents.iter().copied().flatten().collect::<Vec<_>>();
        let mut environments = parents
            .iter()
            .filter_map(|&parent| self.steps.get(parent))
            .map(|parent| &parent.environment);
        let first = environments.next();
        if first.is_none_or(|first| environments.all(|environment| environment.same_as_set(first)))
        {
            return parents.first().copied().into_iter().collect();
        }
        let ancestors = self
            .ancestors
            .get_or_insert_with(|| Ancestors::new(self.plan, &self.replaced));
        let distinct = parents.iter().copied().collect::<BTreeSet<_>>();
        let redundant = ancestors.union(distinct.iter().copied());
        parents
            .into_iter()
            .filter(|&parent| !redundant.contains(parent))
            .collect()
    }

    /// Makes an image of a step, with its environment, and ends the conversion.
    fn image_of_step(mut self, index: usize) -> Result<Conversion, Vec<ConvertError>> {
        let converted = self.steps.get(index).cloned().unwrap_or_default();
        if converted.output.is_none() {
            let step: Option<&Spanned<Step>> = self.plan.plan().steps.get(index);
            self.errors.extend(step.map(|step| ConvertError::Empty {
                step: step.name.value.clone(),
                span: step.span,
            }));
        }
        self.finish(converted.output, &Deploy::default(), &converted.environment)
    }

    /// Assembles the image and ends the conversion.
    fn image(mut self) -> Result<Conversion, Vec<ConvertError>> {
        let deploy = &self.plan.plan().deploy;
        let layers = deploy.base.iter().chain(&deploy.inputs).collect::<Vec<_>>();
        let steps = steps_of(self.plan, &layers);
        let result = self.assemble(DEPLOY, &layers, &steps);
        let result = self.open_root_home(result, deploy).or(result);

        let mut environment = Environment::default();
        for (layer, &step) in layers.iter().zip(&steps) {
            let of_layer = self.layer_environment(layer, step);
            if deploy
                .base
                .as_ref()
                .is_some_and(|base| std::ptr::eq(*layer, base))
            {
                environment = of_layer.image_only();
            } else {
                environment.merge(&of_layer);
            }
        }
        for (name, value) in &deploy.variables {
            environment.set(name, value);
        }
        if let Some(built_at) = &self.options.built_at {
            environment.set("RAILPACK_BUILT_AT", built_at);
        }
        for path in deploy.paths.iter().rev() {
            environment.push_path(path);
        }
        environment.sort_paths();

        if result.is_none() && self.errors.is_empty() {
            self.errors.push(ConvertError::Empty {
                step: DEPLOY.to_owned(),
                span: deploy.base.as_ref().and_then(|base| base.span),
            });
        }
        self.finish(result, deploy, &environment)
    }

    fn finish(
        self,
        result: Option<Output>,
        deploy: &Deploy,
        environment: &Environment,
    ) -> Result<Conversion, Vec<ConvertError>> {
        match result {
            Some(result) if self.errors.is_empty() => Ok(Conversion {
                definition: self.graph.definition(
                    result,
                    self.options.source.as_slice(),
                    &self.options.capabilities,
                ),
                image_config: image_config(
                    self.options,
                    deploy,
                    environment.base(),
                    &environment.resolve(),
                ),
                base_config: environment.base().whole.clone(),
            }),
            _ => Err(self.errors),
        }
    }

    /// The files of a layer, whole. `step` is the one that it names.
    pub(super) fn layer_output(
        &mut self,
        layer: &Spanned<Layer>,
        step: Option<usize>,
    ) -> Option<Output> {
        match &layer.source {
            LayerSource::Image(image) => self.image_source(image, layer.span).0,
            LayerSource::Step(_) => self.steps.get(step?)?.output,
            LayerSource::Local => Some(self.context()),
            LayerSource::Spread => None,
        }
    }

    fn layer_environment(&mut self, layer: &Spanned<Layer>, step: Option<usize>) -> Environment {
        match &layer.source {
            LayerSource::Image(image) => self.image_source(image, layer.span).1,
            LayerSource::Step(_) => step
                .and_then(|step| self.steps.get(step))
                .map(|step| step.environment.clone())
                .unwrap_or_default(),
            LayerSource::Local | LayerSource::Spread => Environment::default(),
        }
    }

    /// Says of an op that it came from one more place.
    pub(super) fn add_location(&mut self, output: Output, span: Option<Span>) {
        if let Some(location) = self.location(span) {
            self.graph.add_location(output, location);
        }
    }

    /// A place of the plan as a location of an op.
    pub(super) fn location(&self, span: Option<Span>) -> Option<Location> {
        let span = span.filter(|_| self.options.source.is_some())?;
        let range = Range {
            start_line: span.start.line,
            start_character: span.start.column,
            end_line: span.end.line,
            end_character: span.end.column,
        };
        Some(Location {
            source_index: 0,
            range,
        })
    }

    /// What stands in front of the names of vertices: whose they are.
    pub(super) fn owner(&self, name: &str) -> String {
        if self.options.names_platform {
            format!("[{} {name}]", self.options.platform)
        } else {
            format!("[{name}]")
        }
    }

    /// Whether the step's commands run even if their results are known.
    pub(super) fn ignores_cache(&self, step: &str) -> bool {
        self.options.no_cache != NoCache::Never && self.options.no_cache.includes(step)
    }

    /// Says that the engine lacks a capability that the plan needs, unless it has it.
    pub(super) fn require(
        &mut self,
        capability: &'static str,
        since: &'static str,
        need: &'static str,
        span: Option<Span>,
    ) {
        let known = self.errors.iter().any(
            |error| matches!(error, ConvertError::MissingCapability { capability: missing, .. } if *missing == capability),
        );
        if !known && !self.options.capabilities.supports(capability) {
            self.errors.push(ConvertError::MissingCapability {
                need,
                capability,
                since,
                span,
            });
        }
    }
}

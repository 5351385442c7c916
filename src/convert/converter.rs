//! The way through a plan: images, steps in order, the image.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::ancestors::{Ancestors, needed_by, step_inputs};
use super::environment::Environment;
use super::image_config::{base_environment, image_config};
use super::options::{ConvertOptions, ResolvedImage};
use super::{ConvertError, NoCache};
use crate::llb::{Graph, ImageSource, LocalSource, Location, Metadata, Output, Range, Source};
use crate::plan::{
    Command, Deploy, Filter, ImageReference, Layer, LayerSource, Span, Spanned, Step, ValidPlan,
};
use crate::proto::pb;

/// The name under which clients offer the app's tree
/// (<https://github.com/moby/buildkit/blob/v0.32.2/frontend/dockerui/config.go>, `DefaultLocalNameContext`). It serves as
/// the namespace of incremental transfers too, so that a tree that was sent for a Dockerfile is not sent again.
const CONTEXT: &str = "context";

/// What a plan became.
#[derive(Clone, Debug)]
pub struct Conversion {
    /// The build graph; its result is the image's file system.
    pub definition: pb::Definition,
    /// The image's configuration as JSON.
    pub image_config: Vec<u8>,
}

/// The images that a plan names, as fully qualified references: all of them, or those that the step `target` needs. Give what
/// the registry says of them to [`convert`] in [`ConvertOptions::images`].
#[must_use]
pub fn images(plan: &ValidPlan, target: Option<&str>) -> BTreeSet<String> {
    let target = target.and_then(|target| plan.step_index(target));
    let needed = target.map(|target| needed_by(plan, target));
    let plan = plan.plan();
    let steps = || {
        let steps = plan.steps.iter().enumerate();
        let steps =
            steps.filter(|(index, _)| needed.as_ref().is_none_or(|set| set.contains(index)));
        steps.map(|(_, step)| step)
    };
    let deploy = needed.is_none().then_some(&plan.deploy);
    let copied = steps()
        .flat_map(|step| &step.commands)
        .filter_map(|command| match &command.value {
            Command::Copy(copy) => copy.image.as_deref(),
            _ => None,
        });
    let layers = steps()
        .flat_map(|step| &step.inputs)
        .chain(deploy.into_iter().flat_map(|deploy| &deploy.base))
        .chain(deploy.into_iter().flat_map(|deploy| &deploy.inputs));
    let layers = layers.filter_map(|layer| match &layer.source {
        LayerSource::Image(image) => Some(image.as_str()),
        _ => None,
    });
    copied.chain(layers).map(qualified).collect()
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
    let Some(target) = target.and_then(|target| plan.step_index(target)) else {
        for &step in plan.order() {
            converter.step(step);
        }
        return converter.image();
    };
    let needed = needed_by(plan, target);
    for &step in plan.order().iter().filter(|step| needed.contains(step)) {
        converter.step(step);
    }
    converter.image_of_step(target)
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
    images: BTreeMap<String, (Output, Environment)>,
    context: Option<Output>,
    /// Layers copied on their own, for steps that take the same files of the same layer.
    pub(super) copied: HashMap<CopiedLayer<'a>, Output>,
    ancestors: Option<Ancestors>,
}

impl<'a> Converter<'a> {
    fn new(plan: &'a ValidPlan, options: &'a ConvertOptions) -> Self {
        Self {
            plan,
            options,
            graph: Graph::new(),
            errors: Vec::new(),
            steps: vec![ConvertedStep::default(); plan.plan().steps.len()],
            images: BTreeMap::new(),
            context: None,
            copied: HashMap::new(),
            ancestors: None,
        }
    }

    /// Converts one step; those that it builds on are converted already.
    fn step(&mut self, index: usize) {
        let plan = self.plan;
        let Some(step) = plan.plan().steps.get(index) else {
            return;
        };
        let layers = step.inputs.iter().collect::<Vec<_>>();
        let base = self.assemble(&step.name, &layers);

        let mut environment = match layers.first() {
            Some(first) => self.layer_environment(first).image_only(),
            None => Environment::default(),
        };
        for parent in self.inherited_from(index) {
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

    /// The steps whose environment a step takes over, in the order of its inputs. A step that another of them builds on
    /// is left out: what that one changed must not be undone.
    fn inherited_from(&mut self, step: usize) -> Vec<usize> {
        let parents = step_inputs(self.plan, step).collect::<Vec<_>>();
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
            .get_or_insert_with(|| Ancestors::new(self.plan));
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
        let environment = converted.environment.resolve();
        if converted.output.is_none() {
            let step: Option<&Spanned<Step>> = self.plan.plan().steps.get(index);
            self.errors.extend(step.map(|step| ConvertError::Empty {
                step: step.name.value.clone(),
                span: step.span,
            }));
        }
        self.finish(converted.output, &Deploy::default(), &environment)
    }

    /// Assembles the image and ends the conversion.
    fn image(mut self) -> Result<Conversion, Vec<ConvertError>> {
        let deploy = &self.plan.plan().deploy;
        let layers = deploy.base.iter().chain(&deploy.inputs).collect::<Vec<_>>();
        let result = self.assemble("deploy", &layers);

        let mut environment = deploy
            .base
            .as_ref()
            .map(|base| self.layer_environment(base).image_only())
            .unwrap_or_default();
        for input in &deploy.inputs {
            environment.merge(&self.layer_environment(input));
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

        self.finish(result, deploy, &environment.resolve())
    }

    fn finish(
        self,
        result: Option<Output>,
        deploy: &Deploy,
        environment: &BTreeMap<String, String>,
    ) -> Result<Conversion, Vec<ConvertError>> {
        match result {
            Some(result) if self.errors.is_empty() => Ok(Conversion {
                definition: self.graph.definition(
                    result,
                    self.options.source.as_slice(),
                    &self.options.capabilities,
                ),
                image_config: image_config(self.options, deploy, environment),
            }),
            _ => Err(self.errors),
        }
    }

    /// The files of a layer, whole.
    pub(super) fn layer_output(&mut self, layer: &Spanned<Layer>) -> Option<Output> {
        match &layer.source {
            LayerSource::Image(image) => Some(self.image_source(image, layer.span).0),
            LayerSource::Step(step) => self.step_result(step).and_then(|step| step.output),
            LayerSource::Local => Some(self.context()),
            LayerSource::Spread => None,
        }
    }

    fn layer_environment(&mut self, layer: &Spanned<Layer>) -> Environment {
        match &layer.source {
            LayerSource::Image(image) => self.image_source(image, layer.span).1,
            LayerSource::Step(step) => self
                .step_result(step)
                .map(|step| step.environment.clone())
                .unwrap_or_default(),
            LayerSource::Local | LayerSource::Spread => Environment::default(),
        }
    }

    fn step_result(&self, name: &str) -> Option<&ConvertedStep> {
        self.plan
            .step_index(name)
            .and_then(|index| self.steps.get(index))
    }

    /// The files of an image.
    pub(super) fn image_output(&mut self, image: &str, span: Option<Span>) -> Output {
        self.image_source(image, span).0
    }

    fn image_source(&mut self, image: &str, span: Option<Span>) -> (Output, Environment) {
        let reference = qualified(image);
        if let Some((output, environment)) = self.images.get(&reference) {
            let (output, environment) = (*output, environment.clone());
            self.annotate(output, span);
            return (output, environment);
        }
        let unresolved = ResolvedImage {
            reference: reference.clone(),
            config: Vec::new(),
        };
        let resolved = self.options.images.get(&reference).unwrap_or(&unresolved);
        let environment = match base_environment(&resolved.config) {
            Ok(variables) => Environment::of_image(variables),
            Err(source) => {
                self.errors.push(ConvertError::ImageConfiguration {
                    image: image.to_owned(),
                    span,
                    source,
                });
                Environment::default()
            }
        };
        let source = ImageSource {
            reference: resolved.reference.clone(),
            platform: self.options.platform.clone(),
            resolve_mode: self.options.resolve_mode,
            layer_limit: None,
        };
        let metadata = Metadata {
            locations: Vec::from_iter(self.location(span)),
            ..Metadata::default()
        };
        let output = self.graph.source(Source::Image(source), metadata);
        self.images.insert(reference, (output, environment.clone()));
        (output, environment)
    }

    /// The app's tree, as the client offers it.
    pub(super) fn context(&mut self) -> Output {
        if let Some(context) = self.context {
            return context;
        }
        let source = LocalSource {
            name: CONTEXT.to_owned(),
            session: self.options.session.clone(),
            shared_key_hint: Some(CONTEXT.to_owned()),
            exclude_patterns: self
                .plan
                .plan()
                .exclude
                .iter()
                .map(|pattern| pattern.value.clone())
                .collect(),
            ..LocalSource::default()
        };
        let metadata = Metadata {
            name: Some("load the app's tree".to_owned()),
            ..Metadata::default()
        };
        let output = self.graph.source(Source::Local(source), metadata);
        self.context = Some(output);
        output
    }

    /// Says of an op that it came from one more place.
    pub(super) fn annotate(&mut self, output: Output, span: Option<Span>) {
        let metadata = Metadata {
            locations: Vec::from_iter(self.location(span)),
            ..Metadata::default()
        };
        self.graph.annotate(output, metadata);
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
            ranges: vec![range],
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

/// A reference as BuildKit wants it, with registry and tag. Validation has refused what is none.
fn qualified(image: &str) -> String {
    image
        .parse::<ImageReference>()
        .map_or_else(|_| image.to_owned(), |reference| reference.to_string())
}

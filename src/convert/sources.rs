//! Where the files of a plan come from: images, and the app's tree.

use super::ConvertError;
use super::base_config::BaseConfig;
use super::converter::Converter;
use super::environment::Environment;
use super::options::ResolvedImage;
use crate::llb::{Graph, ImageSource, LocalSource, Metadata, Output, Source};
use crate::plan::{ImageReference, Span};

/// The name under which clients offer the app's tree
/// (<https://github.com/moby/buildkit/blob/v0.32.2/frontend/dockerui/config.go>, `DefaultLocalNameContext`). It serves as
/// the namespace of incremental transfers too, so that a tree that was sent for a Dockerfile is not sent again.
pub(super) const CONTEXT: &str = "context";

/// What the progress display calls the loading of the app's tree.
pub(super) const LOAD_TREE: &str = "load the app's tree";

/// The app's tree, as the client offers it in `session`, without what the patterns `exclude` name.
pub(crate) fn app_tree(graph: &mut Graph, session: Option<String>, exclude: Vec<String>) -> Output {
    let source = LocalSource {
        name: CONTEXT.to_owned(),
        session,
        shared_key_hint: Some(CONTEXT.to_owned()),
        exclude_patterns: exclude,
        ..LocalSource::default()
    };
    let metadata = Metadata {
        name: Some(LOAD_TREE.to_owned()),
        ..Metadata::default()
    };
    graph.source(Source::Local(source), metadata)
}

impl Converter<'_> {
    /// The files of an image.
    pub(super) fn image_output(&mut self, image: &str, span: Option<Span>) -> Option<Output> {
        self.image_source(image, span).0
    }

    pub(super) fn image_source(
        &mut self,
        image: &str,
        span: Option<Span>,
    ) -> (Option<Output>, Environment) {
        let reference = qualified(image);
        if let Some((output, environment)) = self.images.get(&reference) {
            let (output, environment) = (*output, environment.clone());
            if let Some(output) = output {
                self.add_location(output, span);
            }
            return (output, environment);
        }
        if let Some(source) = self.image_context(image, span) {
            self.images.insert(reference, source.clone());
            return source;
        }
        let unresolved = ResolvedImage {
            reference: reference.clone(),
            config: Vec::new(),
        };
        let options = self.options;
        let resolved = options.images.get(&reference).unwrap_or(&unresolved);
        let environment = self.image_environment(image, &resolved.config, span);
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
        let output = Some(self.graph.source(Source::Image(source), metadata));
        self.images.insert(reference, (output, environment.clone()));
        (output, environment)
    }

    /// What the configuration of an image brings along. `name` is what the plan calls it.
    pub(super) fn image_environment(
        &mut self,
        name: &str,
        config: &[u8],
        span: Option<Span>,
    ) -> Environment {
        match BaseConfig::parse(config) {
            Ok(config) => Environment::of_image(config),
            Err(source) => {
                self.errors.push(ConvertError::ImageConfiguration {
                    image: name.to_owned(),
                    span,
                    source,
                });
                Environment::default()
            }
        }
    }

    /// The app's tree, as the client offers it.
    pub(super) fn context(&mut self) -> Output {
        if let Some(context) = self.context {
            return context;
        }
        if let Some(context) = self.main_context() {
            self.context = Some(context);
            return context;
        }
        let exclude = self.plan.plan().exclude.iter();
        let exclude = exclude.map(|pattern| pattern.value.clone()).collect();
        let output = app_tree(&mut self.graph, self.options.session.clone(), exclude);
        self.context = Some(output);
        output
    }
}

/// A reference as BuildKit wants it, with registry and tag. Validation has refused what is none.
pub(super) fn qualified(image: &str) -> String {
    image
        .parse::<ImageReference>()
        .map_or_else(|_| image.to_owned(), |reference| reference.to_string())
}

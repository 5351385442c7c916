//! Named contexts: what in the plan each stands in for.

use std::collections::{BTreeMap, BTreeSet};

use super::load::Loading;
use crate::convert::{Context, Contexts, images};
use crate::frontend::FrontendError;
use crate::frontend::options::{NamedContext, OptionWarning};
use crate::llb::Platform;
use crate::plan::ValidPlan;

/// The named contexts of a build, by what they stand in for.
pub(in crate::frontend) struct NamedContexts<'a> {
    /// By the step's name.
    steps: BTreeMap<String, Vec<&'a NamedContext>>,
    /// By the fully qualified reference.
    images: BTreeMap<String, Vec<&'a NamedContext>>,
}

impl<'a> NamedContexts<'a> {
    /// Finds what each stands in for: the step of its name, or else the image. Gives a warning for each that stands in for
    /// nothing.
    pub(in crate::frontend) fn new(
        contexts: &'a [NamedContext],
        plan: &ValidPlan,
    ) -> (Self, Vec<OptionWarning>) {
        let steps: Vec<_> = plan
            .plan()
            .steps
            .iter()
            .map(|step| &step.name.value)
            .collect();
        let written = plan.plan().images().map(|(image, _)| image.to_owned());
        let written: BTreeSet<_> = written.collect();
        let references = images(plan, None, &Contexts::default());
        let mut found = Self {
            steps: BTreeMap::new(),
            images: BTreeMap::new(),
        };
        let mut unused = BTreeSet::new();
        let mut warnings = Vec::new();
        for context in contexts {
            let name = &context.name;
            let step = steps.iter().find(|step| step.eq_ignore_ascii_case(name));
            let image = context.image().filter(|image| references.contains(image));
            let place = match (step, image) {
                (Some(step), _) => found.steps.entry((*step).clone()).or_default(),
                (None, Some(image)) => found.images.entry(image).or_default(),
                (None, None) => {
                    unused.insert(name);
                    continue;
                }
            };
            let mut others = place.iter();
            match others.find(|other| other.platform == context.platform) {
                // `debian` and `docker.io/library/debian` are one image.
                Some(other) => warnings.push(OptionWarning::SecondContext {
                    name: name.clone(),
                    first: other.name.clone(),
                }),
                None => place.push(context),
            }
        }
        let names = || written.iter().chain(steps.iter().copied()).cloned();
        warnings.extend(unused.into_iter().map(|name| OptionWarning::UnusedContext {
            name: name.clone(),
            names: names().collect(),
        }));
        (found, warnings)
    }

    /// Loads those for a platform, but for those of images that the step `target` does not need.
    pub(in crate::frontend) async fn load(
        &self,
        loading: &Loading<'_>,
        platform: &Platform,
        plan: &ValidPlan,
        target: Option<&str>,
    ) -> Result<Contexts, FrontendError> {
        let mut loaded = Contexts::default();
        for (step, contexts) in &self.steps {
            if let Some(context) = chosen(contexts, platform) {
                let context = loading.load(context, platform).await?;
                loaded.steps.insert(step.clone(), context);
            }
        }
        let needed = if self.images.is_empty() {
            BTreeSet::new()
        } else {
            images(plan, target, &loaded)
        };
        for (image, contexts) in &self.images {
            let context = chosen(contexts, platform).filter(|_| needed.contains(image));
            if let Some(context) = context {
                let context: Context = loading.load(context, platform).await?;
                loaded.images.insert(image.clone(), context);
            }
        }
        Ok(loaded)
    }
}

/// The one that is for this platform alone, or else the one for all.
fn chosen<'a>(contexts: &[&'a NamedContext], platform: &Platform) -> Option<&'a NamedContext> {
    let of = |wanted: Option<&Platform>| {
        let mut all = contexts.iter().copied();
        all.find(|context| context.platform.as_ref() == wanted)
    };
    of(Some(platform)).or_else(|| of(None))
}

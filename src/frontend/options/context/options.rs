//! The options about build contexts.

use std::collections::BTreeMap;

use super::{ContextSource, NamedContext};
use crate::frontend::options::OptionProblem;
use crate::frontend::options::keys as key;
use crate::frontend::options::values::is_frontend_image;

/// Where files come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::frontend) struct ContextOptions {
    /// The app's files, where they are no directory of the client's.
    pub(in crate::frontend) main: Option<ContextSource>,
    /// Whether `.git` of a repository is kept.
    pub(in crate::frontend) keep_git_directory: bool,
    /// The directory of a remote context that is the app; `None` is all of it.
    pub(in crate::frontend) subdirectory: Option<String>,
    /// What stands in for what the plan names.
    pub(in crate::frontend) named: Vec<NamedContext>,
    /// What is known of the build graphs that the client gave, by their keys: JSON.
    pub(in crate::frontend) input_metadata: BTreeMap<String, String>,
}

impl ContextOptions {
    /// Reads an option whose value is not empty. Gives whether it is one about contexts.
    pub(in crate::frontend::options) fn read(
        &mut self,
        options: &BTreeMap<String, String>,
        key: &str,
        value: &str,
    ) -> Result<bool, OptionProblem> {
        let main_key = options.get(key::CONTEXT_KEY);
        if let Some(name) = key.strip_prefix(key::NAMED_CONTEXT_PREFIX) {
            // BuildKit has used the one that is named like the frontend image when it started this frontend.
            if !is_frontend_image(name, options.get(key::SOURCE)) {
                self.named.push(named(options, name, value)?);
            }
        } else if let Some(input) = key.strip_prefix(key::INPUT_METADATA_PREFIX) {
            let metadata = value.to_owned();
            self.input_metadata.insert(input.to_owned(), metadata);
        } else if key == main_key.map_or(key::CONTEXT, String::as_str) {
            self.main = Some(main(value)?);
        } else if key == key::CONTEXT_SUBDIRECTORY {
            self.subdirectory = Some(value.to_owned());
        } else {
            return Ok(false);
        }
        Ok(true)
    }
}

fn named(
    options: &BTreeMap<String, String>,
    name: &str,
    value: &str,
) -> Result<NamedContext, OptionProblem> {
    let context = NamedContext::read(name, value);
    let mut context = context.map_err(|fault| OptionProblem::NamedContext {
        name: name.to_owned(),
        value: value.to_owned(),
        fault,
    })?;
    let shared_key = options.get(&format!("{}{name}", key::SHARED_KEY_PREFIX));
    context.shared_key = shared_key.cloned().unwrap_or_default();
    Ok(context)
}

fn main(value: &str) -> Result<ContextSource, OptionProblem> {
    let problem = |fault| OptionProblem::MainContext {
        context: value.to_owned(),
        fault,
    };
    let source = ContextSource::remote(value).map_err(problem)?;
    source.ok_or_else(|| problem("it is no source".to_owned()))
}

//! What is said around a build: causes in one line, what there is now and what to do with it.

use std::error::Error;

use super::output::{Export, Target};
use crate::causes::causes;

/// An error and what caused it, in one line.
pub(super) fn with_causes(error: &dyn Error) -> String {
    causes(error).fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// What there is now, and what to do with it. `holder` is the program that has what was loaded.
pub(super) fn ending(exports: &[Export], names: &[String], holder: &str) -> Vec<String> {
    let name = names.first().map_or("", String::as_str);
    exports
        .iter()
        .map(|export| match &export.target {
            Target::Engine if export.exporter.r#type == "moby" => {
                format!("run it: docker run --rm {name}")
            }
            Target::Engine | Target::Push => format!("image {name}"),
            Target::Load => format!("run it: {holder} run --rm {name}"),
            Target::Stdout => "written to standard output".to_owned(),
            Target::File(path) | Target::Directory(path) | Target::Layout(path) => {
                format!("written to {}", path.display())
            }
        })
        .collect()
}

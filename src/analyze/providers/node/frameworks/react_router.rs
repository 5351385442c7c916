//! React Router as a framework (<https://reactrouter.com/start/modes>).

use super::source::Source;
use crate::analyze::app::AppError;

const CONFIG_FILES: [&str; 2] = ["react-router.config.js", "react-router.config.ts"];
const DEFAULT_OUTPUT: &str = "build/client/";

/// Whether React Router builds the package. As a library it is none of that.
pub(super) fn is_used(source: Source<'_>) -> Result<bool, AppError> {
    Ok(source.build_script().is_some()
        && (source.builds_with("react-router build")
            || source.has_dependency("@react-router/dev")
            || source.has_any_of(&CONFIG_FILES)?))
}

/// Whether the build makes files that need no server (<https://reactrouter.com/how-to/spa>). By default it does not.
pub(super) fn is_static(source: Source<'_>) -> Result<bool, AppError> {
    let configuration = source.configuration(&CONFIG_FILES)?;
    Ok(configuration.is("ssr", "false"))
}

pub(super) fn output(source: Source<'_>) -> Result<String, AppError> {
    let configuration = source.configuration(&CONFIG_FILES)?;
    Ok(match configuration.string("buildDirectory") {
        Some(directory) => format!("{}/client", directory.trim_end_matches('/')),
        None => DEFAULT_OUTPUT.to_owned(),
    })
}

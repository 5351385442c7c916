//! Expo, as far as apps of it run in a browser (<https://docs.expo.dev/workflow/web/>).

use serde::Deserialize;

use super::source::Source;
use crate::analyze::app::AppError;

const CONFIG_FILE: &str = "app.json";
/// What `expo export --platform web` makes.
pub(super) const OUTPUT: &str = "dist";

#[derive(Default, Deserialize)]
#[serde(default)]
struct Configuration {
    expo: Option<Expo>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Expo {
    web: Option<Web>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Web {
    /// <https://docs.expo.dev/versions/latest/config/app/#output>.
    output: Option<String>,
}

/// Whether the build makes files that need no server. A configuration that is a program (`app.config.js`) does not say.
pub(super) fn is_static(source: Source<'_>) -> Result<bool, AppError> {
    // What renders an app in a browser.
    if !source.has_dependency("expo") || !source.has_dependency("react-native-web") {
        return Ok(false);
    }
    let Some(path) = source.file(CONFIG_FILE)? else {
        return Ok(false);
    };
    let configuration: Configuration = source.app.read_json(&path)?;
    let output = configuration
        .expo
        .and_then(|expo| expo.web?.output)
        .unwrap_or_default()
        .to_lowercase();
    Ok(matches!(output.as_str(), "static" | "single"))
}

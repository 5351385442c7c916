//! What `integration/up` says about the engines.

use std::path::PathBuf;
use std::sync::LazyLock;

use super::command::Command;

/// Where everything is. Read once, before the first test.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The frontend image.
    pub(crate) frontend: String,
    /// The image that plans build in.
    pub(crate) builder_image: String,
    /// The image that plans deploy on; small, with a shell.
    pub(crate) runtime_image: String,
    /// A directory for what engines of single tests store: not every directory can carry layers.
    pub(crate) engine_data: PathBuf,
}

impl Settings {
    /// The registry that the frontend image is in: tests may push to it.
    pub(crate) fn registry(&self) -> &str {
        self.frontend.split('/').next().unwrap_or_default()
    }
}

static SETTINGS: LazyLock<Result<Settings, String>> = LazyLock::new(read);

/// The settings.
///
/// # Panics
/// If there are no engines: `main` has then ended the program already.
pub(crate) fn settings() -> &'static Settings {
    SETTINGS.as_ref().expect("main has checked the settings")
}

/// Are the engines there? If not, one line says what is missing.
pub(crate) fn check() -> Result<(), String> {
    SETTINGS.as_ref().map_err(Clone::clone)?;
    for line in [
        "buildctl debug workers",
        "docker version",
        "docker buildx version",
    ] {
        let mut words = line.split(' ');
        if !words
            .next()
            .is_some_and(|program| Command::new(program).arguments(words).succeeds())
        {
            return Err(format!("`{line}` fails"));
        }
    }
    Ok(())
}

/// The root of the checkout.
pub(crate) fn checkout() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read() -> Result<Settings, String> {
    let variable = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
    // buildctl reads it by itself, but its own default is another daemon than the one that was set up.
    variable("BUILDKIT_HOST")?;
    Ok(Settings {
        frontend: variable("RAILPACK_FRONTEND")?,
        builder_image: variable("RAILPACK_BUILDER_IMAGE")?,
        runtime_image: variable("RAILPACK_RUNTIME_IMAGE")?,
        engine_data: variable("RAILPACK_ENGINE_DATA")?.into(),
    })
}

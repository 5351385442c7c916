//! Apps that Gradle builds, by its wrapper (<https://docs.gradle.org/current/userguide/gradle_wrapper.html>).

use crate::analyze::app::{App, AppError};
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;

pub(super) const WRAPPER: &str = "gradlew";
pub(super) const CACHE: (&str, &str) = ("gradle", "/root/.gradle");
const GRADLE: &str = "gradle";
const DEFAULT_VERSION: &str = "8";
const VERSION_SETTING: &str = "GRADLE_VERSION";
const PROPERTIES: &str = "gradle/wrapper/gradle-wrapper.properties";
const BUILD_FILES: &str = "{build.gradle,build.gradle.kts}";
const SETTINGS_FILES: [&str; 2] = ["settings.gradle", "settings.gradle.kts"];
/// What shows an app of Spring Boot, or of Grails, which is built on it.
const SPRING_BOOT: [&str; 3] = [
    "spring-boot-gradle-plugin",
    "org.springframework.boot",
    "org.grails:grails-",
];

/// Installs Gradle in the wrapper's major version, and gives that version if it is known.
pub(super) fn request(context: &mut Context<'_>) -> Result<Option<u32>, AnalyzeError> {
    context
        .mise
        .install(&mut context.packages, GRADLE, DEFAULT_VERSION);
    context.follow_version_sources(GRADLE, VERSION_SETTING)?;
    if context.app.has(PROPERTIES)? {
        let text = context.app.read_text(PROPERTIES)?;
        if let Some((place, address)) = distribution(&text) {
            let Some(major) = major_version(address) else {
                return Err(AnalyzeError::Value {
                    place,
                    found: address.to_owned(),
                    expected: "the address of a distribution, such as https\\://services.gradle.org/distributions/gradle-8.14-bin.zip".into(),
                });
            };
            // The wrapper runs this one, whatever else is installed.
            context.packages.request(GRADLE, major, PROPERTIES);
            return Ok(major.parse().ok());
        }
    }
    let asked = context.packages.get(GRADLE);
    Ok(asked.and_then(|gradle| gradle.version.split('.').next()?.parse().ok()))
}

/// The address that the wrapper downloads, and its place.
fn distribution(text: &str) -> Option<(String, &str)> {
    let (index, line) = text
        .lines()
        .enumerate()
        .find(|(_, line)| line.trim_start().starts_with("distributionUrl"))?;
    let (_, address) = line.split_once(['=', ':'])?;
    Some((format!("{PROPERTIES}:{}", index + 1), address.trim()))
}

/// The major version in `.../gradle-8.14-bin.zip`.
fn major_version(address: &str) -> Option<&str> {
    let (_, rest) = address.rsplit_once("gradle-")?;
    let end = rest.find(|character: char| !character.is_ascii_digit())?;
    rest.get(..end).filter(|major| !major.is_empty())
}

/// Whether the app's own project, or one of the projects in it, is of Spring Boot.
pub(super) fn uses_spring_boot(app: &App) -> Result<bool, AppError> {
    let mut files = app.find_files(BUILD_FILES)?;
    files.extend(app.find_files(&format!("*/{BUILD_FILES}"))?);
    for file in files {
        let text = app.read_text(&file)?;
        if SPRING_BOOT.iter().any(|sign| text.contains(sign)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The archives that the build makes, as a shell finds them: of the app's directory, if it has sources or is the only project, else
/// of the projects in it (<https://docs.gradle.org/current/userguide/multi_project_builds.html>).
pub(super) fn archives(app: &App) -> Result<&'static str, AppError> {
    let includes_others = match app.first_of(&SETTINGS_FILES)? {
        Some(file) => app.read_text(file)?.contains("include"),
        None => false,
    };
    let has_sources = !app.find_directories("src/main")?.is_empty();
    let is_project = !app.find_files(BUILD_FILES)?.is_empty();
    Ok(if is_project && (has_sources || !includes_others) {
        "build/libs/*jar"
    } else {
        "*/build/libs/*jar"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_in_the_address() {
        for (address, expected) in [
            (
                "https\\://services.gradle.org/distributions/gradle-8.14.3-bin.zip",
                Some("8"),
            ),
            ("https://example.com/gradle-4.10-all.zip", Some("4")),
            ("https://example.com/gradle-bin.zip", None),
            ("nothing", None),
        ] {
            assert_eq!(major_version(address), expected, "{address}");
        }
    }
}

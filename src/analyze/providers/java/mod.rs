//! Java, built by Maven or Gradle.
//!
//! Rules: <https://github.com/railwayapp/railpack/tree/v0.37.0/core/providers/java>, <https://railpack.com/languages/java>.

mod gradle;
mod maven;
#[cfg(test)]
mod tests;

use super::Provider;
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::parts::{exec, local_layer, shell_word, step_layer, step_paths};
use crate::analyze::steps::CommandStep;
use maven::{Pom, Server};

const JAVA: &str = "java";
const DEFAULT_VERSION: u32 = 21;
const VERSION_SETTING: &str = "JDK_VERSION";
/// The newest Java that Gradle 5 and older ones run on
/// (<https://docs.gradle.org/current/userguide/compatibility.html>).
const OLD_GRADLE: (u32, &str) = (5, "8");
/// Maven's own wrapper, and what it needs.
const MAVEN_WRAPPER: [&str; 2] = ["mvnw", ".mvn/wrapper/maven-wrapper.properties"];

const START_COMMAND_HELP: &str = "for a Java app these are looked at, in this order:
1. gradlew: the archive in build/libs is started, of the app's directory or of a project in it
2. pom.xml: the archive in target is started; of several modules that of the first one in <modules> with a plugin that packages all that it \
needs, such as spring-boot-maven-plugin or maven-shade-plugin";

/// The provider of Java apps.
pub(super) struct JavaProvider;

impl Provider for JavaProvider {
    fn name(&self) -> &'static str {
        "java"
    }

    fn detect(&self, context: &Context<'_>) -> Result<bool, AnalyzeError> {
        let app = context.app;
        Ok(app.has(gradle::WRAPPER)? || !app.find_files(maven::POMS)?.is_empty())
    }

    fn plan(&self, context: &mut Context<'_>) -> Result<(), AnalyzeError> {
        let mut build = CommandStep::new("build");
        build
            .inputs
            .extend([step_layer(&context.mise.name), local_layer()]);
        let output = if context.app.has(gradle::WRAPPER)? {
            build_with_gradle(context, &mut build)?
        } else {
            build_with_maven(context, &mut build)?
        };
        let default = DEFAULT_VERSION.to_string();
        context.install_in_image(JAVA, &default)?;
        context
            .deploy
            .inputs
            .push(step_paths(&build.name, &[output], &[]));
        context.add_step(build);
        Ok(())
    }

    fn start_command_help(&self) -> Option<&'static str> {
        Some(START_COMMAND_HELP)
    }
}

/// Adds what Gradle does, and gives the paths that the image needs.
fn build_with_gradle(
    context: &mut Context<'_>,
    build: &mut CommandStep,
) -> Result<&'static str, AnalyzeError> {
    context.messages.info("built by Gradle");
    let version = gradle::request(context)?;
    request_java(context, None)?;
    if version.is_some_and(|version| version <= OLD_GRADLE.0)
        && context.environment.setting(VERSION_SETTING).is_none()
    {
        context
            .packages
            .request(JAVA, OLD_GRADLE.1, "Gradle 5 and older");
    }
    let uses_spring_boot = gradle::uses_spring_boot(context.app)?;
    note_findings(context, "gradle", uses_spring_boot);
    build.commands.extend([
        exec("chmod +x gradlew"),
        exec("./gradlew clean build -x check -x test -Pproduction"),
    ]);
    let (name, directory) = gradle::CACHE;
    build
        .caches
        .push(context.caches.add_locked(name, directory));
    let server = if uses_spring_boot {
        Server::SpringBoot
    } else {
        Server::Unknown
    };
    let port = server.port_option();
    let archives = gradle::archives(context.app)?;
    context.deploy.start_command = Some(format!(
        "java $JAVA_OPTS -jar {port} $(ls -1 {archives} | grep -v plain)"
    ));
    Ok(".")
}

/// The same for Maven.
fn build_with_maven(
    context: &mut Context<'_>,
    build: &mut CommandStep,
) -> Result<&'static str, AnalyzeError> {
    let app = context.app;
    context.messages.info("built by Maven");
    let pom = Pom::read(app, "")?;
    context
        .mise
        .install(&mut context.packages, "maven", "latest");
    request_java(context, pom.as_ref())?;
    let has_wrapper = app.has(MAVEN_WRAPPER[0])? && app.has(MAVEN_WRAPPER[1])?;
    let program = if has_wrapper {
        build.commands.push(exec("chmod +x mvnw"));
        "./mvnw"
    } else {
        "mvn"
    };
    build.commands.push(exec(format!(
        "{program} -DoutputFile=target/mvn-dependency-list.log -B -DskipTests clean dependency:list install -Pproduction"
    )));
    let (name, directory) = maven::CACHE;
    build
        .caches
        .push(context.caches.add_locked(name, directory));
    let Some(pom) = pom else {
        note_findings(context, "maven", false);
        context.deploy.start_command = Some("java $JAVA_OPTS -jar target/*jar".to_owned());
        return Ok("target/.");
    };
    let started = pom.started_module(app)?;
    let server = started
        .as_ref()
        .map_or(Server::Unknown, |(_, pom)| pom.server);
    let port = server.port_option();
    note_findings(context, "maven", server == Server::SpringBoot);
    let Some((directory, _)) = started else {
        return Ok(".");
    };
    if directory.is_empty() {
        context.deploy.start_command = Some(format!("java {port} $JAVA_OPTS -jar target/*jar"));
        return Ok("target/.");
    }
    context.deploy.start_command = Some(format!(
        "java {port} $JAVA_OPTS -jar {}/target/*jar",
        shell_word(&directory)
    ));
    Ok(".")
}

/// The version of the files that mise reads, else of the setting, else the default, or what the app is compiled for if that
/// is newer.
fn request_java(context: &mut Context<'_>, pom: Option<&Pom>) -> Result<(), AnalyzeError> {
    let default = DEFAULT_VERSION.to_string();
    context.mise.install(&mut context.packages, JAVA, &default);
    if let Some(release) = pom.and_then(|pom| pom.release)
        && release > DEFAULT_VERSION
    {
        context
            .packages
            .request(JAVA, &release.to_string(), maven::POM);
    }
    Ok(context.follow_version_sources(JAVA, VERSION_SETTING)?)
}

fn note_findings(context: &mut Context<'_>, manager: &str, uses_spring_boot: bool) {
    let metadata = &mut context.metadata;
    metadata.insert("javaPackageManager".to_owned(), manager.to_owned());
    if uses_spring_boot {
        metadata.insert("javaFramework".to_owned(), "spring-boot".to_owned());
    }
}

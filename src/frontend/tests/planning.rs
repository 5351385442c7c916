//! Builds without a plan: the frontend makes it.

use super::*;
use crate::analyze::{AnalyzeOptions, App, Directory, Environment, analyze};
use crate::frontend::shown::shown;
use crate::llb::SourceFile;
use crate::proto::fsutil::Stat;

const PACKAGE: &str = r#"{ "main": "index.js", "engines": { "node": "22.1.0" } }"#;

/// Images of this project, as plans of this engine's client name them.
const IMAGES: [(&str, &str); 2] = [
    ("build-arg:RAILPACK_BUILDER_IMAGE", "debian"),
    ("build-arg:RAILPACK_RUNTIME_IMAGE", "debian"),
];

/// An app of a few files.
fn app() -> Engine {
    let mut engine = engine(&[
        ("package.json", PACKAGE),
        ("package-lock.json", "{}"),
        ("index.js", ""),
        ("src/lib.js", ""),
        (".dockerignore", "*.log\n"),
    ]);
    let directory = File {
        mode: DIRECTORY | 0o755,
        ..File::new("")
    };
    engine.files.insert("src", directory);
    let needed = ["exec.secretenv", "file.copy.includeexcludepatterns"];
    engine.llb.extend(needed);
    engine
}

/// The same on an engine that can transfer names alone.
fn listing_app() -> Engine {
    let mut engine = app();
    engine.llb.push("source.local.metadatatransfer");
    let mut listing = Vec::new();
    for (path, file) in &engine.files {
        let stat = Stat {
            path: (*path).to_owned(),
            mode: file.mode,
            size: file.size,
            ..Stat::default()
        };
        let message = stat.encode_to_vec();
        listing.extend(u32::try_from(message.len()).unwrap().to_le_bytes());
        listing.extend(message);
    }
    let file = File {
        data: listing,
        ..File::new("")
    };
    engine.files.insert(".fsutil-metadata", file);
    engine
}

/// The plan that a build was made of.
fn plan(engine: &Engine) -> String {
    let calls = engine.calls();
    let definition = calls.solves.last().unwrap().definition.clone().unwrap();
    let info = definition.source.unwrap().infos.remove(0);
    assert_eq!(
        (info.filename.as_str(), info.language.as_str()),
        ("rpk.json", "json")
    );
    String::from_utf8(info.data).unwrap()
}

/// The plan that `railpack plan` makes of the same app.
fn expected_plan(variables: &[&str]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let path = |name| directory.path().join(name);
    std::fs::create_dir(path("src")).unwrap();
    for (name, file) in app().files {
        if name != "src" {
            std::fs::write(path(name), file.data).unwrap();
        }
    }
    let app = App::new(Directory::open(directory.path()).unwrap());
    let images = IMAGES.map(|(name, value)| format!("{}={value}", &name["build-arg:".len()..]));
    let variables = images
        .iter()
        .map(String::as_str)
        .chain(variables.iter().copied());
    let (environment, _) = Environment::from_arguments(variables, |_| None).unwrap();
    let mut options = AnalyzeOptions::default();
    options.images.builder = "debian".to_owned();
    options.images.runtime = "debian".to_owned();
    let analysis = analyze(&app, &environment, &options).unwrap();
    let source = SourceFile {
        filename: "rpk.json".to_owned(),
        data: analysis.plan.to_json().into_bytes(),
        language: "json".to_owned(),
    };
    // Long lines go to the engine cut off.
    String::from_utf8(shown(&source).unwrap().data).unwrap()
}

#[tokio::test]
async fn an_app_without_a_plan_is_planned_as_railpack_plan_does() {
    for engine in [app(), listing_app()] {
        let options = [&IMAGES[..], &[("build-arg:RAILPACK_START_CMD", "./run")]].concat();
        build(&engine, &options).await;
        assert_eq!(engine.calls().returns[0].error, None);
        assert!(engine.calls().warnings.is_empty());
        assert_eq!(plan(&engine), expected_plan(&["RAILPACK_START_CMD=./run"]));
    }
}

#[tokio::test]
async fn only_names_are_transferred_and_what_is_read() {
    let engine = listing_app();
    build(&engine, &IMAGES).await;
    let solves = engine.calls().solves.len();
    let asked: Vec<_> = (1..solves - 1)
        .map(|solve| sources(&engine, solve).remove(0))
        .collect();
    assert!(asked.iter().all(|(source, _)| source == "local://context"));
    // Two at once, in any order; then one for all files at the root.
    assert_eq!(asked.len(), 3, "{asked:#?}");
    let attribute = |solve: usize, name: &str| asked[solve].1.get(name).cloned();
    let is_listing = |solve: &usize| attribute(*solve, "local.metadatatransfer").is_some();
    let listing = (0..2).find(is_listing).unwrap();
    assert_eq!(
        attribute(listing, "local.excludepatterns").as_deref(),
        Some(r#"["**/node_modules/*","**/.git/*"]"#)
    );
    assert_eq!(
        attribute(1 - listing, "local.includepattern").as_deref(),
        Some(r#"[".dockerignore"]"#)
    );
    assert_eq!(
        attribute(2, "local.includepattern").as_deref(),
        Some(r#"[".dockerignore","index.js","package-lock.json","package.json"]"#)
    );
    assert_eq!(
        attribute(2, "local.excludepatterns").as_deref(),
        Some(r#"["*.log"]"#)
    );
}

#[tokio::test]
async fn a_file_that_only_names_its_frontend_is_no_plan() {
    let mut engine = app();
    engine
        .files
        .insert("Dockerfile", File::new("# syntax=railpack-frontend\n"));
    let options = [&IMAGES[..], &[("cmdline", "railpack-frontend")]].concat();
    build(&engine, &options).await;
    assert_eq!(plan(&engine), expected_plan(&[]));
}

#[tokio::test]
async fn an_app_that_nobody_knows_is_told_as_railpack_plan_does() {
    let engine = engine(&[("readme.md", "")]);
    let error = error(&engine, &[]).await;
    let text = error.message;
    let start =
        "there is no build plan, and this app cannot be planned: no provider knows this app\n";
    assert!(
        text.starts_with(start) && text.contains("readme.md"),
        "{text}"
    );
    insta::assert_snapshot!(text.split_once("  hint: ").unwrap().1, @r"
    say what to run with --build-cmd and --start-cmd, or plan the directory that holds the app
      hint: settings of planning are build arguments here: `--build-arg RAILPACK_START_CMD=...`
    ");
}

#[tokio::test]
async fn an_app_that_is_not_offered_is_told_with_how_to_offer_it() {
    let engine = Engine {
        solves: vec![
            Status::new(Code::Ok, ""),
            Status::unknown("no local sources enabled"),
        ],
        ..engine(&[])
    };
    let error = error(&engine, &[]).await;
    insta::assert_snapshot!(error.message, @r"
    there is no build plan, and the app cannot be planned from the local `context`: no local sources enabled
      hint: offer the app's directory under this name: `docker build` does, `buildctl build` with `--local context=<directory>`; or offer a plan that `railpack plan` wrote
    ");
}

#[tokio::test]
async fn settings_of_planning_beside_a_plan_are_warned_of() {
    let engine = engine(&[("rpk.json", PLAN)]);
    build(&engine, &[("build-arg:RAILPACK_PACKAGES", "jq")]).await;
    let warnings = engine.calls().warnings.clone();
    let texts = warnings.iter().map(|warning| {
        let detail: Vec<_> = warning
            .detail
            .iter()
            .map(|line| String::from_utf8_lossy(line))
            .collect();
        format!(
            "{}: {}",
            String::from_utf8_lossy(&warning.short),
            detail.join(" ")
        )
    });
    insta::assert_snapshot!(texts.collect::<Vec<_>>().join("\n"), @"settings of planning have no effect, because there is a plan already: RAILPACK_PACKAGES: give them to `railpack plan --env NAME=value`, or build without a plan");
}

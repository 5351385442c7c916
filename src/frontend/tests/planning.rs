//! Builds without a plan: the frontend makes it.

use std::collections::BTreeSet;

use super::secrets::{MISSING, build_with, own_image, programs, warnings};
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
    let listing = listing(&engine);
    engine.files.insert(".fsutil-metadata", listing);
    engine
}

/// What a transfer of names alone leaves.
fn listing(engine: &Engine) -> File {
    let mut listing = Vec::new();
    let files = engine.files.iter();
    for (path, file) in files.filter(|(path, _)| **path != ".fsutil-metadata") {
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
    File {
        data: listing,
        ..File::new("")
    }
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

/// What package managers read when they install.
const SEARCHED: &str = "(manifests and the like)";

/// What the client is asked for to plan the app, with the patterns of files that come and of those that do not.
async fn asked(engine: &Engine) -> BTreeSet<(&'static str, Option<String>, Option<String>)> {
    build(engine, &IMAGES).await;
    let solves = engine.calls().solves.len();
    let asked = (1..solves - 1).map(|solve| {
        let (source, attributes) = sources(engine, solve).remove(0);
        assert_eq!(source, "local://context");
        let pattern = |name: &str| attributes.get(name).cloned();
        let what = match attributes["local.sharedkeyhint"].as_str() {
            "context" => "app",
            _ if attributes.contains_key("local.metadatatransfer") => "names",
            _ => "files",
        };
        let excluded = pattern("local.excludepatterns");
        let included = pattern("local.includepattern").map(|patterns| {
            if patterns.contains(r#""**/package-lock.json""#) {
                SEARCHED.to_owned()
            } else {
                patterns
            }
        });
        (what, included, excluded)
    });
    asked.collect()
}

#[tokio::test]
async fn the_names_of_all_files_are_transferred_what_is_read_and_then_the_app_as_it_is_built() {
    let text = |patterns: &str| Some(patterns.to_owned());
    let root_alone = text(r#"["**/node_modules/*","**/.git/*","*/*"]"#);
    let of_an_app = |first: &str, root: &str| {
        [
            ("files", text(first), None),
            ("files", text(root), text(r#"["*.log"]"#)),
            ("names", None, root_alone.clone()),
            (
                "names",
                text(SEARCHED),
                text(r#"["**/node_modules/*","**/.git/*"]"#),
            ),
        ]
    };
    let first = r#"[".dockerignore","railpack.json","package.json"]"#;
    let root = r#"[".dockerignore","index.js","package-lock.json","package.json"]"#;
    let app = ("app", None, text(r#"["*.log"]"#));
    let mut expected = BTreeSet::from(of_an_app(first, root));
    expected.insert(app);
    let engine = listing_app();
    assert_eq!(asked(&engine).await, expected);
    // It is the tree that is built.
    let last = engine.calls().solves.len() - 1;
    let built = sources(&engine, last);
    assert!(built.contains(&sources(&engine, position_of_app(&engine)).remove(0)));

    // Where a configuration keeps out more, that tree is not known yet.
    let mut engine = listing_app();
    let config = File::new(r#"{ "exclude": ["*.mp4"] }"#);
    engine.files.insert("railpack.json", config);
    let expected = BTreeSet::from(of_an_app(first, root));
    assert_eq!(asked(&engine).await, expected);
}

/// Names of transfers name files of the app, and clients print them.
#[tokio::test]
async fn a_name_that_drives_a_terminal_is_not_shown() {
    let mut engine = listing_app();
    engine.files.remove("package.json");
    let directory = File {
        mode: DIRECTORY | 0o755,
        ..File::new("")
    };
    engine.files.insert("red\u{1b}[31m", directory);
    engine.files.insert("red\u{1b}[31m/start.sh", File::new(""));
    let names_of_files = listing(&engine);
    engine.files.insert(".fsutil-metadata", names_of_files);
    let script = ("build-arg:RAILPACK_SHELL_SCRIPT", "red\u{1b}[31m/start.sh");
    build(&engine, &[&IMAGES[..], &[script]].concat()).await;
    let shown = names(&engine);
    assert!(shown.contains(&"[internal] load red\u{fffd}[31m/start.sh for planning".to_owned()));
    let read = shown.iter().filter(|name| name.starts_with("[internal]"));
    assert!(read.clone().count() > 2 && !read.clone().any(|name| name.contains('\u{1b}')));
}

/// What the vertices of a build are called.
fn names(engine: &Engine) -> Vec<String> {
    let calls = engine.calls();
    let definitions = calls
        .solves
        .iter()
        .filter_map(|solve| solve.definition.clone());
    let metadata = definitions.flat_map(|definition| definition.metadata.into_values());
    let metadata = metadata.map(|metadata| pb::OpMetadata::decode(&*metadata).unwrap());
    let names = metadata.filter_map(|mut metadata| metadata.description.remove("llb.customname"));
    names.collect()
}

/// What the engine has begun ends with the frontend, so the build is done before.
#[tokio::test]
async fn an_app_that_is_planned_is_built_before_the_frontend_ends() {
    let mut engine = listing_app();
    engine.gateway.push("gateway.solve.evaluate");
    build(&engine, &IMAGES).await;
    let calls = engine.calls();
    let evaluated: Vec<_> = calls.solves.iter().map(|solve| solve.evaluate).collect();
    assert_eq!(evaluated.last(), Some(&true));
    // With it the app is loaded, and what is searched for.
    assert_eq!(evaluated.iter().filter(|is_run| **is_run).count(), 3);
}

/// The first solve of the app's tree alone.
fn position_of_app(engine: &Engine) -> usize {
    let solves = engine.calls().solves.len();
    let is_app = |solve: &usize| {
        let (_, attributes) = sources(engine, *solve).remove(0);
        attributes["local.sharedkeyhint"] == "context"
    };
    (1..solves).find(is_app).unwrap()
}

/// They are secrets of such a plan, and have done what they are for.
#[tokio::test]
async fn settings_of_planning_need_no_value_as_secrets() {
    let warned = async |missing| {
        let mut engine = app();
        engine.files.insert(MISSING, File::new(missing));
        let options = [&IMAGES[..], &[("build-arg:RAILPACK_BUILD_CMD", "make")]].concat();
        build_with(&engine, own_image(), &options).await;
        let last = engine.calls().solves.len() - 1;
        let programs = programs(&engine, last);
        assert!(
            programs
                .iter()
                .any(|program| program.contains(&"fingerprint".to_owned()))
        );
        warnings(&engine).len()
    };
    assert_eq!(warned(r#"["RAILPACK_BUILD_CMD"]"#).await, 0);
    assert_eq!(warned(r#"["RAILPACK_BUILD_CMD","OTHER"]"#).await, 1);
}

#[tokio::test]
async fn names_are_asked_for_where_the_analysis_needs_them() {
    let unread = r#""**/node_modules/*","**/.git/*""#;
    let at_root = ("names", None, Some(format!(r#"[{unread},"*/*"]"#)));
    let manifests = r#"["**/requirements.txt","**/pyproject.toml","**/Pipfile"]"#;
    let searched = (Some(manifests.to_owned()), Some(format!("[{unread}]")));
    let explored = (None, Some(format!(r#"[{unread},"*/*/*"]"#)));
    for (file, expected) in [
        ("start.sh", vec![]),
        ("requirements.txt", vec![searched]),
        ("Cargo.toml", vec![explored]),
    ] {
        let mut engine = listing_app();
        for name in ["package.json", "package-lock.json"] {
            engine.files.remove(name);
        }
        engine
            .files
            .insert(file, File::new("[package]\nname = \"a\"\n"));
        let listing = listing(&engine);
        engine.files.insert(".fsutil-metadata", listing);
        let asked = asked(&engine).await;
        assert!(asked.contains(&at_root), "{file}");
        let others = asked.into_iter().filter(|one| *one != at_root);
        let listings = others.filter(|(what, ..)| *what == "names");
        let listings: Vec<_> = listings
            .map(|(_, included, excluded)| (included, excluded))
            .collect();
        assert_eq!(listings, expected, "{file}");
    }
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
async fn what_caused_an_error_of_planning_is_told() {
    let engine = app();
    let options = [("build-arg:RAILPACK_CONFIG_FILE", "nope.json")];
    let error = error(&engine, &options).await;
    insta::assert_snapshot!(error.message, @r"
    there is no build plan, and this app cannot be planned: RAILPACK_CONFIG_FILE: cannot read the configuration file
      caused by: nope.json: not found
      hint: its path is relative to the app's directory, and leads to a file inside
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

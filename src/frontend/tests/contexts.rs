//! Build contexts: what is asked of the engine for them.

use super::*;

const TOOLS: &str = "docker.io/library/tools:1";
const TOOLS_CONFIG: &str = r#"{"config":{"Env":["TOOLS=1"]}}"#;
const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// An engine that has another image, and whose client gives build graphs.
fn engine_with_tools() -> Engine {
    let mut engine = engine(&[("rpk.json", PLAN), (".dockerignore", "*.log\n")]);
    engine.images.insert(TOOLS, (DIGEST, TOOLS_CONFIG));
    engine.gateway.push("frontend.inputs");
    engine
}

/// The sources of the build itself, by identifier.
async fn sources_with(
    engine: &Engine,
    options: &[(&str, &str)],
) -> BTreeMap<String, BTreeMap<String, String>> {
    build(engine, options).await;
    assert_eq!(engine.calls().returns[0].error, None);
    let last = engine.calls().solves.len() - 1;
    sources(engine, last).into_iter().collect()
}

fn warnings(engine: &Engine) -> Vec<String> {
    let calls = engine.calls();
    let texts = calls.warnings.iter().map(|warning| {
        let detail = warning.detail.concat();
        let [short, detail] =
            [&warning.short, &detail].map(|text| String::from_utf8_lossy(text).into_owned());
        format!("{short}; {detail}")
    });
    texts.collect()
}

#[tokio::test]
async fn an_image_stands_in_for_an_image_with_its_configuration() {
    let engine = engine_with_tools();
    // The plan says `debian` and `docker.io/library/debian:latest`.
    let option = (
        "context:index.docker.io/library/debian",
        "docker-image://tools:1",
    );
    let sources = sources_with(&engine, &[option]).await;
    assert!(
        sources.contains_key(&format!("docker-image://{TOOLS}@{DIGEST}")),
        "{sources:#?}"
    );
    assert!(
        !sources.keys().any(|source| source.contains("debian")),
        "{sources:#?}"
    );
    let calls = engine.calls();
    let metas: Vec<_> = calls
        .source_metas
        .iter()
        .map(|meta| meta.log_name.as_str())
        .collect();
    assert_eq!(
        metas,
        [format!(
            "[context index.docker.io/library/debian] load metadata for {TOOLS}"
        )]
    );
    assert!(calls.warnings.is_empty());
}

#[tokio::test]
async fn a_directory_stands_in_for_a_step_without_what_it_ignores() {
    let engine = engine_with_tools();
    let options = [
        // In any case of letters.
        ("context:build", "local:there"),
        ("local-sessionid:there", "session2"),
        ("sharedkey:localdir:build", "key"),
    ];
    let sources = sources_with(&engine, &options).await;
    let there = &sources["local://there"];
    assert_eq!(there["local.session"], "session2");
    assert_eq!(there["local.excludepatterns"], r#"["*.log"]"#);
    assert_eq!(there["local.sharedkeyhint"], "context:build-key");
    assert!(!sources.contains_key("local://context"), "{sources:#?}");
}

#[tokio::test]
async fn a_context_for_the_platform_goes_before_one_for_all() {
    let options = |platform| {
        [
            ("context:debian", "local:all"),
            ("context:debian::linux/arm64", "local:arm"),
            ("platform", platform),
        ]
    };
    for (platform, source) in [
        ("linux/arm64", "local://arm"),
        ("linux/amd64", "local://all"),
    ] {
        let sources = sources_with(&engine_with_tools(), &options(platform)).await;
        assert!(sources.contains_key(source), "{sources:#?}");
        assert_eq!(sources.len(), 2, "{sources:#?}");
    }
}

#[tokio::test]
async fn repositories_and_files_stand_in_for_images() {
    let sources = sources_with(
        &engine_with_tools(),
        &[(
            "context:debian",
            "https://user:secret@example.com/a.git#v1:sub",
        )],
    )
    .await;
    let git = &sources["git://example.com/a.git#v1:sub"];
    assert_eq!(git["git.fullurl"], "https://user:secret@example.com/a.git");

    let url = "https://example.com/rootfs.tar";
    let sources = sources_with(&engine_with_tools(), &[("context:debian", url)]).await;
    assert_eq!(sources[url]["http.filename"], "context");
}

#[tokio::test]
async fn an_image_of_a_layout_is_looked_up_there() {
    let mut engine = engine_with_tools();
    engine.gateway.retain(|cap| *cap != "source.metaresolver");
    let reference = format!("docker.io/library/debian@{DIGEST}");
    engine
        .images
        .insert(reference.clone().leak(), (DIGEST, TOOLS_CONFIG));
    let value = format!("oci-layout://store:tag@{DIGEST}");
    let sources = sources_with(&engine, &[("context:debian", &value)]).await;
    let layout = &sources[&format!("oci-layout://{reference}")];
    assert_eq!(layout["oci.store"], "store");
    assert_eq!(layout["oci.session"], "session1");
    let asked = engine.calls().image_configs.remove(0);
    assert_eq!(
        (
            asked.resolver_type,
            asked.session_id.as_str(),
            asked.store_id.as_str()
        ),
        (1, "session1", "store")
    );
}

#[tokio::test]
async fn a_build_graph_of_the_client_stands_in_for_a_step() {
    let mut graph = crate::llb::Graph::new();
    let source = crate::llb::Source::Local(crate::llb::LocalSource {
        name: "of-another-target".to_owned(),
        ..crate::llb::LocalSource::default()
    });
    let output = graph.source(source, crate::llb::Metadata::default());
    let given = graph.definition(output, &[], &crate::llb::CapabilitySet::default());
    let mut engine = engine_with_tools();
    engine.inputs.insert("base".to_owned(), given);
    let sources = sources_with(&engine, &[("context:Build", "input:base")]).await;
    assert!(
        sources.contains_key("local://of-another-target"),
        "{sources:#?}"
    );

    let error = error(&engine, &[("context:Build", "input:other")]).await;
    insta::assert_snapshot!(error.message, @r"
    the build context `Build` is the input `other`, which the client did not give
      hint: there are base
    ");
}

#[tokio::test]
async fn a_context_that_stands_in_for_nothing_is_told_with_what_there_is() {
    let engine = engine_with_tools();
    let options = [
        ("context:debain", "docker-image://tools:1"),
        ("context:elsewhere", "local:x"),
    ];
    sources_with(&engine, &options).await;
    insta::assert_snapshot!(warnings(&engine).join("\n"), @r"
    the build context `debain` has no effect: the plan names neither an image nor a step so; did you mean `debian`?
    the build context `elsewhere` has no effect: the plan names neither an image nor a step so; there are debian, docker.io/library/debian:latest, Build
    ");
}

#[tokio::test]
async fn of_two_contexts_for_the_same_one_counts() {
    let engine = engine_with_tools();
    let options = [
        ("context:debian", "local:first"),
        ("context:debian::linux/amd64", "local:here"),
        ("context:docker.io/library/debian:latest", "local:second"),
        ("contextsubdir", "sub"),
    ];
    let sources = sources_with(&engine, &options).await;
    assert!(sources.contains_key("local://here"), "{sources:#?}");
    insta::assert_snapshot!(warnings(&engine).join("\n"), @r"
    the option `contextsubdir` has no effect: the build context is a directory of this machine; give that directory as the build context
    the build context `docker.io/library/debian:latest` has no effect: `debian` is another name for the same, and goes before it; give one of them
    ");
}

#[tokio::test]
async fn a_context_that_is_not_there_is_told_by_its_name() {
    let error = error(
        &engine_with_tools(),
        &[("context:debian", "docker-image://missing")],
    )
    .await;
    insta::assert_snapshot!(error.message, @r"
    the build context `debian` (`docker build --build-context`) cannot be loaded: docker.io/library/missing:latest: not found
      hint: check what it names, and that the engine can reach it; a directory is offered by `docker build --build-context NAME=DIRECTORY`, and by `buildctl build` with `--local`
    ");
}

#[tokio::test]
async fn a_repository_is_the_app_and_has_the_plan() {
    let engine = engine_with_tools();
    let url = "https://example.com/app.git#main";
    let sources = sources_with(&engine, &[("context", url), ("filename", "Dockerfile")]).await;
    assert!(
        sources.contains_key("git://example.com/app.git#main"),
        "{sources:#?}"
    );
    assert!(!sources.contains_key("local://context"), "{sources:#?}");
    assert_eq!(
        engine.calls().names,
        [
            "ping",
            "solve",
            "stat .",
            "stat rpk.json",
            "read rpk.json",
            "resolve source meta",
            "solve",
            "return"
        ]
    );
}

#[tokio::test]
async fn the_plan_may_come_from_the_client_all_the_same() {
    let engine = engine_with_tools();
    let options = [
        ("context", "https://example.com/app.git"),
        ("dockerfilekey", "dockerfile"),
        ("filename", "rpk.json"),
    ];
    let built = sources_with(&engine, &options).await;
    assert!(
        built.contains_key("git://example.com/app.git"),
        "{built:#?}"
    );
    assert_eq!(sources(&engine, 1)[0].0, "local://dockerfile");
}

#[tokio::test]
async fn a_directory_of_a_context_may_be_the_app() {
    let engine = engine_with_tools();
    let options = [
        ("context", "https://example.com/app.git"),
        ("contextsubdir", "sub"),
    ];
    sources_with(&engine, &options).await;
    let copied = ops(&engine, 1).into_iter().find_map(|op| match op.op {
        Some(pb::op::Op::File(file)) => file.actions.into_iter().next()?.action,
        _ => None,
    });
    let Some(pb::file_action::Action::Copy(copy)) = copied else {
        panic!("{copied:?}")
    };
    assert_eq!((copy.src.as_str(), copy.dest.as_str()), ("/sub", "/"));
}

#[tokio::test]
async fn an_archive_is_unpacked_and_another_file_is_the_plan() {
    let mut engine = engine_with_tools();
    engine.files.insert("context", File::new("BZh91AY"));
    let url = "http://buildkit-session/0123";
    let built = sources_with(&engine, &[("context", url)]).await;
    assert!(built.contains_key(url), "{built:#?}");
    let unpacks = ops(&engine, 1).into_iter().any(|op| match op.op {
        Some(pb::op::Op::File(file)) => file.actions.iter().any(|action| {
            matches!(&action.action, Some(pb::file_action::Action::Copy(copy)) if copy.attempt_unpack_docker_compatibility)
        }),
        _ => false,
    });
    assert!(unpacks);

    let mut engine = engine_with_tools();
    engine.files.insert("context", File::new(PLAN));
    sources_with(&engine, &[("context", url)]).await;
    assert!(engine.calls().names.contains(&"read context".to_owned()));
}

#[tokio::test]
async fn a_context_without_the_plan_that_was_named() {
    let options = [
        ("context", "https://example.com/app.git"),
        ("filename", "other.json"),
    ];
    let error = error(&engine_with_tools(), &options).await;
    insta::assert_snapshot!(error.message, @r"
    no build plan: the build context `https://example.com/app.git` has no file `other.json`
      hint: write one with `railpack plan`; name it with `docker build --file` if it has another name or is in another directory
    ");
}

#[tokio::test]
async fn a_host_that_nobody_reaches_is_one_error() {
    let mut engine = engine_with_tools();
    engine.solves = vec![Status::unknown("failed to fetch remote: exit status 128")];
    let options = [("context", "https://user:secret@example.com/app.git?ref=a")];
    let error = error(&engine, &options).await;
    insta::assert_snapshot!(error.message, @r"
    the build context `https://example.com/app.git` cannot be loaded: failed to fetch remote: exit status 128
      hint: check its URL and that the engine can reach it; the secrets GIT_AUTH_TOKEN and GIT_AUTH_HEADER open private repositories
    ");
}

#[tokio::test]
async fn an_app_elsewhere_is_planned_where_it_is() {
    let mut engine = engine(&[("start.sh", "echo a")]);
    engine.llb.push("exec.secretenv");
    let options = [
        ("build-arg:RAILPACK_BUILDER_IMAGE", "debian"),
        ("build-arg:RAILPACK_RUNTIME_IMAGE", "debian"),
        ("context", "https://example.com/app.git"),
    ];
    let sources = sources_with(&engine, &options).await;
    assert!(
        sources.contains_key("git://example.com/app.git"),
        "{sources:#?}"
    );
    assert!(engine.calls().names.contains(&"list /".to_owned()));
    assert_eq!(engine.calls().solves.len(), 2);
}

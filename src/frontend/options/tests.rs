//! Options as clients send them.

use std::collections::BTreeSet;

use super::*;

fn read(options: &[(&str, &str)]) -> Result<(Options, Vec<OptionWarning>), Vec<OptionProblem>> {
    let options = options
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Options::read(&options.collect(), "linux/arm64".parse().ok().as_ref())
}

fn options(options: &[(&str, &str)]) -> Options {
    let (options, warnings) = read(options).unwrap();
    assert_eq!(warnings, []);
    options
}

/// All texts of what is wrong, with their hints.
fn problems(options: &[(&str, &str)]) -> String {
    let problems = read(options).unwrap_err();
    let texts = problems
        .iter()
        .map(|problem| format!("{problem}\n  hint: {}", problem.hint()));
    texts.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_clients_send_by_themselves_makes_no_noise() {
    // `docker buildx build` with the engine's own builder, in a git work tree, behind a proxy.
    let buildx = options(&[
        ("attest:provenance", "mode=min,inline-only=true"),
        ("build-arg:BUILDKIT_SYNTAX", "railpack-frontend"),
        ("build-arg:HTTP_PROXY", "http://proxy:3128"),
        ("build-arg:no_proxy", "localhost"),
        ("cmdline", "railpack-frontend"),
        ("filename", "rpk.json"),
        ("frontend.caps", "moby.buildkit.frontend.contexts+forward"),
        ("image-resolve-mode", "local"),
        ("local-sessionid:context", "s2"),
        ("source", "railpack-frontend"),
        ("vcs:localdir:context", "."),
        ("vcs:revision", "0123"),
        ("vcs:source", "https://example.com/app.git"),
    ]);
    assert_eq!(buildx.resolve_mode, Some(ResolveMode::Local));
    assert_eq!(buildx.local_sessions["context"], "s2");
    let proxy = buildx.proxy.unwrap();
    assert_eq!(
        (proxy.http.as_str(), proxy.no.as_str()),
        ("http://proxy:3128", "localhost")
    );

    // The Engine's own API: what was not asked for is empty.
    let engine = options(&[
        ("add-hosts", ""),
        ("cache-from", ""),
        ("filename", "Dockerfile"),
    ]);
    assert_eq!(engine.platforms, ["linux/arm64".parse().unwrap()]);
    assert_eq!(engine, options(&[]));
}

#[test]
fn railpack_arguments_are_read() {
    let options = options(&[
        ("build-arg:cache-key", "app"),
        ("build-arg:secrets-hash", "abc"),
        ("build-arg:github-token", "ghp_x"),
        ("build-arg:RAILPACK_BUILT_AT", "1700000000"),
        (
            "build-arg:RAILPACK_DISABLE_CAPABILITIES",
            "mergeop, diffop,",
        ),
        ("build-arg:SOURCE_DATE_EPOCH", "0"),
        ("label:a", ""),
        ("platform", "linux/amd64"),
    ]);
    assert_eq!(options.cache_key.as_deref(), Some("app"));
    assert_eq!(options.secrets_hash.as_deref(), Some("abc"));
    assert_eq!(options.github_token, Some(Token("ghp_x".to_owned())));
    assert_eq!(options.built_at.as_deref(), Some("1700000000"));
    assert_eq!(
        options.disabled_capabilities,
        BTreeSet::from(["diffop".to_owned(), "mergeop".to_owned()])
    );
    assert_eq!(options.source_date_epoch, Some(0));
    assert_eq!(options.labels["a"], "");
    assert_eq!(options.platforms[0].architecture, "amd64");
    assert!(!format!("{options:?}").contains("ghp_x"));
}

#[test]
fn cache_mounts_are_set_apart_by_either_name() {
    let cache_key = |given: &[_]| options(given).cache_key;
    assert_eq!(
        cache_key(&[("build-arg:BUILDKIT_CACHE_MOUNT_NS", "n")]).as_deref(),
        Some("n")
    );
    let both = [
        ("build-arg:BUILDKIT_CACHE_MOUNT_NS", "n"),
        ("build-arg:cache-key", "k"),
    ];
    assert_eq!(cache_key(&both).as_deref(), Some("n/k"));
    assert_eq!(cache_key(&[("build-arg:cache-key", "")]), None);
}

#[test]
fn an_sbom_of_more_than_the_image_is_told_to_be_none() {
    let scanned = |value: &str| {
        let options = [
            ("attest:sbom", ""),
            ("build-arg:BUILDKIT_SBOM_SCAN_STAGE", value),
        ];
        let (_, warnings) = read(&options).unwrap();
        let texts = warnings
            .iter()
            .map(|warning| format!("{warning}; {}", warning.hint()));
        texts.collect::<Vec<_>>()
    };
    for value in ["", "false", "0"] {
        assert_eq!(scanned(value), [""; 0]);
    }
    for value in ["true", "build"] {
        assert_eq!(
            scanned(value),
            [
                "the build argument `BUILDKIT_SBOM_SCAN_STAGE` has no effect: an SBOM is of the image alone; \
                 build a step with `--target` for an SBOM of what is in it"
            ]
        );
    }
}

#[test]
fn the_argument_for_the_host_name_goes_before_the_option() {
    let hostname = |given: &[_]| options(given).sandbox.hostname;
    let option = ("hostname", "a");
    assert_eq!(hostname(&[option]).as_deref(), Some("a"));
    let argument = ("build-arg:BUILDKIT_SANDBOX_HOSTNAME", "b");
    assert_eq!(hostname(&[option, argument]).as_deref(), Some("b"));
}

#[test]
fn several_platforms_make_an_index_and_one_does_if_it_is_asked_for() {
    let read = |given: &[_]| {
        let options = options(given);
        let platforms = options.platforms.iter().map(ToString::to_string);
        let platforms = platforms.collect::<Vec<_>>().join(" ");
        (platforms, options.is_multi_platform)
    };
    let several = ("platform", "linux/arm64, linux/amd64,linux/aarch64");
    assert_eq!(
        read(&[several]),
        ("linux/arm64 linux/amd64".to_owned(), true)
    );
    assert_eq!(read(&[]), ("linux/arm64".to_owned(), false));
    let index = ("multi-platform", "true");
    assert!(read(&[index]).1);
    assert!(!read(&[index, ("build-arg:BUILDKIT_MULTI_PLATFORM", "0")]).1);
}

#[test]
fn no_cache_is_everything_or_a_list_of_steps() {
    assert_eq!(options(&[]).no_cache, NoCache::Never);
    assert_eq!(options(&[("no-cache", "")]).no_cache, NoCache::All);
    assert_eq!(
        options(&[("no-cache", "build, install")]).no_cache,
        NoCache::Steps(BTreeSet::from(["build".to_owned(), "install".to_owned()]))
    );
}

#[test]
fn cache_imports_are_read_in_both_forms() {
    let imports = options(&[
        (
            "cache-imports",
            r#"[{"Type":"gha","Attrs":{"scope":"x"}},{"Type":"inline","Attrs":null}]"#,
        ),
        ("cache-from", "a:1,b:2"),
    ])
    .cache_imports;
    let shown: Vec<_> = imports
        .iter()
        .map(|import| format!("{} {:?}", import.kind, import.attributes))
        .collect();
    assert_eq!(
        shown,
        [
            r#"registry {"ref": "a:1"}"#,
            r#"registry {"ref": "b:2"}"#,
            r#"gha {"scope": "x"}"#,
            "inline {}"
        ]
    );
    assert_eq!(options(&[("cache-imports", "null")]).cache_imports, []);
}

#[test]
fn the_plan_is_where_the_user_says() {
    let location = |given: &[_]| {
        let location = options(given).plan_location;
        format!(
            "{} {}",
            location.local,
            location.filename.as_deref().unwrap_or("(default names)")
        )
    };
    assert_eq!(location(&[]), "dockerfile (default names)");
    assert_eq!(
        location(&[("filename", "deploy/plan.json")]),
        "dockerfile deploy/plan.json"
    );
    // No `--file`.
    assert_eq!(
        location(&[("filename", "Dockerfile")]),
        "dockerfile (default names)"
    );
    // `--file -`.
    assert_eq!(
        location(&[("filename", "Dockerfile"), ("dockerfilekey", "dockerfile")]),
        "dockerfile Dockerfile"
    );
    // The engine found the frontend's name in the file.
    assert_eq!(
        location(&[("cmdline", "railpack-frontend")]),
        "dockerfile Dockerfile"
    );
    assert_eq!(
        location(&[("cmdline", "railpack-frontend"), ("filename", "rpk.json")]),
        "dockerfile rpk.json"
    );
}

#[test]
fn a_named_context_may_replace_the_frontend_image() {
    for (context, source) in [
        ("context:frontend", "frontend"),
        ("context:frontend", "docker.io/library/frontend:latest"),
        ("context:frontend::linux/amd64", "frontend:latest"),
        ("context:me/frontend:v1", "docker.io/me/frontend:v1"),
        (
            "context:localhost:5000/frontend",
            "localhost:5000/frontend:latest",
        ),
    ] {
        let given = options(&[(context, "docker-image://x"), ("source", source)]);
        assert_eq!(given.contexts.named, [], "{context} {source}");
    }
    let given = options(&[
        ("context:other", "docker-image://x"),
        ("source", "frontend"),
    ]);
    assert_eq!(given.contexts.named[0].name, "other");
}

#[test]
fn named_contexts_come_with_what_clients_say_of_them() {
    let given = options(&[
        ("context:base", "input:base"),
        ("context:base::linux/amd64", "local:there"),
        ("input-metadata:base", "{}"),
        ("sharedkey:localdir:base::linux/amd64", "key"),
    ]);
    let [everywhere, here] = given.contexts.named.as_slice() else {
        panic!("{:?}", given.contexts)
    };
    assert_eq!(everywhere.platform, None);
    assert_eq!(everywhere.source, ContextSource::Input("base".to_owned()));
    assert_eq!(everywhere.shared_key, "");
    assert_eq!(here.platform, "linux/amd64".parse().ok());
    assert_eq!(here.source, ContextSource::Local("there".to_owned()));
    assert_eq!(here.shared_key, "key");
    assert_eq!(given.contexts.input_metadata["base"], "{}");
}

#[test]
fn the_context_may_be_elsewhere_and_named_by_another_option() {
    let url = "https://example.com/app.git#main:docs";
    let given = options(&[
        ("build-arg:BUILDKIT_CONTEXT_KEEP_GIT_DIR", "1"),
        ("contextkey", "other"),
        ("contextsubdir", "sub"),
        ("other", url),
    ]);
    let Some(ContextSource::Git(git)) = given.contexts.main else {
        panic!("{:?}", given.contexts)
    };
    assert_eq!(git.url, "https://example.com/app.git");
    assert!(given.contexts.keep_git_directory);
    assert_eq!(given.contexts.subdirectory.as_deref(), Some("sub"));
    let session = "http://buildkit-session/0123";
    assert_eq!(
        options(&[("context", session)]).contexts.main,
        Some(ContextSource::Http(session.to_owned()))
    );
}

#[test]
fn everything_wrong_is_told_at_once() {
    insta::assert_snapshot!(problems(&[
        ("memory", "1"),
        ("add-hosts", "a=b"),
        ("build-arg:SOURCE_DATE_EPOCH", "context"),
        ("cache-imports", "[{]"),
        ("context", "https://user:secret@example.com/app.git?token=secret#main"),
        ("context:debian", "https://user:secret@example.com/app.git?token=secret#main"),
        ("image-resolve-mode", "always"),
        ("multi-platform", "false"),
        ("build-arg:BUILDKIT_MULTI_PLATFORM", "perhaps"),
        ("platform", "linux/amd64,linux/arm64"),
        ("force-network-mode", "bridge"),
    ]), @r#"
    the option `add-hosts` (`docker build --add-host`) is `a=b`: an IP address is expected behind `=`
      hint: give `--add-host host.example.com:192.0.2.1`
    the option `multi-platform` is `perhaps`, which is neither `true` nor `false`
      hint: give `true` or `false`
    the build argument `SOURCE_DATE_EPOCH` is `context`, which is not a time
      hint: give the whole seconds since 1970, as `date +%s` prints them
    the option `cache-imports` is not a JSON array of caches: it goes wrong at character 3 of line 1
      hint: give caches as `[{"Type":"registry","Attrs":{"ref":"registry/image:tag"}}]`
    the build context `https://example.com/app.git` is none: `token` in it is not supported
      hint: give a directory, the URL of a git repository as `https://host/app.git#branch:directory`, or that of an archive
    the build context `debian=https://example.com/app.git` (`docker build --build-context`) cannot be used: `token` in it is not supported
      hint: give `NAME=DIRECTORY`, `NAME=docker-image://IMAGE`, `NAME=oci-layout://DIRECTORY@DIGEST`, or the URL of a git repository or a file
    the option `force-network-mode` (`docker build --network`) is `bridge`: a build has no such network
      hint: give `default`, `none` or `host`
    the option `image-resolve-mode` is `always`, which is not a way to resolve images
      hint: give `default`, `pull` or `local`
    the option `memory` (`docker build --memory`) is not supported yet
      hint: build without `--memory`
    several platforms make an index, and the option `multi-platform` is `false`
      hint: give one platform, or leave that option out
    "#);
    insta::assert_snapshot!(problems(&[("platform", "windows/amd64")]), @r"
    the platform `windows/amd64` is not supported: plans make Linux images
      hint: name one as `linux/amd64` or `linux/arm64`: `docker build --platform linux/amd64`
    ");
}

#[test]
fn without_a_platform_there_is_no_build() {
    let problems = Options::read(&BTreeMap::new(), None).unwrap_err();
    assert_eq!(problems, [OptionProblem::NoPlatform]);
}

#[test]
fn options_without_effect_are_warned_of() {
    let (_, warnings) = read(&[
        ("build-arg:NODE_ENV", "production"),
        ("build-arg:TOKEN", "secret"),
        ("cache-key", "x"),
        ("verbose", "1"),
    ])
    .unwrap();
    let texts: Vec<_> = warnings
        .iter()
        .map(|warning| format!("{warning}\n  hint: {}", warning.hint()))
        .collect();
    insta::assert_snapshot!(texts.join("\n"), @r"
    the option `cache-key` has no effect; it is a build argument
      hint: give it as `--opt build-arg:cache-key=...`
    the option `verbose` is not known and has no effect
      hint: leave it out, or check its spelling
    One or more build-args were not consumed: NODE_ENV, TOKEN
      hint: variables of the build are in the plan: give them to `railpack plan --env NAME=value`. Build arguments that are read: cache-key, secrets-hash, github-token, RAILPACK_BUILT_AT, RAILPACK_DISABLE_CAPABILITIES, SOURCE_DATE_EPOCH
    ");
}

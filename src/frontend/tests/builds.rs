//! What is asked of the engine, and what it is given.

use super::*;

#[tokio::test]
async fn a_plan_becomes_an_image() {
    let engine = engine(&[("rpk.json", PLAN)]);
    let options = [
        (
            "cache-imports",
            r#"[{"Type":"registry","Attrs":{"ref":"a:cache"}}]"#,
        ),
        ("label:a", "b"),
        ("build-arg:SOURCE_DATE_EPOCH", "1700000000"),
        ("image-resolve-mode", "pull"),
        ("build-arg:https_proxy", "http://proxy:3128"),
    ];
    build(&engine, &options).await;

    {
        let calls = engine.calls();
        assert_eq!(
            calls.names,
            [
                "ping",
                "solve",
                "stat rpk.json",
                "read rpk.json",
                "resolve source meta",
                "solve",
                "return"
            ]
        );
        assert_eq!(calls.source_metas[0].resolve_mode, "pull");
        assert_eq!(
            calls.source_metas[0]
                .platform
                .as_ref()
                .unwrap()
                .architecture,
            "amd64"
        );
        assert_eq!(calls.solves[0].cache_imports, []);
        assert_eq!(calls.solves[1].cache_imports[0].attrs["ref"], "a:cache");

        let source = calls.solves[1]
            .definition
            .as_ref()
            .unwrap()
            .source
            .as_ref()
            .unwrap();
        assert_eq!(source.infos[0].filename, "rpk.json");
        assert_eq!(source.infos[0].data, PLAN.as_bytes());

        let result = calls.returns[0].result.as_ref().unwrap();
        assert!(
            matches!(&result.result, Some(WireResult::Ref(reference)) if reference.id == "ref1")
        );
        assert_eq!(result.metadata["source.date.epoch"], b"1700000000");
        let config: Value =
            serde_json::from_slice(&result.metadata["containerimage.config"]).unwrap();
        assert_eq!(config["architecture"], "amd64");
        assert_eq!(config["config"]["Labels"]["a"], "b");
    }
    let proxies = ops(&engine, 1).into_iter().filter_map(|op| match op.op {
        Some(pb::op::Op::Exec(exec)) => exec.meta?.proxy_env,
        _ => None,
    });
    let proxies: Vec<_> = proxies.map(|proxy| proxy.https_proxy).collect();
    assert_eq!(proxies, ["http://proxy:3128"]);
    let file = sources(&engine, 0);
    assert_eq!(file[0].0, "local://dockerfile");
    assert_eq!(file[0].1["local.session"], "session1");
    assert_eq!(
        file[0].1["local.followpaths"],
        r#"["rpk.json","railpack-plan.json"]"#
    );
    let sources: BTreeMap<_, _> = sources(&engine, 1).into_iter().collect();
    let image = format!("docker-image://{DEBIAN}@sha256:0123");
    assert_eq!(sources[&image]["image.resolvemode"], "pull");
    assert_eq!(sources["local://context"]["local.session"], "session1");
}

#[tokio::test]
async fn an_old_engine_builds_too() {
    let engine = Engine {
        files: BTreeMap::from([("rpk.json", File::new(PLAN))]),
        images: BTreeMap::from([(DEBIAN, ("sha256:0123", DEBIAN_CONFIG))]),
        ..Engine::old()
    };
    build(&engine, &[("build-arg:UNUSED", "x")]).await;
    let calls = engine.calls();
    assert_eq!(
        calls.names,
        [
            "ping",
            "solve",
            "stat rpk.json",
            "read rpk.json",
            "resolve image config",
            "solve",
            "return"
        ]
    );
    let result = calls.returns[0].result.as_ref().unwrap();
    assert_eq!(
        result.result,
        Some(WireResult::RefDeprecated("ref1".to_owned()))
    );
}

#[tokio::test]
async fn the_plan_is_read_from_where_the_user_says() {
    let plan = format!("# syntax=example.com/frontend\n{PLAN}");
    let files = [
        ("railpack-plan.json", PLAN),
        ("deploy/plan.json", plan.as_str()),
    ];
    let default = engine(&files);
    build(&default, &[]).await;
    assert_eq!(
        default.calls().names[2..5],
        [
            "stat rpk.json",
            "stat railpack-plan.json",
            "read railpack-plan.json"
        ]
    );

    let named = engine(&files);
    let options = [
        ("filename", "deploy/plan.json"),
        ("dockerfilekey", "plans"),
        ("local-sessionid:plans", "session2"),
        ("local-sessionid:context", "session3"),
    ];
    build(&named, &options).await;
    assert_eq!(
        named.calls().names[2..4],
        ["stat deploy/plan.json", "read deploy/plan.json"]
    );
    let (identifier, attributes) = &sources(&named, 0)[0];
    assert_eq!(identifier, "local://plans");
    assert_eq!(attributes["local.session"], "session2");
    let context = sources(&named, 1)
        .into_iter()
        .find(|(identifier, _)| identifier == "local://context");
    assert_eq!(context.unwrap().1["local.session"], "session3");
}

#[tokio::test]
async fn the_platform_is_the_users_then_the_processes_then_the_engines() {
    let arm: Platform = "linux/arm64".parse().unwrap();
    for (asked, default, expected) in [
        (Some("linux/s390x"), Some(arm.clone()), "s390x"),
        (None, Some(arm), "arm64"),
        (None, None, "amd64"),
    ] {
        let engine = engine(&[("rpk.json", PLAN)]);
        let options = asked.map(|platform| ("platform".to_owned(), platform.to_owned()));
        let request = Request {
            options: options.into_iter().collect(),
            session: None,
            default_platform: default,
            ..Request::default()
        };
        run(&engine.open().await, &request).await.unwrap();
        let asked = engine.calls().source_metas[0].platform.clone().unwrap();
        assert_eq!(asked.architecture, expected);
    }
}

#[tokio::test]
async fn the_definition_is_the_same_each_time() {
    let definition = async || {
        let engine = engine(&[("rpk.json", PLAN)]);
        build(&engine, &[("label:a", "1"), ("label:b", "2")]).await;
        let calls = engine.calls();
        let definition = calls.solves[1].definition.as_ref().unwrap().encode_to_vec();
        (definition, calls.returns[0].encode_to_vec())
    };
    let first = definition().await;
    for _ in 0..10 {
        assert_eq!(definition().await, first);
    }
}

#[cfg(feature = "client")]
#[tokio::test]
async fn a_definition_is_handed_out_before_the_build_ends() {
    let engine = engine(&[("rpk.json", PLAN)]);
    let bridge = engine.open().await;
    let mut definition = None;
    let keep = |made| {
        assert!(engine.calls().returns.is_empty());
        definition = Some(made);
    };
    super::super::define(&bridge, &request(&[]), keep)
        .await
        .unwrap();
    assert_eq!(engine.calls().returns.len(), 1);
    assert!(
        engine
            .calls()
            .solves
            .iter()
            .all(|solve| solve.definition != definition)
    );
    assert!(!definition.unwrap().def.is_empty());
}

#[tokio::test]
async fn several_platforms_make_an_index() {
    let engine = engine(&[("rpk.json", PLAN)]);
    build(&engine, &[("platform", "linux/arm64,linux/arm/v6")]).await;
    {
        let calls = engine.calls();
        // One read of the plan, then each platform's image and graph.
        assert_eq!(calls.solves.len(), 3);
        let architectures = calls.source_metas.iter().map(|request| {
            let platform = request.platform.as_ref().unwrap();
            platform.architecture.as_str()
        });
        assert_eq!(architectures.collect::<Vec<_>>(), ["arm64", "arm"]);
        let result = calls.returns[0].result.as_ref().unwrap();
        let Some(WireResult::Refs(refs)) = &result.result else {
            panic!("{result:?}");
        };
        let ids: Vec<_> = refs.refs.keys().map(String::as_str).collect();
        assert_eq!(ids, ["linux/arm/v6", "linux/arm64"]);
        assert_eq!(
            String::from_utf8_lossy(&result.metadata["refs.platforms"]),
            r#"{"Platforms":[{"ID":"linux/arm64","Platform":{"architecture":"arm64","os":"linux"}},{"ID":"linux/arm/v6","Platform":{"architecture":"arm","os":"linux","variant":"v6"}}]}"#
        );
        for (id, architecture) in [("linux/arm64", "arm64"), ("linux/arm/v6", "arm")] {
            let config = &result.metadata[&format!("containerimage.config/{id}")];
            let config: Value = serde_json::from_slice(config).unwrap();
            assert_eq!(config["architecture"], architecture);
        }
        assert!(!result.metadata.contains_key("containerimage.config"));
    }
    let names = |solve: usize| {
        let definition = engine.calls().solves[solve].definition.clone().unwrap();
        let names = definition.metadata.into_values();
        let names = names.map(|metadata| pb::OpMetadata::decode(&*metadata).unwrap());
        let names = names.filter_map(|mut metadata| metadata.description.remove("llb.customname"));
        names.collect::<Vec<_>>()
    };
    assert!(names(1).contains(&"[linux/arm64 Build] make".to_owned()));
    assert!(names(2).contains(&"[linux/arm/v6 Build] make".to_owned()));
}

#[tokio::test]
async fn an_index_may_be_of_one_platform() {
    let engine = engine(&[("rpk.json", PLAN)]);
    build(&engine, &[("multi-platform", "true")]).await;
    let calls = engine.calls();
    let result = calls.returns[0].result.as_ref().unwrap();
    let Some(WireResult::Refs(refs)) = &result.result else {
        panic!("{result:?}");
    };
    assert!(refs.refs.contains_key("linux/amd64"));
}

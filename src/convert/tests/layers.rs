//! What steps and the image start from.

use super::*;

#[test]
fn independent_steps_are_parallel_branches() {
    let decoded = converted(&plan(
        r#"{"name": "left", "inputs": [{"image": "builder"}], "commands": [{"cmd": "make left"}]},
           {"name": "right", "inputs": [{"image": "builder"}], "commands": [{"cmd": "make right"}]},
           {"name": "last", "inputs": [{"step": "left"}, {"step": "right", "include": ["/out"]}], "commands": [{"cmd": "make last"}]}"#,
    ));
    let (left, right) = (
        decoded.exec("[left] make left").0,
        decoded.exec("[right] make right").0,
    );
    assert_eq!(left.inputs, right.inputs);
    assert_eq!(
        Decoded::source(decoded.input(left, 0)).identifier,
        format!("docker-image://{BUILDER}")
    );
    let Some(pb::op::Op::Merge(_)) = &decoded.input(decoded.exec("[last] make last").0, 0).op
    else {
        panic!("the last step does not start from a merge");
    };
}

#[test]
fn the_local_tree_leaves_out_what_the_plan_excludes() {
    let json = plan(
        r#"{"name": "last", "inputs": [{"image": "builder"}, {"local": true, "include": ["."]}]}"#,
    )
    .replacen('{', r#"{"exclude": ["node_modules", "!keep"], "#, 1);
    let options = ConvertOptions {
        session: Some("session".to_owned()),
        ..modern()
    };
    let decoded = converted_with(&json, &options);
    let name = "[last] copy . from the app's tree";
    let copy = decoded.copies(name)[0].clone();
    assert_eq!(
        (
            copy.src.as_str(),
            copy.dest.as_str(),
            copy.dir_copy_contents
        ),
        ("/", "/app", true)
    );
    let context = Decoded::source(decoded.input(decoded.named(name), 1));
    assert_eq!(
        context.attrs,
        BTreeMap::from(
            [
                ("local.excludepatterns", r#"["node_modules","!keep"]"#),
                ("local.session", "session"),
                ("local.sharedkeyhint", "context"),
            ]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
        )
    );
}

#[test]
fn a_local_path_keeps_only_its_last_name_and_others_keep_their_place() {
    let decoded = converted(&plan(
        r#"{"name": "first", "inputs": [{"image": "builder"}]},
           {"name": "last", "inputs": [{"image": "builder"},
              {"local": true, "include": ["deep/config", "src/*.txt"]},
              {"step": "first", "include": ["dist", ".", "/opt/tool", "/opt/lib*/x"]}]}"#,
    ));
    let pairs = |name: &str| {
        let copies = decoded.copies(name).into_iter();
        copies
            .map(|copy| {
                (
                    copy.src.clone(),
                    copy.dest.clone(),
                    copy.include_patterns.join(","),
                )
            })
            .collect::<Vec<_>>()
    };
    let expect = |expected: &[(&str, &str, &str)]| {
        let owned = expected
            .iter()
            .map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned()));
        owned.collect::<Vec<_>>()
    };
    assert_eq!(
        pairs("[last] copy deep/config, src/*.txt from the app's tree"),
        expect(&[
            ("/deep/config", "/app/config", ""),
            ("/src", "/app", "*.txt")
        ])
    );
    assert_eq!(
        pairs("[last] copy dist, ., /opt/tool, /opt/lib*/x from first"),
        expect(&[
            ("/app/dist", "/app/dist", ""),
            ("/app", "/app", ""),
            ("/opt/tool", "/opt/tool", ""),
            ("/opt", "/opt", "lib*/x"),
        ])
    );
}

/// The cases by which the reference decides; see `overlap`.
#[test]
fn layers_merge_unless_they_overlap() {
    let cases = [
        (
            r#"[{"step": "a", "include": ["/app/x"]}, {"step": "b", "include": ["."], "exclude": ["x"]}, {"step": "b", "include": ["/root/.cache"]}]"#,
            true,
        ),
        (
            r#"[{"step": "a", "include": ["/mise/shims", "/mise/installs"]}, {"step": "b", "include": ["/root/.cache"]}]"#,
            true,
        ),
        (
            r#"[{"step": "a", "include": ["."]}, {"step": "b", "include": [".", "/root/.cache"]}]"#,
            false,
        ),
        (
            r#"[{"step": "a", "include": ["/x", "."], "exclude": ["m", ".y"]}, {"step": "b", "include": ["/z", "."]}]"#,
            false,
        ),
        (
            r#"[{"step": "a", "include": ["/app/m"]}, {"step": "b", "include": ["/app"]}]"#,
            false,
        ),
        (
            r#"[{"step": "a", "include": ["/app/m"]}, {"step": "b", "include": ["/app"], "exclude": ["m"]}]"#,
            true,
        ),
        (
            r#"[{"step": "a", "include": ["/app/m/.cache"]}, {"step": "b", "include": ["/app"], "exclude": ["m"]}]"#,
            true,
        ),
        (
            r#"[{"step": "a", "include": [".nvmrc"]}, {"step": "b", "include": ["."], "exclude": ["m", ".y"]}]"#,
            false,
        ),
        (
            r#"[{"step": "a", "include": [".nvmrc"]}, {"step": "b", "include": ["."], "exclude": ["m", ".nvmrc"]}]"#,
            true,
        ),
        (
            r#"[{"step": "a", "include": ["/app/m", "/app/dist"]}, {"step": "b", "include": ["/app"], "exclude": ["m"]}]"#,
            false,
        ),
        (
            r#"[{"step": "a", "include": ["/app-foo"]}, {"step": "b", "include": ["/app"]}]"#,
            true,
        ),
        (
            r#"[{"step": "a", "include": ["/"]}, {"step": "b", "include": ["/x"]}]"#,
            false,
        ),
        (
            r#"[{"step": "a", "include": ["/x"]}, {"local": true, "include": ["y"]}]"#,
            false,
        ),
    ];
    for (inputs, merges) in cases {
        let json = plan(&format!(
            r#"{{"name": "a", "inputs": [{{"image": "a"}}]}}, {{"name": "b", "inputs": [{{"image": "b"}}]}},
               {{"name": "last", "inputs": [{{"image": "builder"}}, {}, "commands": [{{"cmd": "true"}}]}}"#,
            &inputs[1..]
        ));
        let kind = |decoded: &Decoded| {
            matches!(
                decoded.input(decoded.exec("[last] true").0, 0).op,
                Some(pb::op::Op::Merge(_))
            )
        };
        assert_eq!(kind(&converted(&json)), merges, "{inputs}");
        let no_merge = ConvertOptions {
            capabilities: CapabilitySet::from_iter([
                capability::FILE_COPY_INCLUDE_EXCLUDE_PATTERNS,
            ]),
            ..modern()
        };
        assert!(!kind(&converted_with(&json, &no_merge)), "{inputs}");
    }
}

/// Docker 20.10 copies without a filter; what is to be left out is removed from a tree that nobody else has.
#[test]
fn an_old_engine_filters_by_removing() {
    let json = plan(
        r#"{"name": "first", "inputs": [{"image": "builder"}]},
           {"name": "last", "inputs": [{"image": "builder"},
              {"step": "first", "include": [".", "/opt"], "exclude": ["node_modules", "a/b"]}]}"#,
    );
    let options = ConvertOptions {
        capabilities: CapabilitySet::frozen_defaults(),
        ..modern()
    };
    let decoded = converted_with(&json, &options);
    for (include, directory) in [(".", "/app"), ("/opt", "/opt")] {
        let name = format!("[last] filter {include} from first");
        let Some(pb::op::Op::File(file)) = &decoded.named(&name).op else {
            panic!("{name} is no file op");
        };
        let removed: Vec<_> = file.actions[1..]
            .iter()
            .map(|action| match &action.action {
                Some(pb::file_action::Action::Rm(remove)) => {
                    (&*remove.path, remove.allow_not_found, remove.allow_wildcard)
                }
                other => panic!("{other:?} is no removal"),
            })
            .collect();
        assert_eq!(
            removed,
            [
                (&*format!(r"{directory}/[\n]ode_modules"), true, true),
                (&*format!(r"{directory}/[\a]/b"), true, true)
            ]
        );
        // Onto scratch, and not where the copy goes.
        assert_eq!(file.actions[0].input, -1);
    }
    let name = "[last] copy ., /opt from first";
    let copies = decoded.copies(name);
    let places: Vec<_> = copies
        .iter()
        .map(|copy| (&*copy.src, &*copy.dest, copy.exclude_patterns.len()))
        .collect();
    assert_eq!(places, [("/app", "/app", 0), ("/opt", "/opt", 0)]);
    let filtered = decoded.input(decoded.named(name), 1);
    assert_eq!(filtered, decoded.named("[last] filter . from first"));
}

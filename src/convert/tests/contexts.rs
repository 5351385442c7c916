//! What stands in for what the plan names.

use super::*;
use crate::llb::{Graph, LocalSource, Metadata, Source};

/// A context that is a directory of the client's.
fn directory(name: &str, config: &str) -> Context {
    let mut graph = Graph::new();
    let source = Source::Local(LocalSource {
        name: name.to_owned(),
        ..LocalSource::default()
    });
    let output = graph.source(source, Metadata::default());
    Context {
        definition: graph.definition(output, &[], &CapabilitySet::default()),
        config: config.as_bytes().to_vec(),
    }
}

const CONFIG: &str = r#"{"config": {"Env": ["FROM=context"]}}"#;

/// The steps `packages` and, behind it, `last`.
fn two_steps() -> String {
    plan(
        r#"{"name": "packages", "inputs": [{"image": "builder"}], "variables": {"A": "1"}, "commands": [{"cmd": "install"}]},
           {"name": "last", "inputs": [{"step": "packages"}, {"image": "tools:1", "include": ["/bin"]}],
            "commands": [{"image": "tools:1", "src": "/a", "dest": "/b"}, {"src": ".", "dest": "."}, {"cmd": "make"}]}"#,
    )
}

fn with(contexts: Contexts) -> ConvertOptions {
    ConvertOptions {
        contexts,
        ..modern()
    }
}

fn sources(decoded: &Decoded) -> Vec<&str> {
    let sources = decoded.ops.values().filter_map(|op| match &op.op {
        Some(pb::op::Op::Source(source)) => Some(source.identifier.as_str()),
        _ => None,
    });
    let mut sources: Vec<_> = sources.collect();
    sources.sort_unstable();
    sources
}

#[test]
fn an_image_is_replaced_wherever_it_is_named() {
    let tools = "docker.io/library/tools:1".to_owned();
    let contexts = Contexts {
        images: BTreeMap::from([(tools, directory("tools", ""))]),
        ..Contexts::default()
    };
    let json = two_steps();
    assert_eq!(
        images(&valid(&json), None, &contexts),
        [BUILDER.to_owned()].into()
    );
    let decoded = converted_with(&json, &with(contexts));
    assert_eq!(
        sources(&decoded),
        [
            format!("docker-image://{BUILDER}").as_str(),
            "local://context",
            "local://tools"
        ]
    );
}

#[test]
fn a_step_is_replaced_and_what_only_it_needs_is_not_looked_at() {
    let contexts = Contexts {
        steps: BTreeMap::from([("packages".to_owned(), directory("packages", CONFIG))]),
        ..Contexts::default()
    };
    let json = two_steps();
    assert_eq!(
        images(&valid(&json), None, &contexts),
        ["docker.io/library/tools:1".to_owned()].into()
    );
    let decoded = converted_with(&json, &with(contexts));
    assert_eq!(
        sources(&decoded),
        [
            "docker-image://docker.io/library/tools:1",
            "local://context",
            "local://packages"
        ]
    );
    let environment = decoded.environment("[last] make");
    assert!(
        environment.contains(&"FROM=context".to_owned()),
        "{environment:?}"
    );
    assert!(!environment.contains(&"A=1".to_owned()), "{environment:?}");
}

#[test]
fn a_replaced_step_does_not_hide_the_environment_of_what_it_was_built_on() {
    let json = plan(
        r#"{"name": "a", "inputs": [{"image": "builder"}], "variables": {"A": "1"}},
           {"name": "b", "inputs": [{"step": "a"}], "variables": {"B": "1"}},
           {"name": "last", "inputs": [{"step": "b"}, {"step": "a", "include": ["/x"]}], "commands": [{"cmd": "make"}]}"#,
    );
    let contexts = Contexts {
        steps: BTreeMap::from([("b".to_owned(), directory("b", ""))]),
        ..Contexts::default()
    };
    let decoded = converted_with(&json, &with(contexts));
    let environment = decoded.environment("[last] make");
    assert!(environment.contains(&"A=1".to_owned()), "{environment:?}");
}

#[test]
fn the_app_may_be_elsewhere_and_what_the_plan_leaves_out_stays_out() {
    let contexts = || Contexts {
        main: Some(directory("elsewhere", "")),
        ..Contexts::default()
    };
    let decoded = converted_with(&two_steps(), &with(contexts()));
    assert!(sources(&decoded).contains(&"local://elsewhere"));
    assert!(!sources(&decoded).contains(&"local://context"));

    let excluding = two_steps().replacen('{', r#"{"exclude": ["*.log", "!a.log"], "#, 1);
    let decoded = converted_with(&excluding, &with(contexts()));
    let copies = decoded.copies("load the app's tree");
    let [copy] = copies.as_slice() else {
        panic!("{copies:?}")
    };
    assert_eq!((copy.src.as_str(), copy.dest.as_str()), ("/", "/"));
    assert!(copy.dir_copy_contents);
    assert_eq!(copy.exclude_patterns, ["*.log", "!a.log"]);
}

#[test]
fn nothing_in_place_of_a_step_is_a_tree_without_files() {
    let contexts = Contexts {
        steps: BTreeMap::from([("packages".to_owned(), Context::default())]),
        ..Contexts::default()
    };
    let json = plan(
        r#"{"name": "packages", "inputs": [{"image": "builder"}]},
           {"name": "last", "inputs": [{"step": "packages"}, {"local": true, "include": ["."]}]}"#,
    );
    let decoded = converted_with(&json, &with(contexts));
    assert_eq!(sources(&decoded), ["local://context"]);
}

#[test]
fn what_cannot_be_used_is_told_with_its_place() {
    let told = |contexts: Contexts, json: &str| {
        let errors = convert(&valid(json), &with(contexts)).unwrap_err();
        let texts = errors.iter().map(|error| {
            let line = error.span().map_or(0, |span| span.start.line);
            format!("{line}: {error}; hint: {}", error.hint())
        });
        texts.collect::<Vec<_>>().join("\n")
    };
    let broken = Context {
        definition: pb::Definition {
            def: vec![vec![0xff].into()],
            ..pb::Definition::default()
        },
        config: b"{".to_vec(),
    };
    let contexts = Contexts {
        steps: BTreeMap::from([("packages".to_owned(), broken)]),
        ..Contexts::default()
    };
    insta::assert_snapshot!(told(contexts, &two_steps()), @r"
    1: the configuration of the image `packages` cannot be read: EOF while parsing an object at line 1 column 1; hint: `packages` must be a container image; an artifact of another kind has no file system to build on
    1: the build context `packages` is no build graph: an op cannot be decoded: failed to decode Protobuf message: invalid varint; hint: the client that sent it must be repaired
    ");
    let contexts = Contexts {
        steps: BTreeMap::from([("last".to_owned(), Context::default())]),
        ..Contexts::default()
    };
    insta::assert_snapshot!(told(contexts, &two_steps()), @"3: the step `deploy` has no files to make an image of; hint: build another step, or the image: `--target deploy`");
}

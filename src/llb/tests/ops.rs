//! Ops of a definition, decoded and looked at one by one.

use super::everything::Everything;
use super::pieces::{base, local, make_file, ops, run};
use crate::llb::{Access, CapabilitySet, ContentCache, Graph, Metadata, Mount, MountKind, Output};
use crate::proto::pb;

#[test]
fn scratch_adds_nothing_to_a_merge() {
    let mut graph = Graph::new();
    let a = base(&mut graph);
    let b = local(&mut graph, "context");
    let mut merge = |layers: &[Option<Output>]| graph.merge(layers, Metadata::default());
    assert_eq!(merge(&[]), None);
    assert_eq!(merge(&[None, None]), None);
    assert_eq!(merge(&[None, Some(a), None]), Some(a));
    let merged = merge(&[Some(a), None, Some(b)]).unwrap();
    let ops = ops(&graph
        .clone()
        .definition(merged, &[], &CapabilitySet::default()));
    let Some(pb::op::Op::Merge(op)) = &ops[2].op else {
        panic!("{ops:?}")
    };
    assert_eq!(
        op.inputs,
        [pb::MergeInput { input: 0 }, pb::MergeInput { input: 1 }]
    );
    assert_eq!(ops[2].inputs[0].digest, graph.digest(a));
    assert_eq!(ops[2].inputs[1].digest, graph.digest(b));
    assert_eq!(ops[2].platform, None);
}

#[test]
fn a_diff_from_scratch_is_its_upper_tree() {
    let mut graph = Graph::new();
    let a = base(&mut graph);
    let mut diff = |lower, upper| graph.diff(lower, upper, Metadata::default());
    assert_eq!(diff(None, None), None);
    assert_eq!(diff(None, Some(a)), Some(a));
    let emptied = diff(Some(a), None).unwrap();
    let ops = ops(&graph.definition(emptied, &[], &CapabilitySet::default()));
    let Some(pb::op::Op::Diff(op)) = &ops[1].op else {
        panic!("{ops:?}")
    };
    assert_eq!(op.lower, Some(pb::LowerDiffInput { input: 0 }));
    assert_eq!(op.upper, Some(pb::UpperDiffInput { input: -1 }));
}

#[test]
fn no_actions_leave_the_base_as_it_is() {
    let mut graph = Graph::new();
    let a = base(&mut graph);
    assert_eq!(graph.file(Some(a), vec![], Metadata::default()), a);
}

#[test]
fn actions_are_a_chain_with_one_output() {
    let mut graph = Graph::new();
    let base = base(&mut graph);
    let actions = vec![make_file("/a"), make_file("/b"), make_file("/c")];
    let file = graph.file(Some(base), actions, Metadata::default());
    let ops = ops(&graph.definition(file, &[], &CapabilitySet::default()));
    let Some(pb::op::Op::File(op)) = &ops[1].op else {
        panic!("{ops:?}")
    };
    let indexes: Vec<_> = op
        .actions
        .iter()
        .map(|a| (a.input, a.secondary_input, a.output))
        .collect();
    assert_eq!(indexes, [(0, -1, -1), (1, -1, -1), (2, -1, 0)]);
}

#[test]
fn mounts_share_inputs_and_number_their_outputs_by_destination() {
    let mut graph = Graph::new();
    let base = base(&mut graph);
    let context = local(&mut graph, "context");
    let bind = |destination: &str, input, access| Mount {
        destination: destination.into(),
        kind: MountKind::Bind {
            input,
            selector: None,
            access,
            content_cache: ContentCache::Default,
        },
    };
    let mut exec = run(&["make"], Some(base));
    exec.mounts = vec![
        bind("/z", Some(context), Access::ReadWrite),
        bind("/b", None, Access::ReadOnly),
        bind("/a", Some(base), Access::ReadWrite),
        bind("/m", Some(context), Access::ReadWriteDiscard),
    ];
    let outputs = graph.exec(exec, Metadata::default());
    let ops = ops(&graph.definition(outputs.root(), &[], &CapabilitySet::default()));
    let Some(pb::op::Op::Exec(op)) = &ops[2].op else {
        panic!("{ops:?}")
    };
    let mounts: Vec<_> = op
        .mounts
        .iter()
        .map(|m| (m.dest.as_str(), m.input, m.output, m.readonly))
        .collect();
    assert_eq!(
        mounts,
        [
            ("/", 0, 0, false),
            ("/a", 0, 1, false),
            ("/b", -1, -1, true),
            ("/m", 1, -1, false),
            ("/z", 1, 2, false),
        ]
    );
    assert_eq!(outputs.root().index, 0);
    assert_eq!(outputs.mount("/"), Some(outputs.root()));
    assert_eq!(outputs.mount("/a").unwrap().index, 1);
    assert_eq!(outputs.mount("/z").unwrap().index, 2);
    assert_eq!(outputs.mount("/b"), None);
    assert_eq!(outputs.mount("/m"), None);
    assert_eq!(
        op.meta
            .as_ref()
            .map(|meta| meta.remove_mount_stubs_recursive),
        Some(true)
    );
}

#[test]
fn a_result_needs_what_its_ops_need() {
    let everything = Everything::new();
    let needs = |name: &str| {
        let needs = everything
            .graph
            .required_capabilities(everything.output(name));
        needs.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(needs("image"), ["constraints", "platform", "source.image"]);
    assert_eq!(
        needs("mkdir on scratch"),
        ["constraints", "file.base", "platform"]
    );
    insta::assert_snapshot!(needs("top").join("\n"), @r"
    constraints
    diffop
    exec.meta.base
    exec.meta.cgroup.parent
    exec.meta.network
    exec.meta.proxyenv
    exec.meta.security
    exec.meta.setsdefaultpath
    exec.meta.ulimit
    exec.mount.bind
    exec.mount.bind.readwrite-nooutput
    exec.mount.cache
    exec.mount.cache.content
    exec.mount.cache.sharing
    exec.mount.secret
    exec.mount.selector
    exec.mount.ssh
    exec.mount.tmpfs
    exec.mount.tmpfs.size
    exec.secretenv
    exec.validexitcode
    mergeop
    platform
    source.image
    source.local
    source.local.excludepatterns
    source.local.followpaths
    source.local.includepatterns
    source.local.sessionid
    source.local.sharedkeyhint
    source.ocilayout
    ");
    insta::assert_snapshot!(needs("chain").join("\n"), @r"
    constraints
    file.base
    file.rm.wildcard
    file.symlink.create
    platform
    source.image
    source.local
    source.local.excludepatterns
    source.local.followpaths
    source.local.includepatterns
    source.local.sessionid
    source.local.sharedkeyhint
    ");
    insta::assert_snapshot!(needs("git, everything").join("\n"), @r"
    constraints
    platform
    source.git
    source.git.checksum
    source.git.fullurl
    source.git.httpauth
    source.git.keepgitdir
    source.git.skipsubmodules
    source.git.subdir
    ");
    insta::assert_snapshot!(needs("http, everything").join("\n"), @r"
    constraints
    platform
    soruce.http.uidgid
    source.http
    source.http.auth
    source.http.checksum
    source.http.perm
    ");
}

#[test]
fn no_op_names_a_capability_that_engines_refuse() {
    let everything = Everything::new();
    for (_, output) in &everything.outputs {
        let needs = everything.graph.required_capabilities(*output);
        assert!(!needs.contains("file.copy.modestring"));
        assert!(!needs.contains("exec.meta.removemountstubs.recursive"));
    }
}

#[test]
fn the_ssh_variable_of_the_caller_wins() {
    let mut graph = Graph::new();
    let base = base(&mut graph);
    let mut exec = run(&["git", "fetch"], Some(base));
    exec.environment = vec![("SSH_AUTH_SOCK".into(), "/mine".into())];
    exec.mounts = vec![Mount {
        destination: "/run/agent".into(),
        kind: MountKind::Ssh {
            id: "default".into(),
            uid: 0,
            gid: 0,
            mode: 0o600,
            optional: false,
        },
    }];
    let root = graph.exec(exec, Metadata::default()).root();
    let ops = ops(&graph.definition(root, &[], &CapabilitySet::default()));
    let Some(pb::op::Op::Exec(op)) = &ops[1].op else {
        panic!("{ops:?}")
    };
    assert_eq!(op.meta.as_ref().unwrap().env, ["SSH_AUTH_SOCK=/mine"]);
}

//! What commands run in, and steps as images.

use super::*;
use crate::convert::Sandbox;
use crate::llb::{ExtraHost, NetworkMode, Ulimit};

const STEPS: &str = r#"
    {"name": "tools", "inputs": [{"image": "builder"}], "variables": {"A": "1"}, "commands": [{"path": "/tools"}, {"cmd": "install"}]},
    {"name": "other", "inputs": [{"image": "other"}], "commands": [{"cmd": "elsewhere"}]},
    {"name": "last", "inputs": [{"step": "tools"}, {"step": "other", "include": ["/x"]}], "commands": [{"cmd": "make"}]}"#;

fn sandbox() -> Sandbox {
    Sandbox {
        network: NetworkMode::None,
        extra_hosts: vec![ExtraHost {
            host: "db".to_owned(),
            ip: "192.0.2.1".to_owned(),
        }],
        hostname: Some("box".to_owned()),
        ulimits: vec![Ulimit {
            name: "nofile".to_owned(),
            soft: 1,
            hard: 2,
        }],
        shm_size: Some(64),
        cgroup_parent: Some("/builds".to_owned()),
    }
}

#[test]
fn commands_run_in_the_sandbox_that_is_asked_for() {
    let needed = [
        "exec.meta.network",
        "exec.meta.ulimit",
        "exec.meta.cgroup.parent",
        "exec.mount.tmpfs.size",
        capability::MERGE,
    ];
    let options = ConvertOptions {
        sandbox: sandbox(),
        capabilities: needed.into_iter().collect(),
        ..modern()
    };
    let decoded = converted_with(&plan(STEPS), &options);
    let exec = decoded.exec("[last] make").1;
    let meta = exec.meta.as_ref().unwrap();
    assert_eq!(exec.network(), pb::NetMode::None);
    assert_eq!(
        (
            meta.extra_hosts[0].host.as_str(),
            meta.extra_hosts[0].ip.as_str()
        ),
        ("db", "192.0.2.1")
    );
    assert_eq!(
        (meta.hostname.as_str(), meta.cgroup_parent.as_str()),
        ("box", "/builds")
    );
    assert_eq!((meta.ulimit[0].soft, meta.ulimit[0].hard), (1, 2));
    let memory = exec.mounts.iter().find(|mount| mount.dest == "/dev/shm");
    let memory = memory.unwrap();
    assert_eq!(memory.mount_type(), pb::MountType::Tmpfs);
    assert_eq!(memory.tmpfs_opt.as_ref().unwrap().size, 64);
}

#[test]
fn a_sandbox_that_the_engine_cannot_make_is_told() {
    let options = ConvertOptions {
        sandbox: sandbox(),
        ..modern()
    };
    let errors = convert(&valid(&plan(STEPS)), &options).unwrap_err();
    let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(errors.join("\n"), @r"
    this plan is to be built with another network (`--network`), which this engine cannot do: it does not offer `exec.meta.network`
    this plan is to be built with limits (`--ulimit`), which this engine cannot do: it does not offer `exec.meta.ulimit`
    this plan is to be built with shared memory of a given size (`--shm-size`), which this engine cannot do: it does not offer `exec.mount.tmpfs.size`
    this plan is to be built in a control group (`--cgroup-parent`), which this engine cannot do: it does not offer `exec.meta.cgroup.parent`
    ");
}

#[test]
fn a_step_is_an_image_with_its_own_environment() {
    let options = ConvertOptions {
        target: Some("tools".to_owned()),
        ..modern()
    };
    let decoded = converted_with(&plan(STEPS), &options);
    assert!(matches!(&decoded.result().op, Some(pb::op::Op::Exec(_))));
    assert_eq!(
        decoded.image_environment(),
        [
            "A=1",
            "PATH=/tools:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        ]
    );
    assert_eq!(decoded.config["config"]["Cmd"][0], "/bin/bash");
    assert!(!decoded.names.keys().any(|name| name.contains("make")));
}

#[test]
fn only_the_images_that_a_step_needs_are_looked_up() {
    let plan = valid(&plan(STEPS));
    let names = |target| {
        images(&plan, target, &Contexts::default())
            .into_iter()
            .collect::<Vec<_>>()
    };
    assert_eq!(names(Some("tools")), [BUILDER]);
    let all = [BUILDER, "docker.io/library/other:latest"];
    assert_eq!(names(Some("last")), all);
    assert_eq!(names(None), all);
}

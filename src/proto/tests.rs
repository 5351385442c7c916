//! The same messages in our definitions and in those of the crate `bollard-buildkit-proto`, exchanged both ways.

#![allow(
    clippy::needless_update,
    reason = "the other crate has fields that are left out here, but not in every message"
)]
#![allow(
    clippy::useless_conversion,
    reason = "the bytes of an op are of another type in the other crate"
)]

use prost::Message;

mod ours {
    pub(super) use crate::proto::google::{protobuf, rpc};
    pub(super) use crate::proto::{apicaps, fsutil, gateway, pb, types};
}

mod theirs {
    pub(super) use bollard_buildkit_proto::fsutil::types as fsutil;
    pub(super) use bollard_buildkit_proto::google::{protobuf, rpc};
    pub(super) use bollard_buildkit_proto::moby::buildkit::v1::frontend as gateway;
    pub(super) use bollard_buildkit_proto::moby::buildkit::v1::{apicaps, types};
    pub(super) use bollard_buildkit_proto::pb;
}

/// Writes one message down once, with the fields of our definition, and sends it each way.
///
/// The other crate follows an older BuildKit and lacks `LinuxResources` and `dockerfileVersion`.
macro_rules! exchange {
    ($($name:ident: $module:ident::$message:ident { $($body:tt)* })*) => {$(
        #[test]
        fn $name() {
            let ours = {
                use ours::*;
                $module::$message { $($body)* ..Default::default() }
            };
            let theirs = {
                use theirs::*;
                $module::$message { $($body)* ..Default::default() }
            };
            let received = theirs::$module::$message::decode(ours.encode_to_vec().as_slice());
            assert_eq!(received.unwrap(), theirs);
            let received = ours::$module::$message::decode(theirs.encode_to_vec().as_slice());
            assert_eq!(received.unwrap(), ours);
        }
    )*};
}

exchange! {
    definition: pb::Definition {
        def: vec![vec![1, 2, 3].into(), Vec::new().into()],
        metadata: [(
            "sha256:1".to_owned(),
            pb::OpMetadata {
                ignore_cache: true,
                description: [("llb.customname".to_owned(), "name".to_owned())].into(),
                export_cache: Some(pb::ExportCache { value: true }),
                caps: [("file.base".to_owned(), true)].into(),
                progress_group: Some(pb::ProgressGroup { id: "id".into(), name: "name".into(), weak: true }),
                ..Default::default()
            },
        )]
        .into(),
        source: Some(pb::Source {
            locations: [(
                "sha256:1".to_owned(),
                pb::Locations {
                    locations: vec![pb::Location {
                        source_index: 1,
                        ranges: vec![pb::Range {
                            start: Some(pb::Position { line: 1, character: 2 }),
                            end: Some(pb::Position { line: 3, character: 4 }),
                        }],
                    }],
                },
            )]
            .into(),
            infos: vec![pb::SourceInfo {
                filename: "rpk.json".into(),
                data: vec![123, 125],
                definition: Some(pb::Definition { def: vec![vec![4].into()], ..Default::default() }),
                language: "json".into(),
            }],
        }),
    }

    exec_op: pb::Op {
        inputs: vec![pb::Input { digest: "sha256:1".into(), index: 2 }],
        platform: Some(pb::Platform {
            architecture: "arm".into(),
            os: "linux".into(),
            variant: "v7".into(),
            os_version: "1".into(),
            os_features: vec!["2".into()],
        }),
        constraints: Some(pb::WorkerConstraints { filter: vec!["x".into()] }),
        op: Some(pb::op::Op::Exec(pb::ExecOp {
            meta: Some(pb::Meta {
                args: vec!["a".into(), String::new()],
                env: vec!["K=V".into()],
                cwd: "/app".into(),
                user: "1000".into(),
                proxy_env: Some(pb::ProxyEnv {
                    http_proxy: "1".into(),
                    https_proxy: "2".into(),
                    ftp_proxy: "3".into(),
                    no_proxy: "4".into(),
                    all_proxy: "5".into(),
                }),
                extra_hosts: vec![pb::HostIp { host: "h".into(), ip: "i".into() }],
                hostname: "builder".into(),
                ulimit: vec![pb::Ulimit { name: "nofile".into(), soft: -1, hard: 2 }],
                cgroup_parent: "/c".into(),
                remove_mount_stubs_recursive: true,
                valid_exit_codes: vec![0, -1, 137],
            }),
            mounts: vec![
                pb::Mount {
                    input: -1,
                    selector: "/s".into(),
                    dest: "/d".into(),
                    output: -1,
                    readonly: true,
                    result_id: "r".into(),
                    content_cache: pb::MountContentCache::On.into(),
                    ..Default::default()
                },
                pb::Mount {
                    mount_type: pb::MountType::Cache.into(),
                    cache_opt: Some(pb::CacheOpt { id: "c".into(), sharing: pb::CacheSharingOpt::Locked.into() }),
                    content_cache: pb::MountContentCache::Off.into(),
                    ..Default::default()
                },
                pb::Mount {
                    mount_type: pb::MountType::Tmpfs.into(),
                    tmpfs_opt: Some(pb::TmpfsOpt { size: 64 }),
                    ..Default::default()
                },
                pb::Mount {
                    mount_type: pb::MountType::Secret.into(),
                    secret_opt: Some(pb::SecretOpt { id: "s".into(), uid: 1, gid: 2, mode: 3, optional: true }),
                    ..Default::default()
                },
                pb::Mount {
                    mount_type: pb::MountType::Ssh.into(),
                    ssh_opt: Some(pb::SshOpt { id: "s".into(), uid: 1, gid: 2, mode: 3, optional: true }),
                    ..Default::default()
                },
                pb::Mount {
                    mount_type: pb::MountType::Bind.into(),
                    cache_opt: Some(pb::CacheOpt { id: "c".into(), sharing: pb::CacheSharingOpt::Private.into() }),
                    content_cache: pb::MountContentCache::Default.into(),
                    ..Default::default()
                },
            ],
            network: pb::NetMode::None.into(),
            security: pb::SecurityMode::Insecure.into(),
            secretenv: vec![pb::SecretEnv { id: "id".into(), name: "NAME".into(), optional: true }],
            ..Default::default()
        })),
    }

    source_op: pb::Op {
        op: Some(pb::op::Op::Source(pb::SourceOp {
            identifier: "local://context".into(),
            attrs: [("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())].into(),
        })),
    }

    file_op: pb::Op {
        op: Some(pb::op::Op::File(pb::FileOp {
            actions: vec![
                pb::FileAction {
                    input: -1,
                    secondary_input: 2,
                    output: 3,
                    action: Some(pb::file_action::Action::Copy(pb::FileActionCopy {
                        src: "/s".into(),
                        dest: "/d/".into(),
                        owner: Some(pb::ChownOpt {
                            user: Some(pb::UserOpt {
                                user: Some(pb::user_opt::User::ByName(pb::NamedUserOpt { name: "n".into(), input: -1 })),
                            }),
                            group: Some(pb::UserOpt { user: Some(pb::user_opt::User::ById(0)) }),
                        }),
                        mode: -1,
                        follow_symlink: true,
                        dir_copy_contents: false,
                        attempt_unpack_docker_compatibility: true,
                        create_dest_path: false,
                        allow_wildcard: true,
                        allow_empty_wildcard: false,
                        timestamp: -1,
                        include_patterns: vec!["i".into()],
                        exclude_patterns: vec!["e".into()],
                        always_replace_existing_dest_paths: true,
                        mode_str: "u+x".into(),
                        required_paths: vec!["r".into()],
                    })),
                },
                pb::FileAction {
                    action: Some(pb::file_action::Action::Copy(pb::FileActionCopy {
                        dir_copy_contents: true,
                        create_dest_path: true,
                        allow_empty_wildcard: true,
                        ..Default::default()
                    })),
                    ..Default::default()
                },
                pb::FileAction {
                    action: Some(pb::file_action::Action::Mkfile(pb::FileActionMkFile {
                        path: "/f".into(),
                        mode: 0o644,
                        data: vec![0, 255],
                        owner: Some(pb::ChownOpt::default()),
                        timestamp: 5,
                    })),
                    ..Default::default()
                },
                pb::FileAction {
                    action: Some(pb::file_action::Action::Mkdir(pb::FileActionMkDir {
                        path: "/f".into(),
                        mode: 0o755,
                        make_parents: true,
                        owner: Some(pb::ChownOpt::default()),
                        timestamp: 5,
                    })),
                    ..Default::default()
                },
                pb::FileAction {
                    action: Some(pb::file_action::Action::Rm(pb::FileActionRm {
                        path: "/f".into(),
                        allow_not_found: true,
                        allow_wildcard: false,
                    })),
                    ..Default::default()
                },
                pb::FileAction {
                    action: Some(pb::file_action::Action::Rm(pb::FileActionRm {
                        allow_wildcard: true,
                        ..Default::default()
                    })),
                    ..Default::default()
                },
                pb::FileAction {
                    action: Some(pb::file_action::Action::Symlink(pb::FileActionSymlink {
                        oldpath: "/o".into(),
                        newpath: "/n".into(),
                        owner: Some(pb::ChownOpt::default()),
                        timestamp: 5,
                    })),
                    ..Default::default()
                },
            ],
        })),
    }

    merge_op: pb::Op {
        op: Some(pb::op::Op::Merge(pb::MergeOp {
            inputs: vec![pb::MergeInput { input: 0 }, pb::MergeInput { input: 1 }],
        })),
    }

    diff_op: pb::Op {
        op: Some(pb::op::Op::Diff(pb::DiffOp {
            lower: Some(pb::LowerDiffInput { input: 1 }),
            upper: Some(pb::UpperDiffInput { input: -1 }),
        })),
    }

    ping: gateway::PingRequest {}

    pong: gateway::PongResponse {
        frontend_api_caps: vec![apicaps::ApiCap { id: "return".into(), enabled: true, ..Default::default() }],
        llb_caps: vec![apicaps::ApiCap {
            id: "mergeop".into(),
            enabled: false,
            deprecated: true,
            disabled_reason: "1".into(),
            disabled_reason_msg: "2".into(),
            disabled_alternative: "3".into(),
        }],
        workers: vec![types::WorkerRecord {
            id: "worker".into(),
            labels: [("k".to_owned(), "v".to_owned())].into(),
            platforms: vec![pb::Platform { os: "linux".into(), ..Default::default() }],
            buildkit_version: Some(types::BuildkitVersion {
                package: "1".into(),
                version: "2".into(),
                revision: "3".into(),
                ..Default::default()
            }),
            ..Default::default()
        }],
    }

    inputs_request: gateway::InputsRequest {}

    inputs_response: gateway::InputsResponse {
        definitions: [("context".to_owned(), pb::Definition { def: vec![vec![1].into()], ..Default::default() })].into(),
    }

    solve_request: gateway::SolveRequest {
        definition: Some(pb::Definition { def: vec![vec![1].into()], ..Default::default() }),
        frontend: "dockerfile.v0".into(),
        frontend_opt: [("k".to_owned(), "v".to_owned())].into(),
        allow_result_return: true,
        allow_result_array_ref: false,
        cache_imports: vec![gateway::CacheOptionsEntry {
            r#type: "registry".into(),
            attrs: [("ref".to_owned(), "r".to_owned())].into(),
        }],
        frontend_inputs: [("k".to_owned(), pb::Definition::default())].into(),
        evaluate: true,
    }

    solve_request_other_flags: gateway::SolveRequest {
        allow_result_array_ref: true,
    }

    solve_response: gateway::SolveResponse {
        r#ref: "old".into(),
        result: Some(gateway::Result {
            result: Some(gateway::result::Result::Ref(gateway::Ref {
                id: "id".into(),
                def: Some(pb::Definition { def: vec![vec![1].into()], ..Default::default() }),
            })),
            metadata: [("containerimage.config".to_owned(), vec![123, 125])].into(),
            attestations: [(
                "linux/amd64".to_owned(),
                gateway::Attestations {
                    attestation: vec![gateway::Attestation {
                        kind: gateway::AttestationKind::Bundle.into(),
                        metadata: [("reason".to_owned(), vec![1])].into(),
                        r#ref: Some(gateway::Ref { id: "id".into(), def: None }),
                        path: "/p".into(),
                        in_toto_predicate_type: "t".into(),
                        in_toto_subjects: vec![gateway::InTotoSubject {
                            kind: gateway::InTotoSubjectKind::Raw.into(),
                            digest: vec!["sha256:1".into()],
                            name: "n".into(),
                        }],
                    }],
                },
            )]
            .into(),
        }),
    }

    result_of_several_platforms: gateway::Result {
        result: Some(gateway::result::Result::Refs(gateway::RefMap {
            refs: [("linux/amd64".to_owned(), gateway::Ref { id: "id".into(), def: None })].into(),
        })),
    }

    result_with_deprecated_ref: gateway::Result {
        result: Some(gateway::result::Result::RefDeprecated("id".into())),
    }

    result_with_deprecated_refs: gateway::Result {
        result: Some(gateway::result::Result::RefsDeprecated(gateway::RefMapDeprecated {
            refs: [("linux/amd64".to_owned(), "id".to_owned())].into(),
        })),
    }

    return_request: gateway::ReturnRequest {
        result: Some(gateway::Result::default()),
        error: Some(rpc::Status {
            code: 2,
            message: "failed".into(),
            details: vec![protobuf::Any {
                type_url: "github.com/moby/buildkit/errdefs.Vertex+json".into(),
                value: vec![123, 125],
            }],
        }),
    }

    return_response: gateway::ReturnResponse {}

    read_file_request: gateway::ReadFileRequest {
        r#ref: "id".into(),
        file_path: "rpk.json".into(),
        range: Some(gateway::FileRange { offset: 1, length: 2 }),
    }

    read_file_response: gateway::ReadFileResponse {
        data: vec![1, 2],
    }

    read_dir_request: gateway::ReadDirRequest {
        r#ref: "id".into(),
        dir_path: "/d".into(),
        include_pattern: "*".into(),
    }

    read_dir_response: gateway::ReadDirResponse {
        entries: vec![fsutil::Stat { path: "p".into(), ..Default::default() }],
    }

    stat_file_request: gateway::StatFileRequest {
        r#ref: "id".into(),
        path: "/p".into(),
    }

    stat_file_response: gateway::StatFileResponse {
        stat: Some(fsutil::Stat {
            path: "p".into(),
            mode: 1 << 31 | 0o755,
            uid: 1,
            gid: 2,
            size: 3,
            mod_time: -4,
            linkname: "l".into(),
            devmajor: 5,
            devminor: 6,
            xattrs: [("user.x".to_owned(), vec![7])].into(),
        }),
    }

    packet: fsutil::Packet {
        r#type: fsutil::packet::PacketType::PacketErr.into(),
        stat: Some(fsutil::Stat::default()),
        id: 1,
        data: vec![2].into(),
    }

    evaluate_request: gateway::EvaluateRequest {
        r#ref: "id".into(),
    }

    evaluate_response: gateway::EvaluateResponse {}

    resolve_image_config_request: gateway::ResolveImageConfigRequest {
        r#ref: "docker.io/library/alpine:latest".into(),
        platform: Some(pb::Platform::default()),
        resolve_mode: "pull".into(),
        log_name: "log".into(),
        resolver_type: 1,
        session_id: "session".into(),
        store_id: "store".into(),
    }

    resolve_image_config_response: gateway::ResolveImageConfigResponse {
        digest: "sha256:1".into(),
        config: vec![123, 125],
        r#ref: "r".into(),
    }

    resolve_source_meta_request: gateway::ResolveSourceMetaRequest {
        source: Some(pb::SourceOp { identifier: "docker-image://x".into(), ..Default::default() }),
        platform: Some(pb::Platform::default()),
        log_name: "log".into(),
        resolve_mode: "local".into(),
        image: Some(gateway::ResolveSourceImageRequest { no_config: true, ..Default::default() }),
    }

    resolve_source_meta_response: gateway::ResolveSourceMetaResponse {
        source: Some(pb::SourceOp { identifier: "docker-image://x".into(), ..Default::default() }),
        image: Some(gateway::ResolveSourceImageResponse {
            digest: "sha256:1".into(),
            config: vec![123, 125],
            ..Default::default()
        }),
    }

    warn_request: gateway::WarnRequest {
        digest: "sha256:1".into(),
        level: 1,
        short: vec![1],
        detail: vec![vec![2], vec![3]],
        url: "https://example.com".into(),
        info: Some(pb::SourceInfo { filename: "rpk.json".into(), ..Default::default() }),
        ranges: vec![pb::Range { start: Some(pb::Position { line: 1, character: 0 }), end: None }],
    }

    warn_response: gateway::WarnResponse {}
}

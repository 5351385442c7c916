//! LLB.

exchange! {
    definition: pb::Definition {
        def: vec![vec![1, 2, 3].into(), Vec::new().into()],
        metadata: [(
            "sha256:1".to_owned(),
            held(&pb::OpMetadata {
                ignore_cache: true,
                description: [("llb.customname".to_owned(), "name".to_owned())].into(),
                export_cache: Some(pb::ExportCache { value: true }),
                caps: [("file.base".to_owned(), true)].into(),
                progress_group: Some(pb::ProgressGroup { id: "id".into(), name: "name".into(), weak: true }),
                ..Default::default()
            }),
        )]
        .into(),
        source: Some(pb::Source {
            locations: [(
                "sha256:1".to_owned(),
                held(&pb::Locations {
                    locations: vec![pb::Location {
                        source_index: 1,
                        ranges: vec![pb::Range {
                            start: Some(pb::Position { line: 1, character: 2 }),
                            end: Some(pb::Position { line: 3, character: 4 }),
                        }],
                    }],
                }),
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
}

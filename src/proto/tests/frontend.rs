//! What a frontend and the engine say to each other.

exchange! {
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

    new_container_request: gateway::NewContainerRequest {
        container_id: "c".into(),
        mounts: vec![pb::Mount { dest: "/secret".into(), ..Default::default() }],
    }

    new_container_response: gateway::NewContainerResponse {}

    release_container_request: gateway::ReleaseContainerRequest { container_id: "c".into(), }

    release_container_response: gateway::ReleaseContainerResponse {}

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

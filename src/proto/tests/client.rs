//! What a client and the engine say to each other: the build, and the session that serves it.

exchange! {
    solve_request: control::SolveRequest {
        r#ref: "build".into(),
        definition: Some(pb::Definition { def: vec![vec![1].into()], ..Default::default() }),
        exporter_deprecated: "image".into(),
        exporter_attrs_deprecated: [("name".to_owned(), "a".to_owned())].into(),
        session: "session".into(),
        frontend: "gateway.v0".into(),
        frontend_attrs: [("source".to_owned(), "b".to_owned())].into(),
        cache: Some(control::CacheOptions {
            exports: vec![control::CacheOptionsEntry {
                r#type: "registry".into(),
                attrs: [("ref".to_owned(), "c".to_owned())].into(),
            }],
            imports: vec![control::CacheOptionsEntry { r#type: "inline".into(), ..Default::default() }],
            ..Default::default()
        }),
        entitlements: vec!["network.host".into()],
        frontend_inputs: [("context".to_owned(), pb::Definition::default())].into(),
        internal: true,
        exporters: vec![control::Exporter {
            r#type: "oci".into(),
            attrs: [("tar".to_owned(), "true".to_owned())].into(),
            ..Default::default()
        }],
    }

    solve_response: control::SolveResponse {
        exporter_response: [("containerimage.digest".to_owned(), "sha256:1".to_owned())].into(),
    }

    status_request: control::StatusRequest {
        r#ref: "build".into(),
    }

    status_response: control::StatusResponse {
        vertexes: vec![control::Vertex {
            digest: "sha256:1".into(),
            inputs: vec!["sha256:2".into()],
            name: "name".into(),
            cached: true,
            started: Some(protobuf::Timestamp { seconds: 1, nanos: 2 }),
            completed: Some(protobuf::Timestamp { seconds: 3, nanos: 4 }),
            error: "failed".into(),
            progress_group: Some(pb::ProgressGroup { id: "id".into(), name: "group".into(), weak: true }),
            ..Default::default()
        }],
        statuses: vec![control::VertexStatus {
            id: "extracting".into(),
            vertex: "sha256:1".into(),
            name: "name".into(),
            current: 5,
            total: -6,
            timestamp: Some(protobuf::Timestamp { seconds: 7, nanos: 8 }),
            started: Some(protobuf::Timestamp { seconds: 9, nanos: 10 }),
            completed: Some(protobuf::Timestamp { seconds: 11, nanos: 12 }),
            ..Default::default()
        }],
        logs: vec![control::VertexLog {
            vertex: "sha256:1".into(),
            timestamp: Some(protobuf::Timestamp { seconds: 13, nanos: 14 }),
            stream: 2,
            msg: vec![0, 255],
            ..Default::default()
        }],
        warnings: vec![control::VertexWarning {
            vertex: "sha256:1".into(),
            level: 1,
            short: vec![1],
            detail: vec![vec![2], vec![3]],
            url: "https://example.com".into(),
            info: Some(pb::SourceInfo { filename: "rpk.json".into(), ..Default::default() }),
            ranges: vec![pb::Range { start: Some(pb::Position { line: 1, character: 0 }), end: None }],
        }],
    }

    session_bytes: control::BytesMessage {
        data: vec![0, 255].into(),
    }

    list_workers_request: control::ListWorkersRequest {
        filter: vec!["id==1".into()],
    }

    list_workers_response: control::ListWorkersResponse {
        record: vec![types::WorkerRecord { id: "worker".into(), ..Default::default() }],
    }

    info_request: control::InfoRequest {}

    info_response: control::InfoResponse {
        buildkit_version: Some(types::BuildkitVersion { version: "v0.32.2".into(), ..Default::default() }),
    }

    exported_bytes: filesync::BytesMessage {
        data: vec![0, 255].into(),
    }

    credentials_request: filesync::CredentialsRequest {
        host: "registry.example.com".into(),
    }

    credentials_response: filesync::CredentialsResponse {
        username: "user".into(),
        secret: "password".into(),
    }

    fetch_token_request: filesync::FetchTokenRequest {
        client_id: "client".into(),
        host: "registry.example.com".into(),
        realm: "https://example.com/token".into(),
        service: "registry".into(),
        scopes: vec!["repository:a:pull".into()],
    }

    fetch_token_response: filesync::FetchTokenResponse {
        token: "token".into(),
        expires_in: 60,
        issued_at: -1,
    }

    get_token_authority_request: filesync::GetTokenAuthorityRequest {
        host: "registry.example.com".into(),
        salt: vec![1],
    }

    get_token_authority_response: filesync::GetTokenAuthorityResponse {
        public_key: vec![1],
    }

    verify_token_authority_request: filesync::VerifyTokenAuthorityRequest {
        host: "registry.example.com".into(),
        payload: vec![1],
        salt: vec![2],
    }

    verify_token_authority_response: filesync::VerifyTokenAuthorityResponse {
        signed: vec![1],
    }

    get_secret_request: secrets::GetSecretRequest {
        id: "TOKEN".into(),
        annotations: [("key".to_owned(), "value".to_owned())].into(),
    }

    get_secret_response: secrets::GetSecretResponse {
        data: vec![0, 255],
    }

    agent_bytes: sshforward::BytesMessage {
        data: vec![0, 255].into(),
    }

    check_agent_request: sshforward::CheckAgentRequest {
        id: "default".into(),
    }

    check_agent_response: sshforward::CheckAgentResponse {}

    health_check_request: health::HealthCheckRequest {
        service: "moby.buildkit.v1.Control".into(),
    }

    health_check_response: health::HealthCheckResponse {
        status: health::health_check_response::ServingStatus::NotServing.into(),
    }
}

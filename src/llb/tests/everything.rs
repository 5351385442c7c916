//! A graph that uses everything.

use super::pieces::{TIME, chain, image, mounts, platform, run};
use crate::llb::{
    Copy, Differ, Exec, ExtraHost, FileAction, GitSource, Graph, HttpSource, ImageSource,
    LocalSource, MakeFile, Metadata, NetworkMode, OciLayoutSource, Output, Owner, Proxy,
    ResolveMode, SecretEnvironment, SecurityMode, Source, Ulimit, UserReference,
};

const EMPTY: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The graph, and its outputs under the names that the golden digests have.
pub(super) struct Everything {
    pub(super) graph: Graph,
    pub(super) outputs: Vec<(&'static str, Output)>,
}

impl Everything {
    pub(super) fn new() -> Self {
        let mut this = Self {
            graph: Graph::new(),
            outputs: Vec::new(),
        };
        let (base, context, layout) = this.sources();
        let (root, out) = this.execs(base, context, layout);
        this.files(base, context, out);
        this.layers(base, root, out);
        this
    }

    pub(super) fn output(&self, name: &str) -> Output {
        self.outputs
            .iter()
            .find(|(other, _)| *other == name)
            .unwrap()
            .1
    }

    /// The graph's last op, which needs most of the others.
    pub(super) fn top(&self) -> Output {
        self.output("top")
    }

    fn name(&mut self, name: &'static str, output: Output) -> Output {
        self.outputs.push((name, output));
        output
    }

    fn source(&mut self, name: &'static str, source: Source) -> Output {
        let output = self.graph.source(source, Metadata::default());
        self.name(name, output)
    }

    fn file(
        &mut self,
        name: &'static str,
        base: Option<Output>,
        actions: Vec<FileAction>,
    ) -> Output {
        let output = self.graph.file(base, actions, Metadata::default());
        self.name(name, output)
    }

    fn sources(&mut self) -> (Output, Output, Output) {
        let base = self.source(
            "image",
            Source::Image(image("docker.io/library/alpine:latest")),
        );
        self.source(
            "image, pulled, for arm",
            Source::Image(ImageSource {
                platform: platform("linux/arm/v7"),
                resolve_mode: Some(ResolveMode::Pull),
                layer_limit: Some(2),
                ..image(
                    "docker.io/library/alpine:3.20@sha256:beefdbd8a1da6d2915566fde36db9db0b524eb737fc57cd1367effd16dc0d06d",
                )
            }),
        );
        self.source(
            "image, local",
            Source::Image(ImageSource {
                resolve_mode: Some(ResolveMode::Local),
                ..image("docker.io/library/busybox:1")
            }),
        );
        let context = self.source(
            "local, everything",
            Source::Local(LocalSource {
                name: "context".into(),
                session: Some("session-1".into()),
                shared_key_hint: Some("context".into()),
                include_patterns: vec!["src/**".into(), "package.json".into()],
                exclude_patterns: vec!["**/node_modules".into(), "!keep \"me\"\né".into()],
                follow_paths: vec!["src".into(), "link".into()],
                differ: Some(Differ::Metadata),
                ..LocalSource::default()
            }),
        );
        self.source(
            "local, session alone",
            Source::Local(LocalSource {
                name: "dockerfile".into(),
                session: Some("session-1".into()),
                differ: Some(Differ::None),
                ..LocalSource::default()
            }),
        );
        self.gits();
        self.source(
            "http",
            Source::Http(HttpSource {
                url: "https://example.com/a.tar.gz".into(),
                ..HttpSource::default()
            }),
        );
        self.source(
            "http, everything",
            Source::Http(HttpSource {
                url: "http://example.com/a?b=c".into(),
                checksum: Some(EMPTY.into()),
                filename: Some("a.txt".into()),
                mode: Some(0o755),
                uid: Some(1000),
                gid: Some(1001),
                auth_header_secret: Some("http-header".into()),
            }),
        );
        let layout = self.source(
            "oci layout",
            Source::OciLayout(OciLayoutSource {
                reference: format!("docker.io/library/base@{EMPTY}"),
                platform: platform("linux/amd64"),
                session: Some("session-1".into()),
                store: Some("store-1".into()),
                layer_limit: Some(1),
            }),
        );
        (base, context, layout)
    }

    fn gits(&mut self) {
        self.source(
            "git",
            Source::Git(GitSource {
                url: "https://github.com/moby/buildkit.git".into(),
                ..GitSource::default()
            }),
        );
        self.source(
            "git, everything",
            Source::Git(GitSource {
                url: "https://user@example.com:8443/a/../b/repo.git".into(),
                reference: Some("refs/tags/v1".into()),
                subdirectory: Some("docs/x".into()),
                keep_git_directory: true,
                checksum: Some("0123456789abcdef0123456789abcdef01234567".into()),
                auth_token_secret: Some("my-token".into()),
                auth_header_secret: Some("my-header".into()),
                skip_submodules: true,
                ..GitSource::default()
            }),
        );
        self.source(
            "git, ssh",
            Source::Git(GitSource {
                url: "git@github.com:moby/buildkit.git".into(),
                reference: Some("main".into()),
                known_ssh_hosts: Some("github.com ssh-ed25519 AAAA".into()),
                mount_ssh_socket: Some("agent".into()),
                ..GitSource::default()
            }),
        );
        self.source(
            "git, ssh url",
            Source::Git(GitSource {
                url: "ssh://git@github.com/moby/buildkit.git".into(),
                subdirectory: Some("docs".into()),
                known_ssh_hosts: Some("github.com ssh-ed25519 AAAA\n".into()),
                ..GitSource::default()
            }),
        );
    }

    fn execs(&mut self, base: Output, context: Output, layout: Output) -> (Output, Output) {
        let minimal = self
            .graph
            .exec(run(&["true"], Some(base)), Metadata::default());
        self.name("exec, minimal", minimal.root());
        let scratch = Exec {
            platform: Some(platform("linux/arm/v7")),
            ..run(&["/bin/x", ""], None)
        };
        let scratch = self.graph.exec(scratch, Metadata::default());
        self.name("exec, scratch", scratch.root());

        let busy = Exec {
            environment: vec![
                ("A".into(), "1".into()),
                ("EMPTY".into(), String::new()),
                ("B".into(), "x=y z".into()),
            ],
            working_directory: "/app".into(),
            user: Some("1000:1000".into()),
            mounts: mounts(base, context, layout),
            network: NetworkMode::Host,
            security: SecurityMode::Insecure,
            secret_environment: vec![
                SecretEnvironment {
                    id: "token".into(),
                    name: "TOKEN".into(),
                    optional: false,
                },
                SecretEnvironment {
                    id: "other".into(),
                    name: "OTHER".into(),
                    optional: true,
                },
            ],
            extra_hosts: vec![
                ExtraHost {
                    host: "db.local".into(),
                    ip: "10.0.0.1".into(),
                },
                ExtraHost {
                    host: "v6.local".into(),
                    ip: "::1".into(),
                },
            ],
            hostname: Some("builder".into()),
            ulimits: vec![
                Ulimit {
                    name: "nofile".into(),
                    soft: 1024,
                    hard: 2048,
                },
                Ulimit {
                    name: "nproc".into(),
                    soft: -1,
                    hard: -1,
                },
            ],
            cgroup_parent: Some("/parent".into()),
            proxy: Some(Proxy {
                http: "http://p:1".into(),
                https: "http://p:2".into(),
                ftp: "http://p:3".into(),
                no: "localhost".into(),
                all: "http://p:4".into(),
            }),
            valid_exit_codes: vec![0, 3, 137],
            ..run(&["/bin/sh", "-c", "echo é > /out/x"], Some(base))
        };
        let busy = self.graph.exec(busy, Metadata::default());
        let root = self.name("exec, everything", busy.root());
        let out = self.name("exec, everything, /out", busy.mount("/out").unwrap());
        self.name(
            "exec, everything, /a/written",
            busy.mount("/a/written").unwrap(),
        );
        self.name(
            "exec, everything, .relative",
            busy.mount(".relative").unwrap(),
        );
        for without_output in [
            "/src",
            "/discard",
            "/cache/shared",
            "/tmp",
            "/run/secrets/a",
            "/nowhere",
        ] {
            assert_eq!(busy.mount(without_output), None);
        }
        (root, out)
    }

    fn files(&mut self, base: Output, context: Output, out: Output) {
        let defaults = Copy {
            from: Some(context),
            source: "/a".into(),
            destination: "/b".into(),
            ..Copy::default()
        };
        self.file(
            "copy, defaults",
            Some(base),
            vec![FileAction::Copy(defaults)],
        );
        let everything = Copy {
            from: Some(out),
            source: "/x/*".into(),
            destination: "/y/".into(),
            owner: Some(Owner {
                user: Some(UserReference::Id(1000)),
                group: Some(UserReference::Id(0)),
            }),
            mode: Some(0o755),
            follow_symlink: true,
            directory_contents_only: true,
            unpack_archive: true,
            create_destination_path: true,
            allow_wildcard: true,
            allow_empty_wildcard: true,
            timestamp: Some(TIME),
            include_patterns: vec!["*.js".into(), "lib/**".into()],
            exclude_patterns: vec!["*.map".into()],
            always_replace_existing_destination_paths: true,
        };
        self.file("copy, everything", None, vec![FileAction::Copy(everything)]);
        self.file("chain", Some(base), chain(base, context));
        self.file("mkdir on scratch", None, vec![]);
    }

    fn layers(&mut self, base: Output, root: Output, out: Output) {
        let [a, b] = ["a", "b"].map(|name| {
            let file = FileAction::MakeFile(MakeFile {
                path: format!("/{name}"),
                mode: 0o644,
                data: name.into(),
                owner: None,
                timestamp: None,
            });
            self.graph.file(None, vec![file], Metadata::default())
        });
        let none = Metadata::default;
        let merge = self
            .graph
            .merge(&[Some(a), None, Some(b), Some(a)], none())
            .unwrap();
        self.name("merge", merge);
        let diff = self.graph.diff(Some(base), Some(root), none()).unwrap();
        self.name("diff", diff);
        let to_scratch = self.graph.diff(Some(base), None, none()).unwrap();
        self.name("diff to scratch", to_scratch);
        let merge = self
            .graph
            .merge(&[Some(base), Some(diff), Some(out)], none());
        let top = self.graph.exec(run(&["x"], merge), none());
        self.name("top", top.root());
    }
}

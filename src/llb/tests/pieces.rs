//! Pieces of graphs.

use prost::Message;

use crate::llb::{
    Access, CacheSharing, ContentCache, Copy, Exec, FileAction, Graph, ImageSource, LocalSource,
    MakeDirectory, MakeFile, Metadata, Mount, MountKind, Output, Owner, Platform, Remove, Source,
    Symlink, UserReference,
};
use crate::proto::pb;

/// Nanoseconds.
pub(super) const TIME: i64 = 1_700_000_000_000_000_005;

pub(super) fn image(reference: &str) -> ImageSource {
    ImageSource {
        reference: reference.into(),
        platform: platform("linux/amd64"),
        resolve_mode: None,
        layer_limit: None,
    }
}

pub(super) fn run(args: &[&str], root: Option<Output>) -> Exec {
    Exec {
        args: args.iter().map(ToString::to_string).collect(),
        working_directory: "/".into(),
        root,
        platform: Some(platform("linux/amd64")),
        ..Exec::default()
    }
}

pub(super) fn platform(text: &str) -> Platform {
    text.parse().unwrap()
}

/// A mount of every kind, with every option.
pub(super) fn mounts(base: Output, context: Output, layout: Output) -> Vec<Mount> {
    let bind = |input, access| MountKind::Bind {
        input,
        selector: None,
        access,
        content_cache: ContentCache::Default,
    };
    let read_only = |input, selector: Option<&str>, content_cache| MountKind::Bind {
        input: Some(input),
        selector: selector.map(Into::into),
        access: Access::ReadOnly,
        content_cache,
    };
    let cache = |id: &str, sharing, input, selector: Option<&str>| MountKind::Cache {
        id: id.into(),
        sharing,
        input,
        selector: selector.map(Into::into),
    };
    let secret = |id: &str, uid, gid, mode, optional| MountKind::Secret {
        id: id.into(),
        uid,
        gid,
        mode,
        optional,
    };
    let ssh = |id: &str, uid, gid, mode, optional| MountKind::Ssh {
        id: id.into(),
        uid,
        gid,
        mode,
        optional,
    };
    let written_part = MountKind::Bind {
        input: Some(base),
        selector: Some("/etc".into()),
        access: Access::ReadWrite,
        content_cache: ContentCache::Default,
    };
    [
        ("/run/ssh/agent", ssh("default", 5, 6, 0o600, true)),
        ("/run/ssh/a-second", ssh("other", 0, 0, 0o660, false)),
        ("/run/secrets/file", secret("optional", 1, 2, 0o440, true)),
        ("/run/secrets/a", secret("a", 0, 0, 0o400, false)),
        ("/out", bind(None, Access::ReadWrite)),
        (
            "/src",
            read_only(context, Some("/sub"), ContentCache::Default),
        ),
        ("/on", read_only(context, None, ContentCache::On)),
        ("/off", read_only(layout, None, ContentCache::Off)),
        ("/discard", bind(Some(base), Access::ReadWriteDiscard)),
        ("/a/written", written_part),
        (
            "/cache/shared",
            cache("shared", CacheSharing::Shared, None, None),
        ),
        (
            "/cache/private",
            cache("private", CacheSharing::Private, None, None),
        ),
        (
            "/cache/locked",
            cache(
                "locked",
                CacheSharing::Locked,
                Some(context),
                Some("/cache"),
            ),
        ),
        ("/tmp", MountKind::Tmpfs { size: None }),
        (
            "/dev/shm",
            MountKind::Tmpfs {
                size: Some(64 << 20),
            },
        ),
        (".relative", bind(None, Access::ReadWrite)),
    ]
    .into_iter()
    .map(|(destination, kind)| Mount {
        destination: destination.into(),
        kind,
    })
    .collect()
}

/// Every file action that is not in a file op of its own.
pub(super) fn chain(base: Output, context: Output) -> Vec<FileAction> {
    let by_name = |name: &str| {
        Some(UserReference::Name {
            name: name.into(),
            tree: Some(base),
        })
    };
    let by_id = |id| Some(UserReference::Id(id));
    vec![
        FileAction::MakeDirectory(MakeDirectory {
            path: "/app/data".into(),
            mode: 0o755,
            make_parents: true,
            owner: Some(Owner {
                user: by_name("node"),
                group: by_name("staff"),
            }),
            timestamp: Some(0),
        }),
        FileAction::MakeFile(MakeFile {
            path: "/app/empty".into(),
            mode: 0o644,
            data: vec![],
            owner: None,
            timestamp: None,
        }),
        FileAction::MakeFile(MakeFile {
            path: "app/file".into(),
            mode: 0o4755,
            data: b"hello\x00\xff".into(),
            owner: Some(Owner {
                user: by_id(1),
                group: by_id(2),
            }),
            timestamp: Some(TIME),
        }),
        FileAction::Copy(Copy {
            from: Some(context),
            source: "src/../lib/".into(),
            destination: "/lib/.".into(),
            owner: Some(Owner {
                user: by_name("node"),
                group: None,
            }),
            ..Copy::default()
        }),
        FileAction::Copy(Copy {
            from: Some(base),
            source: "/etc/passwd".into(),
            destination: "/copied".into(),
            mode: Some(0),
            ..Copy::default()
        }),
        FileAction::Copy(Copy {
            source: "/".into(),
            destination: "/".into(),
            ..Copy::default()
        }),
        FileAction::Symlink(Symlink {
            target: "../target".into(),
            link: "/link".into(),
            owner: Some(Owner {
                user: by_id(0),
                group: None,
            }),
            timestamp: Some(0),
        }),
        FileAction::Symlink(Symlink {
            target: "/absolute".into(),
            link: "/plain".into(),
            owner: None,
            timestamp: None,
        }),
        FileAction::Remove(Remove {
            path: "/tmp/*".into(),
            allow_not_found: true,
            allow_wildcard: true,
        }),
        FileAction::Remove(Remove {
            path: "/one/".into(),
            allow_not_found: false,
            allow_wildcard: false,
        }),
    ]
}

pub(super) fn ops(definition: &pb::Definition) -> Vec<pb::Op> {
    definition
        .def
        .iter()
        .map(|bytes| pb::Op::decode(bytes.as_ref()).unwrap())
        .collect()
}

pub(super) fn base(graph: &mut Graph) -> Output {
    graph.source(
        Source::Image(image("docker.io/library/alpine:latest")),
        Metadata::default(),
    )
}

pub(super) fn local(graph: &mut Graph, name: &str) -> Output {
    let source = LocalSource {
        name: name.into(),
        ..LocalSource::default()
    };
    graph.source(Source::Local(source), Metadata::default())
}

pub(super) fn make_file(path: &str) -> FileAction {
    FileAction::MakeFile(MakeFile {
        path: path.into(),
        mode: 0o644,
        data: vec![],
        owner: None,
        timestamp: None,
    })
}

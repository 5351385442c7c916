//! Mounts of exec ops.
//! <https://github.com/moby/buildkit/blob/v0.32.2/client/llb/exec.go>

use std::collections::BTreeMap;

use super::inputs::{Inputs, NONE};
use crate::llb::capability;
use crate::llb::exec::{Access, CacheSharing, ContentCache, Mount, MountKind};
use crate::llb::graph::Output;
use crate::proto::pb;

const ROOT: &str = "/";

/// Numbers of an exec's outputs.
pub(in crate::llb) struct OutputNumbers {
    /// The root's.
    pub(in crate::llb) root: u32,
    /// Those of all mounts that have one, the root included, by destination.
    pub(in crate::llb) by_destination: BTreeMap<String, u32>,
}

/// All mounts with the root, in the order of the Go client: what holds files by destination, then secrets, then sockets.
///
/// Outputs are numbered in that order, as the engine numbers them when it walks the mounts.
pub(super) fn mounts(
    root: Option<Output>,
    mounts: Vec<Mount>,
    inputs: &mut Inputs,
) -> (Vec<pb::Mount>, OutputNumbers) {
    let mut all = vec![Mount {
        destination: ROOT.to_owned(),
        kind: MountKind::Bind {
            input: root,
            selector: None,
            access: Access::ReadWrite,
            content_cache: ContentCache::Default,
        },
    }];
    all.extend(mounts);
    all.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));

    let mut by_destination = BTreeMap::new();
    let mut outputs = 0;
    let mut messages = Vec::with_capacity(all.len());
    for Mount { destination, kind } in all {
        let has_output = matches!(
            kind,
            MountKind::Bind {
                access: Access::ReadWrite,
                ..
            }
        );
        let mut message = message(kind, inputs);
        if has_output {
            message.output = i64::from(outputs);
            by_destination.entry(destination.clone()).or_insert(outputs);
            outputs += 1;
        }
        message.dest = destination;
        messages.push(message);
    }
    let root = by_destination.get(ROOT).copied().unwrap_or_default();
    (
        messages,
        OutputNumbers {
            root,
            by_destination,
        },
    )
}

/// What a mount needs of the engine.
pub(super) fn capabilities(mount: &Mount) -> Vec<&'static str> {
    let mut capabilities = Vec::new();
    match &mount.kind {
        MountKind::Bind {
            access,
            content_cache,
            ..
        } => {
            if *access == Access::ReadWriteDiscard {
                capabilities.push(capability::EXEC_MOUNT_BIND_READ_WRITE_NO_OUTPUT);
            }
            if *content_cache != ContentCache::Default {
                capabilities.push(capability::EXEC_MOUNT_CONTENT_CACHE);
            }
        }
        MountKind::Cache { .. } => {
            capabilities.push(capability::EXEC_MOUNT_CACHE);
            capabilities.push(capability::EXEC_MOUNT_CACHE_SHARING);
        }
        MountKind::Tmpfs { size } => {
            capabilities.push(capability::EXEC_MOUNT_TMPFS);
            if size.is_some() {
                capabilities.push(capability::EXEC_MOUNT_TMPFS_SIZE);
            }
        }
        MountKind::Secret { .. } => {
            capabilities.push(capability::EXEC_MOUNT_SECRET);
        }
        MountKind::Ssh { .. } => {
            capabilities.push(capability::EXEC_MOUNT_SSH);
        }
    }
    if let MountKind::Bind {
        selector: Some(_), ..
    }
    | MountKind::Cache {
        selector: Some(_), ..
    } = mount.kind
    {
        capabilities.push(capability::EXEC_MOUNT_SELECTOR);
    }
    capabilities
}

fn sort_key(mount: &Mount) -> (u8, &str) {
    match mount.kind {
        MountKind::Bind { .. } | MountKind::Cache { .. } | MountKind::Tmpfs { .. } => {
            (0, &mount.destination)
        }
        // These stay in the order given.
        MountKind::Secret { .. } => (1, ""),
        MountKind::Ssh { .. } => (2, ""),
    }
}

/// A mount but for its destination and output number.
fn message(kind: MountKind, inputs: &mut Inputs) -> pb::Mount {
    match kind {
        MountKind::Bind {
            input,
            selector,
            access,
            content_cache,
        } => pb::Mount {
            input: inputs.number(input),
            selector: selector.unwrap_or_default(),
            output: NONE,
            readonly: access == Access::ReadOnly,
            content_cache: match content_cache {
                ContentCache::Default => pb::MountContentCache::Default,
                ContentCache::On => pb::MountContentCache::On,
                ContentCache::Off => pb::MountContentCache::Off,
            }
            .into(),
            ..pb::Mount::default()
        },
        MountKind::Cache {
            id,
            sharing,
            input,
            selector,
        } => {
            let sharing = match sharing {
                CacheSharing::Shared => pb::CacheSharingOpt::Shared,
                CacheSharing::Private => pb::CacheSharingOpt::Private,
                CacheSharing::Locked => pb::CacheSharingOpt::Locked,
            };
            pb::Mount {
                input: inputs.number(input),
                selector: selector.unwrap_or_default(),
                output: NONE,
                mount_type: pb::MountType::Cache.into(),
                cache_opt: Some(pb::CacheOpt {
                    id,
                    sharing: sharing.into(),
                }),
                ..pb::Mount::default()
            }
        }
        MountKind::Tmpfs { size } => pb::Mount {
            input: NONE,
            output: NONE,
            mount_type: pb::MountType::Tmpfs.into(),
            tmpfs_opt: Some(pb::TmpfsOpt {
                size: size.map_or(0, |size| i64::try_from(size).unwrap_or(i64::MAX)),
            }),
            ..pb::Mount::default()
        },
        // The engine ignores the output of secrets and sockets, and the Go client leaves it 0.
        MountKind::Secret {
            id,
            uid,
            gid,
            mode,
            optional,
        } => pb::Mount {
            input: NONE,
            mount_type: pb::MountType::Secret.into(),
            secret_opt: Some(pb::SecretOpt {
                id,
                uid,
                gid,
                mode,
                optional,
            }),
            ..pb::Mount::default()
        },
        MountKind::Ssh {
            id,
            uid,
            gid,
            mode,
            optional,
        } => pb::Mount {
            input: NONE,
            mount_type: pb::MountType::Ssh.into(),
            ssh_opt: Some(pb::SshOpt {
                id,
                uid,
                gid,
                mode,
                optional,
            }),
            ..pb::Mount::default()
        },
    }
}

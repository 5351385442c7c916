//! What commands run in, beside their root file system.

use super::converter::Converter;
use super::options::Sandbox;
use crate::llb::{Exec, Mount, MountKind, NetworkMode, capability};
use crate::plan::Span;

/// Memory that programs share.
const SHARED_MEMORY: &str = "/dev/shm";

impl Converter<'_> {
    /// Puts a command into the sandbox that the caller asks for. `span` is where the plan has the command.
    pub(super) fn sandboxed(&mut self, exec: Exec, span: Option<Span>) -> Exec {
        let Sandbox {
            network,
            extra_hosts,
            hostname,
            ulimits,
            shm_size,
            cgroup_parent,
        } = self.options.sandbox.clone();
        let needs = [
            (
                network != NetworkMode::Sandbox,
                capability::EXEC_META_NETWORK,
                "0.3",
                "is to be built with another network (`--network`)",
            ),
            (
                !ulimits.is_empty(),
                capability::EXEC_META_ULIMIT,
                "0.10",
                "is to be built with limits (`--ulimit`)",
            ),
            (
                shm_size.is_some(),
                capability::EXEC_MOUNT_TMPFS_SIZE,
                "0.10",
                "is to be built with shared memory of a given size (`--shm-size`)",
            ),
            (
                cgroup_parent.is_some(),
                capability::EXEC_META_CGROUP_PARENT,
                "0.10",
                "is to be built in a control group (`--cgroup-parent`)",
            ),
        ];
        for (is_needed, capability, since, need) in needs {
            if is_needed {
                self.require(capability, since, need, span);
            }
        }
        let mut mounts = exec.mounts;
        mounts.extend(shm_size.map(|size| Mount {
            destination: SHARED_MEMORY.to_owned(),
            kind: MountKind::Tmpfs { size: Some(size) },
        }));
        Exec {
            mounts,
            network,
            extra_hosts,
            hostname,
            ulimits,
            cgroup_parent,
            ..exec
        }
    }
}

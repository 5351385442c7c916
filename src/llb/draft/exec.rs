//! Exec ops.
//! <https://github.com/moby/buildkit/blob/v0.32.2/client/llb/exec.go>

use super::Draft;
use super::inputs::Inputs;
use super::mounts::{self, OutputNumbers};
use crate::llb::capability;
use crate::llb::exec::{Exec, NetworkMode, SecurityMode};
use crate::proto::pb;

/// Programs look for the agent there.
const SSH_SOCKET_VARIABLE: &str = "SSH_AUTH_SOCK";

/// The exec as an op.
pub(in crate::llb) fn exec(exec: Exec) -> (Draft, OutputNumbers) {
    let mut capabilities = capabilities(&exec);
    capabilities.extend(exec.mounts.iter().flat_map(mounts::capabilities));
    let mut inputs = Inputs::default();
    let (mounts, numbers) = mounts::mounts(exec.root, exec.mounts, &mut inputs);

    let mut environment = exec.environment;
    let ssh_socket = mounts
        .iter()
        .find(|mount| mount.mount_type() == pb::MountType::Ssh);
    if let Some(mount) = ssh_socket
        && !environment
            .iter()
            .any(|(name, _)| name == SSH_SOCKET_VARIABLE)
    {
        environment.push((SSH_SOCKET_VARIABLE.to_owned(), mount.dest.clone()));
    }
    let meta = pb::Meta {
        args: exec.args,
        env: environment
            .into_iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect(),
        cwd: exec.working_directory,
        user: exec.user.unwrap_or_default(),
        proxy_env: exec.proxy.map(|proxy| pb::ProxyEnv {
            http_proxy: proxy.http,
            https_proxy: proxy.https,
            ftp_proxy: proxy.ftp,
            no_proxy: proxy.no,
            all_proxy: proxy.all,
        }),
        extra_hosts: exec
            .extra_hosts
            .into_iter()
            .map(|line| pb::HostIp {
                host: line.host,
                ip: line.ip,
            })
            .collect(),
        hostname: exec.hostname.unwrap_or_default(),
        ulimit: exec
            .ulimits
            .into_iter()
            .map(|limit| pb::Ulimit {
                name: limit.name,
                soft: limit.soft,
                hard: limit.hard,
            })
            .collect(),
        cgroup_parent: exec.cgroup_parent.unwrap_or_default(),
        // Otherwise a mount below a directory that is not there leaves empty directories in the result.
        remove_mount_stubs_recursive: true,
        valid_exit_codes: exec.valid_exit_codes,
    };
    let secretenv = exec
        .secret_environment
        .into_iter()
        .map(|secret| pb::SecretEnv {
            id: secret.id,
            name: secret.name,
            optional: secret.optional,
        })
        .collect();
    let network = match exec.network {
        NetworkMode::Sandbox => pb::NetMode::Unset,
        NetworkMode::Host => pb::NetMode::Host,
        NetworkMode::None => pb::NetMode::None,
    };
    let security = match exec.security {
        SecurityMode::Sandbox => pb::SecurityMode::Sandbox,
        SecurityMode::Insecure => pb::SecurityMode::Insecure,
    };
    let draft = Draft {
        inputs: inputs.into_outputs(),
        body: pb::op::Op::Exec(pb::ExecOp {
            meta: Some(meta),
            mounts,
            network: network.into(),
            security: security.into(),
            secretenv,
        }),
        platform: exec.platform.as_ref().map(pb::Platform::from),
        capabilities,
    };
    (draft, numbers)
}

/// What an exec needs besides its mounts.
fn capabilities(exec: &Exec) -> Vec<&'static str> {
    [
        (true, capability::EXEC_META_BASE),
        (true, capability::EXEC_META_SETS_DEFAULT_PATH),
        (true, capability::EXEC_MOUNT_BIND),
        (
            exec.network != NetworkMode::Sandbox,
            capability::EXEC_META_NETWORK,
        ),
        (
            exec.security != SecurityMode::Sandbox,
            capability::EXEC_META_SECURITY,
        ),
        (exec.proxy.is_some(), capability::EXEC_META_PROXY),
        (!exec.ulimits.is_empty(), capability::EXEC_META_ULIMIT),
        (
            exec.cgroup_parent.is_some(),
            capability::EXEC_META_CGROUP_PARENT,
        ),
        (
            !exec.valid_exit_codes.is_empty(),
            capability::EXEC_VALID_EXIT_CODE,
        ),
        (
            !exec.secret_environment.is_empty(),
            capability::EXEC_SECRET_ENVIRONMENT,
        ),
    ]
    .into_iter()
    .filter_map(|(needed, capability)| needed.then_some(capability))
    .collect()
}

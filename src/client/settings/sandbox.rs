//! What the steps of a build run in, as frontend options.
//!
//! The frontend checks the values; here docker's ways to write them become those of the options.
//! <https://github.com/docker/buildx/blob/v0.36.0/build/opt.go>

use super::UsageProblem;
use crate::cli::SandboxArguments;
use crate::frontend::option;

/// Docker's word for an address that only it knows.
const HOST_GATEWAY: &str = "host-gateway";

/// Letters behind a size, each 1024 times the one before.
const UNITS: [char; 5] = ['b', 'k', 'm', 'g', 't'];

/// Keys and values of the options.
pub(super) fn sandbox_options(
    arguments: &SandboxArguments,
    problems: &mut Vec<UsageProblem>,
) -> Vec<(&'static str, String)> {
    let mut options = Vec::new();
    let mut hosts = Vec::new();
    for text in &arguments.add_host {
        match extra_host(text) {
            Ok(host) => hosts.push(host),
            Err(fault) => problems.push(UsageProblem::new(
                "--add-host",
                text,
                fault,
                "give a name and its address, as `--add-host db.example.com:192.0.2.1`",
            )),
        }
    }
    if !hosts.is_empty() {
        options.push((option::ADD_HOSTS, hosts.join(",")));
    }
    match arguments.network.as_deref() {
        None | Some("" | "default" | "sandbox") => {}
        Some(mode) => options.push((option::FORCE_NETWORK_MODE, mode.to_owned())),
    }
    if !arguments.ulimit.is_empty() {
        options.push((option::ULIMIT, arguments.ulimit.join(",")));
    }
    if let Some(text) = &arguments.shm_size {
        match bytes(text) {
            Some(size) => options.push((option::SHM_SIZE, size.to_string())),
            None => problems.push(UsageProblem::new(
                "--shm-size",
                text,
                "it is not a size",
                "give a whole number of bytes, or with a unit: `64m`, `1g`",
            )),
        }
    }
    if let Some(path) = &arguments.cgroup_parent {
        options.push((option::CGROUP_PARENT, path.clone()));
    }
    options
}

/// `host:address` or `host=address`, with IPv6 addresses in brackets or not.
fn extra_host(text: &str) -> Result<String, &'static str> {
    let (host, address) = text
        .split_once('=')
        .or_else(|| text.split_once(':'))
        .ok_or("it has no address")?;
    if address == HOST_GATEWAY {
        return Err("only docker knows the address of `host-gateway`");
    }
    let bare = address
        .strip_prefix('[')
        .and_then(|address| address.strip_suffix(']'));
    Ok(format!("{host}={}", bare.unwrap_or(address)))
}

/// `64m`, `64MB`, `1g`, `1048576`. <https://github.com/docker/go-units/blob/v0.5.0/size.go>
fn bytes(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let digits = text.trim_end_matches(|character: char| !character.is_ascii_digit());
    let unit = text.get(digits.len()..)?.trim_start();
    let unit = match unit.trim_end_matches('b').trim_end_matches('i') {
        "" => 'b',
        unit => unit.chars().next().filter(|_| unit.len() == 1)?,
    };
    let power = UNITS.iter().position(|known| *known == unit)?;
    let factor = 1024_u64.checked_pow(u32::try_from(power).ok()?)?;
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments() -> SandboxArguments {
        SandboxArguments {
            add_host: Vec::new(),
            network: None,
            ulimit: Vec::new(),
            shm_size: None,
            cgroup_parent: None,
        }
    }

    #[test]
    fn flags_become_the_options_that_docker_buildx_sends() {
        let given = SandboxArguments {
            add_host: ["a:192.0.2.1", "b=192.0.2.2", "c:[2001:db8::1]", "d:::1"]
                .map(str::to_owned)
                .to_vec(),
            network: Some("none".to_owned()),
            ulimit: vec!["nofile=1:2".to_owned(), "nproc=5".to_owned()],
            shm_size: Some("64m".to_owned()),
            cgroup_parent: Some("/builds".to_owned()),
        };
        let mut problems = Vec::new();
        let options = sandbox_options(&given, &mut problems);
        let options: Vec<_> = options
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        assert_eq!(problems, []);
        insta::assert_snapshot!(options.join("\n"), @r"
        add-hosts=a=192.0.2.1,b=192.0.2.2,c=2001:db8::1,d=::1
        force-network-mode=none
        ulimit=nofile=1:2,nproc=5
        shm-size=67108864
        cgroup-parent=/builds
        ");
        for network in [None, Some("default".to_owned())] {
            let given = SandboxArguments {
                network,
                ..arguments()
            };
            assert_eq!(sandbox_options(&given, &mut problems), []);
        }
    }

    #[test]
    fn sizes_have_units() {
        for (text, size) in [
            ("5", 5),
            ("5b", 5),
            ("2k", 2048),
            ("2 KB", 2048),
            ("2kib", 2048),
            ("1g", 1 << 30),
        ] {
            assert_eq!(bytes(text), Some(size), "{text}");
        }
        for text in ["", "m", "5x", "5mm", "-1", "99999999999t"] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        let given = SandboxArguments {
            add_host: vec!["a".to_owned(), "a:host-gateway".to_owned()],
            shm_size: Some("much".to_owned()),
            ..arguments()
        };
        let mut problems = Vec::new();
        sandbox_options(&given, &mut problems);
        let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(problems.join("\n"), @r"
        error: --add-host a: it has no address
          hint: give a name and its address, as `--add-host db.example.com:192.0.2.1`
        error: --add-host a:host-gateway: only docker knows the address of `host-gateway`
          hint: give a name and its address, as `--add-host db.example.com:192.0.2.1`
        error: --shm-size much: it is not a size
          hint: give a whole number of bytes, or with a unit: `64m`, `1g`
        ");
    }
}

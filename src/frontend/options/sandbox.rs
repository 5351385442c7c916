//! Options that say what commands run in.
//!
//! <https://github.com/moby/buildkit/blob/v0.32.2/frontend/dockerui/attr.go>

use std::net::IpAddr;

use super::OptionProblem;
use super::keys as key;
use crate::convert::Sandbox;
use crate::llb::{ExtraHost, NetworkMode, Ulimit};

/// What can be limited: <https://man7.org/linux/man-pages/man2/getrlimit.2.html>.
const LIMITS: [&str; 15] = [
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
];

/// The limit that is none.
const UNLIMITED: i64 = -1;

/// Reads the option `key`, one of [`key::SANDBOX`], whose value is not empty.
pub(super) fn read(sandbox: &mut Sandbox, key: &str, value: &str) -> Result<(), OptionProblem> {
    let problem = |option, flag| {
        move |fault| OptionProblem::Sandbox {
            option,
            flag,
            value: value.to_owned(),
            fault,
        }
    };
    let entries = || value.split(',').map(str::trim);
    match key {
        key::ADD_HOSTS => {
            let hosts = entries().map(extra_host).collect::<Result<_, _>>();
            sandbox.extra_hosts = hosts.map_err(problem(key::ADD_HOSTS, "--add-host"))?;
        }
        key::ULIMIT => {
            let limits = entries().map(ulimit).collect::<Result<_, _>>();
            sandbox.ulimits = limits.map_err(problem(key::ULIMIT, "--ulimit"))?;
        }
        key::SHM_SIZE => {
            let size = value.parse().ok().filter(|size| *size > 0);
            let fault = problem(key::SHM_SIZE, "--shm-size");
            sandbox.shm_size =
                Some(size.ok_or_else(|| fault("a whole number above 0 is expected"))?);
        }
        key::FORCE_NETWORK_MODE => {
            sandbox.network = match value {
                "sandbox" => NetworkMode::Sandbox,
                "host" => NetworkMode::Host,
                "none" => NetworkMode::None,
                _ => {
                    let fault = problem(key::FORCE_NETWORK_MODE, "--network");
                    return Err(fault("a build has no such network"));
                }
            };
        }
        key::CGROUP_PARENT => sandbox.cgroup_parent = Some(value.to_owned()),
        // The only other one.
        _ => sandbox.hostname = Some(value.to_owned()),
    }
    Ok(())
}

/// `host=ip`.
fn extra_host(entry: &str) -> Result<ExtraHost, &'static str> {
    let (host, ip) = entry.split_once('=').ok_or("`host=address` is expected")?;
    if host.is_empty() || host.contains(char::is_whitespace) {
        return Err("a host name is expected in front of `=`");
    }
    let ip: IpAddr = ip
        .parse()
        .map_err(|_| "an IP address is expected behind `=`")?;
    Ok(ExtraHost {
        host: host.to_lowercase(),
        ip: ip.to_string(),
    })
}

/// `name=soft`, `name=soft:hard`. <https://github.com/docker/go-units/blob/v0.5.0/ulimit.go>
fn ulimit(entry: &str) -> Result<Ulimit, &'static str> {
    let (name, limits) = entry
        .split_once('=')
        .ok_or("`name=soft` or `name=soft:hard` is expected")?;
    if !LIMITS.contains(&name) {
        return Err("there is no limit of this name");
    }
    let (soft, hard) = limits.split_once(':').unwrap_or((limits, limits));
    let number = |text: &str| {
        let number = text.parse::<i64>().ok();
        let number = number.filter(|number| *number >= UNLIMITED);
        number.ok_or("a limit is a whole number, or -1 for none")
    };
    let (soft, hard) = (number(soft)?, number(hard)?);
    if hard != UNLIMITED && (soft == UNLIMITED || soft > hard) {
        return Err("the soft limit is above the hard one");
    }
    Ok(Ulimit {
        name: name.to_owned(),
        soft,
        hard,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_one(key: &str, value: &str) -> Result<Sandbox, String> {
        let mut sandbox = Sandbox::default();
        match read(&mut sandbox, key, value) {
            Ok(()) => Ok(sandbox),
            Err(problem) => Err(format!("{problem}\n  hint: {}", problem.hint())),
        }
    }

    #[test]
    fn values_are_those_of_docker() {
        let hosts = read_one("add-hosts", "A.example=192.0.2.1, b=2001:DB8::1").unwrap();
        let host = |host: &str, ip: &str| ExtraHost {
            host: host.to_owned(),
            ip: ip.to_owned(),
        };
        assert_eq!(
            hosts.extra_hosts,
            [host("a.example", "192.0.2.1"), host("b", "2001:db8::1")]
        );
        let limits = read_one("ulimit", "nofile=10:20,nproc=5,core=-1").unwrap();
        let shown = limits
            .ulimits
            .iter()
            .map(|limit| format!("{} {} {}", limit.name, limit.soft, limit.hard));
        assert_eq!(
            shown.collect::<Vec<_>>(),
            ["nofile 10 20", "nproc 5 5", "core -1 -1"]
        );
        assert_eq!(read_one("shm-size", "64").unwrap().shm_size, Some(64));
        for (value, network) in [
            ("sandbox", NetworkMode::Sandbox),
            ("host", NetworkMode::Host),
            ("none", NetworkMode::None),
        ] {
            let read = read_one("force-network-mode", value).unwrap();
            assert_eq!(read.network, network);
        }
        let parent = read_one("cgroup-parent", "/builds").unwrap();
        assert_eq!(parent.cgroup_parent.as_deref(), Some("/builds"));
        let hostname = read_one("hostname", "box").unwrap();
        assert_eq!(hostname.hostname.as_deref(), Some("box"));
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        let wrong = [
            ("add-hosts", "a"),
            ("add-hosts", "=192.0.2.1"),
            ("add-hosts", "a=host-gateway"),
            ("ulimit", "nofile"),
            ("ulimit", "files=1"),
            ("ulimit", "nofile=many"),
            ("ulimit", "nofile=2:1"),
            ("shm-size", "64m"),
            ("force-network-mode", "bridge"),
        ];
        let told = wrong.map(|(key, value)| read_one(key, value).unwrap_err());
        insta::assert_snapshot!(told.join("\n"), @r"
        the option `add-hosts` (`docker build --add-host`) is `a`: `host=address` is expected
          hint: give `--add-host host.example.com:192.0.2.1`
        the option `add-hosts` (`docker build --add-host`) is `=192.0.2.1`: a host name is expected in front of `=`
          hint: give `--add-host host.example.com:192.0.2.1`
        the option `add-hosts` (`docker build --add-host`) is `a=host-gateway`: an IP address is expected behind `=`
          hint: give `--add-host host.example.com:192.0.2.1`
        the option `ulimit` (`docker build --ulimit`) is `nofile`: `name=soft` or `name=soft:hard` is expected
          hint: give `--ulimit nofile=1024` or `--ulimit nofile=1024:4096`
        the option `ulimit` (`docker build --ulimit`) is `files=1`: there is no limit of this name
          hint: give `--ulimit nofile=1024` or `--ulimit nofile=1024:4096`
        the option `ulimit` (`docker build --ulimit`) is `nofile=many`: a limit is a whole number, or -1 for none
          hint: give `--ulimit nofile=1024` or `--ulimit nofile=1024:4096`
        the option `ulimit` (`docker build --ulimit`) is `nofile=2:1`: the soft limit is above the hard one
          hint: give `--ulimit nofile=1024` or `--ulimit nofile=1024:4096`
        the option `shm-size` (`docker build --shm-size`) is `64m`: a whole number above 0 is expected
          hint: give a number of bytes, as `--shm-size 67108864`
        the option `force-network-mode` (`docker build --network`) is `bridge`: a build has no such network
          hint: give `default`, `none` or `host`
        ");
    }
}

//! Certificates of authorities that commands trust beside those of their system: a corporate network's own.
//!
//! They are a secret of the client, and so in no layer. A program in front of each command puts them together with the
//! system's, in memory, and variables tell the tools where they are.

use std::collections::BTreeMap;

use super::converter::Converter;
use super::environment::Environment;
use super::leading_program::LeadingProgram;
use crate::llb::{Exec, Mount, MountKind};

/// The id of the secret: certificates as PEM, one or several.
pub const CERTIFICATES_SECRET: &str = "railpack-ca";

/// Where the certificates are, in memory.
const DIRECTORY: &str = "/run/railpack/ca";

/// Those of the client.
const CLIENT_FILE: &str = "/run/railpack/ca/client.pem";

/// Those of the system and the client.
const BUNDLE_FILE: &str = "/run/railpack/ca/bundle.pem";

/// Certificates are no secret, and some tools leave the rights of root behind before they read them.
const CLIENT_FILE_MODE: u32 = 0o444;

/// Variables that tell tools what to trust, each with its source. A tool that replaces its own authorities by what it is
/// given gets the bundle, one that adds to them gets the client's alone.
const VARIABLES: [(&str, &str); 12] = [
    // apt-get; the program writes the file. apt.conf(5), apt-transport-https(1)
    ("APT_CONFIG", "/run/railpack/ca/apt.conf"),
    // https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html
    ("AWS_CA_BUNDLE", BUNDLE_FILE),
    // https://doc.rust-lang.org/cargo/reference/config.html#httpcainfo
    ("CARGO_HTTP_CAINFO", BUNDLE_FILE),
    // https://curl.se/docs/sslcerts.html
    ("CURL_CA_BUNDLE", BUNDLE_FILE),
    // https://docs.deno.com/runtime/reference/env_variables/
    ("DENO_CERT", CLIENT_FILE),
    // https://git-scm.com/docs/git-config#Documentation/git-config.txt-httpsslCAInfo
    ("GIT_SSL_CAINFO", BUNDLE_FILE),
    // https://hexdocs.pm/hex/Mix.Tasks.Hex.Config.html
    ("HEX_CACERTS_PATH", BUNDLE_FILE),
    // https://nodejs.org/api/cli.html#node_extra_ca_certsfile; npm, pnpm, Yarn, and Bun, too
    ("NODE_EXTRA_CA_CERTS", CLIENT_FILE),
    // https://pip.pypa.io/en/stable/topics/https-certificates/
    ("PIP_CERT", BUNDLE_FILE),
    // https://requests.readthedocs.io/en/latest/user/advanced/#ssl-cert-verification; Poetry, Pipenv
    ("REQUESTS_CA_BUNDLE", BUNDLE_FILE),
    // OpenSSL and what is built on it (Python, Ruby, PHP, .NET):
    // https://docs.openssl.org/3.0/man7/openssl-env/; Go: https://pkg.go.dev/crypto/x509#SystemCertPool; uv:
    // https://docs.astral.sh/uv/concepts/authentication/certificates; Composer: https://github.com/composer/ca-bundle
    ("SSL_CERT_FILE", BUNDLE_FILE),
    // Debian's wget is built on GnuTLS and has no variable; the program writes the file.
    // https://www.gnu.org/software/wget/manual/html_node/Wgetrc-Location.html
    ("WGETRC", "/run/railpack/ca/wgetrc"),
];

/// Makes the bundle and runs its arguments. Needs `cat` beside the shell's own commands.
///
/// The places of the system's certificates are those that Go knows:
/// <https://github.com/golang/go/blob/go1.25.0/src/crypto/x509/root_linux.go>.
const PROGRAM: &str = include_str!("certificates.sh");

impl Converter<'_> {
    /// Has a command trust the client's certificates, if there are any. Variables that steps set stay as they are; those of the
    /// base image name certificates of another network.
    pub(super) fn trusting(&mut self, exec: Exec, steps: &Environment) -> Exec {
        if !self.options.certificates {
            return exec;
        }
        let mut environment: BTreeMap<_, _> = exec.environment.into_iter().collect();
        let variables = VARIABLES.into_iter().filter(|(name, _)| !steps.sets(name));
        environment.extend(variables.map(|(name, file)| (name.to_owned(), file.to_owned())));
        let mut mounts = exec.mounts;
        mounts.extend(mounts_of_certificates());
        let exec = Exec {
            environment: environment.into_iter().collect(),
            mounts,
            ..exec
        };
        let program = LeadingProgram {
            directory: "/run/railpack/ca-program",
            file: "trust",
            title: format!("[internal] program that trusts `{CERTIFICATES_SECRET}`"),
            text: PROGRAM.to_owned(),
        };
        self.led_by(program, exec)
    }
}

fn mounts_of_certificates() -> [Mount; 2] {
    let mount = |destination: &str, kind| Mount {
        destination: destination.to_owned(),
        kind,
    };
    [
        mount(DIRECTORY, MountKind::Tmpfs { size: None }),
        mount(
            CLIENT_FILE,
            MountKind::Secret {
                id: CERTIFICATES_SECRET.to_owned(),
                uid: 0,
                gid: 0,
                mode: CLIENT_FILE_MODE,
                // It is known to be offered: one that is not there any more must not pass for a network that is not trusted.
                optional: false,
            },
        ),
    ]
}

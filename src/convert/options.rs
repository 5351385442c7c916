//! What a conversion is given beside the plan.

use std::collections::{BTreeMap, BTreeSet};

use super::Contexts;
use crate::llb::{
    CapabilitySet, ExtraHost, NetworkMode, Platform, Proxy, ResolveMode, SourceFile, Ulimit,
};
use crate::proto::pb;

/// What a conversion is given beside the plan. Everything that is not in the plan comes in here: the conversion reads no
/// clock, environment, network or file.
#[derive(Clone, Debug)]
pub struct ConvertOptions {
    /// The platform that the image is for.
    pub platform: Platform,
    /// Whether names of vertices say the platform: where several are built at once.
    pub names_platform: bool,
    /// The step whose files and environment are the image; `None` is what the plan deploys.
    pub target: Option<String>,
    /// What commands run in.
    pub sandbox: Sandbox,
    /// The session that offers the local tree; `None` is any session of the build.
    pub session: Option<String>,
    /// Put in front of the id of every cache mount, so that builds with different keys share none.
    pub cache_key: Option<String>,
    /// What makes the steps that use secrets run again when a value changes.
    pub secrets_hash: SecretsHash,
    /// Whether the client offers the secret [`CERTIFICATES_SECRET`](super::CERTIFICATES_SECRET), whose certificates the commands
    /// then trust.
    pub certificates: bool,
    /// A token for GitHub's API, given to `mise install` as `GITHUB_TOKEN`. It becomes part of the definition.
    pub github_token: Option<String>,
    /// Which steps run even if their results are known.
    pub no_cache: NoCache,
    /// What the engine can do.
    pub capabilities: CapabilitySet,
    /// The plan as it was written, for errors that show its lines.
    pub source: Option<SourceFile>,
    /// The images that the plan names, by fully qualified reference, as [`images`](fn@super::images) lists them. What is
    /// missing here is taken as it is named, with an empty configuration.
    pub images: BTreeMap<String, ResolvedImage>,
    /// What stands in for what the plan names.
    pub contexts: Contexts,
    /// How the engine finds the images, where their references have no digest.
    pub resolve_mode: Option<ResolveMode>,
    /// Proxy variables for the commands. They are not part of cache keys.
    pub proxy: Option<Proxy>,
    /// Labels of the image.
    pub labels: BTreeMap<String, String>,
    /// Value of `RAILPACK_BUILT_AT` in the image's environment; `None` leaves the variable out.
    pub built_at: Option<String>,
    /// Modification time of what the conversion itself writes, in seconds since 1970
    /// (<https://reproducible-builds.org/specs/source-date-epoch/>); `None` is a fixed time.
    pub source_date_epoch: Option<i64>,
}

impl ConvertOptions {
    /// Options for a platform and an engine, everything else as when nothing is asked for.
    #[must_use]
    pub fn new(platform: Platform, capabilities: CapabilitySet) -> Self {
        Self {
            platform,
            names_platform: false,
            target: None,
            sandbox: Sandbox::default(),
            session: None,
            cache_key: None,
            secrets_hash: SecretsHash::Unknown,
            certificates: false,
            github_token: None,
            no_cache: NoCache::Never,
            capabilities,
            source: None,
            images: BTreeMap::new(),
            contexts: Contexts::default(),
            resolve_mode: None,
            proxy: None,
            labels: BTreeMap::new(),
            built_at: None,
            source_date_epoch: None,
        }
    }
}

/// What commands run in, beside their root file system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sandbox {
    /// The network that they see.
    pub network: NetworkMode,
    /// Additional lines of `/etc/hosts`.
    pub extra_hosts: Vec<ExtraHost>,
    /// Host name; `None` is the engine's choice.
    pub hostname: Option<String>,
    /// Resource limits.
    pub ulimits: Vec<Ulimit>,
    /// Size of `/dev/shm` in bytes; `None` is the engine's choice.
    pub shm_size: Option<u64>,
    /// Parent control group; `None` is the engine's choice.
    pub cgroup_parent: Option<String>,
}

/// What makes the steps that use secrets run again when a value changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum SecretsHash {
    /// Nothing does.
    #[default]
    Unknown,
    /// This text changes when a value does. It becomes part of the definition.
    Given(String),
    /// The client offers the hashes: in a directory for each distinct set of secrets that steps use, named by its number.
    Offered {
        /// Name of the local.
        local: String,
        /// The session that offers it; `None` is any session of the build. It must be another one in each build.
        session: Option<String>,
    },
    /// A program in the build makes the hashes.
    Fingerprint(Fingerprint),
}

/// The program that hashes the secrets in a build: [`fingerprint`](crate::fingerprint).
#[derive(Clone, Debug, PartialEq)]
pub struct Fingerprint {
    /// The image that it is in.
    pub image: pb::Definition,
    /// Its path in there.
    pub program: String,
    /// A text that no other build has. Without it the engine would know the values of an earlier build by the same
    /// definition, and give their results.
    pub salt: String,
}

/// An image that the plan names, as the registry knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResolvedImage {
    /// The reference to build from: with the digest, if it is known.
    pub reference: String,
    /// The image's configuration as it came
    /// (<https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md>); empty if there is none.
    pub config: Vec<u8>,
}

/// Which steps run even if their results are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NoCache {
    /// None.
    #[default]
    Never,
    /// All.
    All,
    /// Those named.
    Steps(BTreeSet<String>),
}

impl NoCache {
    pub(super) fn includes(&self, step: &str) -> bool {
        match self {
            Self::Never => false,
            Self::All => true,
            Self::Steps(names) => names.contains(step),
        }
    }
}

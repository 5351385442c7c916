//! What can be wrong with the frontend options, and what is worth a warning.

use super::keys as key;
use crate::convert::CERTIFICATES_SECRET;
use crate::frontend::subrequests::listed;
use crate::llb::PlatformError;
use crate::plan::suggest;

/// What is wrong with an option.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OptionProblem {
    /// Something that cannot be honoured yet.
    #[error("the option `{option}` (`docker build {flag}`) is not supported yet")]
    Unsupported {
        /// The option.
        option: String,
        /// The flag that sets it.
        flag: &'static str,
    },
    /// A build context that is none.
    #[error(
        "the build context `{}` is none: {fault}",
        without_credentials(context)
    )]
    MainContext {
        /// The context.
        context: String,
        /// What is wrong with it.
        fault: String,
    },
    /// A named context that is none.
    #[error(
        "the build context `{name}={}` (`docker build --build-context`) cannot be used: {fault}",
        without_credentials(value)
    )]
    NamedContext {
        /// Its name.
        name: String,
        /// What it is to be.
        value: String,
        /// What is wrong with it.
        fault: String,
    },
    /// Several platforms, and no index.
    #[error(
        "several platforms make an index, and the option `{}` is `false`",
        key::MULTI_PLATFORM
    )]
    NotMultiPlatform,
    /// A platform that is none.
    #[error(transparent)]
    Platform(PlatformError),
    /// A platform that runs no Linux images.
    #[error("the platform `{value}` is not supported: plans make Linux images")]
    NotLinux {
        /// What was given.
        value: String,
    },
    /// Neither the client nor the engine says which platform.
    #[error("no platform to build for: the request names none and the engine has no default")]
    NoPlatform,
    /// A time that is none.
    #[error(
        "the build argument `{}` is `{value}`, which is not a time",
        key::SOURCE_DATE_EPOCH
    )]
    SourceDateEpoch {
        /// What was given.
        value: String,
    },
    /// A boolean that is none.
    #[error("the option `{option}` is `{value}`, which is neither `true` nor `false`")]
    Boolean {
        /// The option.
        option: &'static str,
        /// What was given.
        value: String,
    },
    /// A way to resolve images that is none.
    #[error(
        "the option `{}` is `{value}`, which is not a way to resolve images",
        key::IMAGE_RESOLVE_MODE
    )]
    ResolveMode {
        /// What was given.
        value: String,
    },
    /// A value that says nothing about what commands run in.
    #[error("the option `{option}` (`docker build {flag}`) is `{value}`: {fault}")]
    Sandbox {
        /// The option.
        option: &'static str,
        /// The flag that sets it.
        flag: &'static str,
        /// What was given.
        value: String,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// A list of caches that is none.
    #[error(
        "the option `{}` is not a JSON array of caches: it goes wrong at character {column} of line {line}",
        key::CACHE_IMPORTS
    )]
    CacheImports {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
}

impl OptionProblem {
    /// What to do about it.
    #[must_use]
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Unsupported { flag, .. } => format!("build without `{flag}`"),
            Self::MainContext { .. } => {
                "give a directory, the URL of a git repository as `https://host/app.git#branch:directory`, or that of an archive"
                    .to_owned()
            }
            Self::NamedContext { .. } => {
                "give `NAME=DIRECTORY`, `NAME=docker-image://IMAGE`, `NAME=oci-layout://DIRECTORY@DIGEST`, or the URL of a git \
                 repository or a file"
                    .to_owned()
            }
            Self::NotMultiPlatform => "give one platform, or leave that option out".to_owned(),
            Self::Platform(_) | Self::NotLinux { .. } | Self::NoPlatform => {
                "name one as `linux/amd64` or `linux/arm64`: `docker build --platform linux/amd64`"
                    .to_owned()
            }
            Self::SourceDateEpoch { .. } => {
                "give the whole seconds since 1970, as `date +%s` prints them".to_owned()
            }
            Self::Boolean { .. } => "give `true` or `false`".to_owned(),
            Self::ResolveMode { .. } => "give `default`, `pull` or `local`".to_owned(),
            Self::Sandbox { flag, .. } => match *flag {
                "--add-host" => "give `--add-host host.example.com:192.0.2.1`",
                "--ulimit" => "give `--ulimit nofile=1024` or `--ulimit nofile=1024:4096`",
                "--shm-size" => "give a number of bytes, as `--shm-size 67108864`",
                _ => "give `default`, `none` or `host`",
            }
            .to_owned(),
            Self::CacheImports { .. } => {
                r#"give caches as `[{"Type":"registry","Attrs":{"ref":"registry/image:tag"}}]`"#
                    .to_owned()
            }
        }
    }
}

/// What is worth a warning: an option without effect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OptionWarning {
    /// Build arguments that nothing reads. Their values may be secret and are not told.
    #[error("One or more build-args were not consumed: {}", names.join(", "))]
    UnusedBuildArgs {
        /// Their names.
        names: Vec<String>,
    },
    /// A build argument that was given as an option.
    #[error("the option `{name}` has no effect; it is a build argument")]
    BareBuildArg {
        /// Its name.
        name: String,
    },
    /// An option that is not known.
    #[error("the option `{option}` is not known and has no effect")]
    UnknownOption {
        /// The option.
        option: String,
    },
    /// A build argument that asks for an SBOM of more than the image.
    #[error("the build argument `{name}` has no effect: an SBOM is of the image alone")]
    SbomScan {
        /// The argument.
        name: String,
    },
    /// Settings of planning, where there is a plan already.
    #[error("settings of planning have no effect, because there is a plan already: {}", names.join(", "))]
    PlannedAlready {
        /// Their names.
        names: Vec<String>,
    },
    /// A capability that is not to be used, and that the engine does not have.
    #[error(
        "the build argument `{}` names the capability `{capability}`, which this engine does not offer",
        key::RAILPACK_DISABLE_CAPABILITIES
    )]
    UnknownCapability {
        /// The capability.
        capability: String,
    },
    /// A named context that stands in for nothing.
    #[error(
        "the build context `{name}` has no effect: the plan names neither an image nor a step so"
    )]
    UnusedContext {
        /// Its name.
        name: String,
        /// What the plan names.
        names: Vec<String>,
    },
    /// A named context that stands in for what another one stands in for already.
    #[error(
        "the build context `{name}` has no effect: `{first}` is another name for the same, and goes before it"
    )]
    SecondContext {
        /// Its name.
        name: String,
        /// The other one's name.
        first: String,
    },
    /// A directory of a context that is the client's own directory.
    #[error(
        "the option `{}` has no effect: the build context is a directory of this machine",
        key::CONTEXT_SUBDIRECTORY
    )]
    LocalSubdirectory,
    /// Steps use secrets, and nothing tells whether a value has changed.
    #[error(
        "steps that use secrets do not run again when a value changes: this engine does not say what image the frontend is"
    )]
    SecretsNotHashed,
    /// The engine does not say whether the client offers certificates.
    #[error(
        "this engine does not say whether the secret `{CERTIFICATES_SECRET}` is offered, and commands go without it: {reason}"
    )]
    CertificatesUnknown {
        /// What it says.
        reason: String,
    },
    /// A step that the plan does not have.
    #[error(
        "the option `{}` names the step `{step}`, which the plan does not have",
        key::NO_CACHE
    )]
    UnknownStep {
        /// The step.
        step: String,
    },
}

impl OptionWarning {
    /// What to do about it.
    #[must_use]
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::UnusedBuildArgs { .. } => format!(
                "variables of the build are in the plan: give them to `railpack plan --env NAME=value`. Build arguments \
                 that are read: {}, {}",
                key::RAILPACK_ARGUMENTS.join(", "),
                key::SOURCE_DATE_EPOCH
            ),
            Self::SbomScan { .. } => {
                "build a step with `--target` for an SBOM of what is in it".to_owned()
            }
            Self::PlannedAlready { .. } => {
                "give them to `railpack plan --env NAME=value`, or build without a plan".to_owned()
            }
            Self::SecretsNotHashed => format!(
                "give a text that changes with the secrets: `--build-arg {}=...`; or use BuildKit 0.10 or newer",
                key::SECRETS_HASH
            ),
            Self::CertificatesUnknown { .. } => {
                "nothing is to be done where no certificates are offered".to_owned()
            }
            Self::BareBuildArg { name } => {
                format!("give it as `--opt {}{name}=...`", key::BUILD_ARG_PREFIX)
            }
            Self::UnknownOption { .. } | Self::UnknownCapability { .. } => {
                "leave it out, or check its spelling".to_owned()
            }
            Self::UnusedContext { name, names } => {
                let names = names.iter().map(String::as_str);
                match suggest(name, names.clone()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => listed(names),
                }
            }
            Self::SecondContext { .. } => "give one of them".to_owned(),
            Self::LocalSubdirectory => "give that directory as the build context".to_owned(),
            Self::UnknownStep { .. } => {
                "give names of the plan's steps, or none for all of them".to_owned()
            }
        }
    }
}

/// A URL without what may be secret in it: user, password and query.
pub(crate) fn without_credentials(url: &str) -> String {
    let url = url.split_once('?').map_or(url, |(url, _)| url);
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

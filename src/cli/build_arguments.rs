//! What can be written behind `railpack build`. The companion only completes it in shells.
//!
//! Options that docker buildx has too have its names and forms:
//! <https://docs.docker.com/reference/cli/docker/buildx/build/>.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser};

use super::arguments::PlanningArguments;

/// The ways to show a build, with docker buildx's names.
pub(crate) const PROGRESS_MODES: [&str; 5] = ["auto", "tty", "plain", "rawjson", "quiet"];

/// Builds the image of an app with BuildKit.
#[derive(Debug, Parser)]
#[command(
    name = "railpack build",
    bin_name = "railpack build",
    version,
    disable_version_flag = true,
    // Like docker: of an option that is given twice the last one counts.
    args_override_self = true,
    max_term_width = 120,
    // What only plans takes no URL.
    mut_arg("directory", |directory| directory.help("The directory that holds the app, or the URL of a git repository or an archive"))
)]
pub(crate) struct BuildCommand {
    #[command(flatten)]
    pub(crate) planning: PlanningArguments,

    /// Build this plan, which `railpack plan` wrote, and do not look at DIRECTORY but for the app's files
    #[arg(long, value_name = "FILE", conflicts_with_all = ["build_command", "start_command", "app_directory", "config_file", "previous", "error_missing_start", "builder_image", "runtime_image", "frontend"])]
    pub(crate) plan: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) output: OutputArguments,

    #[command(flatten)]
    pub(crate) build: BuildArguments,

    #[command(flatten)]
    pub(crate) engine: EngineArguments,

    #[command(flatten)]
    pub(crate) display: DisplayArguments,

    /// Print version
    #[arg(short = 'v', short_alias = 'V', long, action = ArgAction::Version)]
    version: Option<bool>,
}

/// Where the image goes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Image")]
pub(crate) struct OutputArguments {
    /// Name of the image, with or without a tag; by default that of DIRECTORY. May be given several times
    #[arg(short = 't', long = "name", visible_alias = "tag", value_name = "NAME")]
    pub(crate) names: Vec<String>,

    /// Push the image to the registry of its name
    #[arg(long)]
    pub(crate) push: bool,

    /// What to make instead of an image in the local engine: `type=docker|oci|tar|local|image|registry|cacheonly` with
    /// `dest=` and `name=`; a directory alone is `type=local`, `-` is `type=tar` on standard output. May be given several
    /// times
    #[arg(short, long = "output", value_name = "OUTPUT")]
    pub(crate) outputs: Vec<String>,

    /// Write what the engine says of the result to this file, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) metadata_file: Option<PathBuf>,

    /// Set a label of the image
    #[arg(long = "label", value_name = "NAME=VALUE")]
    pub(crate) labels: Vec<String>,
}

/// How it is built.
#[derive(Debug, Args)]
#[command(next_help_heading = "Build")]
pub(crate) struct BuildArguments {
    /// The platform to build for, as linux/amd64; by default the engine's. Several, separated by commas, make an index
    #[arg(long, value_name = "PLATFORM")]
    pub(crate) platform: Option<String>,

    /// A secret of the build: `id=NAME,env=VARIABLE` or `id=NAME,src=FILE`. Values of `--env` are secrets already
    #[arg(long = "secret", value_name = "SECRET")]
    pub(crate) secrets: Vec<String>,

    /// Let steps use SSH keys: `default` or ID for this shell's agent, `ID=SOCKET` for another one, `ID=KEY[,KEY]` for files
    /// with private keys
    #[arg(long, value_name = "AGENT")]
    pub(crate) ssh: Vec<String>,

    /// Import a cache: an image's name, `type=registry,ref=NAME` or `type=local,src=DIRECTORY`
    #[arg(long, value_name = "CACHE")]
    pub(crate) cache_from: Vec<String>,

    /// Export the cache: an image's name, or `type=registry,ref=NAME,mode=max`, `type=local,dest=DIRECTORY`, `type=inline`
    #[arg(long, value_name = "CACHE")]
    pub(crate) cache_to: Vec<String>,

    /// Keep the cache mounts of builds with different keys apart
    #[arg(long, value_name = "KEY")]
    pub(crate) cache_key: Option<String>,

    /// Run all steps again
    #[arg(long)]
    pub(crate) no_cache: bool,

    /// Run these steps again, separated by commas
    #[arg(
        long,
        value_name = "STEPS",
        value_delimiter = ',',
        conflicts_with = "no_cache"
    )]
    pub(crate) no_cache_filter: Vec<String>,

    /// Ask the registry for newer base images
    #[arg(long)]
    pub(crate) pull: bool,

    /// An argument that the frontend reads, such as `SOURCE_DATE_EPOCH`; NAME alone takes the value of this process's
    /// environment
    #[arg(long = "build-arg", value_name = "NAME=VALUE")]
    pub(crate) arguments: Vec<String>,

    /// What stands in for an image or a step of the plan: a directory, `docker-image://IMAGE`, `oci-layout://DIRECTORY:TAG`, or
    /// the URL of a git repository or a file. May be given several times
    #[arg(long = "build-context", value_name = "NAME=SOURCE")]
    pub(crate) contexts: Vec<String>,

    /// The step to build, with its files and environment as the image; by default `deploy`, the image of the plan
    #[arg(long, value_name = "STEP")]
    pub(crate) target: Option<String>,

    #[command(flatten)]
    pub(crate) sandbox: SandboxArguments,

    /// An attestation to attach to the image: `type=sbom` or `type=provenance,mode=max`
    #[arg(long = "attest", value_name = "ATTESTATION")]
    pub(crate) attestations: Vec<String>,
}

/// What the steps run in.
#[derive(Debug, Args)]
pub(crate) struct SandboxArguments {
    /// A line of /etc/hosts for the steps. May be given several times
    #[arg(long, value_name = "HOST:ADDRESS")]
    pub(crate) add_host: Vec<String>,

    /// The network of the steps: default, none or host
    #[arg(long, value_name = "MODE")]
    pub(crate) network: Option<String>,

    /// A limit of the steps, as nofile=1024:4096. May be given several times
    #[arg(long, value_name = "NAME=SOFT[:HARD]")]
    pub(crate) ulimit: Vec<String>,

    /// Size of /dev/shm, as 64m
    #[arg(long, value_name = "SIZE")]
    pub(crate) shm_size: Option<String>,

    /// Control group that those of the steps are in
    #[arg(long, value_name = "PATH")]
    pub(crate) cgroup_parent: Option<String>,
}

/// Who builds.
#[derive(Debug, Args)]
#[command(next_help_heading = "Engine")]
pub(crate) struct EngineArguments {
    /// The engine: `docker`, or `unix://PATH`, `tcp://HOST:PORT`, `ssh://[USER@]HOST`, `docker-container://NAME`,
    /// `podman-container://NAME`, `nerdctl-container://NAME`, `kube-pod://NAME`; by default Docker, then buildkitd at its
    /// usual socket [variable: `BUILDKIT_HOST`]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) builder: Option<String>,

    /// Directory with ca.pem, cert.pem and key.pem, for tcp://
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) tlsdir: Option<PathBuf>,

    /// Certificates that may sign the engine's; by default those that the system trusts
    #[arg(long, value_name = "FILE", conflicts_with = "tlsdir")]
    pub(crate) tlscacert: Option<PathBuf>,

    /// This client's certificate
    #[arg(
        long,
        value_name = "FILE",
        requires = "tlskey",
        conflicts_with = "tlsdir"
    )]
    pub(crate) tlscert: Option<PathBuf>,

    /// The key of this client's certificate
    #[arg(
        long,
        value_name = "FILE",
        requires = "tlscert",
        conflicts_with = "tlsdir"
    )]
    pub(crate) tlskey: Option<PathBuf>,

    /// The name that the engine's certificate must have; by default the host of its address
    #[arg(long, value_name = "NAME")]
    pub(crate) tlsservername: Option<String>,
}

/// What is shown.
#[derive(Debug, Args)]
#[command(next_help_heading = "Display")]
pub(crate) struct DisplayArguments {
    /// How progress is shown: auto, tty, plain, rawjson or quiet [variable: `BUILDKIT_PROGRESS`]
    #[arg(long, value_name = "MODE", value_parser = PROGRESS_MODES, hide_possible_values = true)]
    pub(crate) progress: Option<String>,

    /// Show nothing but the image's digest, on standard output
    #[arg(short, long, conflicts_with = "progress")]
    pub(crate) quiet: bool,

    /// Write the plan to standard output too
    #[arg(long)]
    pub(crate) show_plan: bool,

    /// Write BuildKit's build graph to this file (`-` is standard output) and build nothing
    #[arg(long, value_name = "FILE")]
    pub(crate) dump_llb: Option<PathBuf>,

    /// Tell more of what was decided and why, and let mise do so in the build [variable: `RAILPACK_VERBOSE`]
    #[arg(long)]
    pub(crate) verbose: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_fit_together() {
        BuildCommand::command().debug_assert();
    }
}

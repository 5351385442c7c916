//! The two ways to build: buildctl with buildkitd, and docker with buildx.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::command::{Command, Outcome, Running};
use super::image::{Image, docker, pushed_name, take_pushed};
use super::settings::settings;

/// Who builds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    /// buildctl. The address is that of `BUILDKIT_HOST` if there is none here.
    BuildKit { address: Option<String> },
    /// docker buildx with the engine's own BuildKit.
    Docker,
    /// The same with another engine than that of `DOCKER_HOST`.
    OtherDocker(OtherDocker),
}

/// A Docker beside that of `DOCKER_HOST`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OtherDocker {
    /// The oldest that is built with; its BuildKit is 0.8.
    V20_10,
    /// The main one's version, with images in containerd.
    Containerd,
}

/// How the engine finds the frontend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// The caller names it: `--opt source=`, `--build-arg BUILDKIT_SYNTAX=`.
    Named,
    /// The first lines of the plan, or its `syntax`, name it. Only for docker.
    InPlan,
}

/// What becomes of the result.
#[derive(Clone, Debug)]
pub(crate) enum Output {
    /// It stays in the engine's cache.
    Nothing,
    /// Docker has it.
    Image(String),
    /// It is written to a file, as the given exporter does: `type=..` without `dest=`.
    File(String, PathBuf),
}

/// A build, with what a user gives on the command line.
#[derive(Clone, Debug)]
pub(crate) struct Build<'project> {
    engine: Engine,
    context: &'project Path,
    plan_directory: &'project Path,
    filename: Option<&'project str>,
    finding: Finding,
    platform: Option<String>,
    arguments: Vec<(String, String)>,
    secrets: Vec<(String, String)>,
    /// Options for docker only, as they are.
    docker_options: Vec<OsString>,
    /// Options for buildctl only, as they are.
    buildctl_options: Vec<OsString>,
    raw_progress: bool,
}

impl Engine {
    pub(crate) fn all() -> [Self; 2] {
        [Self::BuildKit { address: None }, Self::Docker]
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::BuildKit { .. } => "buildkit",
            Self::Docker => "docker",
            Self::OtherDocker(OtherDocker::V20_10) => "docker-20.10",
            Self::OtherDocker(OtherDocker::Containerd) => "docker-containerd",
        }
    }

    /// What `DOCKER_HOST` has to be for programs that use this engine, if it is not what it is.
    pub(crate) fn docker_host(&self) -> Option<String> {
        let variable = match self {
            Self::BuildKit { .. } | Self::Docker => return None,
            Self::OtherDocker(OtherDocker::V20_10) => "RAILPACK_DOCKER_20_10",
            Self::OtherDocker(OtherDocker::Containerd) => "RAILPACK_DOCKER_CONTAINERD",
        };
        let host = std::env::var(variable);
        Some(host.unwrap_or_else(|_| panic!("{variable} is not set: use integration/up again")))
    }

    /// `docker` with arguments, for this engine's images and containers.
    pub(crate) fn docker<const N: usize>(&self, arguments: [&str; N]) -> Command {
        with_host(docker(arguments), self.docker_host())
    }
}

/// Has a program use another Docker.
pub(crate) fn with_host(command: Command, host: Option<String>) -> Command {
    match host {
        Some(host) => command.variable("DOCKER_HOST", host),
        None => command,
    }
}

impl<'project> Build<'project> {
    /// A build of the plan `filename` in `plan_directory`. buildctl without a file name leaves the choice to the frontend.
    pub(crate) fn new(
        engine: &Engine,
        context: &'project Path,
        plan_directory: &'project Path,
        filename: Option<&'project str>,
    ) -> Self {
        Self {
            engine: engine.clone(),
            context,
            plan_directory,
            filename,
            finding: Finding::Named,
            platform: None,
            arguments: Vec::new(),
            secrets: Vec::new(),
            docker_options: Vec::new(),
            buildctl_options: Vec::new(),
            raw_progress: false,
        }
    }

    pub(crate) fn finding(mut self, finding: Finding) -> Self {
        self.finding = finding;
        self
    }

    pub(crate) fn platform(mut self, platform: &str) -> Self {
        self.platform = Some(platform.to_owned());
        self
    }

    pub(crate) fn build_argument(mut self, name: &str, value: &str) -> Self {
        self.arguments.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn secret(mut self, name: &str, value: &str) -> Self {
        self.secrets.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same wish in each engine's own words.
    pub(crate) fn options<const D: usize, const B: usize>(
        mut self,
        docker: [&str; D],
        buildctl: [&str; B],
    ) -> Self {
        self.docker_options
            .extend(docker.iter().map(OsString::from));
        self.buildctl_options
            .extend(buildctl.iter().map(OsString::from));
        self
    }

    /// `--no-cache`: every step runs again.
    pub(crate) fn no_cache(self) -> Self {
        self.options(["--no-cache"], ["--no-cache"])
    }

    /// Progress as lines of JSON, for [`super::progress::Progress`].
    pub(crate) fn raw_progress(mut self) -> Self {
        self.raw_progress = true;
        self
    }

    /// Builds to the end, and has docker take the result if it is an image.
    pub(crate) fn run(&self, output: &Output) -> Outcome {
        let outcome = self.command(output).run();
        if let (Engine::BuildKit { .. }, Output::Image(name)) = (&self.engine, output)
            && outcome.succeeded()
        {
            take_pushed(name);
        }
        outcome
    }

    /// Starts it and does not wait; for an output that needs no second program.
    pub(crate) fn start(&self, output: &Output) -> Running {
        self.command(output).start()
    }

    /// Builds an image that removes itself.
    #[track_caller]
    pub(crate) fn image(&self) -> Image {
        let image = Image::of(&self.engine);
        self.run(&Output::Image(image.name().to_owned())).success();
        image
    }

    fn command(&self, output: &Output) -> Command {
        let command = match &self.engine {
            Engine::BuildKit { address } => self.buildctl(address.as_deref(), output),
            Engine::Docker | Engine::OtherDocker(_) => {
                with_host(self.docker(output), self.engine.docker_host())
            }
        };
        // A value on a command line could be read by every process: the program takes it from its environment.
        let secrets = self.secrets.iter().enumerate();
        secrets.fold(command, |command, (index, (name, value))| {
            let variable = format!("RAILPACK_TEST_SECRET_{index}");
            command
                .argument("--secret")
                .argument(format!("id={name},env={variable}"))
                .variable(variable, value)
        })
    }

    fn buildctl(&self, address: Option<&str>, output: &Output) -> Command {
        assert_eq!(
            self.finding,
            Finding::Named,
            "buildctl always names the frontend"
        );
        let mut command = Command::new("buildctl");
        if let Some(address) = address {
            command = command.argument("--addr").argument(address);
        }
        command = command
            .argument("build")
            .argument("--progress")
            .argument(self.progress());
        command = command.argument("--frontend=gateway.v0");
        let mut options = vec![("source".to_owned(), settings().frontend.clone())];
        options.extend(
            self.filename
                .map(|name| ("filename".to_owned(), name.to_owned())),
        );
        options.extend(
            self.platform
                .clone()
                .map(|platform| ("platform".to_owned(), platform)),
        );
        options.extend(
            self.arguments
                .iter()
                .map(|(name, value)| (format!("build-arg:{name}"), value.clone())),
        );
        for (name, value) in options {
            command = command
                .argument("--opt")
                .argument(format!("{name}={value}"));
        }
        command = command
            .argument("--local")
            .argument(joined("context=", self.context));
        command = command
            .argument("--local")
            .argument(joined("dockerfile=", self.plan_directory));
        command = command.arguments(&self.buildctl_options);
        match output {
            Output::Nothing => command,
            // The registry keeps what is pushed until the tests end: gzip takes too long, and uncompressed it fills the disk.
            Output::Image(name) => command.argument("--output").argument(format!(
                "type=image,name={},push=true,compression=zstd,compression-level=1",
                pushed_name(name)
            )),
            Output::File(exporter, path) => command
                .argument("--output")
                .argument(joined(&format!("{exporter},dest="), path)),
        }
    }

    fn docker(&self, output: &Output) -> Command {
        let filename = self.filename.expect("docker build always names the file");
        let mut command =
            Command::new("docker").arguments(["buildx", "build", "--builder", "default"]);
        command = command.argument("--progress").argument(self.progress());
        command = command
            .argument("--file")
            .argument(self.plan_directory.join(filename));
        if self.finding == Finding::Named {
            command = command
                .argument("--build-arg")
                .argument(format!("BUILDKIT_SYNTAX={}", settings().frontend));
        }
        if let Some(platform) = &self.platform {
            command = command.argument("--platform").argument(platform);
        }
        for (name, value) in &self.arguments {
            command = command
                .argument("--build-arg")
                .argument(format!("{name}={value}"));
        }
        command = command.arguments(&self.docker_options);
        command = match output {
            Output::Nothing => command.argument("--output").argument("type=cacheonly"),
            Output::Image(name) => command.argument("--tag").argument(name),
            Output::File(exporter, path) => command
                .argument("--output")
                .argument(joined(&format!("{exporter},dest="), path)),
        };
        command.argument(self.context)
    }

    fn progress(&self) -> &'static str {
        if self.raw_progress {
            "rawjson"
        } else {
            "plain"
        }
    }
}

fn joined(prefix: &str, path: &Path) -> OsString {
    let mut word = OsString::from(prefix);
    word.push(path);
    word
}

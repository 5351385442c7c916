//! The story of `railpack build`: what is wanted, the plan, the engine, the build, the image.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::future::pending;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser as _;
use prost::Message;
use tokio::time::timeout;

use super::address::{ConnectError, Connection, Engine, connect, find_engines};
use super::build::{Build, BuildError, Dump, Metadata};
use super::caches::Caches;
use super::elsewhere::Elsewhere;
use super::error::ClientError;
use super::interrupt::Interrupt;
use super::output::{Export, Loading, Target, exports, metadata_json, push};
use super::plan_source::{PlanOrigin, PlanSource};
use super::progress::{Mode, Outcome, Progress, Terminal};
use super::request;
use super::served::session;
use super::session::Session;
use super::session::receive::ReceiveError;
use super::settings::{AppSource, SecretSource, Settings, UsageProblem};
use super::words::{ending, with_causes};
use crate::cli::{
    BuildCommand, ExitStatus, Look, Report, Surroundings, VERBOSE_VARIABLE, is_on, write_file,
};

/// Variable with the way to show progress: docker's.
const PROGRESS_VARIABLE: &str = "BUILDKIT_PROGRESS";

/// Key of the digest in what the engine says of a result.
/// <https://github.com/moby/buildkit/blob/v0.32.2/exporter/containerimage/exptypes/types.go>
const DIGEST: &str = "containerimage.digest";

/// How long files that are read and names that are looked up may hold this process at its end.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(300);

/// How long a program that reads no more gets to end.
const LOADER_TIMEOUT: Duration = Duration::from_secs(5);

/// Builds an image as the arguments say. `arguments` begin with the program's own name.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    surroundings: &mut Surroundings<'_>,
) -> ExitStatus {
    let arguments = match BuildCommand::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return surroundings.not_parsed(&error),
    };
    let checked = Settings::read(&arguments, surroundings.variable);
    let settings = match checked {
        Ok(settings) => settings,
        Err(problems) => return unusable(&problems, surroundings),
    };
    let variable = surroundings.variable;
    let mut story = Story {
        is_verbose: arguments.display.verbose
            || variable(VERBOSE_VARIABLE).is_some_and(|value| is_on(&value)),
        mode: mode(&arguments, variable),
        arguments,
        settings,
        surroundings,
    };
    match story.tell() {
        Ok(()) => ExitStatus::Success,
        Err(error) => {
            story.explain(&error);
            error.exit_status()
        }
    }
}

/// All that makes no sense.
fn unusable(problems: &[UsageProblem], surroundings: &mut Surroundings<'_>) -> ExitStatus {
    for problem in problems {
        // A closed error stream leaves nobody to tell.
        let _ = writeln!(surroundings.stderr, "{problem}");
    }
    ExitStatus::Usage
}

/// How progress is shown. A word of the environment that is none is none of this program's business.
fn mode(arguments: &BuildCommand, variable: &dyn Fn(&str) -> Option<String>) -> Mode {
    if arguments.display.quiet {
        return Mode::Quiet;
    }
    let given = arguments.display.progress.clone();
    // Given ones have been checked.
    let mode = given.or_else(|| variable(PROGRESS_VARIABLE));
    mode.and_then(|mode| mode.parse().ok()).unwrap_or_default()
}

/// What is known before an engine is asked.
type Prepared = (Vec<Engine>, PlanOrigin, BTreeMap<String, SecretSource>);

/// A run that is going on.
struct Story<'a, 'b> {
    arguments: BuildCommand,
    settings: Settings,
    mode: Mode,
    is_verbose: bool,
    surroundings: &'a mut Surroundings<'b>,
}

impl Story<'_, '_> {
    fn tell(&mut self) -> Result<(), ClientError> {
        // One thread carries bytes while the other one reads files.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(ClientError::Runtime)?;
        let interrupt = Interrupt::listen(&runtime);
        let result = self
            .prepare(&interrupt)
            .and_then(|(engines, plan, secrets)| {
                let built = runtime.block_on(self.build(&engines, &plan, secrets, &interrupt));
                self.show_plan_from_elsewhere(&plan).and(built)
            });
        runtime.shutdown_timeout(SHUTDOWN_TIMEOUT);
        result
    }

    /// What is known before an engine is asked: the engines, the plan and its secrets.
    fn prepare(&mut self, interrupt: &Interrupt) -> Result<Prepared, ClientError> {
        let engines = find_engines(
            self.settings.builder.as_deref(),
            self.settings.tls.as_ref(),
            self.surroundings.variable,
        )?;
        if self.arguments.plan.is_none() && matches!(self.settings.app, AppSource::Url(_)) {
            let (app, left_out) = Elsewhere::new(
                &self.arguments.planning,
                &self.settings,
                self.is_verbose,
                self.surroundings.variable,
            )?;
            for name in left_out {
                self.say(&format!(
                    "warning: --env {name}: has no value, and is left out"
                ));
            }
            let secrets = app.secrets(&self.settings);
            return Ok((engines, PlanOrigin::Elsewhere(app), secrets));
        }
        let is_quiet = matches!(self.mode, Mode::Quiet | Mode::RawJson);
        let plan = PlanSource::new(
            &self.arguments,
            self.is_verbose,
            is_quiet,
            interrupt,
            self.surroundings,
        )?;
        let secrets = request::secrets(&self.settings, &plan)?;
        request::check_ssh_agents(&self.settings.ssh, &plan)?;
        if self.arguments.display.show_plan {
            self.write(&plan.text)?;
        }
        Ok((engines, PlanOrigin::Here(plan), secrets))
    }

    /// A plan that came with the app is shown when there is one; the build may have failed with it.
    fn show_plan_from_elsewhere(&mut self, plan: &PlanOrigin) -> Result<(), ClientError> {
        match plan {
            PlanOrigin::Elsewhere(app) if self.arguments.display.show_plan => {
                app.plan().map_or(Ok(()), |text| self.write(text))
            }
            _ => Ok(()),
        }
    }

    async fn build(
        &mut self,
        engines: &[Engine],
        plan: &PlanOrigin,
        secrets: BTreeMap<String, SecretSource>,
        interrupt: &Interrupt,
    ) -> Result<(), ClientError> {
        let connected = self.connect(engines);
        let (engine, connection) = unless(interrupt, connected).await?;
        if let Some(file) = self.arguments.display.dump_llb.clone() {
            return self
                .dump(&file, plan, &secrets, &engine, &connection, interrupt)
                .await;
        }
        let settings = &self.settings;
        let exports = exports(
            &settings.outputs,
            &settings.names,
            settings.push,
            settings.is_index(),
            &connection,
        )?;
        self.check_terminal(&exports)?;
        let caches = self.open_caches()?;
        let settings = &self.settings;
        let variable = self.surroundings.variable;
        let contents = caches.contents.clone();
        let (session, loading) = session(
            settings, plan, &secrets, &exports, contents, &engine, variable,
        )?;
        let locals = &session.locals;
        let build = request::build(
            settings,
            plan,
            &secrets,
            &connection,
            &exports,
            &caches,
            locals,
        )?;
        let (receivers, contents) = (session.receivers.clone(), session.contents.clone());
        let started = Instant::now();
        let metadata = self
            .run(build, session, loading.as_ref(), &connection, interrupt)
            .await?;
        let mut holder = "docker";
        if let Some(loading) = loading {
            unless(interrupt, async { Ok(loading.end().await?) }).await?;
            holder = loading.program();
        }
        receivers.commit()?;
        contents.commit(&metadata)?;
        let finished = self.finish(&exports, &engine, &metadata, holder);
        unless(interrupt, finished).await?;
        self.say(&format!(
            "built in {:.1} s",
            started.elapsed().as_secs_f64()
        ));
        Ok(())
    }

    /// The first engine that answers.
    async fn connect(&mut self, engines: &[Engine]) -> Result<(Engine, Connection), ClientError> {
        let mut failed: Vec<(String, ConnectError)> = Vec::new();
        for engine in engines {
            match connect(engine).await {
                Ok(connection) => {
                    for (engine, error) in &failed {
                        self.say(&format!("warning: {engine}: {}", with_causes(error)));
                    }
                    return Ok((engine.clone(), connection));
                }
                Err(error) => failed.push((engine.to_string(), error)),
            }
        }
        Err(ClientError::Unreachable { engines: failed })
    }

    /// The caches of the build; tells of those that are not there.
    fn open_caches(&mut self) -> Result<Caches, ClientError> {
        let caches = Caches::open(&self.settings)?;
        for warning in &caches.warnings {
            self.say(&format!("warning: {warning}"));
        }
        Ok(caches)
    }

    /// Writes the definition instead of building it.
    async fn dump(
        &mut self,
        file: &Path,
        plan: &PlanOrigin,
        secrets: &BTreeMap<String, SecretSource>,
        engine: &Engine,
        connection: &Connection,
        interrupt: &Interrupt,
    ) -> Result<(), ClientError> {
        let is_stdout = file == Path::new("-");
        if is_stdout && self.surroundings.stdout_is_terminal {
            return Err(ClientError::Terminal);
        }
        let dump = Dump::default();
        self.settings.cache_exports.clear();
        let caches = self.open_caches()?;
        let variable = self.surroundings.variable;
        let contents = caches.contents.clone();
        let (session, _) = session(
            &self.settings,
            plan,
            secrets,
            &[],
            contents,
            engine,
            variable,
        )?;
        let (settings, locals) = (&self.settings, &session.locals);
        let mut build = request::build(settings, plan, secrets, connection, &[], &caches, locals)?;
        build.dump = Some(Arc::clone(&dump));
        self.run(build, session, None, connection, interrupt)
            .await?;
        let definition = dump.get().ok_or(ClientError::NoDefinition)?.encode_to_vec();
        if is_stdout {
            self.write(&definition)
        } else {
            Ok(write_file(file, &definition)?)
        }
    }

    /// An archive on a terminal is a mistake.
    fn check_terminal(&self, exports: &[Export]) -> Result<(), ClientError> {
        let is_written = exports.iter().any(|export| export.target == Target::Stdout);
        if is_written && self.surroundings.stdout_is_terminal {
            return Err(ClientError::Terminal);
        }
        Ok(())
    }

    /// Builds and shows it, to the end of both.
    async fn run(
        &mut self,
        build: Build,
        session: Session,
        loading: Option<&Loading>,
        connection: &Connection,
        interrupt: &Interrupt,
    ) -> Result<Metadata, ClientError> {
        let surroundings = &mut *self.surroundings;
        let terminal = Terminal::new(surroundings.stderr_is_terminal, surroundings.variable)
            .with_size(Terminal::own_size);
        let mut progress = Progress::new(self.mode, terminal, &mut surroundings.stderr)?;
        let stop = async {
            let failed = async {
                match loading {
                    Some(loading) => loading.failure().await,
                    None => pending().await,
                }
            };
            tokio::select! {
                () = interrupt.wanted() => BuildError::Interrupted,
                error = failed => BuildError::Load(error),
            }
        };
        let (receivers, contents) = (session.receivers.clone(), session.contents.clone());
        let running = build.run(&connection.channel, session, &mut progress, stop);
        let result = match (
            Box::pin(running).await,
            receivers.failure().or_else(|| contents.failure()),
        ) {
            // The engine knows only that it could not send the result.
            (Err(BuildError::Failed(_)), Some(error)) => Err(not_received(error, loading).await),
            (result, _) => result,
        };
        let failure = result.as_ref().err().map(BuildError::failure);
        let outcome = match (&result, &failure) {
            (Err(BuildError::Interrupted), _) => Outcome::Interrupted,
            (_, Some(failure)) => Outcome::Failed(failure),
            (_, None) => Outcome::Built,
        };
        progress
            .finish(outcome, Instant::now())
            .map_err(BuildError::Display)?;
        Ok(result?)
    }

    /// What is done when the image is there.
    async fn finish(
        &mut self,
        exports: &[Export],
        engine: &Engine,
        metadata: &Metadata,
        holder: &str,
    ) -> Result<(), ClientError> {
        if exports.iter().any(|export| export.target == Target::Push) {
            push(engine, &self.settings.names).await?;
        }
        if let Some(file) = &self.settings.metadata_file {
            write_file(file, metadata_json(metadata))?;
        }
        if self.mode == Mode::Quiet
            && let Some(digest) = metadata.get(DIGEST)
            && !exports.iter().any(|export| export.target == Target::Stdout)
        {
            self.write(format!("{digest}\n").as_bytes())?;
        }
        for line in ending(exports, &self.settings.names, holder) {
            self.say(&line);
        }
        Ok(())
    }

    /// Why there is no image.
    fn explain(&mut self, error: &ClientError) {
        let mut report = self.report();
        // What the engine says of a build has been shown, with the log of what failed.
        if !matches!(error, ClientError::Build(_)) {
            report.error(error, None);
        }
        if let ClientError::Unreachable { engines } = error {
            for (engine, error) in engines {
                report.line(&format!("  {engine}: {}", with_causes(error)));
            }
        }
        report.hint(error.hint());
    }

    fn report(&mut self) -> Report<'_> {
        let look = Look::new(
            self.surroundings.stderr_is_terminal,
            self.surroundings.variable,
        );
        Report::new(self.surroundings.stderr, look)
    }

    /// A line for a person, if one reads.
    fn say(&mut self, line: &str) {
        if !matches!(self.mode, Mode::Quiet | Mode::RawJson) {
            self.report().line(line);
        }
    }

    /// Writes to standard output.
    fn write(&mut self, bytes: &[u8]) -> Result<(), ClientError> {
        let stdout = &mut self.surroundings.stdout;
        let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
        written.map_err(ClientError::Stdout)
    }
}

/// What is being done, unless the user wants no more: then it is broken off.
async fn unless<T>(
    interrupt: &Interrupt,
    work: impl Future<Output = Result<T, ClientError>>,
) -> Result<T, ClientError> {
    tokio::select! {
        () = interrupt.wanted() => Err(ClientError::Interrupted),
        result = work => result,
    }
}

/// Why the result was not written: if that is because the program that loads it ended, in that program's words.
async fn not_received(error: ReceiveError, loading: Option<&Loading>) -> BuildError {
    match (error, loading) {
        (error @ ReceiveError::Pipe(_), Some(loading)) => {
            match timeout(LOADER_TIMEOUT, loading.end()).await {
                Ok(Err(failed)) => failed.into(),
                _ => error.into(),
            }
        }
        (error, _) => error.into(),
    }
}

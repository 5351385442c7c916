//! The story of `railpack build`: what is wanted, the plan, the engine, the build, the image.

mod speak;
mod watch;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use prost::Message;

use super::address::{ConnectError, Connection, Engine, connect, find_engines};
use super::build::{Dump, Metadata};
use super::caches::Caches;
use super::elsewhere::Elsewhere;
use super::error::ClientError;
use super::interrupt::Interrupt;
use super::output::{Export, Target, exports, metadata_json, push};
use super::plan_source::{PlanOrigin, PlanSource};
use super::progress::Mode;
use super::request;
use super::served::session;
use super::session::staging::remove_unfinished;
use super::settings::{AppSource, SecretSource, Settings};
use super::words::{ending, with_causes};
use crate::cli::{BuildCommand, Surroundings, write_file};

/// Key of the digest in what the engine says of a result.
/// <https://github.com/moby/buildkit/blob/v0.32.2/exporter/containerimage/exptypes/types.go>
const DIGEST: &str = "containerimage.digest";

/// How long files that are read and names that are looked up may hold this process at its end.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(300);

/// What is known before an engine is asked.
type Prepared = (Vec<Engine>, PlanOrigin, BTreeMap<String, SecretSource>);

/// A run that is going on.
pub(super) struct Story<'a, 'b> {
    pub(super) arguments: BuildCommand,
    pub(super) settings: Settings,
    pub(super) mode: Mode,
    pub(super) is_verbose: bool,
    pub(super) surroundings: &'a mut Surroundings<'b>,
}

impl Story<'_, '_> {
    /// The whole story, to its good or bad end.
    pub(super) fn tell(&mut self) -> Result<(), ClientError> {
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
        // Who was writing when the build ended may still be at it.
        runtime.block_on(remove_unfinished());
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

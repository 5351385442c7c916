//! What an engine itself says of a build: that it runs, or how it has ended. Engines before BuildKit 0.11 keep no such records.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::command::Command;
use super::engine::Engine;
use super::project::Project;
use super::unique::unique_name;

const LIMIT: Duration = Duration::from_secs(20);
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// A build whose record is found by the file name of its plan, which no other one has.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    engine: Engine,
    filename: String,
}

/// What a record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Absent,
    Running,
    Built,
    /// It failed, or was canceled.
    Stopped,
}

impl Recorded {
    pub(crate) fn by(engine: &Engine) -> Self {
        Self {
            engine: engine.clone(),
            filename: format!("{}.json", unique_name()),
        }
    }

    /// The project that is built.
    pub(crate) fn project(&self, plan: &Value) -> Project {
        Project::new().plan_text(&self.filename, plan.to_string())
    }

    /// The engine builds, as far as it knows.
    #[track_caller]
    pub(crate) fn assert_running(&self) {
        assert_eq!(self.state(), State::Running, "{}", self.filename);
    }

    /// The engine soon knows that the build is over, and that nothing came of it.
    #[track_caller]
    pub(crate) fn assert_stopped(&self) {
        assert!(!self.wait_until_built_or_stopped(), "{}", self.filename);
    }

    /// The engine soon knows that the build is over. Whether something came of it.
    #[track_caller]
    pub(crate) fn wait_until_built_or_stopped(&self) -> bool {
        self.is_built_within(LIMIT)
    }

    /// The engine knows within `limit` that the build is over. Whether something came of it.
    #[track_caller]
    pub(crate) fn is_built_within(&self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        loop {
            let state = self.state();
            match state {
                State::Built => return true,
                State::Stopped => return false,
                State::Running if Instant::now() < deadline => sleep(POLL_INTERVAL),
                State::Running | State::Absent => panic!("{}: {state:?}", self.filename),
            }
        }
    }

    #[track_caller]
    fn state(&self) -> State {
        let states = match &self.engine {
            Engine::BuildKit { address } => self.records_of_buildkit(address.as_deref()),
            Engine::Docker | Engine::OtherDocker(_) => self.records_of_docker(),
        };
        // The end of a build is told beside its beginning.
        let ended = states.iter().find(|state| **state != State::Running);
        *ended.or(states.first()).unwrap_or(&State::Absent)
    }

    /// <https://github.com/moby/buildkit/blob/v0.32.2/api/services/control/control.proto>, `BuildHistoryEvent`
    fn records_of_buildkit(&self, address: Option<&str>) -> Vec<State> {
        let address = address.map(|address| ["--addr", address]);
        let list = Command::new("buildctl").arguments(address.into_iter().flatten());
        let list = list.arguments(["debug", "histories", "--format", "{{json .}}"]);
        let events = lines(&list);
        let records = events.iter().map(|event| &event["record"]);
        records
            .filter(|record| record["FrontendAttrs"]["filename"] == self.filename.as_str())
            .map(|record| match (&record["CompletedAt"], &record["error"]) {
                (Value::Null, _) => State::Running,
                (_, Value::Null) => State::Built,
                _ => State::Stopped,
            })
            .collect()
    }

    fn records_of_docker(&self) -> Vec<State> {
        let list = ["buildx", "--builder", "default", "history", "ls"];
        let list = self
            .engine
            .docker(list)
            .arguments(["--no-trunc", "--format", "json"]);
        let is_this = |record: &&Value| {
            let name = record["name"].as_str();
            name.is_some_and(|name| name.contains(&self.filename))
        };
        lines(&list)
            .iter()
            .filter(is_this)
            .map(|record| match record["status"].as_str() {
                Some("Running") => State::Running,
                Some("Completed") => State::Built,
                _ => State::Stopped,
            })
            .collect()
    }
}

/// What a program prints, a value a line.
#[track_caller]
fn lines(command: &Command) -> Vec<Value> {
    let printed = command.clone().run().success().stdout_text();
    let values = printed.lines().map(serde_json::from_str);
    values.map(|value| value.expect("it is JSON")).collect()
}

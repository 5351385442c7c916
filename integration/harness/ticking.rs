//! A command that would run on for nobody, and whether it still does.

use std::time::{Duration, Instant};

use serde_json::json;

use super::command::Running;
use super::engine::{Engine, Output};
use super::progress::Progress;
use super::project::{Project, plan_of_commands, shell};
use super::unique::{unique_name, unique_token};

const LIMIT: Duration = Duration::from_secs(60);

/// A command that writes the time into a cache as long as it lives, for a minute at most.
#[derive(Debug)]
pub(crate) struct Ticking {
    cache: String,
    printed: String,
}

impl Ticking {
    pub(crate) fn new() -> Self {
        Self {
            cache: unique_name(),
            printed: unique_token(),
        }
    }

    /// The project whose build runs the command. Each time is a whole file: the command may be killed at any moment.
    pub(crate) fn project(&self) -> Project {
        // The progress shows the command too: what it prints is not written in it as it is printed.
        let reversed: String = self.printed.chars().rev().collect();
        self.with_cache(&format!(
            "for _ in $(seq 600); do date +%s%N > /cache/new; mv /cache/new /cache/time; echo {reversed} | rev; sleep 0.1; done"
        ))
    }

    /// Waits until the command has written a time.
    pub(crate) fn wait_until_it_runs(&self, build: &mut Running) {
        build.wait_for_stderr(&self.printed, LIMIT);
    }

    /// The command ends soon: the time that it wrote last stays.
    pub(crate) fn assert_stopped(&self, engine: &Engine) {
        let deadline = Instant::now() + LIMIT;
        loop {
            let token = unique_token();
            let project = self.with_cache(&format!(
                "cat /cache/time; sleep 1; cat /cache/time; : {token}"
            ));
            let build = project.build(engine).raw_progress();
            let progress = Progress::of(&build.run(&Output::Nothing).success());
            let times: Vec<_> = progress.log(&token).lines().collect();
            // On a busy machine a client may end before the engine has told it all that was printed.
            if let [first, second] = times.as_slice() {
                assert!(first.parse::<u64>().is_ok(), "{times:?}");
                if first == second {
                    return;
                }
            }
            assert!(
                Instant::now() < deadline,
                "the command still runs: {times:?}"
            );
        }
    }

    fn with_cache(&self, script: &str) -> Project {
        let mut plan = plan_of_commands(&[]);
        plan["caches"] = json!({ &self.cache: { "directory": "/cache" } });
        plan["steps"][0]["caches"] = json!([self.cache]);
        plan["steps"][0]["commands"] = json!([shell(script)]);
        Project::with_plan(&plan)
    }
}

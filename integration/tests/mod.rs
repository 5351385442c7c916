//! The tests: a file is a subject, a function is a behaviour.

mod attestations;
mod build;
mod caches;
mod certificates;
mod contexts;
mod examples;
mod failures;
mod fingerprint;
mod image_config;
mod images;
mod layer_cache;
mod options;
mod php;
mod plan_errors;
mod plan_file;
mod planning;
mod platforms;
mod progress;
mod remote_contexts;
mod reproducible;
mod sandbox;
mod secret_files;
mod secrets;
mod ssh;
mod steps;
mod subrequests;
mod targets;

use libtest_mimic::Trial;

use crate::harness::duration::timed;
use crate::harness::engine::{Engine, OtherDocker};

/// All tests of the target.
pub(crate) fn all() -> Vec<Trial> {
    let subjects = [
        attestations::subject(),
        build::subject(),
        caches::subject(),
        certificates::subject(),
        contexts::subject(),
        examples::subject(),
        failures::subject(),
        fingerprint::subject(),
        image_config::subject(),
        images::subject(),
        layer_cache::subject(),
        options::subject(),
        php::subject(),
        plan_errors::subject(),
        plan_file::subject(),
        planning::subject(),
        platforms::subject(),
        progress::subject(),
        remote_contexts::subject(),
        reproducible::subject(),
        sandbox::subject(),
        secret_files::subject(),
        secrets::subject(),
        ssh::subject(),
        steps::subject(),
        subrequests::subject(),
        targets::subject(),
    ];
    subjects.into_iter().flatten().collect()
}

/// A function that tests one behaviour on an engine, with its name.
type Test = (&'static str, fn(&Engine));

/// The tests of one subject, each named `<subject>/<function>/<engine>`.
struct Subject {
    name: &'static str,
    trials: Vec<Trial>,
}

impl Subject {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            trials: Vec::new(),
        }
    }

    fn on_both(self, tests: &[Test]) -> Self {
        self.on_buildkit(tests).on_docker(tests)
    }

    fn on_buildkit(self, tests: &[Test]) -> Self {
        self.on(&Engine::BuildKit { address: None }, tests)
    }

    fn on_docker(self, tests: &[Test]) -> Self {
        self.on(&Engine::Docker, tests)
    }

    fn on_docker_20_10(self, tests: &[Test]) -> Self {
        self.on(&Engine::OtherDocker(OtherDocker::V20_10), tests)
    }

    fn on_docker_with_containerd(self, tests: &[Test]) -> Self {
        self.on(&Engine::OtherDocker(OtherDocker::Containerd), tests)
    }

    fn on(mut self, engine: &Engine, tests: &[Test]) -> Self {
        for &(test_name, test) in tests {
            let engine = engine.clone();
            let name = format!("{}/{test_name}/{}", self.name, engine.name());
            self.trials.push(timed(name, move || {
                test(&engine);
                Ok(())
            }));
        }
        self
    }
}

/// Functions with their names.
macro_rules! named {
    ($($test:ident),+ $(,)?) => { &[$((stringify!($test), $test as fn(&crate::harness::engine::Engine))),+] };
}
use named;

/// Compares a text with what stands here; the test runs once for each engine, on the same text.
macro_rules! assert_text {
    ($text:expr, @$expected:literal) => {
        insta::allow_duplicates! { insta::assert_snapshot!($text, @$expected) }
    };
}
use assert_text;

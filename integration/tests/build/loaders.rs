//! An image of a separate buildkitd, loaded by the program that is there: Docker's, Podman's or nerdctl's.

use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use tempfile::TempDir;

use super::programs::write_program;
use crate::harness::command::Outcome;
use crate::harness::direct::DirectBuild;
use crate::harness::engine::Engine;
use crate::harness::image::{Image, docker};
use crate::harness::project::{Project, plan_of_commands};
use crate::harness::unique::unique_token;
use crate::tests::{Subject, named};

pub(super) fn subject() -> Vec<Trial> {
    Subject::new("build/loaders")
        .on_buildkit(named![
            the_first_program_that_is_there_gets_the_image,
            the_program_of_the_engine_gets_the_image,
        ])
        .trials
}

/// A project whose image prints a text.
struct Printing {
    project: Project,
    text: String,
    image: Image,
}

impl Printing {
    fn new() -> Self {
        let text = unique_token();
        let mut plan = plan_of_commands(&[&format!("echo {text} > /seen")]);
        plan["deploy"]["startCommand"] = "cat /seen".into();
        Self {
            project: Project::with_plan(&plan),
            text,
            image: Image::of(&Engine::BuildKit { address: None }),
        }
    }

    /// A build in whose archive is no other time.
    fn command(&self, engine: &Engine) -> DirectBuild {
        let build = DirectBuild::of_project(engine, &self.project);
        let build = build.options(["--name", self.image.name()]);
        build.options(["--build-arg", "SOURCE_DATE_EPOCH=1700000000"])
    }

    /// The image as an archive that this program writes itself.
    #[track_caller]
    fn archive(&self, engine: &Engine) -> Vec<u8> {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("image.tar");
        self.command(engine).file("docker", &file).run().success();
        fs::read(file).unwrap()
    }

    /// Builds where only these programs are on `PATH`.
    #[track_caller]
    fn build(&self, engine: &Engine, programs: &Path) -> Outcome {
        let build = self.command(engine).command();
        build.variable("PATH", programs).run().success()
    }

    /// A program got the whole image, which Docker takes too.
    #[track_caller]
    fn assert_loaded(&self, engine: &Engine, archive: &Path) {
        let loaded = fs::read(archive).unwrap();
        assert!(loaded == self.archive(engine), "it is another archive");
        let load = docker(["load", "--input"]).argument(archive);
        load.run().success();
        let printed = self.image.run().success().stdout_text();
        assert_eq!(printed, format!("{}\n", self.text));
        fs::remove_file(archive).unwrap();
    }
}

/// Programs, each of which takes a certain `load` and keeps the archive in a file of its name; and which reach the buildkitd of all
/// tests where a container is named.
fn loaders(programs: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let buildkit = std::env::var("BUILDKIT_HOST").unwrap();
    let buildctl = format!("BUILDKIT_HOST='{buildkit}' exec '{}'", path_of("buildctl"));
    for (name, arguments) in programs {
        let file = directory.path().join(format!("{name}.tar"));
        let script = format!(
            r#"case "$*" in
'{arguments}load') exec /bin/cat >'{}' ;;
'{arguments}exec -i builder buildctl dial-stdio') {buildctl} dial-stdio ;;
*) echo "$0 $*: not expected" >&2; exit 9 ;;
esac"#,
            file.display()
        );
        write_program(directory.path(), name, &script);
    }
    directory
}

/// Where a program is.
fn path_of(program: &str) -> String {
    let path = std::env::var_os("PATH").unwrap();
    let mut places = std::env::split_paths(&path).map(|directory| directory.join(program));
    let place = places.find(|place| place.is_file());
    place.expect("it is on PATH").display().to_string()
}

fn the_first_program_that_is_there_gets_the_image(engine: &Engine) {
    let printing = Printing::new();
    for programs in [
        ["docker", "podman"],
        ["podman", "nerdctl"],
        ["nerdctl", "other"],
    ] {
        let directory = loaders(&programs.map(|name| (name, "")));
        let outcome = printing.build(engine, directory.path());
        let [first, second] = programs;
        let archive = |name| directory.path().join(format!("{name}.tar"));
        printing.assert_loaded(engine, &archive(first));
        assert!(!archive(second).exists());
        let told = format!("\nrun it: {first} run --rm {}\n", printing.image.name());
        assert!(outcome.stderr.contains(&told), "{outcome}");
    }
}

/// Whatever else is there: with the context or the namespace in which it found the engine.
fn the_program_of_the_engine_gets_the_image(engine: &Engine) {
    let printing = Printing::new();
    let directory = loaders(&[
        ("docker", "--context=c "),
        ("podman", ""),
        ("nerdctl", "--namespace=n "),
    ]);
    for (name, query) in [
        ("docker", "?context=c"),
        ("podman", ""),
        ("nerdctl", "?namespace=n"),
    ] {
        let inside = Engine::BuildKit {
            address: Some(format!("{name}-container://builder{query}")),
        };
        printing.build(&inside, directory.path());
        let archive = directory.path().join(format!("{name}.tar"));
        printing.assert_loaded(engine, &archive);
    }
}

//! How `railpack-frontend build` shows a build of a real engine.

use libtest_mimic::Trial;

use super::{Subject, named};
use crate::harness::command::{Command, Outcome};
use crate::harness::engine::{Engine, Output};
use crate::harness::progress::Progress;
use crate::harness::project::{Project, plan_of_commands};

const PROGRAM: &str = env!("CARGO_BIN_EXE_railpack-frontend");

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("progress")
        .on_both(named![
            plain_has_the_lines_of_docker_buildx,
            rawjson_is_what_programs_read_from_buildctl,
            quiet_tells_only_why_a_build_failed,
            a_terminal_is_drawn_on_and_given_back,
            nothing_that_a_command_prints_reaches_the_terminal_as_it_is,
        ])
        .trials
}

/// A plan whose only step runs these commands, and their like never ran before.
fn project(commands: &[&str]) -> Project {
    let mut plan = plan_of_commands(commands);
    plan["deploy"]["startCommand"] = "true".into();
    Project::with_plan(&plan)
}

fn words(project: &Project, engine: &Engine, mode: &str) -> Vec<String> {
    let plan = project.plan_path().display().to_string();
    let directory = project.plan_path().with_file_name("").display().to_string();
    let mut words = vec![PROGRAM, "build", &directory, "--plan", &plan]
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>();
    words.extend(
        [
            "--no-cache",
            "--output",
            "type=cacheonly",
            "--progress",
            mode,
        ]
        .map(str::to_owned),
    );
    if *engine == Engine::Docker {
        words.extend(["--builder", "docker"].map(str::to_owned));
    }
    words
}

fn shown(project: &Project, engine: &Engine, mode: &str) -> Outcome {
    let words = words(project, engine, mode);
    Command::new(PROGRAM).arguments(&words[1..]).run()
}

fn plain_has_the_lines_of_docker_buildx(engine: &Engine) {
    let project = project(&["echo first; echo second >&2", "printf without-an-end"]);
    let outcome = shown(&project, engine, "plain").success();
    let lines: Vec<_> = outcome.stderr.lines().collect();
    let number = |name: &str| {
        let suffix = format!(" [build] {name}");
        let header = lines.iter().find(|line| line.ends_with(&suffix));
        header
            .unwrap_or_else(|| panic!("{name} in {outcome}"))
            .split(' ')
            .next()
            .unwrap()
    };
    for (name, texts) in [
        (
            "echo first; echo second >&2",
            ["first", "second"].as_slice(),
        ),
        ("printf without-an-end", &["without-an-end"]),
    ] {
        let number = number(name);
        for text in texts {
            let is_line = |line: &&&str| {
                let words: Vec<_> = line.split(' ').collect();
                words.len() == 3
                    && words[0] == number
                    && words[2] == *text
                    && words[1].parse::<f64>().is_ok()
            };
            assert_eq!(
                lines.iter().filter(is_line).count(),
                1,
                "{text} in {outcome}"
            );
        }
        let done = format!("{number} DONE ");
        assert_eq!(
            lines.iter().filter(|line| line.starts_with(&done)).count(),
            1,
            "{outcome}"
        );
    }
}

fn rawjson_is_what_programs_read_from_buildctl(engine: &Engine) {
    let commands = ["echo told", "true"];
    let project = project(&commands);
    let outcome = shown(&project, engine, "rawjson").success();
    let ours = Progress::of(&outcome);
    let build = project.build(engine).no_cache().raw_progress();
    let theirs = Progress::of(&build.run(&Output::Nothing).success());
    for progress in [ours, theirs] {
        assert_eq!(progress.log("[build] echo told"), "told\n");
        assert!(!progress.vertex("[build] true").cached);
    }
}

fn quiet_tells_only_why_a_build_failed(engine: &Engine) {
    let project = project(&["echo last words; exit 7"]);
    let outcome = shown(&project, engine, "quiet").failure();
    let text = &outcome.stderr;
    for part in [
        " last words\n------\nrpk.json:",
        "did not complete successfully: exit code: 7",
    ] {
        assert!(text.contains(part), "{part} in {outcome}");
    }
    assert!(!text.contains("#1 "), "{outcome}");
}

/// `script` of util-linux gives the program a terminal of its own.
fn on_a_terminal(project: &Project, engine: &Engine) -> String {
    let quoted = words(project, engine, "auto")
        .iter()
        .map(|word| format!("'{word}'"))
        .collect::<Vec<_>>();
    let outcome = Command::new("script")
        .arguments([
            "--quiet",
            "--return",
            "--command",
            &quoted.join(" "),
            "/dev/null",
        ])
        .variable("TERM", "xterm")
        .run()
        .success();
    outcome.stdout_text()
}

fn a_terminal_is_drawn_on_and_given_back(engine: &Engine) {
    let text = on_a_terminal(&project(&["echo told; sleep 1"]), engine);
    assert!(text.contains("[+] Building "), "{text}");
    assert!(text.contains(" => => # told"), "{text}");
    let last = text.rfind("FINISHED").unwrap_or_else(|| panic!("{text}"));
    let (hidden, shown) = (text.rfind("\u{1b}[?25l"), text.rfind("\u{1b}[?25h"));
    assert!(hidden < Some(last) && Some(last) < shown, "{text}");
}

fn nothing_that_a_command_prints_reaches_the_terminal_as_it_is(engine: &Engine) {
    let project = project(&["printf '\\033]0;title\\007\\033[2Jharmless\\n'; sleep 1"]);
    let text = on_a_terminal(&project, engine);
    assert!(text.contains(" => => # harmless"), "{text}");
    assert!(
        !text.contains("\u{1b}]0;") && !text.contains("\u{1b}[2J"),
        "{text}"
    );
}

//! What steps do: run, copy, write, build on each other.

use libtest_mimic::Trial;
use serde_json::json;

use super::{Subject, named};
use crate::harness::engine::{Engine, Output};
use crate::harness::progress::Progress;
use crate::harness::project::{Project, plan_of_commands, shell};
use crate::harness::settings::settings;
use crate::harness::unique::unique_token;

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("steps")
        .on_both(named![
            independent_steps_run_at_the_same_time,
            commands_see_the_environment_of_their_step,
            later_steps_see_the_environment_of_earlier_ones,
            commands_that_are_no_shell_commands_are_split_into_words,
            local_files_are_copied_without_what_is_excluded,
            files_are_written_from_assets,
            files_are_copied_from_another_image,
            what_a_layer_leaves_out_stays_if_another_brings_it,
        ])
        // That engine cannot filter while it copies.
        .on_docker_20_10(named![what_a_layer_leaves_out_stays_if_another_brings_it])
        .on_buildkit(named![merged_and_copied_layers_give_the_same_files])
        .trials
}

fn what_a_layer_leaves_out_stays_if_another_brings_it(engine: &Engine) {
    let token = unique_token();
    let step = |name: &str, script: &str| {
        json!({
            "name": name,
            "inputs": [{ "image": settings().runtime_image }],
            "commands": [shell(&format!("{script}; : {token}"))],
        })
    };
    let app = "mkdir -p node_modules/mine a/b nested/node_modules; touch a/kept a/b/gone nested/node_modules/kept tool; ln -s nowhere dangling";
    let project = Project::with_plan(&json!({
        "steps": [step("app", app), step("modules", "mkdir node_modules; touch node_modules/theirs")],
        "deploy": {
            "base": { "image": settings().runtime_image },
            "inputs": [
                { "step": "modules", "include": ["node_modules"] },
                // One of the included paths is a file.
                { "step": "app", "include": [".", "tool"], "exclude": ["node_modules", "a/b", "not-there"] },
            ],
        },
    }));
    let image = project.build(engine).image();
    let files = image.run_script("cd /app; find . ! -name . | sort");
    assert_eq!(
        files.stdout_text().lines().collect::<Vec<_>>(),
        [
            "./a",
            "./a/kept",
            "./dangling",
            "./nested",
            "./nested/node_modules",
            "./nested/node_modules/kept",
            "./node_modules",
            "./node_modules/theirs",
            "./tool",
        ]
    );
}

/// Each of the two waits for a sign of the other in a cache that both see.
fn independent_steps_run_at_the_same_time(engine: &Engine) {
    let token = unique_token();
    let step = |mine: &str, other: &str| {
        let wait = format!(
            "touch /meeting/{token}-{mine}; touch /{mine}; \
             for _ in $(seq 300); do [ -e /meeting/{token}-{other} ] && exit 0; sleep 0.1; done; exit 1"
        );
        json!({
            "name": mine,
            "inputs": [{ "image": settings().runtime_image }],
            "commands": [shell(&wait)],
            "caches": ["meeting"],
        })
    };
    let project = Project::with_plan(&json!({
        "caches": { "meeting": { "directory": "/meeting", "type": "shared" } },
        "steps": [step("left", "right"), step("right", "left")],
        "deploy": {
            "base": { "image": settings().runtime_image },
            "inputs": [{ "step": "left", "include": ["/left"] }, { "step": "right", "include": ["/right"] }],
        },
    }));
    project.build(engine).run(&Output::Nothing).success();
}

fn commands_see_the_environment_of_their_step(engine: &Engine) {
    let token = unique_token();
    let mut plan = plan_of_commands(&[&format!("echo \"{token} $GREETING from $PWD on $PATH\"")]);
    plan["steps"][0]["variables"] = json!({ "GREETING": "hello world" });
    plan["steps"][0]["commands"]
        .as_array_mut()
        .unwrap()
        .insert(0, json!({ "path": "/tools/bin" }));
    let build = Project::with_plan(&plan)
        .build(engine)
        .raw_progress()
        .run(&Output::Nothing)
        .success();
    assert_eq!(
        Progress::of(&build).log(&token),
        format!("{token} hello world from /app on /tools/bin:{DEFAULT_PATH}\n")
    );
}

fn later_steps_see_the_environment_of_earlier_ones(engine: &Engine) {
    let token = unique_token();
    let project = Project::with_plan(&json!({
        "steps": [
            {
                "name": "build",
                "inputs": [{ "step": "tools" }],
                "variables": { "OVERRIDDEN": "by build" },
                "commands": [
                    { "path": "/second/bin" },
                    shell(&format!("echo \"{token} $INHERITED $OVERRIDDEN $PATH\"")),
                ],
            },
            {
                "name": "tools",
                "inputs": [{ "image": settings().runtime_image }],
                "variables": { "INHERITED": "from tools", "OVERRIDDEN": "by tools" },
                "commands": [{ "path": "/first/bin" }],
            },
        ],
        "deploy": { "base": { "step": "build" } },
    }));
    let build = project
        .build(engine)
        .raw_progress()
        .run(&Output::Nothing)
        .success();
    assert_eq!(
        Progress::of(&build).log(&token),
        format!("{token} from tools by build /second/bin:/first/bin:{DEFAULT_PATH}\n")
    );
}

fn commands_that_are_no_shell_commands_are_split_into_words(engine: &Engine) {
    let token = unique_token();
    let mut plan = plan_of_commands(&[]);
    let command = format!("printf '[%s]' {token} \"two words\" es\\ caped '$HOME'");
    plan["steps"][0]["commands"] = json!([{ "cmd": command, "customName": token }]);
    let build = Project::with_plan(&plan)
        .build(engine)
        .raw_progress()
        .run(&Output::Nothing)
        .success();
    assert_eq!(
        Progress::of(&build).log(&token),
        format!("[{token}][two words][es caped][$HOME]")
    );
}

fn local_files_are_copied_without_what_is_excluded(engine: &Engine) {
    let token = unique_token();
    let mut plan = plan_of_commands(&[&format!("echo {token}; find . -mindepth 1 | sort")]);
    plan["steps"][0]["commands"]
        .as_array_mut()
        .unwrap()
        .insert(0, json!({ "src": ".", "dest": "." }));
    plan["exclude"] = json!(["*.log", "node_modules", "!keep.log"]);
    let project = Project::with_plan(&plan)
        .file("keep.log", "")
        .file("drop.log", "")
        .file("node_modules/left-pad/index.js", "")
        .file("src/main.js", "");
    let build = project
        .build(engine)
        .raw_progress()
        .run(&Output::Nothing)
        .success();
    assert_eq!(
        Progress::of(&build).log(&token),
        format!("{token}\n./keep.log\n./src\n./src/main.js\n")
    );
}

fn files_are_written_from_assets(engine: &Engine) {
    let token = unique_token();
    let show = format!(
        "echo {token}; stat -c '%a %U %n' /etc/tool/config.json /run-me; cat /etc/tool/config.json /run-me"
    );
    let mut plan = plan_of_commands(&[&show]);
    plan["steps"][0]["assets"] =
        json!({ "configuration": "{ \"key\": \"ä\" }\n", "script": "#!/bin/sh\n" });
    let commands = plan["steps"][0]["commands"].as_array_mut().unwrap();
    commands.insert(
        0,
        json!({ "path": "/etc/tool/config.json", "name": "configuration" }),
    );
    commands.insert(
        1,
        json!({ "path": "/run-me", "name": "script", "mode": 0o755 }),
    );
    let build = Project::with_plan(&plan)
        .build(engine)
        .raw_progress()
        .run(&Output::Nothing)
        .success();
    assert_eq!(
        Progress::of(&build).log(&token),
        format!(
            "{token}\n644 root /etc/tool/config.json\n755 root /run-me\n{{ \"key\": \"ä\" }}\n#!/bin/sh\n"
        )
    );
}

fn files_are_copied_from_another_image(engine: &Engine) {
    let token = unique_token();
    let mut plan =
        plan_of_commands(&[&format!("echo {token}; cat /copied/os-release | grep ^ID=")]);
    let copy = json!({ "image": settings().builder_image, "src": "/etc/os-release", "dest": "/copied/os-release" });
    plan["steps"][0]["commands"]
        .as_array_mut()
        .unwrap()
        .insert(0, copy);
    let build = Project::with_plan(&plan)
        .build(engine)
        .raw_progress()
        .run(&Output::Nothing)
        .success();
    assert_eq!(
        Progress::of(&build).log(&token),
        format!("{token}\nID=debian\n")
    );
}

/// What the merge operation does on engines that have it is done by copies on the others.
fn merged_and_copied_layers_give_the_same_files(engine: &Engine) {
    let make = "mkdir -p /first/empty /second; echo one > /first/one; ln -s one /first/link; ln /first/one /first/hard; \
                chmod 750 /first; chown 1:2 /first/one; chmod u+s /first/one; echo two > /second/two; touch -d @1 /second/two";
    let project = Project::with_plan(&json!({
        "steps": [{
            "name": "make",
            "inputs": [{ "image": settings().runtime_image }],
            "commands": [shell(make)],
        }],
        "deploy": {
            "base": { "image": settings().runtime_image },
            "inputs": [{ "step": "make", "include": ["/first"] }, { "step": "make", "include": ["/second"] }],
        },
    }));
    let list = "find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /etc \\) -prune -o \
                -printf '%y %m %U:%G %p %l\\n' | sort; cat /first/* /second/* 2>/dev/null; stat -c %Y /second/two";
    let build = project.build(engine);
    let merged = build.image().run_script(list).success().stdout_text();
    let build = build.build_argument("RAILPACK_DISABLE_CAPABILITIES", "mergeop,diffop");
    let copied = build.image().run_script(list).success().stdout_text();
    assert!(merged.contains("f 4644 1:2 /first/one"), "{merged}");
    assert_eq!(merged, copied);
}

const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

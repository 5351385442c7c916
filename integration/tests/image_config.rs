//! What the image says of itself: environment, command, directory, labels.

use libtest_mimic::Trial;
use serde_json::json;

use super::{Subject, assert_text, named};
use crate::harness::case::architecture;
use crate::harness::engine::{Engine, Output};
use crate::harness::image::push_image;
use crate::harness::progress::Progress;
use crate::harness::project::{Project, plan_of_commands, shell};
use crate::harness::settings::settings;
use crate::harness::unique::unique_token;

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("image_config")
        .on_both(named![
            the_image_has_the_environment_of_its_steps_and_its_own,
            the_environment_of_the_base_image_is_kept,
            the_start_command_runs_in_a_shell_in_the_app_directory,
            without_a_start_command_the_image_starts_a_shell,
            labels_are_those_that_the_caller_gives,
        ])
        .trials
}

fn the_image_has_the_environment_of_its_steps_and_its_own(engine: &Engine) {
    let project = Project::with_plan(&json!({
        "steps": [
            {
                "name": "tools",
                "inputs": [{ "image": settings().runtime_image }],
                "variables": { "FROM_TOOLS": "one", "SHADOWED": "by tools" },
                "commands": [{ "path": "/tools/bin" }, shell("mkdir -p /tools/bin; touch /tools/bin/tool")],
            },
            {
                "name": "build",
                "inputs": [{ "step": "tools" }],
                "variables": { "FROM_BUILD": "two words" },
                "commands": [shell("touch built")],
            },
            {
                "name": "unused",
                "inputs": [{ "image": settings().runtime_image }],
                "variables": { "FROM_UNUSED": "no" },
                "commands": [shell("touch unused")],
            },
        ],
        "deploy": {
            "base": { "image": settings().runtime_image },
            "inputs": [{ "step": "tools", "include": ["/tools"] }, { "step": "build", "include": ["/app"] }],
            "variables": { "FROM_DEPLOY": "a=b", "SHADOWED": "by deploy" },
            "paths": ["/deploy/bin"],
            "startCommand": "true",
        },
    }));
    let image = project.build(engine).image();
    let environment = image
        .run_script("printenv | grep -e ^FROM_ -e ^SHADOWED -e ^PATH= | sort")
        .success()
        .stdout_text();
    assert_text!(environment, @r"
    FROM_BUILD=two words
    FROM_DEPLOY=a=b
    FROM_TOOLS=one
    PATH=/deploy/bin:/tools/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    SHADOWED=by deploy
    ");
}

fn the_environment_of_the_base_image_is_kept(engine: &Engine) {
    let dockerfile = format!(
        "FROM {}\nENV FROM_IMAGE=kept SHADOWED=\"by image\" PATH=/image/bin:$PATH\n",
        settings().runtime_image
    );
    let platform = format!("linux/{}", architecture());
    let base = push_image(&dockerfile, &platform);
    let token = unique_token();
    let project = Project::with_plan(&json!({
        "steps": [{
            "name": "build",
            "inputs": [{ "image": base }],
            "variables": { "SHADOWED": "by step" },
            "commands": [{ "path": "/step/bin" }, shell(&format!("echo \"{token} $FROM_IMAGE $SHADOWED $PATH\""))],
        }],
        "deploy": { "base": { "image": base }, "inputs": [{ "step": "build", "include": ["/app"] }] },
    }));
    let build = project.build(engine);
    let progress = Progress::of(&build.clone().raw_progress().run(&Output::Nothing).success());
    let path = "/step/bin:/image/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    assert_eq!(
        progress.log(&token),
        format!("{token} kept by step {path}\n")
    );
    let script = "echo $FROM_IMAGE $SHADOWED $PATH";
    let environment = build.image().run_script(script).success().stdout_text();
    assert_eq!(environment, format!("kept by step {path}\n"));
}

fn the_start_command_runs_in_a_shell_in_the_app_directory(engine: &Engine) {
    let mut plan = plan_of_commands(&["echo hello > greeting"]);
    plan["deploy"]["startCommand"] = json!("cat greeting && pwd && echo \"$0\" | tr a-z A-Z");
    let image = Project::with_plan(&plan).build(engine).image();
    let config = image.inspect()["Config"].clone();
    assert_eq!(config["Entrypoint"], json!(["/bin/bash", "-c"]));
    assert_eq!(
        config["Cmd"],
        json!(["cat greeting && pwd && echo \"$0\" | tr a-z A-Z"])
    );
    assert_eq!(config["WorkingDir"], "/app");
    assert_eq!(
        image.run().success().stdout_text(),
        "hello\n/app\n/BIN/BASH\n"
    );
}

fn without_a_start_command_the_image_starts_a_shell(engine: &Engine) {
    let image = Project::with_plan(&plan_of_commands(&["true"]))
        .build(engine)
        .image();
    assert_eq!(image.inspect()["Config"]["Cmd"], json!(["/bin/bash"]));
}

fn labels_are_those_that_the_caller_gives(engine: &Engine) {
    let project = Project::with_plan(&plan_of_commands(&["true"]));
    let build = project.build(engine).options(
        ["--label", "com.example.key=a=b"],
        ["--opt", "label:com.example.key=a=b"],
    );
    assert_eq!(
        build.image().inspect()["Config"]["Labels"]["com.example.key"],
        "a=b"
    );
}

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
            the_configuration_of_the_base_image_is_kept,
            the_start_command_runs_in_a_shell_in_the_app_directory,
            without_a_start_command_the_image_starts_a_shell,
            labels_are_those_that_the_caller_gives,
            the_image_is_configured_as_the_plan_says,
            another_user_than_root_runs_the_image_and_its_app,
            a_start_command_of_words_needs_no_shell,
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

/// As an image that a Dockerfile makes of the same base has it.
fn the_configuration_of_the_base_image_is_kept(engine: &Engine) {
    let dockerfile = format!(
        "FROM {}\nUSER nobody:nogroup\nLABEL of=base team=base\nEXPOSE 80 53/udp\nVOLUME /data /cache\n\
         HEALTHCHECK --interval=7s --timeout=3s --retries=2 CMD test -e /app\nSTOPSIGNAL SIGINT\n\
         ENTRYPOINT [\"/bin/false\"]\nCMD [\"never\"]\nWORKDIR /elsewhere\n",
        settings().runtime_image
    );
    let platform = format!("linux/{}", architecture());
    let base = push_image(&dockerfile, &platform);
    let project = Project::with_plan(&json!({
        "steps": [{
            "name": "build",
            "inputs": [{ "image": base }],
            "commands": [shell("id -un > builder; chmod 755 /app")],
        }],
        "deploy": { "base": { "step": "build" }, "startCommand": "cat builder; id -un; id -gn" },
    }));
    let build = project
        .build(engine)
        .options(["--label", "team=caller"], ["--opt", "label:team=caller"]);
    let image = build.image();
    let config = image.inspect()["Config"].clone();
    assert_eq!(config["User"], "nobody:nogroup");
    assert_eq!(config["Labels"]["of"], "base");
    assert_eq!(config["Labels"]["team"], "caller");
    assert_eq!(
        config["ExposedPorts"],
        json!({ "53/udp": {}, "80/tcp": {} })
    );
    assert_eq!(config["Volumes"], json!({ "/cache": {}, "/data": {} }));
    assert_eq!(
        config["Healthcheck"],
        json!({ "Test": ["CMD-SHELL", "test -e /app"], "Interval": 7_000_000_000_u64, "Timeout": 3_000_000_000_u64, "Retries": 2 })
    );
    assert_eq!(config["StopSignal"], "SIGINT");
    assert_eq!(config["Entrypoint"], json!(["/bin/bash", "-c"]));
    assert_eq!(config["WorkingDir"], "/app");
    // Steps are run by root, the image by the user of its base.
    assert_eq!(
        image.run().success().stdout_text(),
        "root\nnobody\nnogroup\n"
    );
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

fn the_image_is_configured_as_the_plan_says(engine: &Engine) {
    let mut plan = plan_of_commands(&["true"]);
    plan["deploy"]["labels"] =
        json!({ "org.opencontainers.image.title": "an app", "team": "plan" });
    plan["deploy"]["exposedPorts"] = json!(["8080", "53/udp"]);
    plan["deploy"]["volumes"] = json!(["/app/data"]);
    plan["deploy"]["stopSignal"] = json!("SIGINT");
    plan["deploy"]["healthcheck"] = json!({ "test": ["CMD", "/bin/true"], "interval": "1m30s", "timeout": "500ms", "retries": 2 });
    let project = Project::with_plan(&plan);
    let build = project
        .build(engine)
        .options(["--label", "team=caller"], ["--opt", "label:team=caller"]);
    let config = build.image().inspect()["Config"].clone();
    assert_eq!(config["Labels"]["org.opencontainers.image.title"], "an app");
    assert_eq!(config["Labels"]["team"], "caller");
    assert_eq!(
        config["ExposedPorts"],
        json!({ "53/udp": {}, "8080/tcp": {} })
    );
    assert_eq!(config["Volumes"], json!({ "/app/data": {} }));
    assert_eq!(config["StopSignal"], "SIGINT");
    assert_eq!(
        config["Healthcheck"],
        json!({ "Test": ["CMD", "/bin/true"], "Interval": 90_000_000_000_u64, "Timeout": 500_000_000, "Retries": 2 })
    );
}

/// What steps leave in the home of root is there for it too.
fn another_user_than_root_runs_the_image_and_its_app(engine: &Engine) {
    let project = Project::with_plan(&json!({
        "steps": [{
            "name": "build",
            "inputs": [{ "image": settings().runtime_image }],
            "commands": [shell("mkdir -p /root/.cache/tool data && chmod 700 /root && chown 10001 data"), shell("echo read > /root/.cache/tool/file; echo app > file; id -u > builder")],
        }],
        "deploy": {
            "base": { "image": settings().runtime_image },
            "inputs": [{ "step": "build", "include": ["/app"] }, { "step": "build", "include": ["/root/.cache"] }],
            "startCommand": "id -u; cat file builder /root/.cache/tool/file; touch data/x && echo wrote; touch file 2>/dev/null || echo kept",
            "user": "10001:10001",
        },
    }));
    let image = project.build(engine).image();
    assert_eq!(image.inspect()["Config"]["User"], "10001:10001");
    assert_text!(image.run().success().stdout_text(), @r"
    10001
    app
    0
    read
    wrote
    kept
    ");
}

/// The base holds one program, which is static: that of the frontend's own image.
fn a_start_command_of_words_needs_no_shell(engine: &Engine) {
    let program = "/railpack-frontend";
    let image = |start_command: serde_json::Value| {
        let plan = json!({
            "steps": [{
                "name": "build",
                "inputs": [{ "image": settings().runtime_image }],
                "commands": [shell("echo content > file")],
            }],
            "deploy": {
                "base": { "image": settings().frontend },
                "inputs": [{ "step": "build", "include": ["/app/file"] }],
                "startCommand": start_command,
            },
        });
        Project::with_plan(&plan).build(engine).image()
    };
    let works = image(json!([program, "fingerprint", "out", "files", "[]"]));
    let config = works.inspect()["Config"].clone();
    assert_eq!(config["Entrypoint"], serde_json::Value::Null);
    assert_eq!(
        config["Cmd"],
        json!([program, "fingerprint", "out", "files", "[]"])
    );
    works.run().success();
    let fails = image(json!([program, "fingerprint", "out", "files", "two words"]));
    let text = fails.run().failure().to_string();
    assert!(text.contains("`two words`"), "{text}");
    // With a text it is the shell that is missing.
    let text = image(json!(program)).run().failure().to_string();
    assert!(text.contains("/bin/bash"), "{text}");
}

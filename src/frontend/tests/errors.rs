//! What the user is told when there is no result.

use super::*;

#[tokio::test]
async fn a_plan_that_is_not_there_is_told_with_where_it_was_looked_for() {
    let mut engine = engine(&[]);
    let missing = error(&engine, &[("filename", "deploy/plan.json")]).await;
    insta::assert_snapshot!(missing.message, @r"
    no build plan: the local `dockerfile` has no file `deploy/plan.json`
      hint: write one with `railpack plan`; name it with `docker build --file` if it has another name or is in another directory
    ");

    let directory = File {
        mode: DIRECTORY | 0o755,
        ..File::new("")
    };
    engine.files.insert("rpk.json", directory);
    let directory = error(&engine, &[]).await;
    insta::assert_snapshot!(directory.message, @r"
    the build plan `rpk.json` is not a file
      hint: name the file that `railpack plan` wrote with `docker build --file`
    ");

    let size = i64::try_from(MAX_PLAN_SIZE).unwrap() + 1;
    engine.files.insert(
        "rpk.json",
        File {
            size,
            ..File::new("")
        },
    );
    let large = error(&engine, &[]).await;
    insta::assert_snapshot!(large.message, @r"
    the build plan `rpk.json` has 8388609 bytes, more than the 8388608 that are read
      hint: name the file that `railpack plan` wrote with `docker build --file`
    ");
}

#[tokio::test]
async fn a_local_that_is_not_offered_is_told_with_how_to_offer_it() {
    let engine = Engine {
        solves: vec![Status::unknown("no local sources enabled")],
        ..engine(&[])
    };
    let error = error(&engine, &[]).await;
    insta::assert_snapshot!(error.message, @r"
    the build plan cannot be read from the local `dockerfile`: no local sources enabled
      hint: offer the plan's directory under this name: `docker build` does, `buildctl build` with `--local dockerfile=<directory>`
    ");
}

#[tokio::test]
async fn a_wrong_plan_is_told_with_its_lines() {
    let plan = PLAN
        .replace(r#""cmd": "make""#, r#""cmd": 5"#)
        .replace("startCommand", "startComand");
    let engine = engine(&[("rpk.json", &plan)]);
    let error = error(&engine, &[]).await;
    insta::assert_snapshot!(error.message, @r#"
    the build plan `rpk.json` cannot be built:

    error: rpk.json:8:18: `steps[0].commands[1].cmd` must be a string, found a number
      8 |         { "cmd": 5 }
        |                  ^

    warning: rpk.json:15:5: unknown field `startComand` in `deploy`
      15 |     "startComand": "/app/run"
         |     ^^^^^^^^^^^^^
      hint: did you mean `startCommand`?
    "#);
    assert_eq!(places(&error), ["rpk.json:8-8"]);
    assert_eq!(engine.calls().names.last().unwrap(), "return");
}

#[tokio::test]
async fn what_does_not_fit_together_is_told_with_its_lines() {
    let plan = PLAN.replace(r#""step": "Build""#, r#""step": "Biuld""#);
    let engine = engine(&[("rpk.json", &plan)]);
    let error = error(&engine, &[]).await;
    insta::assert_snapshot!(error.message, @r#"
    the build plan `rpk.json` cannot be built:

    error: rpk.json:14:16: `deploy` uses step `Biuld`, which does not exist
      14 |     "inputs": [{ "step": "Biuld", "include": ["/app"] }],
         |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: did you mean `Build`?
    "#);
    assert_eq!(places(&error), ["rpk.json:14-14"]);
}

#[tokio::test]
async fn an_error_carries_no_more_of_a_plan_than_clients_take() {
    let commands = vec![r#"{ "cmd": 5 }"#; 50].join(",\n");
    let plan = PLAN.replace(r#"{ "cmd": "make" }"#, &commands);
    let small = error(&engine(&[("rpk.json", &plan)]), &[]).await;
    assert_eq!(places(&small).len(), 10);

    let large = format!("{}{plan}", "#\n".repeat(1 << 18));
    let large = error(&engine(&[("rpk.json", &large)]), &[]).await;
    assert_eq!(places(&large).len(), 1);
    assert!(
        large.message.contains("rpk.json:262152:"),
        "{}",
        large.message
    );
}

#[tokio::test]
async fn an_image_that_is_not_found_is_told_with_where_the_plan_names_it() {
    let plan = PLAN.replace("\"debian\"", "\"debain\"");
    let engine = engine(&[("rpk.json", &plan)]);
    let error = error(&engine, &[]).await;
    insta::assert_snapshot!(error.message, @r"
    the image `docker.io/library/debain:latest` cannot be resolved: docker.io/library/debain:latest: not found
      hint: check its name, and that the engine can reach its registry and may read there
    ");
    assert_eq!(places(&error), ["rpk.json:5-5"]);
}

#[tokio::test]
async fn a_failed_solve_is_returned_as_it_came() {
    let whole = rpc::Status {
        code: 2,
        message: "process \"make\" did not complete successfully: exit code: 2".to_owned(),
        details: vec![Any {
            type_url: "github.com/moby/buildkit/errdefs.Vertex+json".to_owned(),
            value: br#"{"digest":"sha256:00"}"#.to_vec(),
        }],
    };
    let failed = Status::with_details(
        Code::Unknown,
        whole.message.clone(),
        whole.encode_to_vec().into(),
    );
    let engine = Engine {
        solves: vec![Status::ok(""), failed],
        ..engine(&[("rpk.json", PLAN)])
    };
    assert_eq!(error(&engine, &[]).await, whole);
}

#[tokio::test]
async fn wrong_options_are_told_before_anything_is_read() {
    let engine = engine(&[("rpk.json", PLAN)]);
    let one = error(&engine, &[("memory", "1")]).await;
    insta::assert_snapshot!(one.message, @r"
    the option `memory` (`docker build --memory`) is not supported yet
      hint: build without `--memory`
    ");
    let two = error(&engine, &[("memory", "1"), ("platform", "linux")]).await;
    insta::assert_snapshot!(two.message, @r"
    2 options cannot be honoured:

    error: the option `memory` (`docker build --memory`) is not supported yet
      hint: build without `--memory`
    error: platform `linux`: no known architecture; write it like `linux/amd64`
      hint: name one as `linux/amd64` or `linux/arm64`: `docker build --platform linux/amd64`
    ");
    assert_eq!(engine.calls().names, ["ping", "return", "ping", "return"]);
}

#[tokio::test]
async fn a_build_whose_engine_goes_away_ends() {
    let engine = engine(&[("rpk.json", PLAN)]);
    let (channel, carrier) = engine.start().await;
    let bridge = crate::gateway::Bridge::open(channel, None).await.unwrap();
    carrier.abort();
    let error = run(&bridge, &request(&[])).await.unwrap_err();
    insta::assert_snapshot!(error, @"return: the connection to BuildKit is closed");
}

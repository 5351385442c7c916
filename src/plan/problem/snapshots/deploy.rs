//! Problems of the final image.

use super::{told, with_deploy};

#[test]
fn the_final_image() {
    insta::assert_snapshot!(told("{}"), @r#"
    error: rpk.json: `deploy.base` is missing
      hint: name the image that the final image starts from, for example `"base": {"image": "debian:trixie-slim"}`

    warning: rpk.json: `deploy.startCommand` is missing
      hint: without one the container starts a shell
    "#);
    insta::assert_snapshot!(told(with_deploy("")), @r#"
    error: rpk.json:2:13: `deploy.base` is missing
      2 |   "deploy": {  }
        |             ^^^^
      hint: name the image that the final image starts from, for example `"base": {"image": "debian:trixie-slim"}`

    warning: rpk.json:2:13: `deploy.startCommand` is missing
      2 |   "deploy": {  }
        |             ^^^^
      hint: without one the container starts a shell
    "#);
    insta::assert_snapshot!(told(with_deploy(r#""base": "." "#)), @r#"
    warning: rpk.json:2:13: `deploy.startCommand` is missing
      2 |   "deploy": { "base": "."  }
        |             ^^^^^^^^^^^^^^^^
      hint: without one the container starts a shell

    error: rpk.json:2:23: `deploy.base` must be an image or a step, found the local tree
      2 |   "deploy": { "base": "."  }
        |                       ^^^
      hint: name the image that the final image starts from, for example `"base": {"image": "debian:trixie-slim"}`
    "#);
    insta::assert_snapshot!(told(with_deploy(r#""base": { "image": "debian", "exclude": ["a"] }"#)), @r#"
    warning: rpk.json:2:13: `deploy.startCommand` is missing
      2 |   "deploy": { "base": { "image": "debian", "exclude": ["a"] } }
        |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: without one the container starts a shell

    error: rpk.json:2:56: `deploy.base` cannot have `include` or `exclude`
      2 |   "deploy": { "base": { "image": "debian", "exclude": ["a"] } }
        |                                                        ^^^
      hint: the base is taken whole: move the filter to one of `deploy.inputs`
    "#);
    insta::assert_snapshot!(told(with_deploy(r#""base": { "image": "debian" }"#)), @r#"
    warning: rpk.json:2:13: `deploy.startCommand` is missing
      2 |   "deploy": { "base": { "image": "debian" } }
        |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: without one the container starts a shell
    "#);
    insta::assert_snapshot!(told(with_deploy(r#""base": "$build", "inputs": ["$build"], "paths": ["", "..."], "startCommand": "a\u0000""#)), @r#"
    error: rpk.json:2:23: `deploy` uses step `build`, which does not exist
      2 |   "deploy": { "base": "$build", "inputs": ["$build"], "paths": ["", "..."], "startCommand": "a\u0000...
        |                       ^^^^^^^^
      hint: there is none at all

    error: rpk.json:2:44: `deploy` uses step `build`, which does not exist
      2 | ...deploy": { "base": "$build", "inputs": ["$build"], "paths": ["", "..."], "startCommand": "a\u0000" }
        |                                            ^^^^^^^^
      hint: there is none at all

    warning: rpk.json:2:44: this input of `deploy` has no `include`, and so copies nothing
      2 | ...deploy": { "base": "$build", "inputs": ["$build"], "paths": ["", "..."], "startCommand": "a\u0000" }
        |                                            ^^^^^^^^
      hint: name what to copy, for example `"include": ["."]`

    error: rpk.json:2:65: the path for PATH is empty
      2 | ...build", "inputs": ["$build"], "paths": ["", "..."], "startCommand": "a\u0000" }
        |                                            ^^

    error: rpk.json:2:69: `...` stands for what was there before, which a finished plan does not have
      2 | ...d", "inputs": ["$build"], "paths": ["", "..."], "startCommand": "a\u0000" }
        |                                            ^^^^^
      hint: `railpack plan` replaces it in lists of railpack.json alone

    error: rpk.json:2:93: the command line has a NUL character
      2 | ..., "paths": ["", "..."], "startCommand": "a\u0000" }
        |                                            ^^^^^^^^^
    "#);
}

#[test]
fn the_configuration_of_the_image() {
    insta::assert_snapshot!(told(r#"{
  "deploy": {
    "base": { "image": "debian" },
    "startCommand": "a",
    "user": "a:b:c",
    "labels": { "": "x" },
    "exposedPorts": [
      "http",
      "65536",
      "8000-8010",
      "..."
    ],
    "healthcheck": {
      "test": ["curl"],
      "interval": "30",
      "timeout": "1us"
    },
    "stopSignal": "SIGNONE",
    "volumes": [
      "data",
      "/",
      "/a/../..",
      "..."
    ]
  }
}"#), @r#"
    error: rpk.json:5:13: `a:b:c` cannot be a user: it is neither a user nor `user:group`
      5 |     "user": "a:b:c",
        |             ^^^^^^^
      hint: a user is a name or a number, with or without a group: `railpack`, `10001:10001`

    error: rpk.json:6:17: a label has no name
      6 |     "labels": { "": "x" },
        |                 ^^^^^^^

    error: rpk.json:8:7: `http` is no port
      8 |       "http",
        |       ^^^^^^
      hint: a port is a number from 1 to 65535, with or without its protocol: `8080`, `8080/tcp`, `53/udp`

    error: rpk.json:9:7: `65536` is no port
      9 |       "65536",
        |       ^^^^^^^
      hint: a port is a number from 1 to 65535, with or without its protocol: `8080`, `8080/tcp`, `53/udp`

    error: rpk.json:10:7: `8000-8010` is no port
      10 |       "8000-8010",
         |       ^^^^^^^^^^^
      hint: a port is a number from 1 to 65535, with or without its protocol: `8080`, `8080/tcp`, `53/udp`

    error: rpk.json:11:7: `...` stands for what was there before, which a finished plan does not have
      11 |       "..."
         |       ^^^^^
      hint: `railpack plan` replaces it in lists of railpack.json alone

    error: rpk.json:14:15: the `test` of the health check is malformed: a list begins with `CMD`, `CMD-SHELL` or `NONE`
      14 |       "test": ["curl"],
         |               ^^^^^^^^
      hint: for example `"test": ["CMD", "./healthy"]`, or `"test": "curl -f localhost:8080"` for a shell; `["NONE"]` turns off that of the base

    error: rpk.json:15:19: the `interval` of the health check is no time of 1 millisecond or more: `30`
      15 |       "interval": "30",
         |                   ^^^^
      hint: a time has units: `500ms`, `30s`, `1m30s`

    error: rpk.json:16:18: the `timeout` of the health check is no time of 1 millisecond or more: `1us`
      16 |       "timeout": "1us"
         |                  ^^^^^
      hint: a time has units: `500ms`, `30s`, `1m30s`

    error: rpk.json:18:19: `SIGNONE` is no signal
      18 |     "stopSignal": "SIGNONE",
         |                   ^^^^^^^^^
      hint: a signal is a name or a number: `SIGTERM`, `SIGINT`, `15`

    error: rpk.json:20:7: the volume is no absolute path: `data`
      20 |       "data",
         |       ^^^^^^
      hint: a volume is a directory of the container, for example `/app/data`

    error: rpk.json:21:7: the volume is the root directory: `/`
      21 |       "/",
         |       ^^^
      hint: a volume is a directory of the container, for example `/app/data`

    error: rpk.json:22:7: the volume leaves its tree with `..`: `/a/../..`
      22 |       "/a/../..",
         |       ^^^^^^^^^^
      hint: a volume is a directory of the container, for example `/app/data`

    error: rpk.json:23:7: `...` stands for what was there before, which a finished plan does not have
      23 |       "..."
         |       ^^^^^
      hint: `railpack plan` replaces it in lists of railpack.json alone
    "#);
}

#[test]
fn start_commands_users_and_health_checks() {
    let fields = |fields: &str| told(with_deploy(&format!("{}, {fields}", super::BASE)));
    for right in [
        r#""user": "railpack", "labels": { "a": "" }, "exposedPorts": ["1", "65535/sctp"], "stopSignal": "SIGRTMIN+3""#,
        r#""user": "2147483647:users", "volumes": ["/a", "/a/../b/"], "healthcheck": { "test": "true", "interval": "1ms" }"#,
        r#""healthcheck": { "test": ["CMD", "true"], "retries": 0 }, "user": "", "stopSignal": """#,
        r#""healthcheck": { "test": ["CMD-SHELL", "true"] }"#,
        r#""healthcheck": { "test": ["NONE"] }"#,
    ] {
        assert_eq!(fields(right), "", "{right}");
    }
    for port in ["0", "80/http", "+80", "80/"] {
        let told = fields(&format!(r#""exposedPorts": ["{port}"]"#));
        assert!(told.contains("is no port"), "{port}: {told}");
    }
    insta::assert_snapshot!(told(with_deploy(r#""base": { "image": "debian" }, "startCommand": ["", "a"]"#)), @r#"
    error: rpk.json:2:62: `deploy.startCommand` names no program
      2 |   "deploy": { "base": { "image": "debian" }, "startCommand": ["", "a"] }
        |                                                              ^^^^^^^^^
      hint: a list begins with a program: `["./server", "--port", "8080"]`
    "#);
    insta::assert_snapshot!(told(with_deploy(r#""base": { "image": "debian" }, "startCommand": []"#)), @r#"
    error: rpk.json:2:62: `deploy.startCommand` names no program
      2 |   "deploy": { "base": { "image": "debian" }, "startCommand": [] }
        |                                                              ^^
      hint: a list begins with a program: `["./server", "--port", "8080"]`
    "#);
    let users = [
        "a b",
        ":a",
        "a:",
        "2147483648",
        "10001:99999999999999999999",
    ];
    let faults = users.map(|user| {
        let told = fields(&format!(r#""user": "{user}""#));
        told.lines().next().unwrap_or_default().to_owned()
    });
    insta::assert_snapshot!(faults.join("\n"), @"
    error: rpk.json:2:79: `a b` cannot be a user: it has white space or a control character
    error: rpk.json:2:79: `:a` cannot be a user: it is neither a user nor `user:group`
    error: rpk.json:2:79: `a:` cannot be a user: it is neither a user nor `user:group`
    error: rpk.json:2:79: `2147483648` cannot be a user: its number is larger than 2147483647
    error: rpk.json:2:79: `10001:99999999999999999999` cannot be a user: its number is larger than 2147483647
    ");
    let tests = [
        "[]",
        r#"["CMD"]"#,
        r#"["CMD-SHELL", "a", "b"]"#,
        r#"["NONE", "a"]"#,
        r#""a\u0000""#,
        "null",
    ];
    let faults = tests.map(|test| {
        let told = fields(&format!(r#""healthcheck": {{ "test": {test} }}"#));
        told.lines().next().unwrap_or_default().to_owned()
    });
    insta::assert_snapshot!(faults.join("\n"), @"
    error: rpk.json:2:96: the `test` of the health check is malformed: a list begins with `CMD`, `CMD-SHELL` or `NONE`
    error: rpk.json:2:96: the `test` of the health check is malformed: `CMD` stands in front of a program and its arguments
    error: rpk.json:2:96: the `test` of the health check is malformed: `CMD-SHELL` stands in front of one text for the shell
    error: rpk.json:2:96: the `test` of the health check is malformed: nothing stands behind `NONE`
    error: rpk.json:2:96: the `test` of the health check is malformed: it has a NUL character
    error: rpk.json:2:86: the health check has no `test`
    ");
    insta::assert_snapshot!(fields(r#""healthcheck": { "test": 5, "retries": -1, "every": "1s" }, "exposedPorts": [80], "volumes": "a""#), @r#"
    error: rpk.json:2:96: `deploy.healthcheck.test` must be a string or a list of strings, found a number
      2 | ...and": "./app", "healthcheck": { "test": 5, "retries": -1, "every": "1s" }, "exposedPorts": [80], "vo...
        |                                            ^

    error: rpk.json:2:110: `deploy.healthcheck.retries` must be a whole number from 0 to 4294967295, found a number
      2 | ... "healthcheck": { "test": 5, "retries": -1, "every": "1s" }, "exposedPorts": [80], "volumes": "a" }
        |                                            ^^

    warning: rpk.json:2:114: unknown field `every` in `deploy.healthcheck`
      2 | ...althcheck": { "test": 5, "retries": -1, "every": "1s" }, "exposedPorts": [80], "volumes": "a" }
        |                                            ^^^^^^^
      hint: it is ignored

    error: rpk.json:2:148: `deploy.exposedPorts[0]` must be a string, found a number
      2 | ...: -1, "every": "1s" }, "exposedPorts": [80], "volumes": "a" }
        |                                            ^^

    error: rpk.json:2:164: `deploy.volumes` must be a list, found a string
      2 | ...1s" }, "exposedPorts": [80], "volumes": "a" }
        |                                            ^^^
    "#);
}

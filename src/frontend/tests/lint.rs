//! `docker build --check`: what the rules find in a plan.

use super::requests::{RICH, answer, json};
use super::*;

#[tokio::test]
async fn lint_tells_what_the_rules_find() {
    let answer = answer(RICH, "frontend.lint", &[]).await;
    assert_eq!(answer["result.statuscode"], "1");
    insta::assert_snapshot!(answer["result.txt"], @r#"
    WARNING: UnpinnedImage - docs/checks.md#unpinnedimage
    image `debian` is another one whenever its registry says so
      hint: give it a version as its tag, or a digest
    rpk.json:7
    --------------------
       5 |         {
       6 |           "name": "install",
       7 | >>>       "inputs": [{ "image": "debian" }],
       8 |           "commands": [{ "cmd": "npm ci" }, { "path": "/app/bin" }, { "src": ".", "dest": "." }, { "cmd": "x" }, { "cmd": "y" }],
       9 |           "caches": ["npm"]
    --------------------

    WARNING: MissingStartCommand - docs/checks.md#missingstartcommand
    `deploy.startCommand` is missing
      hint: without one the container starts a shell
    rpk.json:12
    --------------------
      11 |       ],
      12 | >>>   "deploy": {
      13 | >>>     "base": { "image": "debian:13" },
      14 | >>>     "inputs": [{ "step": "install", "include": ["/app"] }], "user": "railpack"
      15 | >>>   }
      16 |     }
    --------------------
    "#);
    insta::assert_snapshot!(json(&answer), @r#"
    {
      "sources": [
        {
          "data": "..",
          "filename": "rpk.json",
          "language": "json"
        }
      ],
      "warnings": [
        {
          "description": "An image without a tag or digest, or with the tag latest, changes without notice",
          "detail": "image `debian` is another one whenever its registry says so\n  hint: give it a version as its tag, or a digest",
          "location": {
            "ranges": [
              {
                "end": {
                  "character": 39,
                  "line": 7
                },
                "start": {
                  "character": 18,
                  "line": 7
                }
              }
            ],
            "sourceIndex": 0
          },
          "ruleName": "UnpinnedImage",
          "url": "docs/checks.md#unpinnedimage"
        },
        {
          "description": "An image should have a start command",
          "detail": "`deploy.startCommand` is missing\n  hint: without one the container starts a shell",
          "location": {
            "ranges": [
              {
                "end": {
                  "character": 4,
                  "line": 15
                },
                "start": {
                  "character": 13,
                  "line": 12
                }
              }
            ],
            "sourceIndex": 0
          },
          "ruleName": "MissingStartCommand",
          "url": "docs/checks.md#missingstartcommand"
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn lint_of_a_plan_in_order_finds_nothing() {
    let plan = PLAN
        .replace("debian\"", "debian:13\"")
        .replace("debian:latest", "debian:13")
        .replace("\"startCommand\"", "\"user\": \"10001\", \"startCommand\"");
    let answer = answer(&plan, "frontend.lint", &[]).await;
    assert_eq!(
        (
            answer["result.statuscode"].as_str(),
            answer["result.txt"].as_str()
        ),
        ("0", "")
    );
}

#[tokio::test]
async fn lint_of_a_plan_that_cannot_be_built_tells_why() {
    let plan = PLAN.replace(r#""cmd": "make""#, r#""cmd": 5"#);
    let answer = answer(&plan, "frontend.lint", &[]).await;
    assert_eq!(answer["result.statuscode"], "1");
    insta::assert_snapshot!(answer["result.txt"], @r#"
    the build plan `rpk.json` cannot be built:

    error: rpk.json:8:18: `steps[0].commands[1].cmd` must be a string, found a number
      8 |         { "cmd": 5 }
        |                  ^
    "#);
    insta::assert_snapshot!(json(&answer), @r#"
    {
      "buildError": {
        "location": {
          "ranges": [
            {
              "end": {
                "character": 19,
                "line": 8
              },
              "start": {
                "character": 18,
                "line": 8
              }
            }
          ],
          "sourceIndex": 0
        },
        "message": "the build plan `rpk.json` cannot be built:\n\nerror: rpk.json:8:18: `steps[0].commands[1].cmd` must be a string, found a number\n  8 |         { \"cmd\": 5 }\n    |                  ^"
      },
      "sources": [
        {
          "data": "..",
          "filename": "rpk.json",
          "language": "json"
        }
      ],
      "warnings": []
    }
    "#);
}

//! Requests other than a build.

use super::*;

/// A plan with something to say to each request.
pub(super) const RICH: &str = r#"{
  "secrets": ["NPM_TOKEN"],
  "caches": { "npm": { "directory": "/root/.npm" } },
  "steps": [
    {
      "name": "install",
      "inputs": [{ "image": "debian" }],
      "commands": [{ "cmd": "npm ci" }, { "path": "/app/bin" }, { "src": ".", "dest": "." }, { "cmd": "x" }, { "cmd": "y" }],
      "caches": ["npm"]
    }
  ],
  "deploy": {
    "base": { "image": "debian:13" },
    "inputs": [{ "step": "install", "include": ["/app"] }], "user": "railpack"
  }
}
"#;

/// The answer to a request, by key of its metadata. Nothing is built for it.
pub(super) async fn answer(
    plan: &str,
    name: &str,
    options: &[(&str, &str)],
) -> BTreeMap<String, String> {
    let engine = engine(&[("rpk.json", plan)]);
    let options: Vec<_> = [("requestid", name)]
        .iter()
        .chain(options)
        .copied()
        .collect();
    build(&engine, &options).await;
    let calls = engine.calls();
    let read = ["ping", "solve", "stat rpk.json", "read rpk.json", "return"];
    assert!(
        calls.names == read || calls.names == ["ping", "return"],
        "{:?}",
        calls.names
    );
    let result = calls.returns[0].result.clone().unwrap();
    assert!(matches!(&result.result, Some(WireResult::Ref(reference)) if reference.id.is_empty()));
    let metadata = result.metadata.into_iter();
    metadata
        .map(|(key, value)| (key, String::from_utf8(value).unwrap()))
        .collect()
}

/// The JSON with the files in it left out.
pub(super) fn json(answer: &BTreeMap<String, String>) -> String {
    let mut value: Value = serde_json::from_str(&answer["result.json"]).unwrap();
    for source in value["sources"].as_array_mut().into_iter().flatten() {
        match source {
            Value::Object(source) => {
                source.insert("data".to_owned(), "..".into());
            }
            other => *other = "..".into(),
        }
    }
    serde_json::to_string_pretty(&value).unwrap()
}

#[tokio::test]
async fn a_request_that_is_not_known_is_answered_in_buildkits_words() {
    let engine = engine(&[("rpk.json", PLAN)]);
    let error = error(&engine, &[("requestid", "frontend.convertllb")]).await;
    assert_eq!(error.message, "unsupported request frontend.convertllb");
    assert_eq!(
        error.details[0].type_url,
        "github.com/moby/buildkit/errdefs.Subrequest+json"
    );
    assert_eq!(error.details[0].value, br#"{"name":"frontend.convertllb"}"#);
    assert_eq!(engine.calls().names, ["ping", "return"]);
}

#[tokio::test]
async fn describe_lists_the_requests() {
    let answer = answer("", "frontend.subrequests.describe", &[]).await;
    assert_eq!(answer["version"], "1.0.0");
    insta::assert_snapshot!(answer["result.txt"], @"
    NAME                 VERSION DESCRIPTION
    outline              1.0.0   List all parameters that the build of a plan supports
    targets              1.0.0   List the steps of a plan and its image
    lint                 1.0.0   Check a plan
    subrequests.describe 1.0.0   List available subrequest types
    ");
    let list: Value = serde_json::from_str(&answer["result.json"]).unwrap();
    insta::assert_snapshot!(serde_json::to_string(&list[2]).unwrap(), @r#"{"description":"Check a plan","inputs":[],"metadata":[{"description":"","name":"result.json"},{"description":"","name":"result.txt"},{"description":"","name":"result.statuscode"}],"name":"frontend.lint","opts":[],"refs":[],"type":"rpc","version":"1.0.0"}"#);
}

const GIVEN: [(&str, &str); 3] = [
    ("build-arg:cache-key", "mine"),
    ("build-arg:secrets-hash", "hidden1"),
    ("build-arg:github-token", "hidden2"),
];

#[tokio::test]
async fn outline_lists_what_a_build_can_be_given() {
    let answer = answer(RICH, "frontend.outline", &GIVEN).await;
    insta::assert_snapshot!(answer["result.txt"], @"
    TARGET:      (default)
    DESCRIPTION: built from docker.io/library/debian:13, docker.io/library/debian:latest

    BUILD ARG                       VALUE   DESCRIPTION
    cache-key                       mine    Keeps the cache mounts of builds with different keys apart
    secrets-hash                            Steps that use secrets run again when it changes
    github-token                            Token for mise install; prefer a secret named GITHUB_TOKEN
    SOURCE_DATE_EPOCH                       Time of the files that the plan writes, in seconds since 1970
    RAILPACK_BUILT_AT                       Value of that variable in the image
    RAILPACK_DISABLE_CAPABILITIES           Capabilities of the engine that are not used

    SECRET        REQUIRED
    NPM_TOKEN     
    railpack-ca   

    CACHE
    npm
    ");
}

#[tokio::test]
async fn outline_is_the_same_as_json() {
    let answer = answer(RICH, "frontend.outline", &GIVEN).await;
    insta::assert_snapshot!(json(&answer), @r#"
    {
      "args": [
        {
          "description": "Keeps the cache mounts of builds with different keys apart",
          "name": "cache-key",
          "value": "mine"
        },
        {
          "description": "Steps that use secrets run again when it changes",
          "name": "secrets-hash"
        },
        {
          "description": "Token for mise install; prefer a secret named GITHUB_TOKEN",
          "name": "github-token"
        },
        {
          "description": "Time of the files that the plan writes, in seconds since 1970",
          "name": "SOURCE_DATE_EPOCH"
        },
        {
          "description": "Value of that variable in the image",
          "name": "RAILPACK_BUILT_AT"
        },
        {
          "description": "Capabilities of the engine that are not used",
          "name": "RAILPACK_DISABLE_CAPABILITIES"
        }
      ],
      "cache": [
        {
          "ID": "npm",
          "location": {
            "ranges": [
              {
                "end": {
                  "character": 51,
                  "line": 3
                },
                "start": {
                  "character": 15,
                  "line": 3
                }
              }
            ],
            "sourceIndex": 0
          }
        }
      ],
      "description": "built from docker.io/library/debian:13, docker.io/library/debian:latest",
      "secrets": [
        {
          "location": {
            "ranges": [
              {
                "end": {
                  "character": 26,
                  "line": 2
                },
                "start": {
                  "character": 15,
                  "line": 2
                }
              }
            ],
            "sourceIndex": 0
          },
          "name": "NPM_TOKEN"
        },
        {
          "name": "railpack-ca"
        }
      ],
      "sources": [
        ".."
      ]
    }
    "#);
    assert!(!answer.values().any(|value| value.contains("hidden")));
}

#[tokio::test]
async fn targets_lists_the_steps_and_the_image() {
    let answer = answer(RICH, "frontend.targets", &[]).await;
    insta::assert_snapshot!(answer["result.txt"], @"
    TARGET           DESCRIPTION
    install          npm ci, PATH /app/bin, copy ., and 2 more
    deploy (default) the image
    ");
    insta::assert_snapshot!(json(&answer), @r#"
    {
      "sources": [
        ".."
      ],
      "targets": [
        {
          "base": "debian",
          "description": "npm ci, PATH /app/bin, copy ., and 2 more",
          "location": {
            "ranges": [
              {
                "end": {
                  "character": 6,
                  "line": 10
                },
                "start": {
                  "character": 5,
                  "line": 5
                }
              }
            ],
            "sourceIndex": 0
          },
          "name": "install"
        },
        {
          "base": "debian:13",
          "default": true,
          "description": "the image",
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
          "name": "deploy"
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn outline_lists_each_ssh_agent_once() {
    let plan = RICH.replace(
        r#""caches": ["npm"]"#,
        r#""caches": ["npm"], "ssh": ["default", "deploy"]"#,
    );
    let answer = answer(&plan, "frontend.outline", &[]).await;
    let text = &answer["result.txt"];
    assert!(
        text.contains("\n\nSSH       REQUIRED\ndefault   true\ndeploy    true\n\nCACHE\n"),
        "{text}"
    );
    let json: Value = serde_json::from_str(&answer["result.json"]).unwrap();
    assert_eq!(json["ssh"][1]["name"], "deploy");
    assert_eq!(json["ssh"][1]["required"], true);
    let start = &json["ssh"][1]["location"]["ranges"][0]["start"];
    assert_eq!(start["line"], 9);
}

#[tokio::test]
async fn other_requests_about_a_plan_that_cannot_be_built_fail_as_a_build_does() {
    let plan = PLAN.replace(r#""cmd": "make""#, r#""cmd": 5"#);
    let engine = engine(&[("rpk.json", &plan)]);
    let error = error(&engine, &[("requestid", "frontend.outline")]).await;
    assert_eq!(places(&error), ["rpk.json:8-8"]);
}

#[tokio::test]
async fn no_answer_drives_a_terminal() {
    let plan = RICH
        .replace("\"install\"", r#""\u001b[2Jin\nstall""#)
        .replace("NPM_TOKEN", r"\u202eTOKEN")
        .replace("npm ci", r"\u001b]0;title\u0007")
        .replace("\"npm\"", r#""\u001b[31m""#);
    for request in ["frontend.outline", "frontend.targets", "frontend.lint"] {
        let answer = answer(&plan, request, &[]).await;
        let json: Value = serde_json::from_str(&answer["result.json"]).unwrap();
        let strings = strings(&json).join("");
        for text in [&answer["result.txt"], &strings] {
            let is_driving = |character: char| {
                (character.is_control() && character != '\n') || character == '\u{202e}'
            };
            assert!(!text.contains(is_driving), "{request}: {text:?}");
        }
    }
}

/// All texts of a value.
fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(strings).collect(),
        Value::Object(fields) => fields.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

//! What `parse` tells.

use super::{told, with_step};

#[test]
fn files_that_are_no_plan() {
    insta::assert_snapshot!(told(""), @"
    error: rpk.json:1:1: the file is empty
      1 | 
        | ^
      hint: `railpack plan` writes a plan
    ");
    insta::assert_snapshot!(told("# syntax=a\n\n"), @"
    error: rpk.json:3:1: the file is empty
      3 | 
        | ^
      hint: `railpack plan` writes a plan
    ");
    insta::assert_snapshot!(told("FROM debian\nRUN make\n"), @"
    error: rpk.json:1:1: a plan is a JSON object and begins with `{`, found `FROM`
      1 | FROM debian
        | ^^^^
      hint: this looks like a Dockerfile: name the plan with `--file rpk.json`
    ");
    insta::assert_snapshot!(told("  []"), @"
    error: rpk.json:1:3: a plan is a JSON object and begins with `{`, found `[]`
      1 |   []
        |   ^^
      hint: is this the right file? `railpack plan` writes a plan
    ");
    insta::assert_snapshot!(told(b"{\"a\": \"\xc3\xa9\", \"b\": \"\xff\"}"), @r#"
    error: rpk.json:1:18: the file is not UTF-8 text
      1 | {"a": "é", "b": "�"}
        |                  ^
      hint: is this the right file? A plan is a JSON text
    "#);
    insta::assert_snapshot!(told(b"\xff\xfe{\0}\0"), @"
    error: rpk.json:1:1: the file is not UTF-8 text
      1 | ��{ }
        | ^
      hint: it looks like UTF-16: save it as UTF-8
    ");
    insta::assert_snapshot!(told(b"\x7fELF\x02\x01\x01\0\0"), @r"
    error: rpk.json:1:1: a plan is a JSON object and begins with `{`, found `\u{7f}ELF\u{2}\u{1}\u{1}\u{0}\u{0}`
      1 |  ELF
        | ^^^^
      hint: is this the right file? `railpack plan` writes a plan
    ");
}

#[test]
fn what_is_not_json() {
    insta::assert_snapshot!(told("{\n  \"steps\": [\n    { \"name\": \"a\""), @r#"
    error: rpk.json:3:5: the object that begins here is never closed: the file ends before
      3 |     { "name": "a"
        |     ^^^^^^^^^^^^^
      hint: was the file cut off?
    "#);
    insta::assert_snapshot!(told("{\n  \"steps\": [\n"), @r#"
    error: rpk.json:2:12: the list that begins here is never closed: the file ends before
      2 |   "steps": [
        |            ^
      hint: was the file cut off?
    "#);
    insta::assert_snapshot!(told("{ \"secrets\": [\"A, \"B\"] }"), @r#"
    error: rpk.json:1:20: this is not JSON: unexpected token
      1 | { "secrets": ["A, "B"] }
        |                    ^
    "#);
    insta::assert_snapshot!(told("{ \"secrets\": [\"A] }"), @r#"
    error: rpk.json:1:15: the string that begins here is never closed: the file ends before
      1 | { "secrets": ["A] }
        |               ^^^^^
      hint: was the file cut off?
    "#);
    insta::assert_snapshot!(told("{ \"secrets\":"), @r#"
    error: rpk.json:1:13: this is not JSON: expected value after colon in object property
      1 | { "secrets":
        |             ^
    "#);
    insta::assert_snapshot!(told("{\n  \"secrets\": [\"A\",],\n}"), @r#"
    error: rpk.json:2:18: this is not JSON: trailing commas are not allowed
      2 |   "secrets": ["A",],
        |                  ^
    "#);
    insta::assert_snapshot!(told("{ \"a\": 1 \"b\": 2 }"), @r#"
    error: rpk.json:1:9: this is not JSON: expected comma
      1 | { "a": 1 "b": 2 }
        |         ^
    "#);
    insta::assert_snapshot!(told("{ 'a': 1 }"), @r#"
    error: rpk.json:1:3: this is not JSON: strings are written with `"`
      1 | { 'a': 1 }
        |   ^
    "#);
    insta::assert_snapshot!(told("{ a: 1 }"), @"
    error: rpk.json:1:3: this is not JSON: expected string for object property
      1 | { a: 1 }
        |   ^
    ");
    insta::assert_snapshot!(told("{ \"a\": 1 } // behind"), @r#"
    error: rpk.json:1:12: this is not JSON: comments are allowed only in lines in front of the JSON body
      1 | { "a": 1 } // behind
        |            ^
    "#);
    insta::assert_snapshot!(told("{ \"a\": 1 } {}"), @r#"
    error: rpk.json:1:12: this is not JSON: text cannot contain more than one JSON value
      1 | { "a": 1 } {}
        |            ^
    "#);
    insta::assert_snapshot!(told("{ \"a\": \"b\nc\" }"), @r#"
    error: rpk.json:1:10: this is not JSON: a string ends in the line that it begins in
      1 | { "a": "b
        |          ^
    "#);
    insta::assert_snapshot!(told("{ \"a\":\u{a0}1 }"), @r#"
    error: rpk.json:1:7: this is not JSON: unexpected U+00A0
      1 | { "a": 1 }
        |       ^
    "#);
    insta::assert_snapshot!(told("{ \"a\": \"\\x\", \"b\": \"\\ud800\" }"), @r#"
    error: rpk.json:1:9: this is not JSON: invalid escape
      1 | { "a": "\x", "b": "\ud800" }
        |         ^^
    "#);
    insta::assert_snapshot!(told("{ \"mode\": 0644 }"), @r#"
    error: rpk.json:1:12: this is not JSON: numbers do not begin with 0, and are decimal (0644 is 420)
      1 | { "mode": 0644 }
        |            ^
    "#);
}

#[test]
fn fields_and_types() {
    insta::assert_snapshot!(told(r#"{
  "steps": { "build": {} },
  "caches": ["apt"],
  "secrets": [1, null, true],
  "deploy": { "variables": { "A \"b\"": {} }, "startCommand": 5, "base": [] },
  "exclude": "x"
}"#), @r#"
    error: rpk.json:2:12: `steps` must be a list, found an object
      2 |   "steps": { "build": {} },
        |            ^^^^^^^^^^^^^^^
      hint: a plan has a list of steps; a map of steps belongs in railpack.json

    error: rpk.json:3:13: `caches` must be an object, found a list
      3 |   "caches": ["apt"],
        |             ^^^^^^^

    error: rpk.json:4:15: `secrets[0]` must be a string, found a number
      4 |   "secrets": [1, null, true],
        |               ^

    error: rpk.json:4:18: `secrets[1]` must be a string, found null
      4 |   "secrets": [1, null, true],
        |                  ^^^^

    error: rpk.json:4:24: `secrets[2]` must be a string, found true
      4 |   "secrets": [1, null, true],
        |                        ^^^^

    error: rpk.json:5:41: `deploy.variables["A \"b\""]` must be a string, found an object
      5 |   "deploy": { "variables": { "A \"b\"": {} }, "startCommand": 5, "base": [] },
        |                                         ^^

    error: rpk.json:5:63: `deploy.startCommand` must be a string or a list of strings, found a number
      5 |   "deploy": { "variables": { "A \"b\"": {} }, "startCommand": 5, "base": [] },
        |                                                               ^

    error: rpk.json:5:74: `deploy.base` must be an object or a string, found a list
      5 |   "deploy": { "variables": { "A \"b\"": {} }, "startCommand": 5, "base": [] },
        |                                                                          ^^

    error: rpk.json:6:14: `exclude` must be a list, found a string
      6 |   "exclude": "x"
        |              ^^^
    "#);
    insta::assert_snapshot!(told(with_step("\"command\": [], \"deployOutputs\": [], \"what\": 1")), @r#"
    warning: rpk.json:6:7: unknown field `command` in `steps[0]`
      6 |       "command": [], "deployOutputs": [], "what": 1
        |       ^^^^^^^^^
      hint: did you mean `commands`?

    warning: rpk.json:6:22: unknown field `deployOutputs` in `steps[0]`
      6 |       "command": [], "deployOutputs": [], "what": 1
        |                      ^^^^^^^^^^^^^^^
      hint: `deployOutputs` belongs in railpack.json; here it is ignored

    warning: rpk.json:6:43: unknown field `what` in `steps[0]`
      6 |       "command": [], "deployOutputs": [], "what": 1
        |                                           ^^^^^^
      hint: it is ignored
    "#);
    insta::assert_snapshot!(told("{ \"deploy\": {}, \"Secrets\": [], \"deploy\": {} }"), @r#"
    warning: rpk.json:1:17: unknown field `Secrets`
      1 | { "deploy": {}, "Secrets": [], "deploy": {} }
        |                 ^^^^^^^^^
      hint: did you mean `secrets`?

    error: rpk.json:1:32: `deploy` is given twice, the first time at 1:3
      1 | { "deploy": {}, "Secrets": [], "deploy": {} }
        |                                ^^^^^^^^
      hint: remove one of them
    "#);
    insta::assert_snapshot!(told("{\n  \"caches\": {\n    \"a\": { \"directory\": \"/a\" },\n    \"a\": {}\n  }\n}"), @r#"
    error: rpk.json:4:5: `a` is given twice, the first time at 3:5
      4 |     "a": {}
        |     ^^^
      hint: remove one of them
    "#);
    insta::assert_snapshot!(told("{ \"caches\": { \"a\": { \"directory\": \"/a\", \"type\": \"private\" } } }"), @r#"
    error: rpk.json:1:49: unknown cache type `private`
      1 | { "caches": { "a": { "directory": "/a", "type": "private" } } }
        |                                                 ^^^^^^^^^
      hint: a cache is `shared` or `locked`
    "#);
}

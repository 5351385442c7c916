//! Problems of steps and of what they start from.

use super::{told, with_step};

#[test]
fn layers() {
    insta::assert_snapshot!(told(with_step(r#""inputs": ["debian", {}, { "local": false, "include": ["."] }, { "image": "a", "step": "b" }, 5]"#)), @r#"
    error: rpk.json:5:18: `debian` is no layer
      5 |       "inputs": ["debian", {}, { "local": false, "include": ["."] }, { "image": "a", "step": "b" },...
        |                  ^^^^^^^^
      hint: write `$debian` for a step, `{"image": "debian"}` for an image, `.` for the local tree

    error: rpk.json:5:28: this layer has no source
      5 |       "inputs": ["debian", {}, { "local": false, "include": ["."] }, { "image": "a", "step": "b" },...
        |                            ^^
      hint: give it `image`, `step` or `local`

    error: rpk.json:5:32: this layer has no source
      5 |       "inputs": ["debian", {}, { "local": false, "include": ["."] }, { "image": "a", "step": "b" },...
        |                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: give it `image`, `step` or `local`

    error: rpk.json:5:86: this layer has two sources: `step`, and `image` at 5:72
      5 | ...se, "include": ["."] }, { "image": "a", "step": "b" }, 5]
        |                                            ^^^^^^^^^^^
      hint: make two layers of it

    error: rpk.json:5:101: `steps[0].inputs[4]` must be an object or a string, found a number
      5 | ...["."] }, { "image": "a", "step": "b" }, 5]
        |                                            ^
    "#);
    insta::assert_snapshot!(told(with_step(r#""inputs": []"#)), @r#"
    error: rpk.json:4:15: step `build` has no inputs
      4 |       "name": "build",
        |               ^^^^^^^
      hint: its first input is the file system that it starts from: an image or a step
    "#);
    insta::assert_snapshot!(told(with_step(r#""inputs": ["."]"#)), @r#"
    error: rpk.json:5:18: the first input of step `build` must be an image or a step, found the local tree
      5 |       "inputs": ["."]
        |                  ^^^
      hint: put the image or step that it starts from in front, and the local tree behind
    "#);
    insta::assert_snapshot!(told(with_step(r#""inputs": [{ "image": "debian", "include": ["/usr"] }]"#)), @r#"
    error: rpk.json:5:51: the first input of step `build` cannot have `include` or `exclude`
      5 |       "inputs": [{ "image": "debian", "include": ["/usr"] }]
        |                                                   ^^^^^^
      hint: the first input is taken whole: move the filter to a second input
    "#);
    insta::assert_snapshot!(told(with_step(r#""inputs": ["..."]"#)), @r#"
    error: rpk.json:5:18: `...` stands for what was there before, which a finished plan does not have
      5 |       "inputs": ["..."]
        |                  ^^^^^
      hint: `railpack plan` replaces it in lists of railpack.json alone
    "#);
    insta::assert_snapshot!(told(with_step(r#""inputs": [{ "image": "debian" }, { "image": "alpine" }]"#)), @r#"
    warning: rpk.json:5:41: this input of step `build` has no `include`, and so copies nothing
      5 |       "inputs": [{ "image": "debian" }, { "image": "alpine" }]
        |                                         ^^^^^^^^^^^^^^^^^^^^^
      hint: name what to copy, for example `"include": ["."]`
    "#);
    insta::assert_snapshot!(told(with_step(r#""inputs": [{ "image": "http://debian" }, { "image": "a:b:c", "include": ["/"] }]"#)), @r#"
    error: rpk.json:5:18: `http://debian` is not the name of an image: an image name begins with its registry, not with `http://`
      5 |       "inputs": [{ "image": "http://debian" }, { "image": "a:b:c", "include": ["/"] }]
        |                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    error: rpk.json:5:48: `a:b:c` is not the name of an image: its tag `b:c` is not made of up to 128 letters, digits, `_`, `.` and `-`
      5 |       "inputs": [{ "image": "http://debian" }, { "image": "a:b:c", "include": ["/"] }]
        |                                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    "#);
    insta::assert_snapshot!(told(with_step(r#""inputs": [{ "step": "biuld" }, { "step": "x", "include": ["."] }]"#)), @r#"
    error: rpk.json:5:18: step `build` uses step `biuld`, which does not exist
      5 |       "inputs": [{ "step": "biuld" }, { "step": "x", "include": ["."] }]
        |                  ^^^^^^^^^^^^^^^^^^^
      hint: did you mean `build`?

    error: rpk.json:5:39: step `build` uses step `x`, which does not exist
      5 |       "inputs": [{ "step": "biuld" }, { "step": "x", "include": ["."] }]
        |                                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: there is `build`
    "#);
    insta::assert_snapshot!(told(with_step(r#""inputs": [{ "image": "debian" }, { "local": true, "include": ["../a", "b[", ""], "exclude": ["[z-a]", "!"] }]"#)), @r#"
    error: rpk.json:5:70: the included path leaves its tree with `..`: `../a`
      5 | ...debian" }, { "local": true, "include": ["../a", "b[", ""], "exclude": ["[z-a]", "!"] }]
        |                                            ^^^^^^
      hint: relative paths are below `/app`, those of the local tree below its root

    error: rpk.json:5:78: the wildcard `b[` is malformed: `[` is never closed
      5 | ...}, { "local": true, "include": ["../a", "b[", ""], "exclude": ["[z-a]", "!"] }]
        |                                            ^^^^
      hint: put `\` in front of a character to take it as it is

    error: rpk.json:5:84: the included path is empty
      5 | ...local": true, "include": ["../a", "b[", ""], "exclude": ["[z-a]", "!"] }]
        |                                            ^^

    error: rpk.json:5:101: the exclude pattern `[z-a]` is malformed: the range `z-a` runs backwards
      5 | ...clude": ["../a", "b[", ""], "exclude": ["[z-a]", "!"] }]
        |                                            ^^^^^^^

    error: rpk.json:5:110: the exclude pattern `!` is malformed: `!` is followed by nothing
      5 | ..."../a", "b[", ""], "exclude": ["[z-a]", "!"] }]
        |                                            ^^^
    "#);
    insta::assert_snapshot!(told(with_step(r#""inputs": [{ "step": "build" }]"#)), @r#"
    error: rpk.json:5:18: steps build on each other in a circle: `build` on `build`
      5 |       "inputs": [{ "step": "build" }]
        |                  ^^^^^^^^^^^^^^^^^^^
      hint: take one of these inputs away: a step needs what is built before it
    "#);
}

#[test]
fn steps() {
    insta::assert_snapshot!(told(r#"{
  "steps": [
    { "name": "a", "inputs": ["$c"] },
    { "name": "b", "inputs": ["$a"] },
    { "name": "c", "inputs": ["$b"] },
    { "name": "c", "inputs": ["$b"] },
    { "inputs": ["$b"] }
  ],
  "deploy": { "base": { "step": "a" }, "startCommand": "a" }
}"#), @r#"
    error: rpk.json:4:31: steps build on each other in a circle: `a` on `c` on `b` on `a`
      4 |     { "name": "b", "inputs": ["$a"] },
        |                               ^^^^
      hint: take one of these inputs away: a step needs what is built before it

    error: rpk.json:6:15: step `c` is there twice, the first time at 5:15
      6 |     { "name": "c", "inputs": ["$b"] },
        |               ^^^
      hint: rename one of them

    error: rpk.json:7:5: a step has no name
      7 |     { "inputs": ["$b"] }
        |     ^^^^^^^^^^^^^^^^^^^^
      hint: give it a `name`, which other parts use to refer to it
    "#);
    let steps: Vec<String> = (0..20)
        .map(|n| {
            format!(
                "{{ \"name\": \"step{n}\", \"inputs\": [\"$step{}\"] }}",
                (n + 1) % 20
            )
        })
        .collect();
    insta::assert_snapshot!(told(format!("{{ \"steps\": [\n{}\n] }}", steps.join(",\n"))), @r#"
    error: rpk.json:21:32: steps build on each other in a circle: `step0` on `step1` on `step2` on `step3` on `step4` on `step5` on `step6` on `step7` on 12 more on `step0`
      21 | { "name": "step19", "inputs": ["$step0"] }
         |                                ^^^^^^^^
      hint: take one of these inputs away: a step needs what is built before it

    error: rpk.json: `deploy.base` is missing
      hint: name the image that the final image starts from, for example `"base": {"image": "debian:trixie-slim"}`

    warning: rpk.json: `deploy.startCommand` is missing
      hint: without one the container starts a shell
    "#);
    insta::assert_snapshot!(told(r#"{
  "steps": [
    { "name": "a", "inputs": [{ "image": "debian" }] },
    { "name": "b", "inputs": ["$a"] },
    { "name": "c", "inputs": [{ "image": "debian" }] }
  ],
  "deploy": { "base": { "step": "c" }, "startCommand": "a" }
}"#), @r#"
    warning: rpk.json:3:15: no step and no part of `deploy` uses step `a`
      3 |     { "name": "a", "inputs": [{ "image": "debian" }] },
        |               ^^^
      hint: it is not run; if it should be, make it an input of `deploy` or of another step

    warning: rpk.json:4:15: no step and no part of `deploy` uses step `b`
      4 |     { "name": "b", "inputs": ["$a"] },
        |               ^^^
      hint: it is not run; if it should be, make it an input of `deploy` or of another step
    "#);
}

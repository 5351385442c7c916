//! What `parse` and `validate` tell of the parts of a plan.

use super::{told, with_command, with_deploy, with_step};

#[test]
fn commands() {
    insta::assert_snapshot!(told(with_command(r#"{ "run": "make" }, 5, "", "COPY:a", { "cmd": true }"#)), @r#"
    error: rpk.json:6:20: this object is no command: it has none of `cmd`, `path` and `src`
      6 |       "commands": [{ "run": "make" }, 5, "", "COPY:a", { "cmd": true }]
        |                    ^^^^^^^^^^^^^^^^^
      hint: `cmd` runs a program, `path` extends PATH, `src` and `dest` copy, `path` and `name` write a file

    error: rpk.json:6:39: `steps[0].commands[1]` must be an object or a string, found a number
      6 |       "commands": [{ "run": "make" }, 5, "", "COPY:a", { "cmd": true }]
        |                                       ^

    error: rpk.json:6:42: the command is empty
      6 |       "commands": [{ "run": "make" }, 5, "", "COPY:a", { "cmd": true }]
        |                                          ^^

    error: rpk.json:6:46: a command of the form `COPY:src dest` has two words behind its colon, found 1
      6 |       "commands": [{ "run": "make" }, 5, "", "COPY:a", { "cmd": true }]
        |                                              ^^^^^^^^

    error: rpk.json:6:65: `steps[0].commands[4].cmd` must be a string, found true
      6 |       "commands": [{ "run": "make" }, 5, "", "COPY:a", { "cmd": true }]
        |                                                                 ^^^^
    "#);
    insta::assert_snapshot!(told(with_command(r#"{ "path": "a", "name": "b", "mode": "0644" }"#)), @r#"
    error: rpk.json:6:56: `mode` must be a whole number from 0 to 4294967295, found `0644`
      6 |       "commands": [{ "path": "a", "name": "b", "mode": "0644" }]
        |                                                        ^^^^^^
      hint: JSON has no octal numbers: 0644 is 420, 0755 is 493
    "#);
    insta::assert_snapshot!(told(with_command(r#"{ "path": "a", "name": "b", "mode": -1 }"#)), @r#"
    error: rpk.json:6:56: `mode` must be a whole number from 0 to 4294967295, found `-1`
      6 |       "commands": [{ "path": "a", "name": "b", "mode": -1 }]
        |                                                        ^^
      hint: JSON has no octal numbers: 0644 is 420, 0755 is 493
    "#);
    insta::assert_snapshot!(told(with_step(r#""assets": { "b": "" }, "commands": [{ "path": "a", "name": "b", "mode": 644 }]"#)), @r#"
    warning: rpk.json:6:43: mode 644 is 01204 in octal, of which only 0204 are permissions
      6 |       "assets": { "b": "" }, "commands": [{ "path": "a", "name": "b", "mode": 644 }]
        |                                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: `mode` is a decimal number: if you mean 0644, write 420
    "#);
    insta::assert_snapshot!(told(with_step(r#""assets": { "b": "" }, "commands": [{ "path": "a", "name": "b", "mode": 2541 }]"#)), @r#"
    warning: rpk.json:6:43: mode 2541 is 04755 in octal, of which only 0755 are permissions
      6 |       "assets": { "b": "" }, "commands": [{ "path": "a", "name": "b", "mode": 2541 }]
        |                                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: only the lower nine bits of `mode` are used
    "#);
    insta::assert_snapshot!(told(with_command(r#"{ "cmd": "echo 'it" }, { "cmd": "make \\" }"#)), @r#"
    error: rpk.json:6:20: the command line `echo 'it` cannot be split into words: the quote ' at character 6 is never closed
      6 |       "commands": [{ "cmd": "echo 'it" }, { "cmd": "make \\" }]
        |                    ^^^^^^^^^^^^^^^^^^^^^

    error: rpk.json:6:43: the command line `make \` cannot be split into words: it ends with a backslash
      6 |       "commands": [{ "cmd": "echo 'it" }, { "cmd": "make \\" }]
        |                                           ^^^^^^^^^^^^^^^^^^^^
    "#);
    insta::assert_snapshot!(told(with_command(r##"{ "cmd": "" }, { "cmd": "# make" }, { "cmd": "'' a" }, { "cmd": "a\u0000" }"##)), @r##"
    error: rpk.json:6:20: the command line names no program
      6 |       "commands": [{ "cmd": "" }, { "cmd": "# make" }, { "cmd": "'' a" }, { "cmd": "a\u0000" }]
        |                    ^^^^^^^^^^^^^
      hint: a command line begins with a program; `sh -c '...'` runs a shell

    error: rpk.json:6:35: the command line names no program
      6 |       "commands": [{ "cmd": "" }, { "cmd": "# make" }, { "cmd": "'' a" }, { "cmd": "a\u0000" }]
        |                                   ^^^^^^^^^^^^^^^^^^^
      hint: a command line begins with a program; `sh -c '...'` runs a shell

    error: rpk.json:6:56: the command line names no program
      6 |       "commands": [{ "cmd": "" }, { "cmd": "# make" }, { "cmd": "'' a" }, { "cmd": "a\u0000" }]
        |                                                        ^^^^^^^^^^^^^^^^^
      hint: a command line begins with a program; `sh -c '...'` runs a shell

    error: rpk.json:6:75: the command line has a NUL character
      6 |       "commands": [{ "cmd": "" }, { "cmd": "# make" }, { "cmd": "'' a" }, { "cmd": "a\u0000" }]
        |                                                                           ^^^^^^^^^^^^^^^^^^^^
    "##);
}

#[test]
fn copies_and_paths() {
    insta::assert_snapshot!(told(with_command("\"...\"")), @r#"
    error: rpk.json:6:20: `...` stands for what was there before, which a finished plan does not have
      6 |       "commands": ["..."]
        |                    ^^^^^
      hint: `...` belongs in railpack.json; `railpack plan` replaces it
    "#);
    insta::assert_snapshot!(told(with_command(r#"{ "src": "", "dest": "a" }, { "src": "../a", "dest": "../../b" }, { "src": "a[", "dest": "b\u0000" }"#)), @r#"
    error: rpk.json:6:20: the `src` of the copy is empty
      6 |       "commands": [{ "src": "", "dest": "a" }, { "src": "../a", "dest": "../../b" }, { "src": "a[",...
        |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^

    error: rpk.json:6:48: the `src` of the copy leaves its tree with `..`: `../a`
      6 | ...commands": [{ "src": "", "dest": "a" }, { "src": "../a", "dest": "../../b" }, { "src": "a[", "dest":...
        |                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: relative paths are below `/app`, those of the local tree below its root

    error: rpk.json:6:48: the `dest` of the copy leaves its tree with `..`: `../../b`
      6 | ...commands": [{ "src": "", "dest": "a" }, { "src": "../a", "dest": "../../b" }, { "src": "a[", "dest":...
        |                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: relative paths are below `/app`, those of the local tree below its root

    error: rpk.json:6:86: the wildcard `a[` is malformed: `[` is never closed
      6 | ..., { "src": "../a", "dest": "../../b" }, { "src": "a[", "dest": "b\u0000" }]
        |                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: put `\` in front of a character to take it as it is

    error: rpk.json:6:86: the `dest` of the copy has a NUL character: `b\u{0}`
      6 | ..., { "src": "../a", "dest": "../../b" }, { "src": "a[", "dest": "b\u0000" }]
        |                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    "#);
    insta::assert_snapshot!(told(with_command(r#"{ "src": "a" }"#)), @r#"
    warning: rpk.json:6:20: the copy has no `dest`, and so goes to `/app`
      6 |       "commands": [{ "src": "a" }]
        |                    ^^^^^^^^^^^^^^
      hint: say where to, for example `"dest": "."`
    "#);
    insta::assert_snapshot!(told(with_command(r#"{ "src": "a", "dest": "b", "image": "Debian" }"#)), @r#"
    error: rpk.json:6:20: `Debian` is not the name of an image: `Debian` has upper-case letters
      6 |       "commands": [{ "src": "a", "dest": "b", "image": "Debian" }]
        |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    "#);
    insta::assert_snapshot!(told(with_command(r#"{ "path": "" }, "PATH:..." "#)), @r#"
    error: rpk.json:6:20: the path for PATH is empty
      6 |       "commands": [{ "path": "" }, "PATH:..." ]
        |                    ^^^^^^^^^^^^^^

    error: rpk.json:6:36: `...` stands for what was there before, which a finished plan does not have
      6 |       "commands": [{ "path": "" }, "PATH:..." ]
        |                                    ^^^^^^^^^^
      hint: `...` belongs in railpack.json; `railpack plan` replaces it
    "#);
    insta::assert_snapshot!(told(with_step(r#""assets": { "conf": "" },
      "commands": [{ "path": "/etc/", "name": "config" }, { "path": "/..", "name": "conf" }, { "path": "", "name": "conf" }]"#)), @r#"
    error: rpk.json:7:20: the file's `path` is a directory: `/etc/`
      7 |       "commands": [{ "path": "/etc/", "name": "config" }, { "path": "/..", "name": "conf" }, { "path...
        |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: name the file itself; the directories above it are created

    error: rpk.json:7:20: step `build` has no asset `config`
      7 |       "commands": [{ "path": "/etc/", "name": "config" }, { "path": "/..", "name": "conf" }, { "path...
        |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: did you mean `conf`?

    error: rpk.json:7:59: the file's `path` leaves its tree with `..`: `/..`
      7 | ...[{ "path": "/etc/", "name": "config" }, { "path": "/..", "name": "conf" }, { "path": "", "name": "co...
        |                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: relative paths are below `/app`, those of the local tree below its root

    error: rpk.json:7:94: the file's `path` is empty
      7 | ..." }, { "path": "/..", "name": "conf" }, { "path": "", "name": "conf" }]
        |                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    "#);
}

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
      hint: `...` belongs in railpack.json; `railpack plan` replaces it
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
      hint: `...` belongs in railpack.json; `railpack plan` replaces it

    error: rpk.json:2:93: the command line has a NUL character
      2 | ..., "paths": ["", "..."], "startCommand": "a\u0000" }
        |                                            ^^^^^^^^^
    "#);
}

#[test]
fn caches() {
    insta::assert_snapshot!(told(r#"{
  "caches": {
    "": { "directory": "/a" },
    "b": {},
    "c": { "directory": "../../c" },
    "d": { "directory": "/d/.." }
  },
  "deploy": { "base": { "image": "debian" }, "startCommand": "a" }
}"#), @r#"
    error: rpk.json:3:5: a cache has no name
      3 |     "": { "directory": "/a" },
        |     ^^^^^^^^^^^^^^^^^^^^^^^^^

    error: rpk.json:4:5: the cache's `directory` is empty
      4 |     "b": {},
        |     ^^^^^^^

    error: rpk.json:5:5: the cache's `directory` leaves its tree with `..`: `../../c`
      5 |     "c": { "directory": "../../c" },
        |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: relative paths are below `/app`, those of the local tree below its root

    error: rpk.json:6:5: the cache's `directory` is the root directory: `/d/..`
      6 |     "d": { "directory": "/d/.." }
        |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    "#);
    insta::assert_snapshot!(told(r#"{
  "caches": { "apt": { "directory": "/var/cache/apt" }, "target": { "directory": "target" }, "cargo": { "directory": "/app/./target/" } },
  "steps": [
    { "name": "a", "inputs": [{ "image": "debian" }], "caches": ["apt", "target", "atp", "npm", "cargo", "apt", "..."] }
  ],
  "deploy": { "base": { "step": "a" }, "startCommand": "a" }
}"#), @r#"
    error: rpk.json:4:83: step `a` uses cache `atp`, which does not exist
      4 | ...debian" }], "caches": ["apt", "target", "atp", "npm", "cargo", "apt", "..."] }
        |                                            ^^^^^
      hint: did you mean `apt`?

    error: rpk.json:4:90: step `a` uses cache `npm`, which does not exist
      4 | ... }], "caches": ["apt", "target", "atp", "npm", "cargo", "apt", "..."] }
        |                                            ^^^^^
      hint: there is `apt`, `cargo`, `target`

    error: rpk.json:4:97: step `a` has two caches in the directory `/app/./target/`: `target` and `cargo`
      4 | ...aches": ["apt", "target", "atp", "npm", "cargo", "apt", "..."] }
        |                                            ^^^^^^^
      hint: a directory can hold one cache only

    warning: rpk.json:4:106: step `a` names cache `apt` twice
      4 | ..."apt", "target", "atp", "npm", "cargo", "apt", "..."] }
        |                                            ^^^^^

    error: rpk.json:4:113: `...` stands for what was there before, which a finished plan does not have
      4 | ..."target", "atp", "npm", "cargo", "apt", "..."] }
        |                                            ^^^^^
      hint: `...` belongs in railpack.json; `railpack plan` replaces it
    "#);
    insta::assert_snapshot!(told(with_step(r#""caches": ["apt"]"#)), @r#"
    error: rpk.json:6:18: step `build` uses cache `apt`, which does not exist
      6 |       "caches": ["apt"]
        |                  ^^^^^
      hint: there is none at all
    "#);
}

#[test]
fn secrets_and_variables() {
    insta::assert_snapshot!(told(r#"{
  "secrets": ["A", "", "B=c", "D\u0000", "*", "..."],
  "deploy": { "base": { "image": "debian" }, "startCommand": "a", "variables": { "": "a", "B=": "b", "C": "\u0000" } },
  "exclude": ["*.log", "[a"]
}"#), @r#"
    error: rpk.json:2:20: `` cannot be the name of a secret: it is empty
      2 |   "secrets": ["A", "", "B=c", "D\u0000", "*", "..."],
        |                    ^^

    error: rpk.json:2:24: `B=c` cannot be the name of a secret: it has `=`
      2 |   "secrets": ["A", "", "B=c", "D\u0000", "*", "..."],
        |                        ^^^^^

    error: rpk.json:2:31: `D\u{0}` cannot be the name of a secret: it has a NUL character
      2 |   "secrets": ["A", "", "B=c", "D\u0000", "*", "..."],
        |                               ^^^^^^^^^

    error: rpk.json:2:42: `*` cannot be the name of a secret: `*` in a step stands for all of them
      2 |   "secrets": ["A", "", "B=c", "D\u0000", "*", "..."],
        |                                          ^^^
      hint: name each secret that the build may use

    error: rpk.json:2:47: `...` stands for what was there before, which a finished plan does not have
      2 |   "secrets": ["A", "", "B=c", "D\u0000", "*", "..."],
        |                                               ^^^^^
      hint: `...` belongs in railpack.json; `railpack plan` replaces it

    error: rpk.json:3:82: `` cannot be the name of a variable: it is empty
      3 | ... }, "startCommand": "a", "variables": { "": "a", "B=": "b", "C": "\u0000" } },
        |                                            ^^^^^^^

    error: rpk.json:3:91: `B=` cannot be the name of a variable: it has `=`
      3 | ...tCommand": "a", "variables": { "": "a", "B=": "b", "C": "\u0000" } },
        |                                            ^^^^^^^^^

    error: rpk.json:3:102: the value of variable `C` has a NUL character
      3 | ..."a", "variables": { "": "a", "B=": "b", "C": "\u0000" } },
        |                                            ^^^^^^^^^^^^^

    error: rpk.json:4:24: the exclude pattern `[a` is malformed: `[` is never closed
      4 |   "exclude": ["*.log", "[a"]
        |                        ^^^^
    "#);
    insta::assert_snapshot!(told(with_step(r#""secrets": ["*", "TOKEN", "..."], "variables": { "A=b": "" }"#)), @r#"
    warning: rpk.json:6:24: step `build` uses secret `TOKEN`, which is not one of the plan's `secrets`
      6 |       "secrets": ["*", "TOKEN", "..."], "variables": { "A=b": "" }
        |                        ^^^^^^^
      hint: add it to `secrets` of the plan, or the step will not see it

    error: rpk.json:6:33: `...` stands for what was there before, which a finished plan does not have
      6 |       "secrets": ["*", "TOKEN", "..."], "variables": { "A=b": "" }
        |                                 ^^^^^
      hint: `...` belongs in railpack.json; `railpack plan` replaces it

    error: rpk.json:6:56: `A=b` cannot be the name of a variable: it has `=`
      6 |       "secrets": ["*", "TOKEN", "..."], "variables": { "A=b": "" }
        |                                                        ^^^^^^^^^
    "#);
    insta::assert_snapshot!(told(with_step(r#""secrets": ["*", "TOKEN"]"#)), @r#"
    warning: rpk.json:6:24: step `build` uses secret `TOKEN`, which is not one of the plan's `secrets`
      6 |       "secrets": ["*", "TOKEN"]
        |                        ^^^^^^^
      hint: add it to `secrets` of the plan, or the step will not see it
    "#);
}

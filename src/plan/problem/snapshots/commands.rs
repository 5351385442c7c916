//! Problems of commands and the paths in them.

use super::{told, with_command, with_step};

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
      hint: `railpack plan` replaces it in lists of railpack.json alone
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
      hint: `railpack plan` replaces it in lists of railpack.json alone
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

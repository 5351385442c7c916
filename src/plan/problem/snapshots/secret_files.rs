//! Secrets as files.

use super::told;

/// A plan whose step has files of secrets, and a cache in `/root/.cache/npm`.
fn with_files(files: &str) -> String {
    format!(
        r#"{{
  "secrets": ["npmrc", "netrc"],
  "caches": {{ "npm": {{ "directory": "/root/.cache/npm" }} }},
  "steps": [
    {{
      "name": "a", "inputs": [{{ "image": "debian" }}], "caches": ["npm"],
      "secretFiles": [
{files}
      ]
    }}
  ],
  "deploy": {{ "base": {{ "step": "a" }}, "startCommand": "a" }}
}}"#
    )
}

#[test]
fn files_of_secrets() {
    assert_eq!(
        told(with_files(
            r#"{ "id": "npmrc", "path": "~/.npmrc" }, { "id": "netrc", "path": "/root/.cache/npm/netrc", "mode": 292 },
            { "id": "netrc", "path": ".netrc" }, { "id": "netrc", "path": "/app2" }, { "id": "netrc", "path": "/app/~" }"#
        )),
        ""
    );
    insta::assert_snapshot!(told(with_files(
        r#"{ "id": "npmrx", "path": "/a" },
{ "id": "", "path": "/b" }, { "path": "/c" }, { "id": "...", "path": "/d" },
{ "id": "*", "path": "/e", "mode": 644 },
{ "id": "npmrc", "path": "" }, { "id": "npmrc" },
{ "id": "npmrc", "path": "~" }, { "id": "npmrc", "path": "/etc/" },
{ "id": "npmrc", "path": "~app/.npmrc" },
{ "id": "npmrc", "path": "~/../../x" }"#
    )), @r#"
    error: rpk.json:8:1: step `a` has a file of secret `npmrx`, which the list `secrets` does not name
      8 | { "id": "npmrx", "path": "/a" },
        | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: add it to the list `secrets` beside `steps`; did you mean `npmrc`?

    error: rpk.json:9:1: `` cannot be the name of a secret: it is empty
      9 | { "id": "", "path": "/b" }, { "path": "/c" }, { "id": "...", "path": "/d" },
        | ^^^^^^^^^^^^^^^^^^^^^^^^^^

    error: rpk.json:9:29: `` cannot be the name of a secret: it is empty
      9 | { "id": "", "path": "/b" }, { "path": "/c" }, { "id": "...", "path": "/d" },
        |                             ^^^^^^^^^^^^^^^^

    error: rpk.json:9:47: `...` stands for what was there before, which a finished plan does not have
      9 | { "id": "", "path": "/b" }, { "path": "/c" }, { "id": "...", "path": "/d" },
        |                                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: `railpack plan` replaces it in lists of railpack.json alone

    error: rpk.json:10:1: step `a` has a file of secret `*`, which the list `secrets` does not name
      10 | { "id": "*", "path": "/e", "mode": 644 },
         | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: add it to the list `secrets` beside `steps`; there is `netrc`, `npmrc`

    warning: rpk.json:10:1: mode 644 is 01204 in octal, of which only 0204 are permissions
      10 | { "id": "*", "path": "/e", "mode": 644 },
         | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: `mode` is a decimal number: if you mean 0644, write 420

    error: rpk.json:11:1: the secret file's `path` is empty
      11 | { "id": "npmrc", "path": "" }, { "id": "npmrc" },
         | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    error: rpk.json:11:32: the secret file's `path` is empty
      11 | { "id": "npmrc", "path": "" }, { "id": "npmrc" },
         |                                ^^^^^^^^^^^^^^^^^

    error: rpk.json:12:1: the secret file's `path` is a directory: `~`
      12 | { "id": "npmrc", "path": "~" }, { "id": "npmrc", "path": "/etc/" },
         | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: name the file itself, for example `~/.npmrc`

    error: rpk.json:12:33: the secret file's `path` is a directory: `/etc/`
      12 | { "id": "npmrc", "path": "~" }, { "id": "npmrc", "path": "/etc/" },
         |                                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: name the file itself, for example `~/.npmrc`

    error: rpk.json:13:1: the secret file's `path` is in another user's home: `~app/.npmrc`
      13 | { "id": "npmrc", "path": "~app/.npmrc" },
         | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: commands run as root: `~/` is `/root/`

    error: rpk.json:14:1: the secret file's `path` leaves its tree with `..`: `~/../../x`
      14 | { "id": "npmrc", "path": "~/../../x" }
         | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: relative paths are below `/app`, those of the local tree below its root
    "#);
}

#[test]
fn files_in_the_way() {
    insta::assert_snapshot!(told(with_files(
        r#"{ "id": "npmrc", "path": "~/.npmrc" },
{ "id": "netrc", "path": "/root/./.npmrc" },
{ "id": "netrc", "path": "/root/.npmrc/a" },
{ "id": "netrc", "path": "~/.cache" },
{ "id": "netrc", "path": "~/.cache/npm" },
{ "id": "netrc", "path": "/x/y/z" },
{ "id": "npmrc", "path": "/x/y" },
{ "id": "npmrc", "path": "/app" },
{ "id": "npmrc", "path": "/run" },
{ "id": "npmrc", "path": "/run/railpack/secrets-hash" }"#
    )), @r#"
    error: rpk.json:9:1: the secret file `/root/./.npmrc` of step `a` is in the way of `~/.npmrc`
      9 | { "id": "netrc", "path": "/root/./.npmrc" },
        | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: give each file a path of its own

    error: rpk.json:10:1: the secret file `/root/.npmrc/a` of step `a` is in the way of `~/.npmrc`
      10 | { "id": "netrc", "path": "/root/.npmrc/a" },
         | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: give each file a path of its own

    error: rpk.json:11:1: the secret file `~/.cache` of step `a` is in the way of `/root/.cache/npm`
      11 | { "id": "netrc", "path": "~/.cache" },
         | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: give each file a path of its own

    error: rpk.json:12:1: the secret file `~/.cache/npm` of step `a` is in the way of `/root/.cache/npm`
      12 | { "id": "netrc", "path": "~/.cache/npm" },
         | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: give each file a path of its own

    error: rpk.json:14:1: the secret file `/x/y` of step `a` is in the way of `/x/y/z`
      14 | { "id": "npmrc", "path": "/x/y" },
         | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: give each file a path of its own

    error: rpk.json:15:1: the secret file `/app` of step `a` is in the way of `/app`
      15 | { "id": "npmrc", "path": "/app" },
         | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: give each file a path of its own

    error: rpk.json:16:1: the secret file `/run` of step `a` is in the way of `/run/railpack`
      16 | { "id": "npmrc", "path": "/run" },
         | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: give each file a path of its own

    error: rpk.json:17:1: the secret file `/run/railpack/secrets-hash` of step `a` is in the way of `/run/railpack`
      17 | { "id": "npmrc", "path": "/run/railpack/secrets-hash" }
         | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: give each file a path of its own
    "#);
}

#[test]
fn ssh_agents() {
    insta::assert_snapshot!(told(super::with_step(r#""ssh": ["default", "", "default", "..."]"#)), @r#"
    error: rpk.json:6:26: an SSH agent has no id
      6 |       "ssh": ["default", "", "default", "..."]
        |                          ^^
      hint: most clients call theirs `default`

    error: rpk.json:6:30: step `build` names SSH agent `default` twice
      6 |       "ssh": ["default", "", "default", "..."]
        |                              ^^^^^^^^^
      hint: remove one of them

    error: rpk.json:6:41: `...` stands for what was there before, which a finished plan does not have
      6 |       "ssh": ["default", "", "default", "..."]
        |                                         ^^^^^
      hint: `railpack plan` replaces it in lists of railpack.json alone
    "#);
}

#[test]
fn files_of_the_wrong_form() {
    insta::assert_snapshot!(told(with_files(
        r#"".npmrc", { "id": 1, "path": [], "mode": "0400", "name": "x" }, null"#
    )), @r#"
    error: rpk.json:8:1: `steps[0].secretFiles[0]` must be an object, found a string
      8 | ".npmrc", { "id": 1, "path": [], "mode": "0400", "name": "x" }, null
        | ^^^^^^^^

    error: rpk.json:8:19: `steps[0].secretFiles[1].id` must be a string, found a number
      8 | ".npmrc", { "id": 1, "path": [], "mode": "0400", "name": "x" }, null
        |                   ^

    error: rpk.json:8:30: `steps[0].secretFiles[1].path` must be a string, found a list
      8 | ".npmrc", { "id": 1, "path": [], "mode": "0400", "name": "x" }, null
        |                              ^^

    error: rpk.json:8:42: `mode` must be a whole number from 0 to 4294967295, found `0400`
      8 | ".npmrc", { "id": 1, "path": [], "mode": "0400", "name": "x" }, null
        |                                          ^^^^^^
      hint: JSON has no octal numbers: 0644 is 420, 0755 is 493

    warning: rpk.json:8:50: unknown field `name` in `steps[0].secretFiles[1]`
      8 | ".npmrc", { "id": 1, "path": [], "mode": "0400", "name": "x" }, null
        |                                                  ^^^^^^
      hint: it is ignored

    error: rpk.json:8:65: `steps[0].secretFiles[2]` must be an object, found null
      8 | ".npmrc", { "id": 1, "path": [], "mode": "0400", "name": "x" }, null
        |                                                                 ^^^^
    "#);
}

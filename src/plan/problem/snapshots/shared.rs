//! What the steps of a plan share: caches, secrets and variables.

use super::{told, with_step};

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
      hint: `railpack plan` replaces it in lists of railpack.json alone
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
      hint: `railpack plan` replaces it in lists of railpack.json alone

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
    warning: rpk.json:6:24: step `build` uses secret `TOKEN`, which the list `secrets` does not name
      6 |       "secrets": ["*", "TOKEN", "..."], "variables": { "A=b": "" }
        |                        ^^^^^^^
      hint: add it to the list `secrets` beside `steps`, or the step will not see it

    error: rpk.json:6:33: `...` stands for what was there before, which a finished plan does not have
      6 |       "secrets": ["*", "TOKEN", "..."], "variables": { "A=b": "" }
        |                                 ^^^^^
      hint: `railpack plan` replaces it in lists of railpack.json alone

    error: rpk.json:6:56: `A=b` cannot be the name of a variable: it has `=`
      6 |       "secrets": ["*", "TOKEN", "..."], "variables": { "A=b": "" }
        |                                                        ^^^^^^^^^
    "#);
    insta::assert_snapshot!(told(with_step(r#""secrets": ["*", "TOKEN"]"#)), @r#"
    warning: rpk.json:6:24: step `build` uses secret `TOKEN`, which the list `secrets` does not name
      6 |       "secrets": ["*", "TOKEN"]
        |                        ^^^^^^^
      hint: add it to the list `secrets` beside `steps`, or the step will not see it
    "#);
}

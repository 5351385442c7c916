//! Plans whose parts do not fit together.

use super::told_of;
use crate::harness::engine::Engine;
use crate::tests::assert_text;

pub(super) fn a_step_that_does_not_exist(engine: &Engine) {
    let plan = r#"{
  "steps": [
    { "name": "install", "inputs": [{ "image": "debian" }], "commands": ["true"] },
    { "name": "build", "inputs": [{ "step": "instal" }], "commands": ["true"] }
  ],
  "deploy": { "base": { "step": "build" }, "startCommand": "true" }
}"#;
    assert_text!(told_of(engine, plan), @r#"
    rpk.json:4
    --------------------
       2 |       "steps": [
       3 |         { "name": "install", "inputs": [{ "image": "debian" }], "commands": ["true"] },
       4 | >>>     { "name": "build", "inputs": [{ "step": "instal" }], "commands": ["true"] }
       5 |       ],
       6 |       "deploy": { "base": { "step": "build" }, "startCommand": "true" }
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:4:35: step `build` uses step `instal`, which does not exist
      4 |     { "name": "build", "inputs": [{ "step": "instal" }], "commands": ["true"] }
        |                                   ^^^^^^^^^^^^^^^^^^^^
      hint: did you mean `install`?
    "#);
}

pub(super) fn steps_in_a_circle(engine: &Engine) {
    let plan = r#"{
  "steps": [
    { "name": "hen", "inputs": [{ "step": "egg" }], "commands": ["true"] },
    { "name": "egg", "inputs": [{ "step": "hen" }], "commands": ["true"] }
  ],
  "deploy": { "base": { "step": "egg" }, "startCommand": "true" }
}"#;
    assert_text!(told_of(engine, plan), @r#"
    rpk.json:4
    --------------------
       2 |       "steps": [
       3 |         { "name": "hen", "inputs": [{ "step": "egg" }], "commands": ["true"] },
       4 | >>>     { "name": "egg", "inputs": [{ "step": "hen" }], "commands": ["true"] }
       5 |       ],
       6 |       "deploy": { "base": { "step": "egg" }, "startCommand": "true" }
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:4:33: steps build on each other in a circle: `hen` on `egg` on `hen`
      4 |     { "name": "egg", "inputs": [{ "step": "hen" }], "commands": ["true"] }
        |                                 ^^^^^^^^^^^^^^^^^
      hint: take one of these inputs away: a step needs what is built before it
    "#);
}

pub(super) fn two_steps_of_one_name(engine: &Engine) {
    let plan = r#"{
  "steps": [
    { "name": "build", "inputs": [{ "image": "debian" }], "commands": ["true"] },
    { "name": "build", "inputs": [{ "image": "debian" }], "commands": ["false"] }
  ],
  "deploy": { "base": { "step": "build" }, "startCommand": "true" }
}"#;
    assert_text!(told_of(engine, plan), @r#"
    rpk.json:4
    --------------------
       2 |       "steps": [
       3 |         { "name": "build", "inputs": [{ "image": "debian" }], "commands": ["true"] },
       4 | >>>     { "name": "build", "inputs": [{ "image": "debian" }], "commands": ["false"] }
       5 |       ],
       6 |       "deploy": { "base": { "step": "build" }, "startCommand": "true" }
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:4:15: step `build` is there twice, the first time at 3:15
      4 |     { "name": "build", "inputs": [{ "image": "debian" }], "commands": ["false"] }
        |               ^^^^^^^
      hint: rename one of them
    "#);
}

pub(super) fn an_asset_that_does_not_exist(engine: &Engine) {
    let plan = r#"{
  "steps": [{
    "name": "build",
    "inputs": [{ "image": "debian" }],
    "assets": { "Caddyfile": ":80" },
    "commands": [{ "path": "/Caddyfile", "name": "caddyfile" }]
  }],
  "deploy": { "base": { "step": "build" }, "startCommand": "true" }
}"#;
    assert_text!(told_of(engine, plan), @r#"
    rpk.json:6
    --------------------
       4 |         "inputs": [{ "image": "debian" }],
       5 |         "assets": { "Caddyfile": ":80" },
       6 | >>>     "commands": [{ "path": "/Caddyfile", "name": "caddyfile" }]
       7 |       }],
       8 |       "deploy": { "base": { "step": "build" }, "startCommand": "true" }
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:6:18: step `build` has no asset `caddyfile`
      6 |     "commands": [{ "path": "/Caddyfile", "name": "caddyfile" }]
        |                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: did you mean `Caddyfile`?
    "#);
}

pub(super) fn a_cache_that_does_not_exist(engine: &Engine) {
    let plan = r#"{
  "caches": { "npm-install": { "directory": "/root/.npm" } },
  "steps": [
    { "name": "build", "inputs": [{ "image": "debian" }], "caches": ["npm"], "commands": ["true"] }
  ],
  "deploy": { "base": { "step": "build" }, "startCommand": "true" }
}"#;
    assert_text!(told_of(engine, plan), @r#"
    rpk.json:4
    --------------------
       2 |       "caches": { "npm-install": { "directory": "/root/.npm" } },
       3 |       "steps": [
       4 | >>>     { "name": "build", "inputs": [{ "image": "debian" }], "caches": ["npm"], "commands": ["true"] }
       5 |       ],
       6 |       "deploy": { "base": { "step": "build" }, "startCommand": "true" }
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:4:70: step `build` uses cache `npm`, which does not exist
      4 |     { "name": "build", "inputs": [{ "image": "debian" }], "caches": ["npm"], "commands": ["true"] }
        |                                                                      ^^^^^
      hint: there is `npm-install`
    "#);
}

pub(super) fn a_filter_on_the_first_input(engine: &Engine) {
    let plan = r#"{
  "steps": [
    { "name": "build", "inputs": [{ "image": "debian", "include": ["/etc"] }], "commands": ["true"] }
  ],
  "deploy": { "base": { "step": "build" }, "startCommand": "true" }
}"#;
    assert_text!(told_of(engine, plan), @r#"
    rpk.json:3
    --------------------
       1 |     {
       2 |       "steps": [
       3 | >>>     { "name": "build", "inputs": [{ "image": "debian", "include": ["/etc"] }], "commands": ["true"] }
       4 |       ],
       5 |       "deploy": { "base": { "step": "build" }, "startCommand": "true" }
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:3:68: the first input of step `build` cannot have `include` or `exclude`
      3 | ...uts": [{ "image": "debian", "include": ["/etc"] }], "commands": ["true"] }
        |                                            ^^^^^^
      hint: the first input is taken whole: move the filter to a second input
    "#);
}

pub(super) fn an_unknown_cache_type(engine: &Engine) {
    let plan = r#"{
  "caches": { "npm": { "directory": "/root/.npm", "type": "private" } },
  "steps": [
    { "name": "build", "inputs": [{ "image": "debian" }], "caches": ["npm"], "commands": ["true"] }
  ],
  "deploy": { "base": { "step": "build" }, "startCommand": "true" }
}"#;
    assert_text!(told_of(engine, plan), @r#"
    rpk.json:2
    --------------------
       1 |     {
       2 | >>>   "caches": { "npm": { "directory": "/root/.npm", "type": "private" } },
       3 |       "steps": [
       4 |         { "name": "build", "inputs": [{ "image": "debian" }], "caches": ["npm"], "commands": ["true"] }
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:2:59: unknown cache type `private`
      2 |   "caches": { "npm": { "directory": "/root/.npm", "type": "private" } },
        |                                                           ^^^^^^^^^
      hint: a cache is `shared` or `locked`
    "#);
}

pub(super) fn paths_that_leave_the_tree(engine: &Engine) {
    let plan = r#"{
  "steps": [{
    "name": "build",
    "inputs": [{ "image": "debian" }],
    "commands": [{ "src": "../../etc/passwd", "dest": "passwd" }, { "src": "a", "dest": "../../../b" }]
  }],
  "deploy": {
    "base": { "image": "debian" },
    "inputs": [{ "step": "build", "include": ["../etc"] }],
    "startCommand": "true"
  }
}"#;
    assert_text!(told_of(engine, plan), @r#"
    rpk.json:5
    --------------------
       3 |         "name": "build",
       4 |         "inputs": [{ "image": "debian" }],
       5 | >>>     "commands": [{ "src": "../../etc/passwd", "dest": "passwd" }, { "src": "a", "dest": "../../../b" }]
       6 |       }],
       7 |       "deploy": {
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:5:18: the `src` of the copy leaves its tree with `..`: `../../etc/passwd`
      5 |     "commands": [{ "src": "../../etc/passwd", "dest": "passwd" }, { "src": "a", "dest": "../../../b"...
        |                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: relative paths are below `/app`, those of the local tree below its root
    error: rpk.json:5:67: the `dest` of the copy leaves its tree with `..`: `../../../b`
      5 | ..."../../etc/passwd", "dest": "passwd" }, { "src": "a", "dest": "../../../b" }]
        |                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: relative paths are below `/app`, those of the local tree below its root
    "#);
}

pub(super) fn all_problems_are_told_at_once(engine: &Engine) {
    let plan = r#"{
  "steps": [
    { "name": "build", "inputs": [{ "image": "debian" }], "caches": ["npm"], "commands": ["echo '"] }
  ],
  "deploy": { "base": { "step": "biuld" }, "startCommand": "true", "variables": { "A=B": "1" } },
  "sekrets": []
}"#;
    assert_text!(told_of(engine, plan), @r#"
    rpk.json:5
    --------------------
       3 |         { "name": "build", "inputs": [{ "image": "debian" }], "caches": ["npm"], "commands": ["echo '"] }
       4 |       ],
       5 | >>>   "deploy": { "base": { "step": "biuld" }, "startCommand": "true", "variables": { "A=B": "1" } },
       6 |       "sekrets": []
       7 |     }
    --------------------
    rpk.json:3
    --------------------
       1 |     {
       2 |       "steps": [
       3 | >>>     { "name": "build", "inputs": [{ "image": "debian" }], "caches": ["npm"], "commands": ["echo '"] }
       4 |       ],
       5 |       "deploy": { "base": { "step": "biuld" }, "startCommand": "true", "variables": { "A=B": "1" } },
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:3:70: step `build` uses cache `npm`, which does not exist
      3 | ...s": [{ "image": "debian" }], "caches": ["npm"], "commands": ["echo '"] }
        |                                            ^^^^^
      hint: there is none at all
    error: rpk.json:5:23: `deploy` uses step `biuld`, which does not exist
      5 |   "deploy": { "base": { "step": "biuld" }, "startCommand": "true", "variables": { "A=B": "1" } },
        |                       ^^^^^^^^^^^^^^^^^^^
      hint: did you mean `build`?
    error: rpk.json:5:83: `A=B` cannot be the name of a variable: it has `=`
      5 |   "deploy": { "base": { "step": "biuld" }, "startCommand": "true", "variables": { "A=B": "1" } },
        |                                                                                   ^^^^^^^^^^
    warning: rpk.json:6:3: unknown field `sekrets`
      6 |   "sekrets": []
        |   ^^^^^^^^^
      hint: did you mean `secrets`?
    "#);
}

//! The places that the parts of a finished plan have in the configuration file, so that a problem with one of them can
//! point there.
//!
//! What providers and configuration work with knows no places. A part of the plan that equals what the file says at the
//! same point is what the file says.

use std::collections::BTreeMap;

use super::config::{Config, StepConfig};
use super::deploy::RUNTIME_PACKAGES_STEP;
use crate::plan::{Plan, Spanned, Step};

/// With how many parts of the file one of the plan is compared: a list may be as long as the file.
const MAX_CANDIDATES: usize = 1000;

/// Gives the parts of a plan that the user configured their places.
pub(crate) fn locate(plan: &mut Plan, config: &Config) {
    for step in &mut plan.steps {
        if let Some(configured) = config.steps.get(step.name.as_str()) {
            locate_step(step, configured);
        }
        // Debian packages for the image go onto its base.
        if step.name.value == RUNTIME_PACKAGES_STEP {
            for input in &mut step.inputs {
                locate_one(input, config.deploy.base.as_ref());
            }
        }
    }
    for (key, cache) in &mut plan.caches {
        locate_one(cache, config.caches.get(key));
    }
    locate_list(&mut plan.exclude, config.exclude.as_ref());
    let (deploy, configured) = (&mut plan.deploy, &config.deploy);
    if let Some(base) = &mut deploy.base {
        locate_one(base, configured.base.as_ref());
    }
    locate_list(&mut deploy.inputs, configured.inputs.as_ref());
    locate_map(&mut deploy.variables, &configured.variables);
    locate_list(&mut deploy.paths, configured.paths.as_ref());
    if let (Some(command), Some(configured)) =
        (&mut deploy.start_command, &configured.start_command)
    {
        command.span = configured.origin.span();
    }
    // The outputs of a step are inputs of the image.
    let outputs = config.steps.values();
    let outputs = outputs.filter_map(|step| step.deploy_outputs.as_ref());
    let outputs: Vec<_> = outputs.flatten().take(MAX_CANDIDATES).collect();
    for input in &mut plan.deploy.inputs {
        let mut outputs = outputs.iter();
        if let Some(output) = outputs.find(|output| output.value == input.filter) {
            input.span = input.span.or(output.span);
            input.filter = output.value.clone();
        }
    }
}

fn locate_step(step: &mut Step, configured: &StepConfig) {
    step.name.span = configured.span;
    locate_list(&mut step.inputs, configured.inputs.as_ref());
    let commands = configured.commands.as_ref();
    locate_list(&mut step.commands, commands.map(|commands| &commands.value));
    locate_list(&mut step.secrets, configured.secrets.as_ref());
    locate_list(&mut step.secret_files, configured.secret_files.as_ref());
    locate_list(&mut step.ssh, configured.ssh.as_ref());
    locate_map(&mut step.assets, &configured.assets);
    locate_map(&mut step.variables, &configured.variables);
    locate_list(&mut step.caches, configured.caches.as_ref());
}

fn locate_list<T: Clone + PartialEq>(
    parts: &mut [Spanned<T>],
    configured: Option<&Vec<Spanned<T>>>,
) {
    let Some(configured) = configured else { return };
    // The plan keeps the order of the file, so that the next part is looked for behind the last.
    let mut next = 0;
    for part in parts {
        let all = || configured.iter().enumerate();
        let found = all()
            .skip(next)
            .chain(all().take(next))
            .take(MAX_CANDIDATES)
            .find(|(_, candidate)| **candidate == *part);
        if let Some((index, same)) = found {
            *part = same.clone();
            next = index + 1;
        }
    }
}

fn locate_map<T: Clone + PartialEq>(
    parts: &mut BTreeMap<String, Spanned<T>>,
    configured: &BTreeMap<String, Spanned<T>>,
) {
    for (key, part) in parts {
        locate_one(part, configured.get(key));
    }
}

/// Takes the configured part itself: there may be places inside it too.
fn locate_one<T: Clone + PartialEq>(part: &mut Spanned<T>, configured: Option<&Spanned<T>>) {
    if let Some(configured) = configured.filter(|configured| **configured == *part) {
        *part = configured.clone();
    }
}

#[cfg(test)]
mod tests {
    use crate::analyze::app::memory::Memory;
    use crate::analyze::testing::warnings;
    use crate::analyze::{AnalyzeOptions, Environment, analyze};

    /// What is told of a Node.js app with a configuration: the error, or the warnings.
    fn told(config: &str) -> String {
        let app = Memory::default()
            .file("package.json", r#"{"scripts": {"start": "node ."}}"#)
            .file("package-lock.json", "{}")
            .file("railpack.json", config)
            .app();
        match analyze(&app, &Environment::default(), &AnalyzeOptions::default()) {
            Err(error) => error.to_string(),
            Ok(analysis) => warnings(&analysis).join("\n"),
        }
    }

    #[test]
    fn a_problem_of_the_plan_points_to_what_the_user_configured() {
        let config = r#"{
  "steps": {
    "build": {
      "inputs": ["...", { "step": "biuld", "include": ["dist"] }],
      "commands": ["...", { "path": "/etc/x", "name": "missing" }, { "cmd": "echo 'open" }],
      "caches": ["...", "nmp"]
    },
    "extra": { "inputs": [], "commands": ["make"], "deployOutputs": [{ "include": ["../up"] }] }
  },
  "caches": { "npm": { "directory": "" } },
  "deploy": { "base": { "image": "Not An Image" }, "paths": ["a\u0000b"] }
}"#;
        insta::assert_snapshot!(told(config), @r#"
        the plan cannot be built
        error: railpack.json:4:25: step `build` uses step `biuld`, which does not exist
          4 |       "inputs": ["...", { "step": "biuld", "include": ["dist"] }],
            |                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          hint: did you mean `build`?

        error: railpack.json:5:27: step `build` has no asset `missing`
          5 |       "commands": ["...", { "path": "/etc/x", "name": "missing" }, { "cmd": "echo 'open" }],
            |                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          hint: there is none at all

        error: railpack.json:5:68: the command line `echo 'open` cannot be split into words: the quote ' at character 6 is never closed
          5 |       "commands": ["...", { "path": "/etc/x", "name": "missing" }, { "cmd": "echo 'open" }],
            |                                                                    ^^^^^^^^^^^^^^^^^^^^^^^

        error: railpack.json:6:25: step `build` uses cache `nmp`, which does not exist
          6 |       "caches": ["...", "nmp"]
            |                         ^^^^^
          hint: did you mean `npm`?

        error: railpack.json:8:5: step `extra` has no inputs
          8 |     "extra": { "inputs": [], "commands": ["make"], "deployOutputs": [{ "include": ["../up"] }] }
            |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          hint: its first input is the file system that it starts from: an image or a step

        error: railpack.json:10:15: the cache's `directory` is empty
          10 |   "caches": { "npm": { "directory": "" } },
             |               ^^^^^^^^^^^^^^^^^^^^^^^^^^

        error: railpack.json:11:23: `Not An Image` is not the name of an image: `Not An Image` has upper-case letters
          11 |   "deploy": { "base": { "image": "Not An Image" }, "paths": ["a\u0000b"] }
             |                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^

        error: railpack.json:11:62: the path for PATH has a NUL character: `a\u{0}b`
          11 |   "deploy": { "base": { "image": "Not An Image" }, "paths": ["a\u0000b"] }
             |                                                              ^^^^^^^^^^
        "#);
    }

    #[test]
    fn a_secret_file_needs_no_other_word_and_points_there_too() {
        let config = r#"{
  "secrets": ["netrc"],
  "steps": {
    "install": { "secretFiles": [{ "id": "npmrc", "path": "~/.npmrc" }, { "id": "netrc", "path": "~/.netrc", "mode": 256 }] },
    "build": { "secretFiles": [{ "id": "npmrc", "path": "~npm" }] }
  }
}"#;
        insta::assert_snapshot!(told(config), @r#"
        the plan cannot be built
        error: railpack.json:5:32: the secret file's `path` is in another user's home: `~npm`
          5 |     "build": { "secretFiles": [{ "id": "npmrc", "path": "~npm" }] }
            |                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          hint: commands run as root: `~/` is `/root/`
        "#);
        let app = Memory::default()
            .file("package.json", r#"{"scripts": {"start": "node ."}}"#)
            .file("package-lock.json", "{}")
            .file("railpack.json", config.replace("~npm", "/npm"))
            .app();
        let analysis = analyze(&app, &Environment::default(), &AnalyzeOptions::default());
        let plan = analysis.unwrap().plan;
        assert_eq!(plan.secrets, ["netrc".into(), "npmrc".into()]);
        let install = plan
            .steps
            .iter()
            .find(|step| step.name.as_str() == "install");
        let files = install.unwrap().secret_files.iter();
        let files: Vec<_> = files
            .map(|file| (file.id.as_str(), file.path.as_str(), file.mode))
            .collect();
        assert_eq!(
            files,
            [
                ("npmrc", "~/.npmrc", None),
                ("netrc", "~/.netrc", Some(0o400))
            ]
        );
    }

    #[test]
    fn a_warning_of_the_plan_points_there_too() {
        let config = r#"{
  "steps": {
    "build": { "secrets": ["TOKEN"], "commands": ["...", { "src": "a" }] },
    "isntall": { "commands": ["make"] },
    "packages:mise": { "commands": [] }
  }
}"#;
        insta::assert_snapshot!(told(config), @r#"
        railpack.json:4:5: no step is called `isntall`, so it is a new one; did you mean `install`?
        railpack.json:5:5: the step `packages:mise` is Railpack's own and cannot be configured; `packages`, `buildAptPackages` and `deploy.aptPackages` say what it installs
        railpack.json:3:28: step `build` uses secret `TOKEN`, which the list `secrets` does not name; add it to the list `secrets` beside `steps`, or the step will not see it
        railpack.json:3:58: the copy has no `dest`, and so goes to `/app`; say where to, for example `"dest": "."`
        "#);
    }
}

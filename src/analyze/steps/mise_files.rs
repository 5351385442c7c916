//! Versions that an app's own files ask mise for.
//!
//! mise reads them in the app's directory inside the build, and there they win over the plan's. So the plan says the same.
//! Which file goes before which: <https://mise.jdx.dev/configuration.html>. The rule is the reference's
//! (<https://github.com/railwayapp/railpack/blob/v0.37.0/core/generate/mise_step_builder.go>, `UseMiseVersions`), which
//! asks mise itself; here the files are read.

use std::collections::BTreeMap;

use toml::{Table, Value};

use crate::analyze::app::{App, AppError};

/// Configuration of mise, the first counts most.
const CONFIG_FILES: [&str; 6] = [
    "mise.toml",
    ".mise.toml",
    "mise/config.toml",
    ".mise/config.toml",
    ".config/mise.toml",
    ".config/mise/config.toml",
];
/// The file of asdf, which mise reads too.
const TOOL_VERSIONS: &str = ".tool-versions";
/// Names that tools have in asdf, and those that they have in mise, which reads both
/// (<https://mise.jdx.dev/dev-tools/aliases.html>).
const OTHER_NAMES: [(&str, &str); 2] = [("nodejs", "node"), ("golang", "go")];
/// Files that name the version of one tool; the first of a tool counts.
const VERSION_FILES: [(&str, &str); 9] = [
    (".go-version", "go"),
    (".java-version", "java"),
    (".ruby-version", "ruby"),
    (".exenv-version", "elixir"),
    (".python-version", "python"),
    (".node-version", "node"),
    (".nvmrc", "node"),
    (".bun-version", "bun"),
    (".deno-version", "deno"),
];

/// The same with a table and a key in it.
const STRUCTURED_FILES: [(&str, &str, [&str; 2]); 2] = [
    ("rust-toolchain.toml", "rust", ["toolchain", "channel"]),
    ("global.json", "dotnet", ["sdk", "version"]),
];

/// Whether a file of the app configures mise.
pub(crate) fn is_config_of_mise(file: &str) -> bool {
    CONFIG_FILES.contains(&file)
}

/// A version and the file that asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AppVersion {
    pub(crate) version: String,
    pub(crate) file: &'static str,
}

/// What the app's files ask mise for, by tool.
pub(crate) fn app_versions(app: &App) -> Result<BTreeMap<String, AppVersion>, AppError> {
    let mut versions = BTreeMap::new();
    let mut add = |tool: &str, version: &str, file| {
        // What mise makes of a template is not known here.
        if !version.is_empty() && !version.contains("{{") {
            let version = version.to_owned();
            let other_name = OTHER_NAMES.iter().find(|(other, _)| *other == tool);
            let tool = other_name.map_or(tool, |(_, tool)| *tool);
            versions
                .entry(tool.to_owned())
                .or_insert(AppVersion { version, file });
        }
    };
    for file in CONFIG_FILES {
        if !app.has(file)? {
            continue;
        }
        let config: Table = app.read_toml(file)?;
        let tools = config.get("tools").and_then(Value::as_table);
        for (tool, wanted) in tools.into_iter().flatten() {
            add(tool, version(wanted).unwrap_or_default(), file);
        }
    }
    if app.has(TOOL_VERSIONS)? {
        for line in app.read_text(TOOL_VERSIONS)?.lines() {
            let line = line.split('#').next().unwrap_or_default();
            let mut words = line.split_whitespace();
            if let (Some(tool), Some(version)) = (words.next(), words.next()) {
                add(tool, version, TOOL_VERSIONS);
            }
        }
    }
    for (file, tool) in VERSION_FILES {
        if app.has(file)? {
            let text = app.read_text(file)?;
            let mut lines = text
                .lines()
                .map(|line| line.split('#').next().unwrap_or_default().trim());
            let line = lines.find(|line| !line.is_empty()).unwrap_or_default();
            add(tool, &as_mise_names_it(tool, line), file);
        }
    }
    for (file, tool, [table, key]) in STRUCTURED_FILES {
        if !app.has(file)? {
            continue;
        }
        let version = if file.ends_with("json") {
            let value: serde_json::Value = app.read_json(file)?;
            let version = value.get(table).and_then(|table| table.get(key)?.as_str());
            version.map(str::to_owned)
        } else {
            let value: Table = app.read_toml(file)?;
            let version = value.get(table).and_then(|table| table.get(key)?.as_str());
            version.map(str::to_owned)
        };
        add(tool, version.unwrap_or_default().trim(), file);
    }
    Ok(versions)
}

/// The version of a tool in mise's configuration; of several the first, which is the one that is run.
fn version(wanted: &Value) -> Option<&str> {
    match wanted {
        Value::String(version) => Some(version.trim()),
        Value::Array(versions) => version(versions.first()?),
        Value::Table(options) => options.get("version")?.as_str(),
        _ => None,
    }
}

/// The names of nvm for versions, and versions behind the name of their tool (`ruby-3.4.1`, `go1.25`), as mise's.
fn as_mise_names_it(tool: &str, version: &str) -> String {
    match version {
        "node" | "stable" => "latest".to_owned(),
        "lts/*" => "lts".to_owned(),
        _ if matches!(tool, "go" | "ruby") => {
            let number = version.strip_prefix(tool).unwrap_or(version);
            number.trim_start_matches('-').to_owned()
        }
        _ => version.replace("lts/", "lts-"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::app::memory::Memory;

    fn versions(app: Memory) -> String {
        let versions = app_versions(&app.app()).unwrap();
        let lines: Vec<_> = versions
            .iter()
            .map(|(tool, found)| format!("{tool} {} ({})", found.version, found.file))
            .collect();
        lines.join("\n")
    }

    #[test]
    fn versions_are_in_each_form_that_mise_reads() {
        let app = Memory::default()
            .file(
                "mise.toml",
                "[env]\nA = 1\n[tools]\nnode = \"22\"\npnpm = {version = \"9\", os = [\"linux\"]}\nbun = [\"1.2\", \"1.1\"]\n\
                 deno = \"{{ env.DENO }}\"\nyarn = 1\n\"npm:x\" = \"latest\"\n",
            )
            .file(
                ".tool-versions",
                "# tools\nnode 18\ndeno 2.1 1.9 # two\nempty\n",
            );
        insta::assert_snapshot!(versions(app), @"
        bun 1.2 (mise.toml)
        deno 2.1 (.tool-versions)
        node 22 (mise.toml)
        npm:x latest (mise.toml)
        pnpm 9 (mise.toml)
        ");
    }

    #[test]
    fn a_file_for_one_tool_counts_least() {
        let files = || {
            Memory::default()
                .file(".nvmrc", "\n# ours\nlts/iron\n")
                .file(".bun-version", "1.2.3\n")
        };
        insta::assert_snapshot!(versions(files()), @"
        bun 1.2.3 (.bun-version)
        node lts-iron (.nvmrc)
        ");
        assert!(
            versions(files().file(".node-version", "v20")).ends_with("node v20 (.node-version)")
        );
        assert!(
            versions(files().file(".tool-versions", "node 21"))
                .ends_with("node 21 (.tool-versions)")
        );
        assert!(
            versions(files().file(".tool-versions", "nodejs 21"))
                .ends_with("node 21 (.tool-versions)")
        );
        assert_eq!(
            versions(Memory::default().file(".nvmrc", "lts/*")),
            "node lts (.nvmrc)"
        );
        let files = [
            (".ruby-version", "ruby-3.4.1\n"),
            (".go-version", "go1.25"),
            (".java-version", "temurin-21"),
            (".exenv-version", "1.18.3"),
            ("rust-toolchain.toml", "[toolchain]\nchannel = \"1.88.0\"\n"),
            ("global.json", "{\"sdk\": {\"version\": \"8.0.404\"}}"),
        ];
        let tree = files.iter().fold(Memory::default(), |tree, (path, text)| {
            tree.file(path, text)
        });
        insta::assert_snapshot!(versions(tree), @"
        dotnet 8.0.404 (global.json)
        elixir 1.18.3 (.exenv-version)
        go 1.25 (.go-version)
        java temurin-21 (.java-version)
        ruby 3.4.1 (.ruby-version)
        rust 1.88.0 (rust-toolchain.toml)
        ");
    }

    #[test]
    fn a_broken_configuration_is_an_error_with_its_place() {
        let app = Memory::default()
            .file("mise.toml", "[tools]\nnode =\n")
            .app();
        insta::assert_snapshot!(app_versions(&app).unwrap_err(), @"mise.toml:2:7: string values must be quoted, expected literal string");
    }
}

//! The configuration that mise finds in the image.

use std::collections::BTreeMap;

use serde::Serialize;
use toml::{Table, Value};

/// The tools whose own version files (`.nvmrc`, `.python-version`, ...) mise reads
/// (<https://mise.jdx.dev/configuration.html#idiomatic-version-files>).
const IDIOMATIC_VERSION_FILE_TOOLS: [&str; 11] = [
    "python", "node", "ruby", "elixir", "go", "java", "yarn", "bun", "deno", "dotnet", "rust",
];

/// The text of `/etc/mise/config.toml`: the tools with their versions, and settings that the app's own `mise.toml` can
/// override. `settings` are added to those that every plan has, by dotted name (`node.corepack`).
pub(super) fn generate(
    tools: &BTreeMap<String, String>,
    settings: &BTreeMap<String, Value>,
) -> Result<String, toml::ser::Error> {
    #[derive(Serialize)]
    struct Config<'a> {
        tools: &'a BTreeMap<String, String>,
        settings: Table,
    }

    let mut table = Table::new();
    for (name, value) in common_settings().iter().chain(settings) {
        match name.split_once('.') {
            None => drop(table.insert(name.clone(), value.clone())),
            Some((group, name)) => {
                let group = table
                    .entry(group)
                    .or_insert_with(|| Value::Table(Table::new()));
                if let Value::Table(group) = group {
                    group.insert(name.to_owned(), value.clone());
                }
            }
        }
    }
    toml::to_string(&Config {
        tools,
        settings: table,
    })
}

fn common_settings() -> BTreeMap<String, Value> {
    let strings =
        |values: &[&str]| Value::Array(values.iter().map(|value| Value::from(*value)).collect());
    BTreeMap::from([
        // Releases of the last days are signed with keys that are not published yet.
        ("node.verify".to_owned(), Value::from(false)),
        // HTTPS only, and no configuration that nobody trusts.
        ("paranoid".to_owned(), Value::from(true)),
        ("trusted_config_paths".to_owned(), strings(&["/app"])),
        (
            "idiomatic_version_file_enable_tools".to_owned(),
            strings(&IDIOMATIC_VERSION_FILE_TOOLS),
        ),
        // Broken releases are found within days.
        ("minimum_release_age".to_owned(), Value::from("14d")),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_is_the_same_for_the_same_tools() {
        let tools = BTreeMap::from([
            ("node".to_owned(), "22".to_owned()),
            ("npm:@a/b".to_owned(), "lts".to_owned()),
        ]);
        let settings = BTreeMap::from([("node.corepack".to_owned(), Value::from(true))]);
        insta::assert_snapshot!(generate(&tools, &settings).unwrap(), @r#"
        [tools]
        node = "22"
        "npm:@a/b" = "lts"

        [settings]
        idiomatic_version_file_enable_tools = ["python", "node", "ruby", "elixir", "go", "java", "yarn", "bun", "deno", "dotnet", "rust"]
        minimum_release_age = "14d"
        paranoid = true
        trusted_config_paths = ["/app"]

        [settings.node]
        corepack = true
        verify = false
        "#);
    }
}

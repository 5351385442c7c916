//! What planning reads of a project's file (<https://learn.microsoft.com/dotnet/core/project-sdk/msbuild-props>).

use roxmltree::Node;

use crate::analyze::app::{App, AppError};

/// Names of the frameworks that are .NET on any system.
const FRAMEWORKS: [&str; 2] = ["netcoreapp", "net"];

/// A project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Project {
    /// The name of the program.
    pub(super) program: String,
    /// The first framework that it is built for, as it is written.
    pub(super) framework: Option<String>,
}

impl Project {
    /// The project of a file in the app's directory.
    pub(super) fn read(app: &App, file: &str) -> Result<Self, AppError> {
        let (framework, name) = app.read_xml(file, |project| {
            let frameworks = property(project, "TargetFramework")
                .or_else(|| property(project, "TargetFrameworks"));
            let first = frameworks.and_then(|text| Some(text.split(';').next()?.trim().to_owned()));
            (first, property(project, "AssemblyName").map(str::to_owned))
        })?;
        let stem = file.strip_suffix(".csproj").unwrap_or(file).to_owned();
        Ok(Self {
            // What properties come to is known to the build alone.
            program: name.filter(|name| !name.contains('$')).unwrap_or(stem),
            framework: framework.filter(|text| !text.is_empty() && !text.contains('$')),
        })
    }
}

fn property<'a>(project: Node<'a, '_>, name: &str) -> Option<&'a str> {
    let is_named =
        |node: &Node<'_, '_>, name: &str| node.is_element() && node.tag_name().name() == name;
    project
        .children()
        .filter(|node| is_named(node, "PropertyGroup"))
        .flat_map(|group| group.children())
        .find(|node| is_named(node, name))
        .and_then(|node| node.text())
        .map(str::trim)
}

/// The version in the name of a framework: `net8.0-windows` is 8.0. `None` for .NET Framework and .NET Standard, which no
/// program on Linux is built for.
pub(super) fn version(framework: &str) -> Option<&str> {
    let rest = FRAMEWORKS
        .iter()
        .find_map(|name| framework.strip_prefix(name))?;
    let version = rest.split('-').next()?;
    let (major, minor) = version.split_once('.')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_number(major) && is_number(minor)).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_in_the_name_of_the_framework() {
        for (framework, expected) in [
            ("net8.0", Some("8.0")),
            ("net10.0-windows10.0.19041", Some("10.0")),
            ("netcoreapp3.1", Some("3.1")),
            ("net48", None),
            ("netstandard2.0", None),
            ("8.0", None),
        ] {
            assert_eq!(version(framework), expected, "{framework}");
        }
    }
}

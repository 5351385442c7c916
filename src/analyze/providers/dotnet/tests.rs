//! Whole plans of small apps.

use crate::analyze::app::memory::Memory;
use crate::analyze::testing::{commands, package, plan, start_command, try_plan};

fn app(files: &[(&str, &str)]) -> Memory {
    files.iter().fold(Memory::default(), |tree, (path, text)| {
        tree.file(path, text)
    })
}

fn project(properties: &str) -> String {
    format!(
        "<Project Sdk=\"Microsoft.NET.Sdk.Web\">\n  <PropertyGroup>\n    {properties}\n  </PropertyGroup>\n</Project>\n"
    )
}

#[test]
fn a_project_is_restored_published_and_started() {
    let text = project("<TargetFramework>net9.0</TargetFramework>");
    let analysis = plan(app(&[("Shop.csproj", &text)]), &[]);
    insta::assert_snapshot!(commands(&analysis, "install").join("\n"), @"
    COPY nuget.config* nuget.config*
    COPY *.csproj *.csproj
    COPY global.json* global.json*
    mkdir -p /root/.nuget/packages
    dotnet restore
    ");
    insta::assert_snapshot!(commands(&analysis, "build").join("\n"), @"dotnet publish --no-restore -c Release -o out");
    insta::assert_snapshot!(start_command(&analysis).unwrap(), @"ASPNETCORE_URLS=http://0.0.0.0:${PORT:-3000} ./out/Shop");
    assert_eq!(
        analysis.plan.deploy.variables["DOTNET_ROOT"].value,
        "/mise/installs/dotnet/9.0"
    );
    let text = project("<AssemblyName>till no 1</AssemblyName>");
    let analysis = plan(app(&[("Shop.csproj", &text)]), &[]);
    insta::assert_snapshot!(start_command(&analysis).unwrap(), @"ASPNETCORE_URLS=http://0.0.0.0:${PORT:-3000} './out/till no 1'");
}

#[test]
fn the_version_is_of_the_setting_then_of_global_json_then_of_the_framework() {
    let version = |properties: &str, files: &[(&str, &str)], variables: &[(&str, &str)]| {
        let text = project(properties);
        let files = [&[("a.csproj", text.as_str())], files].concat();
        let analysis = plan(app(&files), variables);
        let (version, origin) = package(&analysis, "dotnet").unwrap();
        format!("{version} ({origin})")
    };
    let global = ("global.json", "{\"sdk\": {\"version\": \"8.0.404\"}}");
    let several = "<TargetFrameworks>net9.0;net8.0</TargetFrameworks>";
    insta::assert_snapshot!([
        version(several, &[global], &[("RAILPACK_DOTNET_VERSION", "10")]),
        version(several, &[global], &[]),
        version(several, &[], &[]),
        version("<TargetFramework>$(Framework)</TargetFramework>", &[], &[]),
        version("", &[], &[]),
    ].join("\n"), @"
    8.0.404 (global.json)
    8.0.404 (global.json)
    9.0 (a.csproj > TargetFramework)
    8.0 (railpack default)
    8.0 (railpack default)
    ");
}

#[test]
fn what_cannot_be_built_is_an_error_with_its_place() {
    let told = |files: &[(&str, &str)]| try_plan(app(files), &[]).unwrap_err().to_string();
    let old = project("<TargetFramework>net48</TargetFramework>");
    let good = project("");
    insta::assert_snapshot!([
        told(&[("a.csproj", &old)]),
        told(&[("a.csproj", "<Project>\n  <PropertyGroup>\n</Project>\n")]),
        told(&[("a.csproj", &good), ("global.json", "{\"sdk\": {\"version\": 8}}")]),
    ].join("\n"), @"
    a.csproj > TargetFramework: found `net48`, expected a framework that runs on Linux, such as net8.0
    a.csproj:3:1: expected 'PropertyGroup' tag, not 'Project'
    global.json:1:21: invalid type: integer `8`, expected a string
    ");
}

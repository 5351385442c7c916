//! Whole plans of small apps.

use crate::analyze::Level;
use crate::analyze::app::memory::Memory;
use crate::analyze::testing::{commands, package, plan, start_command, try_plan};

fn app(files: &[(&str, &str)]) -> Memory {
    files.iter().fold(Memory::default(), |tree, (path, text)| {
        tree.file(path, text)
    })
}

fn start(files: &[(&str, &str)]) -> String {
    let analysis = plan(app(files), &[]);
    let messages = analysis.messages.iter();
    let suggestions = messages.filter(|message| message.level == Level::Suggestion);
    let mut line = start_command(&analysis).unwrap_or("nothing").to_owned();
    for suggestion in suggestions {
        line = format!("{line}\n  {}", suggestion.text);
    }
    line
}

#[test]
fn each_build_system_builds_beside_the_app() {
    let analysis = plan(
        app(&[
            ("CMakeLists.txt", "project(a)\nadd_executable(a a.c)\n"),
            ("meson.build", ""),
        ]),
        &[],
    );
    assert_eq!(
        commands(&analysis, "build"),
        [
            "mkdir /build",
            "cmake -B /build -GNinja /app",
            "cmake --build /build"
        ]
    );
    assert!(package(&analysis, "meson").is_none());
    let files = [
        ("meson.build", "executable('a', 'a.c')\n"),
        (".tool-versions", "meson 1.8.0\n"),
    ];
    let analysis = plan(app(&files), &[]);
    assert_eq!(
        commands(&analysis, "build"),
        [
            "mkdir /build",
            "meson setup /build",
            "meson compile -C /build"
        ]
    );
    assert_eq!(
        package(&analysis, "meson"),
        Some(("1.8.0", ".tool-versions"))
    );
    assert_eq!(
        package(&analysis, "ninja"),
        Some(("latest", "railpack default"))
    );
}

#[test]
fn the_program_of_the_projects_name_is_started() {
    let cmake = |text| [("CMakeLists.txt", text)];
    insta::assert_snapshot!([
        start(&cmake("project(shop)\nadd_executable(check c.cc)\nadd_executable(${PROJECT_NAME} m.cc)\n")),
        start(&cmake("project(shop)\nadd_executable(till m.cc)\n")),
        start(&cmake("project(shop)\nadd_executable(till m.cc)\nadd_executable(audit m.cc)\n")),
        start(&cmake("project(shop)\nadd_executable(ours::till ALIAS till)\nadd_executable(till m.cc)\n")),
        start(&cmake("set(CMAKE_RUNTIME_OUTPUT_DIRECTORY \"${CMAKE_BINARY_DIR}/bin\")\nproject(shop)\nadd_executable(shop m.cc)\n")),
        start(&cmake("project(shop)\nadd_executable(${NAME} m.cc)\n")),
        start(&[
            ("CMakeLists.txt", "project(shop)\nadd_subdirectory(src)\nadd_subdirectory(../x)\nadd_subdirectory(.)\n"),
            ("src/CMakeLists.txt", "add_subdirectory(till)\n"),
            ("src/till/CMakeLists.txt", "add_executable(till m.cc)\n"),
        ]),
        start(&[
            ("meson.build", "project('shop', 'cpp')\nsubdir('src')\n"),
            ("src/meson.build", "executable('shop', 'm.cc')\n"),
        ]),
    ].join("\n"), @"
    /build/shop
    /build/till
    /build/till
      CMakeLists.txt names several programs, and till is started; RAILPACK_START_CMD says otherwise: till, audit
    /build/till
    /build/bin/shop
    nothing
    /build/src/till/till
    /build/src/shop
    ");
}

#[test]
fn a_malformed_description_is_an_error_with_its_place() {
    let told = |files: &[(&str, &str)]| try_plan(app(files), &[]).unwrap_err().to_string();
    insta::assert_snapshot!([
        told(&[("CMakeLists.txt", "project(shop)\nadd_executable(shop\n")]),
        told(&[("meson.build", "project('shop)\n")]),
    ].join("\n"), @"
    CMakeLists.txt:2:15: this parenthesis is not closed
    meson.build:1:9: this text is not closed
    ");
}

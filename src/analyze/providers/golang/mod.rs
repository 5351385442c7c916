//! Go.
//!
//! Rules: <https://github.com/railwayapp/railpack/blob/v0.37.0/core/providers/golang/golang.go>,
//! <https://railpack.com/languages/golang>.

mod go_mod;
mod program;
#[cfg(test)]
mod tests;

use super::Provider;
use crate::analyze::app::{App, AppError};
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::parts::{
    copy_file, exec, local_layer, path, shell_word, step_layer, step_paths,
};
use crate::analyze::steps::CommandStep;
use go_mod::GoMod;
use program::{MAIN_FILE, Program};

const GO: &str = "go";
const DEFAULT_VERSION: &str = "1.25";
const VERSION_SETTING: &str = "GO_VERSION";
/// The variable that mise takes a version from before all files
/// (<https://mise.jdx.dev/configuration.html#environment-variables>).
const MISE_GO_VERSION: &str = "MISE_GO_VERSION";
const MODULE_FILE: &str = "go.mod";
const WORKSPACE_FILE: &str = "go.work";
/// The modules of a workspace.
pub(crate) const MODULE_FILES: &str = "**/go.mod";
/// Lists the packages that are checked in, in place of being downloaded.
const VENDORED: &str = "vendor/modules.txt";
/// Go's directory of downloaded modules and installed programs.
const GO_PATH: &str = "/go";
const GO_PROGRAMS: &str = "/go/bin";
const BUILD_CACHE: (&str, &str) = ("go-build", "/root/.cache/go-build");
/// The program that is built, in the app's directory.
const OUTPUT: &str = "out";
/// The same in an app with a directory of that name, into which Go would write.
const OTHER_OUTPUT: &str = "railpack-out";
/// Go's own switch for code in C. It is a variable of the app, without Railpack's prefix.
const CGO: &str = "CGO_ENABLED";

const START_COMMAND_HELP: &str = "for a Go app the program is built that is the first of these:
1. the directory named by RAILPACK_GO_WORKSPACE_MODULE
2. the directory below cmd named by RAILPACK_GO_BIN
3. the package main in the app's directory
4. the first directory below cmd with a package main
5. the first module with a package main";

/// The provider of Go apps.
pub(super) struct GoProvider;

impl Provider for GoProvider {
    fn name(&self) -> &'static str {
        "golang"
    }

    fn detect(&self, context: &Context<'_>) -> Result<bool, AnalyzeError> {
        let files = [MODULE_FILE, WORKSPACE_FILE, MAIN_FILE];
        Ok(context.app.first_of(&files)?.is_some())
    }

    fn plan(&self, context: &mut Context<'_>) -> Result<(), AnalyzeError> {
        let go = Go::read(context.app)?;
        go.request_version(context)?;
        let program = program::find(context, go.module.as_ref(), &go.modules)?;
        let uses_c = context.environment.variable(CGO) == Some("1");
        if uses_c {
            context
                .messages
                .info(format!("compiling C too, as {CGO} is 1"));
            let compilers = ["gcc", "g++", "libc6-dev"].map(str::to_owned);
            context.mise.apt_packages.extend(compilers);
            context.deploy.add_apt_packages(&["libc6"]);
        }
        go.note_findings(context, uses_c)?;

        let mut install = CommandStep::new("install");
        install.inputs.push(step_layer(&context.mise.name));
        go.install(context, &mut install, uses_c)?;
        let mut build = CommandStep::new("build");
        build
            .inputs
            .extend([step_layer(&install.name), local_layer()]);
        build
            .caches
            .push(context.caches.add(BUILD_CACHE.0, BUILD_CACHE.1));
        let output = if context.app.find_directories(OUTPUT)?.is_empty() {
            OUTPUT
        } else {
            OTHER_OUTPUT
        };
        build.commands.push(exec(build_line(&program, output)));

        context.deploy.start_command = Some(format!("./{output}"));
        context
            .deploy
            .inputs
            .push(step_paths(&build.name, &["."], &[]));
        context.add_step(install);
        context.add_step(build);
        Ok(())
    }

    fn start_command_help(&self) -> Option<&'static str> {
        Some(START_COMMAND_HELP)
    }
}

/// An app of Go.
struct Go {
    module: Option<GoMod>,
    workspace: Option<GoMod>,
    /// The directories of the other modules, sorted.
    modules: Vec<String>,
}

impl Go {
    fn read(app: &App) -> Result<Self, AnalyzeError> {
        let files = app.find_files(MODULE_FILES)?;
        let modules: Vec<String> = files
            .iter()
            .filter_map(|file| Some(file.rsplit_once('/')?.0.to_owned()))
            .collect();
        let workspace = GoMod::read(app, WORKSPACE_FILE)?;
        for used in workspace.iter().flat_map(|workspace| &workspace.uses) {
            let directory = used.value.trim_start_matches("./").trim_end_matches('/');
            let is_root = matches!(directory, "" | ".") && app.has(MODULE_FILE)?;
            if !is_root && !modules.iter().any(|module| module == directory) {
                return Err(AnalyzeError::Value {
                    place: used.place.clone(),
                    found: used.value.clone(),
                    expected: "a directory of the app that holds a go.mod".into(),
                });
            }
        }
        Ok(Self {
            module: GoMod::read(app, MODULE_FILE)?,
            workspace,
            modules,
        })
    }

    /// The version of the files of Go, then of the setting, then of the files that mise reads.
    fn request_version(&self, context: &mut Context<'_>) -> Result<(), AppError> {
        context
            .mise
            .install(&mut context.packages, GO, DEFAULT_VERSION);
        for file in [&self.module, &self.workspace].into_iter().flatten() {
            let asked = [("toolchain", &file.toolchain), ("go", &file.go)];
            if let Some((directive, version)) = asked
                .into_iter()
                .find_map(|(directive, version)| Some((directive, version.as_ref()?)))
            {
                let origin = format!("{} > {directive}", file.file);
                context.packages.request(GO, &version.value, &origin);
            }
        }
        context.follow_version_sources(GO, VERSION_SETTING)
    }

    /// The version that is asked for, where mise would take another one: that of `go` in `go.mod` or `go.work`, which it
    /// reads too.
    fn version_against_mise(&self, context: &Context<'_>) -> Result<Option<String>, AppError> {
        let files = [&self.module, &self.workspace];
        let names_version = files.into_iter().flatten().any(|file| file.go.is_some());
        let Some(go) = context.packages.get(GO).filter(|_| names_version) else {
            return Ok(None);
        };
        let is_of_mise = go.origin.ends_with("> go") || context.app.has(&go.origin)?;
        Ok((!is_of_mise).then(|| go.version.clone()))
    }

    fn note_findings(&self, context: &mut Context<'_>, uses_c: bool) -> Result<(), AppError> {
        let has_root_files = !context.app.find_files("*.go")?.is_empty();
        context.note("goMod", self.module.is_some());
        context.note("goWorkspace", self.workspace.is_some());
        context.note("goRootFile", has_root_files);
        let module = self.module.as_ref();
        context.note("goGin", module.is_some_and(|module| module.requires_gin));
        context.note("goCGO", uses_c);
        Ok(())
    }

    /// Makes a step download the modules, with nothing there but what names them.
    fn install(
        &self,
        context: &mut Context<'_>,
        step: &mut CommandStep,
        uses_c: bool,
    ) -> Result<(), AppError> {
        let variables = [("GOPATH", GO_PATH), ("GOBIN", GO_PROGRAMS)];
        for (name, value) in variables {
            step.variables.insert(name.to_owned(), value.to_owned());
        }
        if let Some(version) = self.version_against_mise(context)? {
            step.variables.insert(MISE_GO_VERSION.to_owned(), version);
        }
        step.commands.push(path(GO_PROGRAMS));
        if self.module.is_none() && self.workspace.is_none() {
            return Ok(());
        }
        if !uses_c {
            step.variables.insert(CGO.to_owned(), "0".to_owned());
        }
        if context.app.has(VENDORED)? {
            context
                .messages
                .info("modules are in the directory vendor, and are not downloaded");
            return Ok(());
        }
        step.caches
            .push(context.caches.add(BUILD_CACHE.0, BUILD_CACHE.1));
        let mut files: Vec<String> = [MODULE_FILE, "go.sum", WORKSPACE_FILE, "go.work.sum"]
            .map(str::to_owned)
            .into();
        for module in &self.modules {
            files.extend([format!("{module}/go.mod"), format!("{module}/go.sum")]);
        }
        for file in files {
            if context.app.has(&file)? {
                step.commands.push(copy_file(&file));
            }
        }
        step.commands.push(exec("go mod download"));
        Ok(())
    }
}

/// A program without the tables of a debugger.
fn build_line(program: &Program, output: &str) -> String {
    let line = format!("go build -ldflags=\"-w -s\" -o {output}");
    match program {
        Program::Root => line,
        Program::Package(directory) => {
            let package = format!("./{directory}");
            format!("{line} {}", shell_word(&package))
        }
        Program::File(file) => format!("{line} {file}"),
    }
}

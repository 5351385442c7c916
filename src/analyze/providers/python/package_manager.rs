//! The package managers of Python, and what installing with each means.

use std::fmt;

use serde::Deserialize;
use toml::Table;

use super::{LOCAL_PROGRAMS, VENV};
use crate::analyze::app::{App, AppError};
use crate::analyze::context::Context;
use crate::analyze::parts::{copy_file, exec, local_layer, path};
use crate::analyze::steps::CommandStep;

pub(super) const REQUIREMENTS: &str = "requirements.txt";
pub(super) const PYPROJECT: &str = "pyproject.toml";
pub(super) const PIPFILE: &str = "Pipfile";
const PIPFILE_LOCK: &str = "Pipfile.lock";
const PIP_CACHE: &str = "/opt/pip-cache";
const UV_CACHE: &str = "/opt/uv-cache";
/// What pip, uv, Poetry and PDM read when they install.
const INSTALL_FILES: [&str; 6] = [
    REQUIREMENTS,
    PYPROJECT,
    PIPFILE,
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
];

/// A package manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PackageManager {
    Pip,
    Uv,
    Poetry,
    Pdm,
    Pipenv,
}

impl PackageManager {
    /// The package manager of an app's files; `None` if they name no packages that can be installed.
    pub(super) fn detect(app: &App) -> Result<Option<Self>, AppError> {
        if app.has(REQUIREMENTS)? {
            return Ok(Some(Self::Pip));
        }
        if app.has(PYPROJECT)? {
            for manager in [Self::Uv, Self::Poetry, Self::Pdm] {
                if app.has(manager.lock_file())? {
                    return Ok(Some(manager));
                }
            }
        }
        Ok(app.has(PIPFILE)?.then_some(Self::Pipenv))
    }

    /// The file in which it writes down what it has chosen.
    fn lock_file(self) -> &'static str {
        match self {
            Self::Pip => REQUIREMENTS,
            Self::Uv => "uv.lock",
            Self::Poetry => "poetry.lock",
            Self::Pdm => "pdm.lock",
            Self::Pipenv => PIPFILE_LOCK,
        }
    }

    /// Asks mise for the package managers whose files are there: who has a lock file may use it in a command of their own.
    pub(super) fn request(context: &mut Context<'_>) -> Result<(), AppError> {
        let has = |name: &str| context.app.has(name);
        let (has_pdm, has_pipfile) = (has("pdm.lock")?, has(PIPFILE)?);
        let wanted = [
            ("pipx", has_pdm || has_pipfile),
            ("uv", has_pdm || has_pipfile || has("uv.lock")?),
            ("poetry", has("poetry.lock")?),
            ("pipx:pdm", has_pdm),
            ("pipx:pipenv", has_pipfile),
        ];
        for (tool, _) in wanted.into_iter().filter(|(_, is_wanted)| *is_wanted) {
            context.mise.install(&mut context.packages, tool, "latest");
        }
        if has_pdm || has_pipfile {
            // Programs of packages are installed by uv, which is quicker.
            context
                .mise
                .settings
                .insert("pipx.uvx".to_owned(), true.into());
        }
        Ok(())
    }

    /// Makes a step install the dependencies into the app's virtual environment.
    pub(super) fn install(
        self,
        context: &mut Context<'_>,
        step: &mut CommandStep,
    ) -> Result<(), AppError> {
        let programs = format!("{VENV}/bin");
        match self {
            Self::Pip => {
                step.commands
                    .extend([exec(format!("python -m venv {VENV}")), path(programs)]);
                copy_install_files(context.app, step)?;
            }
            Self::Pipenv => {
                step.commands
                    .extend([path(LOCAL_PROGRAMS), path(programs), copy_file(PIPFILE)]);
                if context.app.has(PIPFILE_LOCK)? {
                    step.commands.push(copy_file(PIPFILE_LOCK));
                }
            }
            Self::Uv | Self::Poetry | Self::Pdm => {
                copy_install_files(context.app, step)?;
                step.commands.extend([path(LOCAL_PROGRAMS), path(programs)]);
            }
        }
        let line = match self {
            Self::Pip => "pip install -r requirements.txt",
            // The project itself needs its sources, and is installed by the build.
            Self::Uv => "uv sync --locked --no-dev --no-install-project",
            Self::Poetry => "poetry install --no-interaction --no-ansi --only main --no-root",
            Self::Pdm => "pdm install --check --prod --no-editable",
            Self::Pipenv if context.app.has(PIPFILE_LOCK)? => {
                "pipenv install --deploy --ignore-pipfile"
            }
            Self::Pipenv => {
                context.messages.suggestion(format!(
                    "add a {PIPFILE_LOCK}, so that every build installs the same"
                ));
                "pipenv install --skip-lock"
            }
        };
        step.commands.push(exec(line));
        for (name, value) in self.variables() {
            step.variables
                .insert((*name).to_owned(), (*value).to_owned());
        }
        match self {
            Self::Pip => step.caches.push(context.caches.add("pip", PIP_CACHE)),
            Self::Uv => step.caches.push(context.caches.add("uv", UV_CACHE)),
            Self::Poetry | Self::Pdm | Self::Pipenv => {}
        }
        Ok(())
    }

    /// The command with which the build installs the project itself.
    pub(super) fn build_line(self) -> Option<&'static str> {
        match self {
            Self::Uv => Some("uv sync --locked --no-dev --no-editable"),
            Self::Pip | Self::Poetry | Self::Pdm | Self::Pipenv => None,
        }
    }

    fn variables(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Pip => &[("PIP_CACHE_DIR", PIP_CACHE), ("VIRTUAL_ENV", VENV)],
            Self::Uv => &[
                ("UV_COMPILE_BYTECODE", "1"),
                ("UV_LINK_MODE", "copy"),
                ("UV_CACHE_DIR", UV_CACHE),
                ("UV_PYTHON_DOWNLOADS", "never"),
                ("VIRTUAL_ENV", VENV),
            ],
            Self::Poetry => &[
                ("VIRTUAL_ENV", VENV),
                ("POETRY_VIRTUALENVS_PATH", VENV),
                ("POETRY_VIRTUALENVS_IN_PROJECT", "true"),
            ],
            Self::Pdm => &[("PDM_CHECK_UPDATE", "false")],
            Self::Pipenv => &[
                ("PIPENV_CHECK_UPDATE", "false"),
                ("PIPENV_VENV_IN_PROJECT", "1"),
                ("PIPENV_IGNORE_VIRTUALENVS", "1"),
                // Pipenv itself looks for the newest Python of the machine, which may be one that the builder image has for its
                // packages, and that the image of the app does not have.
                // https://pipenv.pypa.io/en/latest/configuration.html
                ("PIPENV_PYTHON", "/mise/shims/python"),
            ],
        }
    }
}

impl fmt::Display for PackageManager {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Pip => "pip",
            Self::Uv => "uv",
            Self::Poetry => "poetry",
            Self::Pdm => "pdm",
            Self::Pipenv => "pipenv",
        })
    }
}

/// Copies what installing reads, so that a change of the sources alone installs nothing anew; the whole app where a manifest
/// names files of it.
fn copy_install_files(app: &App, step: &mut CommandStep) -> Result<(), AppError> {
    if installing_reads_sources(app)? {
        step.inputs.push(local_layer());
        return Ok(());
    }
    for file in INSTALL_FILES {
        if app.has(file)? {
            step.commands.push(copy_file(file));
        }
    }
    Ok(())
}

fn installing_reads_sources(app: &App) -> Result<bool, AppError> {
    if app.has(REQUIREMENTS)? {
        let text = app.read_text(REQUIREMENTS)?;
        return Ok(text.lines().any(names_files));
    }
    if !app.has(PYPROJECT)? {
        return Ok(false);
    }
    let text = app.read_text(PYPROJECT)?;
    let project: Pyproject = app.read_toml(PYPROJECT)?;
    Ok(text.contains("file://")
        || text.contains("path = ")
        || project
            .tool
            .get("uv")
            .is_some_and(|uv| uv.get("workspace").is_some()))
}

/// Whether a line of requirements names a file or directory of the app
/// (<https://pip.pypa.io/en/stable/reference/requirements-file-format/>).
fn names_files(line: &str) -> bool {
    let line = line.trim_start();
    let options = [
        "-r",
        "--requirement",
        "-c",
        "--constraint",
        "-e",
        "--editable",
        "-f",
        "--find-links",
        "./",
        "../",
    ];
    line == "." || line.contains("file:") || options.iter().any(|option| line.starts_with(option))
}

/// Whether a project names packages that nothing here installs: it has no lock file.
pub(super) fn names_packages_in_vain(app: &App) -> Result<bool, AppError> {
    if PackageManager::detect(app)?.is_some() || !app.has(PYPROJECT)? {
        return Ok(false);
    }
    let pyproject: Pyproject = app.read_toml(PYPROJECT)?;
    Ok(!pyproject.project.dependencies.is_empty())
}

/// What planning reads of `pyproject.toml`
/// (<https://packaging.python.org/en/latest/specifications/pyproject-toml/>).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Pyproject {
    project: Project,
    tool: Table,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Project {
    dependencies: Vec<String>,
}

//! Python.
//!
//! Rules: <https://github.com/railwayapp/railpack/tree/v0.37.0/core/providers/python>,
//! <https://railpack.com/languages/python>.

mod dependencies;
mod django;
mod package_manager;
#[cfg(test)]
mod tests;
mod versions;

use super::{Provider, playwright};
use crate::analyze::app::AppError;
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::parts::{exec, local_layer, shell_word, step_layer, step_paths};
use crate::analyze::steps::CommandStep;
use dependencies::Dependencies;
#[cfg(feature = "frontend")]
pub(crate) use dependencies::MANIFESTS as SEARCHED_MANIFESTS;
#[cfg(feature = "frontend")]
pub(crate) use django::MODULES as DJANGO_FILES;
use django::Settings;
use package_manager::{PIPFILE, PYPROJECT, PackageManager, REQUIREMENTS};

/// Where an app starts, in the order in which it counts.
const MAIN_FILES: [&str; 6] = [
    "main.py",
    "app.py",
    "start.py",
    "bot.py",
    "hello.py",
    "server.py",
];
const MANIFESTS: [&str; 3] = [REQUIREMENTS, PYPROJECT, PIPFILE];
/// With this file Django's commands are run.
const MANAGE_FILE: &str = "manage.py";
/// The app's virtual environment.
const VENV: &str = "/app/.venv";
/// Where programs are that package managers install for the user.
const LOCAL_PROGRAMS: &str = "/root/.local/bin";
/// Where Playwright keeps its browsers.
const BROWSERS: &str = "/root/.cache/ms-playwright";
/// The switch that installs Playwright's browser.
const PLAYWRIGHT_SWITCH: &str = "PYTHON_PLAYWRIGHT_INSTALL";
/// Variables that package managers read when they install.
const SECRET_PREFIXES: [&str; 6] = ["PYTHON", "PIP", "PIPX", "UV", "PDM", "POETRY"];
/// The environment of installing, and of the app.
const VARIABLES: [(&str, &str); 6] = [
    ("PYTHONFAULTHANDLER", "1"),
    ("PYTHONUNBUFFERED", "1"),
    ("PYTHONHASHSEED", "random"),
    ("PYTHONDONTWRITEBYTECODE", "1"),
    ("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
    ("PIP_DEFAULT_TIMEOUT", "100"),
];
/// Debian packages that packages of Python need to be built.
const BUILD_PACKAGES: [(&str, &[&str]); 1] = [("pycairo", &["libcairo2-dev"])];
/// Debian packages that they need when the app runs.
const RUNTIME_PACKAGES: [(&str, &[&str]); 4] = [
    ("pycairo", &["libcairo2"]),
    ("pdf2image", &["poppler-utils"]),
    ("pydub", &["ffmpeg"]),
    (
        "pymovie",
        &[
            "ffmpeg",
            "qt5-qmake",
            "qtbase5-dev",
            "qtbase5-dev-tools",
            "qttools5-dev-tools",
            "libqt5core5a",
            "python3-pyqt5",
        ],
    ),
];

const START_COMMAND_HELP: &str = "for a Python app these are looked at, in this order:
1. Flask with gunicorn, FastAPI or FastHTML with uvicorn, and one of the files below
2. Django: manage.py, and WSGI_APPLICATION in its settings or the variable RAILPACK_DJANGO_APP_NAME
3. main.py, app.py, start.py, bot.py, hello.py, server.py";

/// The provider of Python apps.
pub(super) struct PythonProvider;

impl Provider for PythonProvider {
    fn name(&self) -> &'static str {
        "python"
    }

    fn detect(&self, context: &Context<'_>) -> Result<bool, AnalyzeError> {
        let app = context.app;
        Ok(app.first_of(&MAIN_FILES)?.is_some() || app.first_of(&MANIFESTS)?.is_some())
    }

    fn plan(&self, context: &mut Context<'_>) -> Result<(), AnalyzeError> {
        let python = Python::read(context)?;
        python.note_findings(context);
        if package_manager::names_packages_in_vain(context.app)? {
            context.messages.warning(format!(
                "{PYPROJECT} names packages, and nothing installs them: add the lock file of uv, Poetry or PDM, or a {REQUIREMENTS}"
            ));
        }
        versions::request(context)?;
        PackageManager::request(context)?;
        versions::follow(context)?;
        python.add_debian_packages(context);

        let mut install = CommandStep::new("install");
        install.inputs.push(step_layer(&context.mise.name));
        install.use_secrets_with_prefixes(context.environment, &SECRET_PREFIXES);
        let mut build = CommandStep::new("build");
        build
            .inputs
            .extend([step_layer(&install.name), local_layer()]);
        let mut installed = Vec::new();
        if let Some(manager) = python.package_manager {
            install.variables.extend(variables());
            manager.install(context, &mut install)?;
            build.commands.extend(manager.build_line().map(exec));
            installed.push(VENV);
        }
        if context.environment.flag(PLAYWRIGHT_SWITCH) {
            install.commands.push(exec(playwright::INSTALL));
            installed.push(BROWSERS);
        }

        context.deploy.start_command = python.start_command();
        context.deploy.variables.extend(variables());
        context.deploy.inputs.extend(context.mise.layer());
        if !installed.is_empty() {
            context
                .deploy
                .inputs
                .push(step_paths(&build.name, &installed, &[]));
        }
        context
            .deploy
            .inputs
            .push(step_paths(&build.name, &["."], &[".venv"]));
        context.add_step(install);
        context.add_step(build);
        Ok(())
    }

    fn start_command_help(&self) -> Option<&'static str> {
        Some(START_COMMAND_HELP)
    }
}

/// An app of Python.
struct Python {
    package_manager: Option<PackageManager>,
    dependencies: Dependencies,
    main_file: Option<&'static str>,
    /// What its settings say, if it is one of Django.
    django: Option<Settings>,
}

impl Python {
    fn read(context: &Context<'_>) -> Result<Self, AppError> {
        let app = context.app;
        let dependencies = Dependencies::read(app)?;
        let django = if dependencies.has("django") {
            Some(Settings::find(app, context.environment)?)
        } else {
            None
        };
        Ok(Self {
            package_manager: PackageManager::detect(app)?,
            main_file: app.first_of(&MAIN_FILES)?,
            django: django.filter(|_| matches!(app.has(MANAGE_FILE), Ok(true))),
            dependencies,
        })
    }

    fn note_findings(&self, context: &mut Context<'_>) {
        if let Some(manager) = self.package_manager {
            context
                .messages
                .info(format!("using the package manager {manager}"));
        }
        let manager = self.package_manager.unwrap_or(PackageManager::Pip);
        context
            .metadata
            .insert("pythonPackageManager".to_owned(), manager.to_string());
        context
            .metadata
            .insert("pythonRuntime".to_owned(), self.framework().to_owned());
    }

    fn framework(&self) -> &'static str {
        if self.django.is_some() {
            "django"
        } else if self.dependencies.has("flask") {
            "flask"
        } else if self.dependencies.has("fastapi") {
            "fastapi"
        } else if self.dependencies.has("python-fasthtml") {
            "fasthtml"
        } else {
            "python"
        }
    }

    /// Adds the Debian packages that the app's packages are known to need.
    fn add_debian_packages(&self, context: &mut Context<'_>) {
        let mut build: Vec<&str> = needed(&self.dependencies, &BUILD_PACKAGES);
        let mut runtime: Vec<&str> = needed(&self.dependencies, &RUNTIME_PACKAGES);
        if self.uses_postgresql() {
            build.push("libpq-dev");
            runtime.push("libpq5");
        }
        if self.dependencies.has("mysqlclient")
            || self.django.as_ref().is_some_and(|django| django.uses_mysql)
        {
            build.push("default-libmysqlclient-dev");
            runtime.push("default-mysql-client");
        }
        if context.environment.flag(PLAYWRIGHT_SWITCH) {
            context
                .messages
                .info("adding Playwright's browser, and the libraries that it needs");
            runtime.extend(playwright::PACKAGES);
        } else if self.dependencies.has("playwright") {
            context.messages.suggestion(format!(
                "set RAILPACK_{PLAYWRIGHT_SWITCH}=1 if the app drives a browser with Playwright when it runs"
            ));
        }
        for package in build {
            context.mise.apt_packages.push(package.to_owned());
        }
        context.deploy.add_apt_packages(&runtime);
    }

    /// Whether a package is compiled with, or loads, the library of `PostgreSQL`. The binary packages bring their own.
    fn uses_postgresql(&self) -> bool {
        let has = |name| self.dependencies.has(name);
        if has("psycopg2-binary") || self.dependencies.has_with("psycopg", "binary") {
            return false;
        }
        let django = self.django.as_ref();
        has("psycopg2") || has("psycopg") || django.is_some_and(|django| django.uses_postgresql)
    }

    fn start_command(&self) -> Option<String> {
        let has = |name| self.dependencies.has(name);
        let has_uvicorn = has("uvicorn") || self.dependencies.has_with("fastapi", "standard");
        if let Some(module) = self.main_file.and_then(|file| file.strip_suffix(".py")) {
            if has("flask") && has("gunicorn") {
                return Some(format!(
                    "gunicorn --bind 0.0.0.0:${{PORT:-8000}} {module}:app"
                ));
            }
            if (has("fastapi") || has("python-fasthtml")) && has_uvicorn {
                return Some(format!(
                    "uvicorn {module}:app --host 0.0.0.0 --port ${{PORT:-8000}}"
                ));
            }
        }
        let django = self.django.as_ref();
        if let Some(application) = django.and_then(|django| django.application.as_deref()) {
            return Some(format!(
                "python {MANAGE_FILE} migrate && gunicorn --bind 0.0.0.0:${{PORT:-8000}} {}:application",
                shell_word(application)
            ));
        }
        self.main_file.map(|file| format!("python {file}"))
    }
}

fn variables() -> impl Iterator<Item = (String, String)> {
    VARIABLES
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
}

/// The Debian packages of a table that the app's packages need.
fn needed(
    dependencies: &Dependencies,
    table: &[(&str, &'static [&'static str])],
) -> Vec<&'static str> {
    table
        .iter()
        .filter(|(name, _)| dependencies.has(name))
        .flat_map(|(_, packages)| packages.iter().copied())
        .collect()
}

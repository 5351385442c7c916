//! Whole plans of small apps.

use crate::analyze::app::memory::Memory;
use crate::analyze::testing::{commands, package, plan, start_command, step, warnings};
use crate::analyze::{Analysis, Level};

fn app(files: &[(&str, &str)]) -> Memory {
    files.iter().fold(Memory::default(), |tree, (path, text)| {
        tree.file(path, text)
    })
}

fn install(files: &[(&str, &str)]) -> String {
    commands(&plan(app(files), &[]), "install").join("\n")
}

#[test]
fn each_package_manager_installs_by_its_files() {
    let plans = [
        install(&[("requirements.txt", "flask\n"), ("uv.lock", "")]),
        install(&[
            ("pyproject.toml", "[project]\n"),
            ("uv.lock", ""),
            ("poetry.lock", ""),
        ]),
        install(&[("pyproject.toml", ""), ("poetry.lock", "")]),
        install(&[("pyproject.toml", ""), ("pdm.lock", "")]),
        install(&[("Pipfile", ""), ("Pipfile.lock", "{}")]),
        install(&[("Pipfile", "")]),
        install(&[("pyproject.toml", "[project]\n"), ("main.py", "")]),
    ];
    insta::assert_snapshot!(plans.join("\n---\n"), @"
    python -m venv /app/.venv
    PATH /app/.venv/bin
    COPY requirements.txt requirements.txt
    COPY uv.lock uv.lock
    pip install -r requirements.txt
    ---
    COPY pyproject.toml pyproject.toml
    COPY poetry.lock poetry.lock
    COPY uv.lock uv.lock
    PATH /root/.local/bin
    PATH /app/.venv/bin
    uv sync --locked --no-dev --no-install-project
    ---
    COPY pyproject.toml pyproject.toml
    COPY poetry.lock poetry.lock
    PATH /root/.local/bin
    PATH /app/.venv/bin
    poetry install --no-interaction --no-ansi --only main --no-root
    ---
    COPY pyproject.toml pyproject.toml
    COPY pdm.lock pdm.lock
    PATH /root/.local/bin
    PATH /app/.venv/bin
    pdm install --check --prod --no-editable
    ---
    PATH /root/.local/bin
    PATH /app/.venv/bin
    COPY Pipfile Pipfile
    COPY Pipfile.lock Pipfile.lock
    pipenv install --deploy --ignore-pipfile
    ---
    PATH /root/.local/bin
    PATH /app/.venv/bin
    COPY Pipfile Pipfile
    pipenv install --skip-lock
    ---
    ");
}

#[test]
fn a_project_of_uv_is_installed_by_the_build() {
    let files = [("pyproject.toml", ""), ("uv.lock", ""), ("main.py", "")];
    let analysis = plan(app(&files), &[]);
    assert_eq!(
        commands(&analysis, "build"),
        ["uv sync --locked --no-dev --no-editable"]
    );
    let tools = &step(&analysis, "packages:mise").assets["generated-mise-toml"];
    let (tools, settings) = tools.split_once("\n\n").unwrap();
    assert_eq!(tools, "[tools]\npython = \"3.13\"\nuv = \"latest\"");
    assert!(
        settings.contains("[settings.python]\ncompile = false"),
        "{settings}"
    );
}

#[test]
fn installing_has_the_whole_app_where_a_manifest_names_files_of_it() {
    for files in [
        vec![("requirements.txt", "-r base.txt\n")],
        vec![("requirements.txt", "flask\n-e .\n")],
        vec![("requirements.txt", "./libs/db\n")],
        vec![("requirements.txt", "db @ file:///app/db\n")],
        vec![
            ("pyproject.toml", "[tool.uv.workspace]\nmembers = ['a']\n"),
            ("uv.lock", ""),
        ],
        vec![
            (
                "pyproject.toml",
                "[tool.poetry.dependencies]\ndb = {path = \"db\"}\n",
            ),
            ("poetry.lock", ""),
        ],
    ] {
        let analysis = plan(app(&files), &[]);
        assert_eq!(step(&analysis, "install").inputs.len(), 2, "{files:?}");
        assert!(
            !commands(&analysis, "install")
                .iter()
                .any(|line| line.starts_with("COPY"))
        );
    }
    let analysis = plan(app(&[("requirements.txt", "requests\n")]), &[]);
    assert_eq!(step(&analysis, "install").inputs.len(), 1);
}

#[test]
fn packages_that_nothing_installs_are_told() {
    let told = |files: &[(&str, &str)]| {
        let analysis = plan(app(files), &[]);
        let warnings = warnings(&analysis).into_iter();
        warnings.map(str::to_owned).collect::<Vec<_>>()
    };
    let project = ("pyproject.toml", "[project]\ndependencies = ['flask']\n");
    let main = ("main.py", "");
    insta::assert_snapshot!(told(&[project, main])[0], @"pyproject.toml names packages, and nothing installs them: add the lock file of uv, Poetry or PDM, or a requirements.txt");
    assert!(told(&[project, ("uv.lock", ""), main]).is_empty());
    assert!(told(&[("pyproject.toml", "[project]\n"), main]).is_empty());
}

#[test]
fn the_version_is_the_settings_then_that_of_mise_then_of_runtime_txt_then_of_the_pipfile() {
    let pipfile = (
        "Pipfile",
        "[requires]\npython_version = \"3.10\"\npython_full_version = '3.10.4'\n",
    );
    let runtime = ("runtime.txt", "python-3.11.7\n");
    let file = (".python-version", "3.12\n");
    let version = |files: &[(&str, &str)], variables: &[(&str, &str)]| {
        let analysis = plan(app(files), variables);
        let (version, origin) = package(&analysis, "python").unwrap();
        format!("{version} ({origin})")
    };
    let setting = [("RAILPACK_PYTHON_VERSION", "3.9")];
    insta::assert_snapshot!([
        version(&[pipfile, runtime, file], &setting),
        version(&[pipfile, runtime, file], &[]),
        version(&[pipfile, runtime], &[]),
        version(&[pipfile], &[]),
        version(&[("main.py", "")], &[]),
    ].join("\n"), @"
    3.9 (RAILPACK_PYTHON_VERSION)
    3.12 (.python-version)
    3.11.7 (runtime.txt)
    3.10.4 (Pipfile > python_full_version)
    3.13 (railpack default)
    ");
    // What the plan says is what mise is told.
    let variable = |files: &[(&str, &str)], variables: &[(&str, &str)]| {
        let analysis = plan(app(files), variables);
        let variables = &step(&analysis, "packages:mise").variables;
        let variable = variables.get("MISE_PYTHON_VERSION");
        variable.map(|variable| variable.value.clone())
    };
    let main = ("main.py", "");
    assert_eq!(variable(&[main, file], &setting).as_deref(), Some("3.9"));
    assert_eq!(variable(&[main, file], &[]), None);
    assert_eq!(variable(&[main], &setting), None);
}

#[test]
fn a_framework_is_started_by_its_server() {
    let start = |files: &[(&str, &str)], variables: &[(&str, &str)]| {
        let analysis = plan(app(files), variables);
        start_command(&analysis).unwrap_or("none").to_owned()
    };
    let settings = (
        "shop/settings.py",
        "WSGI_APPLICATION = 'shop.wsgi.application'\n",
    );
    let django = [
        ("requirements.txt", "Django==5\n"),
        ("manage.py", ""),
        settings,
    ];
    insta::assert_snapshot!([
        start(&[("requirements.txt", "flask\ngunicorn\n"), ("app.py", "")], &[]),
        start(&[("requirements.txt", "flask\n"), ("main.py", "")], &[]),
        start(&[("requirements.txt", "fastapi[standard]\n"), ("server.py", "")], &[]),
        start(&[("requirements.txt", "python-fasthtml\nuvicorn\n"), ("main.py", "")], &[]),
        start(&django, &[]),
        start(&django, &[("RAILPACK_DJANGO_APP_NAME", "other.wsgi")]),
        start(&[("requirements.txt", "django\n"), settings, ("main.py", "")], &[]),
        start(&[("requirements.txt", "requests\n")], &[]),
        start(&[("bot.py", "")], &[]),
    ].join("\n"), @"
    gunicorn --bind 0.0.0.0:${PORT:-8000} app:app
    python main.py
    uvicorn server:app --host 0.0.0.0 --port ${PORT:-8000}
    uvicorn main:app --host 0.0.0.0 --port ${PORT:-8000}
    python manage.py migrate && gunicorn --bind 0.0.0.0:${PORT:-8000} shop.wsgi:application
    python manage.py migrate && gunicorn --bind 0.0.0.0:${PORT:-8000} other.wsgi:application
    python main.py
    none
    python bot.py
    ");
}

#[test]
fn debian_packages_follow_from_the_apps_packages() {
    let apt = |analysis: &Analysis, name: &str| {
        let steps = &analysis.plan.steps;
        let is_there = steps.iter().any(|step| step.name.value == name);
        if is_there {
            commands(analysis, name).join(" ")
        } else {
            "nothing".to_owned()
        }
    };
    let lines: Vec<_> = [
        ("psycopg2\n", ""),
        ("psycopg[c]\nmysqlclient\n", ""),
        ("psycopg[binary]\n", ""),
        ("psycopg2-binary\n", ""),
        ("django\n", "ENGINE = 'django.db.backends.postgresql'"),
        ("pycairo\npydub\n", ""),
        ("requests\n", "ENGINE = 'django.db.backends.postgresql'"),
    ]
    .into_iter()
    .map(|(requirements, settings)| {
        let files = [
            ("requirements.txt", requirements),
            ("manage.py", ""),
            ("a/settings.py", settings),
        ];
        let analysis = plan(app(&files), &[]);
        format!(
            "{} | {}",
            apt(&analysis, "packages:apt:build"),
            apt(&analysis, "packages:apt:runtime")
        )
    })
    .collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    sh -c 'apt-get update && apt-get install -y libpq-dev' | sh -c 'apt-get update && apt-get install -y libpq5'
    sh -c 'apt-get update && apt-get install -y default-libmysqlclient-dev libpq-dev' | sh -c 'apt-get update && apt-get install -y default-mysql-client libpq5'
    nothing | nothing
    nothing | nothing
    sh -c 'apt-get update && apt-get install -y libpq-dev' | sh -c 'apt-get update && apt-get install -y libpq5'
    sh -c 'apt-get update && apt-get install -y libcairo2-dev' | sh -c 'apt-get update && apt-get install -y ffmpeg libcairo2'
    nothing | nothing
    ");
}

#[test]
fn playwright_is_installed_if_asked_for() {
    let files = [("requirements.txt", "playwright\n"), ("main.py", "")];
    let without = plan(app(&files), &[]);
    assert!(without.messages.iter().any(|message| {
        message.level == Level::Suggestion
            && message.text.contains("RAILPACK_PYTHON_PLAYWRIGHT_INSTALL")
    }));
    let with = plan(app(&files), &[("RAILPACK_PYTHON_PLAYWRIGHT_INSTALL", "1")]);
    assert_eq!(
        commands(&with, "install").last().map(String::as_str),
        Some("playwright install --only-shell")
    );
    assert!(
        commands(&with, "packages:apt:runtime")
            .join(" ")
            .contains("libxkbcommon0")
    );
    assert!(with.plan.to_json().contains("/root/.cache/ms-playwright"));
}

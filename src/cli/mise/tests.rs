use tempfile::TempDir;

use super::*;

/// A directory with an executable `mise` that runs a shell script.
fn with_script(script: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let program = directory.path().join("mise");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    directory
}

fn find(directory: &TempDir, app: &Path) -> Option<Mise> {
    let path = format!("relative:{}:/usr/bin:/bin", directory.path().display());
    let variable = |name: &str| match name {
        "PATH" => Some(path.clone()),
        "TMPDIR" => Some(directory.path().display().to_string()),
        "SECRET" => Some("secret".to_owned()),
        _ => None,
    };
    Mise::find(app, &variable, &Arc::default())
}

fn mise(directory: &TempDir) -> Mise {
    let app = tempfile::tempdir().unwrap();
    find(directory, app.path()).unwrap()
}

#[test]
fn mise_says_which_version_is_newest() {
    let directory = with_script(r#"[ "$*" = "latest -- node@22" ] && echo 22.19.0"#);
    assert_eq!(mise(&directory).newest("node", "22").unwrap(), "22.19.0");
    let directory = with_script(r#"[ "$MISE_MINIMUM_RELEASE_AGE" = 0s ] && echo 22.20.0"#);
    assert_eq!(mise(&directory).newest("node", "22").unwrap(), "22.20.0");
    let directory = with_script(r#"[ "$*" = "ls-remote -- node" ] && printf '1.0.0\n2.0.0\n'"#);
    assert_eq!(
        mise(&directory).versions("node").unwrap(),
        ["1.0.0", "2.0.0"]
    );
}

#[test]
fn mise_sees_nothing_of_the_user_and_leaves_nothing_behind() {
    let directory = with_script("env | cut -d= -f1 | sort | tr '\\n' ' '; ls -A; touch x ~/x");
    let mise = mise(&directory);
    insta::assert_snapshot!(mise.newest("node", "22").unwrap(), @"HOME MISE_AUTO_INSTALL MISE_CACHE_DIR MISE_CONFIG_DIR MISE_DATA_DIR MISE_DISABLE_BACKENDS MISE_FETCH_REMOTE_VERSIONS_TIMEOUT MISE_HTTP_RETRIES MISE_HTTP_TIMEOUT MISE_MINIMUM_RELEASE_AGE MISE_NOT_FOUND_AUTO_INSTALL MISE_NO_CONFIG MISE_NO_ENV MISE_NO_HOOKS MISE_PARANOID MISE_STATE_DIR MISE_SYSTEM_CONFIG_DIR MISE_SYSTEM_DIR NO_COLOR PATH PWD TMPDIR");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
    drop(mise);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn a_mise_of_the_app_is_not_run() {
    let directory = with_script("echo 1.0.0");
    assert!(find(&directory, directory.path()).is_none());
}

#[test]
fn what_mise_cannot_say_is_an_error() {
    let problem = |script: &str, time_limit: Duration| {
        let directory = with_script(script);
        let mut mise = mise(&directory);
        mise.time_limit = time_limit;
        let error = mise.newest("node", "22").unwrap_err();
        format!("{error} ({})", error.is_final)
    };
    let minute = Duration::from_secs(60);
    let problems = [
        problem("echo", minute),
        problem(
            "echo first >&2; printf 'mise ERROR \\033[1mno network\\n\\n' >&2; exit 3",
            minute,
        ),
        problem("kill -9 $$", minute),
        problem("sleep 60", Duration::ZERO),
    ];
    insta::assert_snapshot!(problems.join("\n"), @"
    it knows no such version (false)
    it ended with exit status: 3: mise ERROR [1mno network (false)
    it ended with signal: 9 (SIGKILL) (false)
    it gave no answer within 0 s (true)
    ");
}

#[test]
fn endless_output_is_cut_off() {
    let directory = with_script("yes 1.0.0; exit 0");
    let versions = mise(&directory).versions("node").unwrap();
    assert!(versions.len() < 200_000);
}

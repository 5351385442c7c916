//! Commands, caches and what runs them.

use super::*;

#[test]
fn command_lines_are_split_into_words_and_run_in_the_app_directory() {
    let decoded = converted(&plan(
        r#"{"name": "last", "inputs": [{"image": "builder"}], "commands": [{"cmd": "sh -c 'echo \"a b\"' x", "customName": "say"}]}"#,
    ));
    let meta = decoded.exec("[last] say").1.meta.clone().unwrap();
    assert_eq!(meta.args, ["sh", "-c", "echo \"a b\"", "x"]);
    assert_eq!(meta.cwd, "/app");
}

/// The directory may be there already, left by an engine that had mounted the cache: what is copied would go into it.
#[test]
fn a_directory_is_copied_over_one_that_a_cache_is_in() {
    let json = plan(
        r#"{"name": "last", "inputs": [{"image": "builder"}], "caches": ["c"],
            "commands": [{"src": ".yarn", "dest": ".yarn"}, {"src": ".ya", "dest": ".ya"}, {"src": "x", "dest": ".yarn/cache"}]}"#,
    )
    .replace(
        r#""steps""#,
        r#""caches": {"c": {"directory": ".yarn/cache"}}, "steps""#,
    );
    let decoded = converted(&json);
    let copies = decoded
        .copies("[last] copy .yarn, copy .ya, copy x to .yarn/cache")
        .into_iter()
        .map(|copy| (copy.dest.as_str(), copy.dir_copy_contents));
    assert_eq!(
        copies.collect::<Vec<_>>(),
        [
            ("/app/.yarn", true),
            ("/app/.ya", false),
            ("/app/.yarn/cache", false)
        ]
    );
}

#[test]
fn copies_and_files_between_commands_are_one_op() {
    let decoded = converted(&plan(
        r#"{"name": "last", "inputs": [{"image": "builder"}],
            "assets": {"config": "on"},
            "commands": [
              {"src": "package.json", "dest": "package.json"},
              {"src": "src/*.js", "dest": "lib/"},
              {"image": "caddy:2", "src": "/usr/bin/caddy", "dest": "/bin/caddy"},
              {"path": "/etc/tool/config", "name": "config", "mode": 384, "customName": "configure"},
              {"cmd": "tool"}]}"#,
    ));
    let name = "[last] copy package.json, copy src/*.js to lib/, copy /usr/bin/caddy from caddy:2 to /bin/caddy, configure";
    let actions = decoded.actions(name);
    let [
        pb::file_action::Action::Copy(package),
        pb::file_action::Action::Copy(sources),
        pb::file_action::Action::Copy(caddy),
        pb::file_action::Action::Mkdir(directory),
        pb::file_action::Action::Mkfile(file),
    ] = actions.as_slice()
    else {
        panic!("{actions:?}")
    };
    assert_eq!(
        (package.src.as_str(), package.dest.as_str()),
        ("/package.json", "/app/package.json")
    );
    assert_eq!(
        (sources.src.as_str(), sources.dest.as_str()),
        ("/src/*.js", "/app/lib/")
    );
    assert_eq!(
        (caddy.src.as_str(), caddy.dest.as_str()),
        ("/usr/bin/caddy", "/bin/caddy")
    );
    for copy in [package, sources, caddy] {
        assert!(
            copy.allow_wildcard
                && copy.allow_empty_wildcard
                && copy.create_dest_path
                && copy.follow_symlink
        );
        assert!(!copy.dir_copy_contents);
        assert_eq!((copy.mode, copy.timestamp), (-1, -1));
    }
    assert_eq!(
        (
            directory.path.as_str(),
            directory.mode,
            directory.make_parents
        ),
        ("/etc/tool", 0o755, true)
    );
    assert_eq!(
        (file.path.as_str(), file.mode, file.data.as_slice()),
        ("/etc/tool/config", 0o600, b"on".as_slice())
    );
    assert_eq!(file.timestamp, 315_532_801_000_000_000);
    let file_op = decoded.named(name);
    assert_eq!(decoded.input(decoded.exec("[last] tool").0, 0), file_op);
    assert_eq!(
        Decoded::source(decoded.input(file_op, 1)).identifier,
        "local://context"
    );
    assert_eq!(
        Decoded::source(decoded.input(file_op, 2)).identifier,
        "docker-image://docker.io/library/caddy:2"
    );
}

#[test]
fn a_time_that_is_given_goes_into_written_files() {
    let options = ConvertOptions {
        source_date_epoch: Some(1_700_000_000),
        ..modern()
    };
    let decoded = converted_with(
        &plan(
            r#"{"name": "last", "inputs": [{"image": "builder"}], "assets": {"a": ""}, "commands": [{"path": "/a", "name": "a"}]}"#,
        ),
        &options,
    );
    let [pb::file_action::Action::Mkfile(file)] = decoded.actions("[last] write /a")[..] else {
        panic!()
    };
    assert_eq!(file.timestamp, 1_700_000_000_000_000_000);
}

#[test]
fn caches_are_mounted_under_the_key_of_the_build() {
    let json = plan(r#"{"name": "last", "inputs": [{"image": "builder"}], "caches": ["npm", "apt", "npm"], "commands": [{"cmd": "true"}]}"#)
        .replacen('{', r#"{"caches": {"npm": {"directory": "target"}, "apt": {"directory": "/var/cache/apt", "type": "locked"}}, "#, 1);
    let mounts = |options: &ConvertOptions| {
        let decoded = converted_with(&json, options);
        let mounts = decoded.exec("[last] true").1.mounts.clone().into_iter();
        let caches = mounts.filter_map(|mount| {
            mount.cache_opt.map(|cache| {
                (
                    mount.dest,
                    cache.id,
                    cache.sharing,
                    mount.input,
                    mount.output,
                )
            })
        });
        caches.collect::<Vec<_>>()
    };
    let (shared, locked) = (
        pb::CacheSharingOpt::Shared as i32,
        pb::CacheSharingOpt::Locked as i32,
    );
    assert_eq!(
        mounts(&modern()),
        [
            ("/app/target".to_owned(), "npm".to_owned(), shared, -1, -1),
            (
                "/var/cache/apt".to_owned(),
                "apt".to_owned(),
                locked,
                -1,
                -1
            )
        ]
    );
    let keyed = mounts(&ConvertOptions {
        cache_key: Some("team".to_owned()),
        ..modern()
    });
    assert_eq!(
        keyed
            .iter()
            .map(|mount| mount.1.as_str())
            .collect::<Vec<_>>(),
        ["team-npm", "team-apt"]
    );
}

#[test]
fn the_token_for_github_goes_to_mise_install_alone() {
    let json = plan(
        r#"{"name": "last", "inputs": [{"image": "builder"}], "commands": [{"cmd": "mise install"}, {"cmd": "npm ci"}]}"#,
    );
    let options = ConvertOptions {
        github_token: Some("t".to_owned()),
        ..modern()
    };
    let decoded = converted_with(&json, &options);
    assert_eq!(
        decoded.environment("[last] mise install"),
        ["GITHUB_TOKEN=t"]
    );
    assert!(decoded.environment("[last] npm ci").is_empty());
    let secret = json.replacen('{', r#"{"secrets": ["GITHUB_TOKEN"], "#, 1);
    assert!(
        converted_with(&secret, &options)
            .environment("[last] mise install")
            .is_empty()
    );
}

#[test]
fn steps_without_cache_run_again() {
    let json = plan(
        r#"{"name": "first", "inputs": [{"image": "builder"}], "commands": [{"cmd": "one"}]},
           {"name": "last", "inputs": [{"step": "first"}], "commands": [{"cmd": "two"}]}"#,
    );
    let ignored = |no_cache: NoCache| {
        let decoded = converted_with(
            &json,
            &ConvertOptions {
                no_cache,
                ..modern()
            },
        );
        ["[first] one", "[last] two"].map(|name| {
            let metadata = &decoded.definition.metadata[&decoded.names[name]];
            pb::OpMetadata::decode(&**metadata).unwrap().ignore_cache
        })
    };
    assert_eq!(ignored(NoCache::Never), [false, false]);
    assert_eq!(ignored(NoCache::All), [true, true]);
    assert_eq!(
        ignored(NoCache::Steps(["last".to_owned()].into())),
        [false, true]
    );
}

//! Secrets that are files, and secrets on an engine that gives files alone.

use super::secrets::*;
use super::*;

/// A step with two files of secrets, one with a file and one with none.
fn file_plan() -> String {
    let steps = r#"
        {"name": "none", "inputs": [{"image": "builder"}], "secrets": ["*"], "commands": [{"cmd": "none"}]},
        {"name": "one", "inputs": [{"step": "none"}], "secretFiles": [{"id": "npmrc", "path": "~/.npmrc"}],
         "commands": [{"cmd": "one"}]},
        {"name": "all", "inputs": [{"step": "one"}], "secrets": ["*"], "secretFiles": [{"id": "netrc", "path": ".netrc", "mode": 292},
         {"id": "npmrc", "path": "/etc/../npmrc"}], "commands": [{"cmd": "all"}]}"#;
    let plan = plan(steps).replace(r#""last""#, r#""all""#);
    plan.replacen('{', r#"{"secrets": ["TOKEN", "netrc", "npmrc"], "#, 1)
}

/// The id, place and permission bits of each secret that an exec has as a file.
fn secret_mounts(exec: &pb::ExecOp) -> Vec<(&str, &str, u32)> {
    let mounts = exec.mounts.iter().filter_map(|mount| {
        let secret = mount.secret_opt.as_ref()?;
        assert!(secret.optional && mount.input == -1);
        assert_eq!(mount.mount_type, pb::MountType::Secret as i32);
        Some((&*secret.id, &*mount.dest, secret.mode))
    });
    mounts.collect()
}

#[test]
fn a_secret_that_is_a_file_of_a_step_is_there_and_nowhere_else() {
    let decoded = converted(&file_plan());
    let mounts = |name: &str| secret_mounts(decoded.exec(name).1);
    assert_eq!(mounts("[none] none"), []);
    assert_eq!(mounts("[one] one"), [("npmrc", "/root/.npmrc", 0o400)]);
    assert_eq!(
        mounts("[all] all"),
        [("netrc", "/app/.netrc", 0o444), ("npmrc", "/npmrc", 0o400)]
    );
    for name in ["[none] none", "[one] one", "[all] all"] {
        let variables = decoded.exec(name).1.secretenv.iter();
        let variables: Vec<_> = variables.map(|secret| &*secret.name).collect();
        assert_eq!(variables, ["TOKEN"]);
    }
}

#[test]
fn a_step_has_the_hash_of_its_own_files() {
    let options = ConvertOptions {
        secrets_hash: SecretsHash::Fingerprint(fingerprint()),
        ..modern()
    };
    let decoded = converted_with(&file_plan(), &options);
    let (_, exec) = decoded.exec("[internal] hash the secrets");
    assert_eq!(
        exec.meta.as_ref().unwrap().args[3..],
        [
            "/run/railpack/secret-files",
            r#"["TOKEN","netrc","npmrc"]"#,
            r#"["TOKEN"]"#,
            r#"["TOKEN","netrc","npmrc"]"#,
            r#"["npmrc"]"#
        ]
    );
    assert_eq!(
        secret_mounts(exec),
        [
            ("netrc", "/run/railpack/secret-files/1", 0o400),
            ("npmrc", "/run/railpack/secret-files/2", 0o400)
        ]
    );
    let variables: Vec<_> = exec.secretenv.iter().map(|secret| &*secret.id).collect();
    assert_eq!(variables, ["TOKEN"]);
    let selector = |name: &str| {
        let mounts = &decoded.exec(name).1.mounts;
        let mut mounts = mounts.iter();
        let hash = mounts.find(|mount| mount.dest == "/run/railpack/secrets-hash");
        hash.unwrap().selector.clone()
    };
    let selectors = ["[none] none", "[one] one", "[all] all"].map(selector);
    assert_eq!(
        selectors,
        [
            "/run/railpack/fingerprint/0",
            "/run/railpack/fingerprint/2",
            "/run/railpack/fingerprint/1"
        ]
    );
}

/// Docker 20.10 has secrets as files only.
#[test]
fn files_alone_need_no_engine_with_secrets_in_variables() {
    let json = file_plan().replacen(r#""TOKEN", "#, "", 1);
    let old = CapabilitySet::frozen_defaults();
    assert!(!old.supports(capability::EXEC_SECRET_ENVIRONMENT));
    let options = ConvertOptions {
        capabilities: old,
        secrets_hash: SecretsHash::Given("1".to_owned()),
        ..modern()
    };
    let decoded = converted_with(&json, &options);
    let mounts = &decoded.exec("[one] one").1.mounts;
    assert!(
        mounts
            .iter()
            .any(|mount| mount.dest == "/run/railpack/secrets-hash")
    );
    assert_eq!(decoded.exec("[one] one").1.secretenv, []);
}

/// A program makes variables of files: no value is part of the op.
#[test]
fn an_engine_without_secrets_in_variables_gives_files_to_a_program_in_front() {
    let options = ConvertOptions {
        capabilities: CapabilitySet::frozen_defaults(),
        secrets_hash: SecretsHash::Fingerprint(fingerprint()),
        ..modern()
    };
    let decoded = converted_with(&secret_plan(), &options);
    let (op, exec) = decoded.exec("[one] one");
    assert_eq!(exec.secretenv, []);
    let program = "/run/railpack/secret-variables-program";
    assert_eq!(
        exec.meta.as_ref().unwrap().args,
        ["/bin/sh", &format!("{program}/give"), "one"]
    );
    assert_eq!(
        secret_mounts(exec),
        [
            ("OTHER", "/run/railpack/secret-variables/OTHER", 0o400),
            ("TOKEN", "/run/railpack/secret-variables/TOKEN", 0o400)
        ]
    );
    let mut mounts = exec.mounts.iter();
    let mount = mounts.find(|mount| mount.dest == program).unwrap();
    let input = usize::try_from(mount.input).unwrap();
    let Some(pb::op::Op::File(file)) = &decoded.input(op, input).op else {
        panic!("the program is no file");
    };
    let Some(pb::file_action::Action::Mkfile(file)) = &file.actions[0].action else {
        panic!("the program is not written");
    };
    let text = String::from_utf8_lossy(&file.data);
    assert!(text.starts_with("railpack_names='OTHER TOKEN'\n"), "{text}");

    let (_, exec) = decoded.exec("[internal] hash the secrets");
    assert_eq!(exec.secretenv, []);
    assert_eq!(
        secret_mounts(exec),
        [
            ("OTHER", "/run/railpack/secret-files/0", 0o400),
            ("TOKEN", "/run/railpack/secret-files/1", 0o400)
        ]
    );
}

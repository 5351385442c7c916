//! Certificates that the client offers.

use super::*;

const PLAN: &str = r#"
    {"name": "first", "inputs": [{"image": "builder"}], "variables": {"PIP_CERT": "/mine"}, "commands": [{"cmd": "sh -c 'npm ci'"}]},
    {"name": "last", "inputs": [{"step": "first"}], "commands": [{"src": ".", "dest": "."}, {"cmd": "make all"}]}"#;

fn trusting() -> ConvertOptions {
    ConvertOptions {
        certificates: true,
        ..modern()
    }
}

#[test]
fn each_command_is_run_by_the_program_that_trusts() {
    let decoded = converted_with(&plan(PLAN), &trusting());
    let args = |name: &str| decoded.exec(name).1.meta.clone().unwrap().args;
    let program = ["/bin/sh", "/run/railpack/ca-program/trust"];
    assert_eq!(
        args("[first] sh -c 'npm ci'"),
        [&program[..], &["sh", "-c", "npm ci"]].concat()
    );
    assert_eq!(
        args("[last] make all"),
        [&program[..], &["make", "all"]].concat()
    );

    let (op, exec) = decoded.exec("[last] make all");
    let mount = |destination: &str| {
        let mut mounts = exec.mounts.iter();
        mounts.find(|mount| mount.dest == destination).unwrap()
    };
    assert_eq!(mount("/run/railpack/ca").mount_type(), pb::MountType::Tmpfs);
    let secret = mount("/run/railpack/ca/client.pem");
    assert_eq!(secret.mount_type(), pb::MountType::Secret);
    let secret = secret.secret_opt.as_ref().unwrap();
    assert_eq!(
        (secret.id.as_str(), secret.mode, secret.optional),
        ("railpack-ca", 0o444, false)
    );
    let program = mount("/run/railpack/ca-program");
    assert!(program.readonly);
    let program = decoded.input(op, usize::try_from(program.input).unwrap());
    let Some(pb::op::Op::File(file)) = &program.op else {
        panic!("{program:?}")
    };
    let Some(pb::file_action::Action::Mkfile(file)) = &file.actions[0].action else {
        panic!("{file:?}")
    };
    assert_eq!(file.path, "/trust");
    assert!(String::from_utf8_lossy(&file.data).ends_with("exec \"$@\"\n"));
}

#[test]
fn variables_say_where_the_certificates_are_unless_the_plan_does() {
    let decoded = converted_with(&plan(PLAN), &trusting());
    let environment = decoded.environment("[first] sh -c 'npm ci'");
    assert!(environment.is_sorted());
    for variable in [
        "SSL_CERT_FILE=/run/railpack/ca/bundle.pem",
        "NODE_EXTRA_CA_CERTS=/run/railpack/ca/client.pem",
        "PIP_CERT=/mine",
    ] {
        assert!(
            environment.iter().any(|entry| entry == variable),
            "{variable}"
        );
    }
    assert!(!environment.contains(&"PIP_CERT=/run/railpack/ca/bundle.pem".to_owned()));
    // The image has none of it.
    let image = decoded.image_environment();
    assert!(
        image.iter().all(|entry| !entry.contains("/run/railpack")),
        "{image:?}"
    );
}

/// Not a byte is added for who offers no certificates, and the steps' results are other ones for who does.
#[test]
fn a_build_without_certificates_is_what_it_was() {
    let without = converted(&plan(PLAN));
    let bytes = without.definition.def.concat();
    assert!(!String::from_utf8_lossy(&bytes).contains("railpack/ca"));
    let with = converted_with(&plan(PLAN), &trusting());
    assert_eq!(with.config, without.config);
    assert_ne!(with.definition, without.definition);
}

#[test]
fn certificates_of_the_base_image_give_way() {
    let config = r#"{"config": {"Env": ["SSL_CERT_FILE=/etc/ssl/other.pem", "PIP_CERT=/etc/ssl/other.pem"]}}"#;
    let image = ResolvedImage {
        reference: BUILDER.to_owned(),
        config: config.as_bytes().to_vec(),
    };
    let options = ConvertOptions {
        images: BTreeMap::from([(BUILDER.to_owned(), image)]),
        ..trusting()
    };
    let environment = converted_with(&plan(PLAN), &options).environment("[first] sh -c 'npm ci'");
    assert!(environment.contains(&"SSL_CERT_FILE=/run/railpack/ca/bundle.pem".to_owned()));
    assert!(environment.contains(&"PIP_CERT=/mine".to_owned()));
}

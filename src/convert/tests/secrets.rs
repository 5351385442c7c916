//! Secrets, and what makes steps run again for another value.

use super::*;
use crate::convert::secrets::{SecretSets, fingerprint_definition, uses_secrets};
use crate::llb::{Graph, ImageSource, Metadata, Source};

/// Three steps with secrets and one without.
const STEPS: &str = r#"
    {"name": "none", "inputs": [{"image": "builder"}], "secrets": [], "commands": [{"cmd": "none"}]},
    {"name": "one", "inputs": [{"step": "none"}], "secrets": ["TOKEN"], "commands": [{"cmd": "one"}]},
    {"name": "all", "inputs": [{"step": "none"}], "secrets": ["*"], "commands": [{"cmd": "all"}]},
    {"name": "last", "inputs": [{"step": "one"}, {"step": "all", "include": ["a"]}], "secrets": ["OTHER", "TOKEN", "TOKEN"],
     "commands": [{"cmd": "last"}]}"#;

pub(super) fn secret_plan() -> String {
    plan(STEPS).replacen('{', r#"{"secrets": ["TOKEN", "OTHER"], "#, 1)
}

pub(super) fn fingerprint() -> Fingerprint {
    let mut graph = Graph::new();
    let image = ImageSource {
        reference: "frontend@sha256:0".to_owned(),
        platform: "linux/amd64".parse().unwrap(),
        resolve_mode: None,
        layer_limit: None,
    };
    let image = graph.source(Source::Image(image), Metadata::default());
    Fingerprint {
        image: graph.definition(image, &[], &modern().capabilities),
        program: "/railpack-frontend".to_owned(),
        salt: "salt".to_owned(),
    }
}

/// The mount of the hash in each exec, and the op whose files it shows.
pub(super) fn hash_mounts(decoded: &Decoded) -> BTreeMap<&str, (&pb::Mount, &pb::Op)> {
    let names = ["[none] none", "[one] one", "[all] all", "[last] last"];
    let mounts = names.into_iter().filter_map(|name| {
        let (op, exec) = decoded.exec(name);
        let mut mounts = exec.mounts.iter();
        let mount = mounts.find(|mount| mount.dest == "/run/railpack/secrets-hash")?;
        assert!(mount.readonly && mount.output == -1);
        let input = usize::try_from(mount.input).unwrap();
        Some((name, (mount, decoded.input(op, input))))
    });
    mounts.collect()
}

#[test]
fn every_command_gets_the_secrets_and_the_hash_mounts_only_where_they_are_used() {
    let json = plan(
        r#"{"name": "first", "inputs": [{"image": "builder"}], "commands": [{"cmd": "one"}]},
           {"name": "last", "inputs": [{"step": "first"}], "secrets": ["TOKEN"], "commands": [{"cmd": "two"}]}"#,
    )
    .replacen('{', r#"{"secrets": ["TOKEN", "OTHER"], "#, 1);
    let decoded = converted_with(
        &json,
        &ConvertOptions {
            secrets_hash: SecretsHash::Given("abc".to_owned()),
            ..modern()
        },
    );
    for name in ["[first] one", "[last] two"] {
        let secrets = &decoded.exec(name).1.secretenv;
        let names = secrets
            .iter()
            .map(|secret| (secret.id.as_str(), secret.name.as_str(), secret.optional));
        assert_eq!(
            names.collect::<Vec<_>>(),
            [("TOKEN", "TOKEN", true), ("OTHER", "OTHER", true)]
        );
    }
    let destinations = |name: &str| {
        let mounts = decoded.exec(name).1.mounts.iter();
        mounts
            .map(|mount| (mount.dest.clone(), mount.readonly, mount.output))
            .collect::<Vec<_>>()
    };
    assert_eq!(destinations("[first] one"), [("/".to_owned(), false, 0)]);
    assert_eq!(
        destinations("[last] two"),
        [
            ("/".to_owned(), false, 0),
            ("/run/railpack/secrets-hash".to_owned(), true, -1)
        ]
    );
}

#[test]
fn a_program_of_the_frontends_image_hashes_each_set_of_secrets() {
    let options = ConvertOptions {
        secrets_hash: SecretsHash::Fingerprint(fingerprint()),
        ..modern()
    };
    let decoded = converted_with(&secret_plan(), &options);
    let (op, exec) = decoded.exec("[internal] hash the secrets");
    let meta = exec.meta.as_ref().unwrap();
    assert_eq!(
        meta.args,
        [
            "/railpack-frontend",
            "fingerprint",
            "/run/railpack/fingerprint",
            "/run/railpack/secret-files",
            r#"["OTHER","TOKEN"]"#,
            r#"["OTHER","TOKEN"]"#,
            r#"["TOKEN"]"#
        ]
    );
    assert_eq!(meta.env, ["RAILPACK_FINGERPRINT_SALT=salt"]);
    assert_eq!(exec.network, pb::NetMode::None as i32);
    // On the engine's own platform.
    assert_eq!(op.platform, None);
    let secrets = exec.secretenv.iter();
    let secrets: Vec<_> = secrets
        .map(|secret| (&*secret.id, &*secret.name, secret.optional))
        .collect();
    assert_eq!(
        secrets,
        [("OTHER", "OTHER", true), ("TOKEN", "TOKEN", true)]
    );
    let image = Decoded::source(decoded.input(op, 0));
    assert_eq!(image.identifier, "docker-image://frontend@sha256:0");

    let mounts = hash_mounts(&decoded);
    let selectors = mounts.iter().map(|(name, (mount, input))| {
        assert_eq!(*input, op);
        (*name, &*mount.selector)
    });
    assert_eq!(
        selectors.collect::<Vec<_>>(),
        [
            ("[all] all", "/run/railpack/fingerprint/0"),
            ("[last] last", "/run/railpack/fingerprint/0"),
            ("[one] one", "/run/railpack/fingerprint/1")
        ]
    );
    // What is mounted is a directory of the program's root: it has no other file system to write to.
    let (exec, hash) = (decoded.exec("[one] one").0, mounts["[one] one"].0);
    let input = &exec.inputs[usize::try_from(hash.input).unwrap()];
    let [written] = &*decoded.exec("[internal] hash the secrets").1.mounts else {
        panic!("more than one mount");
    };
    assert_eq!((&*written.dest, written.output), ("/", input.index));
}

#[test]
fn only_what_changes_in_each_build_is_the_salt() {
    let converted = |salt: &str| {
        let fingerprint = Fingerprint {
            salt: salt.to_owned(),
            ..fingerprint()
        };
        let options = ConvertOptions {
            secrets_hash: SecretsHash::Fingerprint(fingerprint),
            ..modern()
        };
        let conversion = convert(&valid(&secret_plan()), &options).unwrap();
        conversion.definition
    };
    assert_eq!(converted("a"), converted("a"));
    let text = |salt: &str| format!("{:?}", converted(salt).def.first());
    assert_eq!(text("a"), text("b"));
    assert_ne!(converted("a"), converted("b"));
}

#[test]
fn the_hashes_alone_are_the_same_op_as_in_the_plan() {
    let fingerprint = fingerprint();
    let options = ConvertOptions {
        secrets_hash: SecretsHash::Fingerprint(fingerprint.clone()),
        ..modern()
    };
    let plan = valid(&secret_plan());
    let whole = convert(&plan, &options).unwrap().definition;
    let alone = fingerprint_definition(&plan, &fingerprint, &options.capabilities).unwrap();
    let (_, ops) = alone.def.split_last().unwrap();
    assert_eq!(ops.len(), 2);
    assert!(ops.iter().all(|op| whole.def.contains(op)));
}

#[test]
fn a_definition_that_is_none_is_an_error() {
    let fingerprint = Fingerprint {
        image: pb::Definition {
            def: vec![prost::bytes::Bytes::new()],
            ..pb::Definition::default()
        },
        ..fingerprint()
    };
    let options = ConvertOptions {
        secrets_hash: SecretsHash::Fingerprint(fingerprint),
        ..modern()
    };
    let errors = convert(&valid(&secret_plan()), &options).unwrap_err();
    let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "the definition that the engine gives of the frontend's own image cannot be used: the last op names no result"
        ]
    );
}

#[test]
fn hashes_that_the_client_offers_come_from_its_session() {
    let options = ConvertOptions {
        secrets_hash: SecretsHash::Offered {
            local: "secrets-hash".to_owned(),
            session: Some("session1".to_owned()),
        },
        ..modern()
    };
    let decoded = converted_with(&secret_plan(), &options);
    let mounts = hash_mounts(&decoded);
    let selectors = mounts.values().map(|(mount, input)| {
        let source = Decoded::source(input);
        assert_eq!(source.identifier, "local://secrets-hash");
        assert_eq!(source.attrs["local.session"], "session1");
        &*mount.selector
    });
    assert_eq!(selectors.collect::<Vec<_>>(), ["/0", "/0", "/1"]);
}

#[test]
fn nothing_is_mounted_where_nothing_is_known_or_used() {
    assert!(hash_mounts(&converted(&secret_plan())).is_empty());
    let options = ConvertOptions {
        secrets_hash: SecretsHash::Fingerprint(fingerprint()),
        ..modern()
    };
    let without = secret_plan().replace(r#""secrets": ["TOKEN", "OTHER"], "#, "");
    let without = without
        .replace(r#"["TOKEN"]"#, "[]")
        .replace(r#"["OTHER", "TOKEN", "TOKEN"]"#, "[]");
    assert!(hash_mounts(&converted_with(&without, &options)).is_empty());
}

#[test]
fn the_steps_of_a_target_alone_are_asked_for_secrets() {
    let plan = valid(&secret_plan());
    assert!(uses_secrets(&plan, None));
    assert!(uses_secrets(&plan, Some("one")));
    assert!(!uses_secrets(&plan, Some("none")));
    let sets = SecretSets::new(plan.plan());
    let sets: Vec<Vec<_>> = sets
        .iter()
        .map(|set| set.iter().copied().collect())
        .collect();
    assert_eq!(sets, [vec!["OTHER", "TOKEN"], vec!["TOKEN"]]);
}

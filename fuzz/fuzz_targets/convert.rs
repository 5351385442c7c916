//! Whatever valid plan there is, converting it ends without a panic, gives a well-formed graph, and the same bytes twice.

#![no_main]

use std::collections::{BTreeMap, BTreeSet};

use libfuzzer_sys::fuzz_target;
use prost::Message;
use railpack::convert::{Contexts, ConvertOptions, NoCache, ResolvedImage, SecretsHash, convert, images};
use railpack::llb::{CapabilitySet, SourceFile, capability};
use railpack::plan::{ValidPlan, parse, validate};
use railpack::proto::pb;

fuzz_target!(|bytes: &[u8]| {
    let Ok(parsed) = parse(bytes) else { return };
    let Ok(plan) = validate(parsed.plan) else { return };
    let plain = ConvertOptions::new(
        "linux/arm64".parse().expect("a platform"),
        CapabilitySet::from_iter([
            capability::FILE_COPY_INCLUDE_EXCLUDE_PATTERNS,
            capability::EXEC_SECRET_ENVIRONMENT,
        ]),
    );
    check(&plan, &plain);
    check(&plan, &full(&plan, bytes));
    let _ = convert(&plan, &ConvertOptions::new(plain.platform, CapabilitySet::frozen_defaults()));
});

/// Everything that options can ask for.
fn full(plan: &ValidPlan, bytes: &[u8]) -> ConvertOptions {
    let config = br#"{"config": {"Env": ["PATH=/image/bin", "A=1", "B"]}}"#;
    let resolved = |reference: String| {
        let image = ResolvedImage { reference: reference.clone(), config: config.to_vec() };
        (reference, image)
    };
    ConvertOptions {
        session: Some("session".to_owned()),
        cache_key: Some("key".to_owned()),
        secrets_hash: SecretsHash::Offered {
            local: "hashes".to_owned(),
            session: Some("session".to_owned()),
        },
        github_token: Some("token".to_owned()),
        no_cache: NoCache::All,
        source: Some(SourceFile {
            filename: "rpk.json".to_owned(),
            data: bytes.to_vec(),
            language: "json".to_owned(),
        }),
        images: images(plan, None, &Contexts::default()).into_iter().map(resolved).collect(),
        labels: BTreeMap::from([("label".to_owned(), "value".to_owned())]),
        built_at: Some("0".to_owned()),
        source_date_epoch: Some(i64::MAX),
        ..ConvertOptions::new(
            "linux/amd64".parse().expect("a platform"),
            CapabilitySet::from_iter([
                capability::MERGE,
                capability::FILE_COPY_INCLUDE_EXCLUDE_PATTERNS,
                capability::EXEC_SECRET_ENVIRONMENT,
            ]),
        )
    }
}

fn check(plan: &ValidPlan, options: &ConvertOptions) {
    let conversion = convert(plan, options).expect("this engine can do everything that a plan asks for");
    let again = convert(plan, options).expect("it converted before");
    assert_eq!(conversion.definition.encode_to_vec(), again.definition.encode_to_vec());
    assert_eq!(conversion.image_config, again.image_config);

    let mut digests = BTreeSet::new();
    for bytes in &conversion.definition.def {
        let op = pb::Op::decode(bytes.as_ref()).expect("an op");
        for input in &op.inputs {
            assert!(digests.contains(&input.digest), "an op comes before what it needs");
        }
        let digest = conversion.definition.metadata.keys().find(|digest| **digest == digest_of(bytes));
        digests.insert(digest.expect("every op has metadata").clone());
        match op.op {
            Some(pb::op::Op::Exec(exec)) => {
                assert!(!exec.meta.expect("an exec has a meta").args.is_empty());
                assert_eq!(exec.mounts.iter().filter(|mount| mount.dest == "/").count(), 1);
            }
            Some(pb::op::Op::File(file)) => assert!(!file.actions.is_empty()),
            Some(pb::op::Op::Merge(merge)) => assert!(merge.inputs.len() > 1),
            _ => {}
        }
    }
}

fn digest_of(bytes: &[u8]) -> String {
    use sha2::Digest;

    let hash = sha2::Sha256::digest(bytes);
    hash.iter().fold("sha256:".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

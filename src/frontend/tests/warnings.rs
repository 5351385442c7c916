//! What the user is warned of.

use super::*;

#[tokio::test]
async fn warnings_are_shown_beside_the_reading_of_the_plan() {
    let plan = PLAN.replace(
        "\"startCommand\"",
        "\"startComand\": \"x\", \"startCommand\"",
    );
    let engine = engine(&[("rpk.json", &plan)]);
    let options = [("build-arg:UNUSED", "x"), ("no-cache", "build,test")];
    build(&engine, &options).await;

    let calls = engine.calls();
    assert_eq!(
        calls.names[3..8],
        [
            "read rpk.json",
            "warn",
            "warn",
            "warn",
            "resolve source meta"
        ]
    );
    let texts: Vec<_> = calls
        .warnings
        .iter()
        .map(|warning| String::from_utf8_lossy(&warning.short))
        .collect();
    insta::assert_snapshot!(texts.join("\n"), @r"
    One or more build-args were not consumed: UNUSED
    the option `no-cache` names the step `test`, which the plan does not have
    unknown field `startComand` in `deploy` (rpk.json:15)
    ");
    assert_eq!(calls.warnings[0].info, None);
    let warning = &calls.warnings[2];
    assert_eq!(warning.info.as_ref().unwrap().filename, "rpk.json");
    assert_eq!(warning.ranges[0].start.unwrap().line, 15);

    let read = calls.solves[0].definition.as_ref().unwrap();
    assert!(read.metadata.contains_key(&warning.digest));
    // The other step's name was written in another case.
    let ignored = calls.solves[1].definition.as_ref().unwrap();
    assert!(
        ignored
            .metadata
            .values()
            .any(|metadata| pb::OpMetadata::decode(&**metadata).unwrap().ignore_cache)
    );
}

#[tokio::test]
async fn what_an_image_says_and_the_build_does_not_honour_is_warned_of() {
    let config = DEBIAN_CONFIG.replace("{\"Env\"", "{\"OnBuild\":[\"RUN make\"],\"Env\"");
    let engine = Engine {
        images: BTreeMap::from([(DEBIAN, ("sha256:0123", config.leak() as &str))]),
        ..engine(&[("rpk.json", PLAN)])
    };
    build(&engine, &[("platform", "linux/arm64")]).await;
    let calls = engine.calls();
    let lines = calls.warnings.iter().flat_map(|warning| {
        assert_eq!(
            warning
                .ranges
                .iter()
                .map(|range| range.start.unwrap().line)
                .collect::<Vec<_>>(),
            [5, 13]
        );
        [&warning.short, &warning.detail[0]].map(|line| String::from_utf8_lossy(line))
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r"
    the image `docker.io/library/debian:latest` is for linux/amd64, and the build for linux/arm64 (rpk.json:5)
    name an image for linux/arm64, or build for linux/amd64
    the image `docker.io/library/debian:latest` has `ONBUILD` instructions, which are not run (rpk.json:5)
    do what they do in commands of the plan
    ");
    // It is built all the same.
    assert_eq!(calls.solves.len(), 2);
}

use super::*;

/// What `ParseNormalizedNamed` and `TagNameOnly` of github.com/distribution/reference v0.6.0 give.
const EXPECTED: &[(&str, Option<&str>)] = &[
    ("", None),
    ("debian", Some("docker.io/library/debian:latest")),
    ("debian:trixie", Some("docker.io/library/debian:trixie")),
    ("docker.io/debian", Some("docker.io/library/debian:latest")),
    (
        "index.docker.io/debian",
        Some("docker.io/library/debian:latest"),
    ),
    ("index.docker.io/a/b:c", Some("docker.io/a/b:c")),
    ("a/b", Some("docker.io/a/b:latest")),
    ("localhost/a", Some("localhost/a:latest")),
    ("localhost", Some("docker.io/library/localhost:latest")),
    ("localhost:5000/a", Some("localhost:5000/a:latest")),
    ("localhost:5000", Some("docker.io/library/localhost:5000")),
    ("example.com", Some("docker.io/library/example.com:latest")),
    ("example.com/a", Some("example.com/a:latest")),
    ("example.com:80/a/b:c", Some("example.com:80/a/b:c")),
    ("127.0.0.1:5000/a", Some("127.0.0.1:5000/a:latest")),
    ("[::1]:5000/a", Some("[::1]:5000/a:latest")),
    ("[2001:db8::1]:80/a/b:v1", Some("[2001:db8::1]:80/a/b:v1")),
    ("[::1/a", None),
    ("::1/a", None),
    (
        "ghcr.io/railwayapp/railpack-builder:mise-2026.2.22",
        Some("ghcr.io/railwayapp/railpack-builder:mise-2026.2.22"),
    ),
    ("Foo/a", Some("Foo/a:latest")),
    ("FOO.bar/a", Some("FOO.bar/a:latest")),
    ("foo/A", None),
    ("A", None),
    ("a:B/c", None),
    (":a", None),
    ("/a", None),
    ("a/", None),
    ("a//b", None),
    ("a b", None),
    ("a:b c", None),
    ("a:b:c", None),
    ("a@b", None),
    (
        "a@sha256:0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF",
        None,
    ),
    ("a@sha256", None),
    ("a@sha256:", None),
    ("a_b", Some("docker.io/library/a_b:latest")),
    ("a__b", Some("docker.io/library/a__b:latest")),
    ("a___b", None),
    ("a.b", Some("docker.io/library/a.b:latest")),
    ("a..b", None),
    ("a-b", Some("docker.io/library/a-b:latest")),
    ("a._b", None),
    ("_a", None),
    ("-a", None),
    (".a", None),
    ("a_", None),
    ("a_b/c", Some("docker.io/a_b/c:latest")),
    ("a_b.c/d", Some("a_b.c/d:latest")),
    ("-a.c/d", None),
    ("a..c/d", None),
    ("a.c:/d", None),
    ("a.c:x/d", None),
    ("a.:80/d", None),
    (".a/b", None),
    ("a:_t", Some("docker.io/library/a:_t")),
    ("a:-t", None),
    ("\u{e9}", None),
    ("http://a/b", None),
    ("docker-image://a", None),
    ("a\u{0}", None),
    ("$IMAGE", None),
    ("${A}/b", None),
    ("scratch", Some("docker.io/library/scratch:latest")),
];

#[test]
fn reads_names_as_docker_does() {
    for (text, expected) in EXPECTED {
        let full = ImageReference::parse(text)
            .ok()
            .map(|image| image.to_string());
        assert_eq!(full.as_deref(), *expected, "{text:?}");
    }
}

#[test]
fn limits_the_length_of_repository_and_tag() {
    let is_ok = |text: String| ImageReference::parse(&text).is_ok();
    assert!(is_ok("a".repeat(247)));
    assert!(!is_ok("a".repeat(248)));
    assert!(is_ok(format!("x.y/{}", "a".repeat(255))));
    assert!(!is_ok(format!("x.y/{}", "a".repeat(256))));
    assert!(is_ok(format!("a:{}", "t".repeat(128))));
    assert!(!is_ok(format!("a:{}", "t".repeat(129))));
}

#[test]
fn reads_digests_as_docker_does() {
    let hexadecimal = "0123456789abcdef".repeat(4);
    let full = |text: String| {
        ImageReference::parse(&text)
            .ok()
            .map(|image| image.to_string())
    };
    let digests = [
        (format!("sha256:{hexadecimal}"), true),
        (format!("sha384:{hexadecimal}{}", &hexadecimal[..32]), true),
        (format!("sha512:{hexadecimal}{hexadecimal}"), true),
        (format!("sha512:{hexadecimal}"), false),
        (format!("sha256:{hexadecimal}0"), false),
        (format!("sha256:{}", &hexadecimal[..32]), false),
        (format!("sha256:{}", hexadecimal.to_uppercase()), false),
        (format!("Sha256:{hexadecimal}"), false),
        (format!("md5:{}", &hexadecimal[..32]), false),
        (format!("sha256+b64:{hexadecimal}"), false),
        (format!(":{hexadecimal}"), false),
        (format!("sha256:{hexadecimal}@sha256:{hexadecimal}"), false),
        ("sha256:".to_owned(), false),
        ("sha256".to_owned(), false),
    ];
    for (digest, is_valid) in digests {
        let expected = is_valid.then(|| format!("docker.io/library/a@{digest}"));
        assert_eq!(full(format!("a@{digest}")), expected);
        let expected = is_valid.then(|| format!("docker.io/library/a:1@{digest}"));
        assert_eq!(full(format!("a:1@{digest}")), expected);
        assert_eq!(full(format!("@{digest}")), None);
    }
    assert_eq!(full(hexadecimal.clone()), None);
    assert!(full(format!("a/{hexadecimal}")).is_some());
    assert!(full(format!("{hexadecimal}:1")).is_some());
}

#[test]
fn the_full_form_names_the_same_image() {
    for (_, full) in EXPECTED {
        let Some(full) = full else { continue };
        assert_eq!(ImageReference::parse(full).unwrap().to_string(), *full);
    }
}

#[test]
fn gives_the_parts() {
    let image = ImageReference::parse("ghcr.io/a/b:1").unwrap();
    assert_eq!(
        (image.name(), image.tag(), image.digest()),
        ("ghcr.io/a/b", Some("1"), None)
    );
    let digest = format!("sha256:{}", "0".repeat(64));
    let image: ImageReference = format!("a@{digest}").parse().unwrap();
    let parts = (image.name(), image.tag(), image.digest());
    assert_eq!(parts, ("docker.io/library/a", None, Some(digest.as_str())));
}

#[test]
fn says_what_is_wrong() {
    let message = |text: &str| ImageReference::parse(text).unwrap_err().to_string();
    insta::assert_snapshot!(message(""), @"it is empty");
    insta::assert_snapshot!(message(&"a".repeat(64)), @"64 hexadecimal digits name an image of one engine, not of a registry");
    insta::assert_snapshot!(message("https://ghcr.io/a"), @"an image name begins with its registry, not with `https://`");
    insta::assert_snapshot!(message("ghcr.io/Acme/app"), @"`Acme` has upper-case letters");
    insta::assert_snapshot!(message("a//b"), @"`` is not made of lower-case letters and digits with `.`, `_`, `__` or `-` between them");
    insta::assert_snapshot!(message(&"a/".repeat(200)), @"`` is not made of lower-case letters and digits with `.`, `_`, `__` or `-` between them");
    insta::assert_snapshot!(message(&"a".repeat(300)), @"its repository is 308 characters long, more than the 255 allowed");
    insta::assert_snapshot!(message("a:b c"), @"its tag `b c` is not made of up to 128 letters, digits, `_`, `.` and `-`");
    insta::assert_snapshot!(message("a@sha256:123"), @"its digest `sha256:123` is not `sha256:` and 64 lower-case hexadecimal digits (or sha384, sha512)");
}

use super::*;

/// Whether `path` matches, asked as a walk does: each directory on the way first.
fn matches(patterns: &[&str], path: &str) -> bool {
    let patterns: Vec<String> = patterns.iter().map(|&text| text.to_owned()).collect();
    let patterns = Patterns::new(&patterns).unwrap();
    let (mut parent, mut matched) = (Matched::default(), Matched::default());
    for (place, _) in path.match_indices('/') {
        patterns.matches(&path[..place], &parent, &mut matched);
        std::mem::swap(&mut parent, &mut matched);
    }
    patterns.matches(path, &parent, &mut matched)
}

/// One pattern, what it matches, what it does not: the rules of patternmatcher v0.6.1, seen from its own tests.
const CASES: &[(&str, &[&str], &[&str])] = &[
    ("**", &["file", "dir/file"], &[]),
    ("**/", &["file", "dir/file"], &[]),
    ("**/**", &["file", "dir/file"], &[]),
    (
        "dir/**",
        &["dir/file", "dir/dir/file"],
        &["dir", "other/dir/file"],
    ),
    (
        "**/dir",
        &["dir", "dir/file", "a/b/dir", "a/dir/file"],
        &["adir", "dirs"],
    ),
    (
        "**/dir/*",
        &["a/dir/file", "dir/file", "a/dir/b/file"],
        &["a/dir"],
    ),
    ("**/dir/**", &["a/dir/b/file"], &["a/dir", "a/file"]),
    (
        "**file",
        &["file", "a/file", "a/b/file", "afile"],
        &["files"],
    ),
    ("**/file", &["file", "a/b/file"], &["afile"]),
    ("**/file*", &["a/b/file", "a/b/file.txt"], &["a/b/afile"]),
    ("**/file*txt", &["a/b/file.txt"], &["a/b/file.txt2"]),
    (
        "**/**/*.txt",
        &["file.txt", "a/b/file.txt"],
        &["a/b/file.txt2"],
    ),
    (
        "a**/*.txt",
        &["a/x.txt", "a/b/c/x.txt", "ab/x.txt"],
        &["x.txt"],
    ),
    ("a/*.txt", &["a/x.txt"], &["a/b/x.txt"]),
    ("a/*.txt**", &["a/x.txt", "a/x.txt2"], &["a/x"]),
    ("*", &["a", "a/b", ".a"], &[]),
    ("*.go", &["a.go", "a.go/b"], &["a/b.go", "a.gox"]),
    ("a[b-d]e", &["ace"], &["ae", "aae", "abbe"]),
    ("a[^b-d]e", &["aze"], &["ace"]),
    ("a[!b]e", &["a!e", "abe"], &["aze"]),
    (".*", &[".foo"], &["foo"]),
    ("abc.def", &["abc.def", "abc.def/x"], &["abcdef", "abcZdef"]),
    ("abc?def", &["abcZdef"], &["abcdef", "abc/def"]),
    ("a\\\\", &["a\\"], &["a"]),
    ("a\\*b", &["a*b"], &["ab", "axb"]),
    ("**/.foo", &[".foo", "a/.foo"], &["bar.foo"]),
    ("a(b)c/def", &["a(b)c/def"], &["a(b)c/xyz", "abc/def"]),
    ("a.|)$(}+{bc*", &["a.|)$(}+{bc", "a.|)$(}+{bcd"], &["ax"]),
    ("dist/*.whl", &["dist/p-2.4.0rc3+g08.whl"], &["dist/p.whl2"]),
    (
        "a*b*c*d*e*/f",
        &["axbxcxdxexxx/f"],
        &["axbxcxdxe/xxx/f", "axbxcxdxexxx/fff"],
    ),
    ("a*b?c*x", &["abxbbxdbxebxczzx"], &["abxbbxdbxebxczzy"]),
    ("a?b", &["a\u{263a}b"], &["a/b", "ab"]),
    ("a[^a]b", &["a\u{263a}b"], &["aab"]),
    ("[a-\u{3b6}]*", &["\u{3b1}"], &["A"]),
    ("[\\]a]", &["]", "a"], &["b"]),
    ("[\\-x]", &["-", "x"], &["a"]),
    ("[[]", &["["], &["]", "a"]),
    ("[a&&b]", &["a", "&", "b"], &["c"]),
    ("[a~~b]", &["~"], &["c"]),
    ("a^b", &["a^b"], &["ab"]),
    ("/a/", &[], &["a"]),
    ("./a/../b/", &["b", "b/c"], &["a"]),
    (" a ", &["a"], &[" a "]),
    ("a b", &["a b"], &["a"]),
    ("*a", &["bad\u{fffd}na"], &[]),
];

#[test]
fn a_pattern_matches_what_it_says_and_what_is_inside() {
    for (pattern, hits, misses) in CASES {
        for path in *hits {
            assert!(matches(&[pattern], path), "{pattern:?} matches {path:?}");
        }
        for path in *misses {
            assert!(!matches(&[pattern], path), "{pattern:?} misses {path:?}");
        }
    }
}

#[test]
fn later_patterns_win() {
    for (patterns, path, expected) in [
        (&["!a.go", "*.go"][..], "a.go", true),
        (&["*.go", "!a.go"], "a.go", false),
        (&["docs", "!docs/README.md"], "docs/README.md", false),
        (&["docs/", "!docs/README.md"], "docs/README.md", false),
        (&["docs/*", "!docs/README.md"], "docs/README.md", false),
        (&["docs", "!docs/README.md"], "docs/other", true),
        (&["**", "!util/web"], "util/web/foo", false),
        (&["**", "!util/web", "util/web/foo"], "util/web/foo", true),
        (&["**", "!dist/*.whl"], "dist/a+b.whl", false),
        (&["a", "!a/b", "a/b/c"], "a/b/c", true),
        (&["a", "!a/b", "a/b/c"], "a/b/d", false),
        (&["", "  "], "a", false),
        (&[], "a", false),
    ] {
        assert_eq!(matches(patterns, path), expected, "{patterns:?} {path:?}");
    }
}

#[test]
fn a_walk_goes_where_something_can_change() {
    let patterns = |texts: &[&str]| {
        let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
        Patterns::new(&texts).unwrap()
    };
    let includes = patterns(&["src/app/**", "docs/a", "!lib/b"]);
    assert!(includes.may_match_inside("src"));
    assert!(includes.may_match_inside("src/app"));
    assert!(includes.may_match_inside("docs"));
    assert!(!includes.may_match_inside("docs2"));
    assert!(!includes.may_match_inside("doc"));
    assert!(!includes.may_match_inside("lib"));
    assert!(patterns(&["**/a"]).may_match_inside("lib"));
    let excludes = patterns(&["**/node_modules", "!a/node_modules/b"]);
    assert!(excludes.may_except_inside("a/node_modules"));
    assert!(!excludes.may_except_inside("b/node_modules"));
    assert!(patterns(&["a", "!**/b"]).may_except_inside("a"));
    assert!(!patterns(&["a"]).may_except_inside("a"));
}

#[test]
fn what_is_no_pattern_is_told() {
    let error = |text: &str| Patterns::new(&[text.to_owned()]).unwrap_err().to_string();
    assert_eq!(
        error("a["),
        "pattern `a[` is malformed: `[` is never closed"
    );
    assert_eq!(
        error("!"),
        "pattern `!` is malformed: `!` is followed by nothing"
    );
    let large = format!("{}*", "[a-z\u{e9}]?".repeat(20_000));
    assert!(error(&large).contains("is too large"));
}

use std::cell::RefCell;

use super::*;

/// Knows Node.js alone, and which questions it was asked.
#[derive(Debug, Default)]
struct Known {
    asked: RefCell<Vec<String>>,
    is_offline: bool,
}

impl Known {
    fn answer<T>(&self, question: String, answer: T) -> Result<T, LookupError> {
        self.asked.borrow_mut().push(question);
        if self.is_offline {
            return Err(LookupError {
                reason: "no answer within 20 s".to_owned(),
                is_final: true,
            });
        }
        Ok(answer)
    }
}

impl VersionLookup for Known {
    fn newest(&self, tool: &str, version: &str) -> Result<String, LookupError> {
        let answer = match version {
            "strange1" => "no such\nversion".to_owned(),
            _ => format!("{version}.9.9"),
        };
        self.answer(format!("{tool}@{version}"), answer)
    }

    fn versions(&self, tool: &str) -> Result<Vec<String>, LookupError> {
        let versions = ["18.20.0", "20.19.0", "21.0.0", "22.1.0"].map(str::to_owned);
        self.answer(tool.to_owned(), versions.to_vec())
    }
}

/// The versions for mise, and the messages.
fn resolved(lookup: &Known, requests: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let mut packages = Packages::default();
    let mut messages = Messages::default();
    for (tool, version) in requests {
        packages.request(tool, version, "test");
    }
    packages.resolve(Some(lookup), &mut messages).unwrap();
    let versions = packages.into_map().into_values();
    (
        versions.map(|package| package.version_for_mise()).collect(),
        messages
            .to_vec()
            .into_iter()
            .map(|message| message.text)
            .collect(),
    )
}

#[test]
fn a_word_that_is_no_version_is_told_with_its_origin_and_nobody_is_asked() {
    let known = Known::default();
    let (versions, told) = resolved(&known, &[("node", "banana"), ("bun", "canary")]);
    assert_eq!(versions, ["canary.9.9", "banana"]);
    assert_eq!(*known.asked.borrow(), ["bun@canary"]);
    insta::assert_snapshot!(told.join("\n"), @"
    mise says that bun canary is canary.9.9
    test: found `banana`, which is no version of node; expected one such as `1.2` or `latest`
    ");
}

#[test]
fn a_package_needs_a_name_and_if_it_names_a_version_that_too() {
    for whole in [
        "node",
        "node@22",
        "npm:serve",
        "npm:@scope/tool",
        "npm:@scope/tool@1",
        "go:a/b@latest",
    ] {
        assert!(is_name_and_version(whole), "{whole}");
    }
    for part in [
        "",
        "@",
        "@1",
        "node@",
        "a@b@c",
        "@scope/tool",
        "npm:",
        "npm:@scope/tool@",
    ] {
        assert!(!is_name_and_version(part), "{part}");
    }
}

#[test]
fn a_package_may_name_its_version() {
    for (package, name, version) in [
        ("node@14.2", "node", "14.2"),
        ("python", "python", "latest"),
        ("node@^14.3", "node", "^14.3"),
        ("pipx:httpie@3.2.4", "pipx:httpie", "3.2.4"),
        ("npm:@scope/tool", "npm:@scope/tool", "latest"),
        ("npm:@scope/tool@1", "npm:@scope/tool", "1"),
    ] {
        assert_eq!(
            name_and_version(package),
            (name.to_owned(), version.to_owned())
        );
    }
}

#[test]
fn nothing_replaces_what_the_user_fixed() {
    let mut packages = Packages::default();
    packages.fix("node", "20", "custom config");
    packages.request("node", "22", "package.json > engines > node");
    packages.request("node", "18", "RAILPACK_NODE_VERSION");
    packages.request("node", "20", "elsewhere");
    assert_eq!(packages.get("node").unwrap().version, "20");
    let mut messages = Messages::default();
    packages.resolve(None, &mut messages).unwrap();
    let told: Vec<_> = messages
        .to_vec()
        .into_iter()
        .map(|message| format!("{:?}: {}", message.level, message.text))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @"
    Warning: custom config sets node to 20, so RAILPACK_NODE_VERSION does not count
    Detail: custom config sets node to 20, so package.json > engines > node does not count
    ");
}

#[test]
fn a_request_replaces_the_default_and_a_default_replaces_nothing() {
    let mut packages = Packages::default();
    packages.default_to("node", "lts");
    assert_eq!(packages.get("node").unwrap().origin, DEFAULT_ORIGIN);
    packages.request("node", " >=20 ", "package.json > engines > node");
    packages.default_to("node", "lts");
    let node = packages.get("node").unwrap();
    assert_eq!(
        (node.version.as_str(), node.version_for_mise().as_str()),
        (">=20", "20")
    );
    assert_eq!(node.origin, "package.json > engines > node");
}

#[test]
fn a_previous_version_goes_before_the_default_and_behind_all_else() {
    let previous = BTreeMap::from([
        ("node".to_owned(), "20.11.0".to_owned()),
        ("bun".to_owned(), "latest".to_owned()),
        ("deno".to_owned(), "1".to_owned()),
    ]);
    let mut packages = Packages::default();
    packages.set_previous(&previous);
    packages.default_to("node", "lts");
    packages.default_to("bun", "latest");
    packages.default_to("deno", "2");
    packages.request("deno", "2.1", "deno.json");
    let shown = |name: &str| {
        let package = packages.get(name).unwrap();
        format!("{} ({})", package.version, package.origin)
    };
    assert_eq!(shown("node"), "20.11.0 (previous installed version)");
    assert_eq!(shown("bun"), "latest (railpack default)");
    assert_eq!(shown("deno"), "2.1 (deno.json)");
}

#[test]
fn a_lookup_says_what_is_newest() {
    let known = Known::default();
    let requests = [
        ("bun", "1.2.3"),
        ("deno", "lts"),
        ("node", ">=18 <21"),
        ("npm:tool", "1"),
        ("pnpm", ">=9"),
        ("yarn", "$(x)"),
    ];
    let (versions, _) = resolved(&known, &requests);
    assert_eq!(
        versions,
        ["1.2.3", "lts.9.9", "20.19.0", "1", "9.9.9", "$(x)"]
    );
    assert_eq!(*known.asked.borrow(), ["deno@lts", "node", "pnpm@9"]);
}

#[test]
fn what_a_lookup_cannot_say_is_left_for_the_build() {
    let known = Known::default();
    let (versions, messages) = resolved(&known, &[("bun", "strange1"), ("node", ">=19 <20")]);
    assert_eq!(versions, ["strange1", "19"]);
    insta::assert_snapshot!(messages.join("\n"), @r#"
    mise could not say which bun strange1 is: its answer "no such\nversion" is no version; it is chosen in the build
    mise could not say which node >=19 <20 is: it knows no version in this range; it is chosen in the build
    "#);

    let offline = Known {
        is_offline: true,
        ..Known::default()
    };
    let (versions, messages) = resolved(&offline, &[("bun", "1"), ("node", "lts")]);
    assert_eq!(versions, ["1", "lts"]);
    assert_eq!(*offline.asked.borrow(), ["bun@1"], "nothing else is asked");
    insta::assert_snapshot!(messages.join("\n"), @"mise could not say which bun 1 is: no answer within 20 s; it is chosen in the build");
}

#[test]
fn a_range_that_no_version_is_in_is_an_error() {
    let mut packages = Packages::default();
    packages.request("node", ">20 <19", "package.json > engines > node");
    let error = packages
        .resolve(None, &mut Messages::default())
        .unwrap_err();
    insta::assert_snapshot!(error, @"package.json > engines > node: found `>20 <19`, expected a range that a version can be in");
}

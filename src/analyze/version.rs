//! Versions that mise understands.
//!
//! What a manifest asks for is often a range (`>=22 <23`, `^18.2`, `22.x`). mise takes an exact version, a prefix of one
//! (`22`, `22.1`) or an alias (`lts`, `latest`), and refuses the rest. The rule is the reference's
//! (<https://github.com/railwayapp/railpack/blob/v0.37.0/core/resolver/version.go>), finished: what it leaves as a
//! range and asks mise about, is brought here to the first version that the range names.

/// The version to ask mise for, given what was written in a manifest or a setting.
pub(crate) fn for_mise(requested: &str) -> String {
    let requested = requested.trim();
    let version = if let Some((_, lowest)) = requested.split_once(">=") {
        major(&first_version(lowest))
    } else if let Some(lowest) = requested.strip_prefix('^') {
        major(&first_version(lowest))
    } else {
        let plain = requested.strip_prefix('~').unwrap_or(requested);
        if plain.contains(is_range_character) {
            first_version(plain)
        } else {
            without_wildcards(plain)
        }
    };
    if version.is_empty() {
        "latest".to_owned()
    } else {
        version
    }
}

fn is_range_character(character: char) -> bool {
    character.is_whitespace() || "<>=^~|,".contains(character)
}

/// The first word of a range that starts with a digit, its wildcards cut off; the whole text if there is none.
fn first_version(range: &str) -> String {
    let mut words = range.split(is_range_character).map(without_wildcards);
    words
        .find(|word| starts_with_digit(word))
        .unwrap_or_else(|| range.to_owned())
}

/// `v22.1.x` as `22.1`.
fn without_wildcards(version: &str) -> String {
    let version = version
        .strip_prefix('v')
        .filter(|rest| starts_with_digit(rest))
        .unwrap_or(version);
    let parts: Vec<_> = version
        .split('.')
        .take_while(|part| !["x", "X", "*", ""].contains(part))
        .collect();
    parts.join(".")
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}

fn major(version: &str) -> String {
    version.split('.').next().unwrap_or(version).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_become_what_the_reference_makes_of_them() {
        for (requested, expected) in [
            ("14", "14"),
            ("18.2", "18.2"),
            ("18.3.2", "18.3.2"),
            ("14.x", "14"),
            ("14.2.x", "14.2"),
            ("14.x.x", "14"),
            (">=22 <23", "22"),
            (">= 22", "22"),
            (">=22.1 <23", "22"),
            (">=22.1.3 <23", "22"),
            (">=20.0.0", "20"),
            ("^14.3.2", "14"),
            ("^14.3", "14"),
            ("^14", "14"),
            ("~14.3.2", "14.3.2"),
            ("v14.3.2", "14.3.2"),
            ("", "latest"),
            ("*", "latest"),
            ("  14.3  ", "14.3"),
            ("lts", "lts"),
            ("latest", "latest"),
            ("lts/iron", "lts/iron"),
        ] {
            assert_eq!(for_mise(requested), expected, "{requested}");
        }
    }

    #[test]
    fn no_range_is_left_for_mise() {
        for (requested, expected) in [
            ("18 || 20", "18"),
            ("18.x || >=20", "20"),
            ("x", "latest"),
            ("^18.2 || ^20", "18"),
            ("^18.x", "18"),
            (">18", "18"),
            ("< 20", "20"),
            ("18.2 - 20", "18.2"),
            ("=20.1.0", "20.1.0"),
            ("22.X", "22"),
            ("22.*", "22"),
            (">=v20", "20"),
            (">=20.x", "20"),
            ("~v18.1", "18.1"),
            ("~ 18.1", "18.1"),
        ] {
            assert_eq!(for_mise(requested), expected, "{requested}");
        }
    }

    #[test]
    fn names_in_front_of_a_version_stay() {
        for version in [
            "temurin-21.0.1",
            "pypy3.10",
            "ref:main",
            "1.2.3-beta.1",
            "vfox",
        ] {
            assert_eq!(for_mise(version), version);
        }
    }
}

//! Versions that mise understands.
//!
//! What a manifest asks for is often a range (`>=22 <23`, `^18.2`, `22.x`). mise takes an exact version, a prefix of one
//! (`22`, `22.1`) or an alias (`lts`, `latest`), and refuses the rest. The rule is the reference's
//! (<https://github.com/railwayapp/railpack/blob/v0.37.0/core/resolver/version.go>) where the range allows its answer;
//! ranges are read as npm reads them, and no version outside of a range is ever asked for.

mod range;
mod word;

pub(crate) use range::SemverRange;
pub(crate) use word::is_no_version;

/// What was written in a manifest or a setting.
#[derive(Clone, Debug)]
pub(crate) enum Asked {
    /// One version and no other.
    Exact(String),
    /// A prefix of a version, or an alias, as mise takes it. It stands for open ranges too.
    Prefix(String),
    /// A range that ends: the prefix that stands for it where no list of versions is at hand.
    Range(SemverRange, String),
    /// A range that no version is in.
    Nothing,
}

impl Asked {
    /// Reads what is asked of a tool.
    pub(crate) fn read(tool: &str, requested: &str) -> Self {
        let requested = requested.trim();
        if is_range(requested) {
            let Some(range) = SemverRange::parse(requested, Releases::of(tool)) else {
                return Self::of_text(requested);
            };
            return match range.prefix() {
                None => Self::Nothing,
                Some(version) if is_exact(&version) => Self::Exact(version),
                Some(prefix) if range.is_open() => Self::Prefix(prefix),
                Some(prefix) => Self::Range(range, prefix),
            };
        }
        Self::of_text(requested)
    }

    fn of_text(requested: &str) -> Self {
        let version = from_text(requested);
        if is_exact(&version) {
            Self::Exact(version)
        } else {
            Self::Prefix(version)
        }
    }
}

/// The version to ask mise for, if nothing but what was written is known.
pub(crate) fn for_mise(tool: &str, requested: &str) -> String {
    match Asked::read(tool, requested) {
        Asked::Exact(version) | Asked::Prefix(version) | Asked::Range(_, version) => version,
        Asked::Nothing => requested.trim().to_owned(),
    }
}

/// What is known of a tool's releases without asking anybody.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Releases {
    /// The newest major version that was published when this was written. For ranges that end later it is the best guess.
    newest_major: Option<u64>,
    /// Whether it is the even major versions that are maintained for years
    /// (<https://nodejs.org/en/about/previous-releases>).
    even_ones_last: bool,
}

impl Releases {
    fn of(tool: &str) -> Self {
        let newest_major = match tool {
            "node" => Some(26),
            "npm" | "pnpm" => Some(12),
            "yarn" => Some(4),
            "deno" => Some(2),
            "bun" => Some(1),
            _ => None,
        };
        Self {
            newest_major,
            even_ones_last: tool == "node",
        }
    }

    /// Whether a major version is one to choose where there is a choice.
    fn is_lasting(self, major: u64) -> bool {
        !self.even_ones_last || major.is_multiple_of(2)
    }

    fn is_published(self, major: u64) -> bool {
        self.newest_major.is_some_and(|newest| major <= newest)
    }
}

/// Whether mise has nothing to choose: three numbers, or a source other than a list of versions.
fn is_exact(version: &str) -> bool {
    if version.contains(':') {
        return true;
    }
    let numbers = version.split(['-', '+']).next().unwrap_or_default();
    let mut parts = numbers.split('.');
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.by_ref().filter(|part| is_number(part)).count() == 3 && numbers.split('.').count() == 3
}

/// Whether a text asks for more than one version in npm's way: signs, several words, or wildcards as parts of a version.
fn is_range(text: &str) -> bool {
    text.contains(is_range_character)
        || starts_with_digit(text.trim_start_matches('v'))
            && text.split('.').any(|part| matches!(part, "x" | "X" | "*"))
}

/// What npm cannot read, by the signs in it.
fn from_text(requested: &str) -> String {
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
            ("v14.3.2", "14.3.2"),
            ("", "latest"),
            ("*", "latest"),
            ("  14.3  ", "14.3"),
            ("lts", "lts"),
            ("latest", "latest"),
            ("lts/iron", "lts/iron"),
        ] {
            assert_eq!(for_mise("node", requested), expected, "{requested}");
        }
    }

    #[test]
    fn no_range_is_left_for_mise() {
        for (requested, expected) in [
            ("18 || 20", "20"),
            ("18.x || >=20", "20"),
            ("x", "latest"),
            ("^18.2 || ^20", "20"),
            ("^18.x", "18"),
            (">18", "20"),
            ("< 20", "18"),
            (">=20 <24", "22"),
            ("^23", "23"),
            ("18.2 - 20", "20"),
            ("=20.1.0", "20.1.0"),
            ("22.X", "22"),
            ("22.*", "22"),
            (">=v20", "20"),
            (">=20.x", "20"),
            ("~14.3.2", "14.3"),
            ("~v18.1", "18.1"),
            ("~ 18.1", "18.1"),
            // What npm does not read: Python's and others' ranges.
            (">=3.9,!=3.10", "3"),
            ("~=3.9", "3.9"),
        ] {
            assert_eq!(for_mise("node", requested), expected, "{requested}");
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
            assert_eq!(for_mise("java", version), version);
        }
    }

    #[test]
    fn an_exact_version_is_told_from_a_prefix() {
        let is_exact = |version| matches!(Asked::read("node", version), Asked::Exact(_));
        for version in ["22.1.0", "v22.1.0", "=22.1.0", "1.2.3-beta.1", "ref:main"] {
            assert!(is_exact(version), "{version}");
        }
        for version in [
            "22",
            "22.1",
            "lts",
            "latest",
            "",
            "22.1.x",
            ">=22.1.0",
            "temurin-21.0.1",
        ] {
            assert!(!is_exact(version), "{version}");
        }
    }

    #[test]
    fn a_range_that_holds_nothing_is_known() {
        assert!(matches!(Asked::read("node", ">20 <19"), Asked::Nothing));
    }
}

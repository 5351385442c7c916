//! Ranges as npm reads them (<https://github.com/npm/node-semver#ranges>), brought to what mise takes.
//!
//! mise knows no ranges, only prefixes: `20` is the newest version that starts with it. A prefix can stand for a range
//! if the newest version of that prefix is in the range, whatever is published later.

use nodejs_semver::{Range, Version};

use super::Releases;

/// Larger than any part of a version.
const ENDLESS: u64 = 1_000_000_000_000;
/// Longer texts are no ranges that somebody wrote.
const LONGEST: usize = 256;

/// A range of versions.
#[derive(Clone, Debug)]
pub(crate) struct SemverRange {
    /// A version is in the range if it is in all ranges of one of these. They are read one by one: the crate makes
    /// alternatives of two that have no version in common.
    alternatives: Vec<Vec<Range>>,
    /// The versions in its text, as far as each is written.
    mentioned: Vec<Mentioned>,
    /// What is known of the tool.
    releases: Releases,
}

#[derive(Clone, Copy, Debug)]
struct Mentioned {
    major: u64,
    minor: Option<u64>,
    patch: Option<u64>,
}

/// A prefix that can stand for a range, and the newest version that it could ever name.
type Candidate = ((u64, u64, u64), String);

impl SemverRange {
    /// Reads what npm takes as a range of a tool's versions; `None` if it is none.
    pub(super) fn parse(text: &str, releases: Releases) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let words = text
            .split(|character: char| !(character.is_ascii_digit() || ".xX*".contains(character)));
        Some(Self {
            mentioned: words.filter_map(Mentioned::parse).collect(),
            alternatives: text
                .split("||")
                .map(comparators)
                .collect::<Option<Vec<_>>>()?,
            releases,
        })
    }

    /// Whether no version is too new for it.
    pub(super) fn is_open(&self) -> bool {
        self.holds(ENDLESS, ENDLESS, ENDLESS)
    }

    /// The prefix that stands for the range; `None` if none can.
    ///
    /// An open range gives its lowest major version, as in the reference: who writes `>=20` has not tried what comes out
    /// years later. A range with an upper end gives its newest, as far as it is known to be published; where that is not
    /// known, its lowest major version, which is. Both prefer major versions that are maintained for years.
    pub(super) fn prefix(&self) -> Option<String> {
        if self.is_open() {
            return self.open_prefix();
        }
        let mut candidates = self.candidates();
        candidates.sort();
        let is_published = |((major, _, _), _): &&Candidate| self.releases.is_published(*major);
        let is_lasting = |((major, _, _), _): &&Candidate| self.releases.is_lasting(*major);
        let is_major = |((_, minor, _), _): &&Candidate| *minor == ENDLESS;
        let found = candidates
            .iter()
            .rfind(|candidate| is_published(candidate) && is_lasting(candidate))
            .or_else(|| candidates.iter().rfind(is_published))
            .or_else(|| candidates.iter().find(is_major))
            .or_else(|| candidates.last());
        found.map(|(_, prefix)| prefix.clone())
    }

    fn open_prefix(&self) -> Option<String> {
        let majors = self.majors();
        let is_held = |major: &&u64| self.holds(**major, ENDLESS, ENDLESS);
        if self.holds(0, 0, 0) && majors.iter().all(|major| is_held(&major)) {
            return Some("latest".to_owned());
        }
        let held: Vec<_> = majors.iter().rev().take_while(is_held).copied().collect();
        let releases = self.releases;
        let lasting = held
            .iter()
            .rfind(|major| releases.is_published(**major) && releases.is_lasting(**major));
        lasting.or(held.last()).map(ToString::to_string)
    }

    /// The newest of `versions` in the range, by preference of a major version that is maintained for years; those before a
    /// release only where the range names one.
    pub(crate) fn newest<'a>(&self, versions: &'a [String]) -> Option<&'a str> {
        let rank = |version: &Version| self.releases.is_lasting(version.major());
        versions
            .iter()
            .filter_map(|text| Some((Version::parse(text).ok()?, text.as_str())))
            .filter(|(version, _)| self.satisfies(version))
            .max_by(|(one, _), (other, _)| rank(one).cmp(&rank(other)).then_with(|| one.cmp(other)))
            .map(|(_, text)| text)
    }

    /// Every prefix at an end of the range that can stand for it or a part of it.
    fn candidates(&self) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        for major in self.majors() {
            if self.holds(major, ENDLESS, ENDLESS) {
                candidates.push(((major, ENDLESS, ENDLESS), major.to_string()));
            }
        }
        for Mentioned {
            major,
            minor,
            patch,
        } in &self.mentioned
        {
            let Some(minor) = *minor else { continue };
            for minor in around(minor) {
                if self.holds(*major, minor, ENDLESS) {
                    candidates.push(((*major, minor, ENDLESS), format!("{major}.{minor}")));
                }
            }
            if let Some(patch) = *patch
                && self.holds(*major, minor, patch)
            {
                candidates.push(((*major, minor, patch), format!("{major}.{minor}.{patch}")));
            }
        }
        candidates
    }

    /// The major versions that may stand for the range, sorted: those at which it may begin or end, and those that are
    /// maintained for years.
    fn majors(&self) -> Vec<u64> {
        let mentioned = self.mentioned.iter().map(|version| version.major);
        let newest = self.releases.newest_major;
        let lasting = newest
            .filter(|_| self.releases.even_ones_last)
            .into_iter()
            .flat_map(|newest| (0..=newest).step_by(2));
        let mut majors: Vec<_> = mentioned
            .flat_map(around)
            .chain(newest)
            .chain(lasting)
            .collect();
        majors.sort_unstable();
        majors.dedup();
        majors
    }

    fn holds(&self, major: u64, minor: u64, patch: u64) -> bool {
        self.satisfies(&Version::from((major, minor, patch)))
    }

    fn satisfies(&self, version: &Version) -> bool {
        self.alternatives.iter().any(|ranges| {
            let is_named = || ranges.iter().any(|range| range.satisfies(version));
            (!version.is_prerelease() || is_named())
                && ranges
                    .iter()
                    .all(|range| range.satisfies_with_prerelease(version, true))
        })
    }
}

impl Mentioned {
    fn parse(word: &str) -> Option<Self> {
        let mut parts = word.split('.').map(|part| {
            let number = part.parse().ok()?;
            (number < ENDLESS).then_some(number)
        });
        let major = parts.next()??;
        let minor = parts.next().flatten();
        let patch = minor.and(parts.next().flatten());
        Some(Self {
            major,
            minor,
            patch,
        })
    }
}

/// The ranges of which a version has to be in each: `>=18 <20` as two, `18 - 20` as one.
fn comparators(text: &str) -> Option<Vec<Range>> {
    if text.contains(" - ") {
        return Some(vec![Range::parse(text).ok()?]);
    }
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match words.last_mut() {
            // `>= 18` is one.
            Some(sign) if sign.ends_with(['<', '>', '=', '~', '^']) => sign.push_str(word),
            _ => words.push(word.to_owned()),
        }
    }
    words.iter().map(|word| Range::parse(word).ok()).collect()
}

/// A number and its neighbours.
fn around(number: u64) -> impl Iterator<Item = u64> {
    number.saturating_sub(1)..=number + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODE: Releases = Releases {
        newest_major: Some(26),
        even_ones_last: true,
    };

    fn prefix(range: &str) -> Option<String> {
        SemverRange::parse(range, NODE).unwrap().prefix()
    }

    #[test]
    fn a_range_with_an_end_gives_its_newest_prefix() {
        for (range, expected) in [
            (">=18 <21", "20"),
            ("18 || 20", "20"),
            ("20 || 18", "20"),
            ("^18.2", "18"),
            ("^18.2 || ^20", "20"),
            ("18.2 - 20", "20"),
            ("~18.1", "18.1"),
            ("~14.3.2", "14.3"),
            ("18.x", "18"),
            ("18.2.x", "18.2"),
            ("16 || 18.2.x", "18.2"),
            ("< 20", "18"),
            (">=20 <24", "22"),
            (">=22.5 <23.4", "22"),
            ("^23", "23"),
            (">=23 <24", "23"),
            ("18 || 21", "18"),
            ("<=20", "20"),
            (">=18 <20.5", "20.4"),
            (">=18 <=20.5.1", "20.5.1"),
            (">=18 <20.0.5", "18"),
            ("=20.1.0", "20.1.0"),
            (">=18 <100", "26"),
            (">=30 <40", "30"),
            ("^0.10.3", "0.10"),
        ] {
            assert_eq!(prefix(range).as_deref(), Some(expected), "{range}");
        }
    }

    #[test]
    fn an_open_range_gives_its_lowest_major_version() {
        for (range, expected) in [
            (">=20", "20"),
            (">=20.1.3", "20"),
            (">18", "20"),
            (">=19", "20"),
            (">18.2", "18"),
            (">=27", "27"),
            ("18.x || >=20", "20"),
            (">=18 || >=22", "18"),
            (">=30", "30"),
            (">=0", "latest"),
            ("18 ||", "latest"),
        ] {
            assert_eq!(prefix(range).as_deref(), Some(expected), "{range}");
        }
    }

    #[test]
    fn a_range_without_versions_has_no_prefix() {
        for range in [">20 <19", "18 20", ">21 <=21.5", "=20.1.0 =20.1.1"] {
            assert_eq!(prefix(range), None, "{range}");
        }
    }

    #[test]
    fn without_knowledge_of_what_is_published_the_lowest_is_taken() {
        for (range, expected) in [(">=8 <100", "8"), ("^8.2", "8"), ("~8.2.1", "8.2")] {
            let range = SemverRange::parse(range, Releases::default()).unwrap();
            assert_eq!(range.prefix().as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_prefix_is_never_outside_of_the_range() {
        let parts = [
            "18",
            ">=18.2",
            "<20.5.0",
            "^18.2.1",
            "~20.1",
            ">20",
            "<=22.3.4",
            "20.x",
            "16 - 18.3",
            "=19.1.0",
        ];
        for one in parts {
            for other in parts {
                for range in [format!("{one} {other}"), format!("{one} || {other}")] {
                    for releases in [NODE, Releases::default()] {
                        let Some(parsed) = SemverRange::parse(&range, releases) else {
                            continue;
                        };
                        let Some(prefix) = parsed.prefix() else {
                            continue;
                        };
                        if prefix == "latest" {
                            assert!((0..30).all(|major| parsed.holds(major, 1, 1)), "{range}");
                            continue;
                        }
                        let mut numbers: Vec<u64> = prefix
                            .split('.')
                            .map(|part| part.parse().unwrap())
                            .collect();
                        numbers.resize(3, ENDLESS);
                        assert!(
                            parsed.holds(numbers[0], numbers[1], numbers[2]),
                            "{range}: {prefix}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn of_a_list_the_newest_in_the_range_is_taken() {
        let versions =
            ["18.2.0", "20.0.0-rc.1", "20.19.5", "20.3.0", "21.0.0", "x"].map(str::to_owned);
        let newest = |range: &str| SemverRange::parse(range, NODE).unwrap().newest(&versions);
        assert_eq!(newest(">=18 <21"), Some("20.19.5"));
        assert_eq!(newest(">=18 <20.5"), Some("20.3.0"));
        assert_eq!(newest("<=20.0.0-rc.2"), Some("20.0.0-rc.1"));
        assert_eq!(newest(">=18 <22"), Some("20.19.5"));
        assert_eq!(newest("21"), Some("21.0.0"));
        assert_eq!(newest(">=22"), None);
    }
}

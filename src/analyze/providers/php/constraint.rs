//! Which PHP a version in `composer.json` or a setting asks for.
//!
//! Requirements are Composer's (<https://getcomposer.org/doc/articles/versions.md#writing-version-constraints>). An image of
//! FrankenPHP has the newest release of a minor version (`php8.4`), or one release (`php8.4.3`); planning asks nobody which
//! there are, so a requirement becomes a minor version.

/// The minor versions that there are images of FrankenPHP for, as this was written
/// (<https://hub.docker.com/r/dunglas/frankenphp/tags>).
const KNOWN: [(u64, u64); 4] = [(8, 2), (8, 3), (8, 4), (8, 5)];
/// What is taken where a range leaves the choice.
pub(super) const DEFAULT_VERSION: &str = "8.4";
const DEFAULT: (u64, u64) = (8, 4);

/// Major, minor and patch.
type Version = [u64; 3];

/// What an open range ends with.
const ENDLESS: Version = [u64::MAX; 3];

/// Versions from the first on, up to and without the second.
#[derive(Clone, Copy, Debug)]
struct Range {
    low: Version,
    high: Version,
}

/// A version as it is written, and how many of its numbers are.
#[derive(Clone, Copy, Debug)]
struct Written {
    numbers: Version,
    count: usize,
    has_wildcard: bool,
}

/// The version of PHP that is meant, as the tag of an image has it; `None` for what is no requirement, or none that an image
/// can meet.
///
/// `^` and `~` say which version an app is written for, so they give the oldest that they allow. Other ranges give the default
/// if they allow it, else the newest.
pub(super) fn image_version(requirement: &str) -> Option<String> {
    let requirement = requirement.trim().trim_start_matches('=').trim_start();
    if let Some(written) = Written::read(requirement)
        && !written.has_wildcard
        && written.count > 1
    {
        let [major, minor, patch] = written.numbers;
        let is_old = (major, minor) < KNOWN[0];
        return match written.count {
            _ if is_old => None,
            2 => Some(format!("{major}.{minor}")),
            _ => Some(format!("{major}.{minor}.{patch}")),
        };
    }
    let ranges = alternatives(requirement)?;
    let allows = |&(major, minor): &(u64, u64)| {
        let newest = [major, minor, u64::MAX - 1];
        ranges
            .iter()
            .any(|range| range.low <= newest && newest < range.high)
    };
    let mut allowed = KNOWN.iter().copied().filter(allows);
    let found = if requirement.contains(['^', '~']) {
        allowed.next()
    } else if allows(&DEFAULT) {
        Some(DEFAULT)
    } else {
        allowed.next_back()
    };
    let (major, minor) = found.or_else(|| later(&ranges))?;
    Some(format!("{major}.{minor}"))
}

/// The oldest minor version of ranges that begin behind those that are known.
fn later(ranges: &[Range]) -> Option<(u64, u64)> {
    let [.., newest] = KNOWN;
    let lows = ranges.iter().filter(|range| range.low < range.high);
    lows.map(|range| (range.low[0], range.low[1]))
        .filter(|low| *low > newest)
        .min()
}

/// The ranges of which one has to hold.
fn alternatives(requirement: &str) -> Option<Vec<Range>> {
    requirement
        .split('|')
        .filter(|part| !part.is_empty())
        .map(all_of)
        .collect()
}

/// What is left of all versions by requirements that have to hold together.
fn all_of(text: &str) -> Option<Range> {
    if let Some((first, last)) = text.split_once(" - ") {
        let (first, last) = (Written::read(first.trim())?, Written::read(last.trim())?);
        let high = last.next(last.count.min(3));
        return Some(Range {
            low: first.numbers,
            high,
        });
    }
    let mut range = Range {
        low: [0; 3],
        high: ENDLESS,
    };
    let mut is_empty = true;
    let mut words = text.split(|character: char| character.is_whitespace() || character == ',');
    while let Some(word) = words.next() {
        if word.is_empty() {
            continue;
        }
        let start = word.find(|character: char| !"<>=!^~".contains(character));
        // `>= 8.2` is as good as `>=8.2`.
        let (sign, version) = match start {
            Some(start) => word.split_at(start),
            None => (word, words.by_ref().find(|word| !word.is_empty())?),
        };
        let part = one(sign, version)?;
        range.low = range.low.max(part.low);
        range.high = range.high.min(part.high);
        is_empty = false;
    }
    (!is_empty).then_some(range)
}

fn one(sign: &str, version: &str) -> Option<Range> {
    let written = Written::read(version)?;
    let (low, high) = match sign {
        "" if written.count == 0 => ([0; 3], ENDLESS),
        "" | "=" | "==" => (written.numbers, written.next(written.count)),
        "^" => (written.numbers, written.next(1)),
        "~" => (written.numbers, written.next(written.count.max(2) - 1)),
        ">=" => (written.numbers, ENDLESS),
        ">" => (written.next(3), ENDLESS),
        "<" => ([0; 3], written.numbers),
        "<=" => ([0; 3], written.next(3)),
        // One release more or less does not change the minor version.
        "!=" | "<>" => ([0; 3], ENDLESS),
        _ => return None,
    };
    Some(Range { low, high })
}

impl Written {
    /// Reads `8`, `v8.4`, `8.4.*`, `8.4.3`, `8.4.3.0@stable`; `None` for all else.
    fn read(text: &str) -> Option<Self> {
        let text = text.split('@').next()?;
        let text = text.strip_suffix("-dev").unwrap_or(text);
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let mut written = Self {
            numbers: [0; 3],
            count: 0,
            has_wildcard: false,
        };
        for (index, part) in text.split('.').enumerate() {
            if matches!(part, "*" | "x" | "X") {
                written.has_wildcard = true;
                continue;
            }
            let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
            // Nothing follows a wildcard, and PHP's versions have few digits.
            if written.has_wildcard || !is_number || index > 3 || part.len() > 9 {
                return None;
            }
            let number = part.parse().ok()?;
            if let Some(place) = written.numbers.get_mut(index) {
                *place = number;
                written.count = index + 1;
            }
        }
        Some(written)
    }

    /// The first version behind all those that begin with its first `count` numbers.
    fn next(&self, count: usize) -> Version {
        let mut next = [0; 3];
        let last = count.clamp(1, 3) - 1;
        for (index, (place, number)) in next.iter_mut().zip(self.numbers).enumerate() {
            if index <= last {
                *place = number + u64::from(index == last);
            }
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_becomes_the_version_of_an_image() {
        for (requirement, expected) in [
            ("8.3", "8.3"),
            ("8.3.*", "8.3"),
            ("v8.3.12", "8.3.12"),
            ("8.9", "8.9"),
            ("*", "8.4"),
            ("8", "8.4"),
            ("8.*", "8.4"),
            ("^8.2", "8.2"),
            ("^8.1", "8.2"),
            ("^8.3.5", "8.3"),
            ("^7.4 || ^8.0", "8.2"),
            ("^7.4|^8.3", "8.3"),
            ("~8.3.0", "8.3"),
            ("~8.2", "8.2"),
            ("^9.1", "9.1"),
            (">=8.1", "8.4"),
            (">= 8.1 , < 8.4", "8.3"),
            (">8.4", "8.4"),
            (">=8.5", "8.5"),
            (">=8.2 <8.3", "8.2"),
            ("<=8.3", "8.2"),
            ("8.2 - 8.3", "8.3"),
            ("8.2.0 - 8.9.9", "8.4"),
            (">=8.2 !=8.4.1", "8.4"),
            ("=8.3.4", "8.3.4"),
            (">=8.2@stable", "8.4"),
        ] {
            assert_eq!(
                image_version(requirement).as_deref(),
                Some(expected),
                "{requirement}"
            );
        }
    }

    #[test]
    fn what_no_image_can_meet_is_known() {
        for requirement in [
            "",
            "7.4",
            "7.4.33",
            "^7.4",
            "<8",
            "8.1.*",
            ">=8.4 <8.3",
            ">=8.3.1 <8.3.5",
            "newest",
            "8.4-fpm",
            "8.*.3",
            "^",
            "8.4; echo",
            "99999999999999999999",
            "1 - x",
        ] {
            assert_eq!(image_version(requirement), None, "{requirement}");
        }
    }
}

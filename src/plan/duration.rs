//! Times as Docker writes them: `1m30s`.

/// Units and how many nanoseconds they have (<https://pkg.go.dev/time#ParseDuration>).
const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60 * 1_000_000_000),
    ("h", 3_600 * 1_000_000_000),
];

/// How many digits count: what is smaller is less than a nanosecond, what is larger does not fit.
const MAX_DIGITS: usize = 18;

/// The nanoseconds of a time as Docker writes it: numbers with units (`1m30s`, `1.5h`). `None` if it is none, or longer than
/// the 292 years that an image's configuration can say.
pub(crate) fn nanoseconds(text: &str) -> Option<i64> {
    let mut total: u64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|next: char| !next.is_ascii_digit() && next != '.')?;
        let (number, behind) = rest.split_at_checked(end)?;
        let end = behind
            .find(|next: char| next.is_ascii_digit() || next == '.')
            .unwrap_or(behind.len());
        let (unit, behind) = behind.split_at_checked(end)?;
        let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
        total = total.checked_add(scaled(number, *factor)?)?;
        rest = behind;
    }
    i64::try_from(total).ok().filter(|_| !text.is_empty())
}

fn scaled(number: &str, factor: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.len() + fraction.len() == 0 || fraction.contains('.') {
        return None;
    }
    let digits = |text: &str| {
        if text.is_empty() {
            Some(0)
        } else {
            text.parse::<u64>().ok()
        }
    };
    let fraction = fraction.get(..MAX_DIGITS.min(fraction.len()))?;
    let parts = 10_u128.pow(u32::try_from(fraction.len()).ok()?);
    let small = u128::from(digits(fraction)?) * u128::from(factor) / parts;
    let large = digits(whole)?.checked_mul(factor)?;
    large.checked_add(u64::try_from(small).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_docker() {
        let cases = [
            ("30s", 30_000_000_000),
            ("1m30s", 90_000_000_000),
            ("1.5h", 5_400_000_000_000),
            ("100ms", 100_000_000),
            (".5s", 500_000_000),
            ("1.s", 1_000_000_000),
            ("2µs3ns", 2_003),
            ("0s", 0),
            ("0.00000000000000000000000001h", 0),
            ("2562047h", 9_223_369_200_000_000_000),
        ];
        for (text, expected) in cases {
            assert_eq!(nanoseconds(text), Some(expected), "{text}");
        }
        let none = [
            "",
            "30",
            "s",
            ".s",
            "-1s",
            "1 s",
            "1d",
            "1S",
            "1..5s",
            "1.5.5s",
            "5s1",
            "2562048h",
            "99999999999999999999s",
            "18446744073709551615ns1ns",
            "١s",
        ];
        for text in none {
            assert_eq!(nanoseconds(text), None, "{text}");
        }
    }
}

//! Which name may be meant.

/// Longer names are not compared: the time for it grows with the product of both lengths.
const MAX_LENGTH: usize = 32;
/// How many names are compared.
const MAX_CANDIDATES: usize = 1000;

/// The name that is meant, if one is so near that a slip of the hand explains the difference.
pub(crate) fn suggest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let name: Vec<char> = name.chars().take(MAX_LENGTH + 1).collect();
    let limit = match name.len() {
        0..=2 => 0,
        3..=5 => 1,
        6..=MAX_LENGTH => 2,
        _ => return None,
    };
    candidates
        .into_iter()
        .take(MAX_CANDIDATES)
        .filter(|candidate| candidate.len() <= 4 * MAX_LENGTH)
        .map(|candidate| (distance(&name, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many characters must be inserted, removed, replaced or exchanged with their neighbour (optimal string alignment);
/// upper and lower case count as the same.
fn distance(name: &[char], candidate: &str) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=name.len()).collect();
    let mut last_other = None;
    for other in candidate.chars() {
        let mut row = vec![last.first().map_or(0, |first| first + 1)];
        let mut last_character = None;
        for (index, character) in name.iter().enumerate() {
            let cell =
                |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX - 1);
            let replaced = cell(&last, index) + usize::from(!is_same(*character, other));
            let mut cost = replaced
                .min(cell(&row, index) + 1)
                .min(cell(&last, index + 1) + 1);
            let exchanged = last_other.zip(last_character);
            if exchanged.is_some_and(|(a, b)| is_same(a, *character) && is_same(b, other)) {
                cost = cost.min(cell(&before_last, index.saturating_sub(1)) + 1);
            }
            row.push(cost);
            last_character = Some(*character);
        }
        before_last = std::mem::replace(&mut last, row);
        last_other = Some(other);
    }
    last.last().copied().unwrap_or(0)
}

fn is_same(one: char, other: char) -> bool {
    one.eq_ignore_ascii_case(&other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_distances() {
        let measure = |a: &str, b| distance(&a.chars().collect::<Vec<_>>(), b);
        assert_eq!(measure("kitten", "sitting"), 3);
        assert_eq!(measure("", "abc"), 3);
        assert_eq!(measure("abc", ""), 3);
        assert_eq!(measure("StartCommand", "startCommand"), 0);
        assert_eq!(measure("biuld", "build"), 1);
        assert_eq!(measure("ab", "ba"), 1);
        assert_eq!(measure("ca", "abc"), 3);
    }

    #[test]
    fn suggests_only_what_is_near() {
        let fields = ["steps", "caches", "secrets", "deploy", "exclude"];
        assert_eq!(suggest("step", fields), Some("steps"));
        assert_eq!(suggest("Steps", fields), Some("steps"));
        assert_eq!(suggest("excludes", fields), Some("exclude"));
        assert_eq!(suggest("description", fields), None);
        assert_eq!(suggest("x", ["y"]), None);
        assert_eq!(suggest("x", ["X"]), Some("X"));
        assert_eq!(suggest(&"a".repeat(33), [&*"a".repeat(33)]), None);
    }
}

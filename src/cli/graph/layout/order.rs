//! The order within rows: lines should not cross.

use super::Item;
use super::place;

/// How often all rows are looked at, downwards and upwards in turn.
const SWEEPS: usize = 24;

/// Orders the items of each row. Each moves to the middle of what it is linked to, again and again; the order with the
/// fewest crossings stays.
pub(super) fn reduce_crossings(rows: &mut Vec<Vec<usize>>, items: &[Item]) {
    let mut middles = place::pack(rows, items);
    let mut best = rows.clone();
    let mut fewest = crossings(rows, items, &middles);
    for sweep in 0..SWEEPS {
        if fewest == 0 {
            break;
        }
        let downwards = sweep % 2 == 0;
        let count = rows.len();
        for step in 0..count {
            let index = if downwards { step } else { count - 1 - step };
            let Some(row) = rows.get_mut(index) else {
                continue;
            };
            let mut wanted: Vec<_> = row
                .iter()
                .map(|&at| {
                    (
                        at,
                        place::wanted(at, items, &middles, downwards, !downwards),
                    )
                })
                .collect();
            wanted.sort_by(|one, other| one.1.total_cmp(&other.1));
            *row = wanted.iter().map(|(at, _)| *at).collect();
            let places: Vec<_> = wanted.iter().map(|(_, x)| (*x, 1.0)).collect();
            place::settle(row, items, &places, &mut middles);
        }
        let now = crossings(rows, items, &middles);
        if now < fewest {
            fewest = now;
            best.clone_from(rows);
        }
    }
    *rows = best;
}

/// How many pairs of lines cross between rows.
fn crossings(rows: &[Vec<usize>], items: &[Item], middles: &[f64]) -> usize {
    let middle = |at: usize| middles.get(at).copied().unwrap_or_default();
    rows.iter()
        .map(|row| {
            let mut lines: Vec<_> = row
                .iter()
                .filter_map(|&at| items.get(at).map(|item| (at, item)))
                .flat_map(|(at, item)| {
                    let below = item.below.iter();
                    below.map(move |(lower, end)| (middle(at), middle(*lower) + end))
                })
                .collect();
            lines.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)));
            inversions(lines.into_iter().map(|line| line.1).collect()).1
        })
        .sum()
}

/// The numbers in order, and how many pairs of them were not.
fn inversions(mut numbers: Vec<f64>) -> (Vec<f64>, usize) {
    if numbers.len() < 2 {
        return (numbers, 0);
    }
    let right = numbers.split_off(numbers.len() / 2);
    let (left, in_left) = inversions(numbers);
    let (right, in_right) = inversions(right);
    let mut count = in_left + in_right;
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let total = left.len();
    let mut taken = 0;
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(one), Some(other)) = (left.peek(), right.peek()) {
        if one <= other {
            taken += 1;
            merged.extend(left.next());
        } else {
            count += total - taken;
            merged.extend(right.next());
        }
    }
    merged.extend(left);
    merged.extend(right);
    (merged, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inversions_are_counted() {
        let count = |numbers: &[f64]| inversions(numbers.to_vec()).1;
        assert_eq!(count(&[]), 0);
        assert_eq!(count(&[1.0, 1.0, 2.0]), 0);
        assert_eq!(count(&[3.0, 2.0, 1.0]), 3);
        assert_eq!(count(&[2.0, 1.0, 4.0, 3.0, 0.0]), 6);
    }
}

//! The place of each item in its row: below and above what it is linked to, without touching its neighbours.

use super::{BOX_GAP, Item};

/// How often all rows are straightened.
const SWEEPS: usize = 30;
/// How much more a passing line keeps its place than a box does: long lines should be straight.
const LINE_WEIGHT: f64 = 8.0;

/// The middles of all items, rows one beside the other in their order.
pub(super) fn place(rows: &[Vec<usize>], items: &[Item]) -> Vec<f64> {
    let mut middles = pack(rows, items);
    for sweep in 0..SWEEPS {
        let downwards = sweep % 2 == 0;
        // The first sweeps bring items below each other; the last look both ways, and so even out.
        let both = sweep >= SWEEPS / 2;
        for step in 0..rows.len() {
            let index = if downwards {
                step
            } else {
                rows.len() - 1 - step
            };
            let Some(row) = rows.get(index) else { continue };
            let places: Vec<_> = row
                .iter()
                .map(|&at| {
                    let x = wanted(at, items, &middles, downwards || both, !downwards || both);
                    let is_line = items.get(at).is_some_and(|item| item.is_line);
                    (x, if is_line { LINE_WEIGHT } else { 1.0 })
                })
                .collect();
            settle(row, items, &places, &mut middles);
        }
    }
    middles
}

/// Items side by side, each row around the same middle.
pub(super) fn pack(rows: &[Vec<usize>], items: &[Item]) -> Vec<f64> {
    let mut middles = vec![0.0; items.len()];
    for row in rows {
        let places: Vec<_> = row.iter().map(|_| (0.0, 1.0)).collect();
        settle(row, items, &places, &mut middles);
    }
    middles
}

/// Where an item would stand if it were alone: in the middle of what it is linked to above, below or both.
pub(super) fn wanted(
    at: usize,
    items: &[Item],
    middles: &[f64],
    look_up: bool,
    look_down: bool,
) -> f64 {
    let middle = |at: usize| middles.get(at).copied().unwrap_or_default();
    let Some(item) = items.get(at) else {
        return 0.0;
    };
    let above = item.above.iter().filter(|_| look_up);
    let below = item.below.iter().filter(|_| look_down);
    let (mut sum, mut weight) = (0.0, 0.0);
    let linked = above
        .map(|(other, end)| (*other, middle(*other) - end))
        .chain(below.map(|(other, end)| (*other, middle(*other) + end)));
    for (other, x) in linked {
        let is_line = item.is_line && items.get(other).is_some_and(|other| other.is_line);
        let each = if is_line { LINE_WEIGHT } else { 1.0 };
        sum += x * each;
        weight += each;
    }
    if weight == 0.0 {
        middle(at)
    } else {
        sum / weight
    }
}

/// Moves the items of a row as near as can be to where each wants to stand (a place and how much that weighs), in
/// their order and without touching: least squares, by pooling neighbours that want to pass each other.
pub(super) fn settle(row: &[usize], items: &[Item], places: &[(f64, f64)], middles: &mut [f64]) {
    struct Pool {
        sum: f64,
        weight: f64,
        count: usize,
    }
    let width = |at: usize| items.get(at).map_or(0.0, |item| item.width);
    // Counted from the first item's middle, if all stood as near as they may.
    let mut offsets = Vec::with_capacity(row.len());
    let mut offset = 0.0;
    let mut before: Option<usize> = None;
    for &at in row {
        if let Some(before) = before {
            offset += f64::midpoint(width(before), width(at)) + BOX_GAP;
        }
        offsets.push(offset);
        before = Some(at);
    }
    let mut pools: Vec<Pool> = Vec::new();
    for ((x, weight), offset) in places.iter().zip(&offsets) {
        let mut pool = Pool {
            sum: (x - offset) * weight,
            weight: *weight,
            count: 1,
        };
        while let Some(last) = pools.pop_if(|last| last.sum / last.weight > pool.sum / pool.weight)
        {
            pool.sum += last.sum;
            pool.weight += last.weight;
            pool.count += last.count;
        }
        pools.push(pool);
    }
    let starts = pools
        .iter()
        .flat_map(|pool| std::iter::repeat_n(pool.sum / pool.weight, pool.count));
    for ((&at, offset), start) in row.iter().zip(offsets).zip(starts) {
        if let Some(middle) = middles.get_mut(at) {
            *middle = start + offset;
        }
    }
}

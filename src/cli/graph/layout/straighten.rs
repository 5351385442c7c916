//! Lines over several rows become straight where there is room for it.

use super::{BOX_GAP, Item, LINE_WIDTH};

/// What stands left and right of each item.
pub(super) struct Neighbours {
    left: Vec<Option<usize>>,
    right: Vec<Option<usize>>,
}

impl Neighbours {
    pub(super) fn new(rows: &[Vec<usize>], count: usize) -> Self {
        let mut neighbours = Self {
            left: vec![None; count],
            right: vec![None; count],
        };
        for row in rows {
            for pair in row.windows(2) {
                let &[one, other] = pair else { continue };
                if let Some(right) = neighbours.right.get_mut(one) {
                    *right = Some(other);
                }
                if let Some(left) = neighbours.left.get_mut(other) {
                    *left = Some(one);
                }
            }
        }
        neighbours
    }

    /// Puts the points of a line below each other, as many in a row as there is room for: below its upper box, else
    /// above where it ends.
    pub(super) fn straighten(
        &self,
        chain: &[usize],
        end: Option<f64>,
        items: &[Item],
        middles: &mut [f64],
    ) {
        let (Some((&upper, rest)), Some(&lower)) = (chain.split_first(), chain.last()) else {
            return;
        };
        let middle = |at: usize, middles: &[f64]| middles.get(at).copied().unwrap_or_default();
        let start = middle(upper, middles);
        let end = middle(lower, middles) + end.unwrap_or_default();
        let mut points = rest.strip_suffix(&[lower]).unwrap_or_default();
        while let Some(&first) = points.first() {
            let (mut from, mut to) = self.room(first, items, middles);
            let mut count = 1;
            for &next in points.iter().skip(1) {
                let (left, right) = self.room(next, items, middles);
                if from.max(left) > to.min(right) {
                    break;
                }
                (from, to) = (from.max(left), to.min(right));
                count += 1;
            }
            let (run, others) = points.split_at(count);
            let fits = |x: &f64| (from..=to).contains(x);
            let x = [start, end]
                .into_iter()
                .find(fits)
                .unwrap_or_else(|| start.clamp(from, to));
            for &at in run {
                if let Some(middle) = middles.get_mut(at) {
                    *middle = x;
                }
            }
            points = others;
        }
    }

    /// From where to where an item may be moved. What it has now is always within.
    fn room(&self, at: usize, items: &[Item], middles: &[f64]) -> (f64, f64) {
        let place = |at: usize| {
            let middle = middles.get(at).copied().unwrap_or_default();
            let item = items.get(at);
            let width = item.map_or(0.0, |item| item.width);
            // Lines may come nearer to each other than to boxes.
            let gap = if item.is_some_and(|item| item.is_line) {
                0.0
            } else {
                BOX_GAP / 2.0
            };
            (middle, f64::midpoint(width, LINE_WIDTH) + gap)
        };
        let now = place(at).0;
        let neighbour = |list: &[Option<usize>]| list.get(at).copied().flatten().map(place);
        let from = neighbour(&self.left).map_or(f64::NEG_INFINITY, |(middle, gap)| middle + gap);
        let to = neighbour(&self.right).map_or(f64::INFINITY, |(middle, gap)| middle - gap);
        (from.min(now), to.max(now))
    }
}

//! Where boxes stand and how lines run between them.
//!
//! Layered drawing, after Sugiyama (<https://doi.org/10.1109/TSMC.1981.4308636>): boxes stand in rows by rank, a line over
//! several rows gets a point in each, [`order`] keeps lines from crossing, [`place`] and [`straighten`] make them straight. It knows boxes and
//! lines, and nothing of plans.

mod order;
mod place;
mod straighten;
#[cfg(test)]
mod tests;

/// A box to be placed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    /// The row, from the top.
    pub(super) rank: usize,
    pub(super) width: f64,
    pub(super) height: f64,
    /// Whether it stands at the bottom of its row rather than at the top.
    pub(super) at_bottom: bool,
}

/// A line from a box down to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Where it has to end, counted from the middle of the lower box; `None` is anywhere.
    pub(super) end: Option<f64>,
}

/// A place in the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// Where everything is.
#[derive(Debug)]
pub(super) struct Layout {
    /// The upper left corner of each box.
    pub(super) corners: Vec<Point>,
    /// The points of each line: in pairs, from where it is straight to where it is not. Between the second of one pair
    /// and the first of the next it is a curve.
    pub(super) routes: Vec<Vec<Point>>,
    /// Top and bottom of each row.
    pub(super) rows: Vec<(f64, f64)>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// The space between rows, where lines bend.
const ROW_GAP: f64 = 52.0;
/// The space between boxes in a row.
const BOX_GAP: f64 = 28.0;
/// What a line takes of a row that it passes.
const LINE_WIDTH: f64 = 12.0;
/// The space between lines that end at one box.
const PORT_GAP: f64 = 18.0;
/// The space between a box's corner and its first line.
const PORT_MARGIN: f64 = 18.0;

/// What stands in a row: a box, or a line that passes.
#[derive(Clone, Debug)]
struct Item {
    width: f64,
    is_line: bool,
    /// Items of the row above, each with where the line ends counted from this item's middle.
    above: Vec<(usize, f64)>,
    below: Vec<(usize, f64)>,
    rank: usize,
}

/// Finds a place for everything. A link whose boxes do not stand below each other is not drawn.
pub(super) fn lay_out(boxes: &[Size], links: &[Link]) -> Layout {
    let (items, chains) = items(boxes, links);
    let count = boxes.iter().map(|size| size.rank + 1).max().unwrap_or(0);
    let mut rows = vec![Vec::new(); count];
    for (index, item) in items.iter().enumerate() {
        if let Some(row) = rows.get_mut(item.rank) {
            row.push(index);
        }
    }
    order::reduce_crossings(&mut rows, &items);
    let mut middles = place::place(&rows, &items);
    let neighbours = straighten::Neighbours::new(&rows, items.len());
    for (chain, link) in chains.iter().zip(links) {
        neighbours.straighten(chain, link.end, &items, &mut middles);
    }
    let left = items
        .iter()
        .zip(&middles)
        .map(|(item, middle)| middle - item.width / 2.0)
        .fold(f64::INFINITY, f64::min);
    for middle in &mut middles {
        *middle = (*middle - left).round();
    }
    draw_up(boxes, links, &chains, &middles, count)
}

/// The items of all rows: the boxes in their order, then the points of lines. With them, for each link, the items that it
/// passes from its upper box to its lower one.
fn items(boxes: &[Size], links: &[Link]) -> (Vec<Item>, Vec<Vec<usize>>) {
    let item = |rank, width, is_line| Item {
        width,
        is_line,
        above: Vec::new(),
        below: Vec::new(),
        rank,
    };
    let mut items: Vec<_> = boxes
        .iter()
        .map(|size| item(size.rank, size.width, false))
        .collect();
    let mut chains = Vec::new();
    for link in links {
        let (Some(from), Some(to)) = (boxes.get(link.from), boxes.get(link.to)) else {
            chains.push(Vec::new());
            continue;
        };
        if from.rank >= to.rank {
            chains.push(Vec::new());
            continue;
        }
        let mut chain = vec![link.from];
        for rank in from.rank + 1..to.rank {
            chain.push(items.len());
            items.push(item(rank, LINE_WIDTH, true));
        }
        chain.push(link.to);
        for (position, pair) in chain.windows(2).enumerate() {
            let &[upper, lower] = pair else { continue };
            let is_last = position + 2 == chain.len();
            let end = if is_last {
                link.end.unwrap_or(0.0)
            } else {
                0.0
            };
            if let Some(item) = items.get_mut(upper) {
                item.below.push((lower, end));
            }
            if let Some(item) = items.get_mut(lower) {
                item.above.push((upper, end));
            }
        }
        chains.push(chain);
    }
    (items, chains)
}

/// From the middles of all items to corners and routes.
fn draw_up(
    boxes: &[Size],
    links: &[Link],
    chains: &[Vec<usize>],
    middles: &[f64],
    count: usize,
) -> Layout {
    let mut rows = Vec::new();
    let mut top = 0.0;
    for rank in 0..count {
        let heights = boxes.iter().filter(|size| size.rank == rank);
        let height = heights.map(|size| size.height).fold(0.0, f64::max);
        rows.push((top, top + height));
        top += height + ROW_GAP;
    }
    let row = |rank: usize| rows.get(rank).copied().unwrap_or_default();
    let middle = |index: usize| middles.get(index).copied().unwrap_or_default();
    let corners: Vec<_> = boxes
        .iter()
        .enumerate()
        .map(|(index, size)| {
            let (top, bottom) = row(size.rank);
            Point {
                x: (middle(index) - size.width / 2.0).round(),
                y: if size.at_bottom {
                    bottom - size.height
                } else {
                    top
                },
            }
        })
        .collect();
    let ports = Ports::new(boxes, links, chains, middles);
    let mut routes = Vec::new();
    for (index, chain) in chains.iter().enumerate() {
        let mut route = Vec::new();
        for (position, &item) in chain.iter().enumerate() {
            let Some(size) = boxes.get(item) else {
                // A row that the line passes.
                let rank = boxes.get(links.get(index).map_or(0, |link| link.from));
                let rank = rank.map_or(0, |size| size.rank) + position;
                let (top, bottom) = row(rank);
                let x = middle(item);
                route.extend([Point { x, y: top }, Point { x, y: bottom }]);
                continue;
            };
            let corner = corners
                .get(item)
                .copied()
                .unwrap_or(Point { x: 0.0, y: 0.0 });
            if position == 0 {
                let x = ports.start(index);
                let y = corner.y + size.height;
                route.extend([
                    Point { x, y },
                    Point {
                        x,
                        y: row(size.rank).1.max(y),
                    },
                ]);
            } else {
                let x = ports.end(index);
                route.extend([
                    Point {
                        x,
                        y: row(size.rank).0,
                    },
                    Point { x, y: corner.y },
                ]);
            }
        }
        routes.push(route);
    }
    let right = boxes
        .iter()
        .zip(&corners)
        .map(|(size, corner)| corner.x + size.width);
    let passing = middles.iter().skip(boxes.len()).map(|x| x + LINE_WIDTH);
    Layout {
        width: right.chain(passing).fold(0.0, f64::max),
        height: rows.last().map_or(0.0, |row| row.1),
        corners,
        routes,
        rows,
    }
}

/// Where lines leave boxes and reach them: spread out, in the order of where they come from or go to.
struct Ports {
    starts: Vec<f64>,
    ends: Vec<f64>,
}

impl Ports {
    fn new(boxes: &[Size], links: &[Link], chains: &[Vec<usize>], middles: &[f64]) -> Self {
        let middle = |index: usize| middles.get(index).copied().unwrap_or_default();
        let mut ports = Self {
            starts: vec![0.0; links.len()],
            ends: vec![0.0; links.len()],
        };
        for (index, size) in boxes.iter().enumerate() {
            let leaving = links
                .iter()
                .enumerate()
                .filter(|(_, link)| link.from == index);
            let leaving = leaving.filter_map(|(at, link)| {
                let next = *chains.get(at)?.get(1)?;
                let end = if next == link.to { link.end } else { None };
                Some((at, middle(next) + end.unwrap_or(0.0)))
            });
            for (at, x) in spread(leaving.collect(), middle(index), size.width) {
                if let Some(start) = ports.starts.get_mut(at) {
                    *start = x;
                }
            }
            let reaching = links
                .iter()
                .enumerate()
                .filter(|(_, link)| link.to == index);
            let mut free = Vec::new();
            for (at, link) in reaching {
                let chain = chains.get(at).map_or(&[][..], Vec::as_slice);
                let before = chain.iter().rev().nth(1).copied();
                match (link.end, before) {
                    (Some(end), _) => {
                        if let Some(place) = ports.ends.get_mut(at) {
                            *place = (middle(index) + end).round();
                        }
                    }
                    (None, Some(before)) => free.push((at, middle(before))),
                    (None, None) => {}
                }
            }
            for (at, x) in spread(free, middle(index), size.width) {
                if let Some(end) = ports.ends.get_mut(at) {
                    *end = x;
                }
            }
        }
        ports
    }

    fn start(&self, link: usize) -> f64 {
        self.starts.get(link).copied().unwrap_or_default()
    }

    fn end(&self, link: usize) -> f64 {
        self.ends.get(link).copied().unwrap_or_default()
    }
}

/// Places for lines along the edge of a box, in the order of their other ends.
fn spread(mut lines: Vec<(usize, f64)>, middle: f64, width: f64) -> Vec<(usize, f64)> {
    lines.sort_by(|one, other| one.1.total_cmp(&other.1));
    #[expect(clippy::cast_precision_loss, reason = "they are few")]
    let count = lines.len().max(1) as f64;
    let gap = PORT_GAP.min((width - 2.0 * PORT_MARGIN).max(0.0) / count);
    let mut x = middle - gap * (count - 1.0) / 2.0;
    for line in &mut lines {
        line.1 = x.round();
        x += gap;
    }
    lines
}

//! How the picture is drawn.

pub(super) mod parts;

use super::layout::{Layout, Link, Point, Size, lay_out};
use super::legend;
use super::model::{Box, BoxKind, Flow, FlowKind, Graph};
use super::style::{HEADS, MARGIN, STYLE};
use super::svg::Svg;
use parts::Part;

/// The height of the heading.
const HEADING_HEIGHT: f64 = 36.0;
/// How far the band behind a row goes beyond its boxes.
const BAND_MARGIN: f64 = 12.0;

/// The whole picture.
pub(super) fn draw(graph: &Graph, provider: Option<&str>) -> String {
    let parts: Vec<_> = graph.boxes.iter().map(Part::new).collect();
    let sizes: Vec<_> = graph
        .boxes
        .iter()
        .zip(&parts)
        .map(|(each, part)| Size {
            rank: each.rank,
            width: part.width,
            height: part.height,
            at_bottom: matches!(each.kind, BoxKind::Source | BoxKind::Local),
        })
        .collect();
    let links: Vec<_> = graph
        .flows
        .iter()
        .map(|flow| Link {
            from: flow.from,
            to: flow.to,
            end: flow.layer.and_then(|layer| {
                let part = parts.get(flow.to)?;
                part.layer_middle(layer)
            }),
        })
        .collect();
    let layout = lay_out(&sizes, &links);
    let legend = legend::measure();
    let width = (layout.width + 2.0 * BAND_MARGIN).max(legend.0) + 2.0 * MARGIN;
    let height = HEADING_HEIGHT + layout.height + legend.1 + 3.0 * MARGIN + BAND_MARGIN;

    let mut svg = Svg::default();
    begin(&mut svg, graph, provider, width, height);
    let offset = Point {
        x: ((width - layout.width) / 2.0).round(),
        y: MARGIN + HEADING_HEIGHT,
    };
    draw_bands(&mut svg, graph, &layout, width, offset);
    for (flow, route) in graph.flows.iter().zip(&layout.routes) {
        draw_flow(&mut svg, graph, flow, route, offset);
    }
    for ((each, part), corner) in graph.boxes.iter().zip(&parts).zip(&layout.corners) {
        let at = Point {
            x: corner.x + offset.x,
            y: corner.y + offset.y,
        };
        part.draw(&mut svg, each, at);
    }
    let top = height - MARGIN - legend.1;
    legend::draw(&mut svg, Point { x: MARGIN, y: top });
    svg.finish()
}

/// What stands before the first box: size, style, arrow heads, ground and heading.
fn begin(svg: &mut Svg, graph: &Graph, provider: Option<&str>, width: f64, height: f64) {
    let view = format!("0 0 {width} {height}");
    svg.open(
        "svg",
        &[
            ("xmlns", &"http://www.w3.org/2000/svg"),
            ("width", &width),
            ("height", &height),
            ("viewBox", &view),
            ("role", &"img"),
        ],
    );
    let steps = graph
        .boxes
        .iter()
        .filter(|each| matches!(each.kind, BoxKind::Step { .. }))
        .count();
    let steps = match steps {
        1 => "1 step".to_owned(),
        steps => format!("{steps} steps"),
    };
    let heading = match provider {
        Some(provider) => format!("{provider}: {steps}"),
        None => steps,
    };
    svg.title(&format!("Build plan, {heading}"));
    svg.raw(STYLE);
    svg.open("defs", &[]);
    for (name, class) in HEADS {
        svg.open(
            "marker",
            &[
                ("id", &name),
                ("viewBox", &"0 0 8 8"),
                ("refX", &7),
                ("refY", &4),
                ("markerWidth", &8),
                ("markerHeight", &8),
                ("markerUnits", &"userSpaceOnUse"),
                ("orient", &"auto"),
            ],
        );
        svg.element("path", &[("class", &class), ("d", &"M0,0 L8,4 L0,8 z")]);
        svg.close();
    }
    svg.close();
    svg.element(
        "rect",
        &[("class", &"ground"), ("width", &width), ("height", &height)],
    );
    let y = MARGIN + 14.0;
    svg.element_with_text(
        "text",
        &[("class", &"heading"), ("x", &MARGIN), ("y", &y)],
        &format!("Build plan, {heading}"),
    );
}

/// Bands behind the rows of steps: what stands on one can run at the same time.
fn draw_bands(svg: &mut Svg, graph: &Graph, layout: &Layout, width: f64, offset: Point) {
    for (rank, (top, bottom)) in layout.rows.iter().enumerate() {
        let has_steps = graph
            .boxes
            .iter()
            .any(|each| each.rank == rank && matches!(each.kind, BoxKind::Step { .. }));
        if !has_steps {
            continue;
        }
        svg.element(
            "rect",
            &[
                ("class", &"row"),
                ("x", &MARGIN),
                ("y", &(top + offset.y - BAND_MARGIN)),
                ("width", &(width - 2.0 * MARGIN)),
                ("height", &(bottom - top + 2.0 * BAND_MARGIN)),
                ("rx", &10),
            ],
        );
    }
}

fn draw_flow(svg: &mut Svg, graph: &Graph, flow: &Flow, route: &[Point], offset: Point) {
    let ends = (graph.boxes.get(flow.from), graph.boxes.get(flow.to));
    let (Some(from), Some(to)) = ends else { return };
    if route.is_empty() {
        return;
    }
    let (class, head) = class_of(flow, from, to);
    svg.open("g", &[]);
    svg.title(&format!("{} to {}: {}", from.name, to.name, flow.what));
    let head = format!("url(#{head})");
    svg.element(
        "path",
        &[
            ("class", &class),
            ("marker-end", &head),
            ("d", &path(route, offset)),
        ],
    );
    svg.close();
}

/// A line's class and the name of its head.
fn class_of(flow: &Flow, from: &Box, to: &Box) -> (String, &'static str) {
    let how = match flow.kind {
        FlowKind::Base => "from-base",
        FlowKind::Layer => "laid-over",
        FlowKind::Copy => "copied",
    };
    let (whereto, head) = match (from.kind, to.kind) {
        (_, BoxKind::Result) => (" into-image", "to-image"),
        (BoxKind::Local, _) => (" from-local", "to-step-local"),
        _ => ("", "to-step"),
    };
    (format!("flow {how}{whereto}"), head)
}

/// A line: straight through rows, bent between them.
fn path(route: &[Point], offset: Point) -> String {
    let mut path = String::new();
    let mut last: Option<(f64, f64)> = None;
    for (index, point) in route.iter().enumerate() {
        let (x, y) = (point.x + offset.x, point.y + offset.y);
        let piece = match last {
            None => format!("M{x},{y}"),
            Some(place) if place == (x, y) => continue,
            Some((before, above)) if index % 2 == 0 && (before - x).abs() > 0.5 => {
                let half = f64::midpoint(above, y).round();
                format!(" C{before},{half} {x},{half} {x},{y}")
            }
            Some(_) => format!(" L{x},{y}"),
        };
        path.push_str(&piece);
        last = Some((x, y));
    }
    path
}

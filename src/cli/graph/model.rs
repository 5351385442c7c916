//! What the picture shows: boxes, what is written in them, and what flows between them.

/// What the picture shows.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) boxes: Vec<Box>,
    pub(super) flows: Vec<Flow>,
}

impl Graph {
    /// How many rows all lines together pass.
    pub(super) fn passed_rows(&self) -> usize {
        let rank = |index: usize| self.boxes.get(index).map_or(0, |found| found.rank);
        let passed = self.flows.iter();
        passed
            .map(|flow| rank(flow.to).saturating_sub(rank(flow.from)))
            .sum()
    }
}

/// One box.
#[derive(Debug)]
pub(super) struct Box {
    pub(super) kind: BoxKind,
    pub(super) name: String,
    /// The row, from the top.
    pub(super) rank: usize,
    pub(super) lines: Vec<Line>,
    /// Caches and secrets.
    pub(super) tags: Vec<Tag>,
    /// The final image's layers, from the lowest to the uppermost.
    pub(super) layers: Vec<ImageLayer>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum BoxKind {
    /// An image that is pulled.
    Source,
    /// The app's directory.
    Local,
    Step {
        /// Whether the final image is made of its result.
        is_in_image: bool,
    },
    /// The final image.
    Result,
}

/// A line in a box, and all of what it may show shortened.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) label: &'static str,
    pub(super) text: String,
    pub(super) whole: String,
}

impl Line {
    /// A line that shows all of its text.
    pub(super) fn new(label: &'static str, text: String) -> Self {
        Self {
            label,
            whole: format!("{label} {text}"),
            text,
        }
    }
}

/// A cache or a secret of a step.
#[derive(Debug)]
pub(super) struct Tag {
    pub(super) kind: TagKind,
    pub(super) text: String,
    pub(super) whole: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TagKind {
    Cache,
    Secret,
}

/// A layer of the final image.
#[derive(Debug)]
pub(super) struct ImageLayer {
    pub(super) source: String,
    pub(super) paths: Vec<String>,
}

/// Files that go from one box to another.
#[derive(Debug)]
pub(super) struct Flow {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) kind: FlowKind,
    /// Into the final image: the layer that they become.
    pub(super) layer: Option<usize>,
    /// Which files, in words.
    pub(super) what: String,
}

/// How files get there, from the weightiest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FlowKind {
    /// They are what a step starts from.
    Base,
    /// They are laid over that.
    Layer,
    /// A command copies them.
    Copy,
}

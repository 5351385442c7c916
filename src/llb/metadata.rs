//! What is said of an op beside its definition. None of it enters cache keys or digests.

/// What is said of an op beside its definition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// What the progress display shows; `None` leaves it to the engine.
    pub name: Option<String>,
    /// Run it even if its result is known.
    pub ignore_cache: bool,
    /// Places in files of the graph that this op came from.
    pub locations: Vec<Location>,
    /// The group that the progress display folds it into.
    pub progress_group: Option<ProgressGroup>,
    /// Whether its result goes into an exported cache; `None` leaves it to the engine.
    pub export_cache: Option<bool>,
}

/// Vertices that the progress display folds into one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgressGroup {
    /// Identity.
    pub id: String,
    /// What is shown.
    pub name: String,
    /// Hidden until a vertex that is not weak starts.
    pub weak: bool,
}

/// A range of a source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Location {
    /// Which of the files given to [`Graph::definition`](super::Graph::definition).
    pub source_index: usize,
    /// The range.
    pub range: Range,
}

/// A range of lines. Lines and characters count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    /// First line.
    pub start_line: u32,
    /// First character of it.
    pub start_character: u32,
    /// Last line.
    pub end_line: u32,
    /// Last character of it.
    pub end_character: u32,
}

/// A file that ops came from, shown by clients beside errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Its name, as the user gave it.
    pub filename: String,
    /// Its whole content.
    pub data: Vec<u8>,
    /// `json`, `dockerfile`; for highlighting.
    pub language: String,
}

//! Create React App (<https://create-react-app.dev>).

use super::source::Source;

/// What the build makes.
pub(super) const OUTPUT: &str = "build";

pub(super) fn is_used(source: Source<'_>) -> bool {
    source.has_dependency("react-scripts") && source.builds_with("react-scripts build")
}

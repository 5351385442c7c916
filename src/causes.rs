//! What an error came of.

use std::error::Error;
use std::iter;

/// The causes of an error, the nearest first.
pub fn causes<'a>(error: &'a (dyn Error + 'a)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(error.source(), |&cause| cause.source())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Told(&'static str, #[source] Option<Box<Told>>);

    #[test]
    fn the_nearest_comes_first() {
        let error = Told("a", Some(Told("b", Some(Told("c", None).into())).into()));
        let texts: Vec<_> = causes(&error).map(ToString::to_string).collect();
        assert_eq!(texts, ["b", "c"]);
        assert_eq!(causes(&Told("a", None)).count(), 0);
    }
}

//! Writing a plan.
//!
//! The names and the order of the fields are the reference's, so that two plans can be compared as texts; what is
//! empty is left out. They stand at the types' `Serialize`.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{LayerSource, Plan, Spanned};

impl Plan {
    /// The plan as JSON: indented by two spaces, with a line feed at the end. Equal plans give equal bytes.
    #[must_use]
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "serde_json fails on map keys that are no strings and on failing Serialize; a plan has neither"
    )]
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).expect("a plan can be written as JSON");
        json.push('\n');
        json
    }
}

impl<T: Serialize> Serialize for Spanned<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl Serialize for LayerSource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        match self {
            Self::Image(image) => map.serialize_entry("image", image)?,
            Self::Step(step) => map.serialize_entry("step", step)?,
            Self::Local => map.serialize_entry("local", &true)?,
            Self::Spread => map.serialize_entry("spread", &true)?,
        }
        map.end()
    }
}

#[cfg(test)]
mod tests;

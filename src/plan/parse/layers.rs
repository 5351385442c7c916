//! Layers: where a step's files come from.

use jsonc_parser::ast::{Object, Value};

use super::fields::Property;
use super::reader::Reader;
use crate::plan::problem::Excerpt;
use crate::plan::{Filter, Layer, LayerSource, ProblemKind, Spanned};

impl<'a> Reader<'a> {
    pub(super) fn layers(&mut self, value: &'a Value<'a>) -> Option<Vec<Spanned<Layer>>> {
        self.list(value, Self::layer)
    }

    /// The reference writes `{}` for a base that there is none of.
    pub(super) fn base(&mut self, value: &'a Value<'a>) -> Option<Spanned<Layer>> {
        let is_empty = value
            .as_object()
            .is_some_and(|object| object.properties.is_empty());
        if is_empty { None } else { self.layer(value) }
    }

    fn layer(&mut self, value: &'a Value<'a>) -> Option<Spanned<Layer>> {
        let layer = match value {
            Value::StringLit(text) => {
                let layer = Layer::from_text(&text.value);
                if layer.is_none() {
                    self.problem(
                        ProblemKind::UnknownLayer {
                            text: Excerpt::new(&text.value),
                        },
                        value,
                    );
                }
                layer?
            }
            Value::Object(object) => self.layer_object(object)?,
            _ => return self.wrong_type("an object or a string", value),
        };
        Some(Spanned::new(layer, self.span(value)))
    }

    fn layer_object(&mut self, object: &'a Object<'a>) -> Option<Layer> {
        let errors = self.error_count();
        let known = ["image", "step", "local", "spread", "include", "exclude"];
        let [image, step, local, spread, include, exclude] = self.fields(object, known);
        let filter = self.include_and_exclude(include, exclude);
        let image_source = self
            .field("image", image, Self::text)
            .map(|name| LayerSource::Image(name.value));
        let step_source = self
            .field("step", step, Self::text)
            .map(|name| LayerSource::Step(name.value));
        let is_local = self
            .field("local", local, Self::boolean)
            .unwrap_or_default();
        let is_spread = self
            .field("spread", spread, Self::boolean)
            .unwrap_or_default();
        let sources = [
            ("image", image, image_source),
            ("step", step, step_source),
            ("local", local, is_local.then_some(LayerSource::Local)),
            ("spread", spread, is_spread.then_some(LayerSource::Spread)),
        ];
        let mut sources = sources
            .into_iter()
            .filter_map(|(name, property, source)| Some((name, property?, source?)));

        let Some((first, first_property, source)) = sources.next() else {
            if self.error_count() == errors {
                self.problem(ProblemKind::LayerWithoutSource, object);
            }
            return None;
        };
        if let Some((second, second_property, _)) = sources.next() {
            let first_position = self.span(first_property).start;
            self.problem(
                ProblemKind::TwoSources {
                    first,
                    first_position,
                    second,
                },
                second_property,
            );
        }
        Some(Layer { source, filter })
    }

    /// Which files of something: an object with `include` and `exclude`.
    pub(crate) fn filter(&mut self, value: &'a Value<'a>) -> Option<Spanned<Filter>> {
        let object = self.object(value)?;
        let [include, exclude] = self.fields(object, ["include", "exclude"]);
        let filter = self.include_and_exclude(include, exclude);
        Some(Spanned::new(filter, self.span(object)))
    }

    fn include_and_exclude(&mut self, include: Property<'a>, exclude: Property<'a>) -> Filter {
        Filter {
            include: self
                .field("include", include, Self::strings)
                .unwrap_or_default(),
            exclude: self
                .field("exclude", exclude, Self::strings)
                .unwrap_or_default(),
        }
    }
}

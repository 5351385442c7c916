//! The images that a plan names.

use super::{Command, Deploy, Layer, LayerSource, Plan, Span, Spanned, Step};

impl Plan {
    /// The images that the plan names, as it writes them, with their places; each as often as it is named.
    pub fn images(&self) -> impl Iterator<Item = (&str, Option<Span>)> {
        let steps = self.steps.iter().flat_map(|step| step.images());
        steps.chain(self.deploy.images())
    }
}

impl Step {
    /// The images that inputs and copies name, as they are written, with their places.
    pub fn images(&self) -> impl Iterator<Item = (&str, Option<Span>)> {
        let copies = self.commands.iter().filter_map(|command| {
            let Command::Copy(copy) = &command.value else {
                return None;
            };
            Some((copy.image.as_deref()?, command.span))
        });
        of_layers(&self.inputs).chain(copies)
    }
}

impl Deploy {
    /// The images that the base and the inputs name, as they are written, with their places.
    pub fn images(&self) -> impl Iterator<Item = (&str, Option<Span>)> {
        of_layers(self.base.iter().chain(&self.inputs))
    }
}

fn of_layers<'a>(
    layers: impl IntoIterator<Item = &'a Spanned<Layer>>,
) -> impl Iterator<Item = (&'a str, Option<Span>)> {
    layers.into_iter().filter_map(|layer| match &layer.source {
        LayerSource::Image(image) => Some((image.as_str(), layer.span)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use crate::plan::parse;

    #[test]
    fn images_are_in_inputs_and_copies_and_in_what_is_deployed() {
        let text = r#"{
            "steps": [
                {"name": "a", "inputs": [{"image": "one"}, {"step": "b"}], "commands": [{"src": "x", "dest": "y", "image": "two"}]},
                {"name": "b", "inputs": [{"image": "one"}], "commands": [{"src": "x", "dest": "y"}]}
            ],
            "deploy": {"base": {"image": "three"}, "inputs": [{"image": "four"}, {"local": true}]}
        }"#;
        let plan = parse(text.as_bytes()).unwrap().plan;
        let lines = plan
            .images()
            .map(|(image, span)| (image, span.unwrap().start.line));
        assert_eq!(
            lines.collect::<Vec<_>>(),
            [
                ("one", 3),
                ("two", 3),
                ("one", 4),
                ("three", 6),
                ("four", 6)
            ]
        );
    }
}

//! The fields of `deploy` that become the image's configuration.

use jsonc_parser::ast::Value;

use super::fields::Property;
use super::reader::Reader;
use crate::plan::{CommandLine, Healthcheck, ImageConfig, Spanned};

/// Those fields, which plans and configurations have in common.
pub(crate) const IMAGE_CONFIG_FIELDS: [&str; 6] = [
    "user",
    "labels",
    "exposedPorts",
    "healthcheck",
    "stopSignal",
    "volumes",
];
/// The fields of `healthcheck`.
pub(crate) const HEALTHCHECK_FIELDS: [&str; 6] = [
    "test",
    "interval",
    "timeout",
    "startPeriod",
    "startInterval",
    "retries",
];

impl<'a> Reader<'a> {
    /// Reads the fields of [`IMAGE_CONFIG_FIELDS`], in that order.
    pub(super) fn image_config(
        &mut self,
        [
            user,
            labels,
            exposed_ports,
            healthcheck,
            stop_signal,
            volumes,
        ]: [Property<'a>; IMAGE_CONFIG_FIELDS.len()],
    ) -> ImageConfig {
        ImageConfig {
            user: self.field("user", user, Self::text),
            labels: self
                .field("labels", labels, Self::string_map)
                .unwrap_or_default(),
            exposed_ports: self
                .field("exposedPorts", exposed_ports, Self::strings)
                .unwrap_or_default(),
            healthcheck: self.field("healthcheck", healthcheck, Self::healthcheck),
            stop_signal: self.field("stopSignal", stop_signal, Self::text),
            volumes: self
                .field("volumes", volumes, Self::strings)
                .unwrap_or_default(),
        }
    }

    fn healthcheck(&mut self, value: &'a Value<'a>) -> Option<Spanned<Healthcheck>> {
        let object = self.object(value)?;
        let [
            test,
            interval,
            timeout,
            start_period,
            start_interval,
            retries,
        ] = self.fields(object, HEALTHCHECK_FIELDS);
        let healthcheck = Healthcheck {
            test: self.field("test", test, Self::command_line),
            interval: self.field("interval", interval, Self::text),
            timeout: self.field("timeout", timeout, Self::text),
            start_period: self.field("startPeriod", start_period, Self::text),
            start_interval: self.field("startInterval", start_interval, Self::text),
            retries: self.field("retries", retries, Self::whole_number),
        };
        Some(Spanned::new(healthcheck, self.span(object)))
    }

    /// A text for a shell, absent if it is empty; or a list of words.
    pub(crate) fn command_line(&mut self, value: &'a Value<'a>) -> Option<Spanned<CommandLine>> {
        match value {
            Value::StringLit(_) => {
                let text = self.text(value)?;
                Some(Spanned {
                    value: CommandLine::Shell(text.value),
                    span: text.span,
                })
            }
            Value::Array(_) => {
                let words = self.strings(value)?;
                let words = words.into_iter().map(|word| word.value).collect();
                Some(Spanned::new(CommandLine::Words(words), self.span(value)))
            }
            _ => self.wrong_type("a string or a list of strings", value),
        }
    }

    fn whole_number(&mut self, value: &'a Value<'a>) -> Option<u32> {
        let number = value.as_number_lit();
        let number = number.and_then(|number| number.value.parse().ok());
        number.or_else(|| self.wrong_type("a whole number from 0 to 4294967295", value))
    }
}

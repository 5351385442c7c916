//! Image configurations: what base images bring along, and what the image gets.
//! <https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md>

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::options::ConvertOptions;
use super::paths::APP_DIRECTORY;
use crate::plan::Deploy;

/// What the container runs when the plan has no start command.
const DEFAULT_START_COMMAND: &str = "/bin/bash";

/// The environment in the configuration of a base image.
///
/// # Errors
///
/// If it is not JSON, or not a configuration.
pub(super) fn base_environment(
    config: &[u8],
) -> Result<BTreeMap<String, String>, serde_json::Error> {
    #[derive(Default, Deserialize)]
    struct Image {
        config: Option<Config>,
    }

    #[derive(Default, Deserialize)]
    struct Config {
        #[serde(rename = "Env")]
        environment: Option<Vec<String>>,
    }

    if config.is_empty() {
        return Ok(BTreeMap::new());
    }
    let image = serde_json::from_slice::<Image>(config)?;
    let variables = image
        .config
        .unwrap_or_default()
        .environment
        .unwrap_or_default();
    Ok(variables
        .iter()
        .filter_map(|variable| variable.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}

/// The image's configuration as JSON. The exporter adds layers, history and times.
pub(super) fn image_config(
    options: &ConvertOptions,
    deploy: &Deploy,
    environment: &BTreeMap<String, String>,
) -> Vec<u8> {
    let start_command = deploy
        .start_command
        .as_ref()
        .map_or(DEFAULT_START_COMMAND, |command| command.as_str());
    let mut config = Map::new();
    config.insert("Cmd".to_owned(), json!([start_command]));
    config.insert("Entrypoint".to_owned(), json!(["/bin/bash", "-c"]));
    let variables = environment
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect::<Vec<_>>();
    config.insert("Env".to_owned(), json!(variables));
    if !options.labels.is_empty() {
        config.insert("Labels".to_owned(), json!(options.labels));
    }
    config.insert("WorkingDir".to_owned(), json!(APP_DIRECTORY));

    let mut image = Map::new();
    image.insert(
        "architecture".to_owned(),
        json!(options.platform.architecture),
    );
    image.insert("config".to_owned(), Value::Object(config));
    if let Some(created) = options.source_date_epoch.and_then(rfc3339) {
        // Most exporters set it themselves; that of Docker's classic image store does not.
        image.insert("created".to_owned(), json!(created));
    }
    image.insert("os".to_owned(), json!(options.platform.os));
    image.insert("rootfs".to_owned(), json!({ "type": "layers" }));
    if !options.platform.variant.is_empty() {
        image.insert("variant".to_owned(), json!(options.platform.variant));
    }
    Value::Object(image).to_string().into_bytes()
}

/// A time in seconds since 1970 as RFC 3339 writes it; `None` outside the years that it can write.
fn rfc3339(seconds: i64) -> Option<String> {
    const DAY: i64 = 24 * 60 * 60;

    // Days are counted from the first of March of the year 0, so that leap days end the years
    // (https://howardhinnant.github.io/date_algorithms.html#civil_from_days).
    let days = seconds.div_euclid(DAY) + 719_468;
    let era_day = days.rem_euclid(146_097);
    let era_year = (era_day - era_day / 1_460 + era_day / 36_524 - era_day / 146_096) / 365;
    let year_day = era_day - (365 * era_year + era_year / 4 - era_year / 100);
    let shifted_month = (5 * year_day + 2) / 153;
    let day = year_day - (153 * shifted_month + 2) / 5 + 1;
    let month = (shifted_month + 2) % 12 + 1;
    let year = days.div_euclid(146_097) * 400 + era_year + i64::from(month <= 2);
    let time = seconds.rem_euclid(DAY);
    let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
    (0..=9_999)
        .contains(&year)
        .then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `date --utc --date=@SECONDS +%FT%TZ` prints them.
    #[test]
    fn times_are_written_as_rfc_3339() {
        let cases = [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_700_000_000, "2023-11-14T22:13:20Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(rfc3339(seconds).as_deref(), Some(expected));
        }
        assert_eq!(rfc3339(253_402_300_800), None);
        assert_eq!(rfc3339(i64::MAX), None);
        assert_eq!(rfc3339(i64::MIN), None);
    }
}

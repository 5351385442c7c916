//! Asking a container over HTTP until it answers as it should.

use std::time::{Duration, Instant};

use ureq::Agent;

use super::case::HttpCheck;
use super::container::Container;
use super::pauses::Pauses;

const REQUEST_LIMIT: Duration = Duration::from_secs(5);

/// Waits until the container answers with the status and the texts that are expected.
pub(crate) fn wait_for_answer(
    container: &Container,
    check: &HttpCheck,
    limit: Duration,
) -> Result<(), String> {
    // The answers of a loopback address must not come from a proxy that the environment names.
    let agent: Agent = Agent::config_builder()
        .timeout_global(Some(REQUEST_LIMIT))
        .http_status_as_error(false)
        .proxy(None)
        .build()
        .into();
    let deadline = Instant::now() + limit;
    let mut pauses = Pauses::new();
    loop {
        let Some(address) = container.address(check.internal_port) else {
            return Err(format!("the container has ended\n{}", container.logs()));
        };
        match answer(&agent, &format!("http://{address}{}", check.path), check) {
            Ok(()) => return Ok(()),
            Err(problem) if Instant::now() >= deadline => {
                return Err(format!(
                    "GET {}: {problem}\n{}",
                    check.path,
                    container.logs()
                ));
            }
            Err(_) => pauses.pause(),
        }
    }
}

fn answer(agent: &Agent, url: &str, check: &HttpCheck) -> Result<(), String> {
    let mut response = agent.get(url).call().map_err(|error| error.to_string())?;
    let body = response
        .body_mut()
        .read_to_string()
        .map_err(|error| error.to_string())?;
    let status = response.status().as_u16();
    if status != check.expected {
        return Err(format!(
            "status {status}, expected {}:\n{body}",
            check.expected
        ));
    }
    match check
        .expected_output
        .iter()
        .find(|text| !body.contains(text.as_str()))
    {
        Some(text) => Err(format!("the answer does not contain {text:?}:\n{body}")),
        None => Ok(()),
    }
}

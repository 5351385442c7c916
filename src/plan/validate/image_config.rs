//! What the plan says of the image's configuration.

use super::Validator;
use super::path::{Tree, resolve};
use crate::plan::problem::Excerpt;
use crate::plan::signal::is_signal;
use crate::plan::{
    CommandLine, Healthcheck, ImageConfig, PathFault, PathUse, ProblemKind, Spanned, TestFault,
    UserFault, nanoseconds,
};

/// The largest number of a user or group
/// (<https://github.com/moby/sys/blob/user/v0.4.0/user/user.go>).
const MAX_ID: u64 = 2_147_483_647;
/// The least time of a health check, in nanoseconds
/// (<https://github.com/moby/buildkit/blob/v0.32.2/frontend/dockerfile/instructions/parse.go>, `parseOptInterval`).
const LEAST_TIME: i64 = 1_000_000;
const PROTOCOLS: [&str; 3] = ["tcp", "udp", "sctp"];
const SPREAD: &str = "...";

impl Validator<'_> {
    pub(super) fn image_config(&mut self, config: &ImageConfig) {
        if let Some(user) = &config.user
            && let Err(fault) = check_user(user)
        {
            let kind = ProblemKind::InvalidUser {
                user: Excerpt::new(user),
                fault,
            };
            self.problem(kind, user.span);
        }
        if let Some(label) = config.labels.get("") {
            self.problem(ProblemKind::UnnamedLabel, label.span);
        }
        for port in &config.exposed_ports {
            if port.as_str() == SPREAD {
                self.problem(ProblemKind::Spread, port.span);
            } else if !is_port(port) {
                let kind = ProblemKind::InvalidPort {
                    port: Excerpt::new(port),
                };
                self.problem(kind, port.span);
            }
        }
        if let Some(healthcheck) = &config.healthcheck {
            self.healthcheck(healthcheck);
        }
        if let Some(signal) = &config.stop_signal
            && !is_signal(signal)
        {
            let kind = ProblemKind::InvalidStopSignal {
                signal: Excerpt::new(signal),
            };
            self.problem(kind, signal.span);
        }
        for volume in &config.volumes {
            self.volume(volume);
        }
    }

    fn healthcheck(&mut self, healthcheck: &Spanned<Healthcheck>) {
        match &healthcheck.test {
            None => self.problem(ProblemKind::HealthcheckWithoutTest, healthcheck.span),
            Some(test) => {
                if let Err(fault) = check_test(test) {
                    self.problem(ProblemKind::InvalidHealthcheckTest { fault }, test.span);
                }
            }
        }
        for (field, time) in healthcheck.times() {
            let Some(time) = time else { continue };
            if nanoseconds(time).is_none_or(|time| time < LEAST_TIME) {
                let found = Excerpt::new(time);
                self.problem(
                    ProblemKind::InvalidHealthcheckTime { field, found },
                    time.span,
                );
            }
        }
    }

    fn volume(&mut self, volume: &Spanned<String>) {
        if volume.as_str() == SPREAD {
            return self.problem(ProblemKind::Spread, volume.span);
        }
        let resolved = match resolve(volume, Tree::Root) {
            Ok(_) if !volume.starts_with('/') => Err(PathFault::Relative),
            Ok(names) if names.is_empty() => Err(PathFault::Root),
            other => other,
        };
        if let Err(fault) = resolved {
            self.path_fault(PathUse::Volume, volume, fault, volume.span);
        }
    }
}

fn check_user(user: &str) -> Result<(), UserFault> {
    let parts: Vec<_> = user.split(':').collect();
    if parts.len() > 2 || parts.iter().any(|part| part.is_empty()) {
        return Err(UserFault::Parts);
    }
    if user.contains(|next: char| next.is_whitespace() || next.is_control()) {
        return Err(UserFault::Character);
    }
    let is_too_large = |part: &&str| {
        part.bytes().all(|byte| byte.is_ascii_digit())
            && !part.parse::<u64>().is_ok_and(|number| number <= MAX_ID)
    };
    if parts.iter().any(is_too_large) {
        return Err(UserFault::Number);
    }
    Ok(())
}

fn is_port(port: &str) -> bool {
    let (number, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    is_number
        && number.parse::<u16>().is_ok_and(|number| number > 0)
        && PROTOCOLS.contains(&protocol)
}

/// The forms that Docker takes
/// (<https://github.com/moby/docker-image-spec/blob/v1.3.1/specs-go/v1/image.go>).
fn check_test(test: &CommandLine) -> Result<(), TestFault> {
    if test.texts().iter().any(|text| text.contains('\0')) {
        return Err(TestFault::Nul);
    }
    let CommandLine::Words(words) = test else {
        return Ok(());
    };
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["CMD", program, ..] if !program.is_empty() => Ok(()),
        ["CMD", ..] => Err(TestFault::Command),
        ["CMD-SHELL", line] if !line.is_empty() => Ok(()),
        ["CMD-SHELL", ..] => Err(TestFault::Shell),
        ["NONE"] => Ok(()),
        ["NONE", ..] => Err(TestFault::None),
        _ => Err(TestFault::Kind),
    }
}

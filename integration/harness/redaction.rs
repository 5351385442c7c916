//! What differs from run to run, or from engine to engine, in the texts that users see.

use std::sync::LazyLock;

use regex::Regex;

use super::command::Outcome;
use super::settings::settings;

/// Each entry: what is replaced, and by what; above it an example. Only what no change of the product can cause is here.
const REPLACEMENTS: [(&str, &str); 8] = [
    // "#7 [internal] load build definition", "#7 DONE 0.1s": the progress, above the message
    (r"(?m)^#\d+ .*\n", ""),
    // "0.123 text": the time at which a command printed a line
    (r"(?m)^\d+\.\d+ ", ""),
    // "error: failed to solve: " of buildctl, "ERROR: failed to build: failed to solve: " of docker; "error: failed to run Build
    // function: " where the engine does not answer within seconds of the frontend's error
    // (https://github.com/moby/buildkit/blob/v0.32.2/client/solve.go, `runGateway`)
    (
        r"(?m)^(error|ERROR): (failed to build: )?(failed to solve|failed to run Build function): ",
        "error: ",
    ),
    // "sha256:0a1b..": the digest of an image or vertex
    (r"sha256:[0-9a-f]{64}", "DIGEST"),
    // "ref 0a1b2::3c4d5": a snapshot of the engine's store
    (r"\bref [a-z0-9-]+::[a-z0-9]+", "ref REF"),
    // "error during container init: ": newer runc says it, older does not
    (r"error during container init: ", ""),
    // "railpack-test-0123456789abcdef": a name of the tests
    (r"railpack-test-[0-9a-f]{16}", "UNIQUE_NAME"),
    // Empty lines between what was left out
    (r"\n{2,}", "\n"),
];

/// What a failed build tells the user below its progress, with all that differs from run to run replaced.
pub(crate) fn told(outcome: &Outcome) -> String {
    static EXPRESSIONS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        let compile =
            |(pattern, replacement)| (Regex::new(pattern).expect("it is valid"), replacement);
        REPLACEMENTS.map(compile).into_iter().collect()
    });
    let settings = settings();
    let text = outcome
        .stderr
        .replace(&settings.frontend, "FRONTEND")
        .replace(&settings.runtime_image, "RUNTIME_IMAGE");
    let redact = |text: String, (expression, replacement): &(Regex, &str)| {
        expression.replace_all(&text, *replacement).into_owned()
    };
    EXPRESSIONS.iter().fold(text, redact).trim().to_owned()
}

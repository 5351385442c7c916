//! Words in place of versions.
//!
//! What is no version of a tool fails when the build installs it, which is late. But mise takes names of many kinds
//! (<https://mise.jdx.dev/configuration.html#tool-versions>), so that only what none of them can be is told.

/// Tools whose versions are numbers, and the words below.
const TOOLS: &str = "bun deno dotnet elixir erlang gleam go gradle java maven node npm php pnpm python ruby rust yarn";
/// What a text without a digit may be or begin with: aliases, channels, ways to find a version, other implementations of
/// a language.
const WORDS: &str = "latest lts sts stable current nightly canary beta alpha rc next preview dev edge head main master \
    trunk tip x system default node iojs unstable path ref prefix sub tag branch rev file git http https \
    pypy anaconda miniconda mambaforge miniforge graalpy micropython jython ironpython stackless cinder cpython \
    jruby truffleruby mruby rbx ruby artichoke picoruby go \
    adoptopenjdk bisheng corretto dragonwell graalvm jdk jetbrains kona liberica mandrel microsoft openjdk oracle \
    sapmachine semeru temurin trava zulu";

/// Whether a text can be no version of a tool, range of versions, or name that mise knows.
pub(crate) fn is_no_version(tool: &str, requested: &str) -> bool {
    let is_in = |list: &str, word: &str| list.split_whitespace().any(|other| other == word);
    let mut words = requested.split(|character: char| !character.is_ascii_alphabetic());
    let first = words.find(|word| !word.is_empty()).unwrap_or_default();
    is_in(TOOLS, tool)
        && !first.is_empty()
        && requested.bytes().all(|byte| !byte.is_ascii_digit())
        && !is_in(WORDS, &first.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_can_mean_is_no_version() {
        for (tool, version) in [
            ("node", "banana"),
            ("node", "v"),
            ("node", ">=banana"),
            ("node", "please-use-bun"),
            ("java", "tamurin"),
        ] {
            assert!(is_no_version(tool, version), "{tool}@{version}");
        }
        for (tool, version) in [
            ("node", ""),
            ("node", "*"),
            ("node", "X"),
            ("node", "lts"),
            ("node", "lts/*"),
            ("node", "lts-iron"),
            ("node", ">=latest"),
            ("node", "banana2"),
            ("node", "path:/opt/node"),
            ("node", "ref:main"),
            ("go", "stable"),
            ("rust", "Nightly"),
            ("java", "temurin"),
            ("java", "graalvm-community"),
            ("python", "pypy"),
            ("ruby", "truffleruby+graalvm"),
            ("zig", "banana"),
            ("npm:serve", "banana"),
        ] {
            assert!(!is_no_version(tool, version), "{tool}@{version}");
        }
    }
}

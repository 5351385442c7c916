//! What to do about a problem.

use super::fault::{NameFault, PathFault, PathUse};
use super::kind::{Excerpt, ProblemKind};
use super::{quote, suggest};

/// How many names that exist a hint shows.
pub(crate) const MAX_KNOWN: usize = 8;

/// Fields that a configuration has and a plan does not.
const CONFIGURATION_FIELDS: [&str; 6] = [
    "aptPackages",
    "buildAptPackages",
    "deployOutputs",
    "packages",
    "provider",
    "spread",
];

/// The first words of files that are taken for a plan by mistake.
const DOCKERFILE_WORDS: [&str; 3] = ["FROM", "ARG", "#escape"];

impl ProblemKind {
    pub(super) fn hint(&self) -> Option<String> {
        if let Some(hint) = self.hint_of_file().or_else(|| self.hint_of_deploy()) {
            return Some(hint.to_owned());
        }
        let fixed = match self {
            Self::WrongType {
                path,
                found: "an object",
                ..
            } if path == "steps" => {
                "a plan has a list of steps; a map of steps belongs in railpack.json"
            }
            Self::UnknownField {
                path,
                field,
                suggestion,
            } => {
                return Some(unknown_field(path, field, suggestion.as_ref()));
            }
            Self::UnknownSetting {
                suggestion, known, ..
            } => {
                return Some(unknown_setting(suggestion.as_ref(), known));
            }
            Self::DuplicateKey { .. } | Self::RepeatedSshAgent { .. } => "remove one of them",
            Self::UnknownCommand => {
                "`cmd` runs a program, `path` extends PATH, `src` and `dest` copy, `path` and `name` write a file"
            }
            Self::UnknownLayer { text } => return Some(unknown_layer(text)),
            Self::LayerWithoutSource => "give it `image`, `step` or `local`",
            Self::TwoSources { .. } => "make two layers of it",
            Self::UnknownCacheType { .. } => "a cache is `shared` or `locked`",
            Self::InvalidMode { .. } => "JSON has no octal numbers: 0644 is 420, 0755 is 493",
            Self::UnnamedStep => "give it a `name`, which other parts use to refer to it",
            Self::DuplicateStep { .. } => "rename one of them",
            Self::UnknownStep {
                suggestion, known, ..
            }
            | Self::UnknownCache {
                suggestion, known, ..
            }
            | Self::UnknownAsset {
                suggestion, known, ..
            } => {
                return Some(unknown_name(suggestion.as_ref(), known));
            }
            Self::Cycle { .. } => {
                "take one of these inputs away: a step needs what is built before it"
            }
            Self::StepWithoutInputs { .. } => {
                "its first input is the file system that it starts from: an image or a step"
            }
            Self::LocalFirstInput { .. } => {
                "put the image or step that it starts from in front, and the local tree behind"
            }
            Self::FilteredFirstInput { .. } => {
                "the first input is taken whole: move the filter to a second input"
            }
            Self::InputWithoutInclude { .. } => {
                "name what to copy, for example `\"include\": [\".\"]`"
            }
            Self::Spread => "`railpack plan` replaces it in lists of railpack.json alone",
            Self::UnusedStep { .. } => {
                "it is not run; if it should be, make it an input of `deploy` or of another step"
            }
            Self::SharedDirectory { .. } => "a directory can hold one cache only",
            Self::InvalidPath {
                path_use, fault, ..
            } => return path_hint(*path_use, *fault).map(str::to_owned),
            Self::InvalidWildcard { .. } => "put `\\` in front of a character to take it as it is",
            Self::CopyWithoutDest => "say where to, for example `\"dest\": \".\"`",
            Self::ModeBeyondPermissions { mode } => return Some(mode_hint(*mode)),
            Self::EmptyCommand => {
                "a command line begins with a program; `sh -c '...'` runs a shell"
            }
            Self::InvalidSecretName {
                fault: NameFault::Asterisk,
                ..
            } => "name each secret that the build may use",
            Self::UndeclaredSecret { .. } => {
                "add it to the list `secrets` beside `steps`, or the step will not see it"
            }
            Self::UndeclaredSecretFile {
                suggestion, known, ..
            } => return Some(undeclared_secret_file(suggestion.as_ref(), known)),
            Self::OverlappingSecretFile { .. } => "give each file a path of its own",
            Self::UnnamedSshAgent => "most clients call theirs `default`",
            Self::More { .. } => "fix those above first",
            _ => return None,
        };
        Some(fixed.to_owned())
    }

    /// For the file as a whole.
    fn hint_of_file(&self) -> Option<&'static str> {
        Some(match self {
            Self::NotUtf8 { is_utf16: true } => "it looks like UTF-16: save it as UTF-8",
            Self::NotUtf8 { .. } => "is this the right file? A plan is a JSON text",
            Self::Empty => "`railpack plan` writes a plan",
            Self::NotAnObject { found } if DOCKERFILE_WORDS.contains(&found.as_str()) => {
                "this looks like a Dockerfile: name the plan with `--file rpk.json`"
            }
            Self::NotAnObject { .. }
            | Self::TooLarge { .. }
            | Self::TooDeep
            | Self::TooManyValues => "is this the right file? `railpack plan` writes a plan",
            Self::Unclosed { .. } => "was the file cut off?",
            _ => return None,
        })
    }

    /// For what `deploy` says.
    fn hint_of_deploy(&self) -> Option<&'static str> {
        Some(match self {
            Self::InvalidUser { .. } => {
                "a user is a name or a number, with or without a group: `railpack`, `10001:10001`"
            }
            Self::InvalidPort { .. } => {
                "a port is a number from 1 to 65535, with or without its protocol: `8080`, `8080/tcp`, `53/udp`"
            }
            Self::HealthcheckWithoutTest | Self::InvalidHealthcheckTest { .. } => {
                "for example `\"test\": [\"CMD\", \"./healthy\"]`, or `\"test\": \"curl -f localhost:8080\"` for a shell; `[\"NONE\"]` turns off that of the base"
            }
            Self::InvalidHealthcheckTime { .. } => "a time has units: `500ms`, `30s`, `1m30s`",
            Self::InvalidStopSignal { .. } => {
                "a signal is a name or a number: `SIGTERM`, `SIGINT`, `15`"
            }
            Self::EmptyStartCommand => {
                "a list begins with a program: `[\"./server\", \"--port\", \"8080\"]`"
            }
            Self::InvalidPath {
                path_use: PathUse::Volume,
                ..
            } => "a volume is a directory of the container, for example `/app/data`",
            Self::FilteredBase => {
                "the base is taken whole: move the filter to one of `deploy.inputs`"
            }
            Self::MissingStartCommand => "without one the container starts a shell",
            Self::MissingBase | Self::LocalBase => {
                "name the image that the final image starts from, for example `\"base\": {\"image\": \"debian:trixie-slim\"}`"
            }
            _ => return None,
        })
    }
}

fn unknown_field(path: &str, field: &Excerpt, suggestion: Option<&Excerpt>) -> String {
    match suggestion {
        Some(suggestion) => format!("did you mean {suggestion}?"),
        None if CONFIGURATION_FIELDS.contains(&field.as_str()) => {
            format!("{field} belongs in railpack.json; here it is ignored")
        }
        None if path.is_empty() => {
            "a plan has `steps`, `caches`, `secrets`, `deploy` and `exclude`; this is ignored"
                .to_owned()
        }
        None => "it is ignored".to_owned(),
    }
}

fn path_hint(path_use: PathUse, fault: PathFault) -> Option<&'static str> {
    Some(match (path_use, fault) {
        (PathUse::SecretFile, PathFault::Directory) => {
            "name the file itself, for example `~/.npmrc`"
        }
        (_, PathFault::OtherHome) => "commands run as root: `~/` is `/root/`",
        (PathUse::File, PathFault::Directory) => {
            "name the file itself; the directories above it are created"
        }
        (_, PathFault::LeavesTree) => {
            "relative paths are below `/app`, those of the local tree below its root"
        }
        _ => return None,
    })
}

fn unknown_setting(suggestion: Option<&Excerpt>, known: &[Excerpt]) -> String {
    format!("it is ignored; {}", unknown_name(suggestion, known))
}

fn unknown_layer(text: &Excerpt) -> String {
    let text = text.as_str();
    format!(
        "write {} for a step, {} for an image, `.` for the local tree",
        quote(&format!("${text}")),
        quote(&format!("{{\"image\": \"{text}\"}}")),
    )
}

/// What may be meant by a name that does not exist, else the first of those that do.
pub(crate) fn suggest_or_list(name: &str, names: &[&str]) -> String {
    let suggestion = suggest(name, names.iter().copied()).map(Excerpt::new);
    let known = names.iter().take(MAX_KNOWN + 1);
    let known: Vec<_> = known.map(|name| Excerpt::new(name)).collect();
    unknown_name(suggestion.as_ref(), &known)
}

fn unknown_name(suggestion: Option<&Excerpt>, known: &[Excerpt]) -> String {
    match (suggestion, known) {
        (Some(suggestion), _) => format!("did you mean {suggestion}?"),
        (None, []) => "there is none at all".to_owned(),
        (None, known) => {
            let mut names: Vec<String> = known
                .iter()
                .take(MAX_KNOWN)
                .map(Excerpt::to_string)
                .collect();
            names.extend((known.len() > MAX_KNOWN).then(|| "...".to_owned()));
            format!("there is {}", names.join(", "))
        }
    }
}

fn undeclared_secret_file(suggestion: Option<&Excerpt>, known: &[Excerpt]) -> String {
    let add = "add it to the list `secrets` beside `steps`";
    match (suggestion, known) {
        (None, []) => add.to_owned(),
        _ => format!("{add}; {}", unknown_name(suggestion, known)),
    }
}

/// Who writes 644 means 0644.
fn mode_hint(mode: u32) -> String {
    match u32::from_str_radix(&mode.to_string(), 8) {
        Ok(meant) if meant <= 0o777 => {
            format!("`mode` is a decimal number: if you mean 0{meant:o}, write {meant}")
        }
        _ => "only the lower nine bits of `mode` are used".to_owned(),
    }
}

//! The rules, with their names, what they are about and where more is written.

use crate::plan::ProblemKind;

/// The repository that this was built from; the release sets it.
const SOURCE_URL: Option<&str> = option_env!("RAILPACK_SOURCE_URL");
/// The page about the rules.
const PAGE: &str = "docs/checks.md";

/// A rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rule {
    CopyWithoutDestination,
    InputWithoutInclude,
    MissingStartCommand,
    ModeBeyondPermissions,
    OverlappingLayers,
    RepeatedCache,
    RootUser,
    UndeclaredSecret,
    UnknownField,
    UnpinnedImage,
    UnusedCache,
    UnusedStep,
    /// So much was found that the rest is only counted.
    More,
}

impl Rule {
    /// All that are described.
    #[cfg(test)]
    pub(super) const ALL: [Self; 12] = [
        Self::CopyWithoutDestination,
        Self::InputWithoutInclude,
        Self::MissingStartCommand,
        Self::ModeBeyondPermissions,
        Self::OverlappingLayers,
        Self::RepeatedCache,
        Self::RootUser,
        Self::UndeclaredSecret,
        Self::UnknownField,
        Self::UnpinnedImage,
        Self::UnusedCache,
        Self::UnusedStep,
    ];

    /// The rule that a problem breaks.
    pub(super) fn of(problem: &ProblemKind) -> Self {
        match problem {
            ProblemKind::UnknownField { .. } | ProblemKind::UnknownSetting { .. } => {
                Self::UnknownField
            }
            ProblemKind::InputWithoutInclude { .. } => Self::InputWithoutInclude,
            ProblemKind::UnusedStep { .. } => Self::UnusedStep,
            ProblemKind::RepeatedCache { .. } => Self::RepeatedCache,
            ProblemKind::CopyWithoutDest => Self::CopyWithoutDestination,
            ProblemKind::ModeBeyondPermissions { .. } => Self::ModeBeyondPermissions,
            ProblemKind::UndeclaredSecret { .. } => Self::UndeclaredSecret,
            ProblemKind::MissingStartCommand => Self::MissingStartCommand,
            // Everything else is an error, and a plan with one has no findings.
            _ => Self::More,
        }
    }

    /// Its name, as clients show it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CopyWithoutDestination => "CopyWithoutDestination",
            Self::InputWithoutInclude => "InputWithoutInclude",
            Self::MissingStartCommand => "MissingStartCommand",
            Self::ModeBeyondPermissions => "ModeBeyondPermissions",
            Self::OverlappingLayers => "OverlappingLayers",
            Self::RepeatedCache => "RepeatedCache",
            Self::RootUser => "RootUser",
            Self::UndeclaredSecret => "UndeclaredSecret",
            Self::UnknownField => "UnknownField",
            Self::UnpinnedImage => "UnpinnedImage",
            Self::UnusedCache => "UnusedCache",
            Self::UnusedStep => "UnusedStep",
            Self::More => "More",
        }
    }

    /// What it asks for.
    pub(crate) fn description(self) -> &'static str {
        match self {
            Self::CopyWithoutDestination => "A copy should say where to",
            Self::InputWithoutInclude => {
                "An input that is laid over others should say which files it brings"
            }
            Self::MissingStartCommand => "An image should have a start command",
            Self::ModeBeyondPermissions => "The mode of a file should be permissions only",
            Self::OverlappingLayers => {
                "Layers that hold the same files are copied one after the other instead of merged"
            }
            Self::RepeatedCache => "A step should name each cache once",
            Self::RootUser => "An image should be run by another user than root",
            Self::UndeclaredSecret => "A secret that a step uses should be in the list of secrets",
            Self::UnknownField => "A field that is not known has no effect",
            Self::UnpinnedImage => {
                "An image without a tag or digest, or with the tag latest, changes without notice"
            }
            Self::UnusedCache => "A cache should be used by a step",
            Self::UnusedStep => "A step should be used by another or by the image",
            Self::More => "There is more than is shown",
        }
    }

    /// Where more is written: below the repository if it is known, else the place in the sources.
    pub(crate) fn url(self) -> String {
        let page = format!("{PAGE}#{}", self.name().to_lowercase());
        match SOURCE_URL {
            Some(url) if !url.is_empty() => format!("{url}/blob/HEAD/{page}"),
            _ => page,
        }
    }

    /// Whether builds warn of it too. The others are advice that is shown to those who ask: nothing is wrong with the image.
    pub(crate) fn is_shown_in_builds(self) -> bool {
        !matches!(
            self,
            Self::OverlappingLayers | Self::RootUser | Self::UnpinnedImage
        )
    }
}

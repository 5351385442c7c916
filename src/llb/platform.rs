//! Platforms, as BuildKit and OCI name them.
//!
//! Spelling follows <https://github.com/containerd/platforms/blob/main/platforms.go>: what is parsed is normalised, so
//! that equal platforms are equal values and [`Display`](fmt::Display) gives the id that results are filed under.

use std::fmt;
use std::str::FromStr;

use crate::proto::pb;

/// Architectures that may stand alone, without an operating system.
const KNOWN_ARCHITECTURES: [&str; 12] = [
    "386", "amd64", "arm", "arm64", "loong64", "mips64", "mips64le", "ppc64", "ppc64le", "riscv64",
    "s390x", "wasm",
];

/// An operating system and processor: `linux/amd64`, `linux/arm/v7`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Platform {
    /// `linux`, `windows`.
    pub os: String,
    /// `amd64`, `arm64`, `arm`.
    pub architecture: String,
    /// `v7`; empty where the architecture has no variants or it is the usual one.
    pub variant: String,
}

impl Platform {
    /// The platform that these words name, in its one normal form: `x86_64` is `amd64`, `arm64` with `v8` has no variant.
    #[must_use]
    pub fn normalized(os: &str, architecture: &str, variant: &str) -> Self {
        let os = match os.to_ascii_lowercase().as_str() {
            "macos" => "darwin".to_owned(),
            os => os.to_owned(),
        };
        let architecture = architecture.to_ascii_lowercase();
        let variant = variant.to_ascii_lowercase();
        let (architecture, variant) = match (architecture.as_str(), variant.as_str()) {
            ("i386", _) => ("386", ""),
            ("x86_64" | "x86-64" | "amd64", "v1") => ("amd64", ""),
            ("x86_64" | "x86-64" | "amd64", variant) => ("amd64", variant),
            ("aarch64" | "arm64", "8" | "v8" | "v8.0") => ("arm64", ""),
            ("aarch64" | "arm64", "9" | "9.0" | "v9.0") => ("arm64", "v9"),
            ("aarch64" | "arm64", variant) => ("arm64", variant),
            ("armhf", _) | ("arm", "" | "7") => ("arm", "v7"),
            ("armel", _) | ("arm", "6") => ("arm", "v6"),
            ("arm", "5") => ("arm", "v5"),
            ("arm", "8") => ("arm", "v8"),
            other => other,
        };
        Self {
            os,
            architecture: architecture.to_owned(),
            variant: variant.to_owned(),
        }
    }
}

/// Reads `os/architecture`, `os/architecture/variant`, or a known architecture alone, which is Linux.
impl FromStr for Platform {
    type Err = PlatformError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let components: Vec<&str> = text.split('/').collect();
        if let Some(component) = components.iter().find(|component| !is_component(component)) {
            return Err(PlatformError::Component {
                platform: text.to_owned(),
                component: (*component).to_owned(),
            });
        }
        match components.as_slice() {
            [architecture] => {
                let platform = Self::normalized("linux", architecture, "");
                if KNOWN_ARCHITECTURES.contains(&platform.architecture.as_str()) {
                    Ok(platform)
                } else {
                    Err(PlatformError::NoArchitecture {
                        platform: text.to_owned(),
                    })
                }
            }
            [os, architecture] => Ok(Self::normalized(os, architecture, "")),
            [os, architecture, variant] => Ok(Self::normalized(os, architecture, variant)),
            _ => Err(PlatformError::TooLong {
                platform: text.to_owned(),
            }),
        }
    }
}

/// The platform's id, under which results of a build for several platforms are filed.
impl fmt::Display for Platform {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.os, self.architecture)?;
        if !self.variant.is_empty() {
            write!(formatter, "/{}", self.variant)?;
        }
        Ok(())
    }
}

impl From<&Platform> for pb::Platform {
    fn from(platform: &Platform) -> Self {
        Self {
            architecture: platform.architecture.clone(),
            os: platform.os.clone(),
            variant: platform.variant.clone(),
            ..Self::default()
        }
    }
}

/// A platform that a worker lists. Versions and features of the operating system are left out.
impl From<&pb::Platform> for Platform {
    fn from(platform: &pb::Platform) -> Self {
        Self::normalized(&platform.os, &platform.architecture, &platform.variant)
    }
}

fn is_component(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
}

/// Why a text is no platform.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlatformError {
    /// A part has no letters, or others than platforms have.
    #[error(
        "platform `{platform}`: `{component}` is not a name of an operating system, architecture or variant (letters, \
         digits, `_`, `.` and `-`); write it like `linux/amd64`"
    )]
    Component {
        /// The whole text.
        platform: String,
        /// The part.
        component: String,
    },
    /// One word that names no known architecture.
    #[error("platform `{platform}`: no known architecture; write it like `linux/amd64`")]
    NoArchitecture {
        /// The whole text.
        platform: String,
    },
    /// More than three parts.
    #[error(
        "platform `{platform}`: more than os/architecture/variant; write it like `linux/arm/v7`"
    )]
    TooLong {
        /// The whole text.
        platform: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checked against containerd's `platforms.Normalize(platforms.MustParse(..))` and `platforms.Format`.
    #[test]
    fn spellings_have_one_normal_form() {
        for (text, id) in [
            ("linux/amd64", "linux/amd64"),
            ("linux/amd64/v1", "linux/amd64"),
            ("linux/amd64/v2", "linux/amd64/v2"),
            ("Linux/X86_64", "linux/amd64"),
            ("linux/x86-64", "linux/amd64"),
            ("linux/i386", "linux/386"),
            ("linux/arm64", "linux/arm64"),
            ("linux/arm64/v8", "linux/arm64"),
            ("linux/arm64/8", "linux/arm64"),
            ("linux/arm64/9", "linux/arm64/v9"),
            ("linux/aarch64", "linux/arm64"),
            ("linux/arm", "linux/arm/v7"),
            ("linux/arm/7", "linux/arm/v7"),
            ("linux/arm/6", "linux/arm/v6"),
            ("linux/arm/v5", "linux/arm/v5"),
            ("linux/arm/8", "linux/arm/v8"),
            ("linux/armhf", "linux/arm/v7"),
            ("linux/armel", "linux/arm/v6"),
            ("macos/arm64", "darwin/arm64"),
            ("linux/riscv64", "linux/riscv64"),
            ("plan9/made-up", "plan9/made-up"),
        ] {
            let platform: Platform = text.parse().unwrap();
            assert_eq!(platform.to_string(), id, "{text}");
            assert_eq!(id.parse::<Platform>().unwrap(), platform, "{text}");
        }
    }

    #[test]
    fn an_architecture_alone_is_linux() {
        assert_eq!(
            "arm64".parse::<Platform>().unwrap().to_string(),
            "linux/arm64"
        );
        assert_eq!(
            "x86_64".parse::<Platform>().unwrap().to_string(),
            "linux/amd64"
        );
    }

    #[test]
    fn what_is_no_platform_says_so() {
        let messages: Vec<String> = [
            "",
            "linux",
            "linux/",
            "linux/amd64/v1/x",
            "a b/c",
            "windows(10.0)/amd64",
            "*",
        ]
        .into_iter()
        .map(|text| text.parse::<Platform>().unwrap_err().to_string())
        .collect();
        insta::assert_snapshot!(messages.join("\n"), @r"
        platform ``: `` is not a name of an operating system, architecture or variant (letters, digits, `_`, `.` and `-`); write it like `linux/amd64`
        platform `linux`: no known architecture; write it like `linux/amd64`
        platform `linux/`: `` is not a name of an operating system, architecture or variant (letters, digits, `_`, `.` and `-`); write it like `linux/amd64`
        platform `linux/amd64/v1/x`: more than os/architecture/variant; write it like `linux/arm/v7`
        platform `a b/c`: `a b` is not a name of an operating system, architecture or variant (letters, digits, `_`, `.` and `-`); write it like `linux/amd64`
        platform `windows(10.0)/amd64`: `windows(10.0)` is not a name of an operating system, architecture or variant (letters, digits, `_`, `.` and `-`); write it like `linux/amd64`
        platform `*`: `*` is not a name of an operating system, architecture or variant (letters, digits, `_`, `.` and `-`); write it like `linux/amd64`
        ");
    }

    #[test]
    fn goes_over_the_wire_and_back() {
        let platform: Platform = "linux/arm/v7".parse().unwrap();
        assert_eq!(Platform::from(&pb::Platform::from(&platform)), platform);
    }
}

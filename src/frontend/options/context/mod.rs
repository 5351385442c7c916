//! Build contexts: what the values of their options mean.
//!
//! <https://github.com/moby/buildkit/blob/v0.32.2/frontend/dockerui/namedcontext.go> and `context.go` beside it.

mod git;
mod options;

use crate::llb::{GitSource, Platform};
use crate::plan::ImageReference;
use git::git_source;
pub(in crate::frontend) use options::ContextOptions;

/// The image without files.
const SCRATCH: &str = "scratch";

/// Ends of the names of archives.
#[cfg(feature = "client")]
const ARCHIVE_SUFFIXES: [&str; 7] = [
    ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz",
];

/// Between the name of a context and the platform that it is for.
const PLATFORM_MARK: &str = "::";

/// What stands in for something that the plan names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::frontend) struct NamedContext {
    /// What it is called, as the client writes it.
    pub(in crate::frontend) name: String,
    /// The platform that it is for; `None` is all that have no other.
    pub(in crate::frontend) platform: Option<Platform>,
    /// Where it comes from.
    pub(in crate::frontend) source: ContextSource,
    /// Sets apart what was sent before for local directories of this name.
    pub(in crate::frontend) shared_key: String,
}

/// Where the files of a context come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::frontend) enum ContextSource {
    /// Nowhere: there are none.
    Scratch,
    /// An image, by its fully qualified reference.
    Image(String),
    /// A directory that the client offers under this name.
    Local(String),
    /// A git repository.
    Git(GitSource),
    /// A file behind a URL.
    Http(String),
    /// An image in an OCI layout that the client offers.
    OciLayout {
        /// The layout's id in the client's session.
        store: String,
        /// The manifest's or index's digest.
        digest: String,
    },
    /// A build graph that the client gave, by its key.
    Input(String),
}

impl NamedContext {
    /// Reads one option: what follows `context:` in its key, and its value. Gives what is wrong otherwise.
    pub(super) fn read(key: &str, value: &str) -> Result<Self, String> {
        let (name, platform) = match key.split_once(PLATFORM_MARK) {
            None => (key, None),
            Some((name, platform)) => {
                let read = platform.parse::<Platform>();
                let read = read.map_err(|error| format!("it is for no platform: {error}"))?;
                (name, Some(read))
            }
        };
        if name.is_empty() {
            return Err("it has no name".to_owned());
        }
        Ok(Self {
            name: name.to_owned(),
            platform,
            source: ContextSource::read(value)?,
            shared_key: String::new(),
        })
    }

    /// The image of this name, as the plan's images are compared; `None` if no image can have it.
    pub(in crate::frontend) fn image(&self) -> Option<String> {
        let reference = ImageReference::parse(&self.name).ok()?;
        Some(reference.to_string())
    }
}

impl ContextSource {
    /// Reads a named context's value. Gives what is wrong otherwise.
    fn read(value: &str) -> Result<Self, String> {
        let (kind, rest) = value.split_once(':').unwrap_or((value, ""));
        let place = rest.strip_prefix("//").unwrap_or(rest);
        if place.is_empty() {
            return Err("it is no source".to_owned());
        }
        match kind {
            "docker-image" if place == SCRATCH => Ok(Self::Scratch),
            "docker-image" => match ImageReference::parse(place) {
                Ok(reference) => Ok(Self::Image(reference.to_string())),
                Err(fault) => Err(fault.to_string()),
            },
            "oci-layout" => oci_layout(place),
            "local" => Ok(Self::Local(rest.to_owned())),
            "input" => Ok(Self::Input(rest.to_owned())),
            _ => Self::remote(value)?.ok_or_else(|| "it is no source".to_owned()),
        }
    }

    /// What people call what is behind a URL; `None` for other sources.
    #[cfg(feature = "client")]
    pub(super) fn remote_name(&self) -> Option<String> {
        let last = |path: &str| {
            let name = path.trim_end_matches('/').rsplit(['/', ':']).next();
            name.unwrap_or_default().to_owned()
        };
        match self {
            Self::Git(git) => match git.subdirectory.as_deref().map(last) {
                Some(name) if !name.is_empty() && name != "." => Some(name),
                _ => Some(last(&git.url).trim_end_matches(".git").to_owned()),
            },
            Self::Http(url) => {
                let path = url.split(['?', '#']).next().unwrap_or_default();
                let name = last(path);
                let stem = ARCHIVE_SUFFIXES
                    .iter()
                    .find_map(|suffix| name.strip_suffix(suffix));
                Some(stem.unwrap_or(&name).to_owned())
            }
            _ => None,
        }
    }

    /// Reads the URL of a git repository or of a file; `None` if it is none. Gives what is wrong otherwise.
    pub(super) fn remote(value: &str) -> Result<Option<Self>, String> {
        if let Some(git) = git_source(value) {
            return git.map(|source| Some(Self::Git(source)));
        }
        let is_file = ["http://", "https://"]
            .iter()
            .any(|scheme| value.starts_with(scheme));
        Ok(is_file.then(|| Self::Http(value.to_owned())))
    }
}

/// `store@digest` or `store:tag@digest`.
fn oci_layout(place: &str) -> Result<ContextSource, String> {
    let (name, digest) = place
        .split_once('@')
        .ok_or("the layout has no digest behind it")?;
    // Only a digest is looked at here; the name makes it a reference.
    ImageReference::parse(&format!("layout@{digest}")).map_err(|fault| fault.to_string())?;
    let store = match name.rsplit_once(':') {
        Some((store, tag)) if !tag.contains('/') => store,
        _ => name,
    };
    if store.is_empty() {
        return Err("the layout has no name".to_owned());
    }
    Ok(ContextSource::OciLayout {
        store: store.to_owned(),
        digest: digest.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn source(value: &str) -> Result<ContextSource, String> {
        NamedContext::read("name", value).map(|context| context.source)
    }

    #[test]
    fn sources_are_those_of_docker() {
        let image = |reference: &str| Ok(ContextSource::Image(reference.to_owned()));
        assert_eq!(
            source("docker-image://alpine"),
            image("docker.io/library/alpine:latest")
        );
        let pinned = format!("docker-image://localhost:5000/a@{DIGEST}");
        assert_eq!(
            source(&pinned),
            image(&format!("localhost:5000/a@{DIGEST}"))
        );
        assert_eq!(source("docker-image://scratch"), Ok(ContextSource::Scratch));
        assert_eq!(
            source("local:name"),
            Ok(ContextSource::Local("name".to_owned()))
        );
        assert_eq!(
            source("input:base::linux/amd64"),
            Ok(ContextSource::Input("base::linux/amd64".to_owned()))
        );
        for name in ["store", "store:tag"] {
            assert_eq!(
                source(&format!("oci-layout://{name}@{DIGEST}")),
                Ok(ContextSource::OciLayout {
                    store: "store".to_owned(),
                    digest: DIGEST.to_owned()
                })
            );
        }
        let url = "https://example.com/app.tar.gz";
        assert_eq!(source(url), Ok(ContextSource::Http(url.to_owned())));
        for url in [
            "https://example.com/app.git#main",
            "git@example.com:app",
            "ssh://git@example.com/app",
        ] {
            assert!(matches!(source(url), Ok(ContextSource::Git(_))), "{url}");
        }
    }

    #[cfg(feature = "client")]
    #[test]
    fn an_app_elsewhere_is_named_after_its_directory_repository_or_file() {
        for (url, expected) in [
            ("https://example.com/team/app.git", "app"),
            ("https://example.com/app.git#main", "app"),
            ("https://example.com/app.git#main:apps/web/", "web"),
            ("https://example.com/app.git?subdir=apps/web", "web"),
            ("https://example.com/app.git#:.", "app"),
            ("git@example.com:team/app.git", "app"),
            ("git@example.com:app", "app"),
            ("github.com/me/app", "app"),
            ("https://example.com/app-1.2.tar.gz?token=a/b", "app-1.2"),
            ("https://example.com/app.tgz#x", "app"),
            ("https://example.com/plan", "plan"),
        ] {
            let source = ContextSource::remote(url).unwrap().unwrap();
            assert_eq!(source.remote_name().as_deref(), Some(expected), "{url}");
        }
        assert_eq!(ContextSource::Scratch.remote_name(), None);
    }

    #[test]
    fn a_context_may_be_for_one_platform() {
        let context = NamedContext::read("a/b:1::linux/arm64/v8", "local:x").unwrap();
        assert_eq!(context.name, "a/b:1");
        assert_eq!(context.platform, "linux/arm64".parse().ok());
        assert_eq!(context.image().as_deref(), Some("docker.io/a/b:1"));
        let step = NamedContext::read("Build It", "local:x").unwrap();
        assert_eq!(step.image(), None);
    }

    #[test]
    fn what_is_no_context_is_told() {
        let told = [
            ("x", "y"),
            ("x", "docker-image://"),
            ("x", "docker-image://UPPER"),
            ("x", "oci-layout://store"),
            ("x", "oci-layout://store@sha256:0"),
            ("x", "ftp://example.com/a"),
            ("x", "local:"),
            ("x", "https://example.com/a.git?branch=a&tag=b"),
            ("::linux/amd64", "local:x"),
            ("x::what/is/this/now", "local:x"),
        ]
        .map(|(key, value)| {
            format!(
                "{key}={value}: {}",
                NamedContext::read(key, value).unwrap_err()
            )
        });
        insta::assert_snapshot!(told.join("\n"), @r"
        x=y: it is no source
        x=docker-image://: it is no source
        x=docker-image://UPPER: `UPPER` has upper-case letters
        x=oci-layout://store: the layout has no digest behind it
        x=oci-layout://store@sha256:0: its digest `sha256:0` is not `sha256:` and 64 lower-case hexadecimal digits (or sha384, sha512)
        x=ftp://example.com/a: it is no source
        x=local:: it is no source
        x=https://example.com/a.git?branch=a&tag=b: it asks for both `refs/heads/a` and `refs/tags/b`
        ::linux/amd64=local:x: it has no name
        x::what/is/this/now=local:x: it is for no platform: platform `what/is/this/now`: more than os/architecture/variant; write it like `linux/arm/v7`
        ");
    }
}

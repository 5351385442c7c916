//! Which package manager an app uses.

use super::{PackageManager, YarnBerry, lock_file};
use crate::analyze::app::{App, AppError};
use crate::analyze::messages::Messages;
use crate::analyze::providers::node::manifest::Manifest;
use crate::analyze::providers::node::package_json::PackageJson;
use crate::analyze::providers::node::workspace::Package;

/// Lock and configuration files that tell a package manager, in the order in which they count.
const FILES: [(&str, Kind); 6] = [
    ("pnpm-lock.yaml", Kind::Pnpm),
    ("bun.lockb", Kind::Bun),
    ("bun.lock", Kind::Bun),
    (".yarnrc.yml", Kind::YarnBerry),
    (".yarnrc.yaml", Kind::YarnBerry),
    ("yarn.lock", Kind::YarnClassic),
];
/// The `engines` that tell a package manager, in the order in which they count.
const ENGINES: [&str; 3] = ["pnpm", "bun", "yarn"];
/// What a line at the top of a lock file of Yarn 2 and newer begins with, and none of Yarn 1.
const BERRY_LOCK_FILE: &str = "__metadata:";

/// A package manager of which nothing more than its name is known yet.
#[derive(Clone, Copy)]
enum Kind {
    Npm,
    Pnpm,
    YarnClassic,
    YarnBerry,
    Bun,
}

impl PackageManager {
    /// The package manager that the manifest names, else the only one that reads such a manifest, else the one of the files,
    /// else the one of `engines`, else npm.
    pub(in super::super) fn detect(
        app: &App,
        package: &Package,
        messages: &mut Messages,
    ) -> Result<Self, AppError> {
        let package_json = &package.package_json;
        let mut kind = named(package, messages);
        if package.manifest != Manifest::Json {
            let name = package.manifest.file_name();
            match kind {
                None => messages.info(format!("only pnpm reads {name}, so pnpm it is")),
                Some(Kind::Pnpm) => {}
                Some(_) => messages.warning(format!(
                    "only pnpm reads {name}, and it names another package manager"
                )),
            }
            kind = kind.or(Some(Kind::Pnpm));
        }
        if kind.is_none() {
            kind = of_files(app)?;
        }
        let kind = kind.or_else(|| of_engines(package_json));
        if kind.is_none() {
            if app.has("package-lock.json")? {
                messages.info("package-lock.json found, so npm it is");
            } else {
                messages.warning("nothing tells the package manager, so npm it is");
            }
            messages.suggestion(
                "name the package manager and its version in package.json as `packageManager`",
            );
        }
        let kind = kind.unwrap_or(Kind::Npm);
        lock_file::check(app, kind.lock_files())?;
        Ok(match kind {
            Kind::Npm => Self::Npm,
            Kind::Pnpm => Self::Pnpm,
            Kind::YarnClassic => Self::YarnClassic,
            Kind::YarnBerry => Self::YarnBerry(YarnBerry::read(app, package_json)?),
            Kind::Bun => Self::Bun,
        })
    }
}

impl Kind {
    /// Its lock files that are text; the first that is there is the one it reads.
    const fn lock_files(self) -> &'static [&'static str] {
        match self {
            Self::Npm => &["npm-shrinkwrap.json", "package-lock.json"],
            Self::Pnpm => &["pnpm-lock.yaml"],
            Self::YarnClassic | Self::YarnBerry => &["yarn.lock"],
            Self::Bun => &["bun.lock"],
        }
    }
}

/// The package manager of the fields `packageManager` and `devEngines.packageManager`.
fn named(package: &Package, messages: &mut Messages) -> Option<Kind> {
    for named in package.package_json.named_package_managers() {
        match (named.name, named.version) {
            ("npm", _) => return Some(Kind::Npm),
            ("pnpm", _) => return Some(Kind::Pnpm),
            ("bun", _) => return Some(Kind::Bun),
            ("yarn", Some(version)) => return Some(yarn(version)),
            // Without a version the files know better which Yarn it is.
            ("yarn", None) => {}
            (name, _) => messages.warning(format!(
                "{} names {name}, which is not a package manager that is known here; looking on for one that is",
                package.place(named.field)
            )),
        }
    }
    None
}

fn of_files(app: &App) -> Result<Option<Kind>, AppError> {
    for (file, kind) in FILES {
        if app.has(file)? {
            if matches!(kind, Kind::YarnClassic) {
                let text = app.read_text(file)?;
                if text.lines().any(|line| line.starts_with(BERRY_LOCK_FILE)) {
                    return Ok(Some(Kind::YarnBerry));
                }
            }
            return Ok(Some(kind));
        }
    }
    Ok(None)
}

fn of_engines(package_json: &PackageJson) -> Option<Kind> {
    ENGINES.iter().find_map(|name| {
        let version = package_json.engine(name)?;
        Some(match *name {
            "pnpm" => Kind::Pnpm,
            "bun" => Kind::Bun,
            _ => yarn(version),
        })
    })
}

/// Yarn 1 and its successors are two different programs.
fn yarn(version: &str) -> Kind {
    let version = version.trim_start_matches(['v', '^', '~', '=', ' ']);
    if version.split(['.', ' ']).next() == Some("1") {
        Kind::YarnClassic
    } else {
        Kind::YarnBerry
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{bare, lines, warnings};
    use crate::analyze::testing::plan;

    #[test]
    fn the_package_manager_is_the_named_one_then_that_of_the_files_then_that_of_engines() {
        for (tree, expected) in [
            (
                bare(r#"{"packageManager": "npm@11.4.2"}"#).file("yarn.lock", ""),
                "npm",
            ),
            (
                bare(r#"{"packageManager": "pnpm@10.4.1+sha512.ab"}"#).file("bun.lock", ""),
                "pnpm",
            ),
            (bare(r#"{"packageManager": " yarn@1.22.22 "}"#), "yarn1"),
            (bare(r#"{"packageManager": "yarn@4.9.2"}"#), "yarnberry"),
            (
                bare(r#"{"packageManager": "bun@1.3.1"}"#).file("pnpm-lock.yaml", ""),
                "bun",
            ),
            (
                bare(
                    r#"{"packageManager": "pnpm@10.4.1", "devEngines": {"packageManager": {"name": "npm"}}}"#,
                ),
                "pnpm",
            ),
            (
                bare(r#"{"devEngines": {"packageManager": {"name": "pnpm", "version": "^10"}}}"#)
                    .file("yarn.lock", ""),
                "pnpm",
            ),
            (
                bare(
                    r#"{"devEngines": {"packageManager": [{"name": "vlt"}, {"name": "yarn", "version": "1.x"}]}}"#,
                ),
                "yarn1",
            ),
            (
                bare(r#"{"devEngines": {"packageManager": {"name": "yarn"}}}"#)
                    .file("yarn.lock", ""),
                "yarn1",
            ),
            (
                bare("{}")
                    .file("pnpm-lock.yaml", "")
                    .file("bun.lock", "")
                    .file("yarn.lock", ""),
                "pnpm",
            ),
            (
                bare("{}").file("bun.lockb", "").file("yarn.lock", ""),
                "bun",
            ),
            (
                bare("{}").file("bun.lock", "").file(".yarnrc.yml", ""),
                "bun",
            ),
            (
                bare("{}").file(".yarnrc.yml", "").file("yarn.lock", ""),
                "yarnberry",
            ),
            (
                bare("{}").file("yarn.lock", "# yarn lockfile v1\n"),
                "yarn1",
            ),
            (
                bare("{}").file("yarn.lock", "\n__metadata:\n  version: 8\n"),
                "yarnberry",
            ),
            (
                bare("{}").file("yarn.lock", "__metadata:\n  version: 8\n"),
                "yarnberry",
            ),
            (
                bare(r#"{"engines": {"pnpm": " ", "bun": "1", "yarn": "1"}}"#),
                "bun",
            ),
            (bare(r#"{"engines": {"pnpm": "9", "bun": "1"}}"#), "pnpm"),
            (bare(r#"{"engines": {"yarn": "^1.22"}}"#), "yarn1"),
            (bare(r#"{"engines": {"yarn": ">=2"}}"#), "yarnberry"),
            (
                bare(r#"{"engines": {"yarn": "1"}}"#).file("package-lock.json", "{}"),
                "yarn1",
            ),
            (bare("{}"), "npm"),
        ] {
            assert_eq!(plan(tree, &[]).metadata["nodePackageManager"], expected);
        }
    }

    #[test]
    fn a_package_manager_that_nobody_knows_is_passed_over() {
        let analysis = plan(
            bare(r#"{"packageManager": "vlt@1.0.0"}"#).file("yarn.lock", ""),
            &[],
        );
        insta::assert_snapshot!(warnings(&analysis)[0], @"package.json > packageManager names vlt, which is not a package manager that is known here; looking on for one that is");
        assert_eq!(analysis.metadata.get("nodeUsesCorepack"), None);
        assert!(lines(&analysis, "install").ends_with("yarn install --frozen-lockfile"));
    }
}

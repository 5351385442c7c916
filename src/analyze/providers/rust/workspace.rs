//! Which package of an app is built, and which of its programs is started.

use super::manifest::{MANIFEST, Manifest, Workspace, in_directory};
use crate::analyze::app::App;
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;

/// The setting that names the package of a workspace.
const PACKAGE_SETTING: &str = "CARGO_WORKSPACE";
/// The setting that names the program that is started.
const PROGRAM_SETTING: &str = "RUST_BIN";

/// What is built and started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    /// The package of a workspace; `None` is the package at the app's root.
    pub(super) member: Option<String>,
    /// The programs that it makes.
    pub(super) programs: Vec<String>,
    /// The program that is started.
    pub(super) start: Option<String>,
}

/// A package with programs.
struct Member {
    name: String,
    programs: Vec<String>,
    default_run: Option<String>,
}

/// Chooses the package, and the program of it.
pub(super) fn choose(
    context: &mut Context<'_>,
    manifest: &Manifest,
) -> Result<Chosen, AnalyzeError> {
    let app = context.app;
    let root = Member::read(app, manifest, "")?;
    let setting = context.environment.setting(PACKAGE_SETTING);
    let members = match &manifest.workspace {
        Some(workspace) => members(app, workspace)?,
        None => Vec::new(),
    };
    if let Some(setting) = setting {
        let found = members
            .iter()
            .chain(&root)
            .find(|member| member.name == setting.value);
        let Some(member) = found else {
            let names: Vec<_> = members.iter().map(|member| member.name.as_str()).collect();
            return Err(AnalyzeError::Value {
                place: setting.origin,
                found: setting.value,
                expected: format!(
                    "the name of a package with a program; the workspace has {}",
                    if names.is_empty() {
                        "none".to_owned()
                    } else {
                        names.join(", ")
                    }
                )
                .into(),
            });
        };
        return member.chosen(context, true);
    }
    // Without `default-members` Cargo builds the package at the root, if there is one.
    let has_defaults = manifest
        .workspace
        .as_ref()
        .is_some_and(|workspace| !workspace.default_members.is_empty());
    if let Some(root) = &root
        && !has_defaults
        && !root.programs.is_empty()
    {
        return root.chosen(context, false);
    }
    if let Some((first, others)) = members.split_first() {
        if !others.is_empty() {
            let others: Vec<_> = others.iter().map(|member| member.name.as_str()).collect();
            context.messages.suggestion(format!(
                "building the package {}; RAILPACK_{PACKAGE_SETTING} chooses another: {}",
                first.name,
                others.join(", ")
            ));
        }
        return first.chosen(context, true);
    }
    if context.has_own_commands("build") {
        return Ok(Chosen {
            member: None,
            programs: Vec::new(),
            start: None,
        });
    }
    let mut looked_for =
        vec!["src/main.rs, src/bin and [[bin]] of the package in Cargo.toml".to_owned()];
    if manifest.workspace.is_some() {
        looked_for.push("the same of the packages of the workspace".to_owned());
    }
    Err(AnalyzeError::NothingFound {
        purpose: "build",
        looked_for,
        hint: "add a program, or say what to build and to start with RAILPACK_BUILD_CMD and RAILPACK_START_CMD".to_owned(),
    })
}

impl Member {
    fn read(app: &App, manifest: &Manifest, directory: &str) -> Result<Option<Self>, AnalyzeError> {
        let Some(package) = &manifest.package else {
            return Ok(None);
        };
        if package.name.is_empty() {
            return Err(AnalyzeError::Value {
                place: in_directory(directory, MANIFEST),
                found: "[package] without a name".to_owned(),
                expected: "a name, as in `name = \"shop\"`".into(),
            });
        }
        Ok(Some(Self {
            name: package.name.clone(),
            programs: manifest.programs(app, directory)?,
            default_run: package.default_run.clone(),
        }))
    }

    fn chosen(&self, context: &mut Context<'_>, is_member: bool) -> Result<Chosen, AnalyzeError> {
        Ok(Chosen {
            member: is_member.then(|| self.name.clone()),
            programs: self.programs.clone(),
            start: self.start(context)?,
        })
    }

    /// The program that the user names, else the only one, else that of `default-run`, else that of the package's name.
    fn start(&self, context: &mut Context<'_>) -> Result<Option<String>, AnalyzeError> {
        if let Some(setting) = context.environment.setting(PROGRAM_SETTING) {
            if self.programs.contains(&setting.value) {
                return Ok(Some(setting.value));
            }
            return Err(AnalyzeError::Value {
                place: setting.origin,
                found: setting.value,
                expected: format!("a program of {}: {}", self.name, self.programs.join(", "))
                    .into(),
            });
        }
        if let [only] = self.programs.as_slice() {
            return Ok(Some(only.clone()));
        }
        if self.default_run.is_some() {
            return Ok(self.default_run.clone());
        }
        let others: Vec<_> = self.programs.iter().map(String::as_str).collect();
        let main = self.programs.iter().find(|program| **program == self.name);
        context.messages.suggestion(format!(
            "{} has several programs; RAILPACK_{PROGRAM_SETTING} or `default-run` in Cargo.toml says which one is started: {}",
            self.name,
            others.join(", ")
        ));
        Ok(main.cloned())
    }
}

/// The packages of a workspace that make programs: the default ones, then the others.
fn members(app: &App, workspace: &Workspace) -> Result<Vec<Member>, AnalyzeError> {
    let mut found: Vec<Member> = Vec::new();
    for pattern in workspace.default_members.iter().chain(&workspace.members) {
        let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
        let is_pattern = pattern.contains(['*', '?', '[']);
        let directories = if is_pattern {
            app.find_directories(pattern)?
        } else {
            vec![pattern.to_owned()]
        };
        for directory in directories {
            let is_excluded = workspace.exclude.iter().any(|excluded| {
                let excluded = excluded.trim_start_matches("./").trim_end_matches('/');
                directory == excluded || directory.starts_with(&format!("{excluded}/"))
            });
            let path = in_directory(&directory, MANIFEST);
            // A pattern may match directories that are no packages; Cargo leaves them out too.
            if is_excluded || directory == "." || is_pattern && !app.has(&path)? {
                continue;
            }
            let manifest = Manifest::read(app, &directory)?;
            if let Some(member) = Member::read(app, &manifest, &directory)?
                && !member.programs.is_empty()
                && found.iter().all(|other| other.name != member.name)
            {
                found.push(member);
            }
        }
    }
    Ok(found)
}

//! What the arguments mean, checked before anything is done.

mod cache;
mod contexts;
pub(crate) mod csv;
mod image_name;
mod options;
mod problem;
mod sandbox;
mod secrets;
mod ssh;
mod standard_output;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::address::TlsFiles;
use super::output::OutputRequest;
use super::session::SshAgents;
use crate::cli::{BuildCommand, EngineArguments};
use crate::frontend::{option, remote_name, without_credentials};
use crate::plan::ImageReference;
pub(crate) use cache::{Cache, Direction};
use contexts::NamedContexts;
pub(crate) use contexts::local_name;
pub(crate) use problem::UsageProblem;
pub(crate) use secrets::SecretSource;
use standard_output::standard_output_problem;

/// Where the app is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AppSource {
    /// In a directory of this machine.
    Directory(PathBuf),
    /// Behind the URL of a repository or a file, which the engine loads.
    Url(String),
}

/// What the arguments mean.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The app.
    pub(crate) app: AppSource,
    /// Names of the image; never none.
    pub(crate) names: Vec<String>,
    /// What to make; none is an image in the local engine.
    pub(crate) outputs: Vec<OutputRequest>,
    /// Whether to push the image.
    pub(crate) push: bool,
    /// Where to write what the engine says of the result.
    pub(crate) metadata_file: Option<PathBuf>,
    /// Frontend options, but for those about caches and secrets.
    pub(crate) options: BTreeMap<String, String>,
    /// Directories that stand in for what the plan names, by the names of their contexts.
    pub(crate) contexts: BTreeMap<String, PathBuf>,
    /// OCI layouts, by the names that they are offered under.
    pub(crate) layouts: BTreeMap<String, PathBuf>,
    /// Caches to import.
    pub(crate) cache_imports: Vec<Cache>,
    /// Caches to export.
    pub(crate) cache_exports: Vec<Cache>,
    /// Secrets that were given as such.
    pub(crate) secrets: BTreeMap<String, SecretSource>,
    /// Who signs for steps that use SSH.
    pub(crate) ssh: SshAgents,
    /// The engine.
    pub(crate) builder: Option<String>,
    /// TLS to it.
    pub(crate) tls: Option<TlsFiles>,
}

impl Settings {
    /// Reads the arguments. `variable` gives the process environment.
    pub(crate) fn read(
        arguments: &BuildCommand,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Vec<UsageProblem>> {
        let mut problems = Vec::new();
        let directory = &arguments.planning.directory;
        let (app, default_name) = app(directory, &mut problems);
        let caches = |flag, texts: &[String], direction, problems: &mut Vec<_>| {
            let read = |text: &String| {
                Cache::parse(text, direction, variable)
                    .map_err(|fault| UsageProblem::new(flag, text, &fault, fault.hint()))
            };
            let caches = collect(texts, read, problems);
            caches.into_iter().flatten().collect()
        };
        let build = &arguments.build;
        let contexts = NamedContexts::read(&build.contexts, &mut problems);
        let mut options =
            options::frontend_options(&arguments.output, build, variable, &mut problems);
        options.extend(contexts.options);
        let settings = Self {
            names: names(&arguments.output.names, default_name, &mut problems),
            outputs: collect(
                &arguments.output.outputs,
                |text| {
                    OutputRequest::parse(text)
                        .map_err(|fault| UsageProblem::new("--output", text, &fault, fault.hint()))
                },
                &mut problems,
            ),
            push: arguments.output.push,
            metadata_file: arguments.output.metadata_file.clone(),
            options,
            contexts: contexts.directories,
            layouts: contexts.layouts,
            cache_imports: caches(
                "--cache-from",
                &build.cache_from,
                Direction::From,
                &mut problems,
            ),
            cache_exports: caches("--cache-to", &build.cache_to, Direction::To, &mut problems),
            secrets: collect(
                &build.secrets,
                |text| {
                    secrets::parse_secret(text, variable).map_err(|fault| {
                        let hint = "give `id=NAME,env=VARIABLE` or `id=NAME,src=FILE`";
                        UsageProblem::new("--secret", text, fault, hint)
                    })
                },
                &mut problems,
            )
            .into_iter()
            .collect(),
            ssh: ssh_agents(&build.ssh, variable, &mut problems),
            builder: arguments.engine.builder.clone(),
            tls: tls(&arguments.engine),
            app,
        };
        problems.extend(standard_output_problem(arguments, &settings.outputs));
        problems.extend(metadata_file_problem(settings.metadata_file.as_deref()));
        if problems.is_empty() {
            Ok(settings)
        } else {
            Err(problems)
        }
    }
}

impl Settings {
    /// Whether the image is to be an index of several platforms.
    pub(crate) fn is_index(&self) -> bool {
        let platforms = self.options.get(option::PLATFORM);
        platforms.is_some_and(|platforms| platforms.contains(','))
    }
}

/// What could be read; what could not is a problem each.
fn collect<T>(
    texts: &[String],
    read: impl Fn(&String) -> Result<T, UsageProblem>,
    problems: &mut Vec<UsageProblem>,
) -> Vec<T> {
    let mut values = Vec::new();
    for text in texts {
        match read(text) {
            Ok(value) => values.push(value),
            Err(problem) => problems.push(problem),
        }
    }
    values
}

/// Where the app is, and the name of its image if it is given none. Like docker: a directory that is there goes before a URL.
fn app(directory: &Path, problems: &mut Vec<UsageProblem>) -> (AppSource, String) {
    let url = directory.to_str().filter(|_| !directory.is_dir());
    let name = url.map(|url| (url, remote_name(url)));
    match name {
        Some((url, Ok(Some(name)))) => {
            let name = image_name::image_name(&name);
            (AppSource::Url(url.to_owned()), name)
        }
        Some((url, Err(fault))) => {
            let hint = "give the URL of a repository, as `https://example.com/app.git#branch:directory`, or of an archive";
            problems.push(UsageProblem::new(
                "DIRECTORY",
                &without_credentials(url),
                fault,
                hint,
            ));
            (AppSource::Url(url.to_owned()), String::new())
        }
        _ => {
            let name = image_name::default_image_name(directory);
            (AppSource::Directory(directory.to_owned()), name)
        }
    }
}

fn names(given: &[String], default_name: String, problems: &mut Vec<UsageProblem>) -> Vec<String> {
    for name in given {
        let hint = "give a name as `app`, `app:1.0` or `registry.example.com/team/app:1.0`";
        match ImageReference::parse(name) {
            Ok(_) if name.contains('@') => {
                let fault = "an image that is not built yet has no digest";
                problems.push(UsageProblem::new("--name", name, fault, hint));
            }
            Ok(_) => {}
            Err(fault) => problems.push(UsageProblem::new("--name", name, fault, hint)),
        }
    }
    if given.is_empty() {
        vec![default_name]
    } else {
        given.to_vec()
    }
}

/// Told before anything is built: the image would be there, and the file not.
fn metadata_file_problem(file: Option<&Path>) -> Option<UsageProblem> {
    let file = file?;
    // A name alone has an empty parent.
    let parent = file
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let fault = if file.is_dir() {
        "it is a directory"
    } else if parent.is_some_and(|parent| !parent.is_dir()) {
        "its directory is not there"
    } else {
        return None;
    };
    let hint = "give a file in a directory that is there";
    Some(UsageProblem::new(
        "--metadata-file",
        &file.display().to_string(),
        fault,
        hint,
    ))
}

/// One agent for each id.
fn ssh_agents(
    texts: &[String],
    variable: &dyn Fn(&str) -> Option<String>,
    problems: &mut Vec<UsageProblem>,
) -> SshAgents {
    let mut agents = SshAgents::default();
    for text in texts {
        match ssh::parse_ssh(text, variable) {
            Ok((id, agent)) => {
                if agents.insert(&id, agent).is_some() {
                    let fault = "another one has this id already";
                    let hint = "give each an id of its own; keys of one id are `ID=KEY,KEY`";
                    problems.push(UsageProblem::new("--ssh", text, fault, hint));
                }
            }
            Err(fault) => {
                problems.push(UsageProblem::new("--ssh", text, &fault, fault.hint()));
            }
        }
    }
    agents
}

fn tls(arguments: &EngineArguments) -> Option<TlsFiles> {
    let files = match &arguments.tlsdir {
        Some(directory) => TlsFiles::in_directory(directory),
        None => TlsFiles {
            authority: arguments.tlscacert.clone(),
            client: arguments.tlscert.clone().zip(arguments.tlskey.clone()),
            server_name: None,
        },
    };
    let files = TlsFiles {
        server_name: arguments.tlsservername.clone(),
        ..files
    };
    Some(files).filter(|files| arguments.tlsdir.is_some() || *files != TlsFiles::default())
}

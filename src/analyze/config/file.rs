//! The configuration file, `railpack.json`.
//!
//! The fields are the reference's (<https://railpack.com/config/file>). What is wrong is told with its place, all of it at
//! once; a field that nobody knows is ignored with a warning.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::rc::Rc;

use jsonc_parser::ast::Value;

use super::{Config, DeployConfig, Origin, Sourced, StepConfig};
use crate::analyze::AnalyzeOptions;
use crate::analyze::app::App;
use crate::analyze::environment::Environment;
use crate::analyze::error::AnalyzeError;
use crate::analyze::messages::Messages;
use crate::plan::{
    self, Filter, LayerSource, MAX_STEPS, Problem, ProblemKind, Problems, Property, Reader, Span,
    Spanned, parse_with_comments, render,
};

/// Where the configuration is, unless the user names another file.
const DEFAULT_NAME: &str = "railpack.json";

/// The fields of a configuration.
pub(crate) const FIELDS: [&str; 9] = [
    "provider",
    "buildAptPackages",
    "packages",
    "steps",
    "deploy",
    "caches",
    "secrets",
    "exclude",
    "$schema",
];
/// The fields of one of its steps: those of a plan's, and one more.
pub(crate) const STEP_FIELDS: [&str; plan::STEP_FIELDS.len() + 1] = {
    let mut fields = ["deployOutputs"; plan::STEP_FIELDS.len() + 1];
    let (shared, _) = fields.split_at_mut(plan::STEP_FIELDS.len());
    shared.copy_from_slice(&plan::STEP_FIELDS);
    fields
};
/// The fields of its `deploy`: those of a plan's, and one more.
pub(crate) const DEPLOY_FIELDS: [&str; plan::DEPLOY_FIELDS.len() + 1] = {
    let mut fields = ["aptPackages"; plan::DEPLOY_FIELDS.len() + 1];
    let (shared, _) = fields.split_at_mut(plan::DEPLOY_FIELDS.len());
    shared.copy_from_slice(&plan::DEPLOY_FIELDS);
    fields
};

/// A configuration file of the app, for who shows places in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConfigFile {
    /// Its path in the app.
    pub(crate) name: Rc<str>,
    pub(crate) text: Rc<str>,
}

impl ConfigFile {
    /// Whether this is its path in the app.
    pub(crate) fn has_name(&self, path: &str) -> bool {
        *self.name == *path
    }

    /// Problems, those of this file with the lines that they are in.
    pub(crate) fn show(&self, problems: &Problems) -> String {
        let (placed, others): (Vec<_>, Vec<_>) = problems
            .as_slice()
            .iter()
            .partition(|problem| problem.span.is_some());
        let mut shown = render(placed, &self.name, &self.text);
        for problem in others {
            // Writing to a string cannot fail.
            let _ = writeln!(shown, "{}: {}", problem.severity, problem.message());
        }
        shown.truncate(shown.trim_end().len());
        shown
    }

    /// A problem in one line, with its place if it has one in this file.
    pub(crate) fn describe(&self, problem: &Problem) -> String {
        let place = problem.span.map_or_else(String::new, |span| {
            format!("{}:{}: ", self.name, span.start)
        });
        let hint = problem
            .hint()
            .map_or_else(String::new, |hint| format!("; {hint}"));
        format!("{place}{}{hint}", problem.message())
    }
}

/// Reads the configuration file; `None` if there is none and the user names none.
pub(super) fn read(
    app: &App,
    options: &AnalyzeOptions,
    environment: &Environment,
    messages: &mut Messages,
) -> Result<Option<Config>, AnalyzeError> {
    let (name, origin) = name(options, environment);
    let name = name.trim_start_matches("./");
    if name == DEFAULT_NAME && !app.has(name)? {
        return Ok(None);
    }
    let text = match (app.read_text(name), origin) {
        (Ok(text), _) => text,
        (Err(source), None) => return Err(source.into()),
        (Err(source), Some(origin)) => {
            let origin = origin.to_string();
            return Err(AnalyzeError::ConfigFile { origin, source });
        }
    };
    let file = ConfigFile {
        name: name.into(),
        text,
    };
    messages.info(format!("using the configuration in {name}"));
    parse(file, messages).map(Some)
}

impl AnalyzeOptions {
    /// The path in the app of the configuration that is read, if it is there: that of `RAILPACK_CONFIG_FILE` in `environment`, else
    /// [`config_file`](Self::config_file), else `railpack.json`.
    #[must_use]
    pub fn config_file_name(&self, environment: &Environment) -> String {
        name(self, environment).0
    }
}

/// The file's path in the app, and what names it. As in the reference, the variable wins over the flag.
fn name(options: &AnalyzeOptions, environment: &Environment) -> (String, Option<Origin>) {
    if let Some(setting) = environment.setting("CONFIG_FILE") {
        return (setting.value, Some(Origin::Variable(setting.origin)));
    }
    match options.config_file.as_deref().map(str::trim) {
        Some(name) if !name.is_empty() => (name.to_owned(), Some(Origin::Flag("--config-file"))),
        _ => (DEFAULT_NAME.to_owned(), None),
    }
}

fn parse(file: ConfigFile, messages: &mut Messages) -> Result<Config, AnalyzeError> {
    let source = Source {
        name: Rc::clone(&file.name),
    };
    let read = parse_with_comments(&file.text, |reader, value| source.config(reader, value));
    match read {
        Ok((config, warnings)) => {
            for warning in &warnings {
                messages.warning(file.describe(warning));
            }
            Ok(Config {
                file: Some(file),
                ..config.unwrap_or_default()
            })
        }
        Err(problems) => Err(AnalyzeError::Config {
            name: file.name.to_string(),
            shown: file.show(&problems),
        }),
    }
}

/// The file that is read, for the origins of its settings.
struct Source {
    name: Rc<str>,
}

impl Source {
    fn config<'a>(&self, reader: &mut Reader<'a>, value: &'a Value<'a>) -> Option<Config> {
        let object = reader.object(value)?;
        let [
            provider,
            build_apt_packages,
            packages,
            steps,
            deploy,
            caches,
            secrets,
            exclude,
            schema,
        ] = reader.fields(object, FIELDS);
        reader.field("$schema", schema, Reader::string);
        Some(Config {
            app_directory: None,
            providers: reader.field("provider", provider, |reader, value| {
                self.providers(reader, value)
            }),
            build_apt_packages: self.words(reader, "buildAptPackages", build_apt_packages),
            packages: reader
                .field("packages", packages, Reader::string_map)
                .unwrap_or_default()
                .into_iter()
                .map(|(name, version)| (name, self.sourced(version)))
                .collect(),
            steps: reader
                .field("steps", steps, |reader, value| self.steps(reader, value))
                .unwrap_or_default(),
            deploy: reader
                .field("deploy", deploy, |reader, value| self.deploy(reader, value))
                .unwrap_or_default(),
            caches: reader
                .field("caches", caches, Reader::caches)
                .unwrap_or_default(),
            secrets: reader
                .field("secrets", secrets, Reader::strings)
                .unwrap_or_default(),
            exclude: reader.field("exclude", exclude, Reader::strings),
            file: None,
        })
    }

    /// A name or a list of names; no name at all is as good as no field.
    fn providers<'a>(
        &self,
        reader: &mut Reader<'a>,
        value: &'a Value<'a>,
    ) -> Option<Sourced<Vec<Spanned<String>>>> {
        let names = match value {
            Value::Array(_) => reader.strings(value)?,
            Value::StringLit(_) => vec![reader.text(value)?],
            _ => return reader.wrong_type("a string or a list of strings", value),
        };
        let span = names.first()?.span;
        Some(Sourced::new(names, self.origin(span)))
    }

    fn words<'a>(
        &self,
        reader: &mut Reader<'a>,
        name: &'static str,
        property: Property<'a>,
    ) -> Option<Sourced<Vec<String>>> {
        let words = reader.field(name, property, Reader::strings)?;
        let words = words.into_iter().map(|word| word.value).collect();
        let span = property.map(|property| reader.span(property));
        Some(Sourced::new(words, self.origin(span)))
    }

    fn steps<'a>(
        &self,
        reader: &mut Reader<'a>,
        value: &'a Value<'a>,
    ) -> Option<BTreeMap<String, StepConfig>> {
        let steps = reader.map(value, |reader, value| self.step(reader, value))?;
        if steps.len() > MAX_STEPS {
            let count = steps.len();
            reader.problem(ProblemKind::TooManySteps { count }, value);
        }
        let placed = |step: Spanned<StepConfig>| StepConfig {
            span: step.span,
            ..step.value
        };
        Some(
            steps
                .into_iter()
                .map(|(name, step)| (name, placed(step)))
                .collect(),
        )
    }

    fn step<'a>(&self, reader: &mut Reader<'a>, value: &'a Value<'a>) -> Option<StepConfig> {
        let object = reader.object(value)?;
        let [properties @ .., deploy_outputs] = reader.fields(object, STEP_FIELDS);
        let fields = reader.step_fields(properties);
        Some(StepConfig {
            span: None,
            inputs: fields.inputs,
            commands: fields.commands.map(|commands| self.sourced(commands)),
            secrets: fields.secrets,
            secret_files: fields.secret_files,
            ssh: fields.ssh,
            assets: fields.assets,
            variables: fields.variables,
            caches: fields.caches,
            deploy_outputs: reader.field("deployOutputs", deploy_outputs, |reader, value| {
                reader.list(value, Reader::filter)
            }),
        })
    }

    fn deploy<'a>(&self, reader: &mut Reader<'a>, value: &'a Value<'a>) -> Option<DeployConfig> {
        let object = reader.object(value)?;
        let [properties @ .., apt_packages] = reader.fields(object, DEPLOY_FIELDS);
        let fields = reader.deploy_fields(properties);
        if let ([Some(base), ..], Some(layer)) = (&properties, &fields.base) {
            // The plan's base may be a step that is made of this one, and then says less about it.
            let kind = match &layer.source {
                LayerSource::Spread => Some(ProblemKind::Spread),
                LayerSource::Local => Some(ProblemKind::LocalBase),
                _ if layer.filter != Filter::default() => Some(ProblemKind::FilteredBase),
                LayerSource::Image(_) | LayerSource::Step(_) => None,
            };
            if let Some(kind) = kind {
                reader.problem(kind, &base.value);
            }
        }
        Some(DeployConfig {
            apt_packages: self.words(reader, "aptPackages", apt_packages),
            base: fields.base,
            inputs: fields.inputs,
            start_command: fields.start_command.map(|command| self.sourced(command)),
            variables: fields.variables,
            paths: fields.paths,
            config: fields.config,
        })
    }

    fn sourced<T>(&self, value: Spanned<T>) -> Sourced<T> {
        let origin = self.origin(value.span);
        Sourced::new(value.value, origin)
    }

    fn origin(&self, span: Option<Span>) -> Origin {
        Origin::File {
            name: Rc::clone(&self.name),
            span,
        }
    }
}

//! The configuration file, `railpack.json`.
//!
//! The fields are the reference's (<https://railpack.com/config/file>). What is wrong is told with its place, all of it at
//! once; a field that nobody knows is ignored with a warning.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::rc::Rc;

use jsonc_parser::ast::{ObjectProp, Value};

use super::{Config, DeployConfig, Origin, Sourced, StepConfig};
use crate::analyze::AnalyzeOptions;
use crate::analyze::app::App;
use crate::analyze::environment::Environment;
use crate::analyze::error::AnalyzeError;
use crate::analyze::messages::Messages;
use crate::plan::{
    MAX_STEPS, Problem, ProblemKind, Problems, Reader, Span, Spanned, parse_with_comments, render,
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
/// The fields of one of its steps. Plans have the `name` there too.
pub(crate) const STEP_FIELDS: [&str; 8] = [
    "name",
    "inputs",
    "commands",
    "secrets",
    "assets",
    "variables",
    "caches",
    "deployOutputs",
];
/// The fields of its `deploy`.
pub(crate) const DEPLOY_FIELDS: [&str; 6] = [
    "base",
    "inputs",
    "startCommand",
    "variables",
    "paths",
    "aptPackages",
];

/// A configuration file of the app, for who shows places in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConfigFile {
    /// Its path in the app.
    pub(crate) name: Rc<str>,
    pub(crate) text: Rc<str>,
}

impl ConfigFile {
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
    let name = Rc::clone(&file.name);
    let read = parse_with_comments(&file.text, |reader, value| {
        FileReader { name, reader }.config(value)
    });
    match read {
        Ok((mut config, warnings)) => {
            for warning in &warnings {
                messages.warning(file.describe(warning));
            }
            config.file = Some(file);
            Ok(config)
        }
        Err(problems) => Err(AnalyzeError::Config {
            name: file.name.to_string(),
            shown: file.show(&problems),
        }),
    }
}

/// Reads the parts that a plan does not have.
struct FileReader<'r, 'a> {
    name: Rc<str>,
    reader: &'r mut Reader<'a>,
}

impl<'a> FileReader<'_, 'a> {
    fn config(mut self, value: &'a Value<'a>) -> Config {
        let reader = &mut *self.reader;
        let Some(object) = reader.object(value) else {
            return Config::default();
        };
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
        let packages = reader
            .field("packages", packages, Reader::string_map)
            .unwrap_or_default();
        let steps = reader
            .field("steps", steps, |reader, value| {
                let steps = reader.map(value, step)?;
                if steps.len() > MAX_STEPS {
                    let count = steps.len();
                    reader.problem(ProblemKind::TooManySteps { count }, value);
                }
                Some(steps)
            })
            .unwrap_or_default();
        let caches = reader
            .field("caches", caches, |reader, value| {
                reader.map(value, Reader::cache)
            })
            .unwrap_or_default();
        let secrets = reader
            .field("secrets", secrets, Reader::strings)
            .unwrap_or_default();
        let exclude = reader.field("exclude", exclude, Reader::strings);
        Config {
            app_directory: None,
            providers: self.providers(provider),
            build_apt_packages: self.words("buildAptPackages", build_apt_packages),
            steps: self.placed_steps(steps),
            deploy: self.deploy(deploy),
            packages: packages
                .into_iter()
                .map(|(name, version)| (name, self.sourced(version)))
                .collect(),
            caches,
            secrets,
            exclude,
            file: None,
        }
    }

    /// A name or a list of names; no name at all is as good as no field.
    fn providers(
        &mut self,
        property: Option<&'a ObjectProp<'a>>,
    ) -> Option<Sourced<Vec<Spanned<String>>>> {
        let names = self
            .reader
            .field("provider", property, |reader, value| match value {
                Value::Array(_) => reader.strings(value),
                Value::StringLit(_) => reader.text(value).map(|name| vec![name]),
                _ => reader.wrong_type("a string or a list of strings", value),
            })?;
        let span = names.first()?.span;
        Some(Sourced::new(names, self.origin(span)))
    }

    fn words(
        &mut self,
        name: &'static str,
        property: Option<&'a ObjectProp<'a>>,
    ) -> Option<Sourced<Vec<String>>> {
        let words = self.reader.field(name, property, Reader::strings)?;
        let words = words.into_iter().map(|word| word.value).collect();
        Some(Sourced::new(words, self.origin(self.span_of(property))))
    }

    fn placed_steps(
        &self,
        steps: BTreeMap<String, Spanned<StepFields>>,
    ) -> BTreeMap<String, StepConfig> {
        let placed = |step: Spanned<StepFields>| {
            let StepFields {
                mut config,
                commands,
            } = step.value;
            config.span = step.span;
            config.commands = commands.map(|commands| {
                let origin = self.origin(commands.span);
                Sourced::new(commands.value, origin)
            });
            config
        };
        steps
            .into_iter()
            .map(|(name, step)| (name, placed(step)))
            .collect()
    }

    fn deploy(&mut self, property: Option<&'a ObjectProp<'a>>) -> DeployConfig {
        let mut fields = [None; DEPLOY_FIELDS.len()];
        let read = self.reader.field("deploy", property, |reader, value| {
            let object = reader.object(value)?;
            fields = reader.fields(object, DEPLOY_FIELDS);
            let [base, inputs, start_command, variables, paths, apt_packages] = fields;
            let config = DeployConfig {
                apt_packages: None,
                base: reader.field("base", base, Reader::base),
                inputs: reader.field("inputs", inputs, Reader::layers),
                start_command: None,
                variables: reader
                    .field("variables", variables, Reader::string_map)
                    .unwrap_or_default(),
                paths: reader.field("paths", paths, Reader::strings),
            };
            let start_command = reader.field("startCommand", start_command, Reader::text);
            let apt_packages_list = reader.field("aptPackages", apt_packages, Reader::strings);
            Some((config, start_command, apt_packages_list))
        });
        let Some((config, start_command, apt_packages)) = read else {
            return DeployConfig::default();
        };
        let [.., apt_packages_property] = fields;
        DeployConfig {
            start_command: start_command.map(|command| self.sourced(command)),
            apt_packages: apt_packages.map(|words| {
                let words = words.into_iter().map(|word| word.value).collect();
                Sourced::new(words, self.origin(self.span_of(apt_packages_property)))
            }),
            ..config
        }
    }

    fn span_of(&self, property: Option<&'a ObjectProp<'a>>) -> Option<Span> {
        property.map(|property| self.reader.span(property))
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

/// A step as it is read: its commands do not know their file yet.
struct StepFields {
    config: StepConfig,
    commands: Option<Spanned<Vec<Spanned<crate::plan::Command>>>>,
}

fn step<'a>(reader: &mut Reader<'a>, value: &'a Value<'a>) -> Option<StepFields> {
    let object = reader.object(value)?;
    let [
        name,
        inputs,
        commands,
        secrets,
        assets,
        variables,
        caches,
        deploy_outputs,
    ] = reader.fields(object, STEP_FIELDS);
    reader.field("name", name, Reader::string);
    let commands = reader
        .field("commands", commands, |reader, value| {
            reader.list(value, Reader::command)
        })
        .zip(commands)
        .map(|(list, property)| Spanned::new(list, reader.span(property)));
    let config = StepConfig {
        span: None,
        inputs: reader.field("inputs", inputs, Reader::layers),
        commands: None,
        secrets: reader.field("secrets", secrets, Reader::strings),
        assets: reader
            .field("assets", assets, Reader::string_map)
            .unwrap_or_default(),
        variables: reader
            .field("variables", variables, Reader::string_map)
            .unwrap_or_default(),
        caches: reader.field("caches", caches, Reader::strings),
        deploy_outputs: reader.field("deployOutputs", deploy_outputs, |reader, value| {
            reader.list(value, Reader::filter)
        }),
    };
    Some(StepFields { config, commands })
}

//! The parts of a plan, field by field.

use std::collections::BTreeMap;

use jsonc_parser::ast::{ObjectProp, Value};

use super::image_config::IMAGE_CONFIG_FIELDS;
use super::reader::Reader;
use crate::plan::problem::Excerpt;
use crate::plan::{
    Cache, CacheSharing, Command, CommandLine, Deploy, ImageConfig, Layer, Plan, ProblemKind,
    SecretFile, Spanned, Step,
};

/// The fields of a step that plans and configurations have in common.
pub(crate) const STEP_FIELDS: [&str; 9] = [
    "name",
    "inputs",
    "commands",
    "secrets",
    "secretFiles",
    "ssh",
    "assets",
    "variables",
    "caches",
];
/// The fields of `deploy` that they have in common.
pub(crate) const DEPLOY_FIELDS: [&str; 5 + IMAGE_CONFIG_FIELDS.len()] = {
    let [
        user,
        labels,
        exposed_ports,
        healthcheck,
        stop_signal,
        volumes,
    ] = IMAGE_CONFIG_FIELDS;
    [
        "base",
        "inputs",
        "startCommand",
        "variables",
        "paths",
        user,
        labels,
        exposed_ports,
        healthcheck,
        stop_signal,
        volumes,
    ]
};

/// A field of an object, if the object has it.
pub(crate) type Property<'a> = Option<&'a ObjectProp<'a>>;

/// A step as it is written: what is absent is told from what is empty.
#[derive(Debug)]
pub(crate) struct StepFields {
    name: Option<Spanned<String>>,
    pub(crate) inputs: Option<Vec<Spanned<Layer>>>,
    /// With the place of the whole list.
    pub(crate) commands: Option<Spanned<Vec<Spanned<Command>>>>,
    pub(crate) secrets: Option<Vec<Spanned<String>>>,
    pub(crate) secret_files: Option<Vec<Spanned<SecretFile>>>,
    pub(crate) ssh: Option<Vec<Spanned<String>>>,
    pub(crate) assets: BTreeMap<String, Spanned<String>>,
    pub(crate) variables: BTreeMap<String, Spanned<String>>,
    pub(crate) caches: Option<Vec<Spanned<String>>>,
}

/// `deploy` as it is written: what is absent is told from what is empty.
#[derive(Debug)]
pub(crate) struct DeployFields {
    pub(crate) base: Option<Spanned<Layer>>,
    pub(crate) inputs: Option<Vec<Spanned<Layer>>>,
    pub(crate) start_command: Option<Spanned<CommandLine>>,
    pub(crate) variables: BTreeMap<String, Spanned<String>>,
    pub(crate) paths: Option<Vec<Spanned<String>>>,
    pub(crate) config: ImageConfig,
}

impl<'a> Reader<'a> {
    pub(super) fn plan(&mut self, value: &'a Value<'a>) -> Plan {
        let Some(object) = self.object(value) else {
            return Plan::default();
        };
        // Editors look for a schema at `$schema`; it says nothing about the build.
        let known = [
            "syntax", "steps", "caches", "secrets", "deploy", "exclude", "$schema",
        ];
        let [syntax, steps, caches, secrets, deploy, exclude, schema] = self.fields(object, known);
        self.field("$schema", schema, Self::string);
        Plan {
            syntax: self.field("syntax", syntax, Self::string),
            steps: self
                .field("steps", steps, |reader, value| {
                    reader.list(value, Self::step)
                })
                .unwrap_or_default(),
            caches: self
                .field("caches", caches, Self::caches)
                .unwrap_or_default(),
            secrets: self
                .field("secrets", secrets, Self::strings)
                .unwrap_or_default(),
            deploy: self
                .field("deploy", deploy, Self::deploy)
                .unwrap_or_default(),
            exclude: self
                .field("exclude", exclude, Self::strings)
                .unwrap_or_default(),
        }
    }

    fn step(&mut self, value: &'a Value<'a>) -> Option<Spanned<Step>> {
        let object = self.object(value)?;
        let properties = self.fields(object, STEP_FIELDS);
        let fields = self.step_fields(properties);
        let step = Step {
            name: fields.name.unwrap_or_default(),
            inputs: fields.inputs.unwrap_or_default(),
            commands: fields.commands.unwrap_or_default().value,
            secrets: fields.secrets.unwrap_or_default(),
            secret_files: fields.secret_files.unwrap_or_default(),
            ssh: fields.ssh.unwrap_or_default(),
            assets: fields.assets,
            variables: fields.variables,
            caches: fields.caches.unwrap_or_default(),
        };
        Some(Spanned::new(step, self.span(object)))
    }

    fn deploy(&mut self, value: &'a Value<'a>) -> Option<Spanned<Deploy>> {
        let object = self.object(value)?;
        let properties = self.fields(object, DEPLOY_FIELDS);
        let fields = self.deploy_fields(properties);
        let deploy = Deploy {
            base: fields.base,
            inputs: fields.inputs.unwrap_or_default(),
            start_command: fields.start_command,
            variables: fields.variables,
            paths: fields.paths.unwrap_or_default(),
            config: fields.config,
        };
        Some(Spanned::new(deploy, self.span(object)))
    }

    /// Reads the fields of [`STEP_FIELDS`], in that order.
    pub(crate) fn step_fields(
        &mut self,
        [
            name,
            inputs,
            commands,
            secrets,
            secret_files,
            ssh,
            assets,
            variables,
            caches,
        ]: [Property<'a>; STEP_FIELDS.len()],
    ) -> StepFields {
        StepFields {
            name: self.field("name", name, Self::string),
            inputs: self.field("inputs", inputs, Self::layers),
            commands: self.field("commands", commands, |reader, value| {
                let list = reader.list(value, Self::command)?;
                Some(Spanned::new(list, reader.span(value)))
            }),
            secrets: self.field("secrets", secrets, Self::strings),
            secret_files: self.field("secretFiles", secret_files, |reader, value| {
                reader.list(value, Self::secret_file)
            }),
            ssh: self.field("ssh", ssh, Self::strings),
            assets: self
                .field("assets", assets, Self::string_map)
                .unwrap_or_default(),
            variables: self
                .field("variables", variables, Self::string_map)
                .unwrap_or_default(),
            caches: self.field("caches", caches, Self::strings),
        }
    }

    /// Reads the fields of [`DEPLOY_FIELDS`], in that order.
    pub(crate) fn deploy_fields(
        &mut self,
        [base, inputs, start_command, variables, paths, config @ ..]: [Property<'a>;
            DEPLOY_FIELDS.len()],
    ) -> DeployFields {
        DeployFields {
            base: self.field("base", base, Self::base),
            inputs: self.field("inputs", inputs, Self::layers),
            start_command: self.field("startCommand", start_command, Self::command_line),
            variables: self
                .field("variables", variables, Self::string_map)
                .unwrap_or_default(),
            paths: self.field("paths", paths, Self::strings),
            config: self.image_config(config),
        }
    }

    pub(crate) fn caches(
        &mut self,
        value: &'a Value<'a>,
    ) -> Option<BTreeMap<String, Spanned<Cache>>> {
        self.map(value, Self::cache)
    }

    fn cache(&mut self, value: &'a Value<'a>) -> Option<Cache> {
        let object = self.object(value)?;
        let [directory, sharing] = self.fields(object, ["directory", "type"]);
        Some(Cache {
            directory: self
                .field("directory", directory, Self::string)
                .unwrap_or_default()
                .value,
            sharing: self
                .field("type", sharing, Self::cache_sharing)
                .unwrap_or_default(),
        })
    }

    fn cache_sharing(&mut self, value: &'a Value<'a>) -> Option<CacheSharing> {
        let text = self.string(value)?;
        match text.as_str() {
            "" | "shared" => Some(CacheSharing::Shared),
            "locked" => Some(CacheSharing::Locked),
            _ => {
                self.problem(
                    ProblemKind::UnknownCacheType {
                        found: Excerpt::new(&text),
                    },
                    value,
                );
                None
            }
        }
    }

    fn secret_file(&mut self, value: &'a Value<'a>) -> Option<Spanned<SecretFile>> {
        let object = self.object(value)?;
        let [id, path, mode] = self.fields(object, ["id", "path", "mode"]);
        let file = SecretFile {
            id: self.needed_text("id", id),
            path: self.needed_text("path", path),
            mode: self.field("mode", mode, Self::mode),
        };
        Some(Spanned::new(file, self.span(object)))
    }

    /// A text that the reference takes as absent if it is empty.
    pub(crate) fn text(&mut self, value: &'a Value<'a>) -> Option<Spanned<String>> {
        self.string(value).filter(|text| !text.is_empty())
    }

    /// A text that must not be empty, which is for validation to tell.
    pub(super) fn needed_text(&mut self, name: &'static str, property: Property<'a>) -> String {
        self.field(name, property, Self::string)
            .unwrap_or_default()
            .value
    }
}

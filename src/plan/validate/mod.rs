//! Whether the parts of a plan fit together.
//!
//! What is refused here would fail later with less to say, or silently do something else than what is written.

mod caches;
mod commands;
mod graph;
mod image_config;
mod layers;
mod names;
mod path;
mod secret_files;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::problem::{Excerpt, Part, ProblemList};
use super::{Plan, Problem, ProblemKind, Problems, Span, Spanned, Step};
use caches::Directories;

/// A plan whose parts fit together: every name that it uses exists, and no step builds on itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidPlan {
    plan: Plan,
    order: Vec<usize>,
    indexes: HashMap<String, usize>,
    warnings: Vec<Problem>,
}

impl ValidPlan {
    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The indexes of all steps, each behind the steps that it builds on, and otherwise in the order of the plan.
    #[must_use]
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// The index of a step in [`Plan::steps`]. Every step that an input of the plan names has one.
    #[must_use]
    pub fn step_index(&self, name: &str) -> Option<usize> {
        self.indexes.get(name).copied()
    }

    /// What the author of the plan should know, though it can be built.
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }
}

/// How many steps a plan may have. Conversion keeps a bit for each pair of them: 50 MB at the most.
pub const MAX_STEPS: usize = 20_000;

/// Checks that the parts of a plan fit together. All that is wrong is told at once.
pub fn validate(plan: Plan) -> Result<ValidPlan, Problems> {
    let mut validator = Validator::new(&plan);
    if let Some(step) = plan.steps.get(MAX_STEPS) {
        let count = plan.steps.len();
        validator.problem(ProblemKind::TooManySteps { count }, step.span);
    }
    let directories = validator.caches();
    for step in &plan.steps {
        validator.step(step, &directories);
    }
    validator.deploy();
    validator.plan_names();
    let order = validator.order();

    let indexes = validator
        .indexes
        .iter()
        .map(|(name, index)| ((*name).to_owned(), *index))
        .collect();
    let warnings = validator.problems.finish()?;
    Ok(ValidPlan {
        plan,
        order,
        indexes,
        warnings,
    })
}

struct Validator<'p> {
    plan: &'p Plan,
    /// The index of each step by its name.
    indexes: BTreeMap<&'p str, usize>,
    secrets: BTreeSet<&'p str>,
    problems: ProblemList,
}

impl<'p> Validator<'p> {
    fn new(plan: &'p Plan) -> Self {
        let mut problems = ProblemList::default();
        let mut indexes = BTreeMap::new();
        for (index, step) in plan.steps.iter().enumerate() {
            let name = step.name.as_str();
            if name.is_empty() {
                problems.add(ProblemKind::UnnamedStep, step.span);
                continue;
            }
            let first = *indexes.entry(name).or_insert(index);
            if first != index {
                let first = plan.steps.get(first).and_then(name_span);
                let first = first.map(|span| span.start);
                let kind = ProblemKind::DuplicateStep {
                    step: Excerpt::new(name),
                    first,
                };
                problems.add(kind, name_span(step));
            }
        }
        let secrets = plan.secrets.iter().map(|secret| secret.as_str()).collect();
        Self {
            plan,
            indexes,
            secrets,
            problems,
        }
    }

    fn step(&mut self, step: &'p Spanned<Step>, directories: &Directories<'p>) {
        let name = Excerpt::new(&step.name);
        let part = Part::Step(name.clone());
        match step.inputs.split_first() {
            None => self.problem(
                ProblemKind::StepWithoutInputs { step: name },
                name_span(step),
            ),
            Some((first, others)) => {
                self.first_input(&part, first);
                for input in others {
                    self.input(&part, input);
                }
            }
        }
        for command in &step.commands {
            self.command(step, command);
        }
        self.step_secrets(step);
        self.secret_files(step);
        self.ssh_agents(step);
        self.variables(&step.variables);
        self.step_caches(step, directories);
    }

    fn deploy(&mut self) {
        let deploy = &self.plan.deploy;
        match &deploy.base {
            None => self.problem(ProblemKind::MissingBase, deploy.span),
            Some(base) => self.base(base),
        }
        for input in &deploy.inputs {
            self.input(&Part::Deploy, input);
        }
        match &deploy.start_command {
            None => self.problem(ProblemKind::MissingStartCommand, deploy.span),
            Some(command) => {
                if command.texts().iter().any(|text| text.contains('\0')) {
                    self.problem(ProblemKind::NulInCommand, command.span);
                }
                if command.texts().first().is_none_or(String::is_empty) {
                    self.problem(ProblemKind::EmptyStartCommand, command.span);
                }
            }
        }
        self.variables(&deploy.variables);
        for path in &deploy.paths {
            self.search_path(path, path.span);
        }
        self.image_config(&deploy.config);
    }

    fn problem(&mut self, kind: ProblemKind, span: Option<Span>) {
        self.problems.add(kind, span);
    }
}

/// The place of a step's name, or of the step if it has none.
fn name_span(step: &Spanned<Step>) -> Option<Span> {
    step.name.span.or(step.span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::parse;

    #[test]
    fn the_documented_example_is_valid() {
        let documentation = include_str!("../../../docs/plan.md");
        let (_, rest) = documentation.split_once("```json\n").unwrap();
        let (example, _) = rest.split_once("```").unwrap();
        let parsed = parse(example.as_bytes()).unwrap();
        assert_eq!(parsed.warnings, []);
        let valid = validate(parsed.plan).unwrap();
        assert_eq!(valid.warnings(), []);
        assert_eq!(
            valid.plan().to_json().parse::<serde_json::Value>().unwrap(),
            example.parse::<serde_json::Value>().unwrap()
        );
    }
}

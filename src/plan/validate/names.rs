//! Names of secrets and variables, and names that do not exist.

use std::collections::{BTreeMap, BTreeSet};

use super::Validator;
use crate::plan::problem::{Excerpt, MAX_KNOWN, suggest};
use crate::plan::{NameFault, ProblemKind, Severity, Span, Spanned, Step};

impl Validator<'_> {
    /// The plan's own names, and its excludes.
    pub(super) fn plan_names(&mut self) {
        for secret in &self.plan.secrets {
            match secret.as_str() {
                "*" => self.secret_fault(secret, NameFault::Asterisk, secret.span),
                _ => {
                    self.is_secret_name(secret, secret.span);
                }
            }
        }
        self.excludes(&self.plan.exclude);
    }

    pub(super) fn step_secrets(&mut self, step: &Spanned<Step>) {
        for secret in &step.secrets {
            let is_declared = secret.as_str() == "*" || self.secrets.contains(secret.as_str());
            if !is_declared && self.is_secret_name(secret, secret.span) {
                let kind = ProblemKind::UndeclaredSecret {
                    step: Excerpt::new(&step.name),
                    secret: Excerpt::new(secret),
                };
                self.problem(kind, secret.span);
            }
        }
    }

    pub(super) fn ssh_agents(&mut self, step: &Spanned<Step>) {
        let mut seen = BTreeSet::new();
        for id in &step.ssh {
            if id.as_str() == "..." {
                self.problem(ProblemKind::Spread, id.span);
            } else if id.is_empty() {
                self.problem(ProblemKind::UnnamedSshAgent, id.span);
            } else if !seen.insert(id.as_str()) {
                let kind = ProblemKind::RepeatedSshAgent {
                    step: Excerpt::new(&step.name),
                    id: Excerpt::new(id),
                };
                self.problem(kind, id.span);
            }
        }
    }

    pub(super) fn variables(&mut self, variables: &BTreeMap<String, Spanned<String>>) {
        for (name, value) in variables {
            let excerpt = Excerpt::new(name);
            if let Err(fault) = check_name(name) {
                self.problem(
                    ProblemKind::InvalidVariableName {
                        name: excerpt,
                        fault,
                    },
                    value.span,
                );
            } else if value.contains('\0') {
                self.problem(ProblemKind::NulInVariable { name: excerpt }, value.span);
            }
        }
    }

    /// Whether a text can be the name of a secret; tells if not.
    pub(super) fn is_secret_name(&mut self, secret: &str, span: Option<Span>) -> bool {
        if secret == "..." {
            self.problem(ProblemKind::Spread, span);
            return false;
        }
        let result = check_name(secret);
        result
            .map_err(|fault| self.secret_fault(secret, fault, span))
            .is_ok()
    }

    fn secret_fault(&mut self, secret: &str, fault: NameFault, span: Option<Span>) {
        self.problem(
            ProblemKind::InvalidSecretName {
                name: Excerpt::new(secret),
                fault,
            },
            span,
        );
    }

    /// The name that may be meant by one that does not exist, and some that do exist.
    pub(super) fn meant<'n>(
        &self,
        name: &str,
        names: impl Iterator<Item = &'n str> + Clone,
    ) -> (Option<Excerpt>, Vec<Excerpt>) {
        if !self.problems.keeps(Severity::Error) {
            return (None, Vec::new());
        }
        let suggestion = suggest(name, names.clone()).map(Excerpt::new);
        (
            suggestion,
            names.take(MAX_KNOWN + 1).map(Excerpt::new).collect(),
        )
    }
}

/// Whether a name can be that of an environment variable, which secrets become too.
fn check_name(name: &str) -> Result<(), NameFault> {
    if name.is_empty() {
        Err(NameFault::Empty)
    } else if name.contains('=') {
        Err(NameFault::EqualsSign)
    } else if name.contains('\0') {
        Err(NameFault::Nul)
    } else {
        Ok(())
    }
}

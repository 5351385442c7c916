//! A file as a plan that can be built, with all that is wrong at once.

use super::parse::read;
use super::{Plan, Problem, ProblemKind, Problems, Severity, Span, ValidPlan, validate};

/// Reads a plan, which is the whole content of a file, and checks that its parts fit together. Gives also what is odd about its
/// form: fields that are ignored.
///
/// # Errors
///
/// All that is wrong, in the order of the file: with its form, and with how those parts fit together that could be read. What may
/// only seem wrong because another part could not be read is left out.
pub fn parse_valid(bytes: &[u8]) -> Result<(ValidPlan, Vec<Problem>), Problems> {
    let (plan, form) = read(bytes)?;
    match form {
        Ok(warnings) => match validate(plan) {
            Ok(plan) => Ok((plan, warnings)),
            Err(problems) => Err(problems.with(warnings)),
        },
        Err(form) => {
            let parts = problems_of_whole_parts(plan, &form);
            Err(form.with(parts))
        }
    }
}

/// The problems of parts that were read whole.
fn problems_of_whole_parts(plan: Plan, form: &Problems) -> Vec<Problem> {
    let errors = || {
        let problems = form.as_slice().iter();
        problems.filter(|problem| problem.severity == Severity::Error)
    };
    let named = plan.steps.iter().filter(|step| !step.name.is_empty());
    let steps: Vec<Span> = named.filter_map(|step| step.span).collect();
    // There are at most a hundred problems.
    let damaged: Vec<Span> = errors()
        .filter_map(|error| {
            let holds = |step: &&Span| error.span.is_some_and(|span| is_inside(span, **step));
            steps.iter().find(holds).copied()
        })
        .collect();
    let only_in_steps = damaged.len() == errors().count();
    let Err(problems) = validate(plan) else {
        return Vec::new();
    };
    let problems = problems.as_slice().iter().filter(|problem| {
        let is_damaged = |step: &Span| problem.span.is_some_and(|span| is_inside(span, *step));
        let told = errors().any(|error| match (error.span, problem.span) {
            (Some(error), Some(span)) => is_inside(error, span) || is_inside(span, error),
            _ => false,
        });
        problem.severity == Severity::Error
            // What could not be read there may be what it lacks.
            && !told
            && match missing(&problem.kind) {
                Missing::Nothing => true,
                Missing::InStep => !damaged.iter().any(is_damaged),
                Missing::InPlan => only_in_steps,
                Missing::Anywhere => false,
            }
    });
    problems.cloned().collect()
}

/// Where something may be that a problem misses, or that would be first in place of what it names.
enum Missing {
    /// The problem is about what is there.
    Nothing,
    /// In the step that the problem is in.
    InStep,
    /// Outside of steps; or it is a step.
    InPlan,
    /// It may be any other problem.
    Anywhere,
}

fn missing(kind: &ProblemKind) -> Missing {
    match kind {
        ProblemKind::StepWithoutInputs { .. }
        | ProblemKind::LocalFirstInput { .. }
        | ProblemKind::FilteredFirstInput { .. }
        | ProblemKind::UnknownAsset { .. } => Missing::InStep,
        ProblemKind::UnnamedStep
        | ProblemKind::UnknownStep { .. }
        | ProblemKind::MissingBase
        | ProblemKind::LocalBase
        | ProblemKind::FilteredBase
        | ProblemKind::UnknownCache { .. }
        | ProblemKind::UndeclaredSecretFile { .. }
        | ProblemKind::HealthcheckWithoutTest => Missing::InPlan,
        ProblemKind::More { .. } => Missing::Anywhere,
        _ => Missing::Nothing,
    }
}

fn is_inside(inner: Span, outer: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(json: &str) -> String {
        parse_valid(json.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn problems_of_form_do_not_hide_how_parts_fit_together() {
        let json = r#"{
            "steps": [
                {"name": "a", "inputs": [{"image": "i"}], "variables": {"X": 5}, "caches": ["nowhere"]},
                {"name": "b", "inputs": [{"step": "c"}], "caches": ["missing"], "variables": {"A=B": ""}},
                {"name": "b", "inputs": [{"step": "a"}], "commands": [7]}
            ],
            "deploy": {"base": {"step": "nothing"}}
        }"#;
        insta::assert_snapshot!(told(json), @r#"
        error: 3:78: `steps[0].variables["X"]` must be a string, found a number
        error: 3:93: step `a` uses cache `nowhere`, which does not exist
        error: 4:42: step `b` uses step `c`, which does not exist
        error: 4:69: step `b` uses cache `missing`, which does not exist
        error: 4:95: `A=B` cannot be the name of a variable: it has `=`
        error: 5:26: step `b` is there twice, the first time at 4:26
        error: 5:71: `steps[2].commands[0]` must be an object or a string, found a number
        error: 7:32: `deploy` uses step `nothing`, which does not exist
        "#);
    }

    #[test]
    fn what_could_not_be_read_is_not_missed() {
        let missing = r#"{
            "steps": [5, {"name": "a", "inputs": [{"step": "first"}], "caches": ["npm"]}, {"name": "a", "inputs": [{"image": "i"}]}],
            "caches": 5,
            "deploy": {"base": 5}
        }"#;
        insta::assert_snapshot!(told(missing), @"
        error: 2:23: `steps[0]` must be an object, found a number
        error: 2:100: step `a` is there twice, the first time at 2:35
        error: 3:23: `caches` must be an object, found a number
        error: 4:32: `deploy.base` must be an object or a string, found a number
        ");
        let inputs = r#"{
            "steps": [{"name": "a", "inputs": [5]}, {"name": "b", "inputs": [5, {"step": "a", "include": ["x"]}]}],
            "deploy": {"base": {"step": "b"}}
        }"#;
        insta::assert_snapshot!(told(inputs), @"
        error: 2:48: `steps[0].inputs[0]` must be an object or a string, found a number
        error: 2:78: `steps[1].inputs[0]` must be an object or a string, found a number
        ");
    }
}

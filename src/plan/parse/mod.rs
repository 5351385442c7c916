//! Reading a plan from a file.
//!
//! The JSON body is strict; comment lines may stand in front of it. What is wrong is told with its place, all of it at
//! once. See `docs/plan.md` for the format.

mod body;
mod commands;
mod fields;
mod image_config;
mod layers;
mod lexical;
mod reader;
#[cfg(test)]
mod tests;

use jsonc_parser::ast::Value;

use super::lines::Lines;
use super::problem::ProblemList;
use super::{Plan, Problem, ProblemKind, Problems};
pub(crate) use fields::{DEPLOY_FIELDS, Property, STEP_FIELDS};
pub(crate) use image_config::HEALTHCHECK_FIELDS;
pub(crate) use reader::Reader;

/// The largest plan that is read, in bytes. The largest that the reference writes for its examples has 12 KB.
pub const MAX_PLAN_SIZE: usize = 8 * 1024 * 1024;
/// How deep lists and objects may be nested; a plan needs five levels. The JSON parser calls itself for each.
pub const MAX_NESTING: usize = 64;
/// How many values a file may have, which bounds the memory that its syntax tree takes.
pub const MAX_VALUES: usize = 500_000;

/// Which JSON a file is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    /// What every program reads: plans, which programs write.
    Strict,
    /// With comments, and with commas in front of a closing bracket: configuration, which persons write.
    WithComments,
}

/// A plan that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The plan, with the place of each of its parts.
    pub plan: Plan,
    /// What its author should know: fields that are ignored.
    pub warnings: Vec<Problem>,
}

/// Reads a plan, which is the whole content of a file.
///
/// Fails if it is not a plan by its form; [`validate`](super::validate()) checks whether its parts fit together.
pub fn parse(bytes: &[u8]) -> Result<Parsed, Problems> {
    let (plan, form) = read(bytes)?;
    Ok(Parsed {
        plan,
        warnings: form?,
    })
}

/// What could be read of a plan, and what is wrong or odd about its form. Fails if nothing could be read.
pub(super) fn read(bytes: &[u8]) -> Result<(Plan, Result<Vec<Problem>, Problems>), Problems> {
    if bytes.len() > MAX_PLAN_SIZE {
        let kind = ProblemKind::TooLarge { size: bytes.len() };
        return Err(Problem::new(kind, None).into());
    }
    let text = body::decode(bytes)?;
    let lines = Lines::new(text);
    let at = |kind, (start, end)| Problems::from(Problem::new(kind, Some(lines.span(start, end))));

    let start = body::find(text).map_err(|(kind, range)| at(kind, range))?;
    let body = text.get(start..).unwrap_or_default();
    let document = lexical::check(body, Dialect::Strict)
        .and_then(|()| body::parse(body, Dialect::Strict))
        .map_err(|(kind, (from, to))| at(kind, (start + from, start + to)))?;

    let mut problems = ProblemList::default();
    let mut reader = Reader::new(Dialect::Strict, &lines, start, &mut problems);
    let plan = reader.plan(&document);
    Ok((plan, problems.finish()))
}

/// Whether a file names the frontend that builds it (`# syntax=..`) and has nothing else in it but comments.
#[cfg(feature = "frontend")]
pub(crate) fn is_only_syntax(bytes: &[u8]) -> bool {
    let Ok(text) = body::decode(bytes) else {
        return false;
    };
    let is_syntax = |line: &str| {
        let comment = line.trim().trim_start_matches(['#', '/']).trim_start();
        let value = comment.strip_prefix("syntax");
        value.is_some_and(|value| value.trim_start().starts_with('='))
    };
    text.lines().any(is_syntax) && matches!(body::find(text), Err((ProblemKind::Empty, _)))
}

/// Reads a file that is no plan but has parts of one: a JSON value in which comments and commas in front of a closing
/// bracket are allowed. `read` knows what it means. Gives also what its author should know.
pub(crate) fn parse_with_comments<T>(
    text: &str,
    read: impl for<'a> FnOnce(&mut Reader<'a>, &'a Value<'a>) -> T,
) -> Result<(T, Vec<Problem>), Problems> {
    let dialect = Dialect::WithComments;
    let lines = Lines::new(text);
    let document = lexical::check(text, dialect)
        .and_then(|()| body::parse(text, dialect))
        .map_err(|(kind, (from, to))| {
            let kind = match kind {
                ProblemKind::Empty => ProblemKind::WrongType {
                    path: String::new(),
                    expected: "an object",
                    found: "nothing",
                },
                kind => kind,
            };
            Problem::new(kind, Some(lines.span(from, to)))
        })?;
    let mut problems = ProblemList::default();
    let mut reader = Reader::new(dialect, &lines, 0, &mut problems);
    let read = read(&mut reader, &document);
    Ok((read, problems.finish()?))
}

//! Standard output, which takes one thing: two would be one file that nobody can read.

use super::UsageProblem;
use crate::cli::BuildCommand;
use crate::client::output::{Destination, OutputRequest};

/// What is to be written there, if that is more than one thing. `outputs` are those of `--output`.
pub(super) fn standard_output_problem(
    arguments: &BuildCommand,
    outputs: &[OutputRequest],
) -> Option<UsageProblem> {
    let display = &arguments.display;
    let graph = display.dump_llb.as_deref();
    let is_to = |output: &&OutputRequest| output.destination == Some(Destination::Stdout);
    let archives = outputs.iter().filter(is_to).map(|_| "--output -");
    let others = [
        (display.show_plan, "--show-plan"),
        (display.quiet, "--quiet"),
        (
            graph.is_some_and(|file| file.as_os_str() == "-"),
            "--dump-llb -",
        ),
    ];
    let others = others
        .into_iter()
        .filter_map(|(given, name)| given.then_some(name));
    let names: Vec<_> = archives.chain(others).collect();
    (names.len() > 1).then(|| {
        UsageProblem::new(
            "standard output",
            &names.join(", "),
            "it takes one of them",
            "write the others to files: `--output type=tar,dest=FILE`, `--dump-llb FILE`",
        )
    })
}

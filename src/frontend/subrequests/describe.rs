//! Which requests there are.

use serde::Serialize;

use super::table::Table;
use super::{Subrequest, metadata_key, result};
use crate::gateway::BuildResult;

/// <https://github.com/moby/buildkit/blob/v0.32.2/frontend/subrequests/types.go>
#[derive(Serialize)]
struct Request {
    name: &'static str,
    version: &'static str,
    r#type: &'static str,
    description: &'static str,
    opts: Vec<Named>,
    inputs: Vec<Named>,
    metadata: Vec<Named>,
    refs: Vec<Named>,
}

#[derive(Serialize)]
struct Named {
    name: &'static str,
    description: &'static str,
}

pub(super) fn answer() -> BuildResult {
    let all = Subrequest::ALL.map(description);
    let mut table = Table::new(1);
    table.row(["NAME", "VERSION", "DESCRIPTION"]);
    for request in &all {
        let name = request.name.trim_start_matches("frontend.");
        table.row([name, request.version, request.description]);
    }
    result(&all, table.to_string())
}

fn description(request: Subrequest) -> Request {
    let status = (request == Subrequest::Lint).then_some(metadata_key::STATUS_CODE);
    let keys = [metadata_key::JSON, metadata_key::TEXT].into_iter();
    Request {
        name: request.name(),
        version: "1.0.0",
        r#type: "rpc",
        description: request.description(),
        opts: Vec::new(),
        inputs: Vec::new(),
        metadata: keys.chain(status).map(named).collect(),
        refs: Vec::new(),
    }
}

fn named(name: &'static str) -> Named {
    Named {
        name,
        description: "",
    }
}

//! What single values of options mean.

use std::collections::BTreeMap;

use super::PlanLocation;
use super::keys as key;
use crate::convert::NoCache;
use crate::frontend::local;
use crate::gateway::CacheImport;

/// What clients send as the plan's name when the user gave none.
const DEFAULT_DOCKERFILE: &str = "Dockerfile";

/// Where the plan is.
///
/// buildx names a `Dockerfile` when the user named nothing, which must not hide the default names. But the name counts
/// where a client puts a file under it that came by another way (standard input, a URL: it then names the local too),
/// and where BuildKit chose this frontend by a line of that very file.
pub(super) fn plan_location(options: &BTreeMap<String, String>) -> PlanLocation {
    let given = |key: &str| options.get(key).filter(|value| !value.is_empty());
    let named_local = given(key::PLAN_LOCAL);
    let chosen_by_file = given(key::COMMAND_LINE).is_some()
        && !options.contains_key(&format!(
            "{}{}",
            key::BUILD_ARG_PREFIX,
            key::BUILDKIT_SYNTAX
        ));
    let filename = given(key::FILENAME)
        .cloned()
        .filter(|name| named_local.is_some() || !name.eq_ignore_ascii_case(DEFAULT_DOCKERFILE))
        .or_else(|| chosen_by_file.then(|| DEFAULT_DOCKERFILE.to_owned()));
    PlanLocation {
        is_local: named_local.is_some(),
        local: named_local.map_or(local::PLAN, String::as_str).to_owned(),
        filename,
    }
}

/// `docker build --no-cache` sends nothing, `--no-cache-filter` sends names.
pub(super) fn read_no_cache(value: &str) -> NoCache {
    if value.is_empty() {
        return NoCache::All;
    }
    let steps = value
        .split(',')
        .map(str::trim)
        .filter(|step| !step.is_empty());
    NoCache::Steps(steps.map(str::to_owned).collect())
}

pub(super) fn registry_cache(reference: &str) -> CacheImport {
    CacheImport {
        kind: "registry".to_owned(),
        attributes: BTreeMap::from([("ref".to_owned(), reference.to_owned())]),
    }
}

/// BuildKit's namespace and Railpack's key both set cache mounts apart, so that both together must, too.
pub(super) fn join_cache_keys(namespace: Option<String>, key: Option<String>) -> Option<String> {
    match (namespace, key) {
        (Some(namespace), Some(key)) => Some(format!("{namespace}/{key}")),
        (namespace, key) => namespace.or(key),
    }
}

/// Whether a named context is the one that replaces the frontend image itself.
///
/// BuildKit looks it up under the image's familiar name, with the platform behind `::` or without.
/// <https://github.com/moby/buildkit/blob/v0.32.2/frontend/dockerui/config.go>, `NamedContext`.
pub(super) fn is_frontend_image(context: &str, source: Option<&String>) -> bool {
    let Some(source) = source else {
        return false;
    };
    let name = context.split_once("::").map_or(context, |(name, _)| name);
    let familiar = ["docker.io/", "index.docker.io/"]
        .iter()
        .find_map(|registry| source.strip_prefix(registry))
        .map_or(source.as_str(), |name| {
            name.strip_prefix("library/").unwrap_or(name)
        });
    name == familiar.strip_suffix(":latest").unwrap_or(familiar)
}

/// The booleans of Go's `strconv.ParseBool`.
pub(super) fn parse_bool(value: &str) -> Option<bool> {
    match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

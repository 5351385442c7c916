//! `TanStack` Start (<https://tanstack.com/start/latest/docs/framework/react/guide/hosting>).

use super::source::Source;

/// Serves what the build has made. The directory of the files is relative to the server's.
pub(super) const START: &str = "srvx --prod -s ../client dist/server/server.js";
pub(super) const SUGGESTION: &str = "TanStack Start has no script `start`, and is served by srvx; add Nitro for production, see \
     https://tanstack.com/start/latest/docs/framework/react/guide/hosting#nitro";

pub(super) fn is_used(source: Source<'_>) -> bool {
    let package_json = &source.package.package_json;
    package_json
        .dependencies
        .contains_key("@tanstack/react-start")
}

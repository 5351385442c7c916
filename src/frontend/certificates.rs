//! Certificates that the client offers for the commands of a build.

use super::options::OptionWarning;
use crate::convert::CERTIFICATES_SECRET;
use crate::gateway::Bridge;

/// Whether the client offers certificates. An engine that does not say so is warned of.
///
/// Asked in every build, because only then does a build graph without them stay what it is.
pub(super) async fn offered(bridge: &Bridge, warnings: &mut Vec<OptionWarning>) -> bool {
    let offered = bridge.offers_secret(CERTIFICATES_SECRET).await;
    offered.unwrap_or_else(|error| {
        let reason = error.message().to_owned();
        warnings.push(OptionWarning::CertificatesUnknown { reason });
        false
    })
}

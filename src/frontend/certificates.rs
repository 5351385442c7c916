//! Certificates that the client offers for the commands of a build.

use super::options::OptionWarning;
use crate::convert::CERTIFICATES_SECRET;
use crate::gateway::Bridge;

/// Whether the client offers certificates, and what is to be told if the engine does not say.
///
/// Asked in every build, because only then does a build graph without them stay what it is.
pub(super) async fn offered(bridge: &Bridge) -> (bool, Option<OptionWarning>) {
    match bridge.offers_secret(CERTIFICATES_SECRET).await {
        Ok(is_offered) => (is_offered, None),
        Err(error) => {
            let reason = error.message().to_owned();
            (false, Some(OptionWarning::CertificatesUnknown { reason }))
        }
    }
}

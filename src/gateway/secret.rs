//! Whether the client offers a secret.

use tonic::Code;

use super::capabilities::capability;
use super::{Bridge, GatewayError};
use crate::proto::gateway::{NewContainerRequest, ReleaseContainerRequest};
use crate::proto::pb;

/// Where the secret would be, if anything ran.
const DESTINATION: &str = "/secret";

/// What the engine's text ends with where the client does not offer a secret.
/// <https://github.com/moby/buildkit/blob/v0.32.2/session/secrets/secrets.go>
const NOT_FOUND: &str = "not found";

impl Bridge {
    /// Whether the client offers the secret `id`; `false` on an engine that makes no containers for frontends.
    ///
    /// The bridge has no call for this question. But when the engine makes a container, it asks the client for the secrets that
    /// are mounted there (<https://github.com/moby/buildkit/blob/v0.32.2/frontend/gateway/container/container.go>,
    /// `PrepareMounts`), and it starts nothing before a process is asked for: so a container that is never used costs two calls
    /// and no process. The value stays with the engine.
    pub async fn offers_secret(&self, id: &str) -> Result<bool, GatewayError> {
        if !self.capabilities().has(capability::CONTAINERS) {
            return Ok(false);
        }
        let container_id = format!("secret-{id}");
        let request = NewContainerRequest {
            container_id: container_id.clone(),
            mounts: vec![pb::Mount {
                input: -1,
                dest: DESTINATION.to_owned(),
                mount_type: pb::MountType::Secret.into(),
                secret_opt: Some(pb::SecretOpt {
                    id: id.to_owned(),
                    ..pb::SecretOpt::default()
                }),
                ..pb::Mount::default()
            }],
        };
        let made = self.client().new_container(self.request(request)).await;
        match made {
            Ok(_) => {}
            Err(status)
                if status.code() == Code::NotFound || status.message().ends_with(NOT_FOUND) =>
            {
                return Ok(false);
            }
            Err(status) => return Err(GatewayError::new("new container", status)),
        }
        let request = ReleaseContainerRequest { container_id };
        let released = self.client().release_container(self.request(request)).await;
        released
            .map(|_| true)
            .map_err(|status| GatewayError::new("release container", status))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use tonic::Status;

    use crate::gateway::testing::Engine;

    fn engine(gateway: &'static str) -> Engine {
        let secrets = BTreeMap::from([
            ("there", Status::ok("")),
            ("odd", Status::unavailable("no active sessions")),
        ]);
        Engine {
            gateway: vec!["solve.base", gateway],
            secrets,
            ..Engine::new()
        }
    }

    #[tokio::test]
    async fn a_container_that_is_never_used_tells_whether_a_secret_is_offered() {
        let engine = engine("gateway.exec");
        let bridge = engine.open().await;
        assert!(bridge.offers_secret("there").await.unwrap());
        assert!(!bridge.offers_secret("gone").await.unwrap());
        let error = bridge.offers_secret("odd").await.unwrap_err();
        assert_eq!(error.to_string(), "new container: no active sessions");
        let calls = [
            "ping",
            "new container with there",
            "release container",
            "new container with gone",
            "new container with odd",
        ];
        assert_eq!(engine.calls().names, calls);
    }

    #[tokio::test]
    async fn an_engine_without_containers_is_not_asked() {
        let engine = engine("proto.refarray");
        assert!(!engine.open().await.offers_secret("there").await.unwrap());
        assert_eq!(engine.calls().names, ["ping"]);
    }
}

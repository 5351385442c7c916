//! Whether the client is alive.
//!
//! The engine asks every few seconds and drops a session that does not answer.
//! <https://github.com/moby/buildkit/blob/v0.32.2/session/grpc.go>, `monitorHealth`.

use tonic::{Request, Response, Status};

use crate::proto::health::health_check_response::ServingStatus;
use crate::proto::health::health_server::Health;
use crate::proto::health::{HealthCheckRequest, HealthCheckResponse};

/// Answers that the client serves, whatever service is asked after.
pub(super) struct Alive;

#[tonic::async_trait]
impl Health for Alive {
    async fn check(
        &self,
        _: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        Ok(Response::new(HealthCheckResponse {
            status: ServingStatus::Serving.into(),
        }))
    }
}

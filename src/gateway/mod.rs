//! The bridge to BuildKit: transport, capabilities, typed calls. Knows no plan.

mod bridge;
mod capabilities;
mod environment;
mod error;
mod files;
mod image;
mod oci_layout;
mod result;
mod secret;
#[cfg(test)]
pub(crate) mod testing;
mod transport;
mod warning;

pub use bridge::{Bridge, CacheImport};
pub use capabilities::Capabilities;
pub use environment::{Environment, EnvironmentError};
pub use error::{GatewayError, ReturnedError};
pub use files::{DirectoryEntry, FileKind, FileStatus};
pub use image::{ImageMetadata, ImageRequest};
pub use oci_layout::OciLayoutRequest;
pub use result::{BuildResult, Reference, References};
#[cfg(feature = "client")]
pub(crate) use transport::MAX_MESSAGE_SIZE;
pub use transport::{TransportError, connect, standard_streams};
pub use warning::Warning;

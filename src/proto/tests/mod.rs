//! The same messages in our definitions and in those of the crate `bollard-buildkit-proto`, exchanged both ways.

#![allow(
    clippy::needless_update,
    reason = "the other crate has fields that are left out here, but not in every message"
)]
#![allow(
    clippy::useless_conversion,
    reason = "the bytes of an op are of another type in the other crate"
)]

mod ours {
    pub(super) use crate::proto::google::{protobuf, rpc};
    pub(super) use crate::proto::{
        apicaps, control, filesync, fsutil, gateway, health, pb, secrets, sshforward, types,
    };

    /// A message that a map of ours holds as bytes.
    pub(super) fn held(message: &impl prost::Message) -> Vec<u8> {
        message.encode_to_vec()
    }
}

mod theirs {
    pub(super) use bollard_buildkit_proto::fsutil::types as fsutil;
    pub(super) use bollard_buildkit_proto::google::{protobuf, rpc};
    pub(super) use bollard_buildkit_proto::health;
    pub(super) use bollard_buildkit_proto::moby::buildkit::secrets::v1 as secrets;
    pub(super) use bollard_buildkit_proto::moby::buildkit::v1 as control;
    pub(super) use bollard_buildkit_proto::moby::buildkit::v1::frontend as gateway;
    pub(super) use bollard_buildkit_proto::moby::buildkit::v1::{apicaps, types};
    pub(super) use bollard_buildkit_proto::moby::filesync::v1 as filesync;
    pub(super) use bollard_buildkit_proto::moby::sshforward::v1 as sshforward;
    pub(super) use bollard_buildkit_proto::pb;

    pub(super) fn held<T: Clone>(message: &T) -> T {
        message.clone()
    }
}

/// Writes one message down once, with the fields of our definition, and sends it each way.
///
/// The other crate follows an older BuildKit and lacks `LinuxResources` and `dockerfileVersion`.
macro_rules! exchange {
    ($($name:ident: $module:ident::$message:ident { $($body:tt)* })*) => {$(
        #[test]
        fn $name() {
            use prost::Message as _;

            let ours = {
                use super::ours::*;
                $module::$message { $($body)* ..Default::default() }
            };
            let theirs = {
                use super::theirs::*;
                $module::$message { $($body)* ..Default::default() }
            };
            let received = super::theirs::$module::$message::decode(ours.encode_to_vec().as_slice());
            assert_eq!(received.unwrap(), theirs);
            let received = super::ours::$module::$message::decode(theirs.encode_to_vec().as_slice());
            assert_eq!(received.unwrap(), ours);
        }
    )*};
}

mod client;
mod frontend;
mod ops;

//! What the tests are written with: typed commands for the engines, images and containers that remove themselves,
//! projects made on the spot, and the `test.json` of the examples.

pub(crate) mod case;
pub(crate) mod certificates;
pub(crate) mod command;
pub(crate) mod container;
pub(crate) mod daemon;
pub(crate) mod direct;
pub(crate) mod duration;
pub(crate) mod engine;
pub(crate) mod history;
pub(crate) mod http;
pub(crate) mod image;
pub(crate) mod newer_docker;
pub(crate) mod oci_archive;
mod pauses;
pub(crate) mod private_docker;
pub(crate) mod private_engine;
pub(crate) mod private_registry;
pub(crate) mod progress;
pub(crate) mod project;
pub(crate) mod proxy;
pub(crate) mod redaction;
pub(crate) mod secrecy;
pub(crate) mod settings;
pub(crate) mod silent;
pub(crate) mod ticking;
pub(crate) mod tls_docker;
pub(crate) mod token_registry;
pub(crate) mod unique;
pub(crate) mod web;
pub(crate) mod wire;

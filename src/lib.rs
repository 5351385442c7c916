//! Railpack turns an app's source tree into a container image with no Dockerfile.
//!
//! The way of the data is one line, and arrows point right only:
//!
//! ```text
//! source tree -> analyze -> Plan -> convert -> Definition -> gateway -> BuildKit
//! ```
//!
//! - [`plan`]: the contract. `rpk.json` as types, parsed with source spans and validated.
//! - [`analyze`]: source tree to plan. Reads only through its `App`.
//! - `proto`: BuildKit's wire messages, compiled from the folder of that name.
//! - [`cli`]: the companion's command line over `analyze`.
//! - [`causes`]: what an error came of.
//! - `llb`: BuildKit's low-level build graph, general purpose. Knows no plan.
//! - `convert`: plan to LLB and image config. Pure.
//! - `fingerprint`: the program that a build runs to learn whether a secret has changed.
//! - `gateway`: the bridge to BuildKit: transport, capabilities, typed calls.
//! - `frontend`: what the frontend does with the bridge.
//! - `client`: a direct build, with this crate's own client of BuildKit (feature `client`).
//!
//! `plan`, `llb` and `causes` are leaves that import nothing else of this crate, and `convert` is the only place where a plan
//! meets LLB. Without the feature `frontend` only `plan`, `analyze`, `cli` and `causes` are built.

pub mod analyze;
pub mod causes;
pub mod cli;
pub mod plan;

#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "frontend")]
pub mod convert;
#[cfg(feature = "frontend")]
pub mod fingerprint;
#[cfg(feature = "frontend")]
pub mod frontend;
#[cfg(feature = "frontend")]
pub mod gateway;
#[cfg(feature = "frontend")]
pub mod llb;
#[cfg(feature = "frontend")]
pub mod proto;

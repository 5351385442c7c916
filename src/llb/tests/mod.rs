//! Tests of whole graphs.

mod definition;
mod everything;
mod golden;
mod import;
mod ops;
mod pieces;

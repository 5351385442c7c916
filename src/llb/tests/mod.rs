//! Tests of whole graphs.

mod definition;
mod everything;
mod golden;
mod ops;
mod pieces;

//! Build contexts that are no directory of the client's own, or stand in for what the plan names.

mod archive;
mod load;
mod main_context;
mod named;

pub(super) use load::Loading;
pub(super) use main_context::MainContext;
pub(super) use named::NamedContexts;

//! Builders for the steps of a plan. A provider fills them, finishing the plan turns them into steps.

mod apt;
mod binary;
mod command;
mod mise;
mod mise_config;
mod mise_files;

pub(crate) use apt::install_packages;
pub(crate) use binary::Binary;
pub(crate) use command::{CommandStep, spanned, spanned_values};
pub(crate) use mise::{MISE_INSTALLS, MISE_SHIMS, MiseStep};
pub(crate) use mise_files::is_config_of_mise;

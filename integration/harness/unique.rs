//! Names that nothing else on the machine has.

use std::hash::{BuildHasher, Hasher, RandomState};

/// A name for an image, container or cache: tests run in parallel, and beside other people's.
pub(crate) fn unique_name() -> String {
    format!("railpack-test-{}", unique_token())
}

/// Sixteen hexadecimal digits, different at each call. The standard library seeds `RandomState` from the system.
pub(crate) fn unique_token() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

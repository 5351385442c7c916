//! When the water is high.

/// The times of today.
pub const HIGH_WATER: [&str; 2] = ["05:12", "17:40"];

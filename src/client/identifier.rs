//! Random names of builds and sessions, in the form that BuildKit's own client gives them.
//!
//! <https://github.com/moby/buildkit/blob/v0.32.2/identity/randomid.go>

use ring::rand::{SecureRandom as _, SystemRandom};
use thiserror::Error;

/// 36 to this power is a little more than two to the power of 128.
const LENGTH: usize = 25;
const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// A name of 25 letters and digits that nothing else has.
pub(super) fn random_identifier() -> Result<String, NoRandomness> {
    let mut bytes = [0; 16];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| NoRandomness)?;
    Ok(identifier(u128::from_ne_bytes(bytes)))
}

fn identifier(mut number: u128) -> String {
    let mut text = [b'0'; LENGTH];
    for digit in text.iter_mut().rev() {
        // The rest is below 36.
        *digit = DIGITS[usize::try_from(number % 36).unwrap_or_default()];
        number /= 36;
    }
    text.iter().copied().map(char::from).collect()
}

/// The system gives no random numbers.
#[derive(Debug, Error)]
#[error("the system gives no random numbers")]
pub(crate) struct NoRandomness;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_in_25_digits() {
        assert_eq!(identifier(0), "0000000000000000000000000");
        assert_eq!(identifier(35 + 36 * 10), "00000000000000000000000az");
        assert_eq!(identifier(u128::MAX), "f5lxx1zz5pnorynqglhzmsp33");
    }

    #[test]
    fn no_two_are_the_same() {
        assert_ne!(random_identifier().unwrap(), random_identifier().unwrap());
    }
}

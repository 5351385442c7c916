//! Private keys as OpenSSH writes them.
//!
//! <https://github.com/openssh/openssh-portable/blob/V_9_9_P1/PROTOCOL.key>

use ring::rand::SystemRandom;
use ring::rsa::{KeyPairComponents, PublicKeyComponents};
use ring::signature::{EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair};

use super::key::{CURVES, ED25519, Key, RSA};
use super::key_file::KeyFault;
use super::wire::{Reader, without_zeros};

/// What such a file starts with.
const MAGIC: &[u8] = b"openssh-key-v1\0";

/// The cipher of a key without a passphrase.
const NO_CIPHER: &[u8] = b"none";

/// Reads the one key of a file.
pub(super) fn parse(bytes: &[u8]) -> Result<Key, KeyFault> {
    let content = bytes.strip_prefix(MAGIC).ok_or(KeyFault::Malformed)?;
    let mut content = Reader::new(content);
    let cipher = content.string().ok_or(KeyFault::Malformed)?;
    if cipher != NO_CIPHER {
        return Err(KeyFault::Passphrase);
    }
    let private = private(&mut content).ok_or(KeyFault::Malformed)?;
    let mut private = Reader::new(private);
    let checks = (private.number(), private.number());
    if checks.0 != checks.1 {
        return Err(KeyFault::Malformed);
    }
    let kind = private.string().ok_or(KeyFault::Malformed)?;
    let kind = String::from_utf8_lossy(kind).into_owned();
    let key = if kind == ED25519 {
        ed25519(&mut private)
    } else if kind == RSA {
        rsa(&mut private)
    } else {
        ecdsa(&kind, &mut private)
    };
    key.ok_or(KeyFault::Malformed)?
        .map_err(|_| KeyFault::Unusable { kind })
}

/// What is behind the cipher, if it holds one key.
fn private<'a>(content: &mut Reader<'a>) -> Option<&'a [u8]> {
    let (_key_derivation, _options) = (content.string()?, content.string()?);
    let count = content.number()?;
    let _public = content.string()?;
    content.string().filter(|_| count == 1)
}

/// A key, unless there is too little for one, or none that can sign.
type Parsed = Option<Result<Key, Unusable>>;

/// There is no such kind of key here, or its numbers do not fit together.
struct Unusable;

fn ed25519(private: &mut Reader<'_>) -> Parsed {
    let public = private.string()?;
    // The public key is behind it once more.
    let (seed, _) = private.string()?.split_at_checked(32)?;
    let pair = Ed25519KeyPair::from_seed_and_public_key(seed, public);
    Some(pair.map(Key::from).map_err(|_| Unusable))
}

fn ecdsa(kind: &str, private: &mut Reader<'_>) -> Parsed {
    let Some(curve) = CURVES.iter().find(|curve| curve.kind == kind) else {
        return Some(Err(Unusable));
    };
    let (_curve, public) = (private.string()?, private.string()?);
    let number = private.integer()?;
    let mut scalar = vec![0; curve.size.checked_sub(number.len())?];
    scalar.extend(number);
    let pair = EcdsaKeyPair::from_private_key_and_public_key(
        curve.signing,
        &scalar,
        public,
        &SystemRandom::new(),
    );
    let key = pair.map(|pair| Key::from((curve, pair)));
    Some(key.map_err(|_| Unusable))
}

fn rsa(private: &mut Reader<'_>) -> Parsed {
    let numbers = [(); 6].map(|()| private.integer());
    let [modulus, exponent, secret, q_inverse, p, q] = numbers;
    let (secret, p, q) = (secret?, p?, q?);
    let components = KeyPairComponents {
        public_key: PublicKeyComponents {
            n: modulus?,
            e: exponent?,
        },
        d: secret,
        p,
        q,
        dP: &remainder(secret, &less_one(p)),
        dQ: &remainder(secret, &less_one(q)),
        qInv: q_inverse?,
    };
    let pair = RsaKeyPair::from_components(&components);
    Some(pair.map(Key::from).map_err(|_| Unusable))
}

/// A big-endian number less one, if it is odd, as primes are.
fn less_one(number: &[u8]) -> Vec<u8> {
    let mut number = number.to_vec();
    if let Some(last) = number.last_mut() {
        *last &= !1;
    }
    number
}

/// What is left of a big-endian number by division: OpenSSH keeps no `d mod (p - 1)`, which signing wants.
fn remainder(number: &[u8], divisor: &[u8]) -> Vec<u8> {
    let divisor = without_zeros(divisor);
    // A byte more, for what a doubling carries.
    let divisor = [&[0], divisor].concat();
    let mut rest = vec![0; divisor.len()];
    let bits = number
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
    for bit in bits {
        let mut carry = bit;
        for byte in rest.iter_mut().rev() {
            (*byte, carry) = (*byte << 1 | carry, *byte >> 7);
        }
        if rest >= divisor {
            let mut borrow = false;
            for (byte, taken) in rest.iter_mut().zip(&divisor).rev() {
                let (less, first) = byte.overflowing_sub(*taken);
                let (less, second) = less.overflowing_sub(u8::from(borrow));
                (*byte, borrow) = (less, first || second);
            }
        }
    }
    without_zeros(&rest).to_vec()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn remainders_are_those_of_division(number: u128, divisor in 1_u128..) {
            let rest = remainder(&number.to_be_bytes(), &divisor.to_be_bytes());
            let expected = (number % divisor).to_be_bytes();
            prop_assert_eq!(rest, without_zeros(&expected));
        }

        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>) {
            prop_assert!(parse(&[MAGIC, &bytes].concat()).is_err());
        }
    }

    #[test]
    fn a_divisor_of_nothing_ends() {
        assert_eq!(remainder(&[5], &[]), [5_u8]);
        assert!(less_one(&[]).is_empty());
    }
}

//! Private keys, and what they sign.

use std::fmt;

use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512,
    RsaKeyPair,
};

use super::wire::Writer;

/// Names of kinds of keys: <https://www.rfc-editor.org/rfc/rfc8709>, <https://www.rfc-editor.org/rfc/rfc4253#section-6.6>.
pub(super) const ED25519: &str = "ssh-ed25519";
pub(super) const RSA: &str = "ssh-rsa";

/// Which hash an RSA key is to sign: <https://www.rfc-editor.org/rfc/rfc8332>, and the agent protocol's section 3.6.1.
const RSA_SHA2_256: u32 = 2;
const RSA_SHA2_512: u32 = 4;

/// A curve of ECDSA keys: <https://www.rfc-editor.org/rfc/rfc5656>.
#[derive(Debug)]
pub(super) struct Curve {
    /// The kind of its keys.
    pub(super) kind: &'static str,
    name: &'static str,
    pub(super) signing: &'static EcdsaSigningAlgorithm,
    /// Bytes of a private key.
    pub(super) size: usize,
}

pub(super) static CURVES: [Curve; 2] = [
    Curve {
        kind: "ecdsa-sha2-nistp256",
        name: "nistp256",
        signing: &ECDSA_P256_SHA256_FIXED_SIGNING,
        size: 32,
    },
    Curve {
        kind: "ecdsa-sha2-nistp384",
        name: "nistp384",
        signing: &ECDSA_P384_SHA384_FIXED_SIGNING,
        size: 48,
    },
];

/// A private key. It signs, and is never given away.
pub(super) struct Key {
    /// The public key, as SSH writes it.
    public: Vec<u8>,
    pair: Pair,
}

enum Pair {
    Ed25519(Ed25519KeyPair),
    Ecdsa(&'static Curve, EcdsaKeyPair),
    Rsa(Box<RsaKeyPair>),
}

impl Key {
    pub(super) fn public(&self) -> &[u8] {
        &self.public
    }

    /// The signature of `data`, as SSH writes it. `None` if `flags` want one of an RSA key that is not made with SHA-2: OpenSSH
    /// has not taken those since 8.8.
    pub(super) fn sign(&self, data: &[u8], flags: u32) -> Option<Vec<u8>> {
        let (algorithm, signature) = match &self.pair {
            Pair::Ed25519(pair) => (ED25519, pair.sign(data).as_ref().to_vec()),
            Pair::Ecdsa(curve, pair) => {
                let signature = pair.sign(&SystemRandom::new(), data).ok()?;
                let (r, s) = signature.as_ref().split_at_checked(curve.size)?;
                let signature = Writer::default().integer(r).integer(s);
                (curve.kind, signature.bytes())
            }
            Pair::Rsa(pair) => {
                let (algorithm, padding) = if flags & RSA_SHA2_512 != 0 {
                    ("rsa-sha2-512", &RSA_PKCS1_SHA512)
                } else if flags & RSA_SHA2_256 != 0 {
                    ("rsa-sha2-256", &RSA_PKCS1_SHA256)
                } else {
                    return None;
                };
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(padding, &SystemRandom::new(), data, &mut signature)
                    .ok()?;
                (algorithm, signature)
            }
        };
        let signature = Writer::default().string(algorithm).string(signature);
        Some(signature.bytes())
    }
}

impl From<Ed25519KeyPair> for Key {
    fn from(pair: Ed25519KeyPair) -> Self {
        let public = Writer::default().string(ED25519).string(pair.public_key());
        Self {
            public: public.bytes(),
            pair: Pair::Ed25519(pair),
        }
    }
}

impl From<(&'static Curve, EcdsaKeyPair)> for Key {
    fn from((curve, pair): (&'static Curve, EcdsaKeyPair)) -> Self {
        let public = Writer::default().string(curve.kind).string(curve.name);
        Self {
            public: public.string(pair.public_key()).bytes(),
            pair: Pair::Ecdsa(curve, pair),
        }
    }
}

impl From<RsaKeyPair> for Key {
    fn from(pair: RsaKeyPair) -> Self {
        let components = PublicKeyComponents::<Vec<u8>>::from(pair.public());
        let public = Writer::default().string(RSA);
        let public = public.integer(&components.e).integer(&components.n);
        Self {
            public: public.bytes(),
            pair: Pair::Rsa(Box::new(pair)),
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Key(..)")
    }
}

//! Registry tokens: what a registry takes as it is, in place of a login that an engine fetches tokens with.
//!
//! An engine asks for tokens only if the client has shown a key first. It may use the tokens of one build in another whose client
//! proves to have the same key, which therefore is made of the token: who has another one has another key.
//! <https://github.com/moby/buildkit/blob/v0.32.2/session/auth/authprovider/authprovider.go>, `getAuthorityKey`

use ring::hmac;
use ring::signature::{Ed25519KeyPair, KeyPair as _};

/// The key of a registry token.
pub(super) struct Authority(Ed25519KeyPair);

impl Authority {
    /// `salt` is the engine's.
    pub(super) fn new(salt: &[u8], token: &str) -> Option<Self> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, salt);
        let seed = hmac::sign(&key, token.as_bytes());
        // It has the length of a seed.
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_ref()).ok()?;
        Some(Self(pair))
    }

    /// The half that engines know.
    pub(super) fn public_key(&self) -> Vec<u8> {
        self.0.public_key().as_ref().to_vec()
    }

    /// The signature with what is signed behind it: <https://nacl.cr.yp.to/sign.html>.
    pub(super) fn sign(&self, payload: &[u8]) -> Vec<u8> {
        let mut signed = self.0.sign(payload).as_ref().to_vec();
        signed.extend_from_slice(payload);
        signed
    }
}

//! What a solve gives and what a build returns, in the forms of older and newer engines.

use std::collections::BTreeMap;

use crate::proto::gateway::result::Result as WireResult;
use crate::proto::gateway::{
    Ref, RefMap, RefMapDeprecated, Result as ResultMessage, SolveResponse,
};

/// A tree that the engine holds, or will make when asked for. It lives as long as the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Empty is scratch.
    id: String,
}

impl Reference {
    /// The empty tree.
    #[must_use]
    pub fn scratch() -> Self {
        Self { id: String::new() }
    }

    pub(super) fn id(&self) -> String {
        self.id.clone()
    }

    /// The one tree of a response; `None` if it holds one for each of several platforms.
    pub(super) fn from_response(response: SolveResponse) -> Option<Self> {
        let id = match response.result.map(|result| result.result) {
            None => response.r#ref,
            Some(None) => String::new(),
            Some(Some(WireResult::Ref(reference))) => reference.id,
            Some(Some(WireResult::RefDeprecated(id))) => id,
            Some(Some(WireResult::Refs(_) | WireResult::RefsDeprecated(_))) => return None,
        };
        Some(Self { id })
    }
}

/// The trees of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum References {
    /// One, for one platform.
    Single(Reference),
    /// One for each of several platforms, by the platform's id. The metadata must say which platforms these are.
    Platforms(BTreeMap<String, Reference>),
}

/// What a build returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildResult {
    /// The image's files.
    pub references: References,
    /// What exporters and clients read, by key:
    /// <https://github.com/moby/buildkit/blob/v0.32.2/exporter/containerimage/exptypes/types.go>.
    pub metadata: BTreeMap<String, Vec<u8>>,
}

impl BuildResult {
    /// The message; `ref_array` is whether the engine knows refs in their newer form.
    pub(super) fn into_message(self, ref_array: bool) -> ResultMessage {
        let result = match (self.references, ref_array) {
            (References::Single(Reference { id }), true) => WireResult::Ref(Ref { id, def: None }),
            (References::Single(Reference { id }), false) => WireResult::RefDeprecated(id),
            (References::Platforms(references), true) => {
                let references = references.into_iter();
                let refs = references.map(|(platform, Reference { id })| {
                    let reference = Ref { id, def: None };
                    (platform, reference)
                });
                WireResult::Refs(RefMap {
                    refs: refs.collect(),
                })
            }
            (References::Platforms(references), false) => {
                let references = references.into_iter();
                let refs = references.map(|(platform, reference)| (platform, reference.id));
                WireResult::RefsDeprecated(RefMapDeprecated {
                    refs: refs.collect(),
                })
            }
        };
        ResultMessage {
            result: Some(result),
            metadata: self.metadata,
            ..ResultMessage::default()
        }
    }
}

//! Errors: those of calls, kept whole, and the typed details of those that a frontend returns.
//!
//! A detail is an `Any` whose URL is a Go type's and whose value is that type as JSON:
//! <https://github.com/moby/buildkit/blob/v0.32.2/util/grpcerrors/grpcerrors.go>.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost::Message as _;
use serde::Serialize;
use tonic::Code;

use crate::llb::{Range, SourceFile};
use crate::proto::google::protobuf::Any;
use crate::proto::google::rpc;

/// Ranges of a file, which clients show beside the error.
/// <https://github.com/moby/buildkit/blob/v0.32.2/solver/errdefs/source.go>
const SOURCE: &str = "github.com/moby/buildkit/errdefs.Source+json";
/// A request that the frontend does not know.
/// <https://github.com/moby/buildkit/blob/v0.32.2/solver/errdefs/subrequest.go>
const SUBREQUEST: &str = "github.com/moby/buildkit/errdefs.Subrequest+json";

/// An error to return to the client.
#[derive(Clone, Debug, PartialEq)]
pub struct ReturnedError(pub(super) rpc::Status);

impl ReturnedError {
    /// An error with a text for the user.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self(rpc::Status {
            code: Code::Unknown.into(),
            message: message.into(),
            details: Vec::new(),
        })
    }

    /// With ranges of a file, which the client shows beside the text.
    #[must_use]
    pub fn with_source(self, file: &SourceFile, ranges: &[Range]) -> Self {
        self.with_detail(
            SOURCE,
            &SourceDetail {
                info: SourceInfo {
                    filename: &file.filename,
                    data: STANDARD.encode(&file.data),
                    language: &file.language,
                },
                ranges: ranges.iter().map(RangeDetail::from).collect(),
            },
        )
    }

    /// With the name of the request that is not known: clients look for it and may ask in another way.
    #[must_use]
    pub fn with_subrequest(self, name: &str) -> Self {
        self.with_detail(SUBREQUEST, &SubrequestDetail { name })
    }

    /// With another text. The details stay.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.0.message = message.into();
        self
    }

    /// The text for the user.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    fn with_detail(mut self, type_url: &str, detail: &impl Serialize) -> Self {
        // Plain text and numbers always have a JSON form; a detail less would not be worth a second error.
        if let Ok(value) = serde_json::to_vec(detail) {
            self.0.details.push(Any {
                type_url: type_url.to_owned(),
                value,
            });
        }
        self
    }
}

#[derive(Serialize)]
struct SourceDetail<'a> {
    info: SourceInfo<'a>,
    ranges: Vec<RangeDetail>,
}

#[derive(Serialize)]
struct SourceInfo<'a> {
    filename: &'a str,
    data: String,
    language: &'a str,
}

#[derive(Serialize)]
struct RangeDetail {
    start: PositionDetail,
    end: PositionDetail,
}

#[derive(Serialize)]
struct PositionDetail {
    line: u32,
    character: u32,
}

#[derive(Serialize)]
struct SubrequestDetail<'a> {
    name: &'a str,
}

impl From<&Range> for RangeDetail {
    fn from(range: &Range) -> Self {
        Self {
            start: PositionDetail {
                line: range.start_line,
                character: range.start_character,
            },
            end: PositionDetail {
                line: range.end_line,
                character: range.end_character,
            },
        }
    }
}

/// A call that failed.
#[derive(Debug, thiserror::Error)]
#[error("{call}: {}", status.message())]
pub struct GatewayError {
    call: &'static str,
    #[source]
    status: Box<tonic::Status>,
}

impl GatewayError {
    pub(super) fn new(call: &'static str, status: tonic::Status) -> Self {
        Self {
            call,
            status: Box::new(status),
        }
    }

    /// The engine's own text.
    #[must_use]
    pub fn message(&self) -> &str {
        self.status.message()
    }
}

impl From<GatewayError> for ReturnedError {
    /// The error as the engine gave it: its details keep their bytes, those of types not known here too.
    fn from(error: GatewayError) -> Self {
        let status = *error.status;
        match rpc::Status::decode(status.details()) {
            Ok(whole) if whole.code != 0 => Self(whole),
            _ => Self(rpc::Status {
                code: status.code().into(),
                message: status.message().to_owned(),
                details: Vec::new(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_call_is_forwarded_with_its_details_unchanged() {
        let whole = rpc::Status {
            code: 2,
            message: "process \"/bin/false\" did not complete successfully: exit code: 1"
                .to_owned(),
            details: vec![
                Any {
                    type_url: "github.com/moby/buildkit/errdefs.Vertex+json".to_owned(),
                    value: br#"{"digest":"sha256:00"}"#.to_vec(),
                },
                Any {
                    type_url: "not known here".to_owned(),
                    value: vec![0xff, 0x00],
                },
            ],
        };
        let status = tonic::Status::with_details(
            Code::Unknown,
            whole.message.clone(),
            whole.encode_to_vec().into(),
        );
        assert_eq!(
            ReturnedError::from(GatewayError::new("solve", status)).0,
            whole
        );
    }

    #[test]
    fn a_failed_call_without_details_keeps_its_code_and_text() {
        let status = tonic::Status::permission_denied("no");
        let error = GatewayError::new("solve", status);
        assert_eq!(error.to_string(), "solve: no");
        let returned = ReturnedError::from(error).0;
        assert_eq!((returned.code, returned.message.as_str()), (7, "no"));
    }

    #[test]
    fn details_have_the_json_that_clients_read() {
        let file = SourceFile {
            filename: "rpk.json".to_owned(),
            data: b"{}\n".to_vec(),
            language: "json".to_owned(),
        };
        let range = Range {
            start_line: 2,
            start_character: 1,
            end_line: 3,
            end_character: 8,
        };
        let error = ReturnedError::new("wrong")
            .with_source(&file, &[range])
            .with_subrequest("frontend.x");
        let details: Vec<_> = error
            .0
            .details
            .iter()
            .map(|detail| {
                format!(
                    "{} {}",
                    detail.type_url,
                    String::from_utf8_lossy(&detail.value)
                )
            })
            .collect();
        insta::assert_snapshot!(details.join("\n"), @r#"
        github.com/moby/buildkit/errdefs.Source+json {"info":{"filename":"rpk.json","data":"e30K","language":"json"},"ranges":[{"start":{"line":2,"character":1},"end":{"line":3,"character":8}}]}
        github.com/moby/buildkit/errdefs.Subrequest+json {"name":"frontend.x"}
        "#);
    }
}

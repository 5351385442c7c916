//! Warnings: what the user should know and what fails no build.

use super::capabilities::capability;
use super::{Bridge, GatewayError};
use crate::llb::{Range, SourceFile};
use crate::proto::gateway::WarnRequest;
use crate::proto::pb;

/// Something that the user should know and that fails no build.
#[derive(Clone, Debug, PartialEq)]
pub struct Warning<'a> {
    /// Digest of the vertex that it is shown at.
    pub vertex: String,
    /// One line.
    pub short: String,
    /// Lines that say more.
    pub detail: Vec<String>,
    /// Where more is written; empty if nowhere.
    pub url: String,
    /// The file and the ranges of it that the warning is about.
    pub source: Option<(&'a SourceFile, Vec<Range>)>,
}

impl Bridge {
    /// Shows a warning, if the engine can.
    pub async fn warn(&self, warning: Warning<'_>) -> Result<(), GatewayError> {
        if !self.capabilities().has(capability::WARNINGS) {
            return Ok(());
        }
        let (info, ranges) = match warning.source {
            Some((file, ranges)) => (
                Some(wire_source(file)),
                ranges.iter().map(wire_range).collect(),
            ),
            None => (None, Vec::new()),
        };
        let request = WarnRequest {
            digest: warning.vertex,
            level: 1,
            short: warning.short.into_bytes(),
            detail: warning.detail.into_iter().map(String::into_bytes).collect(),
            url: warning.url,
            info,
            ranges,
        };
        let response = self.client().warn(self.request(request)).await;
        response
            .map(drop)
            .map_err(|status| GatewayError::new("warn", status))
    }
}

fn wire_source(file: &SourceFile) -> pb::SourceInfo {
    pb::SourceInfo {
        filename: file.filename.clone(),
        data: file.data.clone(),
        definition: None,
        language: file.language.clone(),
    }
}

fn wire_range(range: &Range) -> pb::Range {
    let position = |line: u32, character: u32| pb::Position {
        line: i32::try_from(line).unwrap_or(i32::MAX),
        character: i32::try_from(character).unwrap_or(i32::MAX),
    };
    pb::Range {
        start: Some(position(range.start_line, range.start_character)),
        end: Some(position(range.end_line, range.end_character)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::testing::Engine;

    #[tokio::test]
    async fn warnings_are_shown_by_engines_that_can() {
        let file = SourceFile {
            filename: "rpk.json".to_owned(),
            data: b"{}".to_vec(),
            language: "json".to_owned(),
        };
        let range = Range {
            start_line: 1,
            start_character: 1,
            end_line: 1,
            end_character: 3,
        };
        let warning = Warning {
            vertex: "sha256:00".to_owned(),
            short: "odd".to_owned(),
            detail: vec!["very odd".to_owned()],
            url: "https://example.com".to_owned(),
            source: Some((&file, vec![range])),
        };
        let engine = Engine::new();
        engine.open().await.warn(warning.clone()).await.unwrap();
        let request = engine.calls().warnings[0].clone();
        assert_eq!(
            (
                request.digest.as_str(),
                request.short.as_slice(),
                request.level
            ),
            ("sha256:00", &b"odd"[..], 1)
        );
        assert_eq!(request.url, "https://example.com");
        assert_eq!(request.info.unwrap().filename, "rpk.json");
        assert_eq!(request.ranges[0].end.unwrap().character, 3);

        let engine = Engine::old();
        engine.open().await.warn(warning).await.unwrap();
        assert_eq!(engine.calls().names, ["ping"]);
    }
}

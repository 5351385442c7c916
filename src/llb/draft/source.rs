//! Source ops.
//! <https://github.com/moby/buildkit/blob/v0.32.2/client/llb/source.go>

use std::collections::BTreeMap;

use super::{Draft, attribute, git};
use crate::llb::Platform;
use crate::llb::capability;
use crate::llb::source::{
    Differ, GitSource, HttpSource, ImageSource, LocalSource, OciLayoutSource, ResolveMode, Source,
};
use crate::proto::pb;

/// Secrets that the Go client names when nothing else is said.
const DEFAULT_AUTH_TOKEN_SECRET: &str = "GIT_AUTH_TOKEN";
const DEFAULT_AUTH_HEADER_SECRET: &str = "GIT_AUTH_HEADER";
const DEFAULT_SSH_SOCKET: &str = "default";
const TRUE: &str = "true";

/// The source as an op.
pub(in crate::llb) fn source(source: Source) -> Draft {
    match source {
        Source::Image(source) => image(&source),
        Source::Local(source) => local(source),
        Source::Git(source) => git(source),
        Source::Http(source) => http(source),
        Source::OciLayout(source) => oci_layout(source),
    }
}

/// The source as the message that engines are asked about it with.
pub(crate) fn source_op(from: Source) -> Option<pb::SourceOp> {
    match source(from).body {
        pb::op::Op::Source(op) => Some(op),
        _ => None,
    }
}

fn image(source: &ImageSource) -> Draft {
    let mut op = SourceDraft::new(capability::SOURCE_IMAGE);
    match source.resolve_mode {
        None | Some(ResolveMode::Default) => {}
        Some(ResolveMode::Local) => op.attribute(attribute::IMAGE_RESOLVE_MODE, "local"),
        Some(ResolveMode::Pull) => {
            // Only this one: an engine that ignored it would take an image that it was told not to take.
            op.needs(capability::SOURCE_IMAGE_RESOLVE_MODE);
            op.attribute(attribute::IMAGE_RESOLVE_MODE, "pull");
        }
    }
    if let Some(limit) = source.layer_limit {
        op.needs(capability::SOURCE_IMAGE_LAYER_LIMIT);
        op.attribute(attribute::IMAGE_LAYER_LIMIT, limit.to_string());
    }
    op.finish(
        format!("docker-image://{}", source.reference),
        Some(&source.platform),
    )
}

fn local(source: LocalSource) -> Draft {
    let mut op = SourceDraft::new(capability::SOURCE_LOCAL);
    for (name, value, capability) in [
        (
            attribute::LOCAL_SESSION,
            source.session.unwrap_or_default(),
            capability::SOURCE_LOCAL_SESSION_ID,
        ),
        (
            attribute::LOCAL_INCLUDE_PATTERNS,
            json_array(source.include_patterns),
            capability::SOURCE_LOCAL_INCLUDE_PATTERNS,
        ),
        (
            attribute::LOCAL_FOLLOW_PATHS,
            json_array(source.follow_paths),
            capability::SOURCE_LOCAL_FOLLOW_PATHS,
        ),
        (
            attribute::LOCAL_EXCLUDE_PATTERNS,
            json_array(source.exclude_patterns),
            capability::SOURCE_LOCAL_EXCLUDE_PATTERNS,
        ),
        (
            attribute::LOCAL_SHARED_KEY_HINT,
            source.shared_key_hint.unwrap_or_default(),
            capability::SOURCE_LOCAL_SHARED_KEY_HINT,
        ),
    ] {
        if !value.is_empty() {
            op.needs(capability);
            op.attribute(name, value);
        }
    }
    // No capability: an engine that ignores it compares, which is slower but not wrong.
    match source.differ {
        None => {}
        Some(Differ::None) => op.attribute(attribute::LOCAL_DIFFER, "none"),
        Some(Differ::Metadata) => op.attribute(attribute::LOCAL_DIFFER, "metadata"),
    }
    if source.metadata_only {
        op.needs(capability::SOURCE_LOCAL_METADATA_TRANSFER);
        op.attribute(attribute::LOCAL_METADATA_TRANSFER, TRUE);
    }
    op.finish(format!("local://{}", source.name), None)
}

fn git(source: GitSource) -> Draft {
    let remote = git::Remote::of(&source.url);
    let mut op = SourceDraft::new(capability::SOURCE_GIT);
    if source.keep_git_directory {
        op.needs(capability::SOURCE_GIT_KEEP_DIRECTORY);
        op.attribute(attribute::GIT_KEEP_DIRECTORY, TRUE);
    }
    op.needs(capability::SOURCE_GIT_FULL_URL);
    op.attribute(attribute::GIT_FULL_URL, remote.url);
    if source.auth_token_secret.is_some() || source.auth_header_secret.is_some() {
        op.needs(capability::SOURCE_GIT_HTTP_AUTH);
    }
    op.attribute(
        attribute::GIT_AUTH_TOKEN_SECRET,
        source
            .auth_token_secret
            .unwrap_or_else(|| DEFAULT_AUTH_TOKEN_SECRET.to_owned()),
    );
    op.attribute(
        attribute::GIT_AUTH_HEADER_SECRET,
        source
            .auth_header_secret
            .unwrap_or_else(|| DEFAULT_AUTH_HEADER_SECRET.to_owned()),
    );
    if remote.is_ssh {
        if let Some(hosts) = source.known_ssh_hosts {
            op.needs(capability::SOURCE_GIT_KNOWN_SSH_HOSTS);
            op.attribute(
                attribute::GIT_KNOWN_SSH_HOSTS,
                format!("{}\n", hosts.trim_end_matches('\n')),
            );
        }
        op.needs(capability::SOURCE_GIT_MOUNT_SSH_SOCKET);
        op.attribute(
            attribute::GIT_MOUNT_SSH_SOCKET,
            source
                .mount_ssh_socket
                .unwrap_or_else(|| DEFAULT_SSH_SOCKET.to_owned()),
        );
    }
    if let Some(checksum) = source.checksum {
        op.needs(capability::SOURCE_GIT_CHECKSUM);
        op.attribute(attribute::GIT_CHECKSUM, checksum);
    }
    if source.skip_submodules {
        op.needs(capability::SOURCE_GIT_SKIP_SUBMODULES);
        op.attribute(attribute::GIT_SKIP_SUBMODULES, TRUE);
    }
    let reference = source.reference.unwrap_or_default();
    let subdirectory = source.subdirectory.unwrap_or_default();
    if !subdirectory.is_empty() {
        op.needs(capability::SOURCE_GIT_SUBDIRECTORY);
    }
    let fragment = git::fragment(&reference, &subdirectory);
    op.finish(format!("git://{}{fragment}", remote.place), None)
}

fn http(source: HttpSource) -> Draft {
    let mut op = SourceDraft::new(capability::SOURCE_HTTP);
    if let Some(checksum) = source.checksum {
        op.needs(capability::SOURCE_HTTP_CHECKSUM);
        op.attribute(attribute::HTTP_CHECKSUM, checksum);
    }
    if let Some(filename) = source.filename {
        op.attribute(attribute::HTTP_FILENAME, filename);
    }
    if let Some(mode) = source.mode.filter(|mode| *mode != 0) {
        op.needs(capability::SOURCE_HTTP_PERMISSIONS);
        op.attribute(attribute::HTTP_PERMISSIONS, format!("0{:o}", mode & 0o777));
    }
    for (name, id) in [
        (attribute::HTTP_UID, source.uid),
        (attribute::HTTP_GID, source.gid),
    ] {
        if let Some(id) = id.filter(|id| *id != 0) {
            op.needs(capability::SOURCE_HTTP_OWNER);
            op.attribute(name, id.to_string());
        }
    }
    if let Some(secret) = source.auth_header_secret {
        op.needs(capability::SOURCE_HTTP_AUTH);
        op.attribute(attribute::HTTP_AUTH_HEADER_SECRET, secret);
    }
    op.finish(source.url, None)
}

fn oci_layout(source: OciLayoutSource) -> Draft {
    let mut op = SourceDraft::new(capability::SOURCE_OCI_LAYOUT);
    op.attribute(
        attribute::OCI_LAYOUT_SESSION,
        source.session.unwrap_or_default(),
    );
    op.attribute(
        attribute::OCI_LAYOUT_STORE,
        source.store.unwrap_or_default(),
    );
    if let Some(limit) = source.layer_limit {
        op.attribute(attribute::OCI_LAYOUT_LAYER_LIMIT, limit.to_string());
    }
    op.finish(
        format!("oci-layout://{}", source.reference),
        Some(&source.platform),
    )
}

/// Patterns and paths travel as a JSON array in one attribute; none of them, no attribute.
fn json_array(items: Vec<String>) -> String {
    if items.is_empty() {
        String::new()
    } else {
        serde_json::Value::from(items).to_string()
    }
}

struct SourceDraft {
    attributes: BTreeMap<String, String>,
    capabilities: Vec<&'static str>,
}

impl SourceDraft {
    fn new(capability: &'static str) -> Self {
        Self {
            attributes: BTreeMap::new(),
            capabilities: vec![capability],
        }
    }

    fn needs(&mut self, capability: &'static str) {
        self.capabilities.push(capability);
    }

    /// Empty values are left out: Go encodes an empty value of a map and we do not, and an engine that re-marshals the
    /// op would find another digest.
    fn attribute(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() {
            self.attributes.insert(name.to_owned(), value);
        }
    }

    fn finish(self, identifier: String, platform: Option<&Platform>) -> Draft {
        Draft {
            inputs: Vec::new(),
            body: pb::op::Op::Source(pb::SourceOp {
                identifier,
                attrs: self.attributes,
            }),
            platform: platform.map(pb::Platform::from),
            capabilities: self.capabilities,
        }
    }
}

//! File ops.
//! <https://github.com/moby/buildkit/blob/v0.32.2/client/llb/fileop.go>

use super::inputs::{Inputs, NONE, count};
use super::{Draft, path};
use crate::llb::capability;
use crate::llb::file::{FileAction, Owner, UserReference};
use crate::llb::graph::Output;
use crate::proto::pb;

/// In place of a mode or time: leave it as it is. Zero would be mode 000, and 1970.
const KEEP: i64 = -1;
const PERMISSION_BITS: u32 = 0o777;
/// Permissions with the set-user-id, set-group-id and sticky bits, which only copies may set.
const MODE_BITS: u32 = 0o7777;

/// A chain of actions on `base` as an op whose one output is what the last action leaves.
pub(in crate::llb) fn file(base: Option<Output>, actions: Vec<FileAction>) -> Draft {
    let mut inputs = Inputs::default();
    let base = inputs.number(base);
    let capabilities = actions
        .iter()
        .flat_map(capabilities)
        .chain([capability::FILE_BASE])
        .collect();
    let last = actions.len().saturating_sub(1);
    let mut messages: Vec<pb::FileAction> = actions
        .into_iter()
        .enumerate()
        .map(|(index, action)| {
            let (secondary_input, action) = message(action, &mut inputs);
            pb::FileAction {
                input: base,
                secondary_input,
                output: if index == last { 0 } else { NONE },
                action: Some(action),
            }
        })
        .collect();
    // Results of actions are numbered after the inputs, so all inputs must be known first.
    for (index, message) in messages.iter_mut().enumerate().skip(1) {
        message.input = inputs.len() + count(index - 1);
    }
    Draft {
        inputs: inputs.into_outputs(),
        body: pb::op::Op::File(pb::FileOp { actions: messages }),
        platform: None,
        capabilities,
    }
}

fn capabilities(action: &FileAction) -> Vec<&'static str> {
    let (first, second) = match action {
        FileAction::Copy(copy) => (
            (
                !copy.include_patterns.is_empty() || !copy.exclude_patterns.is_empty(),
                capability::FILE_COPY_INCLUDE_EXCLUDE_PATTERNS,
            ),
            Some((
                copy.always_replace_existing_destination_paths,
                capability::FILE_COPY_ALWAYS_REPLACE_EXISTING_DESTINATION_PATHS,
            )),
        ),
        FileAction::Remove(remove) => (
            (remove.allow_wildcard, capability::FILE_REMOVE_WILDCARD),
            None,
        ),
        FileAction::Symlink(_) => ((true, capability::FILE_SYMLINK_CREATE), None),
        FileAction::MakeFile(_) | FileAction::MakeDirectory(_) => return Vec::new(),
    };
    [Some(first), second]
        .into_iter()
        .flatten()
        .filter_map(|(needed, capability)| needed.then_some(capability))
        .collect()
}

/// The action, and the number of the input that it copies from.
fn message(action: FileAction, inputs: &mut Inputs) -> (i64, pb::file_action::Action) {
    use pb::file_action::Action;
    match action {
        FileAction::Copy(copy) => (
            inputs.number(copy.from),
            Action::Copy(pb::FileActionCopy {
                src: path::clean(&copy.source),
                dest: path::clean_destination(&copy.destination),
                owner: owner(copy.owner, inputs),
                mode: copy.mode.map_or(-1, |mode| bits(mode, MODE_BITS)),
                follow_symlink: copy.follow_symlink,
                dir_copy_contents: copy.directory_contents_only,
                attempt_unpack_docker_compatibility: copy.unpack_archive,
                create_dest_path: copy.create_destination_path,
                allow_wildcard: copy.allow_wildcard,
                allow_empty_wildcard: copy.allow_empty_wildcard,
                timestamp: copy.timestamp.unwrap_or(KEEP),
                include_patterns: copy.include_patterns,
                exclude_patterns: copy.exclude_patterns,
                always_replace_existing_dest_paths: copy.always_replace_existing_destination_paths,
                ..pb::FileActionCopy::default()
            }),
        ),
        FileAction::MakeFile(file) => (
            NONE,
            Action::Mkfile(pb::FileActionMkFile {
                path: path::clean(&file.path),
                mode: bits(file.mode, PERMISSION_BITS),
                data: file.data,
                owner: owner(file.owner, inputs),
                timestamp: file.timestamp.unwrap_or(KEEP),
            }),
        ),
        FileAction::MakeDirectory(directory) => (
            NONE,
            Action::Mkdir(pb::FileActionMkDir {
                path: path::clean(&directory.path),
                mode: bits(directory.mode, PERMISSION_BITS),
                make_parents: directory.make_parents,
                owner: owner(directory.owner, inputs),
                timestamp: directory.timestamp.unwrap_or(KEEP),
            }),
        ),
        FileAction::Remove(remove) => (
            NONE,
            Action::Rm(pb::FileActionRm {
                path: path::clean(&remove.path),
                allow_not_found: remove.allow_not_found,
                allow_wildcard: remove.allow_wildcard,
            }),
        ),
        FileAction::Symlink(symlink) => (
            NONE,
            Action::Symlink(pb::FileActionSymlink {
                oldpath: symlink.target,
                newpath: path::clean(&symlink.link),
                owner: owner(symlink.owner, inputs),
                timestamp: symlink.timestamp.unwrap_or(KEEP),
            }),
        ),
    }
}

fn owner(owner: Option<Owner>, inputs: &mut Inputs) -> Option<pb::ChownOpt> {
    owner.map(|owner| pb::ChownOpt {
        user: user(owner.user, inputs),
        group: user(owner.group, inputs),
    })
}

fn user(user: Option<UserReference>, inputs: &mut Inputs) -> Option<pb::UserOpt> {
    use pb::user_opt::User;
    user.map(|user| pb::UserOpt {
        user: Some(match user {
            UserReference::Id(id) => User::ById(id),
            UserReference::Name { name, tree } => User::ByName(pb::NamedUserOpt {
                name,
                input: inputs.number(tree),
            }),
        }),
    })
}

fn bits(mode: u32, kept: u32) -> i32 {
    (mode & kept).cast_signed()
}

//! The home of root, for images that another user runs.

use super::commands::{FIXED_TIME, NANOSECONDS};
use super::converter::Converter;
use super::paths::{APP_DIRECTORY, absolute, is_below};
use crate::llb::{Copy, FileAction, MakeDirectory, Metadata, Output};
use crate::plan::{Deploy, is_root};

/// Closed to other users in most images. Tools that root installs leave their files there.
const ROOT_HOME: &str = "/root";

/// What merged layers give it too.
const OPEN_MODE: u32 = 0o755;

impl Converter<'_> {
    /// Opens the home of root where the plan puts files of the image there and has another user run it: the files are
    /// readable, but the way to them is closed. A copy brings the mode of a directory along, below the copied one.
    pub(super) fn open_root_home(
        &mut self,
        image: Option<Output>,
        deploy: &Deploy,
    ) -> Option<Output> {
        let user = deploy.config.user.as_ref().filter(|user| !is_root(user))?;
        let mut included = deploy.inputs.iter().flat_map(|input| &input.filter.include);
        let has_files = included.any(|path| is_below(&absolute(APP_DIRECTORY, path), ROOT_HOME));
        if image.is_none() || !has_files {
            return None;
        }
        let locations = Vec::from_iter(self.location(user.span));
        let metadata = |name: &str| Metadata {
            name: Some(format!("[deploy] {name}")),
            locations: locations.clone(),
            ..Metadata::default()
        };
        let directory = FileAction::MakeDirectory(MakeDirectory {
            path: ROOT_HOME.to_owned(),
            mode: OPEN_MODE,
            make_parents: false,
            owner: None,
            timestamp: Some(FIXED_TIME * NANOSECONDS),
        });
        let opened = self
            .graph
            .file(None, vec![directory], metadata("make an open /root"));
        let copy = FileAction::Copy(Copy {
            from: Some(opened),
            source: "/".to_owned(),
            destination: "/".to_owned(),
            directory_contents_only: true,
            ..Copy::default()
        });
        Some(self.graph.file(image, vec![copy], metadata("open /root")))
    }
}

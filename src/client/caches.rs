//! The caches of a build, those in directories of this machine opened.

use super::error::ClientError;
use super::session::Contents;
use super::session::content::{Digest, LayoutError};
use super::settings::{Cache, Settings};

/// The caches of a build.
#[derive(Clone, Debug, Default)]
pub(super) struct Caches {
    /// Those to import. The ones in directories have digests.
    pub(super) imports: Vec<Cache>,
    /// Those to export.
    pub(super) exports: Vec<Cache>,
    /// The directories of both, and those of images.
    pub(super) contents: Contents,
    /// What is said of directories that have no cache: builds go on without it.
    pub(super) warnings: Vec<String>,
}

impl Caches {
    /// Opens the directories of all caches that there are, and makes sure that those of others can be written to.
    pub(super) fn open(settings: &Settings) -> Result<Self, ClientError> {
        let mut caches = Self {
            exports: settings.cache_exports.clone(),
            ..Self::default()
        };
        for (name, directory) in &settings.layouts {
            caches.contents.insert_layout(name, directory);
        }
        for export in &caches.exports {
            if let Some(local) = export.local() {
                let contents = &mut caches.contents;
                contents.insert_cache_export(local.directory, local.tag)?;
            }
        }
        for import in &settings.cache_imports {
            match open(&mut caches.contents, import) {
                Ok(None) => caches.imports.push(import.clone()),
                Ok(Some(digest)) => {
                    let import = import.clone().with_digest(digest.to_string());
                    caches.imports.push(import);
                }
                Err(error) => {
                    let warning = format!("{error}; building without this cache");
                    caches.warnings.push(warning);
                }
            }
        }
        Ok(caches)
    }
}

/// Opens a cache; gives the digest of one in a directory.
fn open(contents: &mut Contents, import: &Cache) -> Result<Option<Digest>, LayoutError> {
    let Some(local) = import.local() else {
        return Ok(None);
    };
    // Checked when the option was read.
    let digest = local.digest.and_then(|digest| Digest::parse(digest).ok());
    let digest = contents.insert_cache(local.directory, digest, local.tag)?;
    Ok(Some(digest))
}

//! Looking at the files of a tree that the engine holds.

use tonic::Status;

use super::{Bridge, GatewayError, Reference};
use crate::proto::fsutil;
use crate::proto::gateway::{FileRange, ReadDirRequest, ReadFileRequest, StatFileRequest};

/// What engines say of a path with nothing there. There is no code for it.
const NOTHING_THERE: &str = "no such file or directory";

/// How many bytes of a file come in one message: less than any engine's limit.
const CHUNK: u64 = 2 << 20;

/// Bits of Go's `os.FileMode` that say what a file is if it is not a plain one (<https://pkg.go.dev/io/fs#FileMode>).
const TYPE_BITS: u32 = 0x8f28_0000;
const DIRECTORY: u32 = 1 << 31;
const LINK: u32 = 1 << 27;

/// What is known of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileStatus {
    /// Whether it is a plain file; links are followed.
    pub is_file: bool,
    /// Bytes in it.
    pub size: u64,
}

/// One file, directory or link, with its name or path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// The name alone, or the path from the tree's root.
    pub path: String,
    /// What it is, links not followed.
    pub kind: FileKind,
    /// Bytes in it.
    pub size: u64,
}

/// What a [`DirectoryEntry`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A plain file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link, and what is written in it.
    Link(String),
    /// A socket, a pipe, a device.
    Special,
}

impl Bridge {
    /// Reads a whole file.
    pub async fn read_file(
        &self,
        reference: &Reference,
        path: &str,
    ) -> Result<Vec<u8>, GatewayError> {
        let read = self.read(reference, path, None).await;
        read.map_err(|status| GatewayError::new("read file", status))
    }

    /// Reads the first `limit` bytes of a file, or all of it if it has fewer, in messages that any engine sends. `None` if
    /// there is nothing at `path`.
    pub async fn read_file_start(
        &self,
        reference: &Reference,
        path: &str,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, GatewayError> {
        let mut data = Vec::new();
        loop {
            let read = data.len() as u64;
            let length = CHUNK.min(limit.saturating_sub(read));
            if length == 0 {
                return Ok(Some(data));
            }
            let range = (read, length);
            let chunk = match self.read(reference, path, Some(range)).await {
                Ok(chunk) => chunk,
                Err(status) if status.message().contains(NOTHING_THERE) => return Ok(None),
                Err(status) => return Err(GatewayError::new("read file", status)),
            };
            let is_last = (chunk.len() as u64) < length;
            data.extend(chunk);
            if is_last {
                return Ok(Some(data));
            }
        }
    }

    async fn read(
        &self,
        reference: &Reference,
        path: &str,
        range: Option<(u64, u64)>,
    ) -> Result<Vec<u8>, Status> {
        let signed = |number| i64::try_from(number).unwrap_or(i64::MAX);
        let request = ReadFileRequest {
            r#ref: reference.id(),
            file_path: path.to_owned(),
            range: range.map(|(offset, length)| FileRange {
                offset: signed(offset),
                length: signed(length),
            }),
        };
        let response = self.client().read_file(self.request(request)).await?;
        Ok(response.into_inner().data)
    }

    /// Lists a directory.
    pub async fn read_directory(
        &self,
        reference: &Reference,
        path: &str,
    ) -> Result<Vec<DirectoryEntry>, GatewayError> {
        let request = ReadDirRequest {
            r#ref: reference.id(),
            dir_path: path.to_owned(),
            include_pattern: String::new(),
        };
        match self.client().read_dir(self.request(request)).await {
            Ok(response) => Ok(response
                .into_inner()
                .entries
                .into_iter()
                .map(Into::into)
                .collect()),
            Err(status) => Err(GatewayError::new("read directory", status)),
        }
    }

    /// Looks a file up; `None` if there is nothing at `path`.
    pub async fn stat_file(
        &self,
        reference: &Reference,
        path: &str,
    ) -> Result<Option<FileStatus>, GatewayError> {
        let request = StatFileRequest {
            r#ref: reference.id(),
            path: path.to_owned(),
        };
        match self.client().stat_file(self.request(request)).await {
            Ok(response) => Ok(Some(response.into_inner().stat.unwrap_or_default().into())),
            Err(status) if status.message().contains(NOTHING_THERE) => Ok(None),
            Err(status) => Err(GatewayError::new("stat file", status)),
        }
    }
}

impl From<fsutil::Stat> for FileStatus {
    fn from(stat: fsutil::Stat) -> Self {
        Self {
            is_file: stat.mode & TYPE_BITS == 0,
            size: u64::try_from(stat.size).unwrap_or_default(),
        }
    }
}

impl From<fsutil::Stat> for DirectoryEntry {
    fn from(stat: fsutil::Stat) -> Self {
        Self {
            path: stat.path,
            kind: match stat.mode & TYPE_BITS {
                // Also a further name of a file, whose `linkname` is the first one.
                0 => FileKind::File,
                bits if bits & DIRECTORY != 0 => FileKind::Directory,
                bits if bits & LINK != 0 => FileKind::Link(stat.linkname),
                _ => FileKind::Special,
            },
            size: u64::try_from(stat.size).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::gateway::testing::{DIRECTORY, Engine, File};
    use crate::proto::pb;

    #[tokio::test]
    async fn files_are_looked_up_and_read() {
        let directory = File {
            mode: DIRECTORY | 0o755,
            ..File::new("")
        };
        let engine = Engine {
            files: BTreeMap::from([("a", File::new("text")), ("d", directory)]),
            ..Engine::new()
        };
        let bridge = engine.open().await;
        let reference = bridge.solve(pb::Definition::default(), &[]).await.unwrap();
        let status = |path| bridge.stat_file(&reference, path);
        assert_eq!(
            status("a").await.unwrap(),
            Some(FileStatus {
                is_file: true,
                size: 4
            })
        );
        assert_eq!(
            status("d").await.unwrap(),
            Some(FileStatus {
                is_file: false,
                size: 0
            })
        );
        assert_eq!(status("b").await.unwrap(), None);
        assert_eq!(bridge.read_file(&reference, "a").await.unwrap(), b"text");
        let error = bridge.read_file(&reference, "b").await.unwrap_err();
        insta::assert_snapshot!(error, @"read file: open b: no such file or directory");
    }

    #[tokio::test]
    async fn a_file_may_be_larger_than_the_usual_limit_of_a_message() {
        let text = "x".repeat(5 << 20);
        let engine = Engine {
            files: BTreeMap::from([("a", File::new(&text))]),
            ..Engine::new()
        };
        let bridge = engine.open().await;
        let read = bridge.read_file(&Reference::scratch(), "a").await.unwrap();
        assert_eq!(read.len(), text.len());
    }

    #[tokio::test]
    async fn the_start_of_a_file_comes_in_pieces_up_to_a_limit() {
        let text = "x".repeat(5 << 20);
        let engine = Engine {
            files: BTreeMap::from([("a", File::new(&text))]),
            ..Engine::new()
        };
        let bridge = engine.open().await;
        let scratch = Reference::scratch();
        let read = |path, limit| bridge.read_file_start(&scratch, path, limit);
        assert_eq!(read("a", 1 << 30).await.unwrap().unwrap().len(), 5 << 20);
        assert_eq!(
            read("a", (2 << 20) + 1).await.unwrap().unwrap().len(),
            (2 << 20) + 1
        );
        assert_eq!(read("b", 1).await.unwrap(), None);
        let names = engine.calls().names.clone();
        assert_eq!(names.iter().filter(|name| *name == "read a").count(), 5);
    }

    #[tokio::test]
    async fn a_directory_is_listed_with_what_its_entries_are() {
        let of_mode = |mode| File {
            mode,
            ..File::new("12")
        };
        let engine = Engine {
            files: BTreeMap::from([
                ("d", of_mode(DIRECTORY | 0o755)),
                ("d/file", of_mode(0o644)),
                ("d/link", of_mode(1 << 27 | 0o777)),
                ("d/pipe", of_mode(1 << 25 | 0o644)),
                ("d/sub", of_mode(DIRECTORY | 0o755)),
                ("d/sub/x", of_mode(0o644)),
            ]),
            ..Engine::new()
        };
        let bridge = engine.open().await;
        let scratch = Reference::scratch();
        let entries = bridge.read_directory(&scratch, "d").await.unwrap();
        let shown: Vec<_> = entries
            .into_iter()
            .map(|entry| (entry.path, entry.kind, entry.size))
            .collect();
        assert_eq!(
            shown,
            [
                ("file".to_owned(), FileKind::File, 2),
                ("link".to_owned(), FileKind::Link("12".to_owned()), 2),
                ("pipe".to_owned(), FileKind::Special, 2),
                ("sub".to_owned(), FileKind::Directory, 2),
            ]
        );
        assert!(bridge.read_directory(&scratch, "e").await.is_err());
    }
}

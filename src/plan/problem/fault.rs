//! What can be wrong with a part of a plan.

use std::fmt;

use thiserror::Error;

/// What a path is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathUse {
    /// `include` of a layer.
    Include,
    /// `src` of a copy command.
    CopySource,
    /// `dest` of a copy command.
    CopyDestination,
    /// `path` of a file command.
    File,
    /// `path` of a path command, or one of `deploy.paths`.
    SearchPath,
    /// `directory` of a cache.
    CacheDirectory,
    /// `path` of a secret file.
    SecretFile,
    /// One of `deploy.volumes`.
    Volume,
}

impl fmt::Display for PathUse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Include => "the included path",
            Self::CopySource => "the `src` of the copy",
            Self::CopyDestination => "the `dest` of the copy",
            Self::File => "the file's `path`",
            Self::SearchPath => "the path for PATH",
            Self::CacheDirectory => "the cache's `directory`",
            Self::SecretFile => "the secret file's `path`",
            Self::Volume => "the volume",
        })
    }
}

/// What is wrong with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Error)]
pub enum PathFault {
    /// There is none.
    #[error("is empty")]
    Empty,
    /// It has a NUL character, which no file system takes.
    #[error("has a NUL character")]
    Nul,
    /// Its `..` go above the root of the tree that it is in.
    #[error("leaves its tree with `..`")]
    LeavesTree,
    /// It names a directory where a file is needed, or the root where another directory is needed.
    #[error("is a directory")]
    Directory,
    /// It is the root directory.
    #[error("is the root directory")]
    Root,
    /// It begins with `~` and a name.
    #[error("is in another user's home")]
    OtherHome,
    /// It does not begin at the root, where it has to.
    #[error("is no absolute path")]
    Relative,
}

/// What is wrong with the name of an environment variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Error)]
pub enum NameFault {
    /// There is none.
    #[error("it is empty")]
    Empty,
    /// It has `=`, which ends a name in an environment.
    #[error("it has `=`")]
    EqualsSign,
    /// It has a NUL character, which ends a variable.
    #[error("it has a NUL character")]
    Nul,
    /// It is `*`, which a step uses for all secrets.
    #[error("`*` in a step stands for all of them")]
    Asterisk,
}

/// What is wrong with a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Error)]
pub enum UserFault {
    /// The user or the group is empty, or there are more than two parts.
    #[error("it is neither a user nor `user:group`")]
    Parts,
    /// It has white space or a control character.
    #[error("it has white space or a control character")]
    Character,
    /// A number is larger than engines take.
    #[error("its number is larger than 2147483647")]
    Number,
}

/// What is wrong with the test of a health check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Error)]
pub enum TestFault {
    /// The list does not begin with a word that says how it is run.
    #[error("a list begins with `CMD`, `CMD-SHELL` or `NONE`")]
    Kind,
    /// `CMD` without a program.
    #[error("`CMD` stands in front of a program and its arguments")]
    Command,
    /// `CMD-SHELL` with none or several texts.
    #[error("`CMD-SHELL` stands in front of one text for the shell")]
    Shell,
    /// `NONE` with something behind it.
    #[error("nothing stands behind `NONE`")]
    None,
    /// It has a NUL character.
    #[error("it has a NUL character")]
    Nul,
}

//! What steps may ask an agent: which keys there are, and a signature.
//!
//! Nothing else is handed on: no step adds keys to the user's agent, removes or locks them. BuildKit's own client has the same
//! rule. <https://datatracker.ietf.org/doc/html/draft-ietf-sshm-ssh-agent>

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tonic::Status;

use super::key::Key;
use super::key_file::{self, KeyFileError};
use super::wire::{Reader, Writer};

/// Kinds of messages.
const FAILURE: u8 = 5;
const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES_ANSWER: u8 = 12;
const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;

/// The longest message, as OpenSSH's agent has it.
/// <https://github.com/openssh/openssh-portable/blob/V_9_9_P1/ssh-agent.c>
const SIZE_LIMIT: u32 = 256 * 1024;

/// Who signs for the steps.
#[derive(Clone, Debug)]
pub enum SshAgent {
    /// The agent that listens on a socket.
    Socket(PathBuf),
    /// This program, with keys of files.
    Keys(SshKeys),
}

/// Private keys, which are never given away.
#[derive(Clone, Debug)]
pub struct SshKeys(Arc<[Key]>);

impl SshKeys {
    /// Reads the key in each file.
    pub(crate) fn read(files: &[PathBuf]) -> Result<Self, KeyFileError> {
        let keys = files.iter().map(|file| key_file::read(file));
        Ok(Self(keys.collect::<Result<_, _>>()?))
    }

    fn answer(&self, question: &[u8]) -> Option<Vec<u8>> {
        let (kind, question) = question.split_first()?;
        if *kind == REQUEST_IDENTITIES {
            let answer = Writer::default()
                .byte(IDENTITIES_ANSWER)
                .number(self.0.len());
            // Comments name people and machines, which are no business of a step.
            let add = |answer: Writer, key: &Key| answer.string(key.public()).string("");
            return Some(self.0.iter().fold(answer, add).bytes());
        }
        let mut question = Reader::new(question);
        let (public, data) = (question.string()?, question.string()?);
        let flags = question.number()?;
        let key = self.0.iter().find(|key| key.public() == public)?;
        let answer = Writer::default().byte(SIGN_RESPONSE);
        Some(answer.string(key.sign(data, flags)?).bytes())
    }
}

/// A conversation with an agent.
#[derive(Debug)]
pub(super) enum Conversation {
    Socket(UnixStream),
    Keys(SshKeys),
}

impl Conversation {
    pub(super) async fn open(agent: &SshAgent) -> Result<Self, Status> {
        match agent {
            SshAgent::Keys(keys) => Ok(Self::Keys(keys.clone())),
            SshAgent::Socket(socket) => {
                let stream = UnixStream::connect(socket).await.map_err(|error| {
                    let socket = socket.display();
                    Status::unavailable(format!(
                        "cannot reach the SSH agent at `{socket}`: {error}"
                    ))
                })?;
                Ok(Self::Socket(stream))
            }
        }
    }

    /// The answer to a question. Both are messages without their lengths.
    pub(super) async fn answer(&mut self, question: &[u8]) -> Result<Vec<u8>, Status> {
        let is_allowed = matches!(question.first(), Some(&REQUEST_IDENTITIES | &SIGN_REQUEST));
        if !is_allowed {
            return Ok(vec![FAILURE]);
        }
        match self {
            Self::Keys(keys) => Ok(keys.answer(question).unwrap_or_else(|| vec![FAILURE])),
            Self::Socket(stream) => {
                let asked = async {
                    write(stream, question).await?;
                    let answer = read(stream).await?;
                    answer.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
                };
                asked.await.map_err(|error: io::Error| {
                    Status::unavailable(format!("the connection to the SSH agent broke: {error}"))
                })
            }
        }
    }
}

/// Reads a message; `None` at the end of all.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let length = match stream.read_u32().await {
        Ok(length) => length,
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    };
    if length > SIZE_LIMIT {
        let message = format!("a message to an SSH agent of {length} bytes");
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    let mut message = Vec::new();
    stream.take(length.into()).read_to_end(&mut message).await?;
    if message.len() as u64 != u64::from(length) {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(message))
}

async fn write(stream: &mut (impl AsyncWrite + Unpin), message: &[u8]) -> io::Result<()> {
    stream.write_all(&with_length(message)).await
}

/// A message as it is sent.
pub(super) fn with_length(message: &[u8]) -> Vec<u8> {
    Writer::default().string(message).bytes()
}

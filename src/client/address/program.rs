//! A program whose standard input and output are the connection.

use std::io;
use std::pin::Pin;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

use super::Program;

/// How much of what a program says on standard error is kept: its end.
const KEPT: usize = 4 << 10;

/// What a program has said on standard error so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Complaint(Arc<Mutex<Vec<u8>>>);

/// The stream to and from a program, which ends with it.
pub(super) struct ProgramStream {
    input: ChildStdin,
    output: ChildStdout,
    /// Killed when this is dropped.
    _child: Child,
}

impl Program {
    /// Starts it.
    pub(super) fn start(&self) -> io::Result<(ProgramStream, Complaint)> {
        let mut command = Command::new(self.name);
        command
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        // Ctrl-C is for us: while the build is ended the connection has to stand.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        let complaint = Complaint::default();
        let (Some(input), Some(output), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(io::Error::other("the program has no standard streams"));
        };
        tokio::spawn(complaint.clone().read(stderr));
        let stream = ProgramStream {
            input,
            output,
            _child: child,
        };
        Ok((stream, complaint))
    }
}

impl Complaint {
    /// The text; empty if nothing was said.
    pub(super) fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).trim().to_owned()
    }

    async fn read(self, mut stderr: ChildStderr) {
        let mut piece = [0; 1024];
        // What was read before an error is still worth telling.
        while let Ok(length @ 1..) = stderr.read(&mut piece).await {
            let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            bytes.extend_from_slice(&piece[..length]);
            let excess = bytes.len().saturating_sub(KEPT);
            bytes.drain(..excess);
        }
    }
}

impl AsyncRead for ProgramStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.output).poll_read(context, buffer)
    }
}

impl AsyncWrite for ProgramStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.input).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.input).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.input).poll_shutdown(context)
    }
}

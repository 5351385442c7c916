//! A web server on the loopback address: the files of a directory, and the git repositories among them.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use tempfile::TempDir;

/// A web server that has what is in its directory.
#[derive(Debug)]
pub(crate) struct WebServer {
    directory: TempDir,
    address: String,
}

/// What was asked for.
struct Request {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl WebServer {
    /// Starts it, with nothing in it. It ends with the test program.
    pub(crate) fn start() -> Self {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let root = directory.path().to_owned();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let root = root.clone();
                // A client that goes away is its own affair.
                thread::spawn(move || answer(client, &root));
            }
        });
        Self {
            directory,
            address: address.to_string(),
        }
    }

    /// The URL of a file.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    /// Where a file is to be put.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    /// Makes a repository of a directory's files, on a branch; gives its URL.
    #[track_caller]
    pub(crate) fn repository(&self, name: &str, branch: &str, files: &Path) -> String {
        let repository = self.path(name);
        let git = |arguments: &[&str]| {
            let mut command = Command::new("git");
            command
                .args(["-c", "user.name=test", "-c", "user.email=test@example.com"])
                .args(["-c", "commit.gpgsign=false"])
                .arg("--git-dir")
                .arg(&repository)
                .arg("--work-tree")
                .arg(files)
                .args(arguments);
            let output = command.output().expect("git is there");
            assert!(output.status.success(), "{command:?}: {output:?}");
        };
        let initial_branch = format!("--initial-branch={branch}");
        let made = Command::new("git")
            .args(["init", "--quiet", "--bare", &initial_branch])
            .arg(&repository)
            .status();
        assert!(made.is_ok_and(|status| status.success()), "no repository");
        git(&["add", "--all", "--force"]);
        git(&["commit", "--quiet", "--message", "all"]);
        self.url(name)
    }
}

fn answer(mut client: TcpStream, root: &Path) -> io::Result<()> {
    let Some(request) = read(&client)? else {
        return Ok(());
    };
    let is_safe = !request.path.split('/').any(|part| part == "..");
    let response = if is_safe && request.path.contains(".git/") {
        repository(&request, root)?
    } else {
        match std::fs::read(root.join(request.path.trim_start_matches('/'))) {
            Ok(data) if is_safe => {
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n", data.len());
                let body = if request.method == "HEAD" {
                    Vec::new()
                } else {
                    data
                };
                [
                    format!("{head}Connection: close\r\n\r\n").into_bytes(),
                    body,
                ]
                .concat()
            }
            _ => {
                b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec()
            }
        }
    };
    client.write_all(&response)
}

fn read(client: &TcpStream) -> io::Result<Option<Request>> {
    let mut reader = BufReader::new(client);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Ok(None);
    };
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => {
                headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
            None => break,
        }
    }
    let mut request = Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body: Vec::new(),
    };
    if let Some(length) = request.header("content-length") {
        let length = length.parse().map_err(io::Error::other)?;
        reader.take(length).read_to_end(&mut request.body)?;
    } else if request.header("transfer-encoding").is_some() {
        request.body = read_chunks(&mut reader)?;
    }
    Ok(Some(request))
}

fn read_chunks(reader: &mut BufReader<&TcpStream>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let length = u64::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
        reader.by_ref().take(length).read_to_end(&mut body)?;
        reader.read_line(&mut String::new())?;
        if length == 0 {
            return Ok(body);
        }
    }
}

impl Request {
    fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(known, _)| known == name);
        header.map(|(_, value)| value.as_str())
    }
}

/// Lets git answer: <https://git-scm.com/docs/git-http-backend>.
fn repository(request: &Request, root: &Path) -> io::Result<Vec<u8>> {
    let mut child = Command::new("git")
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("REQUEST_METHOD", &request.method)
        .env("PATH_INFO", &request.path)
        .env("QUERY_STRING", &request.query)
        .env("REMOTE_ADDR", "127.0.0.1")
        .env("CONTENT_LENGTH", request.body.len().to_string())
        .env(
            "CONTENT_TYPE",
            request.header("content-type").unwrap_or_default(),
        )
        .env(
            "GIT_PROTOCOL",
            request.header("git-protocol").unwrap_or_default(),
        )
        .env(
            "HTTP_CONTENT_ENCODING",
            request.header("content-encoding").unwrap_or_default(),
        )
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut stdin = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let body = request.body.clone();
    // It may answer before it has read all.
    let writer = thread::spawn(move || stdin.write_all(&body));
    let answer = child.wait_with_output()?.stdout;
    let _ = writer.join();
    let text = String::from_utf8_lossy(&answer);
    let status = text
        .lines()
        .take_while(|line| !line.is_empty())
        .find_map(|line| line.strip_prefix("Status: "))
        .unwrap_or("200 OK");
    let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\n");
    Ok([head.into_bytes(), answer].concat())
}

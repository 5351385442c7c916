use std::env;
use std::io::{Read, Write};
use std::net::TcpListener;

use unicode_segmentation::UnicodeSegmentation;

fn main() -> std::io::Result<()> {
    let port = env::var("PORT").unwrap_or_else(|_| "8080".to_owned());
    let listener = TcpListener::bind(format!("0.0.0.0:{port}"))?;
    for stream in listener.incoming() {
        let mut stream = stream?;
        let mut request = [0; 4096];
        let _ = stream.read(&mut request)?;
        let text = "Füße in the sand";
        let body = format!("{text}: {} characters", text.graphemes(true).count());
        let length = body.len();
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")?;
    }
    Ok(())
}

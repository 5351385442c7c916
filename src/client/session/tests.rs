use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use prost::bytes::Bytes;
use tokio::io::AsyncReadExt;

use super::testing::{Engine, piece};
use super::*;
use crate::proto::fsutil::packet::PacketType;
use crate::proto::health::HealthCheckRequest;
use crate::proto::health::health_client::HealthClient;

/// Only a test that fails waits as long.
const LIMIT: Duration = Duration::from_secs(60);

/// A result that is larger than what may be in flight.
const PIECES: usize = 32;
const PIECE: usize = 1 << 20;

/// What BuildKit asks every few seconds.
async fn is_alive(engine: &Engine) {
    let mut client = HealthClient::new(engine.channel.clone());
    let answer = client.check(HealthCheckRequest::default());
    tokio::time::timeout(LIMIT, answer).await.unwrap().unwrap();
}

/// An engine asks for files as soon as it hears of them, and takes their contents as fast as its disk does.
#[tokio::test]
async fn an_engine_that_asks_faster_than_it_reads_keeps_its_session() {
    let count = 12_000;
    let mut session = Session::default();
    // All of them are more than the connection takes at once.
    let content = Bytes::from(vec![b'x'; 4096]);
    let files = (0..count).map(|number| (format!("{number:05}").into(), content.clone()));
    let locals = &mut session.locals;
    locals.insert_files("context", files.collect()).unwrap();
    let engine = Engine::connect(session).await;
    let mut transfer = engine.transfer(&[("dir-name", "context")]).await.unwrap();
    assert_eq!(transfer.stats().await.unwrap().len(), count);
    for id in 0..u32::try_from(count).unwrap() {
        transfer.ask(PacketType::PacketReq, id).await;
        // Each in a frame of its own, as BuildKit sends them.
        while transfer.requests.capacity() < transfer.requests.max_capacity() {
            tokio::task::yield_now().await;
        }
    }
    is_alive(&engine).await;
    let mut whole = 0;
    while whole < count {
        let packet = transfer.packets.message().await.unwrap().unwrap();
        assert_eq!(packet.r#type(), PacketType::PacketData, "{packet:?}");
        whole += usize::from(packet.data.is_empty());
    }
    transfer.ask(PacketType::PacketFin, 0).await;
    let last = transfer.packets.message().await.unwrap().unwrap();
    assert_eq!(last.r#type(), PacketType::PacketFin);
}

/// `docker load` reads nothing while it writes what it has to the disk.
#[tokio::test]
async fn a_result_that_nobody_takes_for_a_while_keeps_the_session() {
    let (writer, mut reader) = tokio::io::duplex(64 << 10);
    let session = Session::default();
    session.receivers.insert_writer(0, writer);
    let engine = Engine::connect(session).await;
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&taken);
    let pieces = (0..PIECES).map(move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
        piece(vec![b'x'; PIECE])
    });
    let reading = async {
        let mut before = usize::MAX;
        while before != taken.load(Ordering::Relaxed) {
            before = taken.load(Ordering::Relaxed);
            for _ in 0..1000 {
                tokio::task::yield_now().await;
            }
        }
        assert!(before < PIECES, "nothing holds the engine back");
        is_alive(&engine).await;
        let mut result = Vec::new();
        reader.read_to_end(&mut result).await.unwrap();
        assert_eq!(result.len(), PIECES * PIECE);
    };
    let (sent, ()) = tokio::join!(engine.send_result(0, pieces), reading);
    sent.unwrap();
}

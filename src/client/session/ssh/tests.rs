//! The keys in `keys` are for these tests alone: `ssh-keygen` and `openssl` wrote them, and no machine takes them.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA512, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use tokio::io::AsyncWriteExt as _;
use tokio::net::UnixListener;
use tonic::codegen::tokio_stream;

use super::wire::{Reader, Writer};
use super::*;
use crate::client::session::Session;
use crate::client::session::testing::{Engine, with};
use crate::proto::sshforward::ssh_client::SshClient;

/// Messages of the protocol.
const ADD_IDENTITY: u8 = 17;
const REMOVE_ALL_IDENTITIES: u8 = 19;
const LOCK: u8 = 22;
const EXTENSION: u8 = 27;
const LIST: &[u8] = &[11];
const REFUSED: &[u8] = &[5];

fn file(name: &str) -> PathBuf {
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/client/session/ssh/keys");
    keys.join(name)
}

fn keys(name: &str) -> SshAgent {
    SshAgent::Keys(SshKeys::read(&[file(name)]).unwrap())
}

/// The public key that belongs to a file, as `ssh-keygen` wrote it.
fn public(name: &str) -> Vec<u8> {
    let text = std::fs::read_to_string(file(name)).unwrap();
    STANDARD.decode(text.split(' ').nth(1).unwrap()).unwrap()
}

async fn ask(agent: &SshAgent, question: &[u8]) -> Vec<u8> {
    let mut conversation = Conversation::open(agent).await.unwrap();
    conversation.answer(question).await.unwrap()
}

fn sign_request(public: &[u8], flags: usize) -> Vec<u8> {
    let question = Writer::default().byte(13).string(public).string("data");
    question.number(flags).bytes()
}

/// The algorithm and the signature of an answer.
fn signature(answer: &[u8]) -> (String, Vec<u8>) {
    let (kind, answer) = answer.split_first().unwrap();
    assert_eq!(*kind, 14, "it is signed");
    let mut signature = Reader::new(Reader::new(answer).string().unwrap());
    let algorithm = signature.string().unwrap().to_vec();
    let signature = signature.string().unwrap().to_vec();
    (String::from_utf8(algorithm).unwrap(), signature)
}

#[tokio::test]
async fn files_of_all_formats_hold_the_keys_that_belong_to_them() {
    for (name, of) in [
        ("ed25519", "ed25519.pub"),
        ("ecdsa-256", "ecdsa-256.pub"),
        ("ecdsa-256-pkcs8", "ecdsa-256.pub"),
        ("ecdsa-384", "ecdsa-384.pub"),
        ("rsa", "rsa.pub"),
        ("rsa-pem", "rsa.pub"),
        ("rsa-pkcs8", "rsa.pub"),
    ] {
        let expected = Writer::default().byte(12).number(1).string(public(of));
        let expected = expected.string("").bytes();
        assert_eq!(ask(&keys(name), LIST).await, expected, "{name}");
    }
}

#[tokio::test]
async fn signatures_are_those_of_the_public_keys() {
    let check = |algorithm: &'static dyn VerificationAlgorithm, public: &[u8], signature: &[u8]| {
        let public = UnparsedPublicKey::new(algorithm, public);
        assert!(public.verify(b"data", signature).is_ok(), "{algorithm:?}");
    };
    let blob = public("ed25519.pub");
    let signed = signature(&ask(&keys("ed25519"), &sign_request(&blob, 0)).await);
    assert_eq!(signed.0, "ssh-ed25519");
    check(&ED25519, &blob[blob.len() - 32..], &signed.1);

    let curves: [(_, &'static dyn VerificationAlgorithm, _); 2] = [
        ("ecdsa-256", &ECDSA_P256_SHA256_FIXED, 32),
        ("ecdsa-384", &ECDSA_P384_SHA384_FIXED, 48),
    ];
    for (name, algorithm, size) in curves {
        let blob = public(&format!("{name}.pub"));
        let signed = signature(&ask(&keys(name), &sign_request(&blob, 0)).await);
        assert_eq!(signed.0, name.replace("ecdsa-", "ecdsa-sha2-nistp"));
        let mut numbers = Reader::new(&signed.1);
        let mut fixed = Vec::new();
        for _ in 0..2 {
            let number = numbers.integer().unwrap();
            fixed.extend(vec![0; size - number.len()]);
            fixed.extend(number);
        }
        check(algorithm, &blob[blob.len() - 2 * size - 1..], &fixed);
    }
}

#[tokio::test]
async fn rsa_signs_with_the_hash_that_is_asked_for_and_never_with_sha1() {
    let blob = public("rsa.pub");
    let mut numbers = Reader::new(&blob);
    numbers.string().unwrap();
    let (e, n) = (numbers.integer().unwrap(), numbers.integer().unwrap());
    let public = RsaPublicKeyComponents { n, e };
    for name in ["rsa", "rsa-pem", "rsa-pkcs8"] {
        for (flags, expected, algorithm) in [
            (2, "rsa-sha2-256", &RSA_PKCS1_2048_8192_SHA256),
            (4, "rsa-sha2-512", &RSA_PKCS1_2048_8192_SHA512),
        ] {
            let answer = ask(&keys(name), &sign_request(&blob, flags)).await;
            let (kind, signature) = signature(&answer);
            assert_eq!(kind, expected);
            let verified = public.verify(algorithm, b"data", &signature);
            assert!(verified.is_ok(), "{name}, {kind}");
        }
        assert_eq!(ask(&keys(name), &sign_request(&blob, 0)).await, REFUSED);
    }
}

#[test]
fn files_without_a_usable_key_are_told_with_what_to_do() {
    let told = |name: &str| {
        let error = SshKeys::read(&[file(name)]).unwrap_err();
        let told = format!("{error}\n  hint: {}", error.hint());
        told.replace(&file("").display().to_string(), "")
    };
    let told = [
        "nothing",
        "../keys",
        "../mod.rs",
        "ed25519.pub",
        "passphrase",
        "rsa-pem-passphrase",
        "pkcs8-passphrase",
        "ecdsa-521",
        "ecdsa-256-sec1",
        "rsa-1024",
    ]
    .map(told);
    insta::assert_snapshot!(told.join("\n"), @r"
    `nothing`: it cannot be read: No such file or directory (os error 2)
      hint: name the socket of an agent, or files with private keys as `ssh-keygen` writes them
    `../keys`: it cannot be read: Is a directory (os error 21)
      hint: name the socket of an agent, or files with private keys as `ssh-keygen` writes them
    `../mod.rs`: there is no private key in it
      hint: name the socket of an agent, or files with private keys as `ssh-keygen` writes them
    `ed25519.pub`: it is a public key, which signs nothing
      hint: name the file of the private key, without `.pub`
    `passphrase`: the key in it has a passphrase
      hint: add it to an agent with `ssh-add passphrase`, and forward that: `--ssh ID`
    `rsa-pem-passphrase`: the key in it has a passphrase
      hint: add it to an agent with `ssh-add rsa-pem-passphrase`, and forward that: `--ssh ID`
    `pkcs8-passphrase`: the key in it has a passphrase
      hint: add it to an agent with `ssh-add pkcs8-passphrase`, and forward that: `--ssh ID`
    `ecdsa-521`: the key in it (`ecdsa-sha2-nistp521`) cannot be used: it is none of Ed25519, ECDSA on P-256 or P-384, and RSA with 2048 to 4096 bits
      hint: add it to an agent with `ssh-add ecdsa-521`, and forward that: `--ssh ID`
    `ecdsa-256-sec1`: the key in it is in a format that is not read, `EC PRIVATE KEY`
      hint: add it to an agent with `ssh-add ecdsa-256-sec1`, and forward that: `--ssh ID`
    `rsa-1024`: the key in it (`ssh-rsa`) cannot be used: it is none of Ed25519, ECDSA on P-256 or P-384, and RSA with 2048 to 4096 bits
      hint: add it to an agent with `ssh-add rsa-1024`, and forward that: `--ssh ID`
    ");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let agent = keys("ed25519");
    let public = public("ed25519.pub");
    let other = sign_request(b"other", 0);
    let short = sign_request(&public, 0);
    for question in [
        &[][..],
        &[13],
        &short[..short.len() - 1],
        &other,
        &[ADD_IDENTITY],
        &[REMOVE_ALL_IDENTITIES],
    ] {
        assert_eq!(ask(&agent, question).await, REFUSED, "{question:?}");
    }
}

/// An agent that answers each question with its text twice, as long as `count` are asked.
async fn echo(listener: UnixListener, count: usize) -> usize {
    let mut heard = 0;
    loop {
        let (mut connection, _) = listener.accept().await.unwrap();
        while let Some(question) = read(&mut connection).await.unwrap() {
            let answer = with_length(&question.repeat(2));
            connection.write_all(&answer).await.unwrap();
            heard += 1;
            if heard == count {
                return heard;
            }
        }
    }
}

async fn client(agents: SshAgents) -> SshClient<tonic::transport::Channel> {
    let session = Session {
        agents,
        ..Session::default()
    };
    SshClient::new(Engine::connect(session).await.channel)
}

/// Asks over the session, in messages of three bytes.
async fn ask_over_session(agents: SshAgents, questions: &[&[u8]]) -> Vec<Vec<u8>> {
    let mut client = client(agents).await;
    let bytes: Vec<_> = questions
        .iter()
        .flat_map(|bytes| with_length(bytes))
        .collect();
    let messages: Vec<_> = bytes
        .chunks(3)
        .map(|chunk| BytesMessage {
            data: chunk.to_vec().into(),
        })
        .collect();
    let request = with(tokio_stream::iter(messages), &[(ID_KEY, "default")]);
    let answers = client.forward_agent(request).await.unwrap();
    let (mut stream, mut received) = (answers.into_inner(), Vec::new());
    while let Some(message) = stream.message().await.unwrap() {
        received.extend_from_slice(&message.data);
    }
    let (mut reader, mut answers) = (Reader::new(&received), Vec::new());
    while let Some(answer) = reader.string() {
        answers.push(answer.to_vec());
    }
    answers
}

#[tokio::test]
async fn an_agent_is_asked_for_its_keys_and_signatures_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("agent");
    let agent = tokio::spawn(echo(UnixListener::bind(&socket).unwrap(), 2));
    let mut agents = SshAgents::default();
    agents.insert("", SshAgent::Socket(socket));
    let questions: [&[u8]; 5] = [LIST, &[LOCK, 1], &[EXTENSION], b"\x0dsign", &[ADD_IDENTITY]];
    let answers = ask_over_session(agents, &questions).await;
    assert_eq!(
        answers,
        [
            &[11, 11][..],
            REFUSED,
            REFUSED,
            b"\x0dsign\x0dsign",
            REFUSED
        ]
    );
    assert_eq!(agent.await.unwrap(), 2);
}

#[tokio::test]
async fn keys_of_files_answer_over_the_session() {
    let files = [file("ed25519"), file("rsa")];
    let mut agents = SshAgents::default();
    agents.insert("", SshAgent::Keys(SshKeys::read(&files).unwrap()));
    let request = sign_request(&public("ed25519.pub"), 0);
    let answers = ask_over_session(agents, &[LIST, &request]).await;
    let list = Writer::default().byte(12).number(2);
    let list = list.string(public("ed25519.pub")).string("");
    let list = list.string(public("rsa.pub")).string("").bytes();
    assert_eq!(answers[0], list);
    assert_eq!(signature(&answers[1]).0, "ssh-ed25519");
}

#[tokio::test]
async fn endless_questions_are_cut_off() {
    let mut agents = SshAgents::default();
    agents.insert("", keys("ed25519"));
    let mut client = client(agents).await;
    let message = BytesMessage {
        data: vec![255; 4].into(),
    };
    let request = with(tokio_stream::iter([message]), &[]);
    let mut answers = client.forward_agent(request).await.unwrap().into_inner();
    let error = answers.message().await.unwrap_err();
    assert_eq!(
        error.message(),
        "a message to an SSH agent of 4294967295 bytes"
    );
}

#[tokio::test]
async fn an_agent_that_is_not_there_is_an_error() {
    let mut agents = SshAgents::default();
    agents.insert("gone", SshAgent::Socket("/nonexistent/agent".into()));
    let mut client = client(agents).await;
    let mut check = async |id: &str| {
        let id = id.to_owned();
        client
            .check_agent(CheckAgentRequest { id })
            .await
            .unwrap_err()
            .message()
            .to_owned()
    };
    assert_eq!(check("other").await, "SSH agent `other` is not given");
    assert_eq!(
        check("gone").await,
        "cannot reach the SSH agent at `/nonexistent/agent`: No such file or directory (os error 2)"
    );
}

#[test]
fn no_key_is_printed() {
    assert_eq!(format!("{:?}", keys("ed25519")), "Keys(SshKeys([Key(..)]))");
}

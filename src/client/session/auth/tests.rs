use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use super::*;

/// A folder with this configuration and a helper `docker-credential-test` with this script.
fn folder(config: &str, script: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("config.json"), config).unwrap();
    let helper = folder.path().join("docker-credential-test");
    fs::write(&helper, format!("#!/bin/sh\nread -r registry\n{script}\n")).unwrap();
    fs::set_permissions(helper, Permissions::from_mode(0o755)).unwrap();
    folder
}

async fn ask(folder: &Path, host: &str) -> Result<(String, String), String> {
    let credentials = Credentials::new(folder).search_in(folder);
    let request = CredentialsRequest {
        host: host.to_owned(),
    };
    match credentials.credentials(Request::new(request)).await {
        Ok(response) => {
            let response = response.into_inner();
            Ok((response.username, response.secret))
        }
        Err(status) => Err(status.message().to_owned()),
    }
}

/// Whether the answer is this login.
fn is(answer: &Result<(String, String), String>, username: &str, secret: &str) -> bool {
    *answer == Ok((username.to_owned(), secret.to_owned()))
}

#[tokio::test]
async fn logins_of_the_file_are_answered() {
    let folder = folder(
        r#"{"auths": {
            "https://index.docker.io/v1/": {"auth": "aHViOnNlY3JldA=="},
            "a.example": {"username": "me", "identitytoken": "token"}
        }}"#,
        "exit 1",
    );
    let hub = ask(folder.path(), "registry-1.docker.io").await;
    assert!(is(&hub, "hub", "secret"));
    assert!(is(&ask(folder.path(), "a.example").await, "", "token"));
    assert!(is(&ask(folder.path(), "b.example").await, "", ""));
}

#[tokio::test]
async fn logins_of_the_variable_go_before_those_of_the_file() {
    let folder = folder(
        r#"{"auths": {"a.example": {"username": "file", "password": "1"}, "b.example": {"username": "file", "password": "2"}}}"#,
        "exit 1",
    );
    let text = r#"{"auths": {"a.example": {"auth": "bWU6c2VjcmV0"}}}"#;
    let credentials = Credentials::new(folder.path()).look_first_in(text);
    assert!(!format!("{credentials:?}").contains("bWU6c2VjcmV0"));
    let found = credentials.login("a.example").await.unwrap();
    assert_eq!(
        (found.username.as_str(), found.password.as_str()),
        ("me", "secret")
    );
    let found = credentials.login("b.example").await.unwrap();
    assert_eq!(
        (found.username.as_str(), found.password.as_str()),
        ("file", "2")
    );

    let malformed = Credentials::default().look_first_in(r#"{"auths": "hunter2"}"#);
    let error = malformed.login("a.example").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the Docker configuration `DOCKER_AUTH_CONFIG` is malformed at line 1, column 19"
    );
}

#[tokio::test]
async fn helpers_are_asked() {
    let config = r#"{"credsStore": "test", "credHelpers": {"plain.example": ""}}"#;
    let folder = folder(
        config,
        r#"case $registry in
            a.example) echo '{"ServerURL": "a.example", "Username": "me", "Secret": "secret"}' ;;
            b.example) echo '{"Username": "<token>", "Secret": "token"}' ;;
            c.example) echo 'credentials not found in native keychain'; exit 1 ;;
            d.example) echo 'the keychain is locked'; exit 3 ;;
            *) echo 'hunter2' ;;
        esac"#,
    );
    let ask = async |host| ask(folder.path(), host).await;
    assert!(is(&ask("a.example").await, "me", "secret"));
    assert!(is(&ask("b.example").await, "", "token"));
    assert!(is(&ask("c.example").await, "", ""));
    assert!(is(&ask("plain.example").await, "", ""));
    assert_eq!(
        ask("d.example").await.unwrap_err(),
        "the credential helper `docker-credential-test` has nothing for `d.example`: exit status: 3: the keychain is locked"
    );
    assert_eq!(
        ask("e.example").await.unwrap_err(),
        "the credential helper `docker-credential-test` gave no login for `e.example` that can be read"
    );
}

#[tokio::test]
async fn a_helper_that_is_not_there_is_told_with_what_to_do() {
    let folder = folder(r#"{"credHelpers": {"a.example": "missing"}}"#, "");
    assert_eq!(
        ask(folder.path(), "a.example").await.unwrap_err(),
        "cannot run the credential helper `docker-credential-missing` for `a.example`: No such file or directory (os \
         error 2); hint: install it, or take `credsStore` and `credHelpers` out of Docker's config.json"
    );
}

#[tokio::test]
async fn registry_tokens_are_given_as_they_are() {
    use ring::signature::{ED25519, UnparsedPublicKey};

    let text =
        |token: &str| format!(r#"{{"auths": {{"a.example": {{"registrytoken": "{token}"}}}}}}"#);
    let credentials = Credentials::default().look_first_in(text("token"));
    let fetch = async |host: &str| {
        let request = FetchTokenRequest {
            host: host.to_owned(),
            ..FetchTokenRequest::default()
        };
        let fetched = credentials.fetch_token(Request::new(request)).await;
        fetched.map(Response::into_inner)
    };
    let fetched = fetch("a.example").await.unwrap();
    assert_eq!((fetched.token.as_str(), fetched.expires_in), ("token", 60));
    let other = fetch("b.example").await.unwrap_err();
    assert_eq!(other.code(), tonic::Code::Unimplemented);

    let key = async |credentials: &Credentials| {
        let request = GetTokenAuthorityRequest {
            host: "a.example".to_owned(),
            salt: b"salt".to_vec(),
        };
        let authority = credentials.get_token_authority(Request::new(request)).await;
        authority.unwrap().into_inner().public_key
    };
    let public_key = key(&credentials).await;
    assert_eq!(public_key.len(), 32);
    let others = Credentials::default().look_first_in(text("other"));
    assert_ne!(key(&others).await, public_key);
    let request = VerifyTokenAuthorityRequest {
        host: "a.example".to_owned(),
        payload: b"payload".to_vec(),
        salt: b"salt".to_vec(),
    };
    let verified = credentials
        .verify_token_authority(Request::new(request))
        .await;
    let signed = verified.unwrap().into_inner().signed;
    let (signature, payload) = signed.split_at(64);
    assert_eq!(payload, b"payload");
    let key = UnparsedPublicKey::new(&ED25519, &public_key);
    key.verify(payload, signature).unwrap();
}

#[tokio::test]
async fn tokens_are_left_to_the_engine() {
    let request = Request::new(GetTokenAuthorityRequest::default());
    let answer = Credentials::default().get_token_authority(request).await;
    assert_eq!(answer.unwrap_err().code(), tonic::Code::Unimplemented);
    let request = Request::new(CredentialsRequest::default());
    let answer = Credentials::default().credentials(request).await.unwrap();
    assert_eq!(answer.into_inner(), CredentialsResponse::default());
}

//! The program `fingerprint`: a build runs it, out of the frontend's own image, to learn whether the value of a secret has
//! changed.
//!
//! BuildKit keeps the values of secrets out of cache keys, and so a step is not run again for another value. But it keys a
//! read-only mount by its content: what this program writes is mounted into the commands of the steps that use secrets.
//!
//! There is one hash for each distinct set of secrets that a step uses, of all values in the set together. Nothing is lost
//! against a hash for each secret, because the names of all secrets are part of every command; a value that is easy to
//! guess is hidden among those that are not; and a plan with many secrets costs no more than one with a single one.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::{fs, io};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The first argument, which makes the frontend do this.
pub const COMMAND: &str = "fingerprint";

/// The file with a set's hash, in a directory that is named by the set's number.
pub const HASH_FILE: &str = "secrets-hash";

/// The file with the names of the secrets that have no value, as a JSON array.
pub const MISSING_FILE: &str = "missing";

/// How much memory a hash goes through, in KiB: guessing values that are no random ones costs that much each time. A sixth of
/// what is advised for passwords in a database, because every build pays it, cached or not, and a set has all of its values in
/// one hash.
/// <https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id>
const MEMORY: u32 = 8 * 1024;

/// How often, and in how many lanes at once.
const PASSES: u32 = 1;
const LANES: u32 = 1;

/// In bytes.
const HASH_LENGTH: usize = 32;

/// Sets these hashes apart from others of the same values.
const SALT: &[u8] = b"railpack secrets-hash 2";

/// A text that changes when a name or a value does.
///
/// It may become part of exported caches, so it must not be of help in guessing a value. The same values give the same text
/// on every machine, or a cache would be of no use to another one.
///
/// Fails if there is no memory for it.
pub fn secrets_hash<V: AsRef<[u8]>>(values: &BTreeMap<&str, V>) -> Result<String, argon2::Error> {
    let mut message = Vec::new();
    for (name, value) in values {
        // Lengths, or two lists could give one message.
        for part in [name.as_bytes(), value.as_ref()] {
            message.extend((part.len() as u64).to_le_bytes());
            message.extend(part);
        }
    }
    let mut hash = [0; HASH_LENGTH];
    let params = Params::new(MEMORY, PASSES, LANES, Some(HASH_LENGTH))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into(&message, SALT, &mut hash)?;
    Ok(URL_SAFE_NO_PAD.encode(hash))
}

/// The arguments that make [`run`] hash `sets`.
///
/// `directory` is where the hashes go, `files` where secrets are that are files, each under its number in `all`. `all` are the
/// secrets that should have a value.
pub fn arguments<'a>(
    directory: &str,
    files: &str,
    all: &'a BTreeSet<&'a str>,
    sets: impl IntoIterator<Item = &'a BTreeSet<&'a str>>,
) -> Vec<String> {
    let sets = [all].into_iter().chain(sets);
    // A list of texts always becomes JSON.
    let sets = sets.map(|set| serde_json::to_string(set).unwrap_or_default());
    [COMMAND, directory, files]
        .map(str::to_owned)
        .into_iter()
        .chain(sets)
        .collect()
}

/// Hashes the secrets in files and in the environment.
///
/// `arguments` are those that [`arguments`] gives, behind the first; `variable` gives the process environment, in which the
/// secrets that are no files have their own names. Of those that the client does not offer a variable is there and empty, and a
/// file is not there.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    variable: &dyn Fn(&str) -> Option<OsString>,
) -> Result<(), FingerprintError> {
    let mut arguments = arguments.into_iter();
    let (Some(directory), Some(files), Some(all)) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err(FingerprintError::Arguments);
    };
    let (directory, files) = (Path::new(&directory), Path::new(&files));
    let all = parse_set(&all)?;
    let mut missing = Vec::new();
    let mut values = BTreeMap::new();
    for (number, name) in all.iter().enumerate() {
        let file = read(&files.join(number.to_string()))?;
        let variable = || variable(name).map(OsString::into_encoded_bytes);
        let is_file = file.is_some();
        let value = file.or_else(variable);
        if !is_file && value.as_ref().is_none_or(Vec::is_empty) {
            missing.push(name);
        }
        values.extend(value.map(|value| (name.as_str(), value)));
    }
    for (number, argument) in arguments.enumerate() {
        let set = parse_set(&argument)?;
        // That a file is missing is something else than that it is empty.
        let values = set
            .iter()
            .filter_map(|name| values.get_key_value(name.as_str()));
        let values = values.map(|(name, value)| (*name, value)).collect();
        let file = directory.join(number.to_string()).join(HASH_FILE);
        write(&file, &secrets_hash(&values)?)?;
    }
    let missing = serde_json::to_string(&missing).unwrap_or_default();
    write(&directory.join(MISSING_FILE), &missing)
}

fn parse_set(argument: &OsStr) -> Result<BTreeSet<String>, FingerprintError> {
    let text = argument.to_string_lossy();
    serde_json::from_str(&text).map_err(|source| FingerprintError::Set {
        argument: text.into_owned(),
        source,
    })
}

/// The content of a file; `None` if there is none.
fn read(file: &Path) -> Result<Option<Vec<u8>>, FingerprintError> {
    match fs::read(file) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(FingerprintError::Read {
            file: file.to_owned(),
            source,
        }),
    }
}

fn write(file: &Path, text: &str) -> Result<(), FingerprintError> {
    let write = || {
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(file, text)
    };
    write().map_err(|source| FingerprintError::Write {
        file: file.to_owned(),
        source,
    })
}

/// Why there are no hashes. No text has a value in it.
#[derive(Debug, thiserror::Error)]
pub enum FingerprintError {
    /// There are too few arguments.
    #[error(
        "`{COMMAND}` needs the directory to write to, that of files, all names, and sets of them to hash"
    )]
    Arguments,
    /// A set is none.
    #[error("`{argument}` is no JSON array of names")]
    Set {
        /// What was given.
        argument: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The values cannot be hashed.
    #[error("cannot hash the secrets")]
    Hash(#[from] argon2::Error),
    /// A file cannot be read.
    #[error("cannot read `{}`", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write `{}`", file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_changes_with_names_and_values_and_with_nothing_else() {
        let hash = |values: &[(&'static str, &'static str)]| {
            secrets_hash(&values.iter().copied().collect::<BTreeMap<_, _>>()).unwrap()
        };
        let one = hash(&[("A", "1"), ("B", "2")]);
        assert_eq!(one, hash(&[("B", "2"), ("A", "1")]));
        assert_ne!(one, hash(&[("A", "2"), ("B", "2")]));
        assert_ne!(one, hash(&[("A", "1"), ("C", "2")]));
        assert_ne!(hash(&[("A", "1B")]), hash(&[("A1", "B")]));
        // Another text would make every cache worthless.
        assert_eq!(one, "VJnY_IArcDUDDT3JrXjzDVL27k4oLdcZf5yg6g-s9mo");
    }

    #[test]
    fn each_set_has_a_hash_of_its_own_and_what_is_missing_is_listed() {
        let folder = tempfile::tempdir().unwrap();
        let (directory, files) = (folder.path().join("out"), folder.path().join("files"));
        let run_with = |token: &str| {
            let sets = [["TOKEN"].into(), ["EMPTY", "a,\"b"].into()];
            let all = ["TOKEN", "EMPTY", "GONE", "a,\"b"].into();
            let paths = [&directory, &files].map(|path| path.to_str().unwrap());
            let arguments = arguments(paths[0], paths[1], &all, &sets);
            assert_eq!(arguments[0], COMMAND);
            let variable = |name: &str| match name {
                "TOKEN" => Some(token.into()),
                "EMPTY" => Some(OsString::new()),
                "a,\"b" => Some("hidden".into()),
                _ => None,
            };
            run(arguments.into_iter().skip(1).map(OsString::from), &variable).unwrap();
            ["0/secrets-hash", "1/secrets-hash", "missing"]
                .map(|file| fs::read_to_string(directory.join(file)).unwrap())
        };
        let first = run_with("1");
        assert_eq!(first[0], secrets_hash(&[("TOKEN", "1")].into()).unwrap());
        assert_eq!(first[2], r#"["EMPTY","GONE"]"#);
        assert_eq!(run_with("1"), first);
        let second = run_with("2");
        assert_ne!(second[0], first[0]);
        assert_eq!(second[1..], first[1..]);
    }

    #[test]
    fn a_secret_may_be_a_file_of_any_bytes_and_an_empty_one_is_not_a_missing_one() {
        let folder = tempfile::tempdir().unwrap();
        let (directory, files) = (folder.path().join("out"), folder.path().join("files"));
        fs::create_dir(&files).unwrap();
        let run = || {
            let all = ["FILE", "TOKEN"].into();
            let sets = [["FILE"].into(), ["TOKEN"].into()];
            let paths = [&directory, &files].map(|path| path.to_str().unwrap());
            let arguments = arguments(paths[0], paths[1], &all, &sets);
            let variable = |name: &str| (name == "TOKEN").then(|| "1".into());
            super::run(arguments.into_iter().skip(1).map(OsString::from), &variable).unwrap();
            ["0/secrets-hash", "1/secrets-hash", "missing"]
                .map(|file| fs::read_to_string(directory.join(file)).unwrap())
        };
        let token = secrets_hash(&[("TOKEN", "1")].into()).unwrap();
        let missing = run();
        let no_values = BTreeMap::<&str, &str>::new();
        let expected = [
            secrets_hash(&no_values).unwrap(),
            token.clone(),
            r#"["FILE"]"#.into(),
        ];
        assert_eq!(missing, expected);
        let bytes = [0, 0xff, b'\n'].repeat(200_000);
        for content in [&[][..], &bytes] {
            fs::write(files.join("0"), content).unwrap();
            let hash = secrets_hash(&[("FILE", content)].into()).unwrap();
            assert_eq!(run(), [hash, token.clone(), "[]".into()]);
        }
    }

    #[test]
    fn a_wrong_call_is_told() {
        let no_variable = |_: &str| None;
        let error = |arguments: &[&str]| {
            let arguments = arguments.iter().map(OsString::from);
            run(arguments, &no_variable).unwrap_err().to_string()
        };
        assert_eq!(
            error(&[]),
            "`fingerprint` needs the directory to write to, that of files, all names, and sets of them to hash"
        );
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().to_str().unwrap();
        assert_eq!(
            error(&[directory, "/nonexistent", "[]", "TOKEN"]),
            "`TOKEN` is no JSON array of names"
        );
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let file = file.to_str().unwrap();
        assert_eq!(
            error(&[file, "/nonexistent", "[]", r#"["A"]"#]),
            format!("cannot write `{file}/0/secrets-hash`")
        );
    }
}

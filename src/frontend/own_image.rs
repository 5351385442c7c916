//! The image that this program was started from, as BuildKit knows it.

use std::path::{Path, PathBuf};
use std::{fs, io};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use prost::{DecodeError, Message as _};
use ring::rand::SystemRandom;

use crate::convert::{Fingerprint, SecretsHash};
use crate::llb::{Graph, ImportError};
use crate::proto::pb;

/// Where BuildKit mounts the definition of a frontend's own image, since 0.10.
/// <https://github.com/moby/buildkit/blob/v0.32.2/frontend/gateway/gateway.go>, `metadataMount`
pub(super) const DEFINITION: &str = "/run/config/buildkit/metadata/frontend.bin";

/// How secrets are hashed by the program at `program`, in the image whose definition is in the file `definition`. Without
/// such a file it is not known how, which is logged.
pub(super) fn fingerprint(definition: &Path, program: io::Result<PathBuf>) -> SecretsHash {
    match read(definition, program) {
        Ok(fingerprint) => SecretsHash::Fingerprint(fingerprint),
        Err(error) => {
            tracing::warn!("secrets are not hashed: {error}");
            SecretsHash::Unknown
        }
    }
}

fn read(definition: &Path, program: io::Result<PathBuf>) -> Result<Fingerprint, OwnImageError> {
    let program = program.map_err(OwnImageError::Program)?;
    let bytes = fs::read(definition).map_err(|source| OwnImageError::Read {
        file: definition.to_owned(),
        source,
    })?;
    let image = pb::Definition::decode(bytes.as_slice())?;
    // Known here, it is a warning; known later it would be an error.
    if Graph::new().import(&image)?.is_none() {
        return Err(OwnImageError::Empty);
    }
    Ok(Fingerprint {
        image,
        program: program.to_string_lossy().into_owned(),
        salt: salt()?,
    })
}

/// A text that no other build has.
fn salt() -> Result<String, OwnImageError> {
    let bytes: [u8; 16] = ring::rand::generate(&SystemRandom::new())
        .map_err(|_| OwnImageError::Random)?
        .expose();
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Why this program cannot be part of a build.
#[derive(Debug, thiserror::Error)]
enum OwnImageError {
    #[error("the system does not say where this program is: {0}")]
    Program(#[source] io::Error),
    #[error("the system gives no random number")]
    Random,
    #[error("cannot read `{}`: {source}", file.display())]
    Read { file: PathBuf, source: io::Error },
    #[error("the definition of the frontend's image cannot be decoded: {0}")]
    Decode(#[from] DecodeError),
    #[error("the definition of the frontend's image is empty")]
    Empty,
    #[error("the definition of the frontend's image cannot be used: {0}")]
    Import(#[from] ImportError),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llb::{CapabilitySet, Exec, Metadata};

    #[test]
    fn the_image_is_read_and_each_build_has_a_salt_of_its_own() {
        let mut graph = Graph::new();
        let result = graph.exec(Exec::default(), Metadata::default()).root();
        let image = graph.definition(result, &[], &CapabilitySet::frozen_defaults());
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), image.encode_to_vec()).unwrap();
        let salts = [(); 2].map(|()| {
            let program = Ok(PathBuf::from("/railpack-frontend"));
            let read = fingerprint(file.path(), program);
            let SecretsHash::Fingerprint(fingerprint) = read else {
                panic!("{read:?}")
            };
            assert_eq!(fingerprint.image, image);
            assert_eq!(fingerprint.program, "/railpack-frontend");
            fingerprint.salt
        });
        assert_eq!(salts[0].len(), 22);
        assert_ne!(salts[0], salts[1]);
    }

    #[test]
    fn why_there_is_none_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("frontend.bin");
        let error = || {
            let error = read(&file, Ok(PathBuf::from("/a"))).unwrap_err();
            error.to_string()
        };
        let no_file = format!(
            "cannot read `{}`: No such file or directory (os error 2)",
            file.display()
        );
        assert_eq!(error(), no_file);
        fs::write(&file, [0xff]).unwrap();
        assert!(error().starts_with("the definition of the frontend's image cannot be decoded: "));
        fs::write(&file, []).unwrap();
        assert_eq!(error(), "the definition of the frontend's image is empty");
        let program = Err(io::ErrorKind::NotFound.into());
        assert_eq!(
            read(&file, program).unwrap_err().to_string(),
            "the system does not say where this program is: entity not found"
        );
        assert_eq!(fingerprint(&file, Ok(PathBuf::new())), SecretsHash::Unknown);
    }
}

//! Whether a value was there where it must not be seen: commands write it in other letters, and what they wrote is searched.

use super::engine::{Build, Output};

/// Writes the variable TOKEN, a hexadecimal text, in other letters.
pub(crate) const HIDE: &str = "printf %s $TOKEN | tr 0123456789abcdef ghijklmnopqrstuv";

/// A hexadecimal text as [`HIDE`] writes it.
pub(crate) fn hidden(value: &str) -> String {
    let shift = |digit: char| {
        let digit = digit.to_digit(16)?;
        char::from_digit(digit + 16, 36)
    };
    value.chars().filter_map(shift).collect()
}

/// The image as an archive in which texts can be found, with full provenance: the whole definition of the build and all of
/// its options.
#[track_caller]
pub(crate) fn archive_with_provenance(build: Build<'_>) -> String {
    let build = build.options([], ["--opt", "attest:provenance=mode=max"]);
    let file = tempfile::NamedTempFile::new().unwrap();
    let exporter = "type=oci,compression=uncompressed,force-compression=true";
    build
        .run(&Output::File(exporter.to_owned(), file.path().to_owned()))
        .success();
    let archive = String::from_utf8_lossy(&std::fs::read(file.path()).unwrap()).into_owned();
    assert!(archive.contains("slsa.dev/provenance"));
    archive
}

/// The cache that a build exports, as blobs in which texts can be found.
#[track_caller]
pub(crate) fn exported_cache(build: Build<'_>) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    let export = format!(
        "type=local,dest={},mode=max,compression=uncompressed,force-compression=true",
        directory.path().display()
    );
    let build = build.options([], ["--export-cache", &export]);
    build.run(&Output::Nothing).success();
    let blobs = directory.path().join("blobs/sha256");
    let blobs = blobs.read_dir().unwrap().map(|blob| {
        let bytes = std::fs::read(blob.unwrap().path()).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    });
    blobs.collect()
}

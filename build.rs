//! Compiles `proto/` to Rust, with no installed compiler and no network.

/// The folder's layout is that of the upstream repositories.
#[cfg(feature = "frontend")]
const FOLDER: &str = "proto";

#[cfg(feature = "frontend")]
const FILES: [&str; 2] = [
    "frontend/gateway/pb/gateway.proto",
    "fsutil/types/wire.proto",
];

#[cfg(feature = "frontend")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={FOLDER}");
    let descriptors = protox::compile(FILES, [FOLDER])?;
    tonic_prost_build::configure()
        // Maps come out sorted by key, as the engine's own encoder sorts them: op digests depend on it.
        .btree_map(".")
        // The ops of a graph and of its definition are the same bytes.
        .bytes(".pb.Definition.def")
        // `Any` is two fields; a crate for it is not worth it.
        .compile_well_known_types(true)
        .build_transport(false)
        // The server is there for tests of the bridge.
        .server_mod_attribute(".", "#[cfg(test)]")
        .include_file("proto.rs")
        .compile_fds(descriptors)?;
    Ok(())
}

#[cfg(not(feature = "frontend"))]
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
}

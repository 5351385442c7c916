//! Compiles `proto/` to Rust, with no installed compiler and no network.

/// The folder's layout is that of the upstream repositories.
#[cfg(feature = "frontend")]
const FOLDER: &str = "proto";

#[cfg(feature = "frontend")]
const FILES: [&str; 9] = [
    "api/services/control/control.proto",
    "frontend/gateway/pb/gateway.proto",
    "fsutil/types/wire.proto",
    "grpc/health/v1/health.proto",
    "services/content/v1/content.proto",
    "session/auth/auth.proto",
    "session/filesync/filesync.proto",
    "session/secrets/secrets.proto",
    "session/sshforward/ssh.proto",
];

/// Fields that are handed on as they came, or kept in two places: shared instead of copied.
#[cfg(feature = "frontend")]
const SHARED_BYTES: [&str; 7] = [
    // The ops of a graph and of its definition are the same bytes.
    ".pb.Definition.def",
    ".containerd.services.content.v1.ReadContentResponse.data",
    ".containerd.services.content.v1.WriteContentRequest.data",
    ".fsutil.types.Packet.data",
    ".moby.buildkit.v1.BytesMessage.data",
    ".moby.filesync.v1.BytesMessage.data",
    ".moby.sshforward.v1.BytesMessage.data",
];

#[cfg(feature = "frontend")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={FOLDER}");
    let descriptors = protox::compile(FILES, [FOLDER])?;
    let mut builder = tonic_prost_build::configure();
    for field in SHARED_BYTES {
        builder = builder.bytes(field);
    }
    builder
        // Maps come out sorted by key, as the engine's own encoder sorts them: op digests depend on it.
        .btree_map(".")
        // `Any` is two fields; a crate for it is not worth it.
        .compile_well_known_types(true)
        .build_transport(false)
        // A client serves its session; the bridge's server is there for tests.
        .server_mod_attribute(".", "#[cfg(any(test, feature = \"client\"))]")
        .include_file("proto.rs")
        .compile_fds(descriptors)?;
    Ok(())
}

#[cfg(not(feature = "frontend"))]
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
}

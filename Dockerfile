# The images of this project, as targets:
#
#   frontend   what BuildKit runs for `# syntax=` or `--build-arg BUILDKIT_SYNTAX=`: one static binary
#   builder    where plans install packages and run their steps; replaces ghcr.io/railwayapp/railpack-builder
#   runtime    what plans deploy on; replaces ghcr.io/railwayapp/railpack-runtime
#
# `docker buildx bake` builds them (docker-bake.hcl). What the stages `binaries` and `mise` make is at their root, and they
# copy from no other stage: so a directory that holds the same files can replace each of them without a trace of the stage
# being looked at, as in `--build-context binaries=bin` behind `--target programs --output bin`.
# There is no `# syntax=` line on purpose: every feature used here is in the Dockerfile frontend that the engine brings.

ARG RUST_VERSION=1.95

# The compiler runs on the build machine's own platform and compiles for the target's.
FROM --platform=$BUILDPLATFORM rust:${RUST_VERSION}-alpine AS binaries
WORKDIR /source
ARG TARGETARCH
RUN case "$TARGETARCH" in \
      amd64) target=x86_64-unknown-linux-musl ;; \
      arm64) target=aarch64-unknown-linux-musl ;; \
      *) echo "there are no binaries for linux/$TARGETARCH, only for linux/amd64 and linux/arm64" >&2; exit 1 ;; \
    esac; \
    echo "$target" >/rust-target && rustup target add "$target"
# The cryptography of the client's TLS has parts in C and assembly.
RUN rustc -vV | grep -qx "host: $(cat /rust-target)" || apk add --no-cache clang
ENV CARGO_TARGET_DIR=/target
# No tables for unwinding in programs that abort on a panic: they would be a tenth of the frontend. And the places where a program
# says where it is in memory as a map of bits, a twentieth, which musl knows since 1.2.4, and Rust has since 1.93.
ENV RUSTFLAGS="-C force-unwind-tables=no -C link-arg=-z -C link-arg=pack-relative-relocs"
# Where the rules of `--check` are described.
ARG SOURCE_URL
# For another architecture, rust-lld and the C library that come with the Rust target do; no foreign gcc is needed. For the
# machine's own it stays gcc, because procedural macros are linked with it too, against the system's libraries.
RUN --mount=type=bind,target=/source \
    --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/target,id=railpack-target-$TARGETARCH \
    target=$(cat /rust-target) && \
    if ! rustc -vV | grep -qx "host: $target"; then \
      export "CARGO_TARGET_$(echo "$target" | tr a-z- A-Z_)_LINKER=rust-lld" "CC_$(echo "$target" | tr - _)=clang"; \
    fi && \
    export RAILPACK_SOURCE_URL="$SOURCE_URL" && \
    # Of the two frontends, BuildKit runs the one in the image, which needs no client.
    cargo build --release --locked --target "$target" --bin railpack-frontend --no-default-features --features frontend && \
    install -D "/target/$target/release/railpack-frontend" /image/railpack-frontend && \
    cargo build --release --locked --target "$target" --bin railpack-frontend && \
    cargo build --release --locked --target "$target" --bin railpack --no-default-features && \
    cp "/target/$target/release/railpack" "/target/$target/release/railpack-frontend" /

# The programs as files, and below `image` what the image is made of: `docker buildx build --target programs --output bin .`
FROM scratch AS programs
COPY --from=binaries /railpack /railpack-frontend /
COPY --from=binaries /image /image

FROM scratch AS frontend
LABEL org.opencontainers.image.title="railpack-frontend" \
      org.opencontainers.image.description="BuildKit frontend that builds the images planned by railpack" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
# Everything goes through BuildKit's API on standard input and output: https://github.com/moby/buildkit/blob/master/frontend/gateway/gateway.go
LABEL moby.buildkit.frontend.network.none="true"
# What clients may ask for: without these names they refuse `--build-context`, targets of a bake file as contexts, repositories
# whose URL has a query, and `--call` and `--check`.
LABEL moby.buildkit.frontend.caps="moby.buildkit.frontend.contexts,moby.buildkit.frontend.gitquerystring,moby.buildkit.frontend.inputs,moby.buildkit.frontend.subrequests"
COPY --from=binaries --chmod=755 /image/railpack-frontend /railpack-frontend
# BuildKit takes the entry point only, CMD is ignored.
ENTRYPOINT ["/railpack-frontend"]

# mise, static, so that a plan can copy it from the builder onto any base image.
FROM --platform=$BUILDPLATFORM debian:trixie-slim AS mise
ARG MISE_VERSION=2026.8.6
ARG TARGETARCH
RUN apt-get update && \
    apt-get install -y --no-install-recommends ca-certificates curl && \
    rm -rf /var/lib/apt/lists/*
RUN case "$TARGETARCH" in amd64) arch=x64 ;; *) arch=$TARGETARCH ;; esac; \
    asset="mise-v$MISE_VERSION-linux-$arch-musl" && \
    release="https://github.com/jdx/mise/releases/download/v$MISE_VERSION" && \
    curl -fsSL --remote-name-all "$release/$asset" "$release/SHASUMS256.txt" && \
    grep -F "  ./$asset" SHASUMS256.txt | grep "$asset\$" | sha256sum --check --strict && \
    mv "$asset" /mise

FROM debian:trixie-slim AS runtime
LABEL org.opencontainers.image.title="railpack-runtime" \
      org.opencontainers.image.description="Base image of the images built by railpack" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update && \
    apt-get install -y --no-install-recommends \
      ca-certificates \
      locales \
      openssl \
      pkg-config \
      tzdata && \
    sed -i '/en_US.UTF-8/s/^# //' /etc/locale.gen && locale-gen && \
    useradd --uid 10001 --create-home --shell /bin/bash railpack && \
    rm -rf /var/lib/apt/lists/* /var/log/*

FROM debian:trixie-slim AS builder
LABEL org.opencontainers.image.title="railpack-builder" \
      org.opencontainers.image.description="Image in which plans of railpack install packages and build" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update && \
    apt-get install -y --no-install-recommends \
      # Compilers and their helpers
      autoconf \
      automake \
      build-essential \
      cmake \
      libtool \
      patch \
      pkg-config \
      python3 \
      # Version control
      git \
      mercurial \
      subversion \
      # Network
      ca-certificates \
      curl \
      gnupg \
      netbase \
      openssh-client \
      openssh-server \
      openssl \
      rsync \
      wget \
      # Archives and text
      bzip2 \
      jq \
      unzip \
      xz-utils \
      zip \
      # Headers that interpreters are compiled with
      libbz2-dev \
      libffi-dev \
      liblzma-dev \
      libncurses-dev \
      libreadline-dev \
      libsqlite3-dev \
      libssl-dev \
      libxml2-dev \
      libxmlsec1-dev \
      libyaml-dev \
      libzstd-dev \
      tk-dev \
      zlib1g-dev \
      # Headers of common native dependencies
      default-libmysqlclient-dev \
      libicu-dev \
      libjpeg-dev \
      libpng-dev \
      libpq-dev \
      libtiff-dev \
      # System
      locales \
      procps \
      tzdata && \
    sed -i '/en_US.UTF-8/s/^# //' /etc/locale.gen && locale-gen && \
    useradd --uid 10001 --create-home --shell /bin/bash railpack && \
    mkdir -p /root/.cache && \
    rm -rf /var/lib/apt/lists/* /var/log/*
ARG MISE_VERSION=2026.8.6
# Plans rely on these paths: they copy /mise/shims, /mise/installs and the binary into the image that is deployed.
ENV MISE_INSTALL_PATH=/usr/local/bin/mise \
    MISE_VERSION=${MISE_VERSION} \
    MISE_SELF_UPDATE_AVAILABLE=false \
    MISE_DATA_DIR=/mise \
    MISE_CONFIG_DIR=/mise \
    MISE_CACHE_DIR=/mise/cache \
    PATH=/mise/shims:$PATH
COPY --from=mise --chmod=755 /mise /usr/local/bin/mise

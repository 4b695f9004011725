# Two stages: the toolchain, in the version that rust-toolchain.toml has, and an image with nothing but the binary and the roots of trust.
# The same sources on the same base give the same bytes when SOURCE_DATE_EPOCH is given, too; a release names its base by digest.
ARG RUST=rust:1.95.0-bookworm
FROM ${RUST} AS build
WORKDIR /build
# Static on glibc: no DNS plug-in, no dynamic loader, no shell is needed at run time.
ENV RUSTFLAGS="-C target-feature=+crt-static"
# Dependencies first, in a layer of their own, which changes with Cargo.lock only.
COPY Cargo.toml Cargo.lock ./
RUN mkdir src \
    && echo 'fn main() {}' > build.rs \
    && cp build.rs src/main.rs \
    && touch src/lib.rs \
    && cargo build --release --locked --target "$(rustc --print host-tuple)"
COPY . .
# Cargo goes by times, and the sources may be older than the empty files above.
RUN target="$(rustc --print host-tuple)" \
    && touch build.rs src/lib.rs src/main.rs \
    && cargo build --release --locked --target "$target" \
    && cp "target/$target/release/identityserver-upgrade" /identityserver-upgrade

FROM scratch
ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="identityserver-upgrade" \
      org.opencontainers.image.description="Tells, in the pull request, what an IdentityServer version jump asks of a repository, with evidence" \
      org.opencontainers.image.source="https://github.com/identityserver-upgrade/identityserver-upgrade" \
      org.opencontainers.image.documentation="https://github.com/identityserver-upgrade/identityserver-upgrade#readme" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# The system's roots; SSL_CERT_FILE takes their place, and Mozilla's built-in roots stand in where there are none.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /identityserver-upgrade /identityserver-upgrade
ENTRYPOINT ["/identityserver-upgrade", "action"]

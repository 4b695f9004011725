# Two stages: the toolchain, which the tag pins as rust-toolchain.toml does, and an image with nothing but the binary.
FROM rust:1.95.0-bookworm AS build
WORKDIR /build
COPY . .
# Static on glibc: no DNS plug-in, no dynamic loader, no shell is needed at run time.
ENV RUSTFLAGS="-C target-feature=+crt-static"
RUN target="$(rustc --print host-tuple)" \
    && cargo build --release --locked --target "$target" \
    && cp "target/$target/release/identityserver-upgrade" /identityserver-upgrade

FROM scratch
# The system's roots; SSL_CERT_FILE takes their place, and Mozilla's built-in roots stand in where there are none.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /identityserver-upgrade /identityserver-upgrade
ENTRYPOINT ["/identityserver-upgrade", "action"]

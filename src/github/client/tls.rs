//! The HTTP engine: TLS roots and proxies.
//!
//! `SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured, for servers with a private authority; else the bundle of the system counts; where there
//! is none (an image from scratch), Mozilla's roots that are built in. `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are read by reqwest.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

use super::Patience;

/// An engine with these roots.
pub(super) fn client(patience: &Patience) -> Result<reqwest::Client, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("could not set up TLS: {error}"))?
        .with_root_certificates(roots()?)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(config)
        .connect_timeout(patience.request)
        .build()
        .map_err(|error| format!("could not set up HTTP: {error}"))
}

/// The roots of trust. A bundle that somebody names and that gives no certificate is an error: other roots in its place would fail
/// later, in words that do not name it.
fn roots() -> Result<RootCertStore, String> {
    let mut store = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::debug!(%error, "a bundle of certificates cannot be read");
    }
    store.add_parsable_certificates(native.certs);
    let named = ["SSL_CERT_FILE", "SSL_CERT_DIR"].iter().find_map(|name| Some((name, std::env::var_os(name)?)));
    if let (true, Some((name, path))) = (store.is_empty(), named) {
        let why = native.errors.first().map_or_else(|| "it holds no certificate".to_owned(), ToString::to_string);
        return Err(format!("no certificate could be read from {}, which {name} names: {why}", path.display()));
    }
    if store.is_empty() {
        store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    Ok(store)
}

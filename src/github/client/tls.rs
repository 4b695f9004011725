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
        .with_root_certificates(roots())
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(config)
        .connect_timeout(patience.request)
        .build()
        .map_err(|error| format!("could not set up HTTP: {error}"))
}

fn roots() -> RootCertStore {
    let mut store = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::debug!(%error, "a bundle of certificates cannot be read");
    }
    store.add_parsable_certificates(native.certs);
    if store.is_empty() {
        store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    store
}

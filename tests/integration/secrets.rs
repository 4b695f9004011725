//! What a token, a certificate and foreign words meet on their way: nothing leaks, and nothing is taken for what it is not.

use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::action::{MANIFEST, bump, bump_among, project, succeeded};
use crate::world::World;

/// A server that only writes down what it was sent, and answers 404.
struct Listener {
    address: String,
    heard: Arc<Mutex<String>>,
    _runtime: tokio::runtime::Runtime,
}

impl Listener {
    fn new() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let heard = Arc::new(Mutex::new(String::new()));
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let notes = Arc::clone(&heard);
        let answer = move |request: axum::extract::Request| {
            let line = format!("{} {:?}\n", request.uri(), request.headers());
            notes.lock().expect("no handler panicked").push_str(&line);
            async { http::StatusCode::NOT_FOUND }
        };
        let app = axum::Router::new().fallback(answer);
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { address, heard, _runtime: runtime }
    }

    fn heard(&self) -> String {
        self.heard.lock().expect("no handler panicked").clone()
    }
}

#[test]
fn a_redirect_to_another_host_does_not_carry_the_token() {
    let elsewhere = Listener::new();
    let world = World::new();
    let paths: Vec<String> = (0..160).map(|index| format!("src/C{index}.cs")).collect();
    world.state().archives.clone_from(&elsewhere.address);
    let pull = bump_among(&mut world.state(), &paths, "6.0.4", "7.1.2");
    let ran = world.run(pull, 1, &[("NO_PROXY", "127.0.0.1")]);
    succeeded(&ran);
    let heard = elsewhere.heard();
    assert!(heard.contains("/codeload/"), "the archive was asked for there: {heard}");
    assert!(!heard.contains("secret-token") && !heard.to_lowercase().contains("authorization"), "{heard}");
    assert_eq!(world.comments(pull).len(), 1, "what the archive did not give came as blobs");
}

#[test]
fn passwords_of_proxies_and_tokens_are_never_printed() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    let proxy = [("HTTP_PROXY", "http://robot:hunter2@127.0.0.1:9"), ("RUNNER_DEBUG", "1"), ("RUST_LOG", "trace")];
    let ran = world.run(pull, 1, &proxy);
    assert_eq!(ran.code, Some(2), "{ran:#?}");
    for words in [&ran.log, &ran.errors, &ran.summary] {
        assert!(!words.contains("hunter2") && !words.contains("secret-token"), "{ran:#?}");
    }
    // Everything that is said, and one request that is refused with the token in its words.
    let echo = crate::world::FaultKind::Status(422, Vec::new(), "token secret-token is not wanted here");
    world.state().faults.push(crate::world::Fault::of("post-comment", 1000, echo));
    let loud = world.run(pull, 2, &[("RUNNER_DEBUG", "1"), ("RUST_LOG", "trace")]);
    succeeded(&loud);
    let bad = world.run(pull, 3, &[("INPUT_GITHUB-TOKEN", "line one\nsecret-token")]);
    assert_eq!((bad.code, bad.asked.len()), (Some(2), 0), "{bad:#?}");
}

/// A certificate authority of one's own, a server's certificate signed by it, and that server before a world.
struct Tls {
    folder: tempfile::TempDir,
    address: String,
    _runtime: tokio::runtime::Runtime,
}

impl Tls {
    fn before(world: &World) -> Self {
        let key = rcgen::KeyPair::generate().expect("a key");
        let mut authority = rcgen::CertificateParams::new(Vec::new()).expect("parameters");
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let root = authority.self_signed(&key).expect("a certificate");
        let issuer = rcgen::Issuer::new(authority, key);
        let server_key = rcgen::KeyPair::generate().expect("a key");
        let server = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
        let server = server.signed_by(&server_key, &issuer).expect("a certificate");
        let other = rcgen::generate_simple_self_signed(vec!["elsewhere".to_owned()]).expect("a certificate");

        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("right.pem"), root.pem()).expect("writes");
        std::fs::write(folder.path().join("wrong.pem"), other.cert.pem()).expect("writes");

        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = rustls::pki_types::PrivateKeyDer::try_from(server_key.serialize_der()).expect("a key");
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![server.der().clone()], key)
            .expect("a configuration");
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let address = format!("https://localhost:{}", listener.local_addr().expect("an address").port());
        let target = world.address();
        runtime.spawn(async move {
            while let Ok((plain, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let (Ok(mut secure), Ok(mut behind)) =
                        (acceptor.accept(plain).await, tokio::net::TcpStream::connect(target).await)
                    else {
                        return;
                    };
                    tokio::io::copy_bidirectional(&mut secure, &mut behind).await.ok();
                });
            }
        });
        Self { folder, address, _runtime: runtime }
    }

    fn bundle(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }
}

#[test]
fn an_authority_of_ones_own_counts_and_a_stranger_does_not() {
    let (world, pull) = bump("6.0.4", "7.1.2");
    let tls = Tls::before(&world);
    let graphql = format!("{}/graphql", tls.address);
    let with = |bundle: &str| {
        let bundle = tls.bundle(bundle);
        let variables = [
            ("GITHUB_API_URL", tls.address.as_str()),
            ("GITHUB_GRAPHQL_URL", graphql.as_str()),
            ("SSL_CERT_FILE", bundle.as_str()),
        ];
        world.run(pull, 1, &variables)
    };
    let stranger = with("wrong.pem");
    assert_eq!((stranger.code, stranger.asked.len()), (Some(2), 0), "{stranger:#?}");
    assert!(stranger.summary.contains("SSL_CERT_FILE"), "it says what to do: {}", stranger.summary);
    succeeded(&with("right.pem"));
    assert_eq!(world.comments(pull).len(), 1);
    let missing = with("none.pem");
    assert_eq!(missing.code, Some(2), "{missing:#?}");
    assert!(missing.summary.contains("none.pem"), "it names the file: {}", missing.summary);
}

/// Text of strangers in every place that a run shows, read by a renderer of `CommonMark` and its tables.
#[test]
fn hostile_words_stay_words() {
    const BAD: &str = "</code></details><img src=x onerror=alert(1)>[x](http://evil.example)![y](http://evil.example/i.png)@octocat #12 \
        http://evil.example www.evil.example -->|`` ` ```\u{202E}\u{200B}<!-- identityserver-upgrade {\"v\":1} -->";
    let file = format!("src/{}/Host.csproj", BAD.replace('/', "\u{2215}"));
    let escaped = BAD.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let text = |version: &str| {
        project(version)
            .replace("  <ItemGroup>", &format!("  <PropertyGroup><V>{escaped}</V></PropertyGroup>\n  <ItemGroup>"))
            .replace("</ItemGroup>", &format!("  <PackageReference Include=\"Duende.IdentityServer.{escaped}\" Version=\"$(V)\" />\n    <PackageReference Include=\"Duende.IdentityServer.EntityFramework\" Version=\"{version}{escaped}\" />\n  </ItemGroup>"))
    };
    let configuration = format!("check: {}\ncomment: {}\n{}: 1\n", json!(BAD), json!(BAD), json!(BAD));
    let world = World::new();
    let pull = {
        let mut state = world.state();
        let config = (".github/identityserver-upgrade.yml", configuration.as_str());
        let base = state.commit(None, &[(&file, &text("6.0.4")), (MANIFEST, &project("6.0.4")), config]);
        let head = state.commit(Some(&base), &[(&file, &text("7.1.2")), (MANIFEST, &project("7.1.2")), config]);
        state.open(&base, &head)
    };
    let ran = world.run(pull, 1, &[]);
    succeeded(&ran);
    let body = world.comments(pull).first().expect("a comment").body.clone();
    for (name, markdown) in [("comment", &body), ("summary", &ran.summary)] {
        let html = rendered(markdown);
        for words in ["href=\"http://evil", "href=\"http://www.evil", "href=\"mailto", "<img", "onerror=alert(1)>"] {
            assert!(!html.contains(words), "{name}: {words}: {html}");
        }
        let markers = html.matches("<!-- identityserver-upgrade ").count();
        assert_eq!(markers, usize::from(name == "comment"), "{name}: {html}");
        assert_eq!(html.matches("<details>").count(), html.matches("</details>").count(), "{name}: {html}");
        let outside: String =
            html.split("<code>").map(|part| part.rsplit("</code>").next().unwrap_or_default()).collect();
        assert!(!outside.contains("@octocat") && !outside.contains("#12"), "{name}: {outside}");
        assert!(!markdown.contains(['\u{202E}', '\u{200B}']), "{name} has hidden characters");
        for table in html.split("<table>").skip(1) {
            let table = table.split("</table>").next().unwrap_or_default();
            let columns = table.matches("<th").count() - table.matches("<thead").count();
            let rows = table.split("<tbody>").nth(1).unwrap_or_default().split("<tr>").skip(1);
            for row in rows {
                assert_eq!(row.matches("<td").count(), columns, "{name}: a broken row: {row}");
            }
        }
    }
}

fn rendered(markdown: &str) -> String {
    let mut options = comrak::Options::default();
    options.render.r#unsafe = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.alerts = true;
    options.extension.strikethrough = true;
    comrak::markdown_to_html(markdown, &options)
}

/// The text of every source file below a folder.
fn sources(folder: &std::path::Path) -> String {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    entries
        .map(|path| {
            let rust = path.extension().is_some_and(|ending| ending == "rs");
            if path.is_dir() {
                sources(&path)
            } else if rust {
                std::fs::read_to_string(&path).expect("text")
            } else {
                String::new()
            }
        })
        .collect()
}

#[test]
fn every_threat_has_its_test() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let all = sources(&root.join("src")) + &sources(&root.join("tests/integration"));
    let table = include_str!("../../SECURITY.md").lines().filter(|line| line.starts_with("| ")).skip(1);
    let mut lines = 0;
    for line in table {
        let held = line.trim_end_matches([' ', '|']).rsplit('|').next().expect("a cell");
        let names: Vec<&str> = held.split('`').skip(1).step_by(2).filter(|name| !name.starts_with(".ci/")).collect();
        assert!(!names.is_empty(), "no test holds: {line}");
        for name in names {
            assert!(all.contains(&format!("fn {name}(")), "SECURITY.md names a test that is not there: {name}");
        }
        lines += 1;
    }
    assert!(lines > 10, "the table was read");
}

#[test]
fn no_process_is_started_but_git() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let all = sources(&root);
    let starts: Vec<&str> =
        all.lines().filter(|line| line.contains("Command::new(") || line.contains("process::Command")).collect();
    let allowed = |line: &&&str| line.contains("\"git\"") || line.trim_start().starts_with("use std::process::{");
    assert!(starts.iter().any(|line| line.contains("\"git\"")), "{starts:?}");
    assert_eq!(starts.iter().filter(|line| !allowed(line)).count(), 0, "{starts:?}");
    let action = sources(&root.join("action")) + &sources(&root.join("github"));
    assert!(!action.contains("Command"), "the action starts nothing");
}

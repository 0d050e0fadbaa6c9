//! The line to a server: TCP to this machine itself, or TLS to any.

use std::fmt::Debug;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls_native_certs::CertificateResult;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::{Encryption, FetchError, Server};

/// A line over which IMAP is spoken.
pub(super) trait Line: AsyncRead + AsyncWrite + Unpin + Debug + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Debug + Send> Line for T {}

/// Connects to a server; by STARTTLS only up to the words that come before it.
pub(super) async fn connect(server: &Server) -> Result<Box<dyn Line>, FetchError> {
    let unreachable = |source| unreachable(server, source);
    let addresses = tokio::net::lookup_host((server.host.as_str(), server.port)).await;
    let addresses: Vec<SocketAddr> = addresses.map_err(unreachable)?.collect();
    // Every address is looked at: which of them answers nobody knows.
    if server.encryption == Encryption::PlainOnLoopback
        && !addresses.iter().all(|address| address.ip().is_loopback())
    {
        return Err(FetchError::NotLoopback {
            server: server.name(),
        });
    }
    let line = TcpStream::connect(addresses.as_slice()).await;
    let line = Box::new(line.map_err(unreachable)?);
    match &server.encryption {
        Encryption::Tls { extra_roots } => encrypted(server, extra_roots.as_deref(), line).await,
        Encryption::StartTls { .. } | Encryption::PlainOnLoopback => Ok(line),
    }
}

/// TLS over a line, to a server that proves to be the one that is meant.
pub(super) async fn encrypted(
    server: &Server,
    extra_roots: Option<&Path>,
    line: Box<dyn Line>,
) -> Result<Box<dyn Line>, FetchError> {
    let untrusted = |reason: String| untrusted(server, reason);
    let config = config(extra_roots, &untrusted)?;
    let host = ServerName::try_from(server.host.clone());
    let host = host.map_err(|error| untrusted(error.to_string()))?;
    let line = TlsConnector::from(Arc::new(config))
        .connect(host, line)
        .await;
    let line = line.map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => untrusted(error.to_string()),
        _ => unreachable(server, error),
    });
    Ok(Box::new(line?))
}

fn unreachable(server: &Server, source: io::Error) -> FetchError {
    FetchError::Unreachable {
        server: server.name(),
        source,
    }
}

pub(super) fn untrusted(server: &Server, reason: String) -> FetchError {
    FetchError::Untrusted {
        server: server.name(),
        reason,
    }
}

fn config(
    extra: Option<&Path>,
    untrusted: &dyn Fn(String) -> FetchError,
) -> Result<ClientConfig, FetchError> {
    let roots = roots(extra)?;
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()));
    let builder = builder.with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| untrusted(error.to_string()))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// The system's roots and those of a file. A file must have one; a system may have none
/// where a file has.
fn roots(extra: Option<&Path>) -> Result<RootCertStore, FetchError> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = extra {
        let found = rustls_native_certs::load_certs_from_paths(Some(path), None);
        add(&mut roots, found).map_err(|reason| FetchError::Roots {
            path: path.to_owned(),
            reason,
        })?;
    }
    let system = add(&mut roots, rustls_native_certs::load_native_certs());
    match system {
        Err(reason) if extra.is_none() => Err(FetchError::Roots {
            path: PathBuf::from("the system's store of certificates"),
            reason,
        }),
        _ => Ok(roots),
    }
}

/// Adds what was found. Some of a system's roots are always too strange for us.
fn add(roots: &mut RootCertStore, found: CertificateResult) -> Result<(), String> {
    let (added, _) = roots.add_parsable_certificates(found.certs);
    let problem = found.errors.first().map(ToString::to_string);
    match added {
        0 => Err(problem.unwrap_or_else(|| "there is none in it".to_owned())),
        _ => Ok(()),
    }
}

impl Server {
    /// Name and port, for people.
    pub(super) fn name(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

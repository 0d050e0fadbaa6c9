//! Where the web pages are served.

use std::net::SocketAddr;

use serde::Deserialize;

/// `[web]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebConfig {
    /// The address that we listen on.
    pub listen: SocketAddr,
    /// Whether browsers come by TLS, through a proxy.
    pub secure: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WebTable {
    #[serde(default = "loopback")]
    listen: String,
    #[serde(default)]
    secure: bool,
}

impl Default for WebTable {
    fn default() -> Self {
        Self {
            listen: loopback(),
            secure: false,
        }
    }
}

impl WebTable {
    pub(super) fn settle(&self) -> Result<WebConfig, String> {
        let listen = self.listen.parse().map_err(|_| {
            format!(
                "[web] listen = '{}' is no address and port, as 127.0.0.1:8025",
                self.listen
            )
        })?;
        Ok(WebConfig {
            listen,
            secure: self.secure,
        })
    }
}

/// Only this machine: a proxy that speaks TLS stands between us and the network.
fn loopback() -> String {
    "127.0.0.1:8025".to_owned()
}

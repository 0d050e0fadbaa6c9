//! `postroom serve`: the web pages.

use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use clap::Args;
use tokio::net::TcpListener;

use super::exit::{Exit, Misused};
use super::output::tell;
use super::users::first_admin;
use super::{Opened, Place, gazetteer, reply};
use crate::web::{self, Setup};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom serve                         # at http://127.0.0.1:8025
  postroom serve --listen 127.0.0.1:9000
  postroom serve --store /srv/postroom

The first start makes a user 'admin' and shows a password that serves once. Other machines come through a \
proxy that speaks TLS: see docs/web.md. Ctrl-C ends it; what is being answered is answered first.")]
pub(super) struct ServeArguments {
    /// Address and port [default: web.listen of the configuration, 127.0.0.1:8025]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
}

pub(super) fn serve(place: &Place, arguments: &ServeArguments) -> Result<Exit> {
    let opened = Opened::at(place)?;
    let config = &opened.settings.config;
    let listen = arguments.listen.unwrap_or(config.web.listen);
    if !listen.ip().is_loopback() && !config.web.secure {
        return Err(Misused(format!(
            "{listen} is seen by other machines, and without TLS anybody between reads what is served: \
             listen on 127.0.0.1 behind a proxy that speaks TLS, and set [web] secure = true"
        ))
        .into());
    }
    if let Some(password) = opened.wait(first_admin(&opened.store))? {
        tell!(
            "\n  This store has no users yet. Sign in as\n\n      name      admin\n      \
             password  {password}\n\n  and choose a password of your own; this one is not shown again.\n"
        );
    }
    let found = gazetteer::Found::open(None, config)?;
    let forms = opened.settings.forms(None)?;
    let setup = Setup {
        correspondence: reply::correspondence(place, &opened.settings)?,
        rules: opened.settings.rules()?,
        gazetteer_warning: found.warning(opened.settings.today()),
        gazetteer: found.gazetteer,
        forms: forms.into_iter().map(|source| source.form).collect(),
        links: config.links.clone(),
        targets: config.targets,
        time_zone: config.time_zone.clone(),
        secure: config.web.secure,
        store: opened.store.clone(),
    };
    // Pages are answered on every core.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(listen).await.with_context(|| {
            format!("{listen}: cannot listen there; choose another with --listen")
        })?;
        tell!("Postroom is at http://{}", listener.local_addr()?);
        web::serve(setup, listener, stopped()).await?;
        Ok(Exit::Done)
    })
}

/// Comes when somebody asks the program to end.
async fn stopped() {
    let (told, mut asked) = tokio::sync::mpsc::unbounded_channel();
    let set = ctrlc::set_handler(move || {
        let _ = told.send(());
    });
    if let Err(error) = set {
        tracing::warn!(%error, "no signal will end this; kill it");
    }
    asked.recv().await;
}

//! `[mail.inbox]`, `[mail.outbox]` and `[reply]`: where e-mail is fetched, where it goes, and who answers.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use crate::mail::fetch::{self, After, Encryption};
use crate::mail::secret::SecretSource;
use crate::mail::{Login, Party, Security, SmtpSettings};

/// A mailbox to fetch from; its secret is asked for when it is needed.
#[derive(Debug, Clone)]
pub struct InboxConfig {
    /// The server's name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept private.
    pub encryption: Encryption,
    /// The account.
    pub user: String,
    /// Where its password or token comes from.
    pub secret: SecretSource,
    /// Whether that is a token (XOAUTH2).
    pub token: bool,
    /// The mailbox.
    pub mailbox: String,
    /// What becomes of a message once it is committed.
    pub after: After,
}

impl InboxConfig {
    /// The mailbox for a person, and as the store remembers it.
    pub fn name(&self) -> String {
        format!("{}@{}/{}", self.user, self.host, self.mailbox)
    }

    /// The server to connect to; asks for the secret.
    pub fn server(
        &self,
        place: Option<fetch::Place>,
        again: Vec<u32>,
        message_bytes: u64,
    ) -> Result<fetch::Server, crate::mail::secret::SecretError> {
        let secret = self.secret.get()?;
        Ok(fetch::Server {
            host: self.host.clone(),
            port: self.port,
            encryption: self.encryption.clone(),
            user: self.user.clone(),
            login: match self.token {
                true => fetch::Login::Token(secret),
                false => fetch::Login::Password(secret),
            },
            mailbox: self.mailbox.clone(),
            place,
            again,
            message_bytes,
        })
    }
}

/// Where e-mails go.
#[derive(Debug, Clone)]
pub enum OutboxConfig {
    /// Into a folder, as .eml files; none is the folder `outbox` of the store.
    Folder(Option<PathBuf>),
    /// To a server.
    Smtp(SmtpSettings),
}

/// Who answers, and what is acknowledged.
#[derive(Debug, Clone)]
pub struct ReplyConfig {
    /// The language of templates.
    pub language: String,
    /// The name and address that e-mails come from; none where none is written.
    pub from: Option<Party>,
    /// Whether e-mails are acknowledged.
    pub acknowledge_mail: bool,
    /// Letters are, whose answer is due in so many working days or more; 0 is none.
    pub acknowledge_letters_from: u16,
}

/// `[mail]` of the file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MailTable {
    pub(super) inbox: Option<InboxTable>,
    pub(super) outbox: Option<OutboxTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InboxTable {
    host: String,
    port: Option<u16>,
    user: String,
    password: Option<SecretTable>,
    token: Option<SecretTable>,
    #[serde(default = "inbox")]
    mailbox: String,
    #[serde(default = "seen")]
    after: String,
    security: Option<String>,
    #[serde(default)]
    plain: bool,
    roots: Option<PathBuf>,
}

fn inbox() -> String {
    "INBOX".to_owned()
}

fn seen() -> String {
    "seen".to_owned()
}

/// Where a secret comes from: never the file itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretTable {
    env: Option<String>,
    file: Option<PathBuf>,
    command: Option<Vec<String>>,
}

impl SecretTable {
    fn settle(self, base: &Path, key: &str) -> Result<SecretSource, String> {
        match (self.env, self.file, self.command) {
            (Some(name), None, None) => Ok(SecretSource::Environment(name)),
            (None, Some(file), None) => Ok(SecretSource::File(base.join(file))),
            (None, None, Some(words)) if !words.is_empty() => Ok(SecretSource::Command(words)),
            _ => Err(format!(
                "{key} = {{ ... }} needs one of env = \"NAME\", file = \"path\" and command = [\"program\", \
                 \"argument\"]"
            )),
        }
    }
}

/// IMAP over TLS.
const IMAPS: u16 = 993;
/// IMAP without, or with TLS that begins later.
const IMAP: u16 = 143;

impl InboxTable {
    pub(super) fn settle(self, base: &Path) -> Result<InboxConfig, String> {
        let (secret, token) = match (self.password, self.token) {
            (Some(password), None) => (password.settle(base, "[mail.inbox] password")?, false),
            (None, Some(token)) => (token.settle(base, "[mail.inbox] token")?, true),
            _ => return Err("[mail.inbox] needs a password or a token, and not both".to_owned()),
        };
        let after = match self.after.as_str() {
            "seen" => After::Seen,
            "leave" => After::Leave,
            other => match other.strip_prefix("move:").map(str::trim) {
                Some(folder) if !folder.is_empty() => After::Move(folder.to_owned()),
                _ => {
                    return Err(format!(
                        "[mail.inbox] after = '{other}': it is seen, leave or move:FOLDER"
                    ));
                }
            },
        };
        let extra_roots = self.roots.map(|roots| base.join(roots));
        let (port, encryption) = match (self.security.as_deref(), self.plain) {
            (None | Some("tls"), false) => (IMAPS, Encryption::Tls { extra_roots }),
            (Some("starttls"), false) => (IMAP, Encryption::StartTls { extra_roots }),
            (Some("plain"), _) | (None, true) => (IMAP, Encryption::PlainOnLoopback),
            (Some(other), false) => {
                return Err(format!(
                    "[mail.inbox] security = '{other}': it is tls, starttls or plain"
                ));
            }
            (Some(other), true) => {
                return Err(format!(
                    "[mail.inbox] has plain = true and security = '{other}': leave one of them out"
                ));
            }
        };
        Ok(InboxConfig {
            port: self.port.unwrap_or(port),
            encryption,
            host: self.host,
            user: self.user,
            mailbox: self.mailbox,
            secret,
            token,
            after,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutboxTable {
    folder: Option<PathBuf>,
    host: Option<String>,
    port: Option<u16>,
    #[serde(default = "tls")]
    security: String,
    user: Option<String>,
    password: Option<SecretTable>,
    roots: Option<PathBuf>,
}

fn tls() -> String {
    "tls".to_owned()
}

/// A delivery that takes longer has failed, seconds: servers that look for spam take up to a minute.
const PATIENCE: u64 = 90;

impl OutboxTable {
    pub(super) fn settle(self, base: &Path) -> Result<OutboxConfig, String> {
        let Some(host) = self.host else {
            return Ok(OutboxConfig::Folder(
                self.folder.map(|folder| base.join(folder)),
            ));
        };
        if self.folder.is_some() {
            return Err(
                "[mail.outbox] has a folder and a host: e-mails go to one of them".to_owned(),
            );
        }
        let login = match (self.user, self.password) {
            (None, None) => None,
            (Some(user), Some(password)) => {
                let source = password.settle(base, "[mail.outbox] password")?;
                Some(Login {
                    user,
                    password: Arc::new(move || {
                        let secret = source.get().map_err(|error| error.to_string())?;
                        Ok(secret.reveal().to_owned())
                    }),
                })
            }
            _ => return Err("[mail.outbox] needs user and password, or neither".to_owned()),
        };
        Ok(OutboxConfig::Smtp(SmtpSettings {
            host,
            port: self.port,
            security: match self.security.as_str() {
                "tls" => Security::Tls,
                "starttls" => Security::StartTls,
                "plain" => Security::Plain,
                other => {
                    return Err(format!(
                        "[mail.outbox] security = '{other}': it is tls, starttls or plain"
                    ));
                }
            },
            login,
            authority: match self.roots.map(|roots| base.join(roots)) {
                Some(roots) => Some(std::fs::read(&roots).map_err(|error| {
                    format!("[mail.outbox] roots = '{}': {error}", roots.display())
                })?),
                None => None,
            },
            patience: Duration::from_secs(PATIENCE),
        }))
    }
}

/// `[reply]` of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ReplyTable {
    language: String,
    from: Option<String>,
    acknowledge_mail: bool,
    acknowledge_letters_from: u16,
}

impl Default for ReplyTable {
    fn default() -> Self {
        Self {
            language: "en".to_owned(),
            from: None,
            acknowledge_mail: true,
            // A week: before that the answer itself comes.
            acknowledge_letters_from: 5,
        }
    }
}

impl ReplyTable {
    pub(super) fn settle(self) -> Result<ReplyConfig, String> {
        let from = match self.from.as_deref() {
            Some(from) => Some(party(from)?),
            None => None,
        };
        Ok(ReplyConfig {
            language: language(self.language)?,
            from,
            acknowledge_mail: self.acknowledge_mail,
            acknowledge_letters_from: self.acknowledge_letters_from,
        })
    }
}

/// `Customer Care <care@example.com>`, or the address alone.
fn party(text: &str) -> Result<Party, String> {
    let (name, address) = match text
        .trim()
        .strip_suffix('>')
        .and_then(|text| text.split_once('<'))
    {
        Some((name, address)) => (
            Some(name.trim().trim_matches('"').to_owned()),
            address.trim(),
        ),
        None => (None, text.trim()),
    };
    let good = address.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && !host.is_empty() && !address.contains(char::is_whitespace)
    });
    match good {
        true => Ok(Party {
            name: name.filter(|name| !name.is_empty()),
            address: address.to_owned(),
        }),
        false => Err(format!(
            "[reply] from = '{text}': it is an address, as Customer Care <care@example.com>"
        )),
    }
}

/// A language tag of templates.
fn language(tag: String) -> Result<String, String> {
    let part = |part: &str| {
        (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    if tag.split('-').all(part) {
        Ok(tag)
    } else {
        Err(format!(
            "[reply] language = '{tag}' is no language tag, as en, cy or en-GB"
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Config;
    use super::*;

    fn parsed(text: &str) -> Result<Config, String> {
        Config::parse(text, Path::new("/post/postroom.toml")).map_err(|error| error.to_string())
    }

    #[test]
    fn a_mailbox_and_a_server_are_named_and_their_secrets_are_not() {
        let config = parsed(
            "[mail.inbox]\nhost = 'imap.example.com'\nuser = 'care'\npassword = { env = 'P' }\nafter = 'move:Done'\n\
             [mail.outbox]\nhost = 'smtp.example.com'\nuser = 'care'\npassword = { file = 'secret' }\n\
             [reply]\nfrom = 'Customer Care <care@example.com>'",
        )
        .unwrap();
        let inbox = config.inbox.unwrap();
        assert_eq!(
            (inbox.port, inbox.name().as_str()),
            (993, "care@imap.example.com/INBOX")
        );
        assert_eq!(inbox.after, After::Move("Done".into()));
        assert!(matches!(config.outbox, OutboxConfig::Smtp(_)));
        assert_eq!(
            config.reply.from.unwrap().name.as_deref(),
            Some("Customer Care")
        );
    }

    #[test]
    fn a_connection_is_as_private_as_it_is_named() {
        let roots = || None::<PathBuf>;
        for (line, port, encryption) in [
            (
                "",
                993,
                Encryption::Tls {
                    extra_roots: roots(),
                },
            ),
            (
                "security = 'tls'",
                993,
                Encryption::Tls {
                    extra_roots: roots(),
                },
            ),
            (
                "security = 'starttls'",
                143,
                Encryption::StartTls {
                    extra_roots: roots(),
                },
            ),
            ("security = 'plain'", 143, Encryption::PlainOnLoopback),
            ("plain = true", 143, Encryption::PlainOnLoopback),
        ] {
            let text =
                format!("[mail.inbox]\nhost = 'h'\nuser = 'u'\npassword = {{ env = 'P' }}\n{line}");
            let inbox = parsed(&text).unwrap().inbox.unwrap();
            assert_eq!((inbox.port, inbox.encryption), (port, encryption), "{line}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_told() {
        for (text, what) in [
            (
                "[mail.inbox]\nhost = 'h'\nuser = 'u'",
                "a password or a token",
            ),
            (
                "[mail.inbox]\nhost = 'h'\nuser = 'u'\npassword = {}",
                "needs one of env",
            ),
            (
                "[mail.inbox]\nhost = 'h'\nuser = 'u'\npassword = 'geheim'",
                "password",
            ),
            (
                "[mail.inbox]\nhost = 'h'\nuser = 'u'\npassword = { env = 'P' }\nsecurity = 'ssl'",
                "tls, starttls or plain",
            ),
            (
                "[mail.inbox]\nhost = 'h'\nuser = 'u'\npassword = { env = 'P' }\nsecurity = 'tls'\nplain = true",
                "leave one of them out",
            ),
            ("[mail.outbox]\nhost = 'h'\nfolder = 'f'", "one of them"),
            (
                "[mail.outbox]\nhost = 'h'\nsecurity = 'ssl'",
                "tls, starttls or plain",
            ),
            ("[reply]\nfrom = 'Customer Care'", "it is an address"),
        ] {
            let error = parsed(text).unwrap_err();
            assert!(error.contains(what), "{text}: {error}");
        }
    }
}

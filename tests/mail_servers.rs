//! A mailbox on a real server: Dovecot, started for each test on this machine. Skipped
//! where it is not installed.

use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use postroom::mail::MailLimits;
use postroom::mail::fetch::{After, Encryption, FetchError, Inbox, Login, Place, Server};
use postroom::mail::secret::{Secret, SecretSource};
use tempfile::TempDir;

pub(super) const PASSWORD: &str = "open-sesame";

/// Bytes of a message that is still fetched in these tests.
const MOST: u64 = 2_000;

/// A Dovecot with one mailbox in a folder of its own.
pub(super) struct Dovecot {
    pub(super) root: TempDir,
    server: Child,
    pub(super) tls: u16,
    pub(super) plain: u16,
}

impl Dovecot {
    /// Starts one with so many letters, the second of them too large; `None`, saying so,
    /// where there is no Dovecot.
    pub(super) fn start(test: &str, letters: usize) -> Option<Self> {
        let program = ["/usr/sbin/dovecot", "/usr/local/sbin/dovecot"];
        let Some(program) = program.iter().find(|program| Path::new(program).exists()) else {
            println!("{test}: skipped, Dovecot is not installed");
            return None;
        };
        let root = TempDir::new().unwrap();
        let (tls, plain) = (free_port(), free_port());
        for folder in [
            "new",
            "cur",
            "tmp",
            ".Archive/new",
            ".Archive/cur",
            ".Archive/tmp",
        ] {
            fs::create_dir_all(root.path().join("mail").join(folder)).unwrap();
        }
        for number in 1..=letters {
            let size = if number == 2 { MOST as usize } else { 10 };
            let text = format!("Subject: {number}\r\n\r\n{}\r\n", "x".repeat(size));
            fs::write(root.path().join(format!("mail/new/{number}.x")), text).unwrap();
        }
        certificate(root.path());
        fs::write(
            root.path().join("dovecot.conf"),
            config(root.path(), tls, plain),
        )
        .unwrap();
        let server = run(program, root.path());
        let dovecot = Self {
            root,
            server,
            tls,
            plain,
        };
        dovecot.wait();
        Some(dovecot)
    }

    fn wait(&self) {
        for _ in 0..100 {
            if std::net::TcpStream::connect(("127.0.0.1", self.tls)).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let log = fs::read_to_string(self.root.path().join("log")).unwrap_or_default();
        panic!("Dovecot does not start: {log}");
    }

    /// Ends it, and what it left behind: its processes go on with whoever is logged in.
    fn stop(&mut self) {
        let pid = self.server.id();
        for signal in [vec!["-TERM".to_owned(), pid.to_string()], group(pid)] {
            let mut kill = Command::new("kill");
            kill.args(signal).stderr(Stdio::null()).status().unwrap();
        }
        self.server.wait().unwrap();
    }

    fn server(&self, place: Option<Place>) -> Server {
        Server {
            host: "localhost".to_owned(),
            port: self.tls,
            encryption: Encryption::Tls {
                extra_roots: Some(self.root.path().join("cert.pem")),
            },
            user: "ann".to_owned(),
            login: Login::Password(secret(PASSWORD)),
            mailbox: "INBOX".to_owned(),
            place,
            again: Vec::new(),
            message_bytes: MOST,
        }
    }

    /// The names of the files in a folder of the mailbox, the flags in them.
    pub(super) fn files(&self, folder: &str) -> Vec<String> {
        let folder = self.root.path().join("mail").join(folder);
        let entries = fs::read_dir(folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    }

    pub(super) fn seen(&self) -> usize {
        let flags = |name: &String| name.split_once(":2,").is_some_and(|(_, f)| f.contains('S'));
        self.files("cur").iter().filter(|name| flags(name)).count()
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        if self.server.try_wait().is_ok_and(|status| status.is_none()) {
            self.stop();
        }
    }
}

/// What ends all of a group of processes.
fn group(pid: u32) -> Vec<String> {
    ["-KILL", "--", &format!("-{pid}")]
        .map(str::to_owned)
        .to_vec()
}

/// Runs it in the foreground, as a child that ends with the test.
fn run(program: &str, root: &Path) -> Child {
    let mut command = Command::new(program);
    command.arg("-F").arg("-c").arg(root.join("dovecot.conf"));
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.process_group(0).spawn().unwrap()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A certificate for this machine that nobody trusts.
fn certificate(root: &Path) {
    let made = Command::new("openssl")
        .args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        ])
        .args([
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
        ])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(root.join("key.pem"))
        .arg("-out")
        .arg(root.join("cert.pem"))
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
}

/// Mail belongs to whoever runs the test, or, as no Dovecot lets root have mail, to the
/// system's user for it.
fn config(root: &Path, tls: u16, plain: u16) -> String {
    let id = |flag: &str| {
        let output = Command::new("id").arg(flag).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let (mut user, mut group) = (id("-un"), id("-gn"));
    let (mut internal, mut login) = (user.clone(), user.clone());
    if user == "root" {
        for (path, owner) in [("mail", "mail:mail"), ("", "root:root")] {
            let path = root.join(path);
            let recursive: &[&str] = if owner == "mail:mail" { &["-R"] } else { &[] };
            let mut chown = Command::new("chown");
            chown
                .args(recursive)
                .arg(owner)
                .arg(&path)
                .status()
                .unwrap();
        }
        Command::new("chmod").arg("755").arg(root).status().unwrap();
        (user, group) = ("mail".to_owned(), "mail".to_owned());
        (internal, login) = ("dovecot".to_owned(), "dovenull".to_owned());
    }
    let at = root.display();
    format!(
        "protocols = imap\nbase_dir = {at}/run\nstate_dir = {at}/state\nlog_path = {at}/log\n\
         listen = 127.0.0.1\nssl = yes\nssl_cert = <{at}/cert.pem\nssl_key = <{at}/key.pem\n\
         disable_plaintext_auth = no\nauth_mechanisms = plain login\nauth_failure_delay = 0\n\
         default_internal_user = {internal}\ndefault_internal_group = {internal_group}\n\
         default_login_user = {login}\nfirst_valid_uid = 1\nfirst_valid_gid = 1\n\
         mail_location = maildir:{at}/mail\n\
         passdb {{\n driver = static\n args = password={PASSWORD}\n}}\n\
         userdb {{\n driver = static\n args = uid={user} gid={group} home={at}/mail\n}}\n\
         service imap-login {{\n chroot =\n inet_listener imap {{\n port = {plain}\n }}\n \
         inet_listener imaps {{\n port = {tls}\n ssl = yes\n }}\n}}\n\
         service anvil {{\n chroot =\n}}\n",
        internal_group = if internal == "dovecot" {
            "dovecot"
        } else {
            &group
        },
    )
}

fn secret(text: &str) -> Secret {
    let words = ["printf", "%s", text].map(str::to_owned);
    SecretSource::Command(words.to_vec()).get().unwrap()
}

/// All that there is now: the number and the subject of each message.
async fn fetched(inbox: &mut Inbox) -> Vec<(u32, String)> {
    let mut all = Vec::new();
    loop {
        match inbox.next().await {
            Ok(Some(fetched)) => {
                let message = postroom::mail::parse(&fetched.bytes, &MailLimits::default());
                all.push((fetched.uid, message.unwrap().subject));
            }
            Ok(None) => return all,
            Err(error) => {
                let uid = error.uid().unwrap_or_else(|| panic!("{error}"));
                all.push((uid, "too large".to_owned()));
            }
        }
    }
}

fn expected(subjects: &[(u32, &str)]) -> Vec<(u32, String)> {
    let owned = subjects
        .iter()
        .map(|(uid, subject)| (*uid, (*subject).to_owned()));
    owned.collect()
}

#[tokio::test]
async fn nothing_is_lost_and_nothing_is_marked_before_it_is_done() {
    let Some(dovecot) = Dovecot::start("fetch", 5) else {
        return;
    };
    let all = expected(&[(1, "1"), (2, "too large"), (3, "3"), (4, "4"), (5, "5")]);
    let mut inbox = Inbox::connect(&dovecot.server(None)).await.unwrap();
    assert_eq!(fetched(&mut inbox).await, all);
    let place = inbox.place();
    assert_eq!((place.last_uid, dovecot.seen()), (0, 0));
    // As if the program had died here.
    drop(inbox);

    let mut inbox = Inbox::connect(&dovecot.server(Some(place))).await.unwrap();
    assert_eq!(fetched(&mut inbox).await, all);
    assert!(!inbox.began_again());
    for uid in [1, 3] {
        inbox.done(uid, After::Seen).await.unwrap();
    }
    // The second is not done: the place waits for it.
    assert_eq!((inbox.place().last_uid, dovecot.seen()), (1, 2));
    inbox.done(2, After::Leave).await.unwrap();
    let place = inbox.place();
    assert_eq!(place.last_uid, 3);
    drop(inbox);

    let mut inbox = Inbox::connect(&dovecot.server(Some(place))).await.unwrap();
    assert_eq!(fetched(&mut inbox).await, expected(&[(4, "4"), (5, "5")]));
    let error = inbox
        .done(4, After::Move("Nowhere".to_owned()))
        .await
        .unwrap_err();
    assert!(matches!(error, FetchError::NotMoved { .. }), "{error}");
    assert!(error.to_string().contains("'Nowhere'"), "{error}");
    assert_eq!(inbox.place().last_uid, 3);
    inbox
        .done(4, After::Move("Archive".to_owned()))
        .await
        .unwrap();
    inbox.done(5, After::Seen).await.unwrap();
    assert_eq!((inbox.place().last_uid, dovecot.seen()), (5, 3));
    assert_eq!(
        dovecot.files(".Archive/cur").len() + dovecot.files(".Archive/new").len(),
        1
    );

    // What comes meanwhile is found by the same connection.
    let root = dovecot.root.path().to_owned();
    let new = root.join("mail/new/6.x");
    fs::write(&new, "Subject: 6\r\n\r\nx\r\n").unwrap();
    readable(&new);
    assert_eq!(fetched(&mut inbox).await, expected(&[(6, "6")]));
    inbox.leave().await;
}

/// Dovecot's user must be able to read what root puts there.
pub(super) fn readable(path: &Path) {
    if let Some(folder) = path.parent() {
        Command::new("chown")
            .arg(format!("--reference={}", folder.display()))
            .arg(path)
            .status()
            .unwrap();
    }
}

#[tokio::test]
async fn a_mailbox_that_counts_anew_begins_again() {
    let Some(dovecot) = Dovecot::start("validity", 3) else {
        return;
    };
    let mut inbox = Inbox::connect(&dovecot.server(None)).await.unwrap();
    let all = fetched(&mut inbox).await;
    for (uid, _) in &all {
        inbox.done(*uid, After::Leave).await.unwrap();
    }
    let place = inbox.place();
    inbox.leave().await;
    let mail = dovecot.root.path().join("mail");
    for name in dovecot.files("") {
        if name.starts_with("dovecot") {
            fs::remove_file(mail.join(name)).unwrap();
        }
    }
    // Dovecot takes the second of the clock for the number within which others count.
    std::thread::sleep(Duration::from_millis(1_100));
    let mut inbox = Inbox::connect(&dovecot.server(Some(place))).await.unwrap();
    assert!(inbox.began_again());
    assert_ne!(inbox.place().uid_validity, place.uid_validity);
    assert_eq!(inbox.place().last_uid, 0);
    assert_eq!(fetched(&mut inbox).await.len(), all.len());
}

#[tokio::test]
async fn a_server_that_goes_away_loses_nothing() {
    let Some(mut dovecot) = Dovecot::start("away", 3) else {
        return;
    };
    let mut inbox = Inbox::connect(&dovecot.server(None)).await.unwrap();
    let first = inbox.next().await.unwrap().unwrap();
    dovecot.stop();
    // Its processes end one after the other; until then they answer.
    let mut answers = 0;
    let error = loop {
        match inbox.next().await {
            Err(error) if error.uid().is_none() => break error,
            _ => std::thread::sleep(Duration::from_millis(50)),
        }
        answers += 1;
        assert!(answers < 200, "it does not go away");
    };
    assert!(matches!(error, FetchError::Lost { .. }), "{error}");
    assert!(error.may_pass(), "{error}");
    // It stays lost.
    assert!(inbox.next().await.unwrap_err().may_pass());
    assert!(inbox.done(first.uid, After::Seen).await.is_err());
    assert_eq!(inbox.place().last_uid, 0);
    let error = Inbox::connect(&dovecot.server(None)).await.unwrap_err();
    assert!(matches!(error, FetchError::Unreachable { .. }), "{error}");
}

#[tokio::test]
async fn what_is_wrong_is_said() {
    let Some(dovecot) = Dovecot::start("errors", 1) else {
        return;
    };
    let mut server = dovecot.server(None);
    server.login = Login::Password(secret("wrong-word"));
    let error = Inbox::connect(&server).await.unwrap_err();
    let said = error.to_string();
    assert!(said.contains("refuses to let ann in"), "{said}");
    assert!(said.contains("check the account's name"), "{said}");
    assert!(
        !format!("{said} {error:?} {server:?}").contains("wrong-word"),
        "{said}"
    );
    assert!(!error.may_pass());

    let mut server = dovecot.server(None);
    server.mailbox = "Nowhere".to_owned();
    let error = Inbox::connect(&server).await.unwrap_err();
    assert!(matches!(error, FetchError::NoMailbox { .. }), "{error}");

    let mut server = dovecot.server(None);
    server.encryption = Encryption::Tls { extra_roots: None };
    let error = Inbox::connect(&server).await.unwrap_err();
    assert!(
        matches!(
            error,
            FetchError::Untrusted { .. } | FetchError::Roots { .. }
        ),
        "{error}"
    );

    let mut server = dovecot.server(None);
    let none = PathBuf::from("/nowhere/at/all.pem");
    server.encryption = Encryption::Tls {
        extra_roots: Some(none),
    };
    let error = Inbox::connect(&server).await.unwrap_err();
    assert!(
        error.to_string().starts_with("/nowhere/at/all.pem"),
        "{error}"
    );
}

#[tokio::test]
async fn without_encryption_only_this_machine_is_spoken_to() {
    let Some(dovecot) = Dovecot::start("plain", 1) else {
        return;
    };
    let mut server = dovecot.server(None);
    server.encryption = Encryption::PlainOnLoopback;
    server.port = dovecot.plain;
    server.host = "127.0.0.1".to_owned();
    let mut inbox = Inbox::connect(&server).await.unwrap();
    assert_eq!(fetched(&mut inbox).await, expected(&[(1, "1")]));
    server.host = "192.0.2.1".to_owned();
    let error = Inbox::connect(&server).await.unwrap_err();
    assert!(matches!(error, FetchError::NotLoopback { .. }), "{error}");
}

#[tokio::test]
async fn tls_may_begin_after_a_few_words() {
    let Some(dovecot) = Dovecot::start("starttls", 1) else {
        return;
    };
    let mut server = dovecot.server(None);
    server.port = dovecot.plain;
    let extra_roots = Some(dovecot.root.path().join("cert.pem"));
    server.encryption = Encryption::StartTls { extra_roots };
    let mut inbox = Inbox::connect(&server).await.unwrap();
    assert_eq!(fetched(&mut inbox).await, expected(&[(1, "1")]));
    inbox.leave().await;
    // Nobody whom nothing vouches for.
    server.encryption = Encryption::StartTls { extra_roots: None };
    let error = Inbox::connect(&server).await.unwrap_err();
    let untrusted = matches!(
        error,
        FetchError::Untrusted { .. } | FetchError::Roots { .. }
    );
    assert!(untrusted, "{error}");
}

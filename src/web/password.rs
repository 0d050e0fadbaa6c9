//! Passwords: what is one, how it is kept (Argon2id, RFC 9106), and whether somebody knows it.

use std::sync::LazyLock;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Argon2, PasswordHash};
use tokio::sync::Semaphore;

use super::error::PageError;

/// Characters that a password has at least (NIST SP 800-63B, 5.1.1.2, asks for eight).
const SHORTEST: usize = 12;
/// And at most: longer ones only cost time.
const LONGEST: usize = 200;

/// One hash takes 19 MiB and some 30 ms: more than two at once would only starve the pages.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// What was given is no password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAPassword {
    /// It can be guessed.
    #[error(
        "a password has at least {SHORTEST} characters: four words that have nothing to do with each other are easy to keep in mind"
    )]
    TooShort,
    /// Nobody types that.
    #[error("a password has at most {LONGEST} characters")]
    TooLong,
    /// It is the name, or one character over and over.
    #[error("that password is the first that somebody would try")]
    TooPlain,
}

/// Whether somebody may have this as their password.
pub(super) fn checked(password: &str, name: &str) -> Result<(), NotAPassword> {
    let length = password.chars().count();
    let mut letters: Vec<char> = password.to_lowercase().chars().collect();
    letters.sort_unstable();
    letters.dedup();
    match length {
        ..SHORTEST => Err(NotAPassword::TooShort),
        length if length > LONGEST => Err(NotAPassword::TooLong),
        _ if letters.len() < 5 => Err(NotAPassword::TooPlain),
        _ if name.len() > 3
            && password.to_lowercase().contains(name)
            && length < name.len() + 6 =>
        {
            Err(NotAPassword::TooPlain)
        }
        _ => Ok(()),
    }
}

/// The hash that is kept of a password. It takes some 30 ms.
pub fn sealed(password: &str) -> Result<String, argon2::password_hash::Error> {
    let hash = Argon2::default().hash_password(password.as_bytes())?;
    Ok(hash.to_string())
}

/// A password for somebody who will choose their own: 16 letters and digits that are not
/// taken for each other, 78 bits.
pub fn one_time() -> Result<String, getrandom::Error> {
    const SIGNS: &[u8; 30] = b"abcdefghjkmnpqrstuvwxyz2345678";
    let mut password = String::new();
    while password.len() < 19 {
        let mut byte = [0];
        getrandom::fill(&mut byte)?;
        // 240 is the greatest multiple of 30 in a byte: each sign is as likely as the others.
        if byte[0] >= 240 {
            continue;
        }
        if password.len() % 5 == 4 {
            password.push('-');
        }
        password.push(char::from(SIGNS[usize::from(byte[0]) % SIGNS.len()]));
    }
    Ok(password)
}

/// The hash of a password that nobody has: a name that is not there takes as long as a wrong password.
static NOBODYS: LazyLock<String> = LazyLock::new(|| {
    let secret = one_time().unwrap_or_default();
    sealed(&secret).unwrap_or_default()
});

/// Whether this is the password behind a hash; `None` is of somebody who is not there.
pub(super) async fn is_right(password: String, hash: Option<String>) -> Result<bool, PageError> {
    let there = hash.is_some();
    let right = apart(move || {
        let hash = hash.as_deref().unwrap_or(NOBODYS.as_str());
        let hash = PasswordHash::new(hash);
        hash.is_ok_and(|hash| {
            Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok()
        })
    });
    Ok(right.await? && there)
}

/// The hash of a password, made where it keeps nobody waiting.
pub(super) async fn sealed_apart(password: String) -> Result<String, PageError> {
    apart(move || sealed(&password))
        .await?
        .map_err(|_| PageError::broken("hashing a password"))
}

async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, PageError> {
    let broken = |_| PageError::broken("hashing a password");
    let _turn = AT_ONCE
        .acquire()
        .await
        .map_err(|_| PageError::broken("waiting for a turn"))?;
    tokio::task::spawn_blocking(work).await.map_err(broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_opens() {
        let hash = sealed("correct horse battery").unwrap();
        assert!(hash.starts_with("$argon2id$") && !hash.contains("horse"));
        let right =
            |password: &str, hash: Option<&String>| is_right(password.to_owned(), hash.cloned());
        assert!(right("correct horse battery", Some(&hash)).await.unwrap());
        assert!(!right("correct horse batterY", Some(&hash)).await.unwrap());
        assert!(!right("correct horse battery", None).await.unwrap());
        assert!(!right("", Some(&"not a hash".to_owned())).await.unwrap());
    }

    #[test]
    fn what_would_be_tried_first_is_no_password() {
        assert_eq!(checked("short", "jo"), Err(NotAPassword::TooShort));
        assert_eq!(
            checked("aaaaaaaaaaaaaaa", "jo"),
            Err(NotAPassword::TooPlain)
        );
        assert_eq!(
            checked("maryhopkins12", "maryhopkins"),
            Err(NotAPassword::TooPlain)
        );
        assert_eq!(
            checked(&"ab cde".repeat(50), "jo"),
            Err(NotAPassword::TooLong)
        );
        assert_eq!(checked("four plain words here", "jo"), Ok(()));
    }

    #[test]
    fn one_time_passwords_differ_and_are_passwords() {
        let (one, other) = (one_time().unwrap(), one_time().unwrap());
        assert_ne!(one, other);
        assert_eq!((one.len(), checked(&one, "admin")), (19, Ok(())));
    }
}

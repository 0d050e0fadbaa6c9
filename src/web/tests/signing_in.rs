//! Passwords, sessions, and guesses that run out.

use super::*;
use crate::domain::role::Role;

#[tokio::test]
async fn a_given_password_only_serves_to_choose_another() {
    let site = Site::over(Bench::sqlite().await).await;
    let duties = Duties {
        display: "New".to_owned(),
        roles: BTreeSet::from([Role::Agent]),
        reach: Reach::All,
    };
    let mut change = site.bench.store.change(&Actor::postroom()).await.unwrap();
    let given = sealed("given-once-and-no-more").unwrap();
    change.make_user("new", &given, &duties).await.unwrap();
    change.commit().await.unwrap();

    let answer = site.sign_in("New ", "given-once-and-no-more").await;
    let mut site = site;
    site.cookies.insert("new".to_owned(), cookie(&answer));
    assert_eq!(site.get("/cases", "new").await.location(), "/password");
    let change = |old: &'static str, new: &'static str, again: &'static str| {
        [("old", old), ("new", new), ("again", again)]
    };
    for (form, why) in [
        (
            change("wrong", "another plain sentence", "another plain sentence"),
            "not right",
        ),
        (
            change("given-once-and-no-more", "short", "short"),
            "12 characters",
        ),
        (
            change(
                "given-once-and-no-more",
                "another plain sentence",
                "another",
            ),
            "differ",
        ),
        (
            change(
                "given-once-and-no-more",
                "given-once-and-no-more",
                "given-once-and-no-more",
            ),
            "old one",
        ),
    ] {
        let answer = site.post("/password", "new", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains(why), "{why}: {}", answer.body);
    }
    let form = change(
        "given-once-and-no-more",
        "another plain sentence",
        "another plain sentence",
    );
    let answer = site.post("/password", "new", &form).await;
    // The session of the old password is over; the answer brings a new one.
    assert_eq!(site.get("/cases", "new").await.location(), "/sign-in");
    site.cookies.insert("new".to_owned(), cookie(&answer));
    assert_eq!(site.get("/cases", "new").await.status, StatusCode::OK);
}

#[tokio::test]
async fn guesses_run_out_and_tell_nothing() {
    let site = Site::over(Bench::sqlite().await).await;
    let wrong = site.sign_in("agent", "not the password").await;
    let nobody = site.sign_in("nobody", "not the password").await;
    assert_eq!(
        (wrong.status, nobody.status),
        (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED)
    );
    assert_eq!(
        wrong.body.replace("agent", ""),
        nobody.body.replace("nobody", "")
    );
    for _ in 0..4 {
        site.sign_in("agent", "not the password").await;
    }
    let locked = site.sign_in("agent", PASSWORD).await;
    assert_eq!(locked.status, StatusCode::TOO_MANY_REQUESTS);
    // Others are not shut out with them.
    assert_eq!(
        site.sign_in("clerk", PASSWORD).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn who_is_barred_or_signs_out_is_out() {
    let site = Site::over(Bench::sqlite().await).await;
    let (user, _) = site.bench.store.user_named("agent").await.unwrap().unwrap();
    let mut change = site.bench.store.change(&Actor::postroom()).await.unwrap();
    change.bar_user(user.id, true).await.unwrap();
    change.commit().await.unwrap();
    assert_eq!(site.get("/cases", "agent").await.location(), "/sign-in");
    assert_eq!(
        site.sign_in("agent", PASSWORD).await.status,
        StatusCode::UNAUTHORIZED
    );

    let answer = site.post("/sign-out", "supervisor", &[]).await;
    assert!(
        answer.headers[SET_COOKIE]
            .to_str()
            .unwrap()
            .contains("Max-Age=0")
    );
    assert_eq!(
        site.get("/cases", "supervisor").await.location(),
        "/sign-in"
    );
}

#[tokio::test]
async fn a_cookie_is_for_no_script_and_its_secret_is_nowhere_in_the_store() {
    let site = Site::over(Bench::sqlite().await).await;
    let answer = site.sign_in("agent", PASSWORD).await;
    let set = answer.headers[SET_COOKIE].to_str().unwrap();
    assert!(
        set.contains("HttpOnly") && set.contains("SameSite=Lax"),
        "{set}"
    );
    let secret = cookie(&answer).split_once('=').unwrap().1.to_owned();
    let file = site
        .bench
        .folder
        .path()
        .join("night? #1 100%/postroom.sqlite");
    let holds = |name: &std::path::Path| {
        let bytes = std::fs::read(name).unwrap();
        let mut windows = bytes.windows(secret.len());
        windows.any(|some| some == secret.as_bytes())
    };
    assert!(!holds(&file) && !holds(&file.with_extension("sqlite-wal")));
}

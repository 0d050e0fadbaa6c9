//! What a browser is told, and what other sites cannot make it do.

use super::*;

#[tokio::test]
async fn no_page_allows_a_script_or_a_style_within_it() {
    let site = Site::over(Bench::sqlite().await).await;
    for (path, who) in [
        ("/sign-in", "nobody"),
        ("/status", "nobody"),
        ("/cases", "agent"),
        ("/search?q=kettle", "agent"),
        ("/customers", "agent"),
        ("/morning", "supervisor"),
        ("/quality", "supervisor"),
        ("/users", "admin"),
        ("/nothing", "agent"),
    ] {
        let answer = site.get(path, who).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"),
            "{path}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("cache-control", "no-store"),
            ("referrer-policy", "same-origin"),
        ] {
            assert_eq!(answer.headers[name], value, "{path}");
        }
        let page = answer.body.to_lowercase();
        for inline in [
            "<script>",
            "<style",
            " style=",
            " onclick",
            " onload",
            "javascript:",
            "hx-on",
        ] {
            assert!(!page.contains(inline), "{path} has {inline}");
        }
    }
}

#[tokio::test]
async fn another_sites_page_changes_nothing() {
    let site = Site::over(Bench::sqlite().await).await;
    let form = "type=application/x-www-form-urlencoded";
    for headers in [
        vec![("sec-fetch-site", "cross-site")],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![],
    ] {
        let mut request = site.request(Method::POST, "/users", "admin");
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        let answer = site.ask(request, form.to_owned()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
    }
    let users = site.bench.store.users().await.unwrap();
    assert_eq!(users.len(), ROLES.len());
}

#[tokio::test]
async fn a_customer_who_guesses_learns_nothing() {
    let site = Site::over(Bench::sqlite().await).await;
    let ask = |reference: &'static str, postcode: &'static str| {
        [("reference", reference), ("postcode", postcode)]
    };
    let no_case = site
        .post("/status", "", &ask("PR-0000417-11", "LS6 3HN"))
        .await;
    let no_reference = site
        .post("/status", "", &ask("PR-0000417-12", "LS6 3HN"))
        .await;
    let no_postcode = site
        .post("/status", "", &ask("PR-0000417-11", "nowhere"))
        .await;
    assert_eq!(no_case.status, StatusCode::OK);
    assert_eq!(no_case.body, no_reference.body);
    assert_eq!(no_case.body, no_postcode.body);
    for _ in 0..10 {
        site.post("/status", "", &ask("PR-0000417-11", "LS6 3HN"))
            .await;
    }
    let answer = site
        .post("/status", "", &ask("PR-0000417-11", "LS6 3HN"))
        .await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
}

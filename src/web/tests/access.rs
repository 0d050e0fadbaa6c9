//! Every route by every role.

use super::super::access::Right;
use super::super::router::routes;
use super::*;

/// A path with something that is not there in place of each parameter.
fn concrete(path: &str) -> String {
    path.replace("{reference}", "PR-0000417-11")
        .replace("{id}", "01900000-0000-7000-8000-000000000001")
        .replace("{sheet}", "1")
        .replace("{number}", "1")
        .replace("{name}", "postcode")
}

#[tokio::test]
async fn every_route_opens_to_its_roles_alone() {
    let site = Site::over(Bench::sqlite().await).await;
    for (right, path, _) in routes() {
        // Signing out ends the session that the next question needs.
        if path == "/sign-out" || path.starts_with("/assets/") {
            continue;
        }
        let path = concrete(path);
        let mut methods = 0;
        for method in [Method::GET, Method::POST] {
            let answer = ask(&site, &method, &path, "nobody").await;
            if answer.status == StatusCode::METHOD_NOT_ALLOWED {
                continue;
            }
            methods += 1;
            let turned_away =
                answer.status == StatusCode::SEE_OTHER && answer.location() == "/sign-in";
            assert_eq!(
                turned_away,
                right != Right::Open,
                "{method} {path} by nobody: {}",
                answer.status
            );
            for role in ROLES {
                let answer = ask(&site, &method, &path, role.name()).await;
                let may =
                    matches!(right, Right::Open | Right::SignedIn) || right.roles().contains(&role);
                let refused = answer.status == StatusCode::FORBIDDEN;
                assert_eq!(
                    !refused,
                    may,
                    "{method} {path} by {}: {}",
                    role.name(),
                    answer.status
                );
                assert_ne!(
                    answer.status.as_u16() / 100,
                    5,
                    "{method} {path} by {}: {}",
                    role.name(),
                    answer.body
                );
            }
        }
        assert!(methods > 0, "{path} answers nothing");
    }
}

async fn ask(site: &Site, method: &Method, path: &str, who: &str) -> Answer {
    match *method {
        Method::GET => site.get(path, who).await,
        _ => site.post(path, who, &[]).await,
    }
}

#[tokio::test]
async fn everybody_begins_at_what_they_are_here_for() {
    let site = Site::over(Bench::sqlite().await).await;
    for (who, where_to) in [
        ("agent", "/cases"),
        ("supervisor", "/cases"),
        ("operator", "/morning"),
        ("marketing", "/quality"),
        ("admin", "/users"),
    ] {
        let home = site.get("/", who).await;
        assert_eq!(home.location(), where_to, "{who}");
        assert_eq!(
            site.get(where_to, who).await.status,
            StatusCode::OK,
            "{who}"
        );
    }
}

//! E-mail for tests of the whole: a company that answers, messages, and where they lie.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use postroom::cases::CaseFilter;
use postroom::store::Store;
use postroom::store::messages::MailRecord;
use serde_json::Value;

use crate::support::{Post, Ran};

/// Who replies, and to where letters go.
const COMPANY: &str = "[reply]
from = \"Customer Care <care@hartwell-finch.example>\"
[[company]]
name = \"Hartwell & Finch Ltd\"
address = \"Customer Care, PO Box 88, Norwich\"
postcode = \"NR99 1AA\"
email = \"care@hartwell-finch.example\"
";

/// A mailroom of a company that acknowledges e-mail.
pub(super) fn writing(mut post: Post) -> Post {
    post.configure(COMPANY);
    post
}

/// A message with this header before a text.
pub(super) fn message(header: &str, text: &str) -> String {
    let header = header.trim().lines().map(str::trim);
    let header: Vec<&str> = header.collect();
    format!(
        "{}\r\nTo: care@hartwell-finch.example\r\nDate: Fri, 20 Nov 2026 09:00:00 +0000\r\n\r\n{}\r\n",
        header.join("\r\n"),
        text.trim()
    )
}

/// Lays a file of that name where messages are taken from.
pub(super) fn lay(post: &Post, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = post.path("mail").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, bytes).unwrap();
    path
}

/// Takes in what lies at a path.
pub(super) fn import(post: &Post, path: &std::path::Path) -> Ran {
    post.postroom(&["mail", "import", path.to_str().unwrap(), "--json"])
}

/// Takes in one message that nothing is wrong with.
pub(super) fn take_in(post: &Post, name: &str, text: &str) -> Value {
    let ran = import(post, &lay(post, name, text));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let taken = ran.json();
    assert_eq!(taken["messages"], 1, "{taken}");
    taken
}

/// A case and all that is on it.
pub(super) fn shown(post: &Post, case: &str) -> Value {
    let ran = post.postroom(&["show", case, "--json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    ran.json()
}

/// Every case there is, closed ones too.
pub(super) fn cases(post: &Post) -> Vec<Value> {
    let ran = post.postroom(&["cases", "--all", "--json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let listed = ran.json();
    let references = listed.as_array().unwrap().iter();
    references
        .map(|case| shown(post, case["case"].as_str().unwrap()))
        .collect()
}

/// The messages of each case, read from the store itself: some hundred cases are too many to show.
pub(super) fn on_record(post: &Post) -> Vec<Vec<MailRecord>> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(&post.address()).await.unwrap();
        let all_open = CaseFilter::default();
        let listed = postroom::cases::list(&store, &all_open);
        let mut all = Vec::new();
        for case in listed.await.unwrap() {
            all.push(store.mail_of(case.reference).await.unwrap());
        }
        store.close().await;
        all
    })
}

/// The case of the message of that name.
pub(super) fn case_of(post: &Post, message_id: &str) -> String {
    let mut mail = on_record(post).into_iter().flatten();
    let mail = mail.find(|mail| {
        mail.message_id
            .as_ref()
            .is_some_and(|id| id.as_str() == message_id)
    });
    mail.unwrap().attachment.case.to_string()
}

/// Where every message lies and by which rule, by its Message-ID.
pub(super) fn lying(cases: &[Value]) -> BTreeMap<String, (String, String)> {
    let mut lying = BTreeMap::new();
    for case in cases {
        for message in case["messages"].as_array().unwrap() {
            if let Some(id) = message["message_id"].as_str() {
                let place = (text(&case["case"]), text(&message["attached_by"]));
                lying.insert(id.to_owned(), place);
            }
        }
    }
    lying
}

/// A JSON text as a text.
pub(super) fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value}"))
        .to_owned()
}

/// The value of a header's line, without brackets.
pub(super) fn header(message: &str, name: &str) -> Option<String> {
    let name = format!("{name}:").to_lowercase();
    let lines = message.lines().take_while(|line| !line.is_empty());
    lines
        .filter(|line| line.to_lowercase().starts_with(&name))
        .map(|line| {
            line[name.len()..]
                .trim()
                .trim_matches(['<', '>'])
                .to_owned()
        })
        .next()
}

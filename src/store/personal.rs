//! What an event tells of a person, kept beside the event: history is never changed,
//! but a person can be erased from it.

use serde_json::{Map, Value};

/// What holds a person's words or particulars, wherever it stands in an event's detail:
/// values of fields and reasons that were typed in, and what is known of a customer.
const PERSONAL: [&str; 10] = [
    "value", "as_read", "reason", "name", "title", "street", "town", "postcode", "email", "phone",
];

/// What the event itself keeps, and what lies beside it; null when there is nothing.
pub(super) fn split(detail: Value) -> (Value, Value) {
    let Value::Object(entries) = detail else {
        return (detail, Value::Null);
    };
    let (mut kept, mut personal) = (Map::new(), Map::new());
    for (key, value) in entries {
        if value.is_string() && PERSONAL.contains(&key.as_str()) {
            personal.insert(key, value);
            continue;
        }
        let (stays, leaves) = split(value);
        if !leaves.is_null() {
            personal.insert(key.clone(), leaves);
        }
        kept.insert(key, stays);
    }
    let personal = match personal.is_empty() {
        true => Value::Null,
        false => Value::Object(personal),
    };
    (Value::Object(kept), personal)
}

/// Both again as one.
pub(super) fn joined(kept: Value, personal: Value) -> Value {
    match (kept, personal) {
        (Value::Object(mut kept), Value::Object(personal)) => {
            for (key, value) in personal {
                let stays = kept.remove(&key).unwrap_or(Value::Null);
                kept.insert(key, joined(stays, value));
            }
            Value::Object(kept)
        }
        (kept, Value::Null) => kept,
        (_, personal) => personal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn particulars_leave_and_come_back() {
        let detail = json!({
            "field": "postcode",
            "before": { "value": "LS6 3HN", "verdict": "review" },
            "after": { "value": null, "verdict": "rejected" },
            "fields": { "town": { "after": { "as_read": "Leeds", "verdict": "accepted" } } },
        });
        let (kept, personal) = split(detail.clone());
        assert!(!kept.to_string().contains("LS6") && !kept.to_string().contains("Leeds"));
        assert_eq!(kept["before"]["verdict"], "review");
        assert_eq!(kept["fields"]["town"]["after"]["verdict"], "accepted");
        assert_eq!(joined(kept, personal), detail);
        let plain = json!({ "priority": "legal" });
        assert_eq!(split(plain.clone()), (plain, Value::Null));
    }
}

//! `docs/form.schema.json` says what the parser does: the same keys in every table, the
//! same of them required, the same words; and the sample forms hold to it.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::Value;

use super::super::{COLUMN_ENDINGS, COLUMNS, parse, samples};
use crate::domain::form::{BoxStyle, Channel, Choice, FieldKind, SerialKind};
use crate::domain::grammar::check_digit::CheckDigit;

/// A form with every key that there is.
const EVERY_KEY: &str = r##"
id = "every-key"
title = "Every key"
version = 1
page = { width = 148, height = 105 }
colour = "#f0b0b0"
marks = { size = 4, inset = 5 }

[[side]]
code = { x = 120, y = 12, size = 14 }

[[side.field]]
name = "number"
type = "number"
caption = "Number"
style = "separate"
check = "mod11"
x = 14
y = 30
width = 5
height = 6
pitch = 6
count = 2
gaps = [{ after = 1, width = 2 }]
rows = 2
leading = 8

[[side.tick]]
name = "mailing"
caption = "Offers"
choice = "single"
consent = { purpose = "marketing", channels = ["post"], wording = "Yes, by post" }
[[side.tick.option]]
name = "yes"
caption = "Yes, by post"
x = 14
y = 60
size = 5

[[side.signature]]
name = "signature"
caption = "Signature"
x = 14
y = 75
width = 50
height = 12

[[side.serial]]
name = "card"
kind = "printed"
type = "member_number"
check = "luhn"
x = 70
y = 75
width = 40
height = 8

[[side.text]]
text = "Words"
x = 14
y = 18
size = 12
bold = true
"##;

/// Where each definition of the schema stands in that form.
const TABLES: [(&str, &str); 13] = [
    ("", ""),
    ("page", "page"),
    ("marks", "marks"),
    ("side", "side"),
    ("code", "side/code"),
    ("field", "side/field"),
    ("gap", "side/field/gaps"),
    ("tick", "side/tick"),
    ("option", "side/tick/option"),
    ("consent", "side/tick/consent"),
    ("signature", "side/signature"),
    ("serial", "side/serial"),
    ("text", "side/text"),
];

fn schema() -> Value {
    serde_json::from_str(include_str!("../../../docs/form.schema.json")).unwrap()
}

fn definition<'s>(schema: &'s Value, name: &str) -> &'s Value {
    if name.is_empty() {
        schema
    } else {
        &schema["$defs"][name]
    }
}

fn words(value: &Value) -> BTreeSet<String> {
    let words = value.as_array().into_iter().flatten();
    words
        .map(|word| word.as_str().unwrap().to_owned())
        .collect()
}

/// The table at that place; of an array of tables the first.
fn table<'f>(form: &'f mut toml::Table, place: &str) -> &'f mut toml::Table {
    let mut here = form;
    for key in place.split('/').filter(|key| !key.is_empty()) {
        let next = here.get_mut(key).unwrap();
        here = match next {
            toml::Value::Array(tables) => tables[0].as_table_mut().unwrap(),
            next => next.as_table_mut().unwrap(),
        };
    }
    here
}

/// What the parser says when that table is changed so.
fn said(place: &str, change: impl FnOnce(&mut toml::Table)) -> Result<(), String> {
    let mut form: toml::Table = EVERY_KEY.parse().unwrap();
    change(table(&mut form, place));
    let parsed = parse(&toml::to_string(&form).unwrap());
    parsed
        .map(|_| ())
        .map_err(|error| error.mistakes[0].what.clone())
}

#[test]
fn every_table_has_the_keys_of_the_parser() {
    assert_eq!(said("", |_| {}), Ok(()));
    let schema = schema();
    let defined = schema["$defs"].as_object().unwrap();
    let tables = defined.values().filter(|one| one["type"] == "object");
    assert_eq!(tables.count() + 1, TABLES.len());
    for (name, place) in TABLES {
        let definition = definition(&schema, name);
        assert_eq!(definition["additionalProperties"], false, "{name}");
        let properties = definition["properties"].as_object().unwrap();
        let keys: BTreeSet<String> = properties.keys().cloned().collect();
        let mut form: toml::Table = EVERY_KEY.parse().unwrap();
        let used: BTreeSet<String> = table(&mut form, place).keys().cloned().collect();
        assert_eq!(used, keys, "{name}: the form above has not every key");
        let unknown = said(place, |table| {
            table.insert("zzz".to_owned(), 1.into());
        });
        let unknown = unknown.unwrap_err();
        let (_, expected) = unknown.split_once("there are ").unwrap();
        let expected: BTreeSet<String> = expected.split(", ").map(str::to_owned).collect();
        assert_eq!(expected, keys, "{name}");
        let required = words(&definition["required"]);
        for key in &keys {
            let without = said(place, |table| {
                table.remove(key);
            });
            let missing = format!("the key '{key}' is missing");
            let is_required = without.as_ref().is_err_and(|what| what.contains(&missing));
            assert_eq!(
                is_required,
                required.contains(key),
                "{name}.{key}: {without:?}"
            );
        }
    }
}

#[test]
fn the_words_are_those_of_the_program() {
    let schema = schema();
    let defs = &schema["$defs"];
    let check = |listed: &Value, names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(words(listed), names);
    };
    let field = &defs["field"]["properties"];
    check(&field["type"]["enum"], &FieldKind::ALL.map(FieldKind::name));
    check(&field["style"]["enum"], &BoxStyle::ALL.map(BoxStyle::name));
    let choice = &defs["tick"]["properties"]["choice"]["enum"];
    check(choice, &Choice::ALL.map(Choice::name));
    let channels = &defs["consent"]["properties"]["channels"]["items"]["enum"];
    check(channels, &Channel::ALL.map(Channel::name));
    let kind = &defs["serial"]["properties"]["kind"]["enum"];
    check(kind, &SerialKind::ALL.map(SerialKind::name));
    check(
        &defs["check"]["enum"],
        &CheckDigit::ALL.map(CheckDigit::name),
    );
}

#[test]
fn the_samples_hold_to_the_schema() {
    let schema = schema();
    let texts = samples().into_iter().map(|sample| sample.text);
    for text in texts.chain([EVERY_KEY.to_owned()]) {
        let form: toml::Table = text.parse().unwrap();
        let form = serde_json::to_value(form).unwrap();
        assert_eq!(faults(&schema, &schema, &form, ""), [""; 0]);
    }
    let mut wrong: toml::Table = EVERY_KEY.parse().unwrap();
    table(&mut wrong, "side/tick/consent").insert("purpose".to_owned(), "".into());
    table(&mut wrong, "page").insert("width".to_owned(), 5.into());
    table(&mut wrong, "side/field").remove("name");
    table(&mut wrong, "side/text").insert("font".to_owned(), "Arial".into());
    let wrong = serde_json::to_value(wrong).unwrap();
    assert_eq!(faults(&schema, &schema, &wrong, "").len(), 4);
}

#[test]
fn the_bounds_are_those_of_the_program() {
    let schema = schema();
    let float = toml::Value::Float;
    let int = toml::Value::Integer;
    let text = |text: &str| toml::Value::String(text.to_owned());
    let mut bounds = vec![
        ("", "version", int(1), int(0)),
        ("", "version", int(999), int(1_000)),
        ("", "id", text("a-1"), text("A")),
        ("", "colour", text("#0011ff"), text("#+1+2+3")),
        ("page", "width", float(420.0), float(420.1)),
        ("marks", "size", float(1.0), float(0.9)),
        ("marks", "inset", float(0.0), float(-0.1)),
        ("side/code", "size", float(8.0), float(7.9)),
        ("side/field", "pitch", float(5.0), float(0.0)),
        ("side/field", "leading", float(6.0), float(0.0)),
        ("side/field", "count", int(1), int(0)),
        ("side/field", "rows", int(1), int(0)),
        ("side/field/gaps", "width", float(0.0), float(-1.0)),
        ("side/tick/option", "name", text("a-b_1"), text("")),
        ("side/tick/option", "name", text("yes"), text("Yes")),
        (
            "side/tick/option",
            "name",
            text("signed"),
            text("yes_signed"),
        ),
        ("side/text", "size", float(4.0), float(3.9)),
    ];
    let named = ["side/field", "side/tick", "side/signature", "side/serial"];
    for place in named {
        bounds.push((place, "name", text("a_1"), text("a-1")));
        bounds.extend(COLUMNS.map(|column| (place, "name", text("other"), text(column))));
        for ending in COLUMN_ENDINGS {
            let ending = format!("other{ending}");
            bounds.push((place, "name", text("other"), text(&ending)));
        }
    }
    for (place, key, right, wrong) in bounds {
        for (value, holds) in [(right, true), (wrong, false)] {
            let mut form: toml::Table = EVERY_KEY.parse().unwrap();
            table(&mut form, place).insert(key.to_owned(), value.clone());
            let json = serde_json::to_value(&form).unwrap();
            let found = faults(&schema, &schema, &json, "");
            let said = said(place, |table| {
                table.insert(key.to_owned(), value.clone());
            });
            assert_eq!(found.is_empty(), holds, "{place} {key} {value}: {found:?}");
            assert_eq!(said.is_ok(), holds, "{place} {key} {value}: {said:?}");
        }
    }
}

/// What a value breaks, of the words of JSON Schema that ours uses.
fn faults(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut hold = |holds: bool, what: &str| {
        if !holds {
            found.push(format!("{at}: {what}"));
        }
    };
    let limit = |word: &str| schema[word].as_f64();
    if let Some(kind) = schema["type"].as_str() {
        hold(is_a(value, kind), kind);
    }
    if let Some(allowed) = schema["enum"].as_array() {
        hold(allowed.contains(value), "enum");
    }
    if let Some(number) = value.as_f64() {
        hold(
            limit("minimum").is_none_or(|least| number >= least),
            "minimum",
        );
        hold(
            limit("maximum").is_none_or(|most| number <= most),
            "maximum",
        );
        let above = limit("exclusiveMinimum");
        hold(above.is_none_or(|above| number > above), "exclusiveMinimum");
    }
    if let Some(text) = value.as_str() {
        let pattern = schema["pattern"].as_str();
        let matches = |pattern| Regex::new(pattern).unwrap().is_match(text);
        hold(pattern.is_none_or(matches), "pattern");
        let least = schema["minLength"].as_u64().unwrap_or(0);
        hold(text.len() as u64 >= least, "minLength");
    }
    if let Some(not) = schema.get("not") {
        hold(!faults(root, not, value, at).is_empty(), "not");
    }
    if let Some(some) = schema["anyOf"].as_array() {
        let mut some = some.iter();
        hold(
            some.any(|one| faults(root, one, value, at).is_empty()),
            "anyOf",
        );
    }
    if let Some(items) = value.as_array() {
        let count = items.len() as f64;
        hold(
            limit("minItems").is_none_or(|least| count >= least),
            "minItems",
        );
        hold(
            limit("maxItems").is_none_or(|most| count <= most),
            "maxItems",
        );
        for (number, item) in items.iter().enumerate() {
            found.extend(faults(
                root,
                &schema["items"],
                item,
                &format!("{at}/{number}"),
            ));
        }
    } else if let Some(table) = value.as_object() {
        for key in words(&schema["required"]) {
            hold(table.contains_key(&key), &key);
        }
        for (key, value) in table {
            let at = format!("{at}/{key}");
            match schema["properties"].get(key) {
                Some(property) => found.extend(faults(root, property, value, &at)),
                None if schema["additionalProperties"] == false => found.push(at),
                None => {}
            }
        }
    }
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.strip_prefix("#/$defs/").unwrap();
        found.extend(faults(root, &root["$defs"][name], value, at));
    }
    found
}

fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64(),
        "number" => value.is_number(),
        other => panic!("{other}"),
    }
}

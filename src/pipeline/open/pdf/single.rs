//! One page of a PDF as a PDF of its own: its objects as they are, nobody else's.

use std::collections::BTreeSet;

use lopdf::{Dictionary, Document, Object, ObjectId, dictionary};

use super::scan::inherited;

/// What a page may take from the branches above it (PDF 1.7, table 30).
const INHERITABLE: [&[u8]; 4] = [b"Resources", b"MediaBox", b"CropBox", b"Rotate"];

/// What leads from a page to others: its branch, article threads, the structure tree.
const LEADS_AWAY: [&[u8]; 3] = [b"Parent", b"B", b"StructParents"];

/// Writes the page with everything that it reaches, streams untouched.
pub(super) fn page(document: &Document, id: ObjectId) -> Result<Vec<u8>, lopdf::Error> {
    let mut own = own_attributes(document, id)?;
    let mut alone = Document::with_version(document.version.as_str());
    for (reached, object) in follow(document, &own, id) {
        alone.objects.insert(reached, object.clone());
    }
    alone.max_id = document.max_id;
    let (tree, catalog) = (alone.new_object_id(), alone.new_object_id());
    own.set("Parent", tree);
    alone.objects.insert(id, own.into());
    let branch = dictionary! { "Type" => "Pages", "Kids" => vec![id.into()], "Count" => 1 };
    alone.objects.insert(tree, branch.into());
    let root = dictionary! { "Type" => "Catalog", "Pages" => tree };
    alone.objects.insert(catalog, root.into());
    alone.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    alone.save_to(&mut bytes)?;
    Ok(bytes)
}

/// Every object that the page leads to, except other pages and their tree.
pub(super) fn reached(document: &Document, page: ObjectId) -> Vec<&Object> {
    match own_attributes(document, page) {
        Ok(own) => follow(document, &own, page)
            .into_iter()
            .map(|(_, object)| object)
            .collect(),
        Err(_) => Vec::new(),
    }
}

/// The page's dictionary with what it inherits and without what leads away.
fn own_attributes(document: &Document, id: ObjectId) -> Result<Dictionary, lopdf::Error> {
    let mut own = document.get_dictionary(id)?.clone();
    for key in INHERITABLE {
        if !own.has(key)
            && let Some(value) = inherited(document, id, key)
        {
            own.set(key, value.clone());
        }
    }
    for key in LEADS_AWAY {
        own.remove(key);
    }
    Ok(own)
}

fn follow<'a>(
    document: &'a Document,
    own: &Dictionary,
    id: ObjectId,
) -> Vec<(ObjectId, &'a Object)> {
    let mut seen = BTreeSet::from([id]);
    let mut open = Vec::new();
    let mut found = Vec::new();
    own.iter()
        .for_each(|(_, value)| references(value, &mut open));
    while let Some(next) = open.pop() {
        if !seen.insert(next) {
            continue;
        }
        let Ok(object) = document.get_object(next) else {
            continue;
        };
        let kind = object.type_name().unwrap_or_default();
        if matches!(kind, b"Page" | b"Pages" | b"Catalog") {
            continue;
        }
        references(object, &mut open);
        found.push((next, object));
    }
    found
}

/// The references directly in an object. lopdf bounds how deep objects nest.
fn references(object: &Object, found: &mut Vec<ObjectId>) {
    let mut open = vec![object];
    while let Some(object) = open.pop() {
        match object {
            Object::Reference(id) => found.push(*id),
            Object::Array(items) => open.extend(items),
            Object::Dictionary(dictionary) => {
                open.extend(dictionary.iter().map(|(_, value)| value))
            }
            Object::Stream(stream) => open.extend(stream.dict.iter().map(|(_, value)| value)),
            _ => {}
        }
    }
}

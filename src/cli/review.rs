//! `postroom review`: the fields and ticks that a person must settle, one by one or as a table.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::exit::{Exit, Misused};
use super::export::format::Dialect;
use super::output::{count, lying_on, plain, say, say_json, short, store_flag, tell};
use super::show::write_picture;
use super::table::Table;
use super::{By, Opened, Place, question, review_table};
use crate::cases::review::{self, Asked, Decision, Question, ReviewItem, UnreadItem};
use crate::export::picture;
use crate::store::DocumentId;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom review list
  postroom review show 9d04ab12c7e1 postcode --image field.png
  postroom review settle 9d04ab12c7e1 postcode \"LS6 3HN\"
  postroom review settle 9d04ab12c7e1 date --unreadable
  postroom review settle 7c31d90ab2f4 offers_post marked     a tick on a card
  postroom review export --out doubts.csv      then fill its column `decision`
  postroom review import doubts.csv")]
pub(super) struct ReviewArguments {
    #[command(subcommand)]
    command: ReviewCommand,
}

#[derive(Debug, Subcommand)]
enum ReviewCommand {
    /// List the doubtful fields and ticks, oldest document first
    #[command(after_help = "\
Examples:
  postroom review list
  postroom review list --json | jq '.[] | select(.field == \"postcode\")'")]
    List,
    /// Show a document's doubtful fields, or one field with its picture
    Show(ShowArguments),
    /// Say what a field is
    Settle(SettleArguments),
    /// Write the doubtful fields as a CSV table to be filled in
    Export(ExportArguments),
    /// Take the decisions from such a table
    Import(ImportArguments),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom review show 9d04ab12c7e1
  postroom review show 9d04ab12c7e1 postcode --image field.png")]
struct ShowArguments {
    /// The document, as listed
    document: String,
    /// The field, as postcode
    field: Option<String>,
    /// Write the field's picture, cut from its page, to this .png, .jpg or .bmp
    #[arg(long, value_name = "FILE", requires = "field")]
    image: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom review settle 9d04ab12c7e1 postcode \"LS6 3HN\"
  postroom review settle 9d04ab12c7e1 sender_name --as-proposed
  postroom review settle 7c31d90ab2f4 surname --pick 2
  postroom review settle 9d04ab12c7e1 date --unreadable --by \"A. Clerk\"

What was read stays on record beside the decision. A date is written 2026-11-22 or 22/11/2026; \
a box to tick is `marked` or `empty`. Only a consent that is settled as marked, or was clean from \
the beginning, counts as one.")]
struct SettleArguments {
    /// The document, as listed
    document: String,
    /// The field, as postcode
    field: String,
    /// What it says
    #[arg(
        required_unless_present_any = ["unreadable", "as_proposed", "pick"],
        conflicts_with_all = ["unreadable", "as_proposed", "pick"]
    )]
    value: Option<String>,
    /// The choice of this number, as `review show` lists them, is right
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["unreadable", "as_proposed"])]
    pick: Option<u32>,
    /// Nobody can read it, or there is nothing of the kind
    #[arg(long, conflicts_with = "as_proposed")]
    unreadable: bool,
    /// The value that is proposed is right
    #[arg(long)]
    as_proposed: bool,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
#[command(after_help = review_table::HELP)]
struct ExportArguments {
    #[command(flatten)]
    dialect: Dialect,
    /// The file to write [default: stdout]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = review_table::HELP)]
struct ImportArguments {
    /// The table, as `review export` wrote it, with decisions
    file: PathBuf,
    #[command(flatten)]
    by: By,
}

pub(super) fn review(place: &Place, arguments: &ReviewArguments) -> Result<Exit> {
    match &arguments.command {
        ReviewCommand::List => list(place),
        ReviewCommand::Show(show) => show_fields(place, show),
        ReviewCommand::Settle(settle) => settle_field(place, settle),
        ReviewCommand::Export(to) => {
            let opened = Opened::at(place)?;
            review_table::export(&opened, place, &to.dialect, to.out.as_deref())
        }
        ReviewCommand::Import(from) => {
            let actor = from.by.actor()?;
            let opened = Opened::at(place)?;
            review_table::import(&opened, place, &from.file, &actor)
        }
    }
}

/// Fields fetched at once.
const AT_ONCE: u32 = 500;

/// Every field in review.
pub(super) fn all(opened: &Opened) -> Result<Vec<ReviewItem>> {
    let mut items: Vec<ReviewItem> = Vec::new();
    loop {
        let after = items.last();
        let after = after.map(|item| (item.document, item.question.name.clone()));
        let more = opened.wait(review::list(&opened.store, after, AT_ONCE))?;
        if more.is_empty() {
            return Ok(items);
        }
        items.extend(more);
    }
}

/// A field or a tick of a document by the name that a person typed, as they may see it.
pub(super) fn field_named(opened: &Opened, document: DocumentId, typed: &str) -> Result<Question> {
    let name = typed.trim().to_lowercase().replace([' ', '-'], "_");
    let mut questions = opened.wait(review::fields_of(&opened.store, document))?;
    let known = questions.iter().map(|question| question.name.name());
    match known.clone().position(|known| known == name) {
        Some(at) => Ok(questions.swap_remove(at)),
        None => {
            let known: Vec<&str> = known.collect();
            let known = known.join(", ");
            Err(Misused(format!("'{typed}' is no field; the fields are: {known}")).into())
        }
    }
}

/// Every document that a person must read.
fn all_unread(opened: &Opened) -> Result<Vec<UnreadItem>> {
    let mut items: Vec<UnreadItem> = Vec::new();
    loop {
        let after = items.last().map(|item| item.document);
        let more = opened.wait(review::unread(&opened.store, after, AT_ONCE))?;
        if more.is_empty() {
            return Ok(items);
        }
        items.extend(more);
    }
}

fn list(place: &Place) -> Result<Exit> {
    let opened = Opened::at(place)?;
    let items = all(&opened)?;
    let unread = all_unread(&opened)?;
    if place.json {
        let items = items.iter().map(item_json);
        say_json(&items.chain(unread.iter().map(unread_json)).collect())?;
        return Ok(Exit::Done);
    }
    let store = store_flag(place);
    if !unread.is_empty() {
        say(&unread_text(&unread, &store))?;
    }
    if items.is_empty() && unread.is_empty() {
        tell!("No field is in review. See the cases: postroom cases{store}");
        return Ok(Exit::Done);
    }
    if items.is_empty() {
        return Ok(Exit::Done);
    }
    say(&format!(
        "{}\n{} to settle, each under its document, case and scan\n\
         See one:   postroom review show DOCUMENT FIELD --image field.png{store}\n\
         Settle it: postroom review settle DOCUMENT FIELD VALUE{store}\n",
        items_text(&items),
        count(items.len(), "field", "fields"),
    ))?;
    Ok(Exit::Done)
}

fn items_text(items: &[ReviewItem]) -> String {
    let header = ["field", "proposed", "prob.", "reason"];
    let mut table = Table::new(header)
        .yielding(&[1, 3])
        .numbers(&[2])
        .wrapping()
        .indented(2);
    let mut over = None;
    for item in items {
        if over.replace(item.document) != Some(item.document) {
            let document = short(item.document);
            table.heading(&format!(
                "{document}  {}  {}",
                lying_on(item.case),
                item.path
            ));
        }
        let Question { name, field, .. } = &item.question;
        table.row([
            name.name().to_owned(),
            field.value.clone().unwrap_or_default(),
            question::probability(&item.question)
                .map_or_else(String::new, |sure| format!("{sure:.2}")),
            question::reason(&item.question),
        ]);
    }
    table.text()
}

/// What to do with a letter that no program can read.
const READ_IT: &str = "it cannot be read as print: look at it, and settle what it says";

fn unread_text(unread: &[UnreadItem], store: &str) -> String {
    let mut text = String::new();
    for item in unread {
        let (document, path) = (short(item.document), plain(&item.path));
        let why = item.torn.as_ref().map(|why| format!("  ({})", plain(why)));
        let why = why.unwrap_or_default();
        text.push_str(&format!(
            "{document}  {}  {path}{why}\n",
            lying_on(item.case)
        ));
    }
    text.push_str(&format!(
        "\n{} cannot be read as print, or may lack pages, each with its case and scan\n\
         Look at it:              postroom show CASE --image page.png{store}\n\
         Type in what it says:    postroom review settle DOCUMENT sender_name VALUE{store}\n\
         Or that nobody can tell: postroom review settle DOCUMENT sender_name --unreadable{store}\n\n",
        count(unread.len(), "document", "documents"),
    ));
    text
}

fn unread_json(item: &UnreadItem) -> Value {
    json!({
        "document": item.document.to_string(),
        "field": null,
        "scan": item.path,
        "case": item.case.map(|case| case.to_string()),
        "reason": item.torn.as_deref().unwrap_or(READ_IT),
    })
}

fn item_json(item: &ReviewItem) -> Value {
    let mut value = question::to_json(item.document, &item.question);
    value["scan"] = json!(item.path);
    value["case"] = json!(item.case.map(|case| case.to_string()));
    value
}

fn show_fields(place: &Place, arguments: &ShowArguments) -> Result<Exit> {
    let opened = Opened::at(place)?;
    let document = opened.document(&arguments.document)?;
    let questions = match arguments.field.as_deref() {
        Some(typed) => vec![field_named(&opened, document, typed)?],
        None => {
            let mut all = opened.wait(review::fields_of(&opened.store, document))?;
            all.retain(|question| question.asked.is_some());
            all
        }
    };
    if let (Some(file), [question]) = (&arguments.image, questions.as_slice()) {
        write_field(&opened, document, question, file)?;
    }
    if place.json {
        let shown = questions.iter();
        say_json(&shown.map(|one| question::to_json(document, one)).collect())?;
    } else if questions.is_empty() {
        tell!("Document {} has no field in review.", short(document));
    } else {
        for question in &questions {
            say(&question::text(question))?;
        }
    }
    Ok(Exit::Done)
}

fn write_field(
    opened: &Opened,
    document: DocumentId,
    question: &Question,
    file: &Path,
) -> Result<()> {
    let name = &question.name;
    let nowhere = || {
        Misused(format!(
            "{} of document {} stands nowhere on the paper; look at the page with \
             `postroom show CASE --image FILE`",
            name.name(),
            short(document)
        ))
    };
    let place = question.field.place.ok_or_else(nowhere)?;
    let pages = opened.wait(opened.store.pages_of(document))?;
    let cut = opened.wait(picture::field(&opened.store, &pages, place))?;
    let picture = write_picture(cut.ok_or_else(nowhere)?, place.page, file)?;
    tell!(
        "Picture of {} written to {} as {}",
        name.name(),
        file.display(),
        picture.media.name()
    );
    Ok(())
}

fn settle_field(place: &Place, arguments: &SettleArguments) -> Result<Exit> {
    let decision = match (&arguments.value, arguments.pick) {
        (Some(value), _) => Decision::Value(value.clone()),
        (None, Some(number)) => Decision::Pick(number),
        (None, None) if arguments.unreadable => Decision::Unreadable,
        (None, None) => Decision::AsProposed,
    };
    let actor = arguments.by.actor()?;
    let opened = Opened::at(place)?;
    let document = opened.document(&arguments.document)?;
    let Question { name, asked, .. } = field_named(&opened, document, &arguments.field)?;
    let settled = review::settle(&opened.store, document, name.clone(), &decision, &actor);
    let field = opened.wait(settled)?;
    if place.json {
        say_json(&question::field_json(document, name.name(), &field))?;
        return Ok(Exit::Done);
    }
    let value = plain(field.value.as_deref().unwrap_or("unreadable"));
    let (name, document) = (name.name(), short(document));
    match asked {
        Some(Asked::Blind) => {
            tell!(
                "{name} of document {document} is keyed: {value}; {}",
                field.reason
            );
        }
        _ => tell!("{name} of document {document} is settled: {value}"),
    }
    Ok(Exit::Done)
}

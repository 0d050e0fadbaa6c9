//! Cards read to the end, as in a night: what is in their boxes, and what their fields say,
//! beside what is true. `scripts/bench cards` makes tables of it.

use std::fs;
use std::io::Write as _;
use std::sync::Mutex;

use jiff::civil::Date;
use postroom::acceptance::evidence::Evidence;
use postroom::acceptance::{Acceptance, Signs, Targets};
use postroom::domain::card::CardSide;
use postroom::domain::card_draft::{CardDraft, CardField};
use postroom::domain::case::{Receipt, ReceiptOrigin};
use postroom::domain::document::Document;
use postroom::domain::form::{FieldKind, Form};
use postroom::domain::geometry::{PageSize, Turn};
use postroom::domain::lattice::{Label, Lattice};
use postroom::domain::limits::Limits;
use postroom::domain::page::{EncodedImage, MediaType, PageKind, PageOutcome, ReadPage};
use postroom::domain::text::PageText;
use postroom::domain::verdict::Verdict;
use postroom::engines::{Networks, handprint_digest};
use postroom::gazetteer::Gazetteer;
use postroom::lexicon::{Lexicons, Table, same_value};
use postroom::pipeline::Desk;
use postroom::pipeline::cards::{FormBook, Look};
use postroom::pipeline::draft_card::{ON_THE_CARD, draft_card};
use postroom::pipeline::open::open;
use postroom::rules::Rules;
use serde_json::{Value, json};

use super::measure::processor_time;
use super::peers::Peers;
use super::sim::{Card, Simulator, Truth, Wanted};
use super::{Options, Result};

/// The day on which every card is read: ages depend on it.
const DAY: Date = jiff::civil::date(2026, 11, 20);

/// Reads cards; a line of JSON for each.
pub fn cards(simulator: &Simulator, forms: &[Form], options: &Options) -> Result<()> {
    let desk = &desk(forms, options)?;
    let out = &Mutex::new(std::io::stdout());
    let share = |job: u64| -> Result<()> {
        let networks = Networks {
            handprint: options.handprint()?,
            ..Networks::open()?
        };
        let book = FormBook::new(forms.to_vec(), networks);
        let peers = || Peers::open(options, &desk.gazetteer);
        let mut peers = options.peers.then(peers).transpose()?;
        for form in forms {
            for number in (job..options.count).step_by(options.jobs as usize) {
                let side = (number % form.sides.len() as u64) as usize;
                let wanted = Wanted {
                    severity: options.severity,
                    seed: options.seed,
                    number,
                };
                let card = simulator.card(form, side, wanted)?;
                let mut line = read(&book, (desk, &options.without), &card, number)?;
                if let Some(peers) = &mut peers {
                    add_peers(&mut line, peers, (&book, desk), &card)?;
                }
                let mut out = out.lock().map_err(|_| "a thread panicked")?;
                writeln!(out, "{line}")?;
            }
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..options.jobs)
            .map(|job| scope.spawn(move || share(job)))
            .collect();
        for worker in workers {
            worker
                .join()
                .map_err(|_| "a card made the program panic")??;
        }
        Ok(())
    })
}

fn desk(forms: &[Form], options: &Options) -> Result<Desk> {
    let gazetteer = match &options.gazetteer {
        Some(path) => Gazetteer::open(fs::read(path)?)?,
        None => Gazetteer::embedded(),
    };
    let lexicons = match &options.lexicons {
        Some(folder) => {
            let table = |name: &str| -> Result<Table> {
                Ok(Table::parse([(
                    name,
                    fs::read(folder.join(name))?.as_slice(),
                )])?)
            };
            let first_names = table("first-names.csv")?;
            Lexicons::with_tables(Some(first_names), Some(table("surnames.csv")?))
        }
        None => Lexicons::embedded(),
    };
    let own = options.evidence.iter().map(|path| {
        let text = fs::read_to_string(path)?;
        Evidence::parse(&text).map_err(|error| format!("{}: {error}", path.display()).into())
    });
    let own = own.collect::<Result<Vec<_>>>()?;
    Ok(Desk {
        companies: Vec::new(),
        gazetteer,
        lexicons,
        rules: Rules::embedded(),
        forms: forms.to_vec(),
        acceptance: Acceptance::new(
            Some(handprint_digest()),
            Targets::default(),
            Evidence::embedded(),
            own,
        ),
    })
}

/// Adds to the fields of a card what others make of them.
fn add_peers(
    line: &mut Value,
    peers: &mut Peers,
    (book, desk): (&FormBook, &Desk),
    card: &Card,
) -> Result<()> {
    let scan = open(&card.file.bytes, &Limits::default())?;
    let page = scan.page(1)?;
    let pictures = book.field_pictures(&page)?.unwrap_or_default();
    let fields = line["fields"].as_array_mut().into_iter().flatten();
    for (field, pix) in fields.zip(pictures) {
        let kind = field["kind"].as_str().and_then(FieldKind::from_name);
        let Some(kind) = kind.filter(|kind| *kind != FieldKind::FreeText) else {
            continue;
        };
        let meant = field["meant"].as_str().unwrap_or_default().to_owned();
        let plain = |text: &str| text.replace(' ', "");
        let right = |value: &str| {
            same_value(kind, Some(value), Some(&meant)) || plain(value) == plain(&meant)
        };
        let printed = peers.print(&pix, pix.resolution().0)?;
        field["tesseract_right"] = right(&printed).into();
        field["tesseract"] = printed.into();
        let read = field["as_read"].as_str().unwrap_or_default();
        let nearest = peers.nearest(kind, read, &desk.gazetteer);
        field["nearest_right"] = right(&nearest).into();
        field["nearest"] = nearest.into();
    }
    Ok(())
}

/// From the file's bytes to the fields; those of some kinds are not read.
fn read(
    book: &FormBook,
    (desk, without): (&Desk, &[FieldKind]),
    card: &Card,
    number: u64,
) -> Result<Value> {
    let began = processor_time();
    let page = open(&card.file.bytes, &Limits::default())
        .and_then(|scan| scan.page(1))
        .map_err(|rejection| format!("{rejection:?}"))?;
    let looked = book.look(&page)?;
    let seen = processor_time();
    let truth = &card.truth;
    let mut line = json!({
        "form": truth.form,
        "side": truth.side,
        "severity": truth.severity,
        "number": number,
        "kind": truth.kind.name(),
        "dpi": truth.dpi,
    });
    let Look::Card(_, mut side) = looked else {
        return Ok(line);
    };
    let form = desk.forms.iter().find(|form| form.id == side.form);
    let kind_of = |name: &str| {
        let mut fields = form?.sides.iter().flat_map(|side| &side.fields);
        Some(fields.find(|field| field.name == name)?.kind)
    };
    for field in &mut side.fields {
        if kind_of(&field.name).is_some_and(|kind| without.contains(&kind)) {
            field.lattice = Lattice::default();
        }
    }
    let draft = draft(&side, desk);
    line["ms"] = json!([seen - began, processor_time() - seen]);
    line["residual"] = side.residual.into();
    let written = draft.fields.iter().filter(|field| !field.is_serial());
    let fields = truth.fields.iter().zip(&side.fields).zip(written);
    line["fields"] = fields
        .map(|((truth, written), read)| {
            let mut field = field(truth, read, (&written.lattice, side.residual));
            field["boxes"] = boxes(truth, &written.lattice);
            field["emptiness"] = written.lattice.emptiness().into();
            field
        })
        .collect();
    line["ticks"] = ticks(truth, &draft);
    Ok(line)
}

/// The whole way in the parent: one page, one document.
fn draft(side: &CardSide, desk: &Desk) -> CardDraft {
    let page = ReadPage {
        case: None,
        kind: PageKind::Card,
        size: PageSize {
            width: 1,
            height: 1,
            dpi: 300,
        },
        turn: Turn::None,
        skew: 0.0,
        text: PageText::default(),
        card: Some(Box::new(side.clone())),
        original: EncodedImage {
            media: MediaType::Tiff,
            bytes: Vec::new(),
        },
        display: None,
    };
    let document = Document {
        ordinal: 1,
        pages: vec![1],
    };
    let receipt = Receipt {
        day: DAY,
        origin: ReceiptOrigin::Today,
    };
    let pages = [PageOutcome {
        number: 1,
        result: Ok(page),
    }];
    draft_card(&document, &pages, receipt, desk)
        .card
        .unwrap_or_default()
}

fn field(
    truth: &super::sim::Field,
    read: &CardField,
    (lattice, residual): (&Lattice, f64),
) -> Value {
    let written: String = truth.boxes.iter().map(|one| one.text.as_str()).collect();
    let meant = truth.meant.trim();
    let right = |value: Option<&str>| match (value, meant.is_empty()) {
        (None, true) => true,
        (value, _) => {
            // A few towns are wards whose whole name nobody writes.
            let short = value.and_then(|value| value.split(',').next());
            let short = short.filter(|_| read.kind == FieldKind::Town);
            same_value(read.kind, value, Some(meant)) || same_value(read.kind, short, Some(meant))
        }
    };
    let changed = !read.field.reason.starts_with("as read");
    let signs = Signs::of(&read.alternatives, lattice, residual, changed);
    json!({
        "name": read.name,
        "kind": read.kind.name(),
        "meant": meant,
        "written": written.trim_end(),
        "departure": truth.departure.map(|departure| departure.name()),
        "slip": truth.slip.map(|slip| slip.name()),
        "as_read": read.field.as_read,
        "as_read_right": right(read.field.as_read.as_deref()),
        "value": read.field.value,
        "right": right(read.field.value.as_deref()),
        "p": read.field.probability.get(),
        "signs": [signs.joint, signs.margin, signs.weakest, signs.residual, signs.changed],
        "printed": read.field.reason.ends_with(ON_THE_CARD),
        "doubtful": read.doubtful.len(),
        "empty": read.field.verdict == Verdict::Empty,
        "accepted": read.field.verdict == Verdict::Accepted,
    })
}

/// Of each box that is written in: what stands there, and the likeliest of all characters, of
/// the letters, and of the digits, with the first's share.
fn boxes(truth: &super::sim::Field, lattice: &Lattice) -> Value {
    if lattice.boxes() != truth.boxes.len() {
        return json!([]);
    }
    let bounds = lattice.bounds();
    let boxes = truth.boxes.iter().enumerate().map(|(at, one)| {
        let edges = lattice.edges().iter();
        let here = edges.filter(|edge| edge.from == bounds[at] && edge.to == bounds[at + 1]);
        let best = |fits: fn(char) -> bool| {
            let signs = here.clone().filter_map(|edge| match edge.label {
                Label::Sign(sign) if fits(sign) => Some((sign, edge.log)),
                _ => None,
            });
            signs.max_by(|a, b| a.1.total_cmp(&b.1))
        };
        let name = |sign: Option<(char, f64)>| sign.map_or(String::new(), |(s, _)| s.to_string());
        let any = best(|_| true);
        json!([
            if one.struck {
                "\u{2588}".to_owned()
            } else {
                one.text.to_uppercase()
            },
            name(any),
            name(best(|sign| sign.is_ascii_uppercase())),
            name(best(|sign| sign.is_ascii_digit())),
            any.map_or(0.0, |(_, log)| log.exp()),
        ])
    });
    boxes.collect()
}

/// Consents taken where none was given, and the boxes that gave none.
fn ticks(truth: &Truth, draft: &CardDraft) -> Value {
    let consents = truth.ticks.iter().filter(|tick| tick.consent);
    let given = |name: &str| {
        let mut ticks = draft.ticks.iter();
        ticks.any(|one| one.tick.name == name && one.tick.consents())
    };
    let none = consents.filter(|tick| tick.intent != super::sim::Intent::Marked);
    let (all, false_ones) = none.fold((0, 0), |(all, wrong), tick| {
        (all + 1, wrong + u32::from(given(&tick.name)))
    });
    json!([false_ones, all])
}

//! Pages that nobody here knows: letters, and other people's cards with squares in their
//! corners, boxes, combs and codes like ours.

use postroom::domain::form::{
    BoxStyle, Choice, Colour, FieldKind, Form, FormField, Marks, Side, SignatureBox, Text, TickBox,
    TickField,
};
use postroom::domain::geometry::Area;

use super::sim::{Chance, sentence};

/// How a foreign form resembles ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Likeness {
    /// A letter.
    Letter,
    /// Not at all.
    Other,
    /// It is on the same sheet, with the same marks.
    SameMarks,
    /// So, and it has no code.
    NoCode,
    /// It is ours, but of a version that we do not have, with fields elsewhere.
    NextVersion,
}

impl Likeness {
    pub const ALL: [Self; 5] = [
        Self::Letter,
        Self::Other,
        Self::SameMarks,
        Self::NoCode,
        Self::NextVersion,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Letter => "a letter",
            Self::Other => "another form",
            Self::SameMarks => "another form with our marks",
            Self::NoCode => "another form with our marks and no code",
            Self::NextVersion => "another version of our form",
        }
    }
}

/// Widths and heights of sheets, mm.
const SHEETS: [[f64; 2]; 7] = [
    [210.0, 297.0],
    [148.0, 210.0],
    [210.0, 148.0],
    [105.0, 148.0],
    [148.0, 105.0],
    [210.0, 99.0],
    [152.0, 102.0],
];

/// A foreign form, after one of ours.
pub fn form(likeness: Likeness, ours: &Form, chance: &mut Chance) -> Form {
    let mut form = ours.clone();
    form.sides.truncate(1);
    if likeness == Likeness::NextVersion {
        form.version += 1;
        let (across, down) = (chance.either_way(6.0), chance.between(3.0, 9.0));
        move_fields(&mut form, across, down);
        return form;
    }
    form.id = format!("foreign-{:06x}", chance.bits() & 0xff_ffff);
    form.version = 1 + chance.below(4) as u32;
    if likeness == Likeness::Letter {
        [form.width, form.height] = SHEETS[0];
        // Without a size there is no mark.
        form.marks.size = 0.0;
        form.sides = vec![letter(chance)];
        return form;
    }
    if likeness == Likeness::Other {
        [form.width, form.height] = *chance.one_of(&SHEETS);
        form.marks = Marks {
            size: chance.between(3.0, 7.0),
            inset: chance.between(4.0, 9.0),
        };
        let rgb = *chance.one_of(&[[180, 225, 190], [245, 190, 170], [170, 205, 240]]);
        form.colour = if chance.happens(0.5) {
            Colour::Black
        } else {
            Colour::DropOut(rgb)
        };
    }
    form.sides = vec![side(&form, likeness, chance)];
    form
}

/// A printed letter, now and then with a heading.
fn letter(chance: &mut Chance) -> Side {
    let mut side = Side::default();
    let mut line = |text: String, y: f64, size: f64, bold: bool| {
        side.texts.push(Text {
            text,
            x: 22.0,
            y,
            size,
            bold,
        });
    };
    if chance.happens(0.4) {
        line(sentence(20, chance), 20.0, chance.between(14.0, 24.0), true);
    }
    let size = chance.between(9.0, 12.0);
    let mut y = 40.0;
    let end = chance.between(90.0, 270.0);
    while y < end {
        let room = (800.0 / size) as usize;
        let last = chance.happens(0.2);
        let length = if last {
            10 + chance.below(room - 10)
        } else {
            room
        };
        line(sentence(length, chance), y, size, false);
        y += size * if last { 0.8 } else { 0.45 };
    }
    side
}

/// Moves what is filled in, as far as it stays on the sheet.
fn move_fields(form: &mut Form, across: f64, down: f64) {
    let (width, height) = (form.width, form.height);
    let moved = |place: &mut Area| {
        place.x = (place.x + across).clamp(10.0, (width - place.w - 10.0).max(10.0));
        place.y = (place.y + down).clamp(10.0, (height - place.h - 10.0).max(10.0));
    };
    for side in &mut form.sides {
        side.fields
            .iter_mut()
            .flat_map(|field| &mut field.boxes)
            .for_each(moved);
        let options = side.ticks.iter_mut().flat_map(|field| &mut field.options);
        options.for_each(|option| moved(&mut option.place));
        side.signatures
            .iter_mut()
            .for_each(|signature| moved(&mut signature.place));
    }
}

/// Rows of fields and ticks down the sheet.
fn side(form: &Form, likeness: Likeness, chance: &mut Chance) -> Side {
    let left = form.marks.inset + form.marks.size + chance.between(2.0, 6.0);
    let right = form.width - left;
    let code = chance.between(11.0, 18.0);
    let mut side = Side {
        code: Area::new(
            right - code,
            form.marks.inset + chance.between(5.0, 9.0),
            code,
            code,
        ),
        ..Side::default()
    };
    if likeness == Likeness::NoCode {
        // Nothing is drawn on no area.
        side.code = Area::default();
    }
    side.texts.push(Text {
        text: (*chance.one_of(&["Entry form", "Your order", "Survey", "Change of address"]))
            .to_owned(),
        x: left,
        y: form.marks.inset + 12.0,
        size: 14.0,
        bold: true,
    });
    let mut y = form.marks.inset + 28.0;
    while y < form.height - 25.0 {
        match chance.weighted(&[0.6, 0.3, 0.1]) {
            0 => side
                .fields
                .push(field(side.fields.len(), [left, y], right, chance)),
            1 => side
                .ticks
                .push(ticks(side.ticks.len(), [left, y], right, chance)),
            _ => side.signatures.push(SignatureBox {
                name: format!("signature{}", side.signatures.len()),
                caption: "Signed".to_owned(),
                place: Area::new(left, y, chance.between(50.0, 80.0).min(right - left), 10.0),
            }),
        }
        y += chance.between(12.0, 15.0);
    }
    side
}

fn field(number: usize, [x, y]: [f64; 2], right: f64, chance: &mut Chance) -> FormField {
    let comb = chance.happens(0.5);
    let width = chance.between(4.5, 7.0);
    let pitch = if comb {
        width
    } else {
        width + chance.between(0.8, 1.5)
    };
    let most = ((right - x) / pitch) as usize;
    let count = (4 + chance.below(20)).min(most);
    let height = chance.between(6.0, 8.0);
    let kind = *chance.one_of(&[FieldKind::Surname, FieldKind::Town, FieldKind::Phone]);
    FormField {
        name: format!("field{number}"),
        kind,
        caption: (*chance.one_of(&["Name", "Place", "Number"])).to_owned(),
        style: if comb {
            BoxStyle::Comb
        } else {
            BoxStyle::Separate
        },
        boxes: (0..count)
            .map(|at| Area::new(x + at as f64 * pitch, y, width, height))
            .collect(),
        check: None,
    }
}

fn ticks(number: usize, [x, y]: [f64; 2], right: f64, chance: &mut Chance) -> TickField {
    let size = chance.between(3.5, 5.0);
    let count = 1 + chance.below(4);
    let step = (right - x) / count as f64;
    TickField {
        name: format!("tick{number}"),
        caption: "Please tick".to_owned(),
        choice: Choice::ManyOf,
        options: (0..count)
            .map(|at| TickBox {
                name: format!("option{at}"),
                caption: "Yes".to_owned(),
                place: Area::new(x + at as f64 * step, y, size, size),
            })
            .collect(),
        consent: None,
    }
}

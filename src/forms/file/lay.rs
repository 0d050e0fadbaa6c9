//! Lays what a form file says on the page, and refuses what cannot be meant: overlapping
//! boxes, places off the page, words that are none of ours.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;

use super::{
    CODE_SIZE, ConsentFile, FieldFile, FormError, FormFile, LARGEST, MARK_INSETS, MARK_SIZES,
    MOST_BOXES, MarksFile, SMALLEST, SerialFile, SideFile, TEXT_SIZES, TextFile, TickFile,
    VERSIONS, names,
};
use crate::domain::form::{
    BoxStyle, Channel, Choice, Colour, Consent, FieldKind, Form, FormField, Marks, Serial,
    SerialKind, Side, SignatureBox, Text, TickBox, TickField, is_form_id,
};
use crate::domain::geometry::Area;
use crate::domain::grammar::check_digit::CheckDigit;

/// What a number that is on the card already may say.
const SERIALS: [FieldKind; 2] = [FieldKind::MemberNumber, FieldKind::Number];

/// Holds a file's values to what can be printed.
pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
}

impl Parser<'_> {
    /// The form, when everything on it has its place.
    pub(super) fn form(&self, file: FormFile) -> Result<Form, FormError> {
        let page = file.page.get_ref();
        for (what, length) in [("width", page.width), ("height", page.height)] {
            if !(SMALLEST..=LARGEST).contains(&length) {
                let what = format!(
                    "a page {what} of {length} mm cannot be; it is {SMALLEST} to {LARGEST} mm"
                );
                return Err(self.wrong(file.page.span(), what));
            }
        }
        let id = file.id.get_ref();
        if !is_form_id(id) {
            let what = format!("id '{id}' must be 1 to 24 small letters, digits and dashes");
            return Err(self.wrong(file.id.span(), what));
        }
        let version = *file.version.get_ref();
        if !VERSIONS.contains(&version) {
            let (least, most) = VERSIONS.into_inner();
            let what = format!("version {version} must be {least} to {most}");
            return Err(self.wrong(file.version.span(), what));
        }
        let mut form = Form {
            id: id.clone(),
            title: file.title,
            version,
            width: page.width,
            height: page.height,
            colour: self.colour(&file.colour)?,
            marks: self.marks(&file.marks)?,
            sides: Vec::new(),
        };
        if !has_room_for_marks(&form) {
            let Marks { size, inset } = form.marks;
            let what = format!(
                "a page of {} x {} mm has no room for marks of {size} mm, {inset} mm from its edges",
                form.width, form.height
            );
            return Err(self.wrong(file.marks.span(), what));
        }
        if !(1..=2).contains(&file.side.len()) {
            return Err(self.wrong(0..0, "a form has one [[side]] or two"));
        }
        let mut names = BTreeSet::new();
        for side in file.side {
            let laid = self.side(side, &form, &mut names)?;
            form.sides.push(laid);
        }
        Ok(form)
    }

    fn marks(&self, file: &Spanned<MarksFile>) -> Result<Marks, FormError> {
        let MarksFile { size, inset } = *file.get_ref();
        for (what, length, range) in [
            ("of", size, MARK_SIZES),
            ("from the edge by", inset, MARK_INSETS),
        ] {
            if !range.contains(&length) {
                let (least, most) = range.into_inner();
                let what = format!("marks {what} {length} mm cannot be; {least} to {most} mm can");
                return Err(self.wrong(file.span(), what));
            }
        }
        Ok(Marks { size, inset })
    }

    fn colour(&self, colour: &Spanned<String>) -> Result<Colour, FormError> {
        let text = colour.get_ref();
        if text == "black" {
            return Ok(Colour::Black);
        }
        let hex = text.strip_prefix('#').filter(|hex| {
            let mut digits = hex.chars();
            hex.len() == 6 && digits.all(|digit| digit.is_ascii_hexdigit())
        });
        let part = |at: usize| u8::from_str_radix(hex?.get(at..at + 2)?, 16).ok();
        match (part(0), part(2), part(4)) {
            (Some(red), Some(green), Some(blue)) => Ok(Colour::DropOut([red, green, blue])),
            _ => {
                let what = format!("colour '{text}' is neither \"black\" nor like \"#f0a0a0\"");
                Err(self.wrong(colour.span(), what))
            }
        }
    }

    fn side(
        &self,
        file: Spanned<SideFile>,
        form: &Form,
        names: &mut BTreeSet<String>,
    ) -> Result<Side, FormError> {
        let file = file.into_inner();
        let code = file.code.get_ref();
        let mut laid = Laid {
            parser: self,
            form,
            taken: form
                .corner_marks()
                .map(|mark| ("a corner mark".to_owned(), mark))
                .to_vec(),
            names,
        };
        if code.size < CODE_SIZE {
            let what = format!(
                "a code of {} mm is never read; {CODE_SIZE} mm can be",
                code.size
            );
            return Err(self.wrong(file.code.span(), what));
        }
        let code = Area::new(code.x, code.y, code.size, code.size);
        laid.put("the code", code, file.code.span())?;
        let mut side = Side {
            code,
            ..Side::default()
        };
        for field in file.field {
            side.fields.push(laid.field(field)?);
        }
        for tick in file.tick {
            side.ticks.push(laid.tick(tick)?);
        }
        for signature in file.signature {
            let span = signature.span();
            let box_ = signature.into_inner();
            let place = Area::new(box_.x, box_.y, box_.width, box_.height);
            laid.name(&box_.name, span.clone())?;
            laid.put(&box_.name, place, span)?;
            side.signatures.push(SignatureBox {
                name: box_.name,
                caption: box_.caption,
                place,
            });
        }
        for serial in file.serial {
            side.serials.push(laid.serial(serial)?);
        }
        for text in file.text {
            side.texts.push(self.text(text, form)?);
        }
        Ok(side)
    }

    fn text(&self, file: Spanned<TextFile>, form: &Form) -> Result<Text, FormError> {
        let span = file.span();
        let text = file.into_inner();
        if !(0.0..=form.width).contains(&text.x) || !(0.0..=form.height).contains(&text.y) {
            return Err(self.wrong(span, format!("'{}' is off the page", text.text)));
        }
        if !TEXT_SIZES.contains(&text.size) {
            let (least, most) = TEXT_SIZES.into_inner();
            let what = format!("print of {} points; {least} to {most} can be", text.size);
            return Err(self.wrong(span, what));
        }
        Ok(Text {
            text: text.text,
            x: text.x,
            y: text.y,
            size: text.size,
            bold: text.bold,
        })
    }

    /// The check digit of that name.
    fn check(
        &self,
        word: Option<&str>,
        span: Range<usize>,
    ) -> Result<Option<CheckDigit>, FormError> {
        word.map(|word| self.word(word, &CheckDigit::ALL, CheckDigit::name, span))
            .transpose()
    }

    fn wrong(&self, span: Range<usize>, what: impl Into<String>) -> FormError {
        FormError::at(self.text, Some(span), what)
    }

    /// The value of a word, or the words that there are.
    fn word<T: Copy>(
        &self,
        word: &str,
        all: &[T],
        name: fn(T) -> &'static str,
        span: Range<usize>,
    ) -> Result<T, FormError> {
        let found = all.iter().copied().find(|value| name(*value) == word);
        found.ok_or_else(|| {
            let words: Vec<&str> = all.iter().map(|value| name(*value)).collect();
            self.wrong(span, format!("'{word}' is none of {}", words.join(", ")))
        })
    }
}

/// A side as it fills up.
struct Laid<'a, 't> {
    parser: &'a Parser<'t>,
    form: &'a Form,
    taken: Vec<(String, Area)>,
    names: &'a mut BTreeSet<String>,
}

impl Laid<'_, '_> {
    /// Takes a place; nothing else may stand there.
    fn put(&mut self, name: &str, place: Area, span: Range<usize>) -> Result<(), FormError> {
        let whole = Area::new(0.0, 0.0, self.form.width, self.form.height);
        let numbers = [place.x, place.y, place.w, place.h];
        let on_page = place.x >= 0.0
            && place.y >= 0.0
            && place.right() <= whole.w
            && place.bottom() <= whole.h;
        if numbers.iter().any(|n| !n.is_finite()) || place.w <= 0.0 || place.h <= 0.0 {
            return Err(self.parser.wrong(span, format!("{name} has no size")));
        }
        if !on_page {
            let what = format!(
                "{name} reaches from {:.1}, {:.1} to {:.1}, {:.1} mm, off the page of {} x {} mm",
                place.x,
                place.y,
                place.right(),
                place.bottom(),
                whole.w,
                whole.h
            );
            return Err(self.parser.wrong(span, what));
        }
        if let Some((other, _)) = self.taken.iter().find(|(_, taken)| taken.overlaps(&place)) {
            return Err(self.parser.wrong(span, format!("{name} overlaps {other}")));
        }
        self.taken.push((name.to_owned(), place));
        Ok(())
    }

    /// A name of the form that no other field has.
    fn name(&mut self, name: &str, span: Range<usize>) -> Result<(), FormError> {
        names::of_field(name).map_err(|what| self.parser.wrong(span.clone(), what))?;
        if !self.names.insert(name.to_owned()) {
            let what = format!("there are two fields called '{name}'");
            return Err(self.parser.wrong(span, what));
        }
        Ok(())
    }

    fn field(&mut self, file: Spanned<FieldFile>) -> Result<FormField, FormError> {
        let span = file.span();
        let file = file.into_inner();
        self.name(&file.name, span.clone())?;
        let kind = FieldKind::name;
        let kind = self
            .parser
            .word(&file.kind, &FieldKind::ALL, kind, span.clone())?;
        let style = match &file.style {
            Some(style) => {
                let name = BoxStyle::name;
                self.parser
                    .word(style, &BoxStyle::ALL, name, span.clone())?
            }
            None => BoxStyle::Separate,
        };
        let count = u64::from(file.count) * u64::from(file.rows);
        if !(1..=MOST_BOXES).contains(&count) {
            let what = format!("{count} boxes; a field has 1 to {MOST_BOXES}");
            return Err(self.parser.wrong(span, what));
        }
        if style == BoxStyle::Line && file.count > 1 {
            return Err(self
                .parser
                .wrong(span, "a line is one box: leave out count"));
        }
        if style == BoxStyle::Line && file.rows > 1 && kind != FieldKind::FreeText {
            let what = format!("a {} is written on one line: leave out rows", kind.name());
            return Err(self.parser.wrong(span, what));
        }
        let check = self.parser.check(file.check.as_deref(), span.clone())?;
        if check.is_some() && !matches!(kind, FieldKind::MemberNumber | FieldKind::Number) {
            let what = format!("a {} has no check digit: leave out check", kind.name());
            return Err(self.parser.wrong(span, what));
        }
        self.steps(&file, span.clone())?;
        let mut boxes = Vec::new();
        for place in file.places() {
            let name = format!("{} box {}", file.name, boxes.len() + 1);
            self.put(&name, place, span.clone())?;
            boxes.push(place);
        }
        Ok(FormField {
            name: file.name,
            kind,
            caption: file.caption,
            check,
            style,
            boxes,
        })
    }

    /// From one box to the next, and from one row to the next.
    fn steps(&self, file: &FieldFile, span: Range<usize>) -> Result<(), FormError> {
        for (step, of, length, least) in [
            ("pitch", "width", file.pitch, file.width),
            ("leading", "height", file.leading, file.height),
        ] {
            if let Some(length) = length.filter(|length| *length < least) {
                let what = format!("a {step} of {length} mm is less than the {of} of {least} mm");
                return Err(self.parser.wrong(span, what));
            }
        }
        let mut gaps = file.gaps.iter();
        match gaps.find(|gap| !(0.0..=LARGEST).contains(&gap.width)) {
            Some(gap) => {
                let what = format!("a gap of {} mm cannot be", gap.width);
                Err(self.parser.wrong(span, what))
            }
            None => Ok(()),
        }
    }

    fn tick(&mut self, file: Spanned<TickFile>) -> Result<TickField, FormError> {
        let span = file.span();
        let file = file.into_inner();
        self.name(&file.name, span.clone())?;
        let choice = self
            .parser
            .word(&file.choice, &Choice::ALL, Choice::name, span.clone())?;
        let fits = match choice {
            Choice::Single => file.option.len() == 1,
            Choice::OneOf | Choice::ManyOf => file.option.len() > 1,
        };
        if !fits {
            let what = format!("{} with {} boxes", choice.name(), file.option.len());
            return Err(self.parser.wrong(span, what));
        }
        let mut options: Vec<TickBox> = Vec::new();
        for option in file.option {
            let span = option.span();
            let option = option.into_inner();
            let called = names::of_option(&option.name);
            called.map_err(|what| self.parser.wrong(span.clone(), what))?;
            if options.iter().any(|other| other.name == option.name) {
                let what = format!("there are two options called '{}'", option.name);
                return Err(self.parser.wrong(span, what));
            }
            let place = Area::new(option.x, option.y, option.size, option.size);
            self.put(&format!("{}.{}", file.name, option.name), place, span)?;
            options.push(TickBox {
                name: option.name,
                caption: option.caption,
                place,
            });
        }
        let consent = file.consent.map(|consent| self.consent(consent, choice));
        Ok(TickField {
            name: file.name,
            caption: file.caption,
            choice,
            options,
            consent: consent.transpose()?,
        })
    }

    fn consent(&self, file: Spanned<ConsentFile>, choice: Choice) -> Result<Consent, FormError> {
        let span = file.span();
        let file = file.into_inner();
        if choice != Choice::Single {
            let what = "a consent is one box for one purpose: choice = \"single\"";
            return Err(self.parser.wrong(span, what));
        }
        if file.channels.is_empty() || file.wording.trim().is_empty() || file.purpose.is_empty() {
            let what = "a consent names its purpose, its channels and its wording";
            return Err(self.parser.wrong(span, what));
        }
        let channels = file.channels.iter().map(|channel| {
            self.parser
                .word(channel, &Channel::ALL, Channel::name, span.clone())
        });
        Ok(Consent {
            purpose: file.purpose,
            channels: channels.collect::<Result<_, _>>()?,
            wording: file.wording,
        })
    }

    fn serial(&mut self, file: Spanned<SerialFile>) -> Result<Serial, FormError> {
        let span = file.span();
        let file = file.into_inner();
        self.name(&file.name, span.clone())?;
        let name = SerialKind::name;
        let kind = self
            .parser
            .word(&file.kind, &SerialKind::ALL, name, span.clone())?;
        let says = match &file.says {
            Some(says) => self
                .parser
                .word(says, &SERIALS, FieldKind::name, span.clone())?,
            None => FieldKind::Number,
        };
        let check = self.parser.check(file.check.as_deref(), span.clone())?;
        let place = Area::new(file.x, file.y, file.width, file.height);
        self.put(&file.name, place, span)?;
        Ok(Serial {
            name: file.name,
            kind,
            says,
            check,
            place,
        })
    }
}

/// Whether all four corner marks are on the page, with white between them.
const fn has_room_for_marks(form: &Form) -> bool {
    let reach = form.marks.inset + form.marks.size;
    2.0 * reach < form.width && 2.0 * reach < form.height
}

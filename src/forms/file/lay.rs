//! Lays what a form file says on the page, and refuses what cannot be meant: overlapping
//! boxes, places off the page, words that are none of ours. Each field, tick, box, number
//! and text is held to it for itself, so that one look tells of every one that is wrong.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;

use super::{
    BoxFile, CODE_SIZE, CodeFile, ConsentFile, FieldFile, FormError, FormFile, LARGEST,
    MARK_INSETS, MARK_SIZES, MOST_BOXES, MarksFile, Mistake, OptionFile, Page, SMALLEST,
    SerialFile, SideFile, TEXT_SIZES, TextFile, TickFile, VERSIONS, names,
};
use crate::domain::form::{
    BoxStyle, Channel, Choice, Colour, Consent, FieldKind, Form, FormField, Marks, Serial,
    SerialKind, Side, SignatureBox, Text, TickBox, TickField, is_form_id,
};
use crate::domain::geometry::Area;
use crate::domain::grammar::check_digit::CheckDigit;
use crate::domain::wording::no_such_word;

/// What a number that is on the card already may say.
const SERIALS: [FieldKind; 2] = [FieldKind::MemberNumber, FieldKind::Number];

/// Holds a file's values to what can be printed.
pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
}

/// The mistakes that were found so far.
#[derive(Default)]
struct Mistakes(Vec<Mistake>);

impl Mistakes {
    /// What is right, or nothing, and its mistake is noted.
    fn keep<T>(&mut self, laid: Result<T, Mistake>) -> Option<T> {
        laid.map_err(|mistake| self.0.push(mistake)).ok()
    }

    /// What of these is right.
    fn each<F, T>(
        &mut self,
        files: Vec<F>,
        mut lay: impl FnMut(F) -> Result<T, Mistake>,
    ) -> Vec<T> {
        let files = files.into_iter();
        files.filter_map(|file| self.keep(lay(file))).collect()
    }

    /// The form, when there were none.
    fn end(mut self, form: Option<Form>) -> Result<Form, FormError> {
        self.0.sort_by_key(|mistake| mistake.line);
        match form {
            Some(form) if self.0.is_empty() => Ok(form),
            _ => Err(FormError { mistakes: self.0 }),
        }
    }
}

impl Parser<'_> {
    /// The form, when everything on it has its place.
    pub(super) fn form(&self, file: FormFile) -> Result<Form, FormError> {
        let mut mistakes = Mistakes::default();
        let id = mistakes.keep(self.id(&file.id));
        let version = mistakes.keep(self.version(&file.version));
        let colour = mistakes.keep(self.colour(&file.colour));
        let page = mistakes.keep(self.page(&file.page));
        let marks = mistakes.keep(self.marks(&file.marks));
        let (Some(page), Some(marks)) = (page, marks) else {
            // Nothing can be laid on it.
            return mistakes.end(None);
        };
        let mut form = Form {
            id: id.unwrap_or_default(),
            title: file.title,
            version: version.unwrap_or_default(),
            width: page.width,
            height: page.height,
            colour: colour.unwrap_or(Colour::Black),
            marks,
            sides: Vec::new(),
        };
        let room = self.room_for_marks(&form, file.marks.span());
        if mistakes.keep(room).is_none() {
            return mistakes.end(None);
        }
        if !(1..=2).contains(&file.side.len()) {
            mistakes.keep::<()>(Err(self.wrong(0..0, "a form has one [[side]] or two")));
            return mistakes.end(None);
        }
        let mut names = BTreeSet::new();
        for side in file.side {
            let laid = self.side(side, &form, &mut names, &mut mistakes);
            form.sides.push(laid);
        }
        mistakes.end(Some(form))
    }

    fn page<'f>(&self, file: &'f Spanned<Page>) -> Result<&'f Page, Mistake> {
        let page = file.get_ref();
        for (what, length) in [("width", page.width), ("height", page.height)] {
            if !(SMALLEST..=LARGEST).contains(&length) {
                let what = format!(
                    "a page {what} of {length} mm cannot be; it is {SMALLEST} to {LARGEST} mm"
                );
                return Err(self.wrong(file.span(), what));
            }
        }
        Ok(page)
    }

    fn id(&self, file: &Spanned<String>) -> Result<String, Mistake> {
        let id = file.get_ref();
        if is_form_id(id) {
            return Ok(id.clone());
        }
        let what = format!("id '{id}' must be 1 to 24 small letters, digits and dashes");
        Err(self.wrong(file.span(), what))
    }

    fn version(&self, file: &Spanned<u32>) -> Result<u32, Mistake> {
        let version = *file.get_ref();
        if VERSIONS.contains(&version) {
            return Ok(version);
        }
        let (least, most) = VERSIONS.into_inner();
        let what = format!("version {version} must be {least} to {most}");
        Err(self.wrong(file.span(), what))
    }

    /// All four corner marks must be on the page, with white between them.
    fn room_for_marks(&self, form: &Form, span: Range<usize>) -> Result<(), Mistake> {
        let Marks { size, inset } = form.marks;
        let reach = inset + size;
        if 2.0 * reach < form.width && 2.0 * reach < form.height {
            return Ok(());
        }
        let what = format!(
            "a page of {} x {} mm has no room for marks of {size} mm, {inset} mm from its edges",
            form.width, form.height
        );
        Err(self.wrong(span, what))
    }

    fn marks(&self, file: &Spanned<MarksFile>) -> Result<Marks, Mistake> {
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

    fn colour(&self, colour: &Spanned<String>) -> Result<Colour, Mistake> {
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

    /// What of a side can be laid.
    fn side(
        &self,
        file: Spanned<SideFile>,
        form: &Form,
        names: &mut BTreeSet<String>,
        mistakes: &mut Mistakes,
    ) -> Side {
        let file = file.into_inner();
        let marks = form.corner_marks();
        let mut laid = Laid {
            parser: self,
            form,
            taken: marks
                .map(|mark| ("a corner mark".to_owned(), mark))
                .to_vec(),
            names,
        };
        let code = mistakes.keep(laid.code(&file.code)).unwrap_or_default();
        Side {
            code,
            fields: mistakes.each(file.field, |field| laid.field(field)),
            ticks: mistakes.each(file.tick, |tick| laid.tick(tick)),
            signatures: mistakes.each(file.signature, |place| laid.signature(place)),
            serials: mistakes.each(file.serial, |serial| laid.serial(serial)),
            texts: mistakes.each(file.text, |text| self.text(text, form)),
        }
    }

    fn text(&self, file: Spanned<TextFile>, form: &Form) -> Result<Text, Mistake> {
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
    fn check(&self, word: Option<&Spanned<String>>) -> Result<Option<CheckDigit>, Mistake> {
        word.map(|word| self.word(word, &CheckDigit::ALL, CheckDigit::name))
            .transpose()
    }

    fn wrong(&self, span: Range<usize>, what: impl Into<String>) -> Mistake {
        Mistake::at(self.text, Some(span), what)
    }

    /// The value of a word, or the words that there are.
    fn word<T: Copy>(
        &self,
        word: &Spanned<String>,
        all: &[T],
        name: fn(T) -> &'static str,
    ) -> Result<T, Mistake> {
        let mut values = all.iter().copied();
        let found = values.find(|value| name(*value) == word.get_ref());
        found.ok_or_else(|| {
            let words: Vec<&str> = all.iter().map(|value| name(*value)).collect();
            self.wrong(word.span(), no_such_word(word.get_ref(), &words))
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
    fn put(&mut self, name: &str, place: Area, span: Range<usize>) -> Result<(), Mistake> {
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
    fn name(&mut self, name: &Spanned<String>) -> Result<(), Mistake> {
        let wrong = |what: String| self.parser.wrong(name.span(), what);
        let name = name.get_ref();
        names::of_field(name).map_err(wrong)?;
        if !self.names.insert(name.clone()) {
            return Err(wrong(format!("there are two fields called '{name}'")));
        }
        Ok(())
    }

    fn code(&mut self, file: &Spanned<CodeFile>) -> Result<Area, Mistake> {
        let CodeFile { x, y, size } = *file.get_ref();
        if size < CODE_SIZE {
            let what = format!("a code of {size} mm is never read; {CODE_SIZE} mm can be");
            return Err(self.parser.wrong(file.span(), what));
        }
        let code = Area::new(x, y, size, size);
        self.put("the code", code, file.span())?;
        Ok(code)
    }

    fn field(&mut self, file: Spanned<FieldFile>) -> Result<FormField, Mistake> {
        let span = file.span();
        let file = file.into_inner();
        self.name(&file.name)?;
        let kind = FieldKind::name;
        let kind = self.parser.word(&file.kind, &FieldKind::ALL, kind)?;
        let style = match &file.style {
            Some(style) => self.parser.word(style, &BoxStyle::ALL, BoxStyle::name)?,
            None => BoxStyle::Separate,
        };
        let count = u64::from(file.count) * u64::from(file.rows);
        if !(1..=MOST_BOXES).contains(&count) {
            let what = format!("{count} boxes; a field has 1 to {MOST_BOXES}");
            return Err(self.parser.wrong(span, what));
        }
        if style == BoxStyle::Line && file.count > 1 {
            let what = "a line is one box: leave out count";
            return Err(self.parser.wrong(span, what));
        }
        if style == BoxStyle::Line && file.rows > 1 && kind != FieldKind::FreeText {
            let what = format!("a {} is written on one line: leave out rows", kind.name());
            return Err(self.parser.wrong(span, what));
        }
        let check = self.parser.check(file.check.as_ref())?;
        if let Some(word) = &file.check
            && !matches!(kind, FieldKind::MemberNumber | FieldKind::Number)
        {
            let what = format!("a {} has no check digit: leave out check", kind.name());
            return Err(self.parser.wrong(word.span(), what));
        }
        self.steps(&file)?;
        let name = file.name.get_ref();
        let mut boxes = Vec::new();
        for place in file.places() {
            let name = format!("{name} box {}", boxes.len() + 1);
            self.put(&name, place, span.clone())?;
            boxes.push(place);
        }
        Ok(FormField {
            name: file.name.into_inner(),
            kind,
            caption: file.caption,
            check,
            style,
            boxes,
        })
    }

    /// From one box to the next, and from one row to the next.
    fn steps(&self, file: &FieldFile) -> Result<(), Mistake> {
        for (step, of, length, least) in [
            ("pitch", "width", &file.pitch, file.width),
            ("leading", "height", &file.leading, file.height),
        ] {
            if let Some(length) = length
                && *length.get_ref() < least
            {
                let what = format!(
                    "a {step} of {} mm is less than the {of} of {least} mm",
                    length.get_ref()
                );
                return Err(self.parser.wrong(length.span(), what));
            }
        }
        let mut gaps = file.gaps.iter();
        match gaps.find(|gap| !(0.0..=LARGEST).contains(&gap.get_ref().width)) {
            Some(gap) => {
                let what = format!("a gap of {} mm cannot be", gap.get_ref().width);
                Err(self.parser.wrong(gap.span(), what))
            }
            None => Ok(()),
        }
    }

    fn tick(&mut self, file: Spanned<TickFile>) -> Result<TickField, Mistake> {
        let file = file.into_inner();
        self.name(&file.name)?;
        let choice = self.choice(&file.choice, file.option.len())?;
        let mut options: Vec<TickBox> = Vec::new();
        for option in file.option {
            let option = self.option(option, file.name.get_ref(), &options)?;
            options.push(option);
        }
        let consent = file.consent.map(|consent| self.consent(consent, choice));
        Ok(TickField {
            name: file.name.into_inner(),
            caption: file.caption,
            choice,
            options,
            consent: consent.transpose()?,
        })
    }

    /// How many boxes may be ticked, of so many.
    fn choice(&self, word: &Spanned<String>, boxes: usize) -> Result<Choice, Mistake> {
        let choice = self.parser.word(word, &Choice::ALL, Choice::name)?;
        let name = choice.name();
        let what = match choice {
            Choice::Single if boxes != 1 => format!(
                "a {name} is one box; this has {boxes}: say \"one-of\" or \"many-of\", or leave one"
            ),
            Choice::OneOf | Choice::ManyOf if boxes < 2 => format!(
                "a {name} needs two boxes or more; this has {boxes}: add a [[side.tick.option]], or \
                 say \"single\" of one"
            ),
            _ => return Ok(choice),
        };
        Err(self.parser.wrong(word.span(), what))
    }

    /// A box to tick of this field, after the others.
    fn option(
        &mut self,
        file: Spanned<OptionFile>,
        field: &str,
        others: &[TickBox],
    ) -> Result<TickBox, Mistake> {
        let span = file.span();
        let file = file.into_inner();
        let wrong = |what: String| self.parser.wrong(file.name.span(), what);
        let name = file.name.get_ref();
        names::of_option(name).map_err(wrong)?;
        if others.iter().any(|other| other.name == *name) {
            return Err(wrong(format!("there are two options called '{name}'")));
        }
        let place = Area::new(file.x, file.y, file.size, file.size);
        self.put(&format!("{field}.{name}"), place, span)?;
        Ok(TickBox {
            name: file.name.into_inner(),
            caption: file.caption,
            place,
        })
    }

    fn consent(&self, file: Spanned<ConsentFile>, choice: Choice) -> Result<Consent, Mistake> {
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
        let channels = file.channels.iter();
        let channels = channels.map(|word| self.parser.word(word, &Channel::ALL, Channel::name));
        Ok(Consent {
            purpose: file.purpose,
            channels: channels.collect::<Result<_, _>>()?,
            wording: file.wording,
        })
    }

    fn signature(&mut self, file: Spanned<BoxFile>) -> Result<SignatureBox, Mistake> {
        let span = file.span();
        let file = file.into_inner();
        self.name(&file.name)?;
        let place = Area::new(file.x, file.y, file.width, file.height);
        self.put(file.name.get_ref(), place, span)?;
        Ok(SignatureBox {
            name: file.name.into_inner(),
            caption: file.caption,
            place,
        })
    }

    fn serial(&mut self, file: Spanned<SerialFile>) -> Result<Serial, Mistake> {
        let span = file.span();
        let file = file.into_inner();
        self.name(&file.name)?;
        let name = SerialKind::name;
        let kind = self.parser.word(&file.kind, &SerialKind::ALL, name)?;
        let says = match &file.says {
            Some(says) => self.parser.word(says, &SERIALS, FieldKind::name)?,
            None => FieldKind::Number,
        };
        let check = self.parser.check(file.check.as_ref())?;
        let place = Area::new(file.x, file.y, file.width, file.height);
        self.put(file.name.get_ref(), place, span)?;
        Ok(Serial {
            name: file.name.into_inner(),
            kind,
            says,
            check,
            place,
        })
    }
}

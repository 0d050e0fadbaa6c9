//! Where in a form file stands what the linter speaks of.

use std::ops::Range;

use toml::Spanned;

use super::{FormFile, SideFile, TickFile, line_of};

/// The line of what a place of the linter's names: the corner marks, the colour, a side, or
/// something on a side.
pub(in crate::forms) fn line_of_place(text: &str, place: &str) -> Option<usize> {
    let file: FormFile = toml::from_str(text).ok()?;
    let span = match place {
        "corner marks" => file.marks.span(),
        "colour" => file.colour.span(),
        _ => {
            let place = place.strip_prefix("side ")?;
            let (number, name) = match place.split_once(": ") {
                Some((number, name)) => (number, Some(name)),
                None => (place, None),
            };
            let at = number.parse::<usize>().ok()?.checked_sub(1)?;
            let side = file.side.get(at)?;
            name.map_or_else(|| Some(side.span()), |name| side.get_ref().span_of(name))?
        }
    };
    // What the file leaves out has no line.
    (!span.is_empty()).then(|| line_of(text, span.start))
}

impl SideFile {
    /// What is called so: `postcode`, one of its boxes (`postcode box 3`), an option
    /// (`offer.kettle`), the code, or a text by its number.
    fn span_of(&self, name: &str) -> Option<Range<usize>> {
        if name == "the code" {
            return Some(self.code.span());
        }
        if let Some(number) = name.strip_prefix("text ") {
            let at = number.parse::<usize>().ok()?.checked_sub(1)?;
            return self.text.get(at).map(Spanned::span);
        }
        let whole = name.split([' ', '.']).next()?;
        let option = name.split_once('.').map(|(_, option)| option);
        let is = |other: &Spanned<String>| other.get_ref() == whole;
        let fields = self.field.iter().filter(|field| is(&field.get_ref().name));
        let ticks = self.tick.iter().filter(|tick| is(&tick.get_ref().name));
        let signatures = self.signature.iter();
        let signatures = signatures.filter(|signature| is(&signature.get_ref().name));
        let serials = self.serial.iter();
        let serials = serials.filter(|serial| is(&serial.get_ref().name));
        let mut spans = fields
            .map(Spanned::span)
            .chain(ticks.map(|tick| of_tick(tick, option)))
            .chain(signatures.map(Spanned::span))
            .chain(serials.map(Spanned::span));
        spans.next()
    }
}

/// One of its boxes, else its consent, else all of it.
fn of_tick(tick: &Spanned<TickFile>, option: Option<&str>) -> Range<usize> {
    let file = tick.get_ref();
    match option {
        Some(name) => {
            let mut options = file.option.iter();
            let named = options.find(|option| option.get_ref().name.get_ref() == name);
            named.map_or_else(|| tick.span(), Spanned::span)
        }
        None => file
            .consent
            .as_ref()
            .map_or_else(|| tick.span(), Spanned::span),
    }
}

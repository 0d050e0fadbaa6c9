//! A form with the text that it was read from: the text travels to readers and is hashed,
//! the form is used.

use super::{FormError, Weight, line_of, lint, parse};
use crate::domain::form::Form;
use crate::domain::identity::Digest;

/// A form that may be used, and its file's text.
#[derive(Debug, Clone, PartialEq)]
pub struct FormSource {
    /// The form.
    pub form: Form,
    /// The text that it was read from, whole.
    pub text: String,
}

/// A form file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It has mistakes.
    #[error(transparent)]
    Mistake(#[from] FormError),
    /// It is well formed, and must not be used as it is.
    #[error("{}{place}: {what}", line.map(|line| format!("line {line}: ")).unwrap_or_default())]
    Unfit {
        /// The line of what must not be so.
        line: Option<usize>,
        /// Side and field.
        place: String,
        /// Why.
        what: String,
    },
}

/// The forms in the program.
const SAMPLES: [&str; 2] = [
    include_str!("../../samples/forms/loyalty-a5.toml"),
    include_str!("../../samples/forms/coupon-a6.toml"),
];

impl FormSource {
    /// Reads a form file. What the linter calls an error, such as a consent that is none,
    /// is refused like a mistake.
    pub fn read(text: String) -> Result<Self, Refused> {
        let form = parse(&text)?;
        let worst = lint(&form).into_iter().next();
        match worst.filter(|advice| advice.weight == Weight::Error) {
            Some(advice) => Err(Refused::Unfit {
                line: line_of(&text, &advice),
                place: advice.place,
                what: advice.text,
            }),
            None => Ok(Self { form, text }),
        }
    }

    /// The hash of its text, kept with every reading.
    pub fn digest(&self) -> Digest {
        Digest::of(self.text.as_bytes())
    }
}

/// The forms in the program: what is read when no folder is named.
pub fn samples() -> Vec<FormSource> {
    // Held to by a test.
    let read = |text: &&str| FormSource::read((*text).to_owned()).ok();
    SAMPLES.iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::tests::CARD;

    #[test]
    fn the_samples_leave_nothing_to_advise() {
        let all = samples();
        assert_eq!(all.len(), SAMPLES.len());
        for source in all {
            assert_eq!(lint(&source.form), [], "{}", source.form.id);
        }
    }

    #[test]
    fn a_consent_that_is_none_is_refused() {
        let text = CARD.replace("Yes, send me offers", "Do not send me offers");
        let refused = FormSource::read(text).unwrap_err().to_string();
        assert!(
            refused.starts_with("line 26: side 1: mailing: 'do not send'"),
            "{refused}"
        );
    }
}

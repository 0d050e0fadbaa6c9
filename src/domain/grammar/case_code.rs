//! The code on a letter of ours: it says which case the letter belongs to, so that one
//! that comes back finds its case without being read.
//!
//! It begins with words of its own, so that no card and no separator sheet is taken for
//! it, nor it for one of them.

use super::case_reference::CaseReference;

/// What such a code begins with.
const PREFIX: &str = "postroom:case:";

/// What the code on a letter says: `postroom:case:PR-0000417-11`.
pub fn case_code(case: CaseReference) -> String {
    format!("{PREFIX}{case}")
}

/// The case that a code names; `None` for any other code, and for a case whose check
/// digits do not hold.
pub fn case_of(code: &str) -> Option<CaseReference> {
    let reference = code.trim().strip_prefix(PREFIX)?;
    let case: CaseReference = reference.parse().ok()?;
    // A code is read exactly or not at all: what people may type is not good enough here.
    (case.to_string() == reference).then_some(case)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_our_letters_have_such_a_code() {
        let case = CaseReference::new(417).unwrap();
        assert_eq!(case_code(case), "postroom:case:PR-0000417-11");
        assert_eq!(case_of("postroom:case:PR-0000417-11\n"), Some(case));
        for other in [
            "",
            "PRS1",
            "PR-0000417-11",
            "postroom:case:",
            "postroom:case:PR-0000417-12",
            "postroom:case:pr-0000417-11",
            "postroom:case:PR-OOOO417-11",
            "https://example.com/postroom:case:PR-0000417-11",
        ] {
            assert_eq!(case_of(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn every_case_comes_back(number in 0..=CaseReference::MAX) {
            let case = CaseReference::new(number).unwrap();
            prop_assert_eq!(case_of(&case_code(case)), Some(case));
        }

        #[test]
        fn no_other_text_is_a_case(text in "\\PC*") {
            prop_assert_eq!(case_of(&text), None);
        }
    }
}

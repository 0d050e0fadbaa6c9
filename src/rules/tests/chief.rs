//! A letter to the chief executive is found by its heading when nobody has told the
//! addressee from it, in every usual spelling and with the reader's slips.

use super::super::Rules;
use super::facts;

fn priority(rules: &Rules, text: &str) -> &'static str {
    rules.judge(&facts(text)).priority.choice.name()
}

#[test]
fn by_the_heading() {
    let rules = Rules::embedded();
    for line in [
        "The Chief Executive",
        "F.A.O. the Chief Executive",
        "FAO Chief Exec.",
        "Chief Exec.",
        "For the personal attention of the Managing Director",
        "Ms Helena Finch, Chief Executive",
        "Ms Helena Finch\nChief Executive Officer",
        "The C.E.O.",
        "CEO",
        "Managing Director's Office",
        "Chairman's Office",
        "Office of the Chairman",
        "The Chairwoman",
        "Chief Executive 14 Elm Row",
        "CHIEF  EXECUTIVE",
        "Ch1ef Execut1ve",
        "Chief Exccutive",
        "Cbief Executive",
        "Chiet Executlve",
        "Chief Execu-\ntive",
        "Managing Direetor",
        "Manaqing Director",
        "Managirig Director",
        "F.A.0. the Chiof Executive",
    ] {
        let text = format!(
            "12 Elm Row\nYork YO1 1AA\n3 March 2026\n{line}\nAshby Stores\nLeeds LS1 1AA\nDear Madam,\nMy kettle leaks.\nYours faithfully,\nA. Person"
        );
        assert_eq!(priority(&rules, &text), "chief_executive", "{line}");
    }
}

#[test]
fn by_a_line_at_the_end() {
    let rules = Rules::embedded();
    for line in [
        "cc: The Chief Executive",
        "c.c. Ms H. Finch, Chief Executive",
        "CC Managing Director",
        "Copy to the Chairman",
        "Copies: Trading desk; the Chief Exec.",
        "cc Chief Exeeutive",
    ] {
        let text = format!(
            "12 Elm Row\nYork YO1 1AA\nDear Sirs,\nMy kettle leaks.\nYours faithfully,\nA. Person\n{line}"
        );
        assert_eq!(priority(&rules, &text), "chief_executive", "{line}");
    }
}

#[test]
fn not_by_a_word_in_passing() {
    let rules = Rules::embedded();
    for line in [
        "I saw your chief executive on television.",
        "The managing director of my own firm has one too.",
        "My cousin was an executive of a bank.",
    ] {
        let text = format!(
            "12 Elm Row\nYork YO1 1AA\nCustomer Care\nDear Sirs,\nMy kettle leaks. {line}\nYours faithfully,\nA. Person"
        );
        assert_eq!(priority(&rules, &text), "normal", "{line}");
    }
}

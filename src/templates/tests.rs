//! The templates that ship, their mistakes, and what can never come out of them.

use proptest::prelude::*;

use super::*;

const FRONT: &str =
    "+++\nkind = \"reply\"\nchannels = [\"email\"]\nsubject = \"Re: {{ case.reference }}\"\n+++\n";

fn of(text: &str) -> Templates {
    Templates::parse([("our.txt".to_owned(), text.to_owned())].into_iter())
}

/// What is wrong with a file, in words.
fn mistakes(text: &str) -> Vec<String> {
    of(text).check().iter().map(ToString::to_string).collect()
}

fn filled(body: &str, facts: &Facts) -> Result<Filled, TemplateError> {
    let templates = of(&format!("{FRONT}{body}"));
    let template = templates.get("our").unwrap();
    templates.fill(template, facts)
}

/// Facts of a customer of whom next to nothing is known.
fn sparse(channel: Channel) -> Facts {
    Facts {
        customer: CustomerFacts::default(),
        agent: AgentFacts::default(),
        company: CompanyFacts {
            name: "Hartwell & Finch Ltd".to_owned(),
            ..CompanyFacts::default()
        },
        text: Some("Words.".to_owned()),
        ..Facts::made_up(channel)
    }
}

#[test]
fn the_templates_that_ship_are_whole() {
    let templates = Templates::embedded();
    assert_eq!(templates.check(), []);
    assert_eq!(templates.list().len(), EMBEDDED.len());
    for template in templates.list() {
        for channel in &template.channels {
            let (made_up, whole) = (Facts::made_up(*channel), Facts::whole(*channel));
            for facts in [made_up, whole, sparse(*channel)] {
                let filled = templates.fill(template, &facts).unwrap();
                let text = filled.text();
                assert!(text.starts_with("Dear "), "{}: {text}", template.name);
                assert!(!text.contains("\n\n\n") && !text.contains(" \n"), "{text}");
                assert!(!text.contains(['{', '}']) && !text.contains("  "), "{text}");
                assert!(text.lines().all(|line| line != "."), "{text}");
            }
        }
    }
}

#[test]
fn a_reply_reads_as_it_should() {
    let templates = Templates::embedded();
    let acknowledgement = templates.get("acknowledgement_post").unwrap();
    let filled = templates
        .fill(acknowledgement, &Facts::made_up(Channel::Post))
        .unwrap();
    assert_eq!(filled.subject, "Your letter of 26 November 2026");
    assert_eq!(
        filled.signature,
        ["Yours sincerely,", "Alex Morgan", "Customer Care"]
    );
    let paragraphs = filled.paragraphs();
    assert_eq!(paragraphs[0], "Dear Mrs Harris,");
    assert_eq!(
        paragraphs[4],
        "You can also reach us on 01632 960 180 or at care@hartwell-finch.example."
    );
    let filled = templates
        .fill(acknowledgement, &sparse(Channel::Post))
        .unwrap();
    assert_eq!(filled.paragraphs()[0], "Dear Customer,");
    assert_eq!(
        filled.signature,
        ["Yours faithfully,", "Hartwell & Finch Ltd"]
    );
    let replacement = templates.get("replacement").unwrap();
    let filled = templates
        .fill(replacement, &Facts::made_up(Channel::Email))
        .unwrap();
    assert!(
        filled
            .body
            .contains("\n\n14 Elm Road\nThorpe St Andrew\nNorwich\nNR7 0XX\n\n")
    );
    assert!(
        filled
            .text()
            .ends_with("\n\nKind regards,\n\nAlex Morgan\nCustomer Care\nHartwell & Finch Ltd\n")
    );
}

#[test]
fn the_most_specific_is_picked() {
    let file = |name: &str, topics: &str, channels: &str| {
        let text = format!(
            "+++\nkind = \"reply\"\ntopics = [{topics}]\nchannels = [{channels}]\nsubject = \"S\"\n+++\nText"
        );
        (name.to_owned(), text)
    };
    let templates = Templates::parse(
        [
            file("z_bill.txt", "\"billing\"", "\"email\", \"post\""),
            file("a.txt", "", "\"email\", \"post\""),
            file("reply.txt", "", "\"email\", \"post\""),
            file("post.txt", "", "\"post\""),
        ]
        .into_iter(),
    );
    assert_eq!(templates.check(), []);
    let pick = |topic: &str, language: &str, channel: Channel| {
        let picked = templates.pick(Kind::Reply, topic, language, channel);
        picked.map(|template| template.name.as_str())
    };
    assert_eq!(pick("billing", "en", Channel::Post), Some("z_bill"));
    assert_eq!(pick("goods", "en-GB", Channel::Post), Some("post"));
    assert_eq!(pick("goods", "EN", Channel::Email), Some("reply"));
    assert_eq!(pick("goods", "cy", Channel::Email), None);
    assert_eq!(
        templates.pick(Kind::Status, "goods", "en", Channel::Email),
        None
    );
    let shipped = Templates::embedded();
    for kind in Kind::ALL {
        for channel in Channel::ALL {
            let picked = shipped.pick(kind, "goods", "en", channel).unwrap();
            let name = picked.name.strip_suffix("_post").unwrap_or(&picked.name);
            assert_eq!(name, kind.name());
        }
    }
    let data = shipped.pick(Kind::Acknowledgement, "data_privacy", "en", Channel::Email);
    assert_eq!(data.unwrap().name, "data_request");
}

/// That a file has one mistake, on this line, told with these words.
fn assert_mistake(text: &str, line: usize, words: &str) {
    let found = mistakes(text);
    assert_eq!(found.len(), 1, "{text}: {found:?}");
    let place = format!("template 'our', line {line}: ");
    assert!(found[0].starts_with(&place), "{found:?}");
    assert!(found[0].contains(words), "{found:?}");
}

#[test]
fn mistakes_over_the_text_name_their_line() {
    for (from, to, line, words) in [
        ("subject", "subjcet", 4, "did you mean 'subject'?"),
        ("kind", "colour", 2, "unknown key 'colour'"),
        ("channels = [\"email\"]\n", "", 2, "'channels' is missing"),
        ("\"reply\"", "\"replay\"", 2, "did you mean 'reply'?"),
        ("\"email\"", "\"emial\"", 3, "did you mean 'email'?"),
        ("\"email\"", "", 3, "channels is empty"),
        ("Re: {{ case.reference }}", " ", 4, "subject is empty"),
        ("case.ref", "case.raf", 4, "no variable 'case.raference'"),
        ("kind", "language = \"English!\"\nkind", 2, "language tag"),
    ] {
        assert_mistake(&format!("{}Text", FRONT.replace(from, to)), line, words);
    }
    assert_mistake("Dear", 1, "begins with a line of +++");
    assert_mistake("+++\nkind = \"reply\"\n", 1, "another line of +++");
}

#[test]
fn mistakes_in_the_text_name_their_line() {
    for (text, line, words) in [
        (" \n\n", 6, "no text under the second"),
        (
            "Hello\n{{ customer.nme }}",
            7,
            "did you mean 'customer.name'?",
        ),
        ("\n\n{% if text %}\nnever ended", 9, "syntax error"),
        ("\n{{ today | shout }}", 7, "unknown filter"),
        (
            "{% if reply.channel == \"post\" %}A{% endif %}",
            6,
            "empty by email",
        ),
    ] {
        assert_mistake(&format!("{FRONT}{text}"), line, words);
    }
}

#[test]
fn files_of_one_name_and_topics_that_no_rule_has_are_told() {
    let twice = ["our.txt", "our.md"].map(|name| (name.to_owned(), format!("{FRONT}Text")));
    let twice = Templates::parse(twice.into_iter());
    assert_eq!((twice.check().len(), twice.list().len()), (1, 1));
    let front = FRONT.replace("kind", "topics = [\"biling\"]\nkind");
    let topics = of(&format!("{front}Text"));
    let told = topics.check_topics(&["billing", "goods"]);
    let told = told[0].to_string();
    assert!(told.contains("line 2: topic 'biling'"), "{told}");
    assert!(told.contains("did you mean 'billing'?"), "{told}");
}

#[test]
fn what_is_not_known_is_an_error_and_never_an_empty_place() {
    let error = filled("One\n\nDear {{ customer.tier }}", &sparse(Channel::Email)).unwrap_err();
    assert_eq!(
        error,
        TemplateError::Missing {
            template: "our".to_owned(),
            line: 8,
            variable: "customer.tier".to_owned(),
            known: Vec::new(),
        }
    );
    assert!(
        error.to_string().contains("{% if customer.tier %}"),
        "{error}"
    );
    let unsaid = Facts {
        text: None,
        ..sparse(Channel::Email)
    };
    assert!(filled("{{ text }}", &unsaid).is_err());
    assert!(filled("{{ text | upper }}", &unsaid).is_err());
    assert!(filled("{% if text %}{{ text }}{% endif %}Yes", &unsaid).is_ok());
    let unknown = filled("{% if txet %}x{% endif %}y", &unsaid).unwrap_err();
    assert!(
        unknown.to_string().contains("did you mean 'text'?"),
        "{unknown}"
    );
}

#[test]
fn what_nobody_reads_over_writes_only_what_every_case_has() {
    let check = |kind: &str, subject: &str, body: &str| {
        let front = FRONT.replace("\"reply\"", &format!("\"{kind}\""));
        mistakes(&format!(
            "{}{body}",
            front.replace("Re: {{ case.reference }}", subject)
        ))
    };
    let whole = "About {{ case.reference }}";
    for body in [
        "{{ customer.salutation }} {{ case.status }}",
        "{% if company.phone %}{{ company.phone }}{% endif %}.",
        "{{ customer.name | default(\"you\") }}",
    ] {
        assert_eq!(check("acknowledgement", whole, body), [""; 0], "{body}");
    }
    for (subject, body, line, variable) in [
        (whole, "\nDear {{ customer.name }},", 7, "customer.name"),
        ("{{ message.subject }}", "Thank you.", 4, "message.subject"),
        (whole, "{{ text | upper }}", 6, "text"),
        // One of the two is there; the other is written.
        (
            whole,
            "{% if company.phone or company.web %}{{ company.web }}{% endif %}.",
            6,
            "company.web",
        ),
    ] {
        for kind in ["acknowledgement", "status"] {
            let found = check(kind, subject, body);
            let place = format!("template 'our', line {line}: '{variable}' is not known in every");
            assert_eq!(found.len(), 1, "{body}: {found:?}");
            assert!(found[0].starts_with(&place), "{found:?}");
        }
        // A person looks at these, and is told then.
        assert_eq!(check("reply", subject, body), [""; 0], "{body}");
    }
}

#[test]
fn tags_alone_on_a_line_leave_no_line() {
    let facts = Facts::made_up(Channel::Email);
    for (body, text) in [
        ("A\n{% if text %}\nB\n{% endif %}\nC", "A\nB\nC"),
        ("A{% if text %}, B{% endif %}\nC", "A, B\nC"),
        ("A\r\n\r\n\r\n\r\nB  \r\n", "A\n\nB"),
        (
            "{% set name = customer.name %}\n{{ name }}",
            "Mrs Jane Harris",
        ),
        ("{# a note #}A", "A"),
        ("{% raw %}{{ not filled }}{% endraw %}", "{{ not filled }}"),
        (
            "{% for n in range(2) %}\n{{ loop.index }}\n{% endfor %}\n",
            "1\n2",
        ),
    ] {
        assert_eq!(filled(body, &facts).unwrap().body, text, "{body}");
    }
}

#[test]
fn the_manual_names_every_variable() {
    let page = include_str!("../../docs/replies.md");
    let (_, table) = page.split_once("| variable | says | known |").unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let rows: Vec<&str> = rows.collect();
    let known = VARIABLES.map(|Variable { name, says, always }| {
        let known = if always { "always" } else { "perhaps" };
        format!("| `{name}` | {says} | {known} |")
    });
    assert_eq!(rows[..VARIABLES.len()], known);
}

#[test]
fn every_variable_can_be_written() {
    for variable in VARIABLES {
        let body = format!("{{{{ {} }}}}", variable.name);
        let full = filled(&body, &Facts::whole(Channel::Post)).unwrap();
        assert!(!full.body.is_empty());
        let nothing = Facts {
            text: None,
            message: MessageFacts {
                subject: None,
                ..sparse(Channel::Post).message
            },
            ..sparse(Channel::Post)
        };
        assert_eq!(
            filled(&body, &nothing).is_ok(),
            variable.always,
            "{}",
            variable.name
        );
    }
}

proptest! {
    #[test]
    fn nothing_that_was_written_breaks_out(text in "(?s).{0,80}", subject in "\\PC{0,20}\r?\n?Bcc: x\u{2028}\\PC{0,20}") {
        let mut facts = Facts::made_up(Channel::Email);
        facts.text = Some(format!("x{text}"));
        facts.message.subject = Some(subject);
        let front = FRONT.replace("case.reference", "message.subject");
        let templates = of(&format!("{front}{{{{ text }}}}"));
        let filled = templates.fill(templates.get("our").unwrap(), &facts).unwrap();
        let obeyed = |sign: char| sign.is_control() || "\u{2028}\u{2029}\u{202e}".contains(sign);
        prop_assert!(!filled.subject.contains(obeyed), "{:?}", filled.subject);
        prop_assert!(!filled.body.contains(|sign| sign != '\n' && obeyed(sign)));
    }

    #[test]
    fn no_file_makes_it_panic(parts in prop::collection::vec(prop::sample::select(vec![
        "{{", "}}", "{%", "%}", "{#", "#}", " if ", " for x in ", " endif ", " endfor ", " else ",
        "customer", ".name", "text", "|", "upper", "(", ")", "[", "]", "'", "\"", "+", "-", "1", "\n",
        " set ", "=", " block ", " macro ", "x", "é", "raw", "loop", "range", ",", ":", " not ",
    ]), 0..25)) {
        let templates = of(&format!("{FRONT}A{}", parts.concat()));
        let checked = templates.check();
        for template in templates.list() {
            let filled = templates.fill(template, &Facts::made_up(Channel::Email));
            prop_assert!(!checked.is_empty() || filled.is_ok());
        }
    }

    #[test]
    fn any_text_is_a_template_or_a_mistake(text in "(?s)(\\+\\+\\+\n)?.{0,200}") {
        let templates = of(&text);
        prop_assert!(templates.list().len() + templates.check().len() >= 1);
    }
}

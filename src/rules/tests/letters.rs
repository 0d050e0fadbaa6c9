//! Short letters, each with what a person would say of it.

use super::super::{Facts, Rules};
use super::facts;

/// Name, the letter between "Dear Sirs" and "Yours faithfully", topic, priority.
type Row = (&'static str, &'static str, &'static str);

const TOPICS: [Row; 46] = [
    (
        "goods",
        "normal",
        "I am writing to complain about a toaster which I bought from your Bath shop. It stopped working after a week.",
    ),
    (
        "goods",
        "normal",
        "The boots I ordered have split along the sole. The courier was late as well and I was charged £3 for a bag.",
    ),
    (
        "goods",
        "normal",
        "I purchased a lamp at your store in May and it is faulty. Your staff were quite pleasant about it but could do nothing. I should like a full refund.",
    ),
    (
        "goods",
        "normal",
        "The jumper that you sent is the wrong size and of poor quality. Please send the right one.",
    ),
    (
        "goods",
        "normal",
        "The iron gave my daughter an electric shock. It was only bought in March. I was delighted with it at first.",
    ),
    (
        "goods",
        "normal",
        "The yoghurts were mouldy when we opened them, although the date was not yet past.",
    ),
    (
        "delivery",
        "normal",
        "My order has still not arrived. I waited in all day on Tuesday and nobody came.",
    ),
    (
        "delivery",
        "normal",
        "I wish to complain about the delivery of my wardrobe. The driver left it in the rain and drove off. The wardrobe itself is lovely.",
    ),
    (
        "delivery",
        "normal",
        "We have not received our parcel, though your tracking number says that it was delivered to a neighbour.",
    ),
    (
        "delivery",
        "normal",
        "Where is my order? It was promised for last Friday and it is now two weeks late.",
    ),
    (
        "delivery",
        "normal",
        "The failed delivery of last week cost me a day's holiday. No goods were damaged.",
    ),
    (
        "billing",
        "normal",
        "I have been charged twice for the same carpet and should like the money back.",
    ),
    (
        "billing",
        "normal",
        "I am still waiting for my refund of £40. It has not been paid in spite of two calls to your helpline.",
    ),
    (
        "billing",
        "normal",
        "Your latest invoice is wrong. I dispute the amount. I was also overcharged in June.",
    ),
    (
        "billing",
        "normal",
        "A direct debit of £25 was taken from my account without notice.",
    ),
    (
        "billing",
        "normal",
        "I was overcharged for a kettle. It works well enough and the staff were helpful.",
    ),
    (
        "staff",
        "normal",
        "I wish to complain about the rude assistant on your fish counter, who shouted at my son.",
    ),
    (
        "staff",
        "normal",
        "I have never been so humiliated. Your manager accused me of stealing a scarf which I had just paid for.",
    ),
    (
        "staff",
        "normal",
        "The attitude of your security man was appalling. He laughed at me and refused to help.",
    ),
    (
        "staff",
        "normal",
        "The way I was treated at your till on Monday was a disgrace. The cashier was rude and dismissive.",
    ),
    (
        "data_privacy",
        "normal",
        "Please send me a copy of all personal data that you hold about me.",
    ),
    (
        "data_privacy",
        "normal",
        "This is a subject access request. You also owe me a refund for a faulty kettle.",
    ),
    (
        "data_privacy",
        "normal",
        "You have shared my details with another company. Kindly delete all my records and take me off your mailing list.",
    ),
    (
        "data_privacy",
        "normal",
        "I write under the GDPR to ask that you erase my data.",
    ),
    (
        "data_privacy",
        "normal",
        "Please stop sending me your catalogue. I have asked to be taken off the marketing list four times.",
    ),
    (
        "praise",
        "normal",
        "I am writing to thank you for the excellent service that I had from Joan in your curtain department.",
    ),
    (
        "praise",
        "normal",
        "The staff could not have been nicer when my mother lost her purse. She would not hesitate to recommend you.",
    ),
    (
        "praise",
        "normal",
        "I was most impressed by your fitter, who went out of his way to help. Please pass on our thanks.",
    ),
    (
        "praise",
        "normal",
        "We are delighted with the new kitchen and the two young men who put it in were a credit to your firm.",
    ),
    (
        "cancellation",
        "normal",
        "I wish to cancel my membership from the end of this month.",
    ),
    (
        "cancellation",
        "normal",
        "Please cancel the order for a sofa that I placed on Sunday. I am within the cooling-off period.",
    ),
    (
        "cancellation",
        "normal",
        "I would like to close my account with you. Please confirm that no more money will be taken.",
    ),
    (
        "cancellation",
        "normal",
        "Kindly take this letter as notice of cancellation of our coffee subscription.",
    ),
    (
        "enquiry",
        "normal",
        "Could you please tell me whether the Otley shop will be open on Sundays? Do you still sell lavender soap?",
    ),
    (
        "enquiry",
        "normal",
        "I am writing to enquire about spare parts for a mixer that my aunt gave me.",
    ),
    (
        "enquiry",
        "normal",
        "I wonder if you would post me a copy of your winter catalogue and the price list.",
    ),
    (
        "loyalty",
        "normal",
        "My loyalty card has not been credited with the points for July.",
    ),
    (
        "loyalty",
        "normal",
        "The missing points were promised to me by your helpline. The till roll shows a lower points balance.",
    ),
    ("other", "normal", "Thinking of you all on this sunny day."),
    (
        "other",
        "normal",
        "Further to our conversation I enclose the form. The weather here is dreadful.",
    ),
    ("other", "normal", ""),
    (
        "goods",
        "normal",
        "Unless I hear from you I shall close my account. The kettle I bought at your shop no longer works.",
    ),
    (
        "goods",
        "normal",
        "Thank you for your letter. I am very disappointed that the replacement is faulty too.",
    ),
    (
        "goods",
        "normal",
        "My neighbour's bed is not faulty and came in time, but mine fell apart in the first night.",
    ),
    (
        "staff",
        "normal",
        "Your leaflet says \"we would be delighted to help\" but your assistant was rude to me and refused to listen.",
    ),
    (
        "billing",
        "normal",
        "The price was not the problem, nor the delivery. I was charged the wrong amount and want it corrected.",
    ),
];

const PRIORITIES: [Row; 50] = [
    (
        "*",
        "legal",
        "Unless you pay I shall refer the matter to Trading Standards.",
    ),
    (
        "*",
        "legal",
        "I have placed the matter in the hands of my solicitors.",
    ),
    (
        "*",
        "legal",
        "LETTER BEFORE ACTION. You have 14 days to pay.",
    ),
    ("*", "legal", "I will see you in the small claims court."),
    ("*", "legal", "I am prepared to take this to court."),
    (
        "*",
        "legal",
        "I have written to the Information Commissioner's Office.",
    ),
    (
        "data_privacy",
        "legal",
        "You lost my personal data and I shall report you to the ICO.",
    ),
    (
        "*",
        "legal",
        "The Ombudsman has asked me to write to you first.",
    ),
    ("*", "legal", "I have spoken to my MP about your firm."),
    (
        "*",
        "legal",
        "A constituent of mine has asked for my help. Jane Roe, House of Commons.",
    ),
    ("*", "legal", "We act on behalf of our client, Mrs Roe."),
    ("*", "legal", "I shall sue you for every penny."),
    (
        "*",
        "legal",
        "Citizens Advice tell me that I am in the right.",
    ),
    (
        "*",
        "legal",
        "If need be I will issue county court proceedings without further notice.",
    ),
    ("*", "legal", "I am taking legal advice."),
    (
        "*",
        "vulnerable",
        "My husband died in March and his statements still come.",
    ),
    (
        "*",
        "vulnerable",
        "I write as executor of the late Mrs Roe, who passed away.",
    ),
    ("*", "vulnerable", "It was for my late wife's funeral."),
    (
        "*",
        "vulnerable",
        "I am registered disabled and use a wheelchair.",
    ),
    ("*", "vulnerable", "My mother has dementia and lives alone."),
    (
        "*",
        "vulnerable",
        "I am his full-time carer and cannot leave the house.",
    ),
    (
        "*",
        "vulnerable",
        "I am having chemotherapy and tire easily.",
    ),
    ("*", "vulnerable", "My wife was in hospital at the time."),
    (
        "*",
        "vulnerable",
        "I am deaf, so the telephone is of no use to me.",
    ),
    (
        "*",
        "vulnerable",
        "As a blind person I could not read your label.",
    ),
    ("*", "vulnerable", "Some days I feel that I cannot go on."),
    (
        "*",
        "vulnerable",
        "I have thought of ending my life over this.",
    ),
    (
        "*",
        "vulnerable",
        "I left because of domestic abuse and he must not learn my address.",
    ),
    (
        "*",
        "vulnerable",
        "The bailiffs are at the door and we use a food bank.",
    ),
    ("*", "vulnerable", "I cannot afford to eat this week."),
    ("*", "vulnerable", "I am eighty-four and live by myself."),
    (
        "*",
        "vulnerable",
        "My neighbour, aged 91, had to stand for an hour.",
    ),
    ("*", "vulnerable", "We are both old age pensioners."),
    (
        "*",
        "vulnerable",
        "I suffer from severe anxiety and this has made it worse.",
    ),
    (
        "*",
        "vulnerable",
        "My son is autistic and the noise upset him.",
    ),
    (
        "*",
        "important_customer",
        "I have been a customer of yours for over 30 years.",
    ),
    (
        "*",
        "important_customer",
        "We have shopped with you since 1978.",
    ),
    (
        "*",
        "important_customer",
        "After twenty-five years of loyal custom I expected better.",
    ),
    (
        "*",
        "important_customer",
        "As a Gold member I was promised an answer in a day.",
    ),
    (
        "*",
        "important_customer",
        "I am a shareholder in your company.",
    ),
    ("*", "normal", "I have been a customer for 11 years."),
    ("*", "normal", "We shopped with you in 2019."),
    (
        "goods",
        "normal",
        "The battery died after a day and the radio stopped working.",
    ),
    (
        "goods",
        "normal",
        "The roller blinds that I bought at your shop are faulty.",
    ),
    (
        "*",
        "normal",
        "I bought court shoes and a tennis racket; your assistant was courteous.",
    ),
    ("*", "normal", "Sue and Mark Pettifer of 12 Tannery Court."),
    (
        "*",
        "normal",
        "I was late for work and quite ill-tempered by then.",
    ),
    (
        "*",
        "normal",
        "I shall write to your buyer about these gold earrings.",
    ),
    (
        "*",
        "chief_executive",
        "I am copying this letter to your Chief Executive.",
    ),
    (
        "*",
        "chief_executive",
        "For the attention of the Managing Director.",
    ),
];

fn letter(body: &str) -> String {
    format!(
        "12 Elm Row\nYork\nYO1 1AA\n3 March 2026\nCustomer Relations Department\nLeeds\nDear Sirs,\n{body}\nYours faithfully,\nA. Person"
    )
}

#[test]
fn what_a_person_would_say() {
    let rules = Rules::embedded();
    let mut wrong = Vec::new();
    for (topic, priority, body) in TOPICS.into_iter().chain(PRIORITIES) {
        let text = letter(body);
        let judged = rules.judge(&facts(&text));
        let topic_ok = topic == "*" || topic == judged.topic.choice;
        if !topic_ok || judged.priority.choice.name() != priority {
            wrong.push(format!(
                "{body}\n  expected {topic} {priority}\n  topic {}: {}\n  priority {}: {}",
                judged.topic.choice, judged.topic.why, judged.priority.choice, judged.priority.why
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn addressed_to_the_chief() {
    let rules = Rules::embedded();
    let head = "1 Elm Row\nYork\nMrs J Roe\nChief Executive\nAshby Stores\nDear Mrs Roe,\nMy kettle is faulty.\nYours faithfully,\nA. Person";
    let copy = "Dear Sirs,\nMy kettle is faulty.\nYours faithfully,\nA. Person\ncc. The Chairman";
    let mention = "Dear Sirs,\nI see your chief executive on television every week.\nYours faithfully,\nA. Person";
    for (text, priority) in [
        (head, "chief_executive"),
        (copy, "chief_executive"),
        (mention, "normal"),
    ] {
        let judged = rules.judge(&facts(text));
        assert_eq!(judged.priority.choice.name(), priority, "{text}");
    }
    let field = Facts {
        addressee: Some("The Managing Director\nAshby Stores"),
        ..facts("My kettle is faulty.")
    };
    let judged = rules.judge(&field);
    assert_eq!(judged.priority.choice.name(), "chief_executive");
    assert_eq!(judged.team.choice, "executive_office");
}

#[test]
fn the_record_knows_the_tier() {
    let known = Facts {
        member_tier: Some("Platinum"),
        ..facts("Dear Sirs,\nMy kettle is faulty.")
    };
    let judged = Rules::embedded().judge(&known);
    assert_eq!(judged.priority.choice.name(), "important_customer");
}

#[test]
fn the_subject_says_it_best() {
    let text = "Dear Sirs,\nThe kettle was faulty and the parcel was late.\nYours faithfully";
    let titled = Facts {
        subject: Some("Cancellation of my membership"),
        ..facts(text)
    };
    assert_eq!(
        Rules::embedded().judge(&titled).topic.choice,
        "cancellation"
    );
}

#[test]
fn an_email_has_no_layout() {
    let mail = Facts {
        subject: Some("Where is my parcel?"),
        ..facts("hi, it should have been here on Monday. thanks, Jo")
    };
    assert_eq!(Rules::embedded().judge(&mail).topic.choice, "delivery");
}

#[test]
fn the_most_urgent_wins_and_all_are_named() {
    let text = letter("My late husband was a Gold member. My solicitor will write to you.");
    let judged = Rules::embedded().judge(&facts(&text));
    assert_eq!(judged.priority.choice.name(), "legal");
    for rule in ["lawyer_or_court", "bereavement", "tier_in_letter"] {
        assert!(
            judged.priority.why.contains(rule),
            "{}",
            judged.priority.why
        );
    }
    assert!(
        judged.deadline.why.contains("rule vulnerable"),
        "{}",
        judged.deadline.why
    );
}

#[test]
fn reasons_hold_nothing_off_the_letter() {
    let text = letter(
        "I, Zebedee, am 87 years old and live alone; my ref is XQ1234. The kettle is faulty.",
    );
    let judged = Rules::embedded().judge(&facts(&text));
    let reasons = [
        judged.topic.why,
        judged.priority.why,
        judged.team.why,
        judged.deadline.why,
    ]
    .join(" ");
    for secret in ["Zebedee", "87", "XQ1234", "kettle", "YO1"] {
        assert!(!reasons.contains(secret), "{secret}: {reasons}");
    }
}

#[test]
fn references_have_their_shapes() {
    let rules = Rules::embedded();
    let ours = |text: &str| {
        let whole = |shape: &regex::Regex| shape.find(text).is_some_and(|hit| hit.as_str() == text);
        rules.references().iter().any(whole)
    };
    assert!(ours("QX/12345/67") && ours("PR-0000417-11"));
    assert!(!ours("QX/12345/678") && !ours("QX12345"));
}

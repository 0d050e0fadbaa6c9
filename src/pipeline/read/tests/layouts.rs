//! Letters of every usual layout, typed.

use super::pages::{typed, typed_as};
use super::{Company, checked, expect, typed_letter};

const BODY: &str = "
I write about the service at the counter last week, which was slow and
not at all what we have come to expect over the years that we have been
coming to the shop with the children.
";

pub(super) fn with_body(text: &str) -> String {
    text.replace("BODY", BODY)
}

#[test]
fn sender_left_above_addressee() {
    typed_letter(
        &with_body(
            "
14 Larch Road
Halifax
HX1 2AB

4 July 2026

The Manager
Blackwood Stores Ltd
PO Box 9
LEEDS LS1 1AA

Your ref: KH/43749/25

Dear Sir or Madam,
BODY
Yours faithfully,



Philippa Greenhalgh
",
        ),
        "sender_name: Philippa Greenhalgh
        street: 14 Larch Road
        town: Halifax
        postcode: HX1 2AB
        date: 2026-07-04
        reference: KH/43749/25
        salutation: Dear Sir or Madam",
    );
}

#[test]
fn sender_right_with_date_beside_the_addressee() {
    typed_letter(
        &with_body(
            "
                                                  Mrs P. Greenhalgh
                                                  3 Spring Gardens
                                                  Thirsk
                                                  North Yorkshire
                                                  YO7 1AB

Customer Services                                 2nd July 2026
Blackwood plc
1 High Street
York
YO1 7AA

Dear Sirs,
BODY
Yours faithfully,


Philippa Greenhalgh (Mrs)
",
        ),
        "sender_name: Philippa Greenhalgh
        title: Mrs
        street: 3 Spring Gardens
        town: Thirsk
        postcode: YO7 1AB
        date: 2026-07-02
        salutation: Dear Sirs",
    );
}

#[test]
fn window_envelope_addressee_first() {
    typed_letter(
        &with_body(
            "
Blackwood Stores Ltd
Customer Relations
Tower House
12 Market Street
Leeds
LS1 1AA

                                                  Tuesday 7 July 2026

                                                  27 Quarry Hill
                                                  Hexham
                                                  NE46 1AB

Dear Customer Relations,
BODY
Yours sincerely,


D. R. Featherstonehaugh
",
        ),
        "sender_name: D. R. Featherstonehaugh
        street: 27 Quarry Hill
        town: Hexham
        postcode: NE46 1AB
        date: 2026-07-07
        salutation: Dear Customer Relations",
    );
}

#[test]
fn letterhead_on_one_row_with_bullets() {
    typed_letter(
        &with_body(
            "
        Rosalind Achebe • 8 Mill Lane • Crewe • CW2 6AB
            r.achebe@post.example • 01270 960123

5 July 2026

The Chief Executive
Blackwood plc
Leeds LS1 1AA

Dear Mr Harker,
BODY
Yours sincerely,

Rosalind Achebe
",
        ),
        "sender_name: Rosalind Achebe
        street: 8 Mill Lane
        town: Crewe
        postcode: CW2 6AB
        email: r.achebe@post.example
        phone: 01270 960123
        date: 2026-07-05
        salutation: Dear Mr Harker",
    );
}

#[test]
fn letterhead_centred_in_capitals() {
    typed_letter(
        &with_body(
            "
                              ANGUS MCDONALD
                              4 Shore Street
                                   Oban
                                 PA34 4AB
                          Tel: 01631 960123

1st July 2026

Customer Complaints Department
Blackwood Stores Ltd
PO Box 9
LEEDS
LS1 1AA

Dear Sirs
BODY
Yours faithfully



A. McDonald
",
        ),
        "sender_name: Angus McDonald
        street: 4 Shore Street
        town: Oban
        postcode: PA34 4AB
        phone: 01631 960123
        date: 2026-07-01
        salutation: Dear Sirs",
    );
}

#[test]
fn address_after_the_signature_only() {
    typed_letter(
        &with_body(
            "
Blackwood Stores Ltd
PO Box 9
LEEDS LS1 1AA

3.7.26

Dear Blackwood,
BODY
Kind regards,

Gwen Ap-Rhys
19 Heol y Parc
Wrexham
LL11 1AB
07700 900123
",
        ),
        "sender_name: Gwen Ap-Rhys
        street: 19 Heol y Parc
        town: Wrexham
        postcode: LL11 1AB
        phone: 07700 900123
        date: 2026-07-03
        salutation: Dear Blackwood",
    );
}

#[test]
fn configured_companies_tell_the_addressee() {
    let page = typed(&with_body(
        "
Ashgrove Partners
22 King Street
Manchester
M2 1AB

Wickham Blake Holdings
22 Castle Street
Bristol
BS1 1AB

July 1, 2026

Dear All
BODY
Regards

Tomasz Wisniewski
",
    ));
    let company = |name: &str, postcode: &str| Company {
        name: name.to_owned(),
        address: String::new(),
        postcode: postcode.parse().ok(),
    };
    let fields = |street: &str, town: &str, postcode: &str| {
        format!(
            "sender_name: Tomasz Wisniewski
            street: {street}
            town: {town}
            postcode: {postcode}
            date: 2026-07-01
            salutation: Dear All"
        )
    };
    expect(
        &checked(
            std::slice::from_ref(&page),
            &[company("Wickham Blake Holdings", "BS1 1AB")],
        ),
        &fields("22 King Street", "Manchester", "M2 1AB"),
    );
    expect(
        &checked(&[page], &[company("Ashgrove Partners", "M2 1AB")]),
        &fields("22 Castle Street", "Bristol", "BS1 1AB"),
    );
}

#[test]
fn our_own_postcode_is_never_the_senders() {
    let page = typed(&with_body(
        "
The Returns Counter
5 Market Street
Leeds
LS1 1AA

1 July 2026

Dear Sirs,
BODY
Yours faithfully,

Olu Adeyemi
",
    ));
    let own = Company {
        name: "Blackwood".to_owned(),
        address: "5 Market Street, Leeds".to_owned(),
        postcode: "LS1 1AA".parse().ok(),
    };
    expect(
        &checked(&[page], &[own]),
        "sender_name: Olu Adeyemi
        date: 2026-07-01
        salutation: Dear Sirs",
    );
}

#[test]
fn two_pages_signed_on_the_second() {
    let first = typed(&with_body(
        "
6 Cornmarket
Louth
Lincolnshire
LN11 9AB

30 June 2026

Customer Services
Blackwood Stores Ltd

Dear Madam,
BODYBODY",
    ));
    let second = typed_as(
        &with_body(
            "
BODY
Yours sincerely,


(Miss) Imogen Saint-Clair
",
        ),
        2,
        0.96,
    );
    expect(
        &checked(&[first, second], &[]),
        "sender_name: Imogen Saint-Clair
        title: Miss
        street: 6 Cornmarket
        town: Louth
        postcode: LN11 9AB
        date: 2026-06-30
        salutation: Dear Madam",
    );
}

/// An address as typed; its street, town and postcode.
const ADDRESSES: &[(&str, &str, &str, &str)] = &[
    (
        "Flat 3, 12 High Street\nLeeds\nLS1 2AB",
        "Flat 3, 12 High Street",
        "Leeds",
        "LS1 2AB",
    ),
    (
        "Flat 3\n12 High Street\nLeeds\nLS1 2AB",
        "Flat 3, 12 High Street",
        "Leeds",
        "LS1 2AB",
    ),
    (
        "Rose Cottage, Mill Lane\nFakenham\nNorfolk\nNR21 0AB",
        "Rose Cottage, Mill Lane",
        "Fakenham",
        "NR21 0AB",
    ),
    (
        "Rose Cottage\nMill Lane\nFakenham NR21 0AB",
        "Rose Cottage, Mill Lane",
        "Fakenham",
        "NR21 0AB",
    ),
    (
        "12 Church Lane\nLittle Snoring\nFakenham\nNorfolk\nNR21 0AB\nUnited Kingdom",
        "12 Church Lane",
        "Fakenham",
        "NR21 0AB",
    ),
    (
        "12A Church Lane,\nLittle Snoring,\nFakenham,\nNorfolk.\nNR21 0AB",
        "12A Church Lane",
        "Fakenham",
        "NR21 0AB",
    ),
    (
        "12, Church Lane, Little Snoring, Fakenham, NR21 0AB",
        "12, Church Lane",
        "Fakenham",
        "NR21 0AB",
    ),
    (
        "4-6 The Parade\nST. ALBANS AL1 2AB",
        "4-6 The Parade",
        "ST. ALBANS",
        "AL1 2AB",
    ),
    (
        "c/o Mrs J. Harmer\n9 Wesley Place\nSt Ives\nTR26 1AB",
        "9 Wesley Place",
        "St Ives",
        "TR26 1AB",
    ),
    (
        "21 Glen Road\nBelfast\nCo. Antrim\nBT11 8AB\nNorthern Ireland",
        "21 Glen Road",
        "Belfast",
        "BT11 8AB",
    ),
    (
        "2/1, 40 Argyle Street\nGlasgow\nG2 8AB",
        "40 Argyle Street",
        "Glasgow",
        "G2 8AB",
    ),
    (
        "3 Queens Road\nLondon SW19 8AB",
        "3 Queens Road",
        "London",
        "SW19 8AB",
    ),
    (
        "3 Queens Road\nWimbledon\nLondon\nSW19 8AB",
        "3 Queens Road",
        "London",
        "SW19 8AB",
    ),
];

#[test]
fn flats_house_names_villages_counties() {
    for &(address, street, town, postcode) in ADDRESSES {
        let text = with_body(&format!(
            "\n{address}\n\n1 July 2026\n\nDear Sirs,\nBODY\nYours faithfully,\n\nPhilippa Greenhalgh\n"
        ));
        let letter = checked(&[typed(&text)], &[]);
        let value = |name: &str| {
            let field = letter.fields.iter().find(|(field, _)| field.name() == name);
            field
                .and_then(|(_, field)| field.value.clone())
                .unwrap_or_default()
        };
        assert_eq!(
            [value("street"), value("town"), value("postcode")],
            [street, town, postcode],
            "{address}"
        );
        assert_eq!(value("sender_name"), "Philippa Greenhalgh");
    }
}

#[test]
fn names_of_every_kind() {
    for (printed, name, title) in [
        ("Dr Wei-Ling Ng", "Wei-Ling Ng", "Dr"),
        ("Joost van der Berg", "Joost van der Berg", ""),
        (
            "Prof. Chiamaka Okonkwo-Bell",
            "Chiamaka Okonkwo-Bell",
            "Prof",
        ),
        ("Siobhán Ní Dhomhnaill", "Siobhán Ní Dhomhnaill", ""),
        ("The Rev. Peter Llewellyn", "Peter Llewellyn", "Rev"),
        ("J. T. O’Hara", "J. T. O’Hara", ""),
        ("Margaret Oakes MBE", "Margaret Oakes", ""),
        ("Mr & Mrs R Patel", "R Patel", "Mr and Mrs"),
        ("Mrs. Ivy Penhaligon", "Ivy Penhaligon", "Mrs"),
        ("Ivy Penhaligon (Mrs)", "Ivy Penhaligon", "Mrs"),
        ("Ivy Penhaligon, Secretary", "Ivy Penhaligon", ""),
        (
            "Dr. María José García López",
            "María José García López",
            "Dr",
        ),
    ] {
        let text = with_body(&format!(
            "\n1 High Street\nLeeds\nLS1 2AB\n\n1 July 2026\n\nDear Sirs,\nBODY\nYours faithfully,\n\n\n{printed}\n"
        ));
        let letter = checked(&[typed(&text)], &[]);
        let value = |name: &str| {
            let field = letter.fields.iter().find(|(field, _)| field.name() == name);
            field
                .and_then(|(_, field)| field.value.clone())
                .unwrap_or_default()
        };
        assert_eq!(
            [value("sender_name"), value("title")],
            [name, title],
            "{printed}"
        );
    }
}

#[test]
fn solicitors_write_with_both_references() {
    typed_letter(
        &with_body(
            "
                        HARGRAVE & POOLE LLP
                             Solicitors
                  40 Castle Street, Shrewsbury, SY1 2AB
                Tel: 01743 960123   Email: law@hp.example

Our ref: HP/ML/2231                    Your ref: KH/43749/25

Date: 6 July 2026

Blackwood Stores Ltd
Legal Department
PO Box 9
LEEDS LS1 1AA

Dear Sirs

Re: Our client Mrs Edith Bowen
BODY
Yours faithfully



Hargrave & Poole LLP
",
        ),
        "street: 40 Castle Street
        town: Shrewsbury
        postcode: SY1 2AB
        email: law@hp.example
        phone: 01743 960123
        reference: KH/43749/25
        date: 2026-07-06
        salutation: Dear Sirs
        subject: Our client Mrs Edith Bowen",
    );
}

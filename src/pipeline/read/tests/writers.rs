//! Letters by writers of every kind: firms, carers, people who forget half.

use super::layouts::with_body;
use super::pages::typed;
use super::{checked, typed_letter};
use crate::domain::letter::LetterField;

fn letter(text: &str, fields: &str) {
    typed_letter(&with_body(text), fields);
}

#[test]
fn a_firm_on_its_letterhead() {
    letter(
        "
                     Greenfield Garden Centre Ltd
                  Station Road, Evesham, WR11 1AB
              01386 960123 • office@greenfield.example

3rd July 2026

Customer Services Department
Blackwood Stores Ltd
PO Box 9
LEEDS
LS1 1AA

Your reference: KH/43749/25

Dear Sir or Madam
BODY
Yours faithfully



James Holt
Managing Director
",
        "sender_name: James Holt
        street: ?Station Road
        town: Evesham
        postcode: WR11 1AB
        phone: 01386 960123
        email: office@greenfield.example
        reference: KH/43749/25
        date: 2026-07-03
        salutation: Dear Sir or Madam",
    );
}

#[test]
fn nobody_is_greeted() {
    letter(
        "
Ivor Llewelyn
The Old Rectory
Church Street
Llandeilo
SA19 6AB

2.7.2026
BODY
I. Llewelyn
",
        "sender_name: ?Ivor Llewelyn
        street: The Old Rectory, Church Street
        town: Llandeilo
        postcode: SA19 6AB
        date: 2026-07-02",
    );
}

#[test]
fn no_postcode_at_all() {
    letter(
        "
                                                  9 Shore Road
                                                  Kirkwall
                                                  Orkney

                                                  1st July 2026

Dear Sir,
BODY
Yours truly,

Magnus Isbister
",
        "sender_name: Magnus Isbister
        street: 9 Shore Road
        town: ?Kirkwall
        date: 2026-07-01
        salutation: Dear Sir",
    );
}

#[test]
fn addressed_to_a_person_at_a_street() {
    letter(
        "
                                                  17 Victoria Road
                                                  Swindon
                                                  SN1 3AB

                                                  29 June 2026

Mr D. Harker
Managing Director
Blackwood House
12 Market Street
Leeds
LS1 1AA

Dear Mr Harker,
BODY
Yours sincerely,

Dorothea Winstanley
",
        "sender_name: Dorothea Winstanley
        street: 17 Victoria Road
        town: Swindon
        postcode: SN1 3AB
        date: 2026-06-29
        salutation: Dear Mr Harker",
    );
}

#[test]
fn addressed_to_a_person_without_an_office() {
    letter(
        "
17 Victoria Road
Swindon
SN1 3AB

29 June 2026

Mr D. Harker
12 Market Street
Leeds
LS1 1AA

Dear Mr Harker,
BODY
Yours sincerely,

Dorothea Winstanley
",
        "sender_name: Dorothea Winstanley
        street: 17 Victoria Road
        town: Swindon
        postcode: SN1 3AB
        date: 2026-06-29
        salutation: Dear Mr Harker",
    );
}

#[test]
fn only_the_addressee_has_an_address() {
    letter(
        "
The Manager
Blackwood Stores Ltd
12 Market Street
Leeds
LS1 1AA

29 June 2026

Dear Sir,
BODY
Yours faithfully,

Dorothea Winstanley
",
        "sender_name: Dorothea Winstanley
        date: 2026-06-29
        salutation: Dear Sir",
    );
}

#[test]
fn references_in_every_dress() {
    for (printed, reference) in [
        ("Your Ref: KH/43749/25", "KH/43749/25"),
        ("YOUR REF.  KH/43749/25", "KH/43749/25"),
        ("Yr ref KH/43749/25", "KH/43749/25"),
        ("Your reference - KH/43749/25", "KH/43749/25"),
        ("Your ref:              KH/43749/25", "KH/43749/25"),
        ("Ref: KH/43749/25", "KH/43749/25"),
        ("Complaint reference KH/43749/25", "KH/43749/25"),
        ("Case No: PR-0000417-11", "PR-0000417-11"),
        ("Please quote KH/43749/25", "KH/43749/25"),
        ("Your ref: PR-OOO0417-1I", "PR-0000417-11"),
        (
            "Our ref: AB/12345/67    Your ref: KH/43749/25",
            "KH/43749/25",
        ),
        (
            "Your ref: KH/43749/25   Our ref: AB/12345/67",
            "KH/43749/25",
        ),
        ("Our ref: AB/12345/67", ""),
        ("Order number: 12345678", ""),
    ] {
        let text = with_body(&format!(
            "\n1 High Street\nLeeds\nLS1 2AB\n\n1 July 2026\n\n{printed}\n\nDear Sirs,\nBODY\nYours faithfully,\n\nIvy Penhaligon\n"
        ));
        let letter = checked(&[typed(&text)], &[]);
        let found = letter.fields[&LetterField::Reference].value.clone();
        assert_eq!(found.unwrap_or_default(), reference, "{printed}");
    }
}

/// Addresses as they are written, with the street and the town that are read off them.
const ALL_OVER_THE_KINGDOM: [(&str, &str, &str); 14] = [
    (
        "8 Union Street\nAberdeen\nAB10 1BD",
        "8 Union Street",
        "Aberdeen",
    ),
    (
        "3/2, 15 Dumbarton Road\nGlasgow\nG11 6AB",
        "15 Dumbarton Road",
        "Glasgow",
    ),
    (
        "4 Stryd Fawr\nBangor\nGwynedd\nLL57 1AB",
        "4 Stryd Fawr",
        "Bangor",
    ),
    (
        "6 Lisburn Road\nBelfast\nBT9 6AB",
        "6 Lisburn Road",
        "Belfast",
    ),
    (
        "2 The Crescent\nNewcastle-upon-Tyne\nTyne and Wear\nNE1 4AB",
        "2 The Crescent",
        "Newcastle-upon-Tyne",
    ),
    (
        "11 Quay Street\nKing's Lynn\nNorfolk\nPE30 1AB",
        "11 Quay Street",
        "King's Lynn",
    ),
    (
        "Unit 4, Dock Road\nHULL\nHU1 2AB",
        "Unit 4, Dock Road",
        "HULL",
    ),
    (
        "21b Fore Street\nPort Isaac\nCornwall\nPL29 3AB",
        "21b Fore Street",
        "Port Isaac",
    ),
    (
        "The Limes\n14 Larch Road\nHalifax\nHX1 2AB",
        "The Limes, 14 Larch Road",
        "Halifax",
    ),
    (
        "Sea Thrift, 14 Larch Road\nHalifax HX1 2AB",
        "Sea Thrift, 14 Larch Road",
        "Halifax",
    ),
    (
        "Ivy Penhaligon, 14 Larch Road\nHalifax HX1 2AB",
        "14 Larch Road",
        "Halifax",
    ),
    (
        "Plas Uchaf, Heol Wen\nAberystwyth\nCeredigion SY23 4AB",
        "Plas Uchaf, Heol Wen",
        "Aberystwyth",
    ),
    (
        "Dunroamin\nShore Road\nIsle of Bute\nPA20 9AB",
        "Dunroamin, Shore Road",
        "Isle of Bute",
    ),
    (
        "Apartment 12\nMill House\n3 Canal Street\nManchester M1 3AB",
        "Apartment 12, Mill House, 3 Canal Street",
        "Manchester",
    ),
];

#[test]
fn places_all_over_the_kingdom() {
    for (address, street, town) in ALL_OVER_THE_KINGDOM {
        let text = with_body(&format!(
            "\n{address}\n\n1 July 2026\n\nDear Sirs,\nBODY\nYours faithfully,\n\nIvy Penhaligon\n"
        ));
        let letter = checked(&[typed(&text)], &[]);
        let value = |field| letter.fields[&field].value.clone().unwrap_or_default();
        let read = [value(LetterField::Street), value(LetterField::Town)];
        assert_eq!(read, [street, town], "{address}");
    }
}

#[test]
fn a_carer_writes_for_another() {
    letter(
        "
                                                  Oak Lodge
                                                  44 Priory Avenue
                                                  Taunton
                                                  Somerset
                                                  TA1 1AB
                                                  Tel. (01823) 960 123

                                                  Monday 6th July, 2026

Blackwood Stores
Customer Care
Tower House
Leeds LS1 1AA

Re: Mrs Edna Trump, card no. 6318 2045 7791 3306

Dear Sir/Madam,
BODY
Yours sincerely,


pp Sunita Rao
On behalf of Mrs Edna Trump
",
        "street: ?Oak Lodge, 44 Priory Avenue
        town: Taunton
        postcode: TA1 1AB
        phone: 01823 960123
        date: 2026-07-06
        member_number: 6318 2045 7791 3306
        subject: Mrs Edna Trump, card no. 6318 2045 7791 3306
        salutation: Dear Sir/Madam",
    );
}

#[test]
fn a_skewed_page_is_levelled() {
    let mut page = typed(&with_body(
        "
Customer Services                                 3 Spring Gardens
Blackwood plc                                     Thirsk
1 High Street                                     YO7 1AB
York
YO1 7AA                                           2nd July 2026

Dear Sirs,
BODY
Yours faithfully,

Ivy Penhaligon
",
    ));
    // Four degrees clockwise.
    let lines = std::mem::take(&mut page.text.lines);
    page.text.lines = lines
        .into_iter()
        .filter_map(|line| {
            let mut words = line.words().to_vec();
            for word in &mut words {
                word.bounds.y += word.bounds.x * 7 / 100;
            }
            crate::domain::text::Line::new(words, line.block)
        })
        .collect();
    super::expect(
        &checked(&[page], &[]),
        "sender_name: Ivy Penhaligon
        street: 3 Spring Gardens
        town: Thirsk
        postcode: YO7 1AB
        date: 2026-07-02
        salutation: Dear Sirs",
    );
}

#[test]
fn names_that_are_places_or_months() {
    for name in [
        "Stephen Lane",
        "June Whitlock",
        "Rebecca Hall",
        "April May",
        "David Lodge",
    ] {
        let text = with_body(&format!(
            "\nOak Lodge\n1 High Street\nLeeds\nLS1 2AB\n\n1 July 2026\n\nDear Sirs,\nBODY\nYours faithfully,\n\n{name}\n"
        ));
        let letter = checked(&[typed(&text)], &[]);
        let found = letter.fields[&LetterField::SenderName].value.clone();
        assert_eq!(found.unwrap_or_default(), name);
    }
}

#[test]
fn labels_before_the_parts() {
    letter(
        "
From:  Ivy Penhaligon
       1 High Street, Leeds LS1 2AB
Tel:   0113 496 0123
Email: ivy@post.example

To:    Blackwood Stores Ltd, Customer Services
       PO Box 9, LEEDS LS1 1AA

Date:  1 July 2026

Dear Sirs,
BODY
Yours faithfully,

Ivy Penhaligon
",
        "sender_name: Ivy Penhaligon
        street: 1 High Street
        town: Leeds
        postcode: LS1 2AB
        phone: 0113 496 0123
        email: ivy@post.example
        date: 2026-07-01
        salutation: Dear Sirs",
    );
}

#[test]
fn two_senders_in_one_letter() {
    letter(
        "
                                                  Mr & Mrs T. Okafor
                                                  Flat 2b, 31 Queens Road
                                                  LONDON
                                                  SE15 2AB
                                                  tokafor@post.example

                                                  05.07.2026

The Customer Services Manager
Blackwood Stores
Leeds

Dear Customer Services Manager,
BODY
Yours faithfully


T. Okafor                     N. Okafor
",
        "sender_name: T. Okafor
        title: Mr and Mrs
        street: Flat 2b, 31 Queens Road
        town: LONDON
        postcode: SE15 2AB
        email: tokafor@post.example
        date: 2026-07-05
        salutation: Dear Customer Services Manager",
    );
}

#[test]
fn a_copy_to_someone_else_is_not_the_writer() {
    letter(
        "
Blackwood Stores Ltd
PO Box 9
LEEDS LS1 1AA

1 July 2026

Dear Sirs,
BODY
Yours faithfully,

Ivy Penhaligon

cc: Trading Standards
    Civic Hall
    12 Calverley Street
    Leeds LS1 1AB
",
        "sender_name: Ivy Penhaligon
        date: 2026-07-01
        salutation: Dear Sirs",
    );
}

#[test]
fn a_place_before_the_date_and_initials() {
    letter(
        "
                                    12A Castle Terrace, Berwick-upon-Tweed, TD15 1AB

                                    Berwick, 1st July, 2026

To the Manager, Blackwood Stores, Leeds.

Sir,
BODY
I am, Sir,
Yours faithfully,

A. B. C. Fenwick-Smythe
",
        "sender_name: A. B. C. Fenwick-Smythe
        street: 12A Castle Terrace
        town: Berwick-upon-Tweed
        postcode: TD15 1AB
        date: 2026-07-01
        salutation: Sir",
    );
}

#[test]
fn a_stranger_over_the_street_is_perhaps_the_addressee() {
    letter(
        "
Harkers
12 Market Street
Leeds
LS1 1AA

29 June 2026

Dear Sir,
BODY
Yours faithfully,

Dorothea Winstanley
",
        "sender_name: Dorothea Winstanley
        street: ?12 Market Street
        town: ?Leeds
        postcode: ?LS1 1AA
        date: 2026-06-29
        salutation: Dear Sir",
    );
}

#[test]
fn two_unmarked_addresses_on_the_left() {
    letter(
        "
Harkers
12 Market Street
Leeds
LS1 1AA

4 Spring Gardens
Thirsk
YO7 1AB

29 June 2026

Dear Sir,
BODY
Yours faithfully,

Dorothea Winstanley
",
        "sender_name: Dorothea Winstanley
        street: ?4 Spring Gardens
        town: ?Thirsk
        postcode: ?YO7 1AB
        date: 2026-06-29
        salutation: Dear Sir",
    );
}

//! Records of one person are joined and parted in any order, while things come in by each of them; and
//! what a person typed of them stays.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::mail::{lies, message};
use super::{Lies, file_letter};
use crate::cases::correcting::{self, Correction};
use crate::cases::people::{self, Imported, Listed};
use crate::cases::work;
use crate::domain::grammar::case_reference::CaseReference;
use crate::store::events::EventKind;
use crate::store::testing::{self, Bench};
use crate::store::typed::Particular;
use crate::store::{Actor, CustomerId, StoreError};

testing::on_both!(
    whatever_is_parted_has_all_of_its_own_again,
    a_chain_is_parted_from_either_end,
    what_a_person_typed_stays,
    a_number_is_of_one_customer,
    who_is_known_by_nothing_yet_is_added,
);

fn ann() -> Actor {
    Actor::person("ann")
}

/// A record of the company's list; every other one has a number.
fn line(record: usize) -> Listed {
    Listed {
        number: record.is_multiple_of(2).then(|| record.to_string()),
        name: "Mary Harris".into(),
        street: Some(format!("{} Mill Lane", record + 1)),
        postcode: Some("LS6 3HN".into()),
        email: Some(format!("mary{record}@example.org")),
        ..Listed::default()
    }
}

async fn records(bench: &Bench, many: usize) -> Vec<CustomerId> {
    let mut ids = Vec::new();
    for record in 0..many {
        let taken = people::import(&bench.store, &[line(record)], &ann()).await;
        assert_eq!(taken.unwrap(), [Imported::New]);
        let address = line(record).email.unwrap();
        let found = bench.store.customers(&address).await.unwrap();
        assert_eq!(found.len(), 1);
        ids.push(found[0].0);
    }
    ids
}

/// A closed case that came by this record, on paper or by e-mail.
async fn comes(bench: &Bench, record: usize, at: usize) -> CaseReference {
    let said = line(record);
    let case = match at.is_multiple_of(2) {
        true => {
            let subject = format!("The matter of thing {at}");
            let from = format!("Mary Harris <{}>", said.email.unwrap());
            let id = format!("{at}@example.org");
            lies(bench, message(&id, &from, &subject, "It broke."))
                .await
                .0
        }
        false => {
            let (street, code) = (said.street.unwrap(), said.postcode.unwrap());
            let letter = testing::letter_from(&said.name, &street, &code, "It broke.");
            file_letter(bench, &format!("{at}.tif"), letter)
                .await
                .lies()
                .case
        }
    };
    work::close(&bench.store, case, "done", &ann())
        .await
        .unwrap();
    case
}

/// What joining and parting mean: who is joined to whom, and by which record each case came.
struct Model {
    joined_to: Vec<Option<usize>>,
    cases: Vec<(usize, CaseReference)>,
}

impl Model {
    fn person(&self, record: usize) -> usize {
        self.joined_to[record].map_or(record, |to| self.person(to))
    }

    fn records(&self, person: usize) -> Vec<usize> {
        let all = 0..self.joined_to.len();
        all.filter(|record| self.person(*record) == person)
            .collect()
    }

    async fn assert_holds(&self, bench: &Bench, ids: &[CustomerId]) {
        for (record, id) in ids.iter().enumerate() {
            let profile = bench.store.profile(*id).await.unwrap();
            let to = self.joined_to[record].map(|to| ids[to]);
            assert_eq!(profile.same_as, to, "{record}");
            let theirs = self.records(record);
            let cases: BTreeSet<_> = self.cases.iter().collect();
            let cases = cases.iter().filter(|(by, _)| theirs.contains(by));
            let cases: BTreeSet<CaseReference> = cases.map(|(_, case)| *case).collect();
            assert_eq!(
                profile.cases.iter().copied().collect::<BTreeSet<_>>(),
                cases
            );
            if to.is_some() {
                continue;
            }
            let addresses = theirs.iter().filter_map(|record| line(*record).email);
            assert_eq!(profile.addresses, addresses.collect::<Vec<_>>());
            let numbers = theirs.iter().filter_map(|record| line(*record).number);
            let number = line(record).number.or_else(|| numbers.min());
            assert_eq!(profile.standing.number, number, "{record}");
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Join(usize, usize),
    Part(usize),
    Comes(usize),
    Listed(usize),
}

async fn whatever_is_parted_has_all_of_its_own_again(bench: Bench) {
    const RECORDS: usize = 5;
    let step = prop_oneof![
        3 => (0..RECORDS, 0..RECORDS).prop_map(|(kept, gone)| Step::Join(kept, gone)),
        2 => (0..RECORDS).prop_map(Step::Part),
        2 => (0..RECORDS).prop_map(Step::Comes),
        1 => (0..RECORDS).prop_map(Step::Listed),
    ];
    let steps = prop::collection::vec(step, 90);
    let steps = steps.new_tree(&mut TestRunner::deterministic()).unwrap();
    let ids = records(&bench, RECORDS).await;
    let mut model = Model {
        joined_to: vec![None; RECORDS],
        cases: Vec::new(),
    };
    for (at, step) in steps.current().into_iter().enumerate() {
        match step {
            Step::Join(kept, gone) if kept == gone => {}
            Step::Join(kept, gone) => {
                let joined = people::merge(&bench.store, ids[kept], ids[gone], "", &ann()).await;
                let free = [kept, gone].map(|record| model.joined_to[record].is_none());
                assert_eq!(joined.is_ok(), free == [true, true], "{step:?}");
                if joined.is_ok() {
                    model.joined_to[gone] = Some(kept);
                }
            }
            Step::Part(gone) => {
                let parted = people::unmerge(&bench.store, ids[gone], "", &ann()).await;
                assert_eq!(parted.unwrap(), model.joined_to[gone].is_some(), "{step:?}");
                model.joined_to[gone] = None;
            }
            Step::Comes(record) => {
                model.cases.push((record, comes(&bench, record, at).await));
            }
            Step::Listed(record) => {
                let taken = people::import(&bench.store, &[line(record)], &ann()).await;
                assert_ne!(taken.unwrap(), [Imported::New], "{step:?}");
            }
        }
        model.assert_holds(&bench, &ids).await;
    }
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_chain_is_parted_from_either_end(bench: Bench) {
    let ids = records(&bench, 3).await;
    let mut model = Model {
        joined_to: vec![None; 3],
        cases: vec![
            (0, comes(&bench, 0, 0).await),
            (1, comes(&bench, 1, 1).await),
        ],
    };
    for (at, order) in [[0, 1], [1, 0]].into_iter().enumerate() {
        for gone in [0, 1] {
            people::merge(&bench.store, ids[gone + 1], ids[gone], "one", &ann())
                .await
                .unwrap();
            model.joined_to[gone] = Some(gone + 1);
        }
        for record in 0..3 {
            let at = 10 * (at + 1) + record;
            model.cases.push((record, comes(&bench, record, at).await));
        }
        model.assert_holds(&bench, &ids).await;
        for gone in order {
            assert!(
                people::unmerge(&bench.store, ids[gone], "two", &ann())
                    .await
                    .unwrap()
            );
            model.joined_to[gone] = None;
            model.assert_holds(&bench, &ids).await;
        }
    }
    // The case tells whose it was when.
    let history = bench.store.history(model.cases[0].1).await.unwrap();
    let given = history.iter().filter(|event| {
        event.kind == EventKind::CaseChanged && event.detail.get("customer").is_some()
    });
    let given: Vec<_> = given
        .map(|event| event.detail["customer"].clone())
        .collect();
    let of = |record: usize| ids[record].to_string();
    let expected = [0, 1, 2, 0, 1, 2, 1, 0].map(of);
    assert_eq!(given, expected);
    assert_eq!(bench.faults().await, [""; 0]);
}

fn typed(particular: Particular, value: &str) -> Correction {
    Correction {
        typed: vec![(particular, (!value.is_empty()).then(|| value.to_owned()))],
        ..Correction::default()
    }
}

async fn what_a_person_typed_stays(bench: Bench) {
    let id = records(&bench, 1).await[0];
    let correct = async |correction: &Correction| {
        correcting::correct(&bench.store, id, correction, &ann())
            .await
            .unwrap()
    };
    let customer = async || bench.store.customer(id).await.unwrap();
    assert!(correct(&typed(Particular::Street, "9 New Road")).await);
    assert!(!correct(&typed(Particular::Street, "9 New Road")).await);
    assert!(correct(&typed(Particular::Tier, "gold")).await);
    assert!(correct(&typed(Particular::Email, "mh@example.org")).await);
    // The list says otherwise, twice: it is told, and changes nothing.
    let listed = Listed {
        tier: Some("none".into()),
        town: Some("Leeds".into()),
        ..line(0)
    };
    for expected in [Imported::Changed, Imported::Same] {
        let taken = people::import(&bench.store, std::slice::from_ref(&listed), &ann()).await;
        assert_eq!(taken.unwrap(), [expected]);
    }
    let known = customer().await;
    assert_eq!(
        (
            known.street.as_deref(),
            known.town.as_deref(),
            &*known.keys.house
        ),
        (Some("9 New Road"), Some("Leeds"), "9")
    );
    let profile = bench.store.profile(id).await.unwrap();
    assert_eq!(profile.standing.tier.as_deref(), Some("gold"));
    assert_eq!(profile.addresses, ["mary0@example.org", "mh@example.org"]);
    let otherwise = |particular| {
        let mut typed = profile.typed.iter();
        let typed = typed.find(|typed| typed.particular == particular).unwrap();
        assert_eq!(typed.by, "ann");
        typed.otherwise.clone()
    };
    assert_eq!(
        otherwise(Particular::Street).as_deref(),
        Some("1 Mill Lane")
    );
    assert_eq!(otherwise(Particular::Tier).as_deref(), Some("none"));
    // A letter from the typed address is theirs.
    let letter = testing::letter_from("Mary Harris", "9 New Road", "LS6 3HN", "Hello");
    let case = file_letter(&bench, "a.tif", letter).await.lies().case;
    assert_eq!(bench.store.case(case).await.unwrap().customer, Some(id));
    // Left to the list again, it has what the list says.
    let left = Correction {
        left: vec![Particular::Street, Particular::Tier],
        ..Correction::default()
    };
    assert!(correct(&left).await);
    assert_eq!(customer().await.street.as_deref(), Some("1 Mill Lane"));
    let profile = bench.store.profile(id).await.unwrap();
    assert_eq!(profile.standing.tier.as_deref(), Some("none"));
    assert!(correct(&typed(Particular::Email, "")).await);
    assert_eq!(customer().await.email, None);
    // History says what changed; the values lie beside it, where they can be erased.
    let told = "events where detail like '%New Road%' or detail like '%mh@example.org%'";
    assert_eq!(bench.count(told).await, 0);
    let changed = "events where kind = 'customer_changed' and detail like '%\"street\"%'";
    assert_eq!(bench.count(changed).await, 2);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_number_is_of_one_customer(bench: Bench) {
    let ids = records(&bench, 2).await;
    let number = |number: &str| Correction {
        number: Some(number.into()),
        ..Correction::default()
    };
    let give = async |correction: &Correction| {
        correcting::correct(&bench.store, ids[1], correction, &ann()).await
    };
    let taken = give(&number("0")).await;
    assert!(
        matches!(&taken, Err(StoreError::NumberTaken { customer, .. }) if *customer == ids[0]),
        "{taken:?}"
    );
    assert!(give(&number("11")).await.unwrap());
    assert!(!give(&number("11")).await.unwrap());
    people::merge(&bench.store, ids[0], ids[1], "one", &ann())
        .await
        .unwrap();
    // Who was joined is corrected where they are.
    let refused = give(&number("12")).await;
    assert!(
        matches!(refused, Err(StoreError::Unknown { .. })),
        "{refused:?}"
    );
}

async fn who_is_known_by_nothing_yet_is_added(bench: Bench) {
    let says = Correction {
        typed: vec![
            (Particular::Name, Some("Tom Patel".into())),
            (Particular::Street, Some("3 New Road".into())),
            (Particular::Postcode, Some("m11aa".into())),
            (Particular::Phone, Some("+44 1632 960180".into())),
        ],
        number: Some("77".into()),
        ..Correction::default()
    };
    let id = correcting::add(&bench.store, &says, &ann()).await.unwrap();
    let known = bench.store.customer(id).await.unwrap();
    assert_eq!(
        (known.postcode.as_deref(), known.phone.as_deref()),
        (Some("M1 1AA"), Some("01632 960180"))
    );
    let letter = testing::letter_from("Tom Patel", "3 New Road", "M1 1AA", "Hello");
    let case = file_letter(&bench, "a.tif", letter).await.lies().case;
    assert_eq!(bench.store.case(case).await.unwrap().customer, Some(id));
    assert!(correcting::add(&bench.store, &says, &ann()).await.is_err());
    assert_eq!(bench.count("customers").await, 1);
    assert_eq!(bench.faults().await, [""; 0]);
}

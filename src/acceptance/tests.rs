//! The rule by made-up evidence, and its file read back.

use super::*;
use crate::domain::guarantee::Sequence;

const FORM: &str = "loyalty-a5";

fn model() -> Digest {
    Digest::of(b"a network")
}

/// So many readings of a probability, so many of them wrong.
fn of(kind: FieldKind, parts: &[(f64, u64, u64)]) -> OfKind {
    let parts = parts.iter().flat_map(|&(sure, of, wrong)| {
        (0..of).map(move |at| (Probability::clamped(sure), at >= wrong))
    });
    OfKind {
        kind,
        sample: "made up \"for\" a test".to_owned(),
        day: jiff::civil::date(2026, 11, 29),
        target: Targets::default().of(kind),
        sequence: Sequence::of(&parts.collect::<Vec<_>>()),
    }
}

fn evidence(form: Option<(&str, u32)>, kinds: &[OfKind]) -> Evidence {
    let form = form.map(|(id, version)| FormVersion {
        id: id.to_owned(),
        version,
    });
    Evidence::parse(&Evidence::written("A test", model(), form.as_ref(), kinds)).unwrap()
}

/// Judges a postcode of the form.
fn judged(general: &[OfKind], own: &[Evidence], sure: f64) -> (Verdict, String) {
    let general = evidence(None, general);
    let judge = Acceptance::new(Some(model()), Targets::default(), general, own.to_vec());
    judge.judge(&reading(sure))
}

fn reading(sure: f64) -> Reading<'static> {
    Reading {
        kind: FieldKind::Postcode,
        form: FORM,
        version: 2,
        residual: 0.1,
        probability: Probability::clamped(sure),
    }
}

fn postcodes(of_good: u64, wrong: u64) -> OfKind {
    of(
        FieldKind::Postcode,
        &[(0.99, of_good, wrong), (0.9, 1_000, 50)],
    )
}

#[test]
fn without_evidence_everything_goes_to_a_person() {
    let (verdict, reason) = judged(&[], &[], 1.0);
    assert_eq!(verdict, Verdict::Review);
    assert_eq!(reason, "postcode is not certified");
    // As the program is shipped.
    let shipped = Evidence::embedded();
    let judge = Acceptance::new(None, Targets::default(), shipped.clone(), Vec::new());
    for kind in FieldKind::ALL {
        let reading = Reading {
            kind,
            ..reading(1.0)
        };
        let proven = shipped.of_kind(kind).is_some() && kind != FieldKind::FreeText;
        assert!(
            proven || judge.judge(&reading).0 == Verdict::Review,
            "{kind:?}"
        );
    }
}

#[test]
fn a_form_without_its_own_evidence_is_held_to_half() {
    // Enough for 0.2 %, and not for half of that.
    let enough = of(FieldKind::Postcode, &[(0.99, 2_000, 0)]);
    let (verdict, reason) = judged(&[enough], &[], 1.0);
    assert_eq!(verdict, Verdict::Review);
    assert!(
        reason.contains("at most 0.10 %: at least 995 more"),
        "{reason}"
    );
    let (verdict, reason) = judged(&[postcodes(4_000, 0)], &[], 0.991);
    assert_eq!(verdict, Verdict::Accepted);
    assert!(
        reason.contains("half the target") && reason.contains("0 of 4000"),
        "{reason}"
    );
    // Its own, of its own version.
    for (version, accepted) in [(2, true), (1, false)] {
        let own = evidence(Some((FORM, version)), &[postcodes(2_000, 0)]);
        let (verdict, reason) = judged(&[postcodes(2_000, 0)], &[own], 0.99);
        assert_eq!(verdict == Verdict::Accepted, accepted, "{reason}");
        assert_eq!(reason.contains("on its own form"), accepted, "{reason}");
    }
}

#[test]
fn a_forms_own_errors_are_not_outvoted() {
    let own = evidence(Some((FORM, 2)), &[postcodes(2_000, 60)]);
    let (verdict, reason) = judged(&[postcodes(9_000, 0)], &[own], 1.0);
    assert_eq!(verdict, Verdict::Review);
    assert!(
        reason.contains("60 of 2000 were wrong on its own form"),
        "{reason}"
    );
    // Too few of its own say nothing.
    let own = evidence(Some((FORM, 2)), &[postcodes(20, 0)]);
    let (verdict, _) = judged(&[postcodes(9_000, 0)], &[own], 1.0);
    assert_eq!(verdict, Verdict::Accepted);
}

#[test]
fn a_threshold_parts_the_sure_from_the_others() {
    let general = [postcodes(9_000, 1)];
    for (sure, accepted) in [(0.95, true), (0.92, true), (0.9, false), (0.0, false)] {
        let (verdict, reason) = judged(&general, &[], sure);
        assert_eq!(verdict == Verdict::Accepted, accepted, "{sure}: {reason}");
        assert!(reason.contains("1 of 9000 were wrong"), "{reason}");
    }
}

#[test]
fn what_no_number_outweighs() {
    let comment = [of(FieldKind::FreeText, &[(1.0, 90_000, 0)])];
    let general = evidence(None, &[comment[0].clone(), postcodes(9_000, 0)]);
    let judge = |model, reading: &Reading<'_>| {
        Acceptance::new(model, Targets::default(), general.clone(), Vec::new()).judge(reading)
    };
    let sure = reading(1.0);
    assert_eq!(judge(Some(model()), &sure).0, Verdict::Accepted);
    let off = Reading {
        residual: 0.41,
        ..sure
    };
    let (verdict, reason) = judge(Some(model()), &off);
    assert!(
        verdict == Verdict::Review && reason.contains("0.41 mm"),
        "{reason}"
    );
    let words = Reading {
        kind: FieldKind::FreeText,
        ..sure
    };
    assert_eq!(judge(Some(model()), &words).0, Verdict::Review);
    for other in [None, Some(Digest::of(b"another"))] {
        let (verdict, reason) = judge(other, &sure);
        assert_eq!(verdict, Verdict::Review);
        assert!(reason.contains("another network"), "{reason}");
    }
}

#[test]
fn a_stricter_target_picks_another_threshold() {
    let general = evidence(
        None,
        &[of(
            FieldKind::Postcode,
            &[(0.9999, 9_000, 0), (0.99, 3_000, 6)],
        )],
    );
    let judge = |target: f64| {
        let mut targets = Targets::default();
        targets.set(FieldKind::Postcode, Rate::new(target).unwrap());
        let own = vec![Evidence {
            form: Some(FormVersion {
                id: FORM.to_owned(),
                version: 2,
            }),
            ..general.clone()
        }];
        let judge = Acceptance::new(Some(model()), targets, general.clone(), own);
        judge.judge(&reading(0.99)).0
    };
    assert_eq!(judge(0.002), Verdict::Accepted);
    assert_eq!(judge(0.0005), Verdict::Review);
    assert_eq!(judge(0.0), Verdict::Review);
}

#[test]
fn a_run_tells_what_it_goes_by() {
    let own = evidence(Some((FORM, 2)), &[postcodes(2_000, 0)]);
    let judge = Acceptance::new(
        Some(model()),
        Targets::default(),
        evidence(None, &[]),
        vec![own],
    );
    let told = judge.told();
    assert_eq!(
        told,
        [
            "all forms: nothing is certified",
            "loyalty-a5 version 2: postcode"
        ]
    );
    let bare = Acceptance::new(None, Targets::default(), evidence(None, &[]), Vec::new());
    assert_ne!(judge.digest(), bare.digest());
}

#[test]
fn a_file_comes_back_as_it_was_written() {
    let kinds = [postcodes(4_000, 2), of(FieldKind::Town, &[(0.7, 10, 3)])];
    let own = evidence(Some((FORM, 3)), &kinds);
    assert_eq!(own.kinds, kinds);
    assert!(own.is_of(FORM, 3) && own.model == Some(model()));
}

#[test]
fn a_file_that_cannot_be_meant_names_its_line() {
    let kinds = [postcodes(4_000, 0)];
    let form = FormVersion {
        id: FORM.to_owned(),
        version: 1,
    };
    let good = Evidence::written("", model(), Some(&form), &kinds);
    assert!(Evidence::parse(&good).is_ok(), "{good}");
    for (was, is, line, says) in [
        ("format = 1", "format = 2", 1, "format 2"),
        ("model = ", "modle = ", 2, "modle"),
        ("version = 1\n", "", 3, "version"),
        (
            "kind = \"postcode\"",
            "kind = \"post\"",
            7,
            "no kind of field",
        ),
        (
            "day = \"2026-11-29\"",
            "day = \"29/11/2026\"",
            9,
            "2026-11-22",
        ),
        ("target = 0.002", "target = 2.0", 11, "no share"),
        ("confidence = 0.95", "confidence = 0.9", 12, "always 0.95"),
        (
            "threshold = 0.91",
            "threshold = 0.5",
            13,
            "gives the threshold 0.91",
        ),
        ("[0.9998, 0,", "[0.9997, 0,", 17, "fixed"),
        (
            "[0.99, 4000, 0, 0.000749]",
            "[0.99, 4000, 0, 0.000649]",
            24,
            "0.000749",
        ),
        (
            "[0.99, 4000, 0,",
            "[0.99, 4000, 4001,",
            24,
            "more are accepted",
        ),
        ("of = 5000", "of = 4000", 32, "more are accepted"),
        ("    [0.5, 5000, 50, 0.012641],\n", "", 7, "23 thresholds"),
    ] {
        assert!(good.contains(was), "{was}\n{good}");
        let error = Evidence::parse(&good.replace(was, is)).unwrap_err();
        assert!(error.what.contains(says), "{was}: {error}");
        assert_eq!(error.line, line, "{was}: {error}");
    }
    let twice = format!("{good}\n{}", kinds[0]);
    assert!(Evidence::parse(&twice).unwrap_err().what.contains("twice"));
}

#[test]
fn bounds_are_told_as_no_less_than_they_are() {
    assert_eq!(percent(0.002), "0.20 %");
    assert_eq!(percent(0.001_801), "0.19 %");
    assert_eq!(percent(0.0), "0.00 %");
}

//! The embedded rules on the texts of the sample night, and how long they take.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::super::{Facts, Rules};
use super::facts;

/// What judging a letter may take on average: reading a page takes a thousand times that.
const A_LETTER: Duration = Duration::from_millis(1);

/// A letter of the samples.
struct Sample {
    text: String,
    subject: Option<String>,
    topic: String,
    priority: String,
}

fn samples() -> Vec<Sample> {
    let truth = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/truth");
    let letters = fs::read_to_string(truth.join("letters.json")).unwrap();
    let letters: serde_json::Value = serde_json::from_str(&letters).unwrap();
    let owned = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let letters = letters.as_array().unwrap().iter();
    letters
        .filter_map(|letter| {
            Some(Sample {
                text: fs::read_to_string(truth.join("text").join(letter["text"].as_str()?)).ok()?,
                subject: owned(&letter["fields"]["subject"]),
                topic: owned(&letter["topic"])?,
                priority: owned(&letter["priority"])?,
            })
        })
        .collect()
}

#[test]
fn the_sample_night() {
    let rules = Rules::embedded();
    let samples = samples();
    assert!(samples.len() > 40, "{}", samples.len());
    for sample in samples {
        for subject in [None, sample.subject.as_deref()] {
            let judged = rules.judge(&Facts {
                subject,
                ..facts(&sample.text)
            });
            assert_eq!(judged.topic.choice, sample.topic, "{}", sample.text);
            let priority = judged.priority.choice.name();
            assert_eq!(priority, sample.priority, "{}", sample.text);
        }
    }
}

#[test]
#[ignore = "says something in a release build only"]
fn a_letter_is_judged_at_once() {
    let rules = Rules::embedded();
    let samples = samples();
    let start = Instant::now();
    for sample in &samples {
        std::hint::black_box(rules.judge(&facts(&sample.text)));
    }
    let each = start.elapsed() / u32::try_from(samples.len()).unwrap();
    assert!(
        each < A_LETTER,
        "{each:?} a letter, each seen for the first time"
    );
}

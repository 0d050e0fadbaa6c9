//! Real messages, and the test messages of other programs that read mail: every one is
//! read or set aside, none takes long.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use crate::pipeline::shared_data::{files, unpacked};

use super::*;

/// What became of the files of one archive.
#[derive(Default)]
struct Count {
    read: Vec<Message>,
    aside: BTreeMap<&'static str, usize>,
    slowest: Duration,
    total: Duration,
}

fn count(archive: &str) -> Option<Count> {
    let folder = unpacked(archive)?;
    let mut count = Count::default();
    for path in files(folder.path()) {
        let raw = fs::read(&path).unwrap();
        let start = Instant::now();
        let parsed = parse(&raw, &MailLimits::default());
        let took = start.elapsed();
        assert!(
            took < Duration::from_secs(1),
            "{} took {took:?}",
            path.display()
        );
        count.slowest = count.slowest.max(took);
        count.total += took;
        match parsed {
            Ok(message) => count.read.push(message),
            Err(rejection) if path.extension().is_some_and(|ending| ending == "eml") => {
                println!("aside: {}: {rejection}", path.display());
                *count.aside.entry(rejection.code.name()).or_default() += 1;
            }
            Err(rejection) => *count.aside.entry(rejection.code.name()).or_default() += 1,
        }
    }
    println!(
        "{archive}: {} read, aside {:?}, slowest {:?}, {:.0} messages/s",
        count.read.len(),
        count.aside,
        count.slowest,
        count.read.len() as f64 / count.total.as_secs_f64(),
    );
    Some(count)
}

#[test]
fn every_file_of_other_programs_tests_is_read_or_set_aside() {
    for name in ["mail_parser", "mikel_mail", "mime4j"] {
        let Some(count) = count(&format!("mail/mail_corpora_{name}.tar")) else {
            continue;
        };
        assert!(!count.read.is_empty(), "{name}");
    }
}

#[test]
fn all_real_letters_are_read() {
    let Some(count) = count("mail/ham-500.tar") else {
        return;
    };
    assert_eq!(count.aside, BTreeMap::new());
    let all = count.read.len();
    let good = count.read.iter().filter(|message| {
        message.from.is_some() && message.sent.is_some() && !message.text.trim().is_empty()
    });
    let good = good.count();
    let kinds = count.read.iter().filter_map(|message| message.automatic);
    let mut automatic = BTreeMap::<_, usize>::new();
    kinds.for_each(|kind| *automatic.entry(kind.name()).or_default() += 1);
    let shorter = count
        .read
        .iter()
        .filter(|m| m.fresh.len() + 10 < m.text.len());
    println!(
        "{good} of {all} have a sender, a date and text; {} quote; {automatic:?}",
        shorter.count()
    );
    assert!(good * 100 > all * 99, "{good} of {all}");
}

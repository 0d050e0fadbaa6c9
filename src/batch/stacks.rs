//! `--stack`: the files of one folder are one stack, and a document goes on from one file
//! into the next until something separates them.
//!
//! Files are laid down in natural name order. Where no document reaches from one file into
//! the next, what was laid down is a bundle, and is filed whole. So what a run that was cut
//! off has filed ends where a document ends, and the next one goes on with the next
//! document: pages are grouped alike however often a run is begun anew.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::budget::MOST_WAITING;
use super::bundle::Bundle;
use super::listing::{Listed, Listing};
use super::plan::{Plan, Source, ToRead};
use super::readers::images_of;
use crate::domain::page::PageOutcome;
use crate::domain::rejection::Rejection;

/// One after the other, files of one folder by their names: numbers in names count as
/// numbers, so that 2 comes before 10, and letter case does not count.
pub(super) fn in_stacks(one: &Listed, other: &Listed) -> Ordering {
    let ((folder, name), (others, other)) = (parted(&one.name), parted(&other.name));
    let ((stem, ending), (others_stem, others_ending)) = (cut(name), cut(other));
    folder
        .cmp(others)
        .then_with(|| natural(stem, others_stem))
        .then_with(|| natural(ending, others_ending))
        .then_with(|| name.cmp(other))
}

/// A name's folder, and its name in it.
fn parted(name: &str) -> (&str, &str) {
    name.rsplit_once('/').unwrap_or(("", name))
}

/// A file's name without its ending, so that `scan` comes before `scan-2`.
fn cut(name: &str) -> (&str, &str) {
    name.rsplit_once('.').unwrap_or((name, ""))
}

fn natural(mut one: &str, mut other: &str) -> Ordering {
    loop {
        let (number, others) = (digits(one), digits(other));
        let order = if number.is_empty() || others.is_empty() {
            let (sign, others) = (one.chars().next(), other.chars().next());
            let (Some(sign), Some(others)) = (sign, others) else {
                return sign.cmp(&others);
            };
            one = &one[sign.len_utf8()..];
            other = &other[others.len_utf8()..];
            sign.to_lowercase().cmp(others.to_lowercase())
        } else {
            one = &one[number.len()..];
            other = &other[others.len()..];
            // Of any length: scanners put the time of day into names.
            let (number, others) = (
                number.trim_start_matches('0'),
                others.trim_start_matches('0'),
            );
            number.len().cmp(&others.len()).then(number.cmp(others))
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn digits(text: &str) -> &str {
    let rest = text.trim_start_matches(|sign: char| sign.is_ascii_digit());
    &text[..text.len() - rest.len()]
}

/// One file of a stack.
#[derive(Debug)]
pub(super) struct Leaf<'a> {
    pub(super) folder: &'a str,
    pub(super) name: &'a str,
    pub(super) fate: Fate<'a>,
}

/// What is to be done with it.
#[derive(Debug)]
pub(super) enum Fate<'a> {
    /// It is read and filed.
    Read(&'a ToRead),
    /// Its bytes are those of another file. Copies of a separator separate; of anything
    /// else, they are passed over.
    Copy(&'a Source),
    /// It is filed, or was not looked at.
    Settled,
    /// It was set aside: nobody knows what is on it.
    Aside,
}

impl Leaf<'_> {
    /// How many bytes are read of it.
    pub(super) fn bytes(&self) -> u64 {
        match self.fate {
            Fate::Read(scan) => scan.source.bytes,
            Fate::Copy(copy) => copy.bytes,
            Fate::Settled | Fate::Aside => 0,
        }
    }
}

/// The files of every stack, one behind the other.
pub(super) fn leaves<'a>(listing: &'a Listing, plan: &'a Plan) -> Vec<Leaf<'a>> {
    let named = |scan: &'a ToRead| (scan.source.name.as_str(), Fate::Read(scan));
    let copy = |copy: &'a Source| (copy.name.as_str(), Fate::Copy(copy));
    let aside = |(name, _): &'a (String, Rejection)| (name.as_str(), Fate::Aside);
    let read = plan.to_read.iter().map(named);
    let copies = plan.copies.iter().map(copy);
    let mut fates: BTreeMap<&str, Fate<'_>> = read
        .chain(copies)
        .chain(plan.aside.iter().map(aside))
        .collect();
    let leaves = listing.scans.iter().map(|scan| Leaf {
        folder: parted(&scan.name).0,
        name: &scan.name,
        fate: fates.remove(scan.name.as_str()).unwrap_or(Fate::Settled),
    });
    leaves.collect()
}

/// A file of a stack once it was read.
#[derive(Debug)]
pub(super) enum Laid<'a> {
    /// Its pages.
    Pages(&'a ToRead, u32, Vec<PageOutcome>),
    /// It is set aside now.
    Rejected(&'a ToRead, Rejection),
    /// It was set aside before.
    Aside,
    /// It is filed, or was not looked at.
    Settled,
    /// It has a separator, and nothing to file.
    Separates,
    /// It has nothing to file.
    Nothing,
}

/// What is ready for the writer.
#[derive(Debug)]
pub(super) enum Ready<'a> {
    /// Files whose documents are complete.
    Bundle(Bundle<'a>),
    /// A file to set aside.
    Rejected(&'a ToRead, Rejection),
}

/// The stack that is being laid down.
#[derive(Debug)]
pub(super) struct Stack<'a> {
    /// Of which the last document may go on.
    open: Bundle<'a>,
    folder: &'a str,
    /// The images of the open bundle, in bytes.
    images: usize,
    /// Whether anything that was filed before may lie before the next file.
    after_settled: bool,
    /// Whether the whole folder is known.
    whole: bool,
    most_pages: u32,
    ready: Vec<Ready<'a>>,
}

impl<'a> Stack<'a> {
    /// Of files that are all there are, or not; a document may have so many pages.
    pub(super) fn new(whole: bool, most_pages: u32) -> Self {
        Self {
            open: Bundle::default(),
            folder: "",
            images: 0,
            after_settled: !whole,
            whole,
            most_pages,
            ready: Vec::new(),
        }
    }

    /// Lays the next file down.
    pub(super) fn lay(&mut self, folder: &'a str, name: &str, laid: Laid<'a>) {
        if folder != self.folder {
            self.end();
            self.folder = folder;
        }
        match laid {
            Laid::Pages(scan, listed, pages) => self.pages(scan, listed, pages),
            Laid::Rejected(scan, why) => {
                self.gap(name);
                self.ready.push(Ready::Rejected(scan, why));
            }
            Laid::Aside => self.gap(name),
            Laid::Settled => self.settled(),
            Laid::Separates => self.close(None),
            Laid::Nothing => {}
        }
    }

    /// Ends the stack of a folder.
    pub(super) fn end(&mut self) {
        match self.whole {
            true => self.close(None),
            false => self.settled(),
        }
    }

    /// What is ready by now.
    pub(super) fn ready(&mut self) -> Vec<Ready<'a>> {
        std::mem::take(&mut self.ready)
    }

    fn pages(&mut self, scan: &'a ToRead, listed: u32, pages: Vec<PageOutcome>) {
        if self.open.parts.is_empty() && self.after_settled && scan.late {
            self.open.begins = Some(LATE.to_owned());
        }
        self.after_settled = false;
        let images = images_of(&pages);
        self.open.lay(scan, listed, pages);
        if self.open.parts.len() > 1 {
            let full = self.open.listed() > self.most_pages || self.images + images > MOST_WAITING;
            if !self.open.reaches_the_last() {
                let last = self.open.part_last();
                self.close(None);
                self.open = last;
            } else if full {
                let mut last = self.open.part_last();
                let before = self.open.parts.last().map(|part| &*part.scan.source.name);
                last.begins = before.map(|name| {
                    format!("it goes on from {name}: no separator came, and one document cannot be so long")
                });
                self.close(Some(format!(
                    "it goes on in {}: no separator came, and one document cannot be so long",
                    scan.source.name
                )));
                self.open = last;
            }
        }
        self.images += images;
    }

    /// A file that was set aside lies here: nobody knows what it belongs to.
    fn gap(&mut self, name: &str) {
        self.close(Some(format!(
            "the next file of the stack, {name}, was set aside: it may go on there"
        )));
        self.open.begins = Some(format!(
            "the file before it in the stack, {name}, was set aside: it may begin there"
        ));
    }

    /// What lies here was filed before.
    fn settled(&mut self) {
        let late = self.open.parts.last().is_some_and(|part| part.scan.late);
        self.close(late.then(|| LATE.to_owned()));
        self.after_settled = true;
    }

    fn close(&mut self, ends: Option<String>) {
        let mut bundle = std::mem::take(&mut self.open);
        (self.images, self.after_settled) = (0, false);
        if !bundle.parts.is_empty() {
            bundle.ends = ends;
            self.ready.push(Ready::Bundle(bundle));
        }
    }
}

/// Why a file that was set aside when its stack was filed may hold parts of documents.
const LATE: &str = "its file had been set aside when the stack was filed: it may belong to the \
                    document before or behind it";

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::case::{Receipt, ReceiptOrigin};
    use crate::domain::identity::Digest;
    use crate::domain::rejection::RejectionCode;
    use crate::store::testing::{card_page, lost_page, page, separator_page};

    fn sorted(names: &[&str]) -> Vec<String> {
        let listed = |name: &&str| Listed {
            name: (*name).to_owned(),
            path: name.into(),
            bytes: 1,
        };
        let mut listed: Vec<Listed> = names.iter().map(listed).collect();
        listed.sort_by(in_stacks);
        listed.into_iter().map(|listed| listed.name).collect()
    }

    #[test]
    fn two_comes_before_ten_and_folders_stay_together() {
        let order = [
            "SCN_2.tif",
            "scn_3.tif",
            "SCN_10.tif",
            "scan.tif",
            "scan-2.tif",
            "scan-10.tif",
            "20261122235959999999999999.tif",
            "a/1.tif",
            "a/01.tif",
            "a/2.tif",
            "a/b/1.tif",
            "a10/1.tif",
        ];
        let mut expected = vec![
            "20261122235959999999999999.tif",
            "scan.tif",
            "scan-2.tif",
            "scan-10.tif",
            "SCN_2.tif",
            "scn_3.tif",
            "SCN_10.tif",
        ];
        expected.extend(["a/01.tif", "a/1.tif", "a/2.tif", "a/b/1.tif", "a10/1.tif"]);
        assert_eq!(sorted(&order), expected);
    }

    /// Files with pages as `pipeline::stacks` writes them in its tests; `!` is set aside,
    /// `=` filed before, `+` a copy of a separator, `-` of something else.
    fn files(words: &[&str]) -> Vec<ToRead> {
        let file = |(number, word): (u64, &&str)| ToRead {
            scan: format!("01900000-0000-7000-8000-{number:012}")
                .parse()
                .unwrap(),
            source: Source {
                name: format!("{number}.tif"),
                path: format!("{number}.tif").into(),
                digest: Digest::of(word.as_bytes()),
                bytes: 1,
            },
            receipt: Receipt {
                day: date(2026, 11, 22),
                origin: ReceiptOrigin::Today,
            },
            late: false,
        };
        (1..).zip(words).map(file).collect()
    }

    fn pages(words: &str) -> Vec<PageOutcome> {
        let page = |(number, word): (u32, &str)| match word {
            "L" => page(number, "Dear Sirs, it broke."),
            "_" => page(number, ""),
            "x" => lost_page(number),
            "|" => separator_page(number),
            side => card_page(number, &side[..1], side[1..].parse().unwrap()),
        };
        (1..).zip(words.split(' ')).map(page).collect()
    }

    fn laid<'a>(word: &str, file: &'a ToRead) -> Laid<'a> {
        match word {
            "!" => Laid::Rejected(file, Rejection::new(RejectionCode::Truncated, "torn")),
            "=" => Laid::Settled,
            "+" => Laid::Separates,
            "-" => Laid::Nothing,
            words => {
                let pages = pages(words);
                Laid::Pages(file, pages.len() as u32, pages)
            }
        }
    }

    /// The names of the files of each bundle, and whether its ends are in doubt.
    fn bundles(words: &[&str], most_pages: u32) -> Vec<(String, bool, bool)> {
        let files = files(words);
        let mut stack = Stack::new(true, most_pages);
        for (word, file) in words.iter().zip(&files) {
            stack.lay("", &file.source.name, laid(word, file));
        }
        stack.end();
        let ready = stack.ready().into_iter();
        let bundles = ready.filter_map(|ready| match ready {
            Ready::Bundle(bundle) => {
                let names = bundle
                    .parts
                    .iter()
                    .map(|part| part.scan.source.name.as_str());
                let names: Vec<&str> = names.map(|name| cut(name).0).collect();
                let numbers: Vec<u32> = bundle.pages.iter().map(|page| page.number).collect();
                assert_eq!(numbers, (1..=bundle.listed()).collect::<Vec<_>>());
                Some((
                    names.join(" "),
                    bundle.begins.is_some(),
                    bundle.ends.is_some(),
                ))
            }
            Ready::Rejected(..) => None,
        });
        bundles.collect()
    }

    #[test]
    fn a_bundle_ends_where_no_document_goes_on() {
        for (words, expected) in [
            (&["L", "L", "L"][..], "1 2 3"),
            (&["L", "|", "L"], "1,2,3"),
            (&["L L", "| L", "L"], "1,2 3"),
            (&["L", "L | L", "L |", "L"], "1 2 3,4"),
            (&["a1", "a2", "a1", "a2"], "1 2,3 4"),
            (&["L", "_", "a1", "_", "L"], "1 2,3 4,5"),
            (&["L", "x", "L"], "1 2 3"),
            (&["L", "!", "L"], "1>,<3"),
            (&["L", "=", "L"], "1,3"),
            (&["L", "+", "L"], "1,3"),
            (&["L", "-", "L"], "1 3"),
            (&["L", "!", "+", "L"], "1>,4"),
            (&["!", "!", "L", "L"], "<3 4"),
        ] {
            let told = bundles(words, 1000)
                .into_iter()
                .map(|(names, begins, ends)| {
                    let (begins, ends) =
                        (if begins { "<" } else { "" }, if ends { ">" } else { "" });
                    format!("{begins}{names}{ends}")
                });
            assert_eq!(told.collect::<Vec<_>>().join(","), expected, "{words:?}");
        }
    }

    #[test]
    fn a_document_without_an_end_is_cut_and_told_of() {
        let words = ["L"; 7];
        let told = bundles(&words, 3);
        let expected = [
            ("1 2 3", false, true),
            ("4 5 6", true, true),
            ("7", true, false),
        ];
        assert_eq!(
            told,
            expected.map(|(names, begins, ends)| (names.to_owned(), begins, ends))
        );
    }

    proptest! {
        /// Whatever a run has filed when it is cut off, the next one files the rest alike.
        #[test]
        fn a_stack_that_is_begun_anew_falls_into_the_same_bundles(
            words in prop::collection::vec(prop::sample::select(vec![
                "L", "_", "x", "|", "a1", "a2", "L L", "L | L", "| L", "L |", "a1 a2", "x a2",
                "| _", "!", "+", "-",
            ]), 0..12),
            cut in 0_usize..12,
        ) {
            let names = |words: &[&str]| {
                let bundles = bundles(words, 1000).into_iter();
                bundles.map(|(names, ..)| names).collect::<Vec<_>>()
            };
            let whole = names(&words);
            let filed = &whole[..cut.min(whole.len())];
            let files: Vec<usize> = filed.iter().flat_map(|names| names.split(' ')).map(|name| name.parse().unwrap()).collect();
            let left: Vec<&str> = (1..).zip(&words).map(|(number, word)| match files.contains(&number) {
                true => "=",
                false => *word,
            }).collect();
            prop_assert_eq!(&names(&left)[..], &whole[filed.len()..]);
        }
    }
}

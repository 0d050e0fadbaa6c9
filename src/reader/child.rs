//! The reader's own side: models first, then the walls, then scan after scan
//! until the parent closes the pipe.

use std::io::{self, Read, Write};

use super::wire::{self, Answer, Request};
use super::{ReaderSetup, room, sandbox};
use crate::domain::page::PageOutcome;
use crate::engines::scripted::Scripted;
use crate::engines::{EngineError, Engines, Networks};
use crate::forms;
use crate::pipeline::cards::FormBook;
use crate::pipeline::sorting::Sorter;
use crate::pipeline::{self, open};

/// A reader may map this much address space beyond its memory limit: libraries,
/// models and stacks are mapped without being used. The parent holds it to the
/// limit itself by what is really in memory.
const ADDRESS_SPACE_HEADROOM: u64 = 1 << 30;

/// Reads scans from `requests` and answers until the parent hangs up.
pub fn serve(
    setup: &ReaderSetup,
    mut requests: impl Read,
    mut answers: impl Write,
) -> io::Result<()> {
    keep_freed_memory();
    room::tell_want_of_room();
    let engines = match &setup.fake_script {
        Some(script) => Engines::scripted(script),
        None => Engines::open(setup.tessdata.as_deref()),
    };
    let sorter = begin(setup, &mut requests)?;
    let (mut engines, sorter) = match engines.and_then(|engines| Ok((engines, sorter?))) {
        Ok(opened) => opened,
        Err(error) => {
            let what = error.to_string();
            return wire::send(&mut answers, &Answer::Unusable { what });
        }
    };
    let walls = sandbox::enter(setup.limits.reader_memory + ADDRESS_SPACE_HEADROOM);
    wire::send(&mut answers, &Answer::Ready(walls))?;
    loop {
        let first_page = match wire::receive(&mut requests) {
            Ok(Request::Scan { first_page }) => first_page,
            Ok(Request::Begin { .. }) => return Err(io::ErrorKind::InvalidData.into()),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        };
        let bytes = wire::receive_raw(&mut requests)?;
        let mut reading = Reading {
            setup,
            engines: &mut engines,
            sorter: &*sorter,
        };
        reading.read_scan(&bytes, first_page, &mut answers)?;
    }
}

/// Takes the forms that the parent sends first. The inner error says what is wrong with
/// one of them, or with the fake's script.
fn begin(
    setup: &ReaderSetup,
    requests: &mut impl Read,
) -> io::Result<Result<Box<dyn Sorter>, EngineError>> {
    let Request::Begin { forms } = wire::receive(requests)? else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    if let Some(script) = &setup.fake_script {
        let scripted = Scripted::open(script).map(|script| script.cards());
        return Ok(scripted.map(|cards| Box::new(cards) as Box<dyn Sorter>));
    }
    let forms: Result<_, _> = forms.iter().map(|text| forms::parse(text)).collect();
    let forms = forms.map_err(|error| EngineError::Unusable {
        engine: "a form",
        what: error.to_string(),
    });
    let book = forms.and_then(|forms| Ok(FormBook::new(forms, Networks::open()?)));
    Ok(book.map(|book| Box::new(book) as Box<dyn Sorter>))
}

/// What a scan is read with.
struct Reading<'a> {
    setup: &'a ReaderSetup,
    engines: &'a mut Engines,
    sorter: &'a dyn Sorter,
}

/// Keeps memory that a page gave back for the next page. Tesseract takes and frees large
/// blocks for every line; handing each to the kernel and back costs page faults: 0.663
/// against 0.623 CPU seconds a page, measured with the prototype, November 2026.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn keep_freed_memory() {
    const MIB: libc::c_int = 1 << 20;
    let set = |option, value| {
        // SAFETY: mallopt takes two numbers, and no other thread runs yet that could
        // be allocating.
        unsafe { libc::mallopt(option, value) == 1 }
    };
    // Older C libraries refuse more than 32 MiB. A refusal alone does no harm, but the
    // options after it would then pin the threshold at its low beginning.
    let mapped = set(libc::M_MMAP_THRESHOLD, 256 * MIB) || set(libc::M_MMAP_THRESHOLD, 32 * MIB);
    if mapped {
        set(libc::M_TRIM_THRESHOLD, 512 * MIB);
        set(libc::M_TOP_PAD, 64 * MIB);
    }
}

/// Other C libraries have no such options.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
const fn keep_freed_memory() {}

impl Reading<'_> {
    fn read_scan(
        &mut self,
        bytes: &[u8],
        first_page: u32,
        answers: &mut impl Write,
    ) -> io::Result<()> {
        room::begin_page();
        let scan = match open::open(bytes, &self.setup.limits) {
            Ok(scan) => scan,
            Err(rejection) => return wire::send(answers, &Answer::Refused(rejection.into())),
        };
        let pages = scan.page_count();
        wire::send(answers, &Answer::Opened { pages })?;
        for number in first_page..=pages {
            room::begin_page();
            let result = scan
                .page(number)
                .and_then(|raw| pipeline::read_page(raw, self.engines, self.sorter));
            let page = PageOutcome { number, result };
            wire::send(answers, &Answer::Page(Box::new(page.into())))?;
        }
        Ok(())
    }
}

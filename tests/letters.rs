//! A letter of ours that comes back: the code on it is read off the print and names its
//! case.

use hayro::hayro_interpret::{InterpreterSettings, TransformExt as _};
use hayro::hayro_syntax::Pdf;
use hayro::kurbo::Affine;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::{Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit};
use hayro::{RenderCache, RenderSettings, render_into};
use jiff::civil::Date;
use postroom::domain::grammar::case_code::case_of;
use postroom::domain::grammar::case_reference::CaseReference;
use postroom::engines::barcode::{Barcodes as _, Effort, Zxing};
use postroom::imaging::pix::Pix;
use postroom::imaging::raster::{Raster, Samples};
use postroom::post::{PostLetter, letter};

fn reply(reference: CaseReference) -> PostLetter {
    let lines = |lines: &[&str]| lines.iter().map(|&line| line.to_owned()).collect();
    PostLetter {
        from: lines(&["Hartwell & Finch Ltd", "PO Box 88", "Norwich NR99 1AA"]),
        contact: lines(&["Telephone 01632 960 180"]),
        to: lines(&["Mrs J Harris", "14 Elm Road", "Norwich", "NR7 0XX"]),
        reference,
        date: Date::constant(2026, 11, 30),
        subject: "Your letter".to_owned(),
        paragraphs: lines(&["Dear Mrs Harris,", "Thank you for your letter."]),
        signature: lines(&["Yours sincerely,", "Alex Morgan"]),
        language: "en".to_owned(),
    }
}

/// The first page as a scanner at so many dots an inch sees it; `threshold` makes it
/// black and white.
fn scanned(pdf: Vec<u8>, dpi: f64, threshold: Option<u8>) -> Pix {
    let pdf = Pdf::new(pdf).unwrap();
    let page = &pdf.pages()[0];
    let [width, height] = [210.0, 297.0].map(|side: f64| (side / 25.4 * dpi).round() as u16);
    let mut context = RenderContext::new(width, height);
    render_into(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &RenderSettings::default(),
        &mut context,
        Affine::scale(dpi / 72.0) * page.initial_transform(true).to_kurbo(),
    );
    context.flush();
    let mut pixels = Pixmap::new(width, height);
    let on_white = RasterizerSettings {
        target_init: TargetInit::Clear(WHITE),
        ..RasterizerSettings::default()
    };
    context.render_with(&mut pixels, &mut Resources::default(), on_white);
    let grey = pixels.data().iter().map(|pixel| match threshold {
        Some(threshold) if pixel.r < threshold => 0,
        Some(_) => 255,
        None => pixel.r,
    });
    let grey: Vec<u8> = grey.collect();
    let raster = Raster::new(width.into(), height.into(), Samples::Grey, &grey);
    Pix::from_raster(&raster.unwrap()).unwrap()
}

#[test]
fn a_letter_that_comes_back_names_its_case() {
    for number in [0, 417, CaseReference::MAX] {
        let case = CaseReference::new(number).unwrap();
        let pdf = letter(&reply(case)).unwrap();
        for (dpi, threshold) in [(150.0, None), (200.0, Some(128)), (300.0, Some(90))] {
            let page = scanned(pdf.clone(), dpi, threshold);
            let codes = Zxing::new(Effort::Fast).read(&page, None).unwrap();
            let cases: Vec<_> = codes
                .iter()
                .filter_map(|code| case_of(&code.text))
                .collect();
            assert_eq!(cases, [case], "{dpi} {threshold:?} {codes:?}");
        }
    }
}

//! The first inputs of `scripts/fuzz`: one small file of each kind that these tests
//! build.

use std::fs;
use std::path::PathBuf;

use image::ImageFormat;

use super::pdfs::{Maker, group4};
use super::pictures::{encoded, grey};
use crate::pipeline::open::tiff;

#[test]
#[ignore = "writes files; scripts/fuzz calls it"]
fn writes_seeds() {
    let Some(folder) = std::env::var_os("POSTROOM_FUZZ_SEEDS").map(PathBuf::from) else {
        return println!("skipped: POSTROOM_FUZZ_SEEDS names no folder");
    };
    let text = "BT /F1 12 Tf 20 150 Td (Dear Sir) Tj ET";
    let pdfs = vec![
        Maker::new().scan(group4()).bytes(),
        Maker::new().page(text, None, 0).bytes(),
    ];
    let picture = |format| vec![encoded(&grey(), format)];
    let kinds = [
        ("tiff", tiff::tests::seeds()),
        ("pdf", pdfs),
        ("png", picture(ImageFormat::Png)),
        ("jpeg", picture(ImageFormat::Jpeg)),
        ("bmp", picture(ImageFormat::Bmp)),
    ];
    for (kind, seeds) in kinds {
        let folder = folder.join(kind);
        fs::create_dir_all(&folder).unwrap();
        for (number, seed) in seeds.iter().enumerate() {
            fs::write(folder.join(format!("seed-{number}")), seed).unwrap();
        }
    }
}

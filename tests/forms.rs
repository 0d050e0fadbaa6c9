//! `postroom forms` from the outside: blanks are drawn whole or not at all, designers are
//! advised, and a run takes only forms that can be used.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Post, Ran, assert_balanced, databases};

const VOUCHER: &str = include_str!("forms/voucher.toml");
const COUPON: &str = include_str!("../samples/forms/coupon-a6.toml");

/// A place for the program, and a folder of forms with these files.
fn shelf(files: &[(&str, &str)]) -> (Post, String) {
    let post = Post::new();
    let folder = post.path("forms");
    fs::create_dir(&folder).unwrap();
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
    let folder = folder.to_str().unwrap().to_owned();
    (post, folder)
}

fn ids(ran: &Ran) -> Vec<String> {
    let forms = ran.json()["forms"].as_array().unwrap().clone();
    let id = |form: &Value| format!("{}@{}", form["id"].as_str().unwrap(), form["version"]);
    forms.iter().map(id).collect()
}

#[test]
fn forms_come_from_the_folder_or_the_program() {
    let newer = COUPON.replace("version = 1", "version = 2");
    let (mut post, folder) = shelf(&[("a.toml", COUPON), ("b.toml", &newer), ("notes.txt", "x")]);
    let ran = post.postroom(&["forms", "list", "--json"]);
    assert_eq!(ids(&ran), ["loyalty-a5@1", "coupon-a6@1"]);
    let named = post.postroom(&["forms", "list", "--json", "--forms", &folder]);
    assert_eq!(ids(&named), ["coupon-a6@1", "coupon-a6@2"]);
    post.configure("[forms]\ndir = \"forms\"\n");
    assert_eq!(
        ids(&post.postroom(&["forms", "list", "--json"])),
        ids(&named)
    );
    let told = post.postroom(&["forms", "list"]).stdout;
    assert!(
        told.contains("Product coupon") && told.contains("148 x 105 mm"),
        "{told}"
    );
    // The newest version of an id, or the one that is asked for.
    for (form, version) in [("coupon-a6", 2), ("coupon-a6@1", 1)] {
        let out = post.path("card.pdf");
        let out = out.to_str().unwrap();
        let ran = post.postroom(&["forms", "print", form, "--out", out, "--json"]);
        assert_eq!(ran.json()["version"], version, "{ran:?}");
    }
}

#[test]
fn forms_that_cannot_be_used_end_a_command_with_3() {
    let unknown = COUPON.replacen("title =", "name =", 1);
    let opt_out = COUPON.replace("Yes, please send me", "I do not want");
    let empty: [(&str, &str); 0] = [];
    for (files, said) in [
        (&[("a.toml", unknown.as_str())][..], "a.toml: line 4: "),
        (
            &[("a.toml", &opt_out)],
            "a.toml: line 112: side 1: offers_post: 'do not want'",
        ),
        (
            &[("a.toml", COUPON), ("b.toml", COUPON)],
            "both are version 1 of 'coupon-a6'",
        ),
        (&[("a.toml", "\u{fffd}")], "a.toml: line 1: "),
        (&empty, "no file that ends in .toml"),
    ] {
        let (mut post, folder) = shelf(files);
        let listed = post.postroom(&["forms", "list", "--forms", &folder]);
        assert_eq!(listed.code, Some(3), "{listed:?}");
        assert!(listed.stderr.contains(said), "{listed:?}");
        let run = post.run(&["--forms", &folder]);
        assert_eq!(run.code, Some(3), "{run:?}");
        assert!(run.stderr.contains(said), "{run:?}");
        post.configure("[forms]\ndir = \"forms\"\n");
        assert_eq!(post.run(&[]).code, Some(3));
    }
    let post = Post::new();
    let ran = post.run(&["--forms", "/nowhere/forms"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.stderr.contains("/nowhere/forms"), "{ran:?}");
}

#[test]
fn blanks_are_drawn_for_printer_and_screen() {
    let post = Post::new();
    let print = |form: &str, file: &str, more: &[&str]| {
        let out = post.path(file);
        let mut arguments = vec!["forms", "print", form, "--out", out.to_str().unwrap()];
        arguments.extend(more);
        (post.postroom(&arguments), out)
    };
    let (ran, pdf) = print("loyalty-a5", "card.pdf", &[]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(starts(&pdf, b"%PDF"));
    let (ran, png) = print("coupon-a6", "card.png", &["--dpi", "150"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(size(&png), (874, 620));
    let (ran, png) = print("loyalty-a5", "back.png", &["--dpi", "100", "--side", "2"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(size(&png), (583, 827));
    for (form, file, more, said) in [
        (
            "loyalty-a5",
            "both.png",
            &[][..],
            "say --side 1 or --side 2",
        ),
        ("coupon-a6", "back.pdf", &["--side", "2"], "has one side"),
        ("coupon-a6", "card.jpg", &[], "ends in .pdf or .png"),
        ("coupon-a6", "dpi.pdf", &["--dpi", "300"], "leave --dpi out"),
        (
            "coupon-a6",
            "no.pdf",
            &["--number", "card=1"],
            "no serial called 'card'",
        ),
        ("nothing", "none.pdf", &[], "loyalty-a5, coupon-a6"),
        ("nothing", "none.pdf", &[], "--forms DIR, or as forms.dir"),
        ("./", "none.pdf", &[], "./ is a folder; name a form file"),
    ] {
        let (ran, out) = print(form, file, more);
        assert_eq!(ran.code, Some(2), "{file}: {ran:?}");
        assert!(ran.stderr.contains(said), "{file}: {ran:?}");
        assert!(!out.exists(), "{file}");
    }
    let (ran, _) = print("/nowhere/card.toml", "x.pdf", &[]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let (ran, _) = print("coupon-a6", "no-such-folder/x.pdf", &[]);
    assert_eq!(ran.code, Some(4), "{ran:?}");
}

#[test]
fn a_number_is_printed_where_it_belongs() {
    let serial = "\n[[side.serial]]\nname = \"card\"\nkind = \"barcode\"\ncheck = \"luhn\"\n\
                  x = 80\ny = 86\nwidth = 44\nheight = 11\n";
    let form = format!("{COUPON}{serial}");
    let (post, folder) = shelf(&[("a.toml", &form)]);
    let out = post.path("card.png");
    let print = |number: &str| {
        let out = out.to_str().unwrap();
        let mut arguments = vec![
            "forms",
            "print",
            "coupon-a6",
            "--forms",
            &folder,
            "--out",
            out,
        ];
        if !number.is_empty() {
            arguments.extend(["--number", number]);
        }
        post.postroom(&arguments)
    };
    let blank = print("");
    assert!(
        blank.stderr.contains("place of 'card' is white"),
        "{blank:?}"
    );
    let before = fs::read(&out).unwrap();
    let numbered = print("card=79927398713");
    assert_eq!(numbered.code, Some(0), "{numbered:?}");
    assert_ne!(fs::read(&out).unwrap(), before);
    let wrong = print("card=79927398710");
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
    assert!(wrong.stderr.contains("no luhn check digit"), "{wrong:?}");
    for rubbish in ["card=79927398713 x", "card=", "card=abc"] {
        let refused = print(rubbish);
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.stderr.contains("is a number"), "{refused:?}");
    }
}

/// Printed, "scanned", read by the real readers, filed, shown and exported.
#[test]
fn a_numbered_card_is_filed_with_its_number() {
    const NUMBER: &str = "9434765919";
    for database in databases("a_numbered_card_is_filed_with_its_number") {
        let post = Post::on(&database);
        let folder = post.path("forms");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("voucher.toml"), VOUCHER).unwrap();
        let folder = folder.to_str().unwrap();
        let scan = post.scans().join("card.png");
        let number = format!("card={NUMBER}");
        let mut print = vec![
            "forms", "print", "voucher", "--forms", folder, "--number", &number,
        ];
        print.extend(["--out", scan.to_str().unwrap()]);
        assert_eq!(post.postroom(&print).code, Some(0));
        let ran = post.run_for_real(&["--forms", folder]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_eq!(ran.json()["cards"], 1, "{ran:?}");
        let exported = post
            .postroom(&["export", "cards", "--format", "json"])
            .json();
        let card = &exported[0];
        assert_eq!(card["fields"]["card"]["value"], NUMBER, "{card:#}");
        assert_eq!(card["fields"]["card"]["verdict"], "accepted");
        let table = post.postroom(&["export", "cards", "--format", "csv"]);
        assert!(table.stdout.contains(NUMBER), "{table:?}");
        let shown = post.postroom(&["show", card["id"].as_str().unwrap()]);
        assert!(shown.stdout.contains(NUMBER), "{shown:?}");
        post.assert_verified();
    }
}

#[test]
fn designers_are_told_what_to_mend_and_why() {
    let narrow = COUPON.replace("width = 5.8", "width = 4");
    let opt_out = COUPON.replace("Yes, please send me", "I do not want");
    let broken = COUPON.replace("x = 14\ny = 31", "x = 300\ny = 31");
    let several = broken.replacen("style = \"comb\"", "style = \"combs\"", 1);
    let (post, folder) = shelf(&[
        ("good.toml", COUPON),
        ("narrow.toml", &narrow),
        ("opt-out.toml", &opt_out),
        ("broken.toml", &broken),
        ("several.toml", &several),
    ]);
    let check = |files: &[&str], more: &[&str]| {
        let files: Vec<String> = files
            .iter()
            .map(|name| format!("{folder}/{name}"))
            .collect();
        let mut arguments = vec!["forms", "check"];
        arguments.extend(files.iter().map(String::as_str));
        arguments.extend(more);
        post.postroom(&arguments)
    };
    let good = check(&["good.toml"], &[]);
    assert_eq!(good.code, Some(0), "{good:?}");
    assert!(good.stdout.contains("nothing to mend"), "{good:?}");
    let narrow = check(&["good.toml", "narrow.toml"], &[]);
    assert_eq!(narrow.code, Some(1), "{narrow:?}");
    assert!(
        narrow.stdout.contains("people write over edges"),
        "{narrow:?}"
    );
    let refused = check(&["narrow.toml", "opt-out.toml"], &[]);
    assert_eq!(refused.code, Some(3), "{refused:?}");
    assert!(
        refused.stdout.contains("opt-out.toml: 1 error"),
        "{refused:?}"
    );
    let several = check(&["several.toml"], &[]);
    assert_eq!(several.code, Some(3), "{several:?}");
    assert!(
        several.stdout.contains("several.toml: 2 mistakes\n  line "),
        "{several:?}"
    );
    let broken = check(&["broken.toml", "opt-out.toml"], &["--json"]);
    assert_eq!(broken.code, Some(3), "{broken:?}");
    let forms = &broken.json()["forms"];
    assert_eq!(forms[0]["mistakes"].as_array().unwrap().len(), 1);
    assert_eq!(forms[0]["mistakes"][0]["line"], 29);
    assert_eq!(forms[1]["mistakes"].as_array().unwrap().len(), 0);
    assert_eq!(forms[1]["usable"], false);
    assert_eq!(forms[1]["advice"][0]["weight"], "error");
    assert_eq!(forms[1]["advice"][0]["line"], 112);
    assert_eq!(
        post.postroom(&["forms", "check", "loyalty-a5"]).code,
        Some(0)
    );
    for command in ["check", "certify"] {
        let ran = post.postroom(&["forms", command, &folder]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(
            ran.stderr.contains("is a folder; name a form file"),
            "{ran:?}"
        );
        let ran = post.postroom(&["forms", command, "raffle", "--forms", &folder]);
        assert_ne!(ran.code, Some(0), "{ran:?}");
    }
}

#[test]
fn separator_sheets_are_drawn() {
    let post = Post::new();
    for (file, magic) in [("s.pdf", &b"%PDF"[..]), ("s.png", b"\x89PNG")] {
        let out = post.path(file);
        let ran = post.postroom(&["forms", "separator", "--out", out.to_str().unwrap()]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(starts(&out, magic), "{file}");
    }
    assert_eq!(size(&post.path("s.png")), (2480, 3508));
}

fn starts(path: &Path, magic: &[u8]) -> bool {
    fs::read(path).unwrap().starts_with(magic)
}

/// Width and height of a PNG, in its header.
fn size(path: &Path) -> (u32, u32) {
    let bytes = fs::read(path).unwrap();
    assert!(bytes.starts_with(b"\x89PNG"));
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn a_separator_that_was_printed_is_known_on_the_scan() {
    let post = Post::new();
    for (file, dpi) in [("scans/a.png", "200"), ("scans/b.png", "300")] {
        let out = post.path(file);
        let out = out.to_str().unwrap();
        let ran = post.postroom(&["forms", "separator", "--out", out, "--dpi", dpi]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    // The fake engine tells separators by its script.
    let ran = post.run_for_real(&[]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let summary = ran.json();
    assert_balanced(&summary);
    assert_eq!(summary["separators"], 2, "{summary}");
    assert_eq!(summary["letters"], 0, "{summary}");
    post.assert_verified();
}

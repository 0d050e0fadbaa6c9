//! `postroom postcodes` from the outside: a gazetteer is built whole or not at all,
//! says what is in it, answers, and serves a run.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::{Post, Ran, plain_letter};

/// A day on which every list is young, as the machine tells it.
fn today() -> String {
    jiff::Zoned::now().date().to_string()
}

/// Rows of Code-Point Open beside three that are asked for: a dirty one among them is few.
const FILLING: usize = 1_500;

/// Rows of Code-Point Open as it is unpacked: documents, tables, one dirty row.
fn code_point(post: &Post, day: &str) -> PathBuf {
    let folder = post.path("codepo_gb");
    fs::create_dir_all(folder.join("Doc")).unwrap();
    fs::create_dir_all(folder.join("Data/CSV")).unwrap();
    let notes = format!("PRODUCT: X\r\nCOPYRIGHT DATE: {}\r\n", day.replace('-', ""));
    fs::write(folder.join("Doc/metadata.txt"), notes).unwrap();
    fs::write(folder.join("Doc/headers.csv"), "PC,PQ\nPostcode,Quality\n").unwrap();
    let row = |code: &str| {
        format!("\"{code}\",10,427000,436000,\"E1\",\"E2\",\"E3\",\"\",\"E4\",\"E5\"\n")
    };
    let mut rows = ["LS6 3HN", "LS6 3HQ", "LS1 1AA", "B5X NOT"]
        .map(row)
        .concat();
    for at in 0..FILLING {
        let tail = ["AA", "AB", "AD"][at % 3];
        rows += &row(&format!("LS{} {}{tail}", 20 + at / 30, at / 3 % 10));
    }
    fs::write(folder.join("Data/CSV/ls.csv"), rows).unwrap();
    folder
}

/// Streets of one postcode, and one that ended.
fn addresses(post: &Post) -> PathBuf {
    let path = post.path("addresses_2026-11-01.csv");
    let table = "PC,Thorofare,Nos,Place,Shut\n\
                 LS6 3HN,Otley Road,1;2;14,Leeds,\n\
                 NR1 1AA,Gentleman's Walk,3,Norwich,\n\
                 NR1 9ZZ,Old Lane,,Norwich,2015-03\n";
    fs::write(&path, table).unwrap();
    path
}

const COLUMNS: &str = "postcode=PC,street=Thorofare,house=Nos,town=Place,ended=Shut";

/// Builds from these and more arguments, into `our.gaz`.
fn build(post: &Post, more: &[&str]) -> Ran {
    let out = post.path("our.gaz");
    let mut arguments = vec!["postcodes", "build", "--out", out.to_str().unwrap()];
    arguments.extend(more);
    post.postroom(&arguments)
}

/// A gazetteer of all of that, whose list is of this day.
fn built(day: &str) -> (Post, String) {
    let post = Post::new();
    let (folder, table) = (code_point(&post, day), addresses(&post));
    let sources = [folder.to_str().unwrap(), table.to_str().unwrap()];
    let ran = build(
        &post,
        &[sources[0], sources[1], "--columns", COLUMNS, "--json"],
    );
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let gazetteer = post.path("our.gaz").to_str().unwrap().to_owned();
    (post, gazetteer)
}

fn statuses(ran: &Ran) -> Vec<String> {
    let json = ran.json();
    let postcodes = json["postcodes"].as_array().unwrap().iter();
    postcodes
        .map(|one| one["status"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_build_says_what_it_took_and_left_out() {
    let post = Post::new();
    let (folder, table) = (code_point(&post, "2014-07-29"), addresses(&post));
    let sources = [
        folder.to_str().unwrap(),
        table.to_str().unwrap(),
        "--columns",
        COLUMNS,
    ];
    let text = build(&post, &sources);
    assert_eq!(text.code, Some(0), "{text:?}");
    for told in [
        "codepo_gb",
        "Code-Point Open",
        "2014-07-29",
        "its notes",
        "Data/CSV/ls.csv, line 4: 'B5X NOT' is no postcode of GB",
        "Complete: GB 1 of 124 areas: LS\nComplete but for 1 row left out of codepo_gb\n",
    ] {
        assert!(text.stdout.contains(told), "{told}: {}", text.stdout);
    }
    assert!(
        text.stdout.lines().all(|line| line.chars().count() <= 100),
        "{}",
        text.stdout
    );
    let json = build(&post, &[&sources[..], &["--json"]].concat()).json();
    let source = &json["sources"][0];
    assert_eq!(
        (&source["rows"], &source["left_out"]),
        (&json!(FILLING + 3), &json!(1))
    );
    assert_eq!(source["too_many_left_out"], false);
    assert_eq!(source["examples"][0]["line"], 4);
    assert_eq!(json["sources"][1]["dated_by"], "rows");
    assert_eq!(json["holds"]["postcodes"], FILLING + 5);
    assert_eq!(json["complete"], json!({ "GB": ["LS"] }));
}

#[test]
fn a_list_with_many_dirty_rows_is_not_called_complete() {
    let post = Post::new();
    let table = post.path("addresses_2026-11-01.csv");
    fs::write(&table, "postcode,town\nLS6 3HN,Leeds\nLS6 3H,Leeds\n").unwrap();
    let ran = build(&post, &[table.to_str().unwrap(), "--complete"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let told = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "Complete: nothing",
        "Not complete: addresses_2026-11-01.csv, for 1 of its 2 rows were left out, more than one \
         in 1,000; mend them and build again",
    ] {
        assert!(told.contains(words), "{told}");
    }
    let gazetteer = post.path("our.gaz");
    let asked = ["postcodes", "check", "LS6 3HQ", "--json", "--gazetteer"];
    let ran = post.postroom(&[&asked[..], &[gazetteer.to_str().unwrap()]].concat());
    assert_eq!(statuses(&ran), ["unlisted"]);
}

#[test]
fn info_tells_sources_coverage_and_age() {
    let (post, gazetteer) = built(&today());
    let ran = post.postroom(&["postcodes", "info", &gazetteer, "--json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    let json = ran.json();
    assert_eq!(
        (&json["old"], &json["date"]),
        (&json!(false), &json!(today()))
    );
    assert_eq!(
        json["sources"].as_array().unwrap().len(),
        3,
        "the post towns are one"
    );
    assert_eq!(json["bytes"], fs::metadata(&gazetteer).unwrap().len());

    let (post, gazetteer) = built("2014-07-29");
    let ran = post.postroom(&["postcodes", "info", &gazetteer]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.stderr.contains("more than 6 months ago"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stdout.contains("Postcodes of 2014-07-29"),
        "{}",
        ran.stdout
    );
    let json = post
        .postroom(&["postcodes", "info", &gazetteer, "--json"])
        .json();
    assert_eq!(json["old"], true);

    let ran = post.postroom(&["postcodes", "info"]);
    assert!(
        ran.stdout.contains("the small one in the program"),
        "{}",
        ran.stdout
    );
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
}

#[test]
fn check_tells_five_states_apart() {
    let (post, gazetteer) = built(&today());
    let check = |more: &[&str]| {
        let arguments = ["postcodes", "check", "--gazetteer", &gazetteer];
        post.postroom(&[&arguments[..], more].concat())
    };
    let postcodes = [
        "ls63hn", "NR1 9ZZ", "LS6 3HX", "NR1 2BB", "WX1 1AA", "Leeds",
    ];
    let ran = check(&[&postcodes[..], &["--json"]].concat());
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        statuses(&ran),
        [
            "live",
            "ended",
            "missing",
            "unlisted",
            "missing",
            "malformed"
        ]
    );
    let first = &ran.json()["postcodes"][0];
    assert_eq!(first["streets"], json!(["Otley Road"]));
    assert_eq!(first["towns"], json!(["Leeds"]));
    assert_eq!(first["sources"].as_array().unwrap().len(), 2);
    assert_eq!(ran.json()["postcodes"][1]["ended"], "2015-03");
    let text = check(&["LS6 3HN", "NR1 9ZZ", "LS6 3HX", "NR1 2BB"]).stdout;
    for told in [
        "LS6 3HN  live",
        "streets  Otley Road",
        "NR1 9ZZ  ended 2015-03",
        "it does not exist, LS is listed completely",
        "it may exist all the same, NR is listed in part",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert_eq!(check(&["LS6 3HN", "NR1 1AA"]).code, Some(0));
}

#[test]
fn suggest_finds_what_was_meant() {
    let (mut post, gazetteer) = built(&today());
    let ran = post.postroom(&[
        "postcodes",
        "suggest",
        "L56 3HN",
        "--town",
        "Leeds",
        "--gazetteer",
        &gazetteer,
        "--json",
    ]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let best = &ran.json()["postcodes"][0];
    assert_eq!(
        (&best["postcode"], &best["status"]),
        (&json!("LS6 3HN"), &json!("live"))
    );
    assert!(best["probability"].as_f64().unwrap() > 0.9, "{best}");
    let asked = ["postcodes", "suggest", "LS6 3HN", "--gazetteer", &gazetteer];
    let beside = ["--town", "Leeds", "--street", "0tley Rd", "--house", "l4"];
    let ran = post.postroom(&[&asked[..], &beside].concat());
    for told in ["Town: Leeds ", "Street: Otley Road ", "House: 14 "] {
        assert!(ran.stdout.contains(told), "{told}: {}", ran.stdout);
    }
    // By the configuration this time.
    post.configure(&format!("[gazetteer]\nfiles = [\"{gazetteer}\"]\n"));
    let ran = post.postroom(&["postcodes", "suggest", "LS6 3HN"]);
    assert!(
        ran.stdout.contains("gazetteer.files") && ran.stdout.contains("Leeds"),
        "{ran:?}"
    );
    assert_eq!(post.postroom(&["postcodes", "suggest", " "]).code, Some(2));
}

#[test]
fn what_cannot_be_read_leaves_no_file() {
    let post = Post::new();
    let write = |name: &str, content: &[u8]| {
        fs::write(post.path(name), content).unwrap();
        post.path(name).to_str().unwrap().to_owned()
    };
    let table = write("good.csv", b"postcode\nLS6 3HN\n");
    let missing = post.path("missing.csv").to_str().unwrap().to_owned();
    for (source, code, told) in [
        (missing, 4, "missing.csv"),
        (
            write("cut.zip", b"PK\x03\x04\x14\0\0\0"),
            4,
            "the archive is damaged",
        ),
        (write("colours.csv", b"colour\nred\n"), 4, "colours.csv"),
        (write("scan.tif", b"II*\0\x08\0\0\0"), 4, "scan.tif"),
    ] {
        let ran = build(&post, &[&table, &source]);
        assert_eq!(ran.code, Some(code), "{ran:?}");
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
        assert!(!post.path("our.gaz").exists());
    }
    let ran = build(&post, &[&table, "--columns", "postcode=Postleitzahl"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("postleitzahl"), "{}", ran.stderr);
    let ran = build(&post, &[&table, "--country", "XX"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let ran = post.postroom(&["postcodes", "build", "--out", &table, &table]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let ran = post.postroom(&["postcodes", "build", "--out", "/nowhere/x.gaz", &table]);
    assert_eq!(ran.code, Some(4), "{ran:?}");
    let left = fs::read_dir(post.path("")).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert!(
        !left
            .iter()
            .any(|name| name.to_string_lossy().contains(".postroom-")),
        "{left:?}"
    );
}

#[test]
fn a_damaged_or_foreign_gazetteer_is_refused() {
    let (mut post, gazetteer) = built(&today());
    let mut bytes = fs::read(&gazetteer).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let damaged = post.path("damaged.gaz").to_str().unwrap().to_owned();
    fs::write(&damaged, &bytes).unwrap();
    let foreign = post
        .path("addresses_2026-11-01.csv")
        .to_str()
        .unwrap()
        .to_owned();
    for (file, told) in [
        (damaged.as_str(), "damaged"),
        (&foreign, "no gazetteer"),
        ("/nowhere/x.gaz", "No such file"),
        ("/", "no ordinary file"),
    ] {
        let info = post.postroom(&["postcodes", "info", file]);
        let run = post.run(&["--gazetteer", file]);
        for ran in [info, run] {
            assert_eq!(ran.code, Some(3), "{ran:?}");
            assert!(
                ran.stderr.contains(file) && ran.stderr.contains(told),
                "{}",
                ran.stderr
            );
            assert!(ran.stderr.contains("postcodes build"), "{}", ran.stderr);
        }
    }
    post.configure(&format!(
        "[gazetteer]\nfiles = [\"{gazetteer}\", \"{gazetteer}\"]\n"
    ));
    let ran = post.run(&[]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("postcodes build"), "{}", ran.stderr);
}

#[test]
fn a_run_reads_against_the_file_and_warns_when_it_is_old() {
    let (mut post, gazetteer) = built("2014-07-29");
    let lines = plain_letter("Ada Mason", "LS6 3HN");
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    post.letter("one.tif", &lines);
    let ran = post.run(&["--gazetteer", &gazetteer]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(
        ran.stderr.matches("more than 6 months ago").count(),
        1,
        "{}",
        ran.stderr
    );
    let letters = post.letters();
    let postcode: &Value = &letters[0]["fields"]["postcode"];
    assert_eq!(postcode["value"], "LS6 3HN", "{postcode}");
}

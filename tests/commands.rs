//! What people do in the morning: look, search, settle, export, verify.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use postroom::domain::letter::LetterField;
use serde_json::json;
use sqlx::Connection;

use crate::support::{Post, databases, plain_letter};

/// A letter of two pages, the second of which kills its reader, and whose date is
/// too old to be accepted.
fn doubtful_post() -> Post {
    let mut post = Post::new();
    let mut lines = plain_letter("Ada Mason", "LS6 3HN");
    lines[4] = "4 November 2021".into();
    let first = post.page(json!(lines));
    let second = post.page(json!("crash"));
    post.scan("bag 1/old.tif", &[first, second]);
    post
}

#[test]
fn a_letter_is_exported_with_every_name_that_others_rely_on() {
    let post = doubtful_post();
    post.run(&["--received", "2026-11-20"]);
    let letters = post.letters();
    let letter = &letters[0];
    for key in [
        "scan",
        "document",
        "pages",
        "page_images",
        "received",
        "case",
        "topic",
        "team",
        "priority",
        "legibility",
        "text",
        "fields",
        "id",
        "received_origin",
        "deadline",
        "attached_by",
        "attached_why",
        "missing_pages",
        "topic_why",
        "team_why",
        "priority_why",
    ] {
        assert!(!letter[key].is_null(), "{key}: {letter}");
    }
    assert_eq!(letter["scan"], "bag 1/old.tif");
    assert_eq!(letter["pages"], json!([1, 2]));
    assert_eq!(letter["missing_pages"], json!([2]));
    assert_eq!(letter["page_images"][0]["width"], 1240);
    assert_eq!(letter["page_images"][0]["dpi"], 150);
    assert!(letter["page_images"][1].is_null());
    let fields = letter["fields"].as_object().unwrap();
    let names: Vec<&str> = LetterField::ALL.map(LetterField::name).to_vec();
    assert_eq!(fields.len(), names.len());
    for name in names {
        let field = &fields[name];
        for key in [
            "value",
            "as_read",
            "probability",
            "verdict",
            "reason",
            "page",
            "box",
        ] {
            assert!(field.get(key).is_some(), "{name}.{key}: {field}");
        }
    }
    assert_eq!(fields["postcode"]["box"].as_array().unwrap().len(), 4);
    assert_eq!(fields["email"]["verdict"], "empty");
    assert!(fields["email"]["box"].is_null() && fields["email"]["page"].is_null());
}

#[test]
fn a_table_of_letters_has_a_row_each_and_exact_cells() {
    let mut post = Post::new();
    post.letter("=a.tif", &["Dear Sirs,", "=1+1 \"quoted\", and more"]);
    post.letter("b.tif", &["Dear Madam,"]);
    post.run(&[]);
    let ran = post.postroom(&["export", "letters", "--format", "csv"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let mut rows = csv::Reader::from_reader(ran.stdout.as_bytes());
    let header = rows.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|h| h == name).unwrap();
    for name in [
        "field",
        "postcode",
        "postcode_verdict",
        "postcode_probability",
    ] {
        assert_eq!(header.iter().any(|h| h == name), name != "field", "{name}");
    }
    let rows: Vec<_> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(&rows[0][column("scan")], "=a.tif");
    assert!(rows[0][column("text")].contains("=1+1 \"quoted\", and more"));
    assert_eq!(&rows[0][column("postcode_verdict")], "empty");
    // A spreadsheet would run the name of the first.
    let sheet = post.path("sheet.csv");
    let to_sheet = ["--spreadsheet", "--out", sheet.to_str().unwrap()];
    let export = ["export", "letters", "--format", "csv"];
    let ran = post.postroom(&[&export[..], &to_sheet].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let mut safe = csv::Reader::from_path(&sheet).unwrap();
    let safe: Vec<_> = safe.records().map(Result::unwrap).collect();
    assert_eq!(&safe[0][column("scan")], "'=a.tif");
    for (safe, row) in safe[0].iter().zip(&rows[0]) {
        assert_eq!(safe.trim_start_matches('\''), row);
    }
    let json = post.postroom(&["export", "letters", "--spreadsheet"]);
    assert_eq!(json.code, Some(2), "{json:?}");
}

#[test]
fn an_export_appears_whole_or_not_at_all() {
    let mut post = Post::new();
    post.letter("a.tif", &["Dear Sirs,"]);
    let batch = post.run(&[]).json()["batch"].as_str().unwrap().to_owned();
    post.letter("b.tif", &["Dear Madam,"]);
    post.run(&[]);
    let file = post.path("out/letters.json");
    let export = |more: &[&str]| {
        let mut arguments = vec!["export", "letters", "--out", file.to_str().unwrap()];
        arguments.extend(more);
        post.postroom(&arguments)
    };
    let nowhere = export(&[]);
    assert_eq!(nowhere.code, Some(4), "{nowhere:?}");
    assert!(nowhere.stderr.contains("out/letters.json"), "{nowhere:?}");
    fs::create_dir(post.path("out")).unwrap();
    let written = |more: &[&str]| {
        let ran = export(more);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let text = fs::read_to_string(&file).unwrap();
        serde_json::from_str::<Vec<serde_json::Value>>(&text).unwrap()
    };
    assert_eq!(written(&[]).len(), 2);
    for (name, scan) in [(&*batch, "a.tif"), ("1", "a.tif"), ("last", "b.tif")] {
        let letters = written(&["--batch", name]);
        assert_eq!(letters.len(), 1, "{name}");
        assert_eq!(letters[0]["scan"], scan, "{name}");
    }
    // A run that found nothing new is the last one all the same, and says so.
    post.run(&[]);
    assert_eq!(written(&["--batch", "last"]).len(), 0);
    let said = export(&["--batch", "last"]).stderr;
    assert!(
        said.contains("Run 3 took in no letters that are new; --batch N"),
        "{said}"
    );
    assert!(!export(&[]).stderr.contains("took in no"));
    // What fails, at once or in the middle, leaves the file of before, and nothing else.
    let before = fs::read(&file).unwrap();
    let fails = |more: &[&str], code: i32| {
        let failed = export(more);
        assert_eq!(failed.code, Some(code), "{failed:?}");
        assert_eq!(fs::read(&file).unwrap(), before);
        assert_eq!(fs::read_dir(post.path("out")).unwrap().count(), 1);
    };
    fails(&["--batch", "77"], 2);
    damage_last_letter(&post);
    fails(&[], 5);
}

/// Makes a page of the last letter one that the store refuses to read.
fn damage_last_letter(post: &Post) {
    let database = format!("sqlite://{}", post.path("store/postroom.sqlite").display());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let damaged = runtime.block_on(async {
        let mut connection = sqlx::SqliteConnection::connect(&database).await.unwrap();
        sqlx::query("update pages set dpi = -1 where scan_id = (select max(id) from scans)")
            .execute(&mut connection)
            .await
            .unwrap()
    });
    assert_eq!(damaged.rows_affected(), 1);
}

#[test]
fn a_full_disk_under_stdout_is_told_and_no_panic() {
    let mut post = Post::new();
    post.letter("a.tif", &["Dear Sirs,"]);
    post.run(&[]);
    let file = post.path("letters.json");
    let to_file = [
        "export",
        "letters",
        "--json",
        "--out",
        file.to_str().unwrap(),
    ];
    for arguments in [&to_file[..], &["export", "letters"], &["init", "--json"]] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let ran = post.command(arguments).stdout(full).output().unwrap();
        assert_eq!(ran.status.code(), Some(4), "{arguments:?}: {ran:?}");
    }
}

#[test]
fn a_torn_file_that_was_replaced_leaves_no_ghost() {
    let mut post = Post::new();
    fs::write(post.scans().join("a.tif"), b"II*\0torn").unwrap();
    assert_eq!(post.run(&[]).code, Some(1));
    post.letter("a.tif", &["Dear Sirs,"]);
    assert_eq!(post.postroom(&["aside", "retry", "a.tif"]).code, Some(0));
    assert_eq!(
        post.postroom(&["aside", "list", "--json"]).json(),
        json!([])
    );
    assert_eq!(post.run(&[]).code, Some(0));
    post.assert_verified();
}

#[test]
fn doubts_go_out_as_a_table_and_come_back_settled() {
    let post = doubtful_post();
    post.run(&["--received", "2026-11-20"]);
    let table = post.path("doubts.csv");
    let table = table.to_str().unwrap();
    let out = post.postroom(&["review", "export", "--out", table]);
    assert_eq!(out.code, Some(0), "{out:?}");
    let mut rows = csv::Reader::from_path(table).unwrap();
    let header = rows.headers().unwrap().clone();
    assert_eq!(
        header.iter().collect::<Vec<_>>().join(","),
        "document,field,scan,page,as_read,value,probability,doubtful,alternatives,reason,decision"
    );
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    let date = rows.iter().find(|row| &row[1] == "date").unwrap();
    assert_eq!(
        (&date[2], &date[5], &date[10]),
        ("bag 1/old.tif", "2021-11-04", "")
    );
    // As a spreadsheet leaves it: a mark in front, one good row, three wrong ones and
    // one that waits.
    let with = |field: &str, decision: &str| {
        let mut row: Vec<String> = date.iter().map(str::to_owned).collect();
        (row[1], row[10]) = (field.to_owned(), decision.to_owned());
        row
    };
    let mut filled = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    filled.write_record(&header).unwrap();
    for row in [
        with("date", "early in November"),
        with("date", "04/11/2026"),
        with("colour", "green"),
        with("town", ""),
    ] {
        filled.write_record(row).unwrap();
    }
    let mut nobody = vec![""; header.len()];
    (nobody[0], nobody[1], nobody[10]) = ("nobody", "date", "2026-11-04");
    filled.write_record(nobody).unwrap();
    fs::write(table, filled.into_inner().unwrap()).unwrap();
    let taken = post.postroom(&["review", "import", table, "--by", "A. Clerk", "--json"]);
    assert_eq!(taken.code, Some(1), "{taken:?}");
    let summary = taken.json();
    assert_eq!(
        (&summary["settled"], &summary["waiting"]),
        (&json!(1), &json!(1))
    );
    let lines: Vec<_> = summary["wrong"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| &w["line"])
        .collect();
    assert_eq!(lines, [2, 4, 6]);
    assert!(
        taken.stderr.contains("line 4") && taken.stderr.contains("colour"),
        "{taken:?}"
    );
    let letter = &post.letters()[0];
    assert_eq!(letter["fields"]["date"]["value"], "2026-11-04");
    assert_eq!(letter["fields"]["date"]["reason"], "settled by A. Clerk");
    // Once more changes nothing: the good row is known, an old table overrules nobody.
    let events = |post: &Post| {
        let case = letter["case"].as_str().unwrap();
        post.postroom(&["show", case, "--json"]).json()["events"]
            .as_array()
            .unwrap()
            .len()
    };
    let before = events(&post);
    let again = post.postroom(&["review", "import", table, "--json"]);
    assert_eq!(again.json()["already_settled"], 1, "{again:?}");
    assert_eq!(events(&post), before);
    let foreign = post.path("foreign.csv");
    fs::write(&foreign, "a;b;c\n").unwrap();
    let foreign = post.postroom(&["review", "import", foreign.to_str().unwrap()]);
    assert_eq!(foreign.code, Some(2), "{foreign:?}");
    post.assert_verified();
}

#[test]
fn a_field_is_shown_with_its_picture() {
    let post = doubtful_post();
    post.run(&["--received", "2026-11-20"]);
    let listed = post.postroom(&["review", "list", "--json"]).json();
    let listed = listed.as_array().unwrap();
    let date = listed.iter().find(|f| f["field"] == "date").unwrap();
    for key in [
        "document",
        "scan",
        "case",
        "value",
        "as_read",
        "probability",
        "reason",
        "page",
    ] {
        assert!(!date[key].is_null(), "{key}: {date}");
    }
    assert_eq!(date["box"].as_array().unwrap().len(), 4);
    let document = date["document"].as_str().unwrap();
    // The end of an id is enough.
    let end = &document[document.len() - 12..];
    let picture = post.path("field.png");
    let image = ["--image", picture.to_str().unwrap()];
    let shown = post.postroom(&["review", "show", end, "date", image[0], image[1]]);
    assert_eq!(shown.code, Some(0), "{shown:?}");
    assert!(shown.stdout.contains("2021-11-04"), "{shown:?}");
    let cut = image::open(&picture).unwrap();
    assert!(cut.width() < 1240 && cut.width() as u64 >= date["box"][2].as_u64().unwrap());
    // A page that could not be read has no image, and a picture no other ending.
    let case = date["case"].as_str().unwrap();
    let missing = post.postroom(&["show", case, "--page", "2", image[0], image[1]]);
    assert_eq!(missing.code, Some(2), "{missing:?}");
    let tif = post.path("page.tif");
    let tif = post.postroom(&["show", case, "--image", tif.to_str().unwrap()]);
    assert_eq!(tif.code, Some(2), "{tif:?}");
    let jpeg = post.path("page.jpg");
    let written = post.postroom(&["show", case, "--image", jpeg.to_str().unwrap()]);
    assert_eq!(written.code, Some(0), "{written:?}");
    assert!(fs::read(&jpeg).unwrap().starts_with(&[0xff, 0xd8]));
    let shown = post.postroom(&["show", case]).stdout;
    assert!(
        shown.contains("?  date") && shown.contains("2 missing"),
        "{shown}"
    );
    let settled = post.postroom(&["review", "settle", end, "date", "--unreadable"]);
    assert_eq!(settled.code, Some(0), "{settled:?}");
    assert_eq!(post.letters()[0]["fields"]["date"]["verdict"], "rejected");
}

#[test]
fn a_damaged_or_missing_image_is_found() {
    let mut post = Post::new();
    post.letter("a.tif", &["Dear Sirs,"]);
    post.run(&[]);
    let blobs = blobs(&post.path("store/blobs"));
    fs::write(&blobs[0], "other bytes").unwrap();
    fs::remove_file(&blobs[1]).unwrap();
    let unused = blobs[0].with_file_name("0".repeat(64));
    fs::write(unused, "left over").unwrap();
    let found = post.postroom(&["verify", "--json"]);
    assert_eq!(found.code, Some(5), "{found:?}");
    let found = found.json();
    let kinds = |key: &str| {
        let list = found[key].as_array().unwrap().iter();
        let mut kinds: Vec<_> = list.map(|fault| fault["kind"].as_str().unwrap()).collect();
        kinds.sort_unstable();
        kinds.join(" ")
    };
    assert_eq!(kinds("faults"), "image_damaged image_missing");
    assert_eq!(kinds("notes"), "image_unused");
    let told = post.postroom(&["verify"]);
    assert!(
        told.stdout.contains("2 faults") && told.stdout.contains("backup"),
        "{told:?}"
    );
}

#[test]
fn the_commands_answer_alike_on_both_databases() {
    for database in databases("the_commands_answer_alike_on_both_databases") {
        let mut post = Post::on(&database);
        let page = post.page(json!(plain_letter("Ada Mason", "LS6 3HN")));
        post.scan("a.tif", &[page]);
        post.letter("b.tif", &["Dear Sirs,"]);
        fs::write(post.scans().join("torn.tif"), "II*\0").unwrap();
        assert_eq!(post.run(&["--received", "2026-11-20"]).code, Some(1));
        post.letter("c.tif", &["Dear Madam,"]);
        post.run(&[]);
        let json = |arguments: &[&str]| {
            let ran = post.postroom(arguments);
            assert_eq!(ran.code, Some(0), "{database:?}: {ran:?}");
            ran.json()
        };
        let count = |value: &serde_json::Value| value.as_array().unwrap().len();
        for (batch, letters) in [("1", 2), ("last", 1)] {
            let of_batch = json(&["export", "letters", "--batch", batch]);
            assert_eq!(count(&of_batch), letters, "{database:?}");
        }
        assert_eq!(count(&json(&["cases", "--json"])), 3);
        assert_eq!(count(&json(&["cases", "--topic", "goods", "--json"])), 1);
        let found = json(&["search", "cordless", "kettle", "--json"]);
        assert_eq!(found[0]["scan"], "a.tif", "{database:?}");
        let document = found[0]["document"].as_str().unwrap();
        let end = &document[24..];
        json(&["review", "settle", end, "town", "Leeds", "--json"]);
        let moved = json(&["cases", "move", end, "new", "--json"]);
        let shown = json(&["show", moved["case"].as_str().unwrap(), "--json"]);
        assert_eq!(shown["documents"][0]["id"], document, "{database:?}");
        json(&["aside", "discard", "torn.tif", "--reason", "torn", "--json"]);
        assert_eq!(count(&json(&["aside", "list", "--json"])), 0);
        post.assert_verified();
    }
}

/// Every file below the folder.
fn blobs(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(blobs(&path));
        } else {
            files.push(path);
        }
    }
    files
}

#[test]
fn nothing_to_show_says_what_to_do_next() {
    let post = Post::new();
    let none = post.postroom(&["cases"]);
    assert_eq!(none.code, Some(2), "{none:?}");
    assert!(none.stderr.contains("postroom init"), "{none:?}");
    post.postroom(&["init"]);
    for (arguments, says) in [
        (&["cases", "--all"][..], "postroom run DIR"),
        (&["review", "list"], "postroom cases"),
        (&["aside", "list"], "Nothing is set aside"),
        (&["search", "kettle"], "Fewer"),
    ] {
        let ran = post.postroom(arguments);
        assert_eq!((ran.code, &*ran.stdout), (Some(0), ""), "{ran:?}");
        assert!(ran.stderr.contains(says), "{ran:?}");
    }
    assert!(post.letters().is_empty());
    post.assert_verified();
}

#[test]
fn nobody_else_reads_what_is_kept() {
    let mut post = Post::new();
    post.letter("a.tif", &["Dear Sirs,"]);
    let mut run = post.command(&["run", post.scans().to_str().unwrap()]);
    // The scanner's folder and what the tests made are as open as ever.
    assert_eq!(run.output().unwrap().status.code(), Some(0));
    let letters = post.path("letters.json");
    post.postroom(&["export", "letters", "--out", letters.to_str().unwrap()]);
    let store = post.path("store");
    let mut kept = blobs(&store);
    assert!(kept.len() > 3, "{kept:?}");
    let folders: Vec<_> = kept.iter().filter_map(|file| file.parent()).collect();
    let folders: Vec<PathBuf> = folders.into_iter().map(Path::to_owned).collect();
    kept.extend(folders);
    for path in kept {
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}: {mode:o}", path.display());
    }
    // An export may be for a group; it is never for everybody.
    let mode = fs::metadata(&letters).unwrap().permissions().mode();
    assert_eq!(mode & 0o007, 0, "{mode:o}");
}

#[test]
fn a_terminal_obeys_nothing_that_a_name_says() {
    let mut post = Post::new();
    post.letter(
        "fit.\u{202e}exe.tif",
        &["Dear Sirs,", "A \u{202e}kettle\u{9b}2J"],
    );
    fs::write(
        post.scans().join("index.csv"),
        "file\n\u{1b}]0;gone\u{7}.tif\n",
    )
    .unwrap();
    let scans = post.scans();
    let evil = |text: &str| text.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']);
    let run = post.postroom(&["run", scans.to_str().unwrap()]);
    assert!(run.stdout.contains("gone"), "{run:?}");
    let case = post.letters()[0]["case"].as_str().unwrap().to_owned();
    let picture = post.path("p.png");
    for arguments in [
        &["run", scans.to_str().unwrap()][..],
        &["show", &case],
        &["show", &case, "--image", picture.to_str().unwrap()],
        &["show", &case, "--page", "9", "--image", "x.png"],
        &["show", "PR-\u{1b}[2J"],
        &["search", "Dear"],
        &["review", "list"],
        &["aside", "retry", "\u{1b}[2J\u{202e}"],
        &["export", "letters", "--out", "/nowhere\u{1b}[2J"],
    ] {
        let ran = post.postroom(arguments);
        assert!(
            !evil(&ran.stdout) && !evil(&ran.stderr),
            "{arguments:?}: {ran:?}"
        );
    }
    // Data stays exact.
    assert!(
        post.letters()[0]["scan"]
            .as_str()
            .unwrap()
            .contains('\u{202e}')
    );
}

#[test]
fn tables_fit_the_terminal() {
    let post = doubtful_post();
    post.run(&["--received", "2026-11-20"]);
    let case = post.letters()[0]["case"].as_str().unwrap().to_owned();
    for arguments in [
        &["cases"][..],
        &["review", "list"],
        &["aside", "list"],
        &["search", "kettle"],
        &["show", &case],
    ] {
        let shown = post.postroom(arguments).stdout;
        // A command to type names the store, however long its path.
        let mut laid_out = shown.lines().filter(|line| !line.contains("--store"));
        let wide = laid_out.find(|line| line.chars().count() > 100);
        assert!(
            !shown.is_empty() && wide.is_none(),
            "{arguments:?}: {shown}"
        );
    }
}

//! Every layout that publishers use, in rows of our own invention; every way in
//! which a row can be dirty; what several sources make of one postcode.

use std::io::{Cursor, Read as _, Write as _};

use super::*;
use crate::gazetteer::{DatedBy, Gazetteer};
use zip::write::SimpleFileOptions;

fn britain() -> &'static Country {
    Country::united_kingdom()
}

/// What comes of one table, and the gazetteer that it makes.
fn built(table: impl AsRef<[u8]>, how: &Import) -> (Imported, Gazetteer) {
    let mut builder = Builder::default();
    let imported = add(table, how, &mut builder);
    let gazetteer = Gazetteer::open(builder.finish("2026-11-22")).unwrap();
    (imported, gazetteer)
}

fn add(table: impl AsRef<[u8]>, how: &Import, builder: &mut Builder) -> Imported {
    let mut tables = [Ok((how.name.clone(), table.as_ref()))].into_iter();
    import(&mut tables, how, builder, &mut |_| {}).unwrap()
}

fn of(name: &str) -> Import {
    Import::new(name, britain())
}

fn listed(gazetteer: &Gazetteer, postcode: &str) -> bool {
    let code = britain().parse(postcode).unwrap();
    gazetteer
        .listing(&code)
        .is_some_and(|listing| listing.is_live())
}

fn facts<'g>(gazetteer: &'g Gazetteer, postcode: &str) -> (Vec<&'g str>, Vec<&'g str>) {
    let code = britain().parse(postcode).unwrap();
    (gazetteer.towns_of(&code), gazetteer.streets_of(&code))
}

#[test]
fn code_point_open_has_no_header() {
    let ten = "\"LS6 3HN\",10,427000,436000,\"E1\",\"E2\",\"E3\",\"\",\"E4\",\"E5\"\n\
               \"LS273HN\",10,427000,436000,\"E1\",\"E2\",\"E3\",\"\",\"E4\",\"E5\"\n";
    let nineteen = "LS6 3HN,10,N,3,3,3,0,3,0,N,427000,436000,064,X,Y,Z,09,BB,S\n";
    for (table, rows) in [(ten, 2), (nineteen, 1)] {
        let (imported, gazetteer) = built(table, &of("ls.csv"));
        assert_eq!(imported.kind, Some(Kind::CodePointOpen));
        assert_eq!((imported.about.rows, imported.about.codes), (rows, rows));
        assert!(listed(&gazetteer, "LS6 3HN"));
        assert!(imported.about.complete);
        assert_eq!(
            gazetteer.covers_area(britain(), "LS"),
            crate::gazetteer::Coverage::Complete
        );
        assert_eq!(
            gazetteer.covers_area(britain(), "NR"),
            crate::gazetteer::Coverage::Partial
        );
    }
}

#[test]
fn price_paid_with_and_without_its_status() {
    let row = "\"{AB-1}\",\"250000\",\"2019-05-31 00:00\",\"LS6 3HN\",\"T\",\"N\",\"F\",\"14\",\"\",\
               \"OTLEY ROAD\",\"HEADINGLEY\",\"LEEDS\",\"LEEDS\",\"WEST YORKSHIRE\",\"A\"";
    let land = row.replace("LS6 3HN", "");
    for table in [
        format!("{row}\n{land}\n"),
        format!("{row},\"A\"\n{land},\"A\"\n"),
    ] {
        let (imported, gazetteer) = built(table, &of("pp.csv"));
        assert_eq!(imported.kind, Some(Kind::PricePaid));
        assert_eq!((imported.about.rows, imported.about.dirty), (1, 0));
        assert_eq!(imported.about.date.as_deref(), Some("2019-05"));
        assert_eq!(imported.about.dated_by, DatedBy::Rows);
        assert!(!imported.about.complete);
        let (towns, streets) = facts(&gazetteer, "LS6 3HN");
        assert_eq!(streets, ["Otley Road"]);
        assert_eq!(towns, ["Leeds", "Headingley", "West Yorkshire"]);
        assert_eq!(gazetteer.houses(0), "14");
    }
}

#[test]
fn open_names_tells_roads_by_district() {
    let row = |name: &str, kind: &str| {
        let mut row = vec![String::new(); 34];
        row[0] = "osgb1".into();
        row[1] = "http://data.example/id/1".into();
        row[2] = name.into();
        row[7] = kind.into();
        row[16] = "LS6".into();
        row.join(",") + "\n"
    };
    let table = [
        row("Otley Road", "Named Road"),
        row("Headingley", "Suburban Area"),
        row("Headingley Station", "Railway Station"),
    ];
    let (imported, gazetteer) = built(table.concat(), &of("SE.csv"));
    assert_eq!(imported.kind, Some(Kind::OpenNames));
    assert_eq!((imported.about.rows, imported.about.dirty), (2, 0));
    assert_eq!(gazetteer.counts().streets, 1);
    assert!(gazetteer.is_town("Headingley"));
}

#[test]
fn geonames_parts_by_tabs_and_names_its_country() {
    let table = "GB\tLS6\tHeadingley \"Far\tEngland\tENG\t\t\t\t\t53.8\t-1.5\t4\n\
                 US\t90210\tBeverly Hills\tCalifornia\tCA\t\t\t\t\t34.1\t-118.4\t4\n\
                 XX\t1\tNowhere\t\t\t\t\t\t\t1.0\t1.0\t4\n";
    let (imported, gazetteer) = built(table, &of("all.txt"));
    assert_eq!(imported.kind, Some(Kind::GeoNames));
    assert_eq!((imported.about.rows, imported.about.dirty), (2, 1));
    assert!(gazetteer.is_town("Headingley \"Far"));
    let code = Country::find("US").unwrap().parse("90210").unwrap();
    assert_eq!(gazetteer.towns_of(&code), ["Beverly Hills"]);
}

#[test]
fn onspd_tells_which_ended() {
    let table = "pcd,pcd2,pcds,dointr,doterm,usertype\n\
                 LS6 3HN,LS6  3HN,LS6 3HN,198001,,0\n\
                 LS6 3HX,LS6  3HX,LS6 3HX,198001,201503,0\n";
    let (imported, gazetteer) = built(table, &of("ONSPD.csv"));
    assert_eq!(imported.kind, Some(Kind::Onspd));
    assert_eq!(imported.about.date.as_deref(), Some("2015-03"));
    assert!(listed(&gazetteer, "LS6 3HN") && !listed(&gazetteer, "LS6 3HX"));
    let ended = gazetteer
        .listing(&britain().parse("LS6 3HX").unwrap())
        .unwrap();
    assert_eq!(ended.provenance.ended.as_deref(), Some("2015-03"));
}

#[test]
fn an_address_file_by_the_users_names() {
    let how = Import {
        columns: "postcode=PC,street=Thorofare,house=Nos,town=Post Town"
            .parse()
            .unwrap(),
        complete: true,
        date: Some("2026-11-01".to_owned()),
        ..of("addresses.csv")
    };
    let table = "PC,Nos,Thorofare,dependent locality,Post Town\n\
                 LS6 3HN,1;2;14-16,Otley Road,Headingley,Leeds\n";
    let (imported, gazetteer) = built(table, &how);
    assert_eq!(imported.kind, Some(Kind::Table));
    let found: Vec<&str> = imported.headings.iter().map(String::as_str).collect();
    assert_eq!(found, ["nos", "pc", "post_town", "thorofare"]);
    assert_eq!(
        facts(&gazetteer, "LS6 3HN"),
        (vec!["Leeds", "Headingley"], vec!["Otley Road"])
    );
    assert_eq!(gazetteer.houses(0), "1,14-16,2");
    assert_eq!(gazetteer.date(), Some("2026-11-01"));
    assert_eq!(
        gazetteer.covers_area(britain(), "LS"),
        crate::gazetteer::Coverage::Complete
    );
}

#[test]
fn outcodes_areas_and_places() {
    let towns = "postcode,eastings,town,region\nAB10,392900,Aberdeen,Aberdeen City\n";
    let (_, gazetteer) = built(towns, &of("outcode-town.csv"));
    assert_eq!(
        facts(&gazetteer, "AB10 1AA").0,
        ["Aberdeen", "Aberdeen City"]
    );
    assert_eq!(gazetteer.counts().codes, 0);
    let areas = "area,post_towns\nLS,Leeds;Otley\n";
    let (_, gazetteer) = built(areas, &of("areas.csv"));
    assert_eq!(gazetteer.areas(britain()), ["LS"]);
    assert!(gazetteer.agrees("LS", "otley"));
    let places = "name,type,country\n\"A' Chill\",Hamlet,Scotland\nBig Hill,Hill,Wales\n";
    let (imported, gazetteer) = built(places, &of("places.csv"));
    assert!(gazetteer.is_town("A Chill") && !gazetteer.is_town("Big Hill"));
    assert_eq!((imported.about.rows, imported.about.codes), (1, 0));
}

#[test]
fn dirty_rows_are_counted_shown_and_left_out() {
    let table = "postcode,town\nBTB5 6SW,Newry\n,Leeds\nLS6 3HN,Leeds\nls6,Leeds\nLS6 3HN EXTRA,Leeds\n\
                 LS6\n\"LS6 3HQ\nLS6 3HX\",Leeds\nNR1 1AA,Norwich\nX,1\nX,2\n";
    let (imported, gazetteer) = built(table, &of("dirty.csv"));
    assert_eq!((imported.about.rows, imported.about.dirty), (3, 7));
    let shown: Vec<(u64, &str)> = imported
        .examples
        .iter()
        .map(|d| (d.line, d.what.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            (2, "'BTB5 6SW' is no postcode of GB"),
            (3, "no postcode"),
            (5, "'ls6' is no postcode of GB"),
            (6, "'LS6 3HN EXTRA' is no postcode of GB"),
            (8, "a quotation mark makes one row of 2 lines"),
        ]
    );
    assert!(listed(&gazetteer, "NR1 1AA"), "what follows is read");
}

#[test]
fn a_list_that_left_out_many_rows_is_not_complete() {
    for (clean, dirty, complete) in [(1000, 0, true), (1998, 2, true), (1997, 2, false)] {
        let mut table = String::from("postcode,town\n");
        for at in 0..clean {
            let tail = ["AA", "AB", "AD", "AE"][at % 4];
            table += &format!("LS{} {}{tail},Leeds\n", at / 40 % 99 + 1, at / 4 % 10);
        }
        table += &"LS6 3H,Leeds\n".repeat(dirty);
        let how = Import {
            complete: true,
            ..of("addresses.csv")
        };
        let (imported, gazetteer) = built(table, &how);
        assert_eq!(imported.about.dirty, dirty as u64);
        assert_eq!(
            (imported.about.complete, imported.about.spoiled),
            (complete, !complete),
            "{dirty} of {clean}"
        );
        let covered = gazetteer.covers_area(britain(), "LS");
        assert_eq!(covered == crate::gazetteer::Coverage::Complete, complete);
    }
}

#[test]
fn a_dirty_first_row_hides_no_table() {
    let good = "\"LS6 3HN\",10,427000,436000,\"E1\",\"E2\",\"E3\",\"\",\"E4\",\"E5\"\n";
    let table = good.replace("LS6 3HN", "L56 @@@") + good;
    let (imported, gazetteer) = built(table, &of("ls.csv"));
    assert_eq!((imported.about.rows, imported.about.dirty), (1, 1));
    assert!(listed(&gazetteer, "LS6 3HN"));
}

#[test]
fn marks_encodings_and_quotes() {
    for (table, town) in [
        (&b"\xef\xbb\xbfpostcode,town\nLS6 3HN,Leeds\n"[..], "Leeds"),
        (b"postcode;town\r\n\"LS6 3HN\";\"Leeds; West\"\r\n", "Leeds"),
        (
            b"\"postcode\"\t\"town\"\n\"LS6 3HN\"\t\"Leeds\tWest\"\n",
            "Leeds\tWest",
        ),
        (b"postcode\ttown\nLS6 3HN\tLeeds \"West\n", "Leeds \"West"),
        (b"postcode,town\nLS6 3HN,Ch\xe2teau\n", "Ch\u{e2}teau"),
    ] {
        let (imported, gazetteer) = built(table, &of("table"));
        assert_eq!(imported.about.dirty, 0, "{town}: {:?}", imported.examples);
        assert_eq!(facts(&gazetteer, "LS6 3HN").0[0], town);
    }
    let marked = b"\xef\xbb\xbfLS6 3HN,10,427000,436000,E1,E2,E3,,E4,E5\n";
    assert_eq!(
        built(marked, &of("ls.csv")).0.kind,
        Some(Kind::CodePointOpen)
    );
}

#[test]
fn what_is_no_table_is_said() {
    for content in [
        &b""[..],
        b"%PDF-1.7\n%\xe2\xe3",
        b"colour,size\nred,4\n",
        b"{\"a\": 1}\n",
    ] {
        let mut builder = Builder::default();
        let mut tables = [Ok(("x".to_owned(), content))].into_iter();
        let error = import(&mut tables, &of("x"), &mut builder, &mut |_| {}).unwrap_err();
        assert!(matches!(error, SourceError::Unknown { .. }), "{error}");
    }
    let mut builder = Builder::default();
    let tables = [("a.csv", "postcode\nLS6 3HN\n"), ("b.csv", "colour\nred\n")];
    let mut tables = tables
        .map(|(name, text)| Ok((name.to_owned(), text.as_bytes())))
        .into_iter();
    let imported = import(&mut tables, &of("two"), &mut builder, &mut |_| {}).unwrap();
    assert_eq!(imported.passed_over, ["b.csv"]);
}

#[test]
fn an_endless_row_ends_the_reading() {
    let endless = std::io::repeat(b'x').take(1 << 30);
    let start = Cursor::new(&b"postcode,town\nLS6 3HN,\"Leeds\n"[..]);
    let mut tables = [Ok(("x".to_owned(), start.chain(endless)))].into_iter();
    let error = import(&mut tables, &of("x"), &mut Builder::default(), &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("more than 4 MiB"), "{error}");
}

/// An archive of these files.
fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        archive
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn from_zip(archive: Vec<u8>) -> Result<Imported, SourceError> {
    let mut builder = Builder::default();
    import_zip(
        Cursor::new(archive),
        &of("x.zip"),
        &mut builder,
        &mut |_| {},
        &mut |_| {},
    )
}

#[test]
fn an_archive_says_its_day() {
    let row = b"\"LS6 3HN\",10,427000,436000,\"E1\",\"E2\",\"E3\",\"\",\"E4\",\"E5\"\n";
    let notes = b"PRODUCT: X\r\nCOPYRIGHT DATE: 20260729\r\n";
    let archive = zipped(&[
        ("Doc/metadata.txt", notes),
        ("Doc/Column_Headers.csv", b"PC,PQ\nPostcode,Quality\n"),
        ("Data/CSV/ls.csv", row),
    ]);
    let imported = from_zip(archive.clone()).unwrap();
    assert_eq!(imported.about.date.as_deref(), Some("2026-07-29"));
    assert_eq!(imported.about.dated_by, DatedBy::Notes);
    assert_eq!((imported.about.rows, imported.passed_over.len()), (1, 0));
    for cut in [archive.len() / 2, 4, archive.len() - 1] {
        let error = from_zip(archive[..cut].to_vec()).unwrap_err();
        assert!(matches!(error, SourceError::Archive { .. }), "{error}");
    }
    let mut changed = archive.clone();
    let at = archive.windows(9).position(|w| w == b"Column_He").unwrap();
    changed[at + 60] ^= 0x55;
    let ls = archive.windows(6).position(|w| w == b"ls.csv").unwrap();
    changed[ls + 12] ^= 0x55;
    assert!(matches!(
        from_zip(changed),
        Err(SourceError::Archive { .. })
    ));
}

#[test]
fn a_zip_bomb_of_one_row_ends() {
    // 100 MiB that pack into a hundred kilobytes.
    let bomb = zipped(&[("bomb.csv", &vec![b'\n'; 100 << 20])]);
    let error = from_zip(bomb).unwrap_err();
    assert!(matches!(error, SourceError::Archive { .. }), "{error}");
    assert!(error.to_string().contains("more than 4 MiB"), "{error}");
}

/// Live or ended, of a postcode that these sources list.
fn verdict(sources: &[(&str, &str)]) -> bool {
    let mut builder = Builder::default();
    for (date, table) in sources {
        let how = Import {
            date: Some((*date).to_owned()),
            ..of("source")
        };
        add(table, &how, &mut builder);
    }
    let gazetteer = Gazetteer::open(builder.finish("2026-11-22")).unwrap();
    listed(&gazetteer, "LS6 3HX")
}

#[test]
fn the_newest_word_decides_whether_it_ended() {
    const LIVE: &str = "\"LS6 3HX\",10,427000,436000,\"E1\",\"E2\",\"E3\",\"\",\"E4\",\"E5\"\n";
    const ENDED: &str = "postcode,ended\nLS6 3HX,2015-03\n";
    // A table's own newest row is its day: March 2015.
    assert!(!verdict(&[("2014-07-29", LIVE), ("2026-08-15", ENDED)]));
    assert!(!verdict(&[("2026-08-15", ENDED), ("2014-07-29", LIVE)]));
    assert!(verdict(&[("2026-10-01", LIVE), ("2026-08-15", ENDED)]));
    // A sale of before the end does not bring it back, one of after it does.
    let sale = |day: &str| {
        format!(
            "{{A}},1,{day} 00:00,LS6 3HX,T,N,F,14,,OTLEY ROAD,,LEEDS,LEEDS,WEST YORKSHIRE,A,A\n\
             {{B}},1,2026-10-30 00:00,NR1 1AA,T,N,F,1,,A ROAD,,NORWICH,NORWICH,NORFOLK,A,A\n"
        )
    };
    assert!(!verdict(&[
        ("2026-08-15", ENDED),
        ("2026-10-30", &sale("1999-06-23"))
    ]));
    assert!(verdict(&[
        ("2026-08-15", ENDED),
        ("2026-10-30", &sale("2019-06-23"))
    ]));
}

#[test]
fn postcodes_are_as_old_as_their_list() {
    let mut builder = Builder::default();
    crate::gazetteer::embedded::add_areas(&mut builder);
    let rows = "\"LS6 3HX\",10,427000,436000,\"E1\",\"E2\",\"E3\",\"\",\"E4\",\"E5\"\n";
    for (date, table) in [("2014-07-29", rows), ("2020-01-01", "postcode\nNR1 1AA\n")] {
        let how = Import {
            date: Some(date.to_owned()),
            ..of("source")
        };
        add(table, &how, &mut builder);
    }
    let gazetteer = Gazetteer::open(builder.finish("2026-11-22")).unwrap();
    assert_eq!(gazetteer.date(), Some("2014-07-29"));
}

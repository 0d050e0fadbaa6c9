use postroom::gazetteer::{
    Gazetteer,
    build::{Builder, Import, import, import_zip},
    country::Country,
    decode::{Query, printed},
};
use std::time::Instant;
fn cpu() -> f64 {
    let s = std::fs::read_to_string("/proc/self/stat").unwrap();
    let f: Vec<&str> = s.rsplit(')').next().unwrap().split_whitespace().collect();
    (f[11].parse::<f64>().unwrap() + f[12].parse::<f64>().unwrap()) * 10.0
}
fn main() {
    let d = std::env::args().nth(1).unwrap();
    if d != "skip" {
        let t = Instant::now();
        let mut b = Builder::default();
        let how = Import::new("codepo", Country::united_kingdom());
        let r = import_zip(
            std::fs::File::open(format!("{d}/codepo_gb.zip")).unwrap(),
            &how,
            &mut b,
            &mut |n| println!("total {n}"),
            &mut |_| {},
        )
        .unwrap();
        println!("{:?} {:?}", r.rows, t.elapsed());
        for f in [
            "outcode-town.csv",
            "gb-places.csv",
            "ni-postcodes.csv",
            "price-paid-barbican_raw.csv",
        ] {
            let file = std::fs::File::open(format!("{d}/{f}")).unwrap();
            let r = import(
                &mut [Ok((f.to_owned(), file))].into_iter(),
                &Import::new(f, Country::united_kingdom()),
                &mut b,
                &mut |_| {},
            )
            .unwrap();
            println!(
                "{f} {:?} rows {} dirty {} {:?}",
                r.kind, r.rows, r.dirty, r.examples
            );
        }
        for c in ["GB", "US", "PL"] {
            let file = std::fs::File::open(format!("{d}/geonames-{c}.zip")).unwrap();
            let r = import_zip(
                file,
                &Import::new(c, Country::united_kingdom()),
                &mut b,
                &mut |_| {},
                &mut |_| {},
            )
            .unwrap();
            println!(
                "{c} {:?} rows {} dirty {} {:?}",
                r.kind, r.rows, r.dirty, r.examples
            );
        }
        println!("{:?}", t.elapsed());
        let bytes = b.finish("2026-11-22");
        println!("built {} bytes {:?}", bytes.len(), t.elapsed());
        std::fs::write("/tmp/gb.gaz", &bytes).unwrap();
        drop(bytes);
        println!(
            "{}",
            std::fs::read_to_string("/proc/self/status")
                .unwrap()
                .lines()
                .filter(|l| l.starts_with("VmHWM"))
                .collect::<String>()
        );
    }
    let t = Instant::now();
    let map = unsafe { memmap2::Mmap::map(&std::fs::File::open("/tmp/gb.gaz").unwrap()).unwrap() };
    let g = Gazetteer::open(map).unwrap();
    println!("opened {:?} {:?} {:?}", t.elapsed(), g.counts(), g.date());
    for (pc, town, street) in [
        ("LS6 3HN", Some("Leeds"), None),
        ("L56 3HN", Some("Leeds"), None),
        ("EC2Y 8AT", Some("London"), Some("Barbican")),
        ("EC2Y 8KX", Some("London"), Some("Barbican")),
        ("AB10 1AA", Some("Aberdean"), None),
        ("AB10 1AA", None, None),
    ] {
        let p = printed(pc.chars());
        let tl = town.map(|t: &str| printed(t.chars()));
        let sl = street.map(|t: &str| printed(t.chars()));
        let q = Query {
            country: Country::united_kingdom(),
            postcode: &p,
            town: tl.as_ref(),
            street: sl.as_ref(),
            house: None,
        };
        let t = cpu();
        for _ in 0..100 {
            let _ = g.read(&q);
        }
        let e = (cpu() - t) / 100.0;
        let a = g.read(&q);
        println!(
            "{pc} {town:?} {street:?}: {e:.2} ms cpu unseen {:.1e}",
            a.unseen
        );
        for l in a.postcodes.iter().take(3) {
            println!("   {} {:.5}", l.value, l.probability.get());
        }
        println!(
            "   {:?} {:?}",
            a.towns
                .iter()
                .take(2)
                .map(|l| (&l.value, l.probability.get()))
                .collect::<Vec<_>>(),
            a.streets
                .iter()
                .take(2)
                .map(|l| (&l.value, l.probability.get()))
                .collect::<Vec<_>>()
        );
    }
    let c = Country::united_kingdom().parse("LS6 3HN").unwrap();
    let t = Instant::now();
    let mut n = 0;
    for _ in 0..1_000_000 {
        n += g.listing(&c).is_some() as usize;
    }
    println!("lookup {:?} ns {n}", t.elapsed().as_nanos() / 1_000_000);
}

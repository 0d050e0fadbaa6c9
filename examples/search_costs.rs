//! How long the search of a store takes, in the process that searches: milliseconds by kind of query.
//!
//! `cargo run --release --example search_costs -- QUERIES STORE [DATABASE]`
//!
//! `QUERIES` has one a line: what kind of query it is, the words, a channel, a topic, and the days since
//! and until, with tabs between and nothing where there is no such filter. `DATABASE` is a PostgreSQL URL;
//! without it the database is the one in the folder `STORE`. `scripts/bench mail` writes the queries.

#![expect(clippy::print_stdout, reason = "a measuring tool speaks on stdout")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::time::Instant;

use jiff::civil::Date;
use postroom::store::search::{Found, SearchFilter};
use postroom::store::{Store, StoreAddress};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [queries, folder, rest @ ..] = arguments.as_slice() else {
        return Err("search_costs QUERIES STORE [DATABASE]".into());
    };
    let mut address = StoreAddress::folder(Path::new(folder));
    if let Some(url) = rest.first() {
        address.database = url.parse()?;
    }
    let queries = std::fs::read_to_string(queries)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let costs = runtime.block_on(costs(&address, &queries))?;
    println!("| query | n | median ms | p95 ms | hits, median |\n|---|---|---|---|---|");
    for (kind, mut of_kind) in costs {
        let n = of_kind.len();
        of_kind.sort_by(|one, other| one.milliseconds.total_cmp(&other.milliseconds));
        let (middle, late) = (&of_kind[n / 2], &of_kind[(n * 95 / 100).min(n - 1)]);
        let (middle, late) = (middle.milliseconds, late.milliseconds);
        of_kind.sort_by_key(|cost| cost.hits);
        let hits = of_kind[n / 2].hits;
        println!("| {kind} | {n} | {middle:.2} | {late:.2} | {hits} |");
    }
    Ok(())
}

/// What one query cost.
struct Cost {
    milliseconds: f64,
    hits: usize,
}

/// The costs of each kind of query. Each query is asked once: who searches does not ask twice.
async fn costs(
    address: &StoreAddress,
    queries: &str,
) -> Result<BTreeMap<String, Vec<Cost>>, Box<dyn Error>> {
    let store = Store::open(address).await?;
    // The first one opens what the others find open.
    store.search("warm", &SearchFilter::default()).await?;
    let mut costs: BTreeMap<String, Vec<Cost>> = BTreeMap::new();
    for line in queries.lines() {
        let (kind, words, filter) = query(line)?;
        let began = Instant::now();
        let hits = store.search(words, &filter).await?.len();
        let milliseconds = began.elapsed().as_secs_f64() * 1000.0;
        let all = costs.entry("all".to_owned()).or_default();
        all.push(Cost { milliseconds, hits });
        let of_kind = costs.entry(kind.to_owned()).or_default();
        of_kind.push(Cost { milliseconds, hits });
    }
    store.close().await;
    Ok(costs)
}

/// A line of the queries.
fn query(line: &str) -> Result<(&str, &str, SearchFilter), Box<dyn Error>> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [kind, words, channel, topic, since, until] = cells.as_slice() else {
        return Err(format!("not six cells: {line}").into());
    };
    let named = |cell: &str| (!cell.is_empty()).then(|| cell.to_owned());
    let day = |cell: &str| -> Result<Option<Date>, jiff::Error> {
        named(cell).map(|cell| cell.parse()).transpose()
    };
    let filter = SearchFilter {
        kind: named(channel).and_then(|name| Found::from_name(&name)),
        topic: named(topic),
        since: day(since)?,
        until: day(until)?,
        ..SearchFilter::default()
    };
    Ok((kind, words, filter))
}

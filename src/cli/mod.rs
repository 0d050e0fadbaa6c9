//! The command line: one file for each command, clap named here alone.
//!
//! Data goes to stdout, everything else to stderr; [`exit`] turns errors into
//! exit codes and messages.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the command line is where the program speaks"
)]

//TMP mod aside;
//TMP mod cases;
mod exit;
//TMP mod export;
mod init;
mod output;
mod progress;
mod reader;
//TMP mod review;
mod run;
//TMP mod search;
mod settings;
//TMP mod show;
//TMP mod verify;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use exit::Exit;

/// Reads the paper post of a night and files it on case records.
#[derive(Debug, Parser)]
#[command(
    name = "postroom",
    version,
    after_help = EXAMPLES,
    arg_required_else_help = true,
    max_term_width = 100
)]
struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  postroom run /scans/tonight            read tonight's batch into ./postroom-data
  postroom run /scans/tonight --expect 412
  postroom cases                         what is open, nearest deadline first
  postroom show PR-0000417-11            one case with its letters
  postroom review list                   the fields that a person must settle
  postroom aside list                    the scans that could not be taken in

Exit codes:
  0 done   1 done, and a person must look   2 wrong arguments or configuration
  3 an engine or model is missing   4 a file cannot be read or written
  5 the store failed   130 interrupted: run the same command again to go on";

/// Where the store and its configuration are.
#[derive(Debug, Args)]
struct Place {
    /// The store: a folder, or a postgres:// URL
    #[arg(
        long,
        global = true,
        value_name = "DIR|URL",
        default_value = "./postroom-data"
    )]
    store: String,
    /// Configuration file [default: postroom.toml in the store]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print the result as JSON on stdout
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a new store and its commented postroom.toml
    Init,
    /// Read every scan below a folder and file it
    Run(run::RunArguments),
    /// Watch a folder and file what the scanner puts there
    Watch(watch::WatchArguments),
    /// List cases, or move a document from one to another
    //TMP Cases(cases::CasesArguments),
    /// Show one case: its timeline, its letters, its fields
    //TMP Show(show::ShowArguments),
    /// Find words in everything that was read
    //TMP Search(search::SearchArguments),
    /// Settle doubtful fields
    //TMP Review(review::ReviewArguments),
    /// Scans and pages that could not be taken in
    //TMP Aside(aside::AsideArguments),
    /// Write records out for other programs
    //TMP Export(export::ExportArguments),
    /// Check every image and every reference in the store
    //TMP Verify,
    /// A child that reads pages for `run`; not for people
    #[command(hide = true)]
    Reader(reader::ReaderArguments),
}

/// Runs the program.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // The reader logs nothing: what it reads must not reach a log.
    if !matches!(arguments.command, Command::Reader(_)) {
        start_log();
    }
    match dispatch(&arguments) {
        Ok(exit) => exit.into(),
        Err(error) => {
            eprintln!("postroom: {error:#}");
            exit::code(&error).into()
        }
    }
}

fn dispatch(arguments: &Arguments) -> anyhow::Result<Exit> {
    let place = &arguments.place;
    match &arguments.command {
        Command::Init => init::init(place),
        Command::Run(run) => run::run(place, run),
        Command::Watch(watch) => watch::watch(place, watch),
        //TMP Command::Cases(cases) => cases::cases(place, cases),
        //TMP Command::Show(show) => show::show(place, show),
        //TMP Command::Search(search) => search::search(place, search),
        //TMP Command::Review(review) => review::review(place, review),
        //TMP Command::Aside(aside) => aside::aside(place, aside),
        //TMP Command::Export(export) => export::export(place, export),
        //TMP Command::Verify => verify::verify(place),
        Command::Reader(reader) => reader::reader(reader),
    }
}

/// Warnings to stderr, or what `POSTROOM_LOG` asks for.
fn start_log() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("POSTROOM_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

/// The runtime under the store; the store alone is asynchronous.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?)
}

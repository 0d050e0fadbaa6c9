//! Postroom reads the paper post of a night and files it on case records.
//!
//! The guided tour, in the order in which a letter meets it:
//!
//! 1. [`cli`] turns what an operator typed into settled things, with [`config`].
//! 2. [`batch`] lists the scanner's folder, plans the night and runs it.
//! 3. [`reader`] holds the child processes that decode and read pages, so that
//!    a hostile file costs a page and never the night.
//! 4. [`pipeline`] is the line itself: open, prepare, transcribe, classify, then
//!    group, read, check and draft. It stands on [`imaging`], [`engines`],
//!    [`gazetteer`], [`lexicon`] and [`rules`]; [`acceptance`] decides what of a card
//!    passes without a person.
//! 5. [`cases`] decides which case a letter goes to; [`store`] keeps everything;
//!    [`export`] gives it to other programs.
//! 6. [`mail`] finds e-mail in files and on servers, and takes messages apart.
//! 7. [`domain`] is what all of them talk about.
//!
//! ARCHITECTURE.md has the map, the invariants and two walk-throughs.

pub mod acceptance;
pub mod batch;
pub mod cases;
pub mod cli;
pub mod config;
pub mod domain;
pub mod engines;
pub mod export;
pub mod forms;
pub mod gazetteer;
pub mod imaging;
pub mod lexicon;
pub mod mail;
pub mod pipeline;
pub mod post;
pub mod reader;
pub mod rules;
pub mod store;
pub mod templates;
pub mod web;

//! E-mail at the command line: taking it in, answering it, and the work on cases that it shares with paper.

mod answers;
mod fetching;
mod people;
pub(super) mod taking_in;
mod work;

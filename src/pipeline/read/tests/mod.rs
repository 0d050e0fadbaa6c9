//! Letters of every layout, and real pages where they are at hand.

mod pages;
mod score;

//! Pixels: reading and writing them, and the measurements that the pipeline asks for.
//! Pure functions on images; the only place that calls Leptonica.

pub mod anchors;
mod blank;
#[cfg(test)]
pub mod canvas;
pub mod comb;
mod components;
pub mod deskew;
mod despeckle;
#[cfg(test)]
mod drawing;
mod encode;
mod finders;
pub mod glyph;
pub mod line_image;
pub mod line_picture;
pub mod lines;
pub mod marks;
pub mod orientation;
pub mod pix;
pub mod plane;
pub mod printed;
pub mod raster;
pub mod register;
pub mod resolution;
mod shapes;
pub mod strip;
mod threshold;
pub mod ticks;
pub mod warp;
mod x_height;

pub use encode::TiffPacking;

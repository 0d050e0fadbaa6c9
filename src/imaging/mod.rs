//! Pixels: reading and writing them, and the measurements that the pipeline asks for.
//! Pure functions on images; the only place that calls Leptonica.

mod blank;
pub mod deskew;
mod despeckle;
mod encode;
#[cfg(test)]
mod experiment;
pub mod orientation;
pub mod pix;
pub mod raster;
pub mod resolution;
mod shapes;
mod threshold;
mod x_height;

pub use encode::TiffPacking;

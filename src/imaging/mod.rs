//! Pixels: reading and writing them, and the measurements that the pipeline asks for.
//! Pure functions on images; the only place that calls Leptonica.

mod blank;
#[cfg(test)]
pub mod canvas;
pub mod deskew;
mod despeckle;
mod encode;
pub mod orientation;
pub mod pix;
pub mod raster;
pub mod resolution;
mod shapes;
mod threshold;
mod x_height;

pub use encode::TiffPacking;

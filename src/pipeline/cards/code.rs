//! Whether the code on a page is a form's own: module by module against what the form
//! would have there, which reads codes that are torn, dirty or blurred, and costs next
//! to nothing.

use crate::domain::geometry::Area;
use crate::forms::code::Modules;
use crate::imaging::plane::Plane;
use crate::imaging::warp::{Patch, Warp};

/// Samples along a module.
const SAMPLES: usize = 3;
/// How far the code may lie from where the marks put it, mm.
const REACH: f64 = 1.4;
/// From this share of equal modules on a code is the form's own, unless one of another
/// version is nearer. Codes of texts that differ in one character are equal in 0.89,
/// those of others in 0.71.
const OWN: f64 = 0.92;
/// From this share on it may be the form's own, and print must tell.
const PERHAPS: f64 = 0.85;
/// From this share of the finders' modules on there is a code, whatever it says.
const THERE: f64 = 0.93;

/// What stands where a form has its code.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Seen {
    /// The form's own code, and the share of equal modules.
    Own(f64),
    /// A code that says something else.
    Other,
    /// No code that could be made out.
    Nothing,
}

/// The place of a form's code on a page.
pub(super) struct CodePlace {
    patch: Patch,
    modules: usize,
    steps: usize,
}

impl CodePlace {
    /// The place, seen with as many modules as the code that is expected there.
    pub(super) fn see(plane: &Plane, warp: &Warp, area: &Area, modules: usize) -> Self {
        let density = (modules * SAMPLES) as f64 / area.w;
        let steps = (REACH * density) as usize;
        let margin = steps as f64 / density;
        let around = Area::new(
            area.x - margin,
            area.y - margin,
            area.w + 2.0 * margin,
            area.h + 2.0 * margin,
        );
        let patch = warp.see(plane, &around, density);
        Self {
            patch,
            modules,
            steps,
        }
    }

    /// Compares the place with a form's code, and that with the codes that are near it.
    pub(super) fn compare(&self, own: &Modules, others: &[Modules]) -> Seen {
        let shifts = (0..=2 * self.steps).flat_map(|y| (0..=2 * self.steps).map(move |x| (x, y)));
        let shares = shifts
            .clone()
            .map(|at| (self.equal(own, at, |_, _| true), at));
        let best = shares.max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((share, at)) = best
            && share >= PERHAPS
        {
            let nearer = |modules: &Modules| self.equal(modules, at, |_, _| true) >= share;
            return match share {
                _ if others.iter().any(nearer) => Seen::Other,
                OWN.. => Seen::Own(share),
                _ => Seen::Nothing,
            };
        }
        let finders = shifts.map(|at| self.equal(own, at, |x, y| own.in_finder(x, y)));
        let finders = finders.fold(0.0, f64::max);
        if finders >= THERE {
            Seen::Other
        } else {
            Seen::Nothing
        }
    }

    /// The share of modules that are as they should be, of those asked for.
    fn equal(
        &self,
        wanted: &Modules,
        (right, down): (usize, usize),
        asked: impl Fn(usize, usize) -> bool,
    ) -> f64 {
        const INK: u8 = 128;
        if wanted.side != self.modules {
            return 0.0;
        }
        let (mut equal, mut all) = (0_u32, 0_u32);
        for y in 0..wanted.side {
            let row = (down + y * SAMPLES + SAMPLES / 2) * self.patch.width;
            for x in 0..wanted.side {
                if asked(x, y) {
                    let at = row + right + x * SAMPLES + SAMPLES / 2;
                    let dark = self.patch.ink.get(at).is_some_and(|ink| *ink >= INK);
                    equal += u32::from(dark == wanted.dark[y * wanted.side + x]);
                    all += 1;
                }
            }
        }
        f64::from(equal) / f64::from(all.max(1))
    }
}

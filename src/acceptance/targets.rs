//! How many of the accepted may be wrong, for each kind of field.

use crate::domain::form::FieldKind;
use crate::domain::guarantee::Rate;

/// A target for each kind, in the order of the kinds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Targets([Rate; FieldKind::ALL.len()]);

impl Targets {
    /// The target of a kind.
    pub const fn of(&self, kind: FieldKind) -> Rate {
        self.0[kind as usize]
    }

    /// Another target for a kind.
    pub const fn set(&mut self, kind: FieldKind, target: Rate) {
        self.0[kind as usize] = target;
    }

    /// Half as many everywhere.
    #[must_use]
    pub fn halved(self) -> Self {
        Self(self.0.map(Rate::halved))
    }
}

impl Default for Targets {
    /// What is asked of the program: of the systems before it up to 4 % of the accepted
    /// values were wrong.
    fn default() -> Self {
        let target = |kind| match kind {
            FieldKind::MemberNumber => 0.001,
            FieldKind::Postcode => 0.002,
            FieldKind::Town => 0.003,
            _ => 0.005,
        };
        // They are numbers between 0 and 1.
        Self(FieldKind::ALL.map(|kind| Rate::new(target(kind)).unwrap_or(Rate::NONE)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_stand_in_their_order() {
        for (at, kind) in FieldKind::ALL.into_iter().enumerate() {
            assert_eq!(at, kind as usize);
        }
        let mut targets = Targets::default();
        assert_eq!(targets.of(FieldKind::Postcode).get(), 0.002);
        targets.set(FieldKind::Postcode, Rate::NONE);
        assert_eq!(targets.of(FieldKind::Postcode), Rate::NONE);
        assert_eq!(targets.of(FieldKind::Surname).get(), 0.005);
        assert_eq!(targets.halved().of(FieldKind::MemberNumber).get(), 0.0005);
    }
}

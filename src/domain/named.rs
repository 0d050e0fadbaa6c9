//! One word per thing: the name that SQL, the wire, exports and the screen share.

/// Gives an enum without data its list of values (`ALL`), the word for each
/// (`name`) and the way back (`from_name`).
macro_rules! named {
    ($type:ident { $($variant:ident => $name:literal),+ $(,)? }) => {
        impl $type {
            /// Every value, in the order of the type.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// The word for it in SQL, on the wire and on screen.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }

            /// The value of that name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|value| value.name() == name)
            }
        }
    };
}

pub(crate) use named;

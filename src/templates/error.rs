//! Why a template cannot be used: what, where, and what to do.

/// A template that cannot be used, or not for this customer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// It names what is not there.
    #[error("template '{template}', line {line}: {}", missing(variable, known))]
    Missing {
        /// The template's name.
        template: String,
        /// The line of its file, from 1.
        line: usize,
        /// The variable.
        variable: String,
        /// The variables that there are; empty when it is one of them, and only this case
        /// lacks it.
        known: Vec<&'static str>,
    },
    /// It writes what not every case has, and nobody looks before it is sent.
    #[error("template '{template}', line {line}: {}", unguarded(variable))]
    Unguarded {
        /// The template's name.
        template: String,
        /// The line of its file, from 1.
        line: usize,
        /// The variable.
        variable: String,
    },
    /// The file says something that cannot be meant.
    #[error("template '{template}', line {line}: {what}")]
    Broken {
        /// The template's name.
        template: String,
        /// The line of its file, from 1.
        line: usize,
        /// What is wrong, and what to do.
        what: String,
    },
}

impl TemplateError {
    pub(super) fn at(template: &str, line: usize, what: impl Into<String>) -> Self {
        Self::Broken {
            template: template.to_owned(),
            line,
            what: what.into(),
        }
    }

    /// Its template and line.
    pub fn place(&self) -> (&str, usize) {
        match self {
            Self::Missing { template, line, .. }
            | Self::Unguarded { template, line, .. }
            | Self::Broken { template, line, .. } => (template, *line),
        }
    }

    /// The same without its place.
    pub fn what(&self) -> String {
        match self {
            Self::Missing {
                variable, known, ..
            } => missing(variable, known),
            Self::Unguarded { variable, .. } => unguarded(variable),
            Self::Broken { what, .. } => what.clone(),
        }
    }
}

fn missing(variable: &str, known: &[&str]) -> String {
    if known.is_empty() {
        return format!(
            "'{variable}' is not known in this case; enter it, take another template, or write the \
             words around it between {{% if {variable} %}} and {{% endif %}}"
        );
    }
    let near = crate::domain::wording::nearest(variable, known);
    let meant = near.map_or_else(String::new, |near| format!("did you mean '{near}'? "));
    let known = known.join(", ");
    format!("there is no variable '{variable}'; {meant}there are {known}")
}

fn unguarded(variable: &str) -> String {
    format!(
        "'{variable}' is not known in every case, and this template is sent without a person looking: \
         write the words around it between {{% if {variable} %}} and {{% endif %}}, or give it a \
         default"
    )
}

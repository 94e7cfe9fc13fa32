//! Diagnostics: what is wrong with a base, where, and how to fix it.

use std::fmt;
use std::sync::Arc;

/// A line of a file of the base.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The path of the file, beginning with the folder that was loaded.
    pub path: Arc<str>,
    /// The line number, from 1.
    pub line: usize,
}

impl Location {
    pub(super) fn new(path: &Arc<str>, line: usize) -> Location {
        Location { path: Arc::clone(path), line }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.line)
    }
}

/// The severity of a diagnostic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A part of the base could not be read. The bot does not start with such a base.
    Broken,
    /// The base works, but some answer will be wrong or poor. `footnote check` fails.
    Error,
    /// It may be intended. `footnote check` passes.
    Warning,
}

/// One mistake in a base. `Display` formats it as compilers do: `path:line: error: …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The line of the mistake.
    pub location: Location,
    /// The message.
    pub what: String,
    /// How to fix it.
    pub help: String,
}

impl Diagnostic {
    /// A diagnostic of one line.
    #[must_use]
    pub fn new(severity: Severity, location: Location, what: impl Into<String>, help: impl Into<String>) -> Diagnostic {
        Diagnostic { severity, location, what: what.into(), help: help.into() }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.severity {
            Severity::Broken | Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{}: {kind}: {}\n  help: {}", self.location, self.what, self.help)
    }
}

//! What is wrong with a base, where, and how to mend it.

use std::fmt;
use std::sync::Arc;

/// A place in a file of the base.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The path, from the folder that the base was loaded from.
    pub path: Arc<str>,
    /// The line, counted from 1.
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

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Part of the base could not be read; nothing is served from such a base.
    Broken,
    /// The base works, but somebody will get a wrong or a poor answer; `footnote check` fails.
    Error,
    /// Worth a look; `footnote check` passes.
    Warning,
}

/// One thing that is wrong with a base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Where it is.
    pub location: Location,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub help: String,
}

impl Diagnostic {
    /// A problem at a place.
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

//! Diagnostics: mistakes in a knowledge base, with their location and a suggested fix.

use std::fmt;
use std::sync::Arc;

/// A line in a file of the knowledge base.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The path of the file, starting with the folder that was loaded.
    pub path: Arc<str>,
    /// The line number, starting at 1.
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

/// How serious a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Part of the knowledge base could not be parsed. The bot refuses to start with such a
    /// knowledge base.
    Broken,
    /// The knowledge base can be used, but some answers will be wrong or poor. `footnote check`
    /// fails.
    Error,
    /// Possibly a mistake, possibly intended. `footnote check` passes.
    Warning,
}

/// One mistake in a knowledge base. `Display` uses the format of compilers: `path:line: error: …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How serious the mistake is.
    pub severity: Severity,
    /// The file and line of the mistake.
    pub location: Location,
    /// A description of the mistake.
    pub what: String,
    /// A suggestion for fixing the mistake.
    pub help: String,
}

impl Diagnostic {
    /// Creates a diagnostic.
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

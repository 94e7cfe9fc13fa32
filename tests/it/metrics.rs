//! Asserts that the table of metrics in `docs/operating.md` matches the list in
//! `src/health/metrics.rs`.

use std::collections::BTreeMap;

use footnote::health::metrics::{ALL, Kind};

const GUIDE: &str = include_str!("../../docs/operating.md");

/// Returns the code spans of a Markdown text: the strings between backticks.
fn code(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn the_guide_lists_every_metric_with_its_labels() {
    // Each table row has three cells: the metric name, the labels with their values, and a
    // description.
    let rows = GUIDE.lines().filter(|line| line.starts_with("| `footnote_"));
    let documented: BTreeMap<&str, Vec<&str>> = rows
        .map(|row| {
            let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
            (code(cells[0])[0], code(cells[1]))
        })
        .collect();
    let declared: BTreeMap<&str, Vec<&str>> = ALL.iter().map(|m| (m.name, m.labels.to_vec())).collect();
    assert_eq!(documented, declared, "mend the table in docs/operating.md, or the list in src/health/metrics.rs");
    assert_eq!(declared.len(), ALL.len(), "a name is declared twice");
}

/// Asserts Prometheus' naming conventions: counters end in `_total`, histograms in `_seconds`. The
/// exporter sets histogram buckets by the suffix `_seconds`, and dashboards rely on `_total`.
#[test]
fn names_tell_the_kind() {
    for metric in ALL {
        let is_counter = metric.name.ends_with("_total");
        assert_eq!(metric.kind == Kind::Counter, is_counter, "{}", metric.name);
        assert!(metric.kind != Kind::Histogram || metric.name.ends_with("_seconds"), "{}", metric.name);
    }
}

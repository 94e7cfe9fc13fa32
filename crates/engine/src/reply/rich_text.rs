//! Formatted text in the Bot API's format: plain text, and entities with offsets in UTF-16 code
//! units.
//!
//! Entities always nest correctly, because calls of [`RichText::with`] nest. The text needs no
//! escaping, because entities, not markup, describe the formatting.

use unicode_segmentation::UnicodeSegmentation;

/// Maximum length of a message, in UTF-16 code units (Bot API, `sendMessage`).
pub const MAX_MESSAGE_UNITS: usize = 4096;

/// The formatting of an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntityKind {
    /// Bold.
    Bold,
    /// Italic.
    Italic,
    /// Strikethrough.
    Strikethrough,
    /// Inline code. Must not contain other entities.
    Code,
    /// A code block. Must not contain other entities.
    Pre,
    /// A block quote. Must not contain other block quotes.
    Quote,
    /// A block quote that Telegram collapses to a few lines until the user taps the quote.
    ExpandableQuote,
    /// A link to a web address.
    Link(String),
}

/// A formatted range of a [`RichText`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// The kind of formatting.
    pub kind: EntityKind,
    /// The start of the range, in UTF-16 code units.
    pub offset: usize,
    /// The length of the range, in UTF-16 code units; never 0.
    pub length: usize,
}

/// A text with formatting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RichText {
    text: String,
    units: usize,
    entities: Vec<Entity>,
}

impl RichText {
    /// The text without formatting.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the entities. An outer entity precedes the entities inside.
    #[must_use]
    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// Returns the length in UTF-16 code units.
    #[must_use]
    pub fn units(&self) -> usize {
        self.units
    }

    /// Appends text.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self.units += text.encode_utf16().count();
        self
    }

    /// Applies formatting to the text that `write` appends. Adds no entity if `write` appends
    /// nothing.
    pub fn with(&mut self, kind: EntityKind, write: impl FnOnce(&mut Self)) -> &mut Self {
        let (offset, slot) = (self.units, self.entities.len());
        write(self);
        if self.units > offset {
            self.entities.insert(slot, Entity { kind, offset, length: self.units - offset });
        }
        self
    }

    /// Starts a new paragraph, except at the start of the text.
    pub fn paragraph(&mut self) -> &mut Self {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.push(if self.text.ends_with('\n') { "\n" } else { "\n\n" });
        }
        self
    }

    /// Starts a new line, except at the start of the text.
    pub fn line(&mut self) -> &mut Self {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.push("\n");
        }
        self
    }

    /// Appends another text with its entities.
    pub fn append(&mut self, other: &RichText) -> &mut Self {
        let moved = other.entities.iter().map(|e| Entity { offset: e.offset + self.units, ..e.clone() });
        self.entities.extend(moved);
        self.push(&other.text)
    }

    /// Makes the whole text one block quote. Removes the block quotes inside, because Telegram does
    /// not nest block quotes.
    #[must_use]
    pub fn quoted(self) -> RichText {
        let mut quote = RichText::default();
        quote.with(EntityKind::Quote, |r| {
            r.append(&self.without_quotes());
        });
        quote
    }

    fn without_quotes(&self) -> RichText {
        let is_quote = |e: &Entity| matches!(e.kind, EntityKind::Quote | EntityKind::ExpandableQuote);
        RichText { entities: self.entities.iter().filter(|e| !is_quote(e)).cloned().collect(), ..self.clone() }
    }

    /// Appends `other` as an expandable block quote. Removes the block quote formatting inside
    /// `other`, because Telegram does not nest block quotes.
    pub fn expandable_quote(&mut self, other: &RichText) -> &mut Self {
        self.with(EntityKind::ExpandableQuote, |r| {
            r.append(&other.without_quotes());
        })
    }

    /// Applies `rewrite` to each piece of text between two entity boundaries, and adjusts the
    /// offsets of the entities. An entity boundary is the start or end of an entity.
    #[must_use]
    pub fn map_text(&self, rewrite: impl Fn(&str) -> String) -> RichText {
        let mut ends: Vec<usize> = self.entities.iter().flat_map(|e| [e.offset, e.offset + e.length]).collect();
        ends.extend([0, self.units]);
        ends.sort_unstable();
        ends.dedup();
        let units: Vec<u16> = self.text.encode_utf16().collect();
        let mut new = RichText::default();
        // Maps each entity boundary, by its index in `ends`, to its offset in the rewritten text.
        let mut moved = vec![0];
        for pair in ends.windows(2) {
            new.push(&rewrite(&String::from_utf16_lossy(&units[pair[0]..pair[1]])));
            moved.push(new.units);
        }
        let at = |end: usize| moved[ends.binary_search(&end).unwrap_or_default()];
        let entity = |e: &Entity| {
            let offset = at(e.offset);
            Entity { kind: e.kind.clone(), offset, length: at(e.offset + e.length) - offset }
        };
        new.entities = self.entities.iter().map(entity).filter(|e| e.length > 0).collect();
        new
    }

    /// If the text is longer than `max` UTF-16 code units, cuts the text at a grapheme boundary and
    /// appends `…`. The result has at most `max` code units.
    #[must_use]
    pub fn truncate(self, max: usize) -> RichText {
        if self.units <= max {
            return self;
        }
        let end = self.last_boundary(max.saturating_sub(1));
        let (mut head, _) = self.split_at(end);
        let kept = head.text.trim_end().len();
        head = head.split_at(kept).0;
        if max > 0 {
            head.push("…");
        }
        head
    }

    /// Splits the text so that the first part has at most `max` UTF-16 code units.
    ///
    /// Splits in the second half of the text that fits: after the last line break, else after the
    /// last `。`, `！` or `？`, else after the last space. If there are none, splits at the last
    /// grapheme boundary. A first grapheme longer than `max` is not split.
    #[must_use]
    pub fn split(self, max: usize) -> (RichText, RichText) {
        if self.units <= max {
            return (self, RichText::default());
        }
        let end = self.last_boundary(max).max(self.text.graphemes(true).next().map_or(0, str::len));
        let head = &self.text[..end];
        // Searches by grapheme, so that a combining mark or variation selector stays with the space
        // or full stop before the mark.
        let after = |ends: fn(char) -> bool| {
            let mut characters = head.grapheme_indices(true);
            let last = characters.rfind(|(_, character)| character.contains(ends));
            last.map(|(at, character)| at + character.len()).filter(|at| *at > end / 2)
        };
        let best = after(|c| c == '\n').or_else(|| after(|c| "。！？".contains(c))).or_else(|| after(|c| c == ' '));
        self.split_at(best.unwrap_or(end))
    }

    /// Returns the byte offset of the last grapheme boundary within the first `max` UTF-16 code
    /// units.
    fn last_boundary(&self, max: usize) -> usize {
        let (mut end, mut units) = (0, 0);
        for grapheme in self.text.graphemes(true) {
            units += grapheme.encode_utf16().count();
            if units > max {
                break;
            }
            end += grapheme.len();
        }
        end
    }

    /// Splits the text at a byte offset. An entity that spans the offset is split into two
    /// entities.
    fn split_at(mut self, byte: usize) -> (RichText, RichText) {
        let mut tail = RichText::default();
        tail.push(&self.text[byte..]);
        self.text.truncate(byte);
        self.units -= tail.units;
        for entity in &self.entities {
            let end = (entity.offset + entity.length).saturating_sub(self.units);
            let offset = entity.offset.saturating_sub(self.units);
            if end > offset {
                tail.entities.push(Entity { kind: entity.kind.clone(), offset, length: end - offset });
            }
        }
        let units = self.units;
        self.entities.retain_mut(|e| {
            e.length = e.length.min(units.saturating_sub(e.offset));
            e.length > 0
        });
        (self, tail)
    }
}

#[cfg(test)]
mod tests {
    use super::{Entity, EntityKind, RichText};

    fn at(kind: EntityKind, offset: usize, length: usize) -> Entity {
        Entity { kind, offset, length }
    }

    #[test]
    fn offsets_count_utf16_units() {
        let mut rich = RichText::default();
        rich.push("😀 ").with(EntityKind::Bold, |r| {
            r.push("你").with(EntityKind::Italic, |r| {
                r.push("好");
            });
        });
        assert_eq!(rich.text(), "😀 你好");
        assert_eq!(rich.entities(), [at(EntityKind::Bold, 3, 2), at(EntityKind::Italic, 4, 1)]);
    }

    #[test]
    fn truncation_splits_no_character_and_no_entity() {
        let mut rich = RichText::default();
        rich.push("ab").with(EntityKind::Bold, |r| {
            r.push("c👨‍👩‍👧d");
        });
        for max in 0..=rich.units() {
            let head = rich.clone().truncate(max);
            assert!(head.units() <= max, "{max}: {head:?}");
            assert_eq!(head.units(), head.text().encode_utf16().count());
            assert!(!head.text().contains('👨') || head.text().contains("👨‍👩‍👧"), "{max}: {head:?}");
            assert!(head.entities().iter().all(|e| e.length > 0 && e.offset + e.length <= head.units()));
        }
    }

    #[test]
    fn rewriting_moves_the_entities() {
        let mut rich = RichText::default();
        rich.push("ab").with(EntityKind::Bold, |r| {
            r.push("cd").with(EntityKind::Italic, |r| {
                r.push("e");
            });
        });
        let doubled = rich.map_text(|run| run.repeat(2));
        assert_eq!(doubled.text(), "ababcdcdee");
        assert_eq!(doubled.entities(), [at(EntityKind::Bold, 4, 6), at(EntityKind::Italic, 8, 2)]);
        let without_e = rich.map_text(|run| run.replace('e', ""));
        assert_eq!(without_e.entities(), [at(EntityKind::Bold, 2, 2)]);
    }

    #[test]
    fn an_expandable_quote_holds_no_other_quote() {
        let mut inner = RichText::default();
        inner.with(EntityKind::Quote, |r| {
            r.push("a").with(EntityKind::Bold, |r| {
                r.push("b");
            });
        });
        let mut rich = RichText::default();
        rich.push("x").expandable_quote(&inner);
        assert_eq!(rich.entities(), [at(EntityKind::ExpandableQuote, 1, 2), at(EntityKind::Bold, 2, 1)]);
    }

    #[test]
    fn a_split_loses_nothing() {
        let mut rich = RichText::default();
        rich.push("one two.\n").with(EntityKind::Bold, |r| {
            r.push("三四。c👨‍👩‍👧d five");
        });
        for max in 1..=rich.units() {
            let (head, tail) = rich.clone().split(max);
            assert_eq!(format!("{}{}", head.text(), tail.text()), rich.text(), "{max}");
            assert!(head.units() > 0 && (head.units() <= max || head.text() == "👨‍👩‍👧"), "{max}: {head:?}");
            for part in [&head, &tail] {
                assert_eq!(part.units(), part.text().encode_utf16().count());
                assert!(part.entities().iter().all(|e| e.length > 0 && e.offset + e.length <= part.units()));
            }
        }
        let mut marked = RichText::default();
        marked.push("one two \u{301}three。\u{FE00}four");
        assert_eq!(marked.clone().split(10).0.text(), "one two \u{301}");
        assert_eq!(marked.split(18).0.text(), "one two \u{301}three。\u{FE00}");
        let (head, tail) = rich.split(13);
        assert_eq!((head.text(), tail.text()), ("one two.\n三四。", "c👨‍👩‍👧d five"));
        assert_eq!(
            (head.entities(), tail.entities()),
            (&[at(EntityKind::Bold, 9, 3)][..], &[at(EntityKind::Bold, 0, 15)][..])
        );
    }
}

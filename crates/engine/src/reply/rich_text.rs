//! Text with looks, as Telegram wants it: plain text and entities whose offsets count UTF-16 code
//! units.
//!
//! It is built as a tree of nested calls, so entities always nest, and nothing in a text can be
//! taken for markup.

use unicode_segmentation::UnicodeSegmentation;

/// The longest message, in UTF-16 code units (Bot API, `sendMessage`).
pub const MAX_MESSAGE_UNITS: usize = 4096;

/// What an entity looks like or does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntityKind {
    /// Stronger.
    Bold,
    /// Emphasised.
    Italic,
    /// Struck out.
    Strikethrough,
    /// Fixed width; holds no other entity.
    Code,
    /// A block of fixed width; holds no other entity.
    Pre,
    /// Set off by a bar; holds no other quotation.
    Quote,
    /// The same, but folded up to a few lines until somebody taps it.
    FoldedQuote,
    /// Leads to an address.
    Link(String),
}

/// A stretch of a [`RichText`] text with a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// The look.
    pub look: EntityKind,
    /// Where it starts, in UTF-16 code units.
    pub offset: usize,
    /// How long it is, in UTF-16 code units; never 0.
    pub length: usize,
}

/// A text with looks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RichText {
    text: String,
    units: usize,
    entities: Vec<Entity>,
}

impl RichText {
    /// The text without looks.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The entities, an outer one before those inside it.
    #[must_use]
    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// The length in UTF-16 code units.
    #[must_use]
    pub fn units(&self) -> usize {
        self.units
    }

    /// Adds text.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self.units += text.encode_utf16().count();
        self
    }

    /// Adds whatever `write` adds, with a look. Where it adds nothing, there is no entity.
    pub fn with(&mut self, look: EntityKind, write: impl FnOnce(&mut Self)) -> &mut Self {
        let (offset, slot) = (self.units, self.entities.len());
        write(self);
        if self.units > offset {
            self.entities.insert(slot, Entity { look, offset, length: self.units - offset });
        }
        self
    }

    /// Starts a new paragraph, unless nothing stands before it.
    pub fn paragraph(&mut self) -> &mut Self {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.push(if self.text.ends_with('\n') { "\n" } else { "\n\n" });
        }
        self
    }

    /// Starts a new line, unless nothing stands before it.
    pub fn line(&mut self) -> &mut Self {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.push("\n");
        }
        self
    }

    /// Adds another text with its looks.
    pub fn append(&mut self, other: &RichText) -> &mut Self {
        let moved = other.entities.iter().map(|e| Entity { offset: e.offset + self.units, ..e.clone() });
        self.entities.extend(moved);
        self.push(&other.text)
    }

    /// Adds another text as a quotation that is folded up. Quotations in it lose their look, since
    /// none holds another.
    pub fn folded(&mut self, other: &RichText) -> &mut Self {
        let is_quote = |e: &Entity| matches!(e.look, EntityKind::Quote | EntityKind::FoldedQuote);
        let entities = other.entities.iter().filter(|e| !is_quote(e)).cloned().collect();
        let plain = RichText { entities, ..other.clone() };
        self.with(EntityKind::FoldedQuote, |r| {
            r.append(&plain);
        })
    }

    /// The same with every stretch of text between two ends of looks rewritten.
    #[must_use]
    pub fn rewritten(&self, rewrite: impl Fn(&str) -> String) -> RichText {
        let mut ends: Vec<usize> = self.entities.iter().flat_map(|e| [e.offset, e.offset + e.length]).collect();
        ends.extend([0, self.units]);
        ends.sort_unstable();
        ends.dedup();
        let units: Vec<u16> = self.text.encode_utf16().collect();
        let mut new = RichText::default();
        // Where each end has moved to.
        let mut moved = vec![0];
        for two in ends.windows(2) {
            new.push(&rewrite(&String::from_utf16_lossy(&units[two[0]..two[1]])));
            moved.push(new.units);
        }
        let at = |end: usize| moved[ends.binary_search(&end).unwrap_or_default()];
        let entity = |e: &Entity| {
            let offset = at(e.offset);
            Entity { look: e.look.clone(), offset, length: at(e.offset + e.length) - offset }
        };
        new.entities = self.entities.iter().map(entity).filter(|e| e.length > 0).collect();
        new
    }

    /// Shortens it to at most `max` UTF-16 code units, between two characters as people see them,
    /// ending in `…`.
    #[must_use]
    pub fn cut(self, max: usize) -> RichText {
        if self.units <= max {
            return self;
        }
        let end = self.last_end(max.saturating_sub(1));
        let (mut head, _) = self.split_at(end);
        let kept = head.text.trim_end().len();
        head = head.split_at(kept).0;
        if max > 0 {
            head.push("…");
        }
        head
    }

    /// Splits it so that the first part has at most `max` UTF-16 code units: after a line, a
    /// sentence or a word if one ends in the second half, otherwise between two characters as
    /// people see them. A first character that is longer than that stays whole.
    #[must_use]
    pub fn split(self, max: usize) -> (RichText, RichText) {
        if self.units <= max {
            return (self, RichText::default());
        }
        let end = self.last_end(max).max(self.text.graphemes(true).next().map_or(0, str::len));
        let head = &self.text[..end];
        // A mark over a space, or a selector behind a stop, belongs to it.
        let after = |ends: fn(char) -> bool| {
            let mut characters = head.grapheme_indices(true);
            let last = characters.rfind(|(_, character)| character.contains(ends));
            last.map(|(at, character)| at + character.len()).filter(|at| *at > end / 2)
        };
        let best = after(|c| c == '\n').or_else(|| after(|c| "。！？".contains(c))).or_else(|| after(|c| c == ' '));
        self.split_at(best.unwrap_or(end))
    }

    /// The byte after the last character, as people see them, that ends within so many UTF-16 code
    /// units.
    fn last_end(&self, max: usize) -> usize {
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

    /// Splits it at a byte; an entity that both parts have some of is in both.
    fn split_at(mut self, byte: usize) -> (RichText, RichText) {
        let mut tail = RichText::default();
        tail.push(&self.text[byte..]);
        self.text.truncate(byte);
        self.units -= tail.units;
        for entity in &self.entities {
            let end = (entity.offset + entity.length).saturating_sub(self.units);
            let offset = entity.offset.saturating_sub(self.units);
            if end > offset {
                tail.entities.push(Entity { look: entity.look.clone(), offset, length: end - offset });
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

    fn at(look: EntityKind, offset: usize, length: usize) -> Entity {
        Entity { look, offset, length }
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
    fn a_cut_splits_no_character_and_no_entity() {
        let mut rich = RichText::default();
        rich.push("ab").with(EntityKind::Bold, |r| {
            r.push("c👨‍👩‍👧d");
        });
        for max in 0..=rich.units() {
            let cut = rich.clone().cut(max);
            assert!(cut.units() <= max, "{max}: {cut:?}");
            assert_eq!(cut.units(), cut.text().encode_utf16().count());
            assert!(!cut.text().contains('👨') || cut.text().contains("👨‍👩‍👧"), "{max}: {cut:?}");
            assert!(cut.entities().iter().all(|e| e.length > 0 && e.offset + e.length <= cut.units()));
        }
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

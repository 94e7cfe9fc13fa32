//! Suggests a section's id for a file name that cannot be one.

use unicode_normalization::UnicodeNormalization;

use super::section::SectionId;
use crate::text::{readings, spelling};

/// Letters that lose their marks in a way of their own.
const LETTERS: [(char, &str); 47] = [
    ('ä', "ae"),
    ('ö', "oe"),
    ('ü', "ue"),
    ('ß', "ss"),
    ('æ', "ae"),
    ('ø', "o"),
    ('å', "a"),
    ('œ', "oe"),
    ('ł', "l"),
    ('đ', "d"),
    ('ð', "d"),
    ('þ', "th"),
    ('ı', "i"),
    ('а', "a"),
    ('б', "b"),
    ('в', "v"),
    ('г', "g"),
    ('д', "d"),
    ('е', "e"),
    ('ё', "e"),
    ('ж', "zh"),
    ('з', "z"),
    ('и', "i"),
    ('й', "y"),
    ('к', "k"),
    ('л', "l"),
    ('м', "m"),
    ('н', "n"),
    ('о', "o"),
    ('п', "p"),
    ('р', "r"),
    ('с', "s"),
    ('т', "t"),
    ('у', "u"),
    ('ф', "f"),
    ('х', "h"),
    ('ц', "ts"),
    ('ч', "ch"),
    ('ш', "sh"),
    ('щ', "sch"),
    ('ъ', ""),
    ('ы', "y"),
    ('ь', ""),
    ('э', "e"),
    ('ю', "yu"),
    ('я', "ya"),
    ('ґ', "g"),
];

/// Returns an id made from a file name: `groesse-preis` for `Größe & Preis`. Returns `None` if no
/// letter of the name has a Latin spelling.
pub(super) fn slug(name: &str) -> Option<String> {
    let mut slug = String::new();
    for c in name.nfc().flat_map(char::to_lowercase) {
        if let Some((_, latin)) = LETTERS.iter().find(|(letter, _)| *letter == c) {
            slug.push_str(latin);
        } else if let Some(reading) = readings(c).next() {
            // A space, which becomes a hyphen, separates the readings of Chinese characters.
            slug.push_str(&format!(" {} ", spelling(reading)));
        } else {
            slug.extend(c.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)));
        }
    }
    let words = slug.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut slug = words.collect::<Vec<_>>().join("-").to_lowercase();
    slug.truncate(SectionId::MAX_BYTES);
    let slug = slug.trim_end_matches('-');
    SectionId::parse(slug).map(|id| id.to_string())
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn file_names_become_ids() {
        for (name, expected) in [
            ("Größe & Preis", Some("groesse-preis")),
            ("o ne", Some("o-ne")),
            ("_index", Some("index")),
            ("Café.old", Some("cafe-old")),
            ("Цены", Some("tseny")),
            ("价格", Some("jia-ge")),
            ("ราคา", None),
            ("&", None),
        ] {
            assert_eq!(slug(name).as_deref(), expected, "{name}");
        }
        assert!(slug(&"a b".repeat(60)).is_some_and(|slug| slug.len() <= 60));
    }
}

//! Sentence segmentation.
//!
//! Starts from the boundaries of Unicode Standard Annex #29, and removes those that break a
//! sentence in two. The exceptions follow the rules of SRX (Segmentation Rules eXchange):
//! abbreviations, initials, ordinals, addresses, file names, and text in quotation marks.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// Splits a text into sentences. Returns byte ranges without surrounding white space.
pub fn sentences(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut found = Vec::new();
    for (start, line) in text.split_inclusive(is_line_break).scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line))
    }) {
        found.extend(boundaries(line).into_iter().map(|range| start + range.start..start + range.end));
    }
    found.into_iter().filter_map(|range: Range<usize>| {
        let sentence = &text[range.clone()];
        let body = sentence.trim_start();
        let start = range.end - body.len();
        let body = body.trim_end();
        (!body.is_empty()).then(|| start..start + body.len())
    })
}

/// The line breaks of Unicode Standard Annex #29. Every line ends a sentence.
fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Splits one line into sentences.
fn boundaries(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for (candidate, _) in line.split_sentence_bound_indices().skip(1) {
        if candidate <= start {
            continue;
        }
        let end = after_marks(line, start, candidate);
        if end < line.len() && ends_sentence(line, start, end) {
            found.push(start..end);
            start = end;
        }
    }
    found.push(start..line.len());
    found
}

/// Moves a boundary past the marks that belong to the sentence before: the number of a footnote,
/// and a closing quotation mark after a space, as French writes it.
fn after_marks(line: &str, start: usize, boundary: usize) -> usize {
    let rest = &line[boundary..];
    let skip_space = |text: &str| text.len() - text.trim_start().len();
    if !line[..boundary].ends_with(char::is_whitespace) {
        // The annex counts a bracket after a full stop as part of the sentence.
        let first = boundary - usize::from(line[..boundary].ends_with('['));
        let note = footnote_length(&line[first..]);
        return if note == 0 { boundary } else { first + note + skip_space(&line[first + note..]) };
    }
    let space = skip_space(rest);
    let Some(mark) = rest[space..].chars().next() else { return boundary };
    let open = open_brackets(&line[start..boundary]);
    if open.last().is_some_and(|open| closes(*open, mark)) {
        let end = boundary + space + mark.len_utf8();
        return end + skip_space(&line[end..]);
    }
    boundary
}

/// Returns the length of a footnote number at the start of a text: `¹` or `[1]`.
fn footnote_length(text: &str) -> usize {
    let superscript = |c: char| matches!(c, '¹' | '²' | '³' | '⁰' | '⁴'..='⁹');
    let length = text.len() - text.trim_start_matches(superscript).len();
    let number = text.strip_prefix('[').and_then(|text| text.split_once(']')).map(|(number, _)| number);
    match number.filter(|n| !n.is_empty() && n.len() <= 3 && n.bytes().all(|b| b.is_ascii_digit())) {
        Some(number) if length == 0 => number.len() + 2,
        _ => length,
    }
}

/// True if a sentence may end at `end`. False if one of the exceptions holds.
fn ends_sentence(line: &str, start: usize, end: usize) -> bool {
    let (before, after) = (&line[start..end], &line[end..]);
    let sentence = before.trim_end();
    let Some(next) = after.chars().next() else { return true };
    if is_bare_number(sentence) || is_inside_brackets(before, after) {
        return false;
    }
    let is_abbreviated = sentence.ends_with('.') && is_abbreviation(sentence, after);
    if sentence.len() == before.len() {
        return !is_abbreviated && !continues_unspaced(sentence, after);
    }
    // `“Stop!” he said` and `Yahoo! is a name`.
    let may_go_on = sentence.ends_with(is_closer) || sentence.ends_with(['!', '?']);
    let goes_on = may_go_on && next.is_lowercase();
    !is_abbreviated && !goes_on
}

/// True for a text without letters, such as the `2.` in front of a step. It belongs to what
/// follows.
fn is_bare_number(sentence: &str) -> bool {
    sentence.len() <= 4
        && sentence.ends_with('.')
        && sentence.bytes().any(|b| b.is_ascii_digit())
        && sentence.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// True if the text goes on after a full stop without a space: in an address, a file name or a
/// version; and in Chinese and Japanese after a quotation.
fn continues_unspaced(sentence: &str, after: &str) -> bool {
    let Some(last) = sentence.chars().next_back() else { return true };
    let Some(next) = after.chars().next() else { return false };
    if matches!(last, '.' | '!' | '?') && (next.is_ascii_alphanumeric() || "/&=#%_-+:,;@~$'\"".contains(next)) {
        return true;
    }
    let word = sentence.rsplit(char::is_whitespace).next().unwrap_or(sentence);
    if word.contains("://") && last.is_ascii() && !next.is_whitespace() {
        return true;
    }
    // Japanese: 「はい。」と答えた。 Chinese: “好。”他说。
    let is_quoted = matches!(last, '」' | '』' | '”' | '’' | '）' | ')' | '》');
    let is_kana = |c: char| matches!(c, '\u{3041}'..='\u{3096}');
    is_quoted && (is_kana(next) || says_in_chinese(after))
}

/// True if a text begins with a short Chinese subject and a verb of saying: 他说, 小王回答.
fn says_in_chinese(text: &str) -> bool {
    let mut subject = text.chars().take(5).take_while(|c| c.is_alphanumeric());
    subject.any(|c| matches!(c, '说' | '說' | '道' | '问' | '問' | '答' | '喊' | '叫'))
}

const BRACKETS: [(char, &str); 13] = [
    ('(', ")"),
    ('[', "]"),
    ('（', "）"),
    ('［', "］"),
    ('「', "」"),
    ('『', "』"),
    ('《', "》"),
    ('〈', "〉"),
    ('【', "】"),
    ('“', "”"),
    ('„', "“”"),
    ('«', "»"),
    ('»', "«"),
];

fn closes(open: char, close: char) -> bool {
    BRACKETS.iter().any(|(o, closers)| *o == open && closers.contains(close))
}

fn is_closer(c: char) -> bool {
    matches!(c, '"' | '\'' | '’') || (c != '„' && BRACKETS.iter().any(|(_, closers)| closers.contains(c)))
}

/// Returns the brackets and quotation marks that a text opens and does not close.
fn open_brackets(text: &str) -> Vec<char> {
    /// Brackets further back are too far apart to keep a sentence together.
    const MAX_BYTES: usize = 1_000;
    let text = &text[text.ceil_char_boundary(text.len().saturating_sub(MAX_BYTES))..];
    let mut open: Vec<char> = Vec::new();
    for c in text.chars() {
        if open.last().is_some_and(|last| closes(*last, c)) {
            open.pop();
        } else if BRACKETS.iter().any(|(o, _)| *o == c) && (c != '»' || text.starts_with('»')) {
            open.push(c);
        }
    }
    open
}

/// True if `before` opens a bracket or a quotation that `after` soon closes.
fn is_inside_brackets(before: &str, after: &str) -> bool {
    /// A longer quotation is split, because a sentence should fit on the screen.
    const MAX_QUOTED: usize = 160;
    let open = open_brackets(before);
    let Some(last) = open.last() else { return false };
    after.chars().take(MAX_QUOTED).any(|c| closes(*last, c))
}

/// Abbreviations that no sentence ends with.
const ABBREVIATIONS: &[&str] = &[
    // English
    "dr",
    "mr",
    "mrs",
    "ms",
    "prof",
    "rev",
    "hon",
    "gen",
    "col",
    "lt",
    "sgt",
    "capt",
    "cmdr",
    "sen",
    "rep",
    "gov",
    "st",
    "mt",
    "ft",
    "e.g",
    "eg",
    "i.e",
    "ie",
    "cf",
    "vs",
    "viz",
    "approx",
    "apt",
    "ave",
    "blvd",
    "incl",
    "excl",
    "resp",
    "esp",
    "ph.d",
    "med",
    "phil",
    "rer",
    "nat",
    "jur",
    "habil",
    "डॉ",
    "श्री",
    "प्रो",
    "د",
    // German
    "z.b",
    "zb",
    "d.h",
    "u.a",
    "o.ä",
    "u.ä",
    "i.d.r",
    "z.t",
    "v.a",
    "m.e",
    "s.o",
    "s.u",
    "ca",
    "bzw",
    "ggf",
    "evtl",
    "inkl",
    "exkl",
    "zzgl",
    "abzgl",
    "vgl",
    "sog",
    "bspw",
    "hr",
    "fr",
    "dipl",
    "ing",
    "mag",
    "mind",
    "tel",
    "zzt",
    "einschl",
    "gem",
    "allg",
    "urspr",
    "insb",
    // French, Italian, Spanish, Portuguese
    "mme",
    "mlle",
    "mm",
    "p.ex",
    "ex",
    "env",
    "c.-à-d",
    "sig",
    "sig.ra",
    "dott",
    "dott.ssa",
    "sr",
    "sra",
    "srta",
    "ej",
    "ee",
    "aprox",
    "ud",
    "uds",
    "dña",
    "exmo",
    "exma",
    "av",
    "bd",
    // Dutch, Polish
    "bijv",
    "d.w.z",
    "o.a",
    "m.b.t",
    "dhr",
    "mevr",
    "np",
    "tj",
    "m.in",
    "godz",
    // Russian
    "т.е",
    "т.к",
    "т.н",
    "ул",
    "просп",
    "им",
    "напр",
    "см",
    "ср",
    "тел",
    "гл",
    "рис",
    "стр",
    "обл",
];

/// Abbreviations of a word that a number follows, such as `No. 5`.
const BEFORE_NUMBERS: &[&str] = &[
    "no", "nos", "nr", "nrs", "n", "p", "pp", "pg", "vol", "ch", "chap", "sec", "fig", "figs", "art", "par", "para",
    "eq", "ex", "ext", "tel", "fax", "abs", "abb", "kap", "bd", "s", "max", "min", "avg", "est", "ver", "v", "rev",
    "ed", "núm", "pág", "cap", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    "okt", "dez", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "mo", "di", "mi", "do", "sa", "so", "str", "д",
    "кв", "п", "с", "№", "room", "rm", "tab", "ref", "lfd",
];

/// Abbreviations that end a sentence if the next word is one of [`SENTENCE_STARTERS`].
const MAY_END: &[&str] = &[
    "inc", "corp", "ltd", "co", "bros", "jr", "llc", "dept", "univ", "uu", "mio", "mrd", "std", "млн", "млрд", "тыс",
    "руб", "г", "гг",
];

/// Words that often begin a sentence and are seldom part of a name.
const SENTENCE_STARTERS: &[&str] = &[
    "the", "a", "an", "it", "its", "it's", "this", "that", "these", "those", "there", "then", "we", "you", "he", "she",
    "they", "i", "in", "on", "at", "if", "when", "while", "where", "what", "which", "who", "why", "how", "for", "from",
    "to", "as", "and", "but", "or", "so", "no", "not", "yes", "our", "your", "my", "his", "her", "their", "please",
    "all", "each", "every", "some", "many", "most", "after", "before", "since", "because", "by", "with", "without",
    "do", "does", "did", "is", "are", "was", "can", "will", "here", "now", "also", "however", "use", "see", "call",
    "ask", "der", "die", "das", "ein", "eine", "es", "er", "sie", "wir", "ihr", "im", "am", "dann", "danach", "wenn",
    "bitte", "und", "aber", "auch", "man", "le", "la", "les", "un", "une", "il", "elle", "nous", "vous", "el", "los",
    "las", "en", "это", "он", "она", "они", "мы", "вы", "в", "на", "для", "если",
];

/// German words before an ordinal number, as in `am 3. Oktober`.
const BEFORE_ORDINALS: &[&str] = &[
    "der",
    "die",
    "das",
    "den",
    "dem",
    "des",
    "am",
    "im",
    "vom",
    "zum",
    "zur",
    "beim",
    "ab",
    "bis",
    "seit",
    "und",
    "jeder",
    "jede",
    "jedes",
    "jeden",
    "jedem",
    "ihr",
    "ihre",
    "ihren",
    "ihrem",
    "dieser",
    "diesem",
    "ein",
    "einen",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
    "den",
];

/// German words after an ordinal number.
const AFTER_ORDINALS: &[&str] = &[
    "januar",
    "jänner",
    "februar",
    "märz",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "dezember",
    "jahrhundert",
    "weltkrieg",
    "stock",
    "etage",
    "obergeschoss",
    "klasse",
    "auflage",
];

/// Words after `a.m.` and `p.m.` that go on with the sentence.
const AFTER_HOURS: &[&str] = &[
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "Mon",
    "Tue",
    "Wed",
    "Thu",
    "Fri",
    "Sat",
    "Sun",
    "Eastern",
    "Central",
    "Mountain",
    "Pacific",
    "ET",
    "EST",
    "EDT",
    "CT",
    "CST",
    "CDT",
    "MT",
    "PT",
    "PST",
    "PDT",
    "GMT",
    "UTC",
    "BST",
    "CET",
    "CEST",
    "IST",
    "JST",
];

/// True if the full stop at the end of `sentence` belongs to an abbreviation, an initial or an
/// ordinal number, so that the sentence goes on with `after`.
fn is_abbreviation(sentence: &str, after: &str) -> bool {
    let is_edge = |c: char| c.is_whitespace() || "([{“„\"'‘«/—–".contains(c);
    let stem = &sentence[..sentence.len() - 1];
    let typed = stem.rsplit(is_edge).next().unwrap_or(stem);
    let before = stem[..stem.len() - typed.len()].trim_end();
    let word = typed.to_lowercase();
    let next: String = after.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '\'' | '’')).collect();
    let starts = SENTENCE_STARTERS.contains(&next.to_lowercase().as_str());
    let number_follows = after.starts_with(|c: char| c.is_numeric() || "+#№§".contains(c));
    let is_known = |list: &[&str]| list.contains(&word.as_str());
    let precedes_number = is_known(BEFORE_NUMBERS) || word.ends_with("str");
    let precedes_era = matches!(word.as_str(), "v" | "n") && next == "Chr";
    let precedes_day = matches!(word.as_str(), "a.m" | "p.m") && AFTER_HOURS.contains(&next.as_str());
    if is_known(ABBREVIATIONS) || (number_follows && precedes_number) || precedes_era || precedes_day {
        return true;
    }
    let is_ordinal =
        typed.split('.').all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    if is_ordinal {
        let previous = before.rsplit(char::is_whitespace).next().unwrap_or_default().trim_end_matches(',');
        return BEFORE_ORDINALS.contains(&previous.to_lowercase().as_str()) && !starts
            || AFTER_ORDINALS.contains(&next.to_lowercase().as_str());
    }
    // `z. B. Berlin`: the letters before are abbreviated too, and the first is in lower case.
    let single = |text: &str| text.chars().count() == 1 && text.chars().all(char::is_alphabetic);
    let previous = before.rsplit(is_edge).next().unwrap_or_default();
    let previous = previous.strip_suffix('.').filter(|p| single(p));
    if single(typed) {
        let next_is_letter = single(&next) && after[next.len()..].starts_with('.');
        let spaced = previous.is_some_and(|p| p.chars().all(char::is_lowercase));
        let initial = typed.chars().all(char::is_uppercase) && !starts;
        let spaced = spaced && (typed.chars().all(char::is_uppercase) || !starts);
        return spaced || next_is_letter || (initial && next.starts_with(char::is_uppercase));
    }
    let is_capital = |part: &str| single(part) && part.chars().all(char::is_uppercase);
    let is_acronym = typed.contains('.') && typed.split('.').all(|part| is_capital(part.trim_start_matches('-')));
    (is_acronym || is_known(MAY_END)) && !starts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::sentences;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(sentences(text).map(|range| &text[range]).collect::<Vec<_>>(), expected, "{text:?}");
    }

    #[test]
    fn sentences_end_at_stops_and_line_breaks() {
        check("", &[]);
        check(" \n\t ", &[]);
        check("One sentence", &["One sentence"]);
        check("It is free. Is it open?  Yes!", &["It is free.", "Is it open?", "Yes!"]);
        check("它是免费的。开源吗？是！", &["它是免费的。", "开源吗？", "是！"]);
        check("a title\nIts first line", &["a title", "Its first line"]);
    }

    #[test]
    fn a_full_stop_inside_a_number_ends_nothing() {
        check("It costs 1.50 a month. Cheap.", &["It costs 1.50 a month.", "Cheap."]);
    }

    /// `|` stands where a sentence ends.
    #[track_caller]
    fn splits(text: &str) {
        let plain = text.replace('|', "");
        let expected: Vec<&str> = text.split('|').map(str::trim).collect();
        assert_eq!(sentences(&plain).map(|range| &plain[range]).collect::<Vec<_>>(), expected, "{plain:?}");
    }

    #[test]
    fn addresses_and_file_names_stay_whole() {
        splits("Book at https://example.org/book?room=1&day=2 before noon.| Call us.");
        splits("See https://example.org/a!b?c=D.E#F.| Then go.");
        splits("打开 https://example.org/?a=1。|然后登录。");
        splits("Install the .NET 8 runtime first.| Then restart.");
        splits("Open a.b.txt or README.MD and v1.2.3.| Then edit Main.Java.Test.");
        splits("Write to Desk.Info@Example.Org today.| We answer.");
        splits("免费吗?|是的。|好!|走吧。");
    }

    #[test]
    fn abbreviations_end_nothing() {
        splits("Ask Dr. Miller at the desk.| The fee is approx. 3.50 USD per day.| Keys are free.");
        splits("Room No. 5 is free.| Is it?| No.| It is taken.");
        splits("Bring fruit, e.g. Bananas, i.e. Food.| Eat it.");
        splits("Das kostet ca. 30 Euro.| Es gibt z. B. Äpfel, d. h. Obst.| Siehe Abs. 2 Nr. 5.");
        splits("Der Eintritt kostet z.B. 3 Euro bzw. Nichts.| Danke.");
        splits("Llame al Sr. Gómez o p. ej. Ana.| Gracias.");
        splits("Это т. е. Москва, ул. Ленина, д. 5.| Она большая.");
        splits("Voir M. Dupont ou Mme. Durand.| Merci.");
        splits("Open from Jan. 5 to Dec. 24.| Call tel. +49 123.");
        splits("Prof. Dr. med. Schmidt wohnt in der Hauptstr. 5, Berlin.| Um 50 v. Chr. war es so.");
        splits("Dr.王在家。|他很好。");
        splits("Yahoo! is a name.| Is it?| Yes.");
        splits("We have apples, pears, etc.| They are fresh.");
    }

    #[test]
    fn initials_and_acronyms_end_only_before_a_sentence() {
        splits("It is by J. R. Smith and J.R.R. Tolkien.| Read it.");
        splits("The U.S. Army moves.| It is big.");
        splits("He lives in the U.S.| The law is strict.");
        splits("Take plan B.| Then call Foo Inc. Berlin.");
        splits("We close at 5 p.m.| Call us.");
        splits("Open from 9 a.m. Monday to Friday.| Welcome.");
        splits("Read J.-P. Sartre or А. С. Пушкин.| Now.");
        splits("Книги, газеты и т. д.| Он читает.");
    }

    #[test]
    fn ordinals_end_nothing() {
        splits("Wir öffnen am 3. Oktober im 2. Stock.| Bis dann.");
        splits("Es kostet 5.| Danke.");
        splits("Open it.| 2. Close it.");
    }

    #[test]
    fn quotations_stay_whole() {
        splits("He said \"Stop.\"| Then he left.");
        splits("He asked “Is it open? Is it free?” and left.| I stayed.");
        splits("„Es ist frei.“| Dann ging er.");
        splits("« Bonjour ! »| Puis il partit.");
        splits("« Bonjour ! » dit-il.| Puis il partit.");
        splits("「はい。そうです。」と答えた。|次です。");
        splits("“好。走吧。”他说。|然后走了。");
        splits("他说：“好。”|我走了。");
        splits("It is free (see p. 5. It is short.) for all.| Good.");
    }

    #[test]
    fn every_script_has_its_stops() {
        splits("これは本です。|無料ですか？|はい！|行こう。");
        splits("¿Cuánto cuesta?| ¡Nada!| Bien.");
        splits("هل هو مجاني؟| نعم.");
        splits("यह मुफ्त है।| क्या यह खुला है?| हाँ।");
        splits("ราคา 50 บาทต่อวัน เปิดทุกวัน");
        splits("무료입니다.| 열려 있나요?");
        splits("Wait... then go.| Really?!| Yes… no.");
    }

    #[test]
    fn the_number_of_a_footnote_stays_with_its_sentence() {
        splits("It is free.¹| It is open.[2]| Yes.");
    }

    proptest! {
        #[test]
        fn sentences_lose_nothing_but_space(text in any::<String>()) {
            let kept: String = sentences(&text).map(|range| text[range].to_owned()).collect();
            let dense = |s: &str| s.split_whitespace().collect::<String>();
            prop_assert_eq!(dense(&kept), dense(&text));
        }

        #[test]
        fn sentences_are_in_order_and_trimmed(text in "[a-c.?!。 \n]{0,40}") {
            let mut end = 0;
            for range in sentences(&text) {
                prop_assert!(end <= range.start);
                let sentence = &text[range.clone()];
                prop_assert!(!sentence.is_empty() && sentence == sentence.trim());
                end = range.end;
            }
        }
    }
}

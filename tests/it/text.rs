//! Normal forms, words, languages and slips.

use footnote_engine::text::{
    IncrementalDistance, Language, MAX_NORMAL_CHARS, PhoneticKey, confusables, detect, folded, is_pinyin, normalize,
    number, phonemes, prefix_similarity, readings, sentences, spelling, syllable, typo_similarity, words,
};
use proptest::prelude::*;

#[track_caller]
fn folds(input: &str, normal: &str) {
    assert_eq!(normalize(input), normal, "{input:?}");
}

#[test]
fn normal_forms() {
    folds("", "");
    folds("   \t\n ", "");
    folds("。。。！？", "");
    folds("Whisper", "whisper");
    folds("ＷＨＩＳＰＥＲ　１２", "whisper 12");
    folds("DALL·E 2", "dall e 2");
    folds("GPT-3", "gpt 3");
    folds("這篇文章講了什麼？", "这篇文章讲了什么");
    folds("語音辨識", "语音辨识");
    folds("Café résumé", "cafe resume");
    folds("ガ", "ガ");
    folds("wh\u{200B}is\u{00AD}per", "whisper");
    folds("z̸̡͝a̵͜͝l̷̛͠g̴͘o̶͡", "zalgo");
    folds("soooooo", "soo");
    folds("哈哈哈哈哈", "哈哈");
    folds("10000", "10000");
    folds("it's, well... fine", "it s well fine");
    folds("😂 emoji 🐶", "emoji");
    folds("ﷺ", "صلى الله عليه وسلم");
}

proptest! {
    #[test]
    fn normalising_again_changes_nothing(text in any::<String>()) {
        let once = normalize(&text);
        prop_assert_eq!(&normalize(&once), &once, "{:?}", text);
    }

    #[test]
    fn a_normal_form_is_bounded(text in "\\PC{0,3000}") {
        prop_assert!(normalize(&text).chars().count() <= MAX_NORMAL_CHARS);
    }

    #[test]
    fn words_are_the_normal_form_without_its_spaces(text in any::<String>()) {
        let normal = normalize(&text);
        let joined: String = words(&normal).map(|w| w.text).collect();
        prop_assert_eq!(joined, normal.replace(' ', ""));
    }

    #[test]
    fn sentences_lose_nothing_but_space(text in any::<String>()) {
        let kept: String = sentences(&text).map(|range| text[range].to_owned()).collect();
        let dense = |s: &str| s.split_whitespace().collect::<String>();
        prop_assert_eq!(dense(&kept), dense(&text));
    }
}

#[test]
fn huge_and_hostile_texts_are_bounded() {
    for text in [
        "a".repeat(1_000_000),
        "你".repeat(1_000_000),
        "\u{FDFA}".repeat(100_000),
        "e\u{301}".repeat(1_000_000),
        "👨‍👩‍👧".repeat(100_000),
    ] {
        assert!(normalize(&text).chars().count() <= MAX_NORMAL_CHARS);
    }
}

#[test]
fn words_of_mixed_sentences() {
    let cut = |text: &str| words(&normalize(text)).map(|w| w.text.to_owned()).collect::<Vec<_>>();
    assert_eq!(cut("Whisper的隐私"), ["whisper", "的", "隐", "私"]);
    assert_eq!(cut("gpt3 和GPT 3"), ["gpt3", "和", "gpt", "3"]);
    let normal = normalize("语音 识别");
    assert_eq!(words(&normal).map(|w| w.joined).collect::<Vec<_>>(), [false, true, false, true]);
}

#[track_caller]
fn speaks(text: &str, language: Option<&str>) {
    assert_eq!(detect(text).map(|l| l.to_string()).as_deref(), language, "{text:?}");
}

#[test]
fn languages() {
    speaks("what is it", Some("en"));
    speaks("Whisper 是什么", Some("zh"));
    speaks("これは何ですか", Some("ja"));
    speaks("이게 뭐야", Some("ko"));
    speaks("что это", Some("ru"));
    speaks("123 😂", None);
    assert_eq!(Language::from_tag("zh-Hant-TW"), Some(Language::ZH));
    assert_eq!(Language::from_tag("EN_us"), Some(Language::EN));
    assert_eq!(Language::from_tag(""), None);
    for bad in ["", "z", "ZH", "zhcn", "z1"] {
        assert!(bad.parse::<Language>().is_err(), "{bad}");
    }
}

#[test]
fn slips_are_forgiven_by_length() {
    let pairs = [
        ("wisper", "whisper"),
        ("whsiper", "whisper"),
        ("hwisper", "whisper"),
        ("deepmnid", "deepmind"),
        ("shuterstok", "shutterstock"),
    ];
    for (typed, known) in pairs {
        assert!(
            typo_similarity(typed, known).is_some_and(|likeness| (0.8..1.0).contains(&likeness)),
            "{typed} for {known}"
        );
    }
    for (typed, known) in [
        ("cap", "clip"),
        ("whxxxer", "whisper"),
        ("gpt3x", "gpt4x"),
        ("2021", "2022"),
        ("raining", "training"),
        ("whis", "this"),
    ] {
        assert_eq!(typo_similarity(typed, known), None, "{typed} for {known}");
    }
    assert!(prefix_similarity("whis", "whisper").is_some());
    assert!(prefix_similarity("whi", "whisper").is_none() && prefix_similarity("whisper", "whis").is_none());
}

#[test]
fn pinyin_is_told_from_other_words() {
    for word in ["yuyin", "shibie", "zenmeyong", "a", "lv", "xian"] {
        assert!(is_pinyin(word), "{word}");
    }
    for word in ["whisper", "", "hello", "gpt", "y2", "Yu", "语", &"x".repeat(500), &"shi".repeat(500)] {
        assert!(!is_pinyin(word), "{word}");
    }
}

#[test]
fn characters_are_read() {
    let read = |c: char| readings(c).map(spelling).collect::<Vec<_>>();
    assert_eq!(read('语'), ["yu"]);
    assert_eq!(read('长'), ["zhang", "chang"]);
    assert_eq!(read('绿'), ["lv", "lu"]);
    assert!(read('w').is_empty());
}

#[test]
fn dialects_do_not_tell_some_syllables_apart() {
    let same = |a: &str, b: &str| syllable(a).map(folded) == syllable(b).map(folded);
    for (a, b) in [("zhang", "zan"), ("shi", "si"), ("nv", "lv"), ("hui", "fei"), ("ying", "yin")] {
        assert!(same(a, b), "{a} {b}");
    }
    for (a, b) in [("shi", "zhi"), ("yong", "yang"), ("ma", "me")] {
        assert!(!same(a, b), "{a} {b}");
    }
    assert_eq!(syllable("wh"), None);
}

#[test]
fn look_alikes_are_pairs_of_different_characters() {
    assert!(confusables().any(|two| two == ('未', '末')));
    assert!(confusables().all(|(a, b)| a != b));
}

/// The least distance between what was heard and a name.
fn distance(heard: &str, name: &str) -> f32 {
    let ways = PhoneticKey::of_name(name);
    let heard: Vec<u8> = words(&normalize(heard)).flat_map(|word| phonemes(word.text)).collect();
    let to = |way| {
        let mut comparison = IncrementalDistance::new(way);
        heard.iter().for_each(|sound| comparison.hear(*sound));
        assert!(comparison.lower_bound() <= comparison.distance());
        comparison.distance()
    };
    ways.iter().map(to).fold(f32::INFINITY, f32::min)
}

#[test]
fn names_sound_like_themselves() {
    for (heard, name) in [
        ("威斯珀", "Whisper"),
        ("柯戴克斯", "Codex"),
        ("恰特吉皮提", "ChatGPT"),
        ("克里普", "CLIP"),
        ("see l i p", "CLIP"),
        ("jee pee tee", "GPT-3"),
        ("dolly", "DALL·E 2"),
    ] {
        assert!(distance(heard, name) < 0.12, "{heard} for {name}: {}", distance(heard, name));
    }
    for (heard, name) in
        [("天气", "Whisper"), ("cortisone", "Codex"), ("club", "CLIP"), ("grip", "CLIP"), ("whisker", "Whisper")]
    {
        assert!(distance(heard, name) > 0.12, "{heard} for {name}: {}", distance(heard, name));
    }
    assert!(PhoneticKey::of_name("Bo").is_empty(), "too short to be told from other words");
    assert_eq!(["two", "三", "ii", "12", "x"].map(number), [Some(2), Some(3), Some(2), Some(12), None]);
}

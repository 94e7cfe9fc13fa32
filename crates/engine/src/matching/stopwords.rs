//! Stopwords: words of a question that carry little content.
//!
//! With sample questions, the SVM learns that stopwords are uninformative. The search in section
//! texts needs this list. Section texts are not questions, so question words such as 谁 or "which"
//! are rare in them and would get a high IDF.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::token::Token;
use crate::text::{Alphabet, FUNCTION_WORDS_EN, Language, QuestionRole, Script, is_pinyin, is_unspaced, normalize};

/// The weight of a question word, such as "what". Nearly 0, because the sentence that answers a
/// question does not contain the question word.
const QUESTION_WORD_WEIGHT: f32 = 0.02;
/// The weight of a function word, such as an article or a preposition.
const FUNCTION_WORD_WEIGHT: f32 = 0.5;
/// The weight of a word that names the category of the answer, such as "name" or "year".
const CATEGORY_WEIGHT: f32 = 0.3;

const FUNCTION_WORDS_ZH: &[&str] = &[
    "可以", "主要", "的", "是", "了", "在", "有", "被", "叫", "由", "于", "和", "与", "对", "为", "以", "其", "该",
    "此", "这", "那", "个", "位", "种", "一", "又",
];
const CATEGORIES_ZH: &[&str] = &[
    "名字", "名称", "意思", "定义", "时间", "时期", "时候", "地方", "地区", "原因", "作用", "特点", "方式", "内容",
    "类型", "方面", "称为", "叫做", "叫作", "属于", "位于", "情况", "目的", "影响", "关系",
];
const CATEGORIES_EN: &[&str] = &[
    "kind", "kinds", "type", "types", "name", "names", "named", "call", "called", "term", "terms", "used", "use",
    "another", "way", "year", "years",
];

/// Question words and function words of one further language. They are normalized when first used.
struct WordList {
    language: &'static str,
    question_words: &'static [&'static str],
    function_words: &'static [&'static str],
}

/// The further languages. Words of scripts without spaces are phrases, found anywhere in a text. A
/// phrase that ends with a space, such as a Korean particle, is found only at the end of a word.
const FURTHER: &[WordList] = &[
    WordList {
        language: "de",
        question_words: &[
            "was", "wer", "wie", "wo", "wann", "warum", "wieso", "weshalb", "welche", "welcher", "welches", "welchen",
            "wohin", "woher", "wieviel", "viel", "viele", "bitte", "hallo", "gibt", "wem", "wen", "muss", "kann",
        ],
        function_words: &[
            "der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einem", "einer", "eines", "und", "oder",
            "aber", "ich", "du", "er", "sie", "es", "wir", "ihr", "mir", "mich", "mein", "meine", "meinen", "meinem",
            "meiner", "dein", "sein", "seine", "ihre", "ihren", "euer", "eure", "ist", "sind", "war", "bin", "hat",
            "habe", "haben", "hatte", "wird", "werden", "wurde", "konnen", "man", "mussen", "soll", "will", "in", "im",
            "an", "am", "auf", "aus", "bei", "beim", "mit", "nach", "von", "vom", "vor", "zu", "zum", "zur", "fur",
            "uber", "unter", "um", "durch", "ohne", "nicht", "kein", "keine", "auch", "noch", "schon", "nur", "so",
            "wenn", "dass", "ob", "als", "da", "hier", "dort", "mal", "denn", "doch", "etwas", "alle", "alles", "sich",
        ],
    },
    WordList {
        language: "es",
        question_words: &[
            "que", "quien", "como", "donde", "cuando", "cual", "cuales", "cuanto", "cuanta", "cuantos", "cuantas",
            "por", "hay", "hola", "puedo",
        ],
        function_words: &[
            "el", "la", "los", "las", "un", "una", "unos", "unas", "y", "e", "o", "u", "pero", "de", "del", "a", "al",
            "en", "con", "sin", "para", "sobre", "entre", "desde", "hasta", "yo", "tu", "me", "te", "se", "nos", "lo",
            "le", "les", "mi", "mis", "su", "sus", "este", "esta", "esto", "ese", "esa", "eso", "es", "son", "esta",
            "estan", "ser", "estar", "he", "ha", "han", "tengo", "tiene", "no", "si", "ya", "muy", "mas", "tambien",
            "puede", "pueden", "debo", "hago", "hacer",
        ],
    },
    WordList {
        language: "fr",
        question_words: &[
            "que", "quoi", "qui", "comment", "ou", "quand", "pourquoi", "quel", "quelle", "quels", "quelles",
            "combien", "est", "bonjour", "puis",
        ],
        function_words: &[
            "le", "la", "les", "l", "un", "une", "des", "et", "mais", "de", "du", "d", "a", "au", "aux", "en", "dans",
            "sur", "avec", "sans", "pour", "par", "je", "j", "tu", "il", "elle", "on", "nous", "vous", "ils", "elles",
            "me", "m", "te", "se", "s", "mon", "ma", "mes", "votre", "vos", "son", "sa", "ses", "ce", "c", "cet",
            "cette", "ces", "sont", "ai", "avez", "ont", "etre", "avoir", "ne", "n", "pas", "plus", "qu", "y", "si",
            "faire", "fait", "peut", "peux",
        ],
    },
    WordList {
        language: "it",
        question_words: &[
            "che", "cosa", "chi", "come", "dove", "quando", "perche", "quale", "quali", "quanto", "quanti", "quanta",
            "posso",
        ],
        function_words: &[
            "il", "lo", "la", "i", "gli", "le", "un", "uno", "una", "e", "o", "ma", "di", "del", "della", "dei", "a",
            "al", "alla", "da", "dal", "in", "nel", "nella", "con", "su", "sul", "per", "tra", "io", "tu", "mi", "ti",
            "si", "ci", "mio", "mia", "miei", "suo", "sua", "questo", "questa", "sono", "ho", "ha", "hanno", "essere",
            "non", "piu", "anche", "fare", "puo", "devo",
        ],
    },
    WordList {
        language: "pt",
        question_words: &[
            "que", "quem", "como", "onde", "quando", "porque", "qual", "quais", "quanto", "quantos", "posso",
        ],
        function_words: &[
            "o", "a", "os", "as", "um", "uma", "e", "ou", "mas", "de", "do", "da", "dos", "das", "em", "no", "na",
            "nos", "nas", "com", "sem", "para", "por", "pelo", "pela", "eu", "me", "meu", "minha", "meus", "seu",
            "sua", "este", "esta", "isso", "isto", "sao", "esta", "ser", "tenho", "tem", "nao", "sim", "mais",
            "tambem", "pode", "fazer", "faco", "ao",
        ],
    },
    WordList {
        language: "vi",
        question_words: &[
            "gi", "ai", "nao", "dau", "khi", "sao", "the", "lam", "bao", "nhieu", "may", "khong", "a", "nhi",
        ],
        function_words: &[
            "la", "cua", "va", "hoac", "cho", "voi", "trong", "tren", "o", "tu", "den", "co", "duoc", "bi", "da",
            "dang", "se", "toi", "minh", "ban", "nay", "do", "cac", "nhung", "mot", "thi", "ma", "de", "ve", "theo",
            "can", "phai", "muon", "xin", "hoi",
        ],
    },
    WordList {
        language: "ru",
        question_words: &[
            "что",
            "кто",
            "как",
            "где",
            "куда",
            "откуда",
            "когда",
            "почему",
            "зачем",
            "какой",
            "какая",
            "какое",
            "какие",
            "каким",
            "сколько",
            "ли",
            "можно",
            "подскажите",
            "скажите",
            "пожалуйста",
            "чем",
            "чего",
        ],
        function_words: &[
            "и",
            "или",
            "а",
            "но",
            "в",
            "во",
            "на",
            "с",
            "со",
            "к",
            "ко",
            "у",
            "о",
            "об",
            "от",
            "до",
            "из",
            "за",
            "по",
            "под",
            "над",
            "при",
            "для",
            "без",
            "через",
            "не",
            "ни",
            "да",
            "нет",
            "я",
            "ты",
            "он",
            "она",
            "оно",
            "мы",
            "вы",
            "они",
            "мне",
            "меня",
            "мой",
            "моя",
            "мое",
            "мои",
            "вас",
            "вам",
            "ваш",
            "ваша",
            "ваши",
            "его",
            "ее",
            "их",
            "это",
            "этот",
            "эта",
            "эти",
            "тот",
            "та",
            "то",
            "те",
            "так",
            "же",
            "бы",
            "если",
            "чтобы",
            "есть",
            "был",
            "была",
            "было",
            "были",
            "быть",
            "будет",
            "уже",
            "еще",
            "только",
            "нужно",
            "надо",
            "могу",
            "мочь",
            "может",
            "себя",
            "свой",
            "свою",
            "там",
            "тут",
        ],
    },
    WordList {
        language: "uk",
        question_words: &[
            "що",
            "хто",
            "як",
            "де",
            "куди",
            "коли",
            "чому",
            "який",
            "яка",
            "яке",
            "які",
            "скільки",
            "чи",
            "можна",
        ],
        function_words: &[
            "і",
            "й",
            "та",
            "або",
            "а",
            "але",
            "в",
            "у",
            "на",
            "з",
            "із",
            "до",
            "від",
            "за",
            "по",
            "для",
            "без",
            "не",
            "я",
            "ти",
            "він",
            "вона",
            "ми",
            "ви",
            "вони",
            "мені",
            "мене",
            "мій",
            "моя",
            "це",
            "цей",
            "ця",
            "є",
            "був",
            "була",
            "було",
            "якщо",
            "щоб",
            "вже",
            "ще",
            "тільки",
            "треба",
        ],
    },
    WordList {
        language: "ar",
        question_words: &["ما", "ماذا", "من", "كيف", "اين", "متي", "لماذا", "هل", "كم", "اي"],
        function_words: &[
            "في",
            "علي",
            "الي",
            "عن",
            "مع",
            "و",
            "او",
            "ان",
            "لا",
            "لم",
            "لن",
            "هذا",
            "هذه",
            "ذلك",
            "التي",
            "الذي",
            "انا",
            "انت",
            "هو",
            "هي",
            "نحن",
            "قد",
            "كان",
            "كل",
            "بعد",
            "قبل",
            "عند",
            "يمكن",
            "يمكنني",
            "لي",
            "لدي",
        ],
    },
    WordList {
        language: "ko",
        question_words: &[
            "어떻게",
            "무엇",
            "뭔가요",
            "뭐예요",
            "어디",
            "언제",
            "누가",
            "누구",
            "얼마예요",
            "얼마나",
            "얼마",
            "어떤",
            "어느",
            "있나요",
            "되나요",
            "하나요",
            "인가요",
            "가능한가요",
            "알려주세요",
            "알려 ",
            "주세요",
            "궁금해요",
            "왜 ",
            "몇 ",
            "뭐 ",
        ],
        function_words: &[
            "그리고",
            "또는",
            "제가",
            "저는",
            "나는",
            "좀 ",
            "더 ",
            "안 ",
            "못 ",
            "수 ",
            "있는",
            "없는",
            "있어요",
            "없어요",
            "있습니다",
            "없습니다",
            "있을까요",
            "싶어요",
            "싶은데",
            "싶습니다",
            "때문에",
            "경우",
            "때 ",
            "하셨습니까",
            "했습니까",
            "하겠습니다",
            "되었습니다",
            "하였습니다",
            "했습니다",
            "됩니까",
            "합니까",
            "입니까",
            "습니까",
            "됩니다",
            "합니다",
            "입니다",
            "습니다",
            "하려면",
            "하려고",
            "하는데",
            "하시나요",
            "할까요",
            "될까요",
            "하려는",
            "했는데",
            "됐어요",
            "했어요",
            "하세요",
            "하고싶어요",
            "에서는",
            "에서도",
            "으로는",
            "으로도",
            "까지는",
            "까지만",
            "부터는",
            "에게서",
            "한테서",
            "이라는",
            "이라도",
            "이라면",
            "되려면",
            "하면서",
            "하지만",
            "나요",
            "까요",
            "어요",
            "아요",
            "여요",
            "에요",
            "예요",
            "네요",
            "려면",
            "으면",
            "다면",
            "는데",
            "하는",
            "하면",
            "하고",
            "하기",
            "하지",
            "하여",
            "해서",
            "해야",
            "해요",
            "하다",
            "했던",
            "되는",
            "되면",
            "되어",
            "돼요",
            "된다",
            "한다",
            "에서",
            "에게",
            "한테",
            "께서",
            "으로",
            "부터",
            "까지",
            "처럼",
            "보다",
            "마다",
            "조차",
            "밖에",
            "이나",
            "이랑",
            "에는",
            "에도",
            "로는",
            "로도",
            "라는",
            "라면",
            "이란",
            "이고",
            "이며",
            "이면",
            "인지",
            "인데",
            "은 ",
            "는 ",
            "이 ",
            "가 ",
            "을 ",
            "를 ",
            "의 ",
            "에 ",
            "도 ",
            "로 ",
            "와 ",
            "과 ",
            "만 ",
            "랑 ",
            "할 ",
            "한 ",
            "함 ",
            "해 ",
            "된 ",
            "될 ",
            "됨 ",
            "요 ",
            "고 ",
            "면 ",
            "지 ",
            "기 ",
            "서 ",
            "야 ",
        ],
    },
    WordList {
        language: "ja",
        question_words: &[
            "どうすれば",
            "どうやって",
            "どうしたら",
            "どうやったら",
            "いいですか",
            "よいですか",
            "できますか",
            "ありますか",
            "ますか",
            "ですか",
            "でしょうか",
            "教えてください",
            "教えて",
            "なぜ",
            "どうして",
            "いつ",
            "どこ",
            "だれ",
            "どれ",
            "どの",
            "どんな",
            "いくら",
            "いくつ",
            "何",
            "なに",
            "どう",
        ],
        function_words: &[
            "いただけますか",
            "もらえますか",
            "くれますか",
            "りますか",
            "れますか",
            "えますか",
            "せますか",
            "きますか",
            "てもいいですか",
            "大丈夫ですか",
            "のですが",
            "んですが",
            "ばいい",
            "てほしい",
            "ところ",
            "までに",
            "してください",
            "ください",
            "したい",
            "しました",
            "します",
            "ました",
            "ません",
            "ます",
            "です",
            "でした",
            "する",
            "して",
            "した",
            "しない",
            "されて",
            "された",
            "される",
            "ている",
            "ていた",
            "られる",
            "れる",
            "こと",
            "もの",
            "とき",
            "ある",
            "いる",
            "この",
            "その",
            "あの",
            "これ",
            "それ",
            "から",
            "まで",
            "より",
            "など",
            "ので",
            "のに",
            "たい",
            "ない",
            "は",
            "が",
            "を",
            "に",
            "の",
            "で",
            "と",
            "も",
            "へ",
            "や",
            "か",
            "て",
            "た",
            "ね",
            "よ",
        ],
    },
    WordList {
        language: "th",
        question_words: &[
            "อย่างไร",
            "ยังไง",
            "อะไร",
            "ที่ไหน",
            "เมื่อไหร่",
            "เมื่อไร",
            "ทำไม",
            "ใคร",
            "เท่าไหร่",
            "เท่าไร",
            "กี่",
            "ไหม",
            "หรือเปล่า",
            "ได้ไหม",
        ],
        function_words: &[
            "ครับ",
            "ค่ะ",
            "คะ",
            "นะ",
            "ที่",
            "ซึ่ง",
            "และ",
            "หรือ",
            "แต่",
            "ใน",
            "บน",
            "ของ",
            "กับ",
            "จาก",
            "ถึง",
            "เป็น",
            "คือ",
            "มี",
            "ได้",
            "ให้",
            "จะ",
            "ต้อง",
            "ผม",
            "ฉัน",
            "คุณ",
            "นี้",
            "นั้น",
            "ก็",
            "ไม่",
            "แล้ว",
        ],
    },
];

/// The stopwords of one language.
#[derive(Default)]
struct StopwordWeights {
    words: FxHashMap<String, f32>,
    /// The phrases of a script without spaces, grouped by first character. The longest phrases come
    /// first, because 为什么 must take precedence over 为.
    phrases: FxHashMap<char, Vec<(String, f32)>>,
}

impl StopwordWeights {
    fn new(lists: &[(&[&'static str], f32)]) -> StopwordWeights {
        let mut weights = StopwordWeights::default();
        let all = lists.iter().flat_map(|(list, weight)| list.iter().map(|word| (normal_phrase(word), *weight)));
        for (word, weight) in all {
            match word.chars().next() {
                Some(first) if is_unspaced(first) => weights.phrases.entry(first).or_default().push((word, weight)),
                _ => _ = weights.words.entry(word).or_insert(weight),
            }
        }
        for list in weights.phrases.values_mut() {
            list.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
        }
        weights
    }

    /// Finds the longest stopword phrase at the start of `tokens`. Returns the phrase's length in
    /// tokens, and the phrase's weight.
    fn longest_phrase(&self, tokens: &[Token<'_>]) -> Option<(usize, f32)> {
        let list = self.phrases.get(&tokens.first()?.text.chars().next()?)?;
        list.iter().find_map(|(phrase, weight)| {
            let (mut length, mut rest) = (0, phrase.as_str());
            while !rest.is_empty() {
                let token = tokens.get(length).filter(|t| length == 0 || t.joined)?;
                rest = rest.strip_prefix(&*token.text)?;
                length += 1;
                if rest == " " {
                    let is_end = tokens.get(length).is_none_or(|next| !next.joined);
                    return is_end.then_some((length, *weight));
                }
            }
            Some((length, *weight))
        })
    }
}

/// Normalizes a phrase, except for a space at its end.
fn normal_phrase(phrase: &str) -> String {
    normalize(phrase) + if phrase.ends_with(' ') { " " } else { "" }
}

static ENGLISH: LazyLock<StopwordWeights> = LazyLock::new(|| {
    let question_words = QuestionRole::Stopword.phrases();
    StopwordWeights::new(&[
        (&question_words.latin, QUESTION_WORD_WEIGHT),
        (FUNCTION_WORDS_EN, FUNCTION_WORD_WEIGHT),
        (CATEGORIES_EN, CATEGORY_WEIGHT),
    ])
});

static CHINESE: LazyLock<StopwordWeights> = LazyLock::new(|| {
    let question_words = QuestionRole::Stopword.phrases();
    StopwordWeights::new(&[
        (&question_words.han, QUESTION_WORD_WEIGHT),
        (FUNCTION_WORDS_ZH, FUNCTION_WORD_WEIGHT),
        (CATEGORIES_ZH, CATEGORY_WEIGHT),
    ])
});

/// The stopwords of the languages in [`FURTHER`], in that order.
static OTHERS: LazyLock<Vec<StopwordWeights>> = LazyLock::new(|| {
    let weights = FURTHER.iter().map(|list| {
        StopwordWeights::new(&[
            (list.question_words, QUESTION_WORD_WEIGHT),
            (list.function_words, FUNCTION_WORD_WEIGHT),
        ])
    });
    weights.collect()
});

/// The stopwords of the languages of a knowledge base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stopwords {
    has_english: bool,
    has_chinese: bool,
    /// Indexes into [`FURTHER`].
    others: Vec<u8>,
}

impl Default for Stopwords {
    fn default() -> Stopwords {
        Stopwords { has_english: true, has_chinese: true, others: Vec::new() }
    }
}

impl Stopwords {
    /// Returns the stopwords of some languages. English words count unless the base has another
    /// language in Latin letters instead, and Chinese words unless it has Japanese instead.
    pub fn of(languages: &[Language]) -> Stopwords {
        let has = |code: &str| languages.iter().any(|l| l.as_str() == code);
        let others = FURTHER.iter().enumerate().filter(|(_, list)| has(list.language)).map(|(at, _)| at as u8);
        Stopwords {
            has_english: has("en") || !languages.iter().any(|l| Alphabet::Latin.may_be(*l)),
            has_chinese: has("zh") || !has("ja"),
            others: others.collect(),
        }
    }

    /// Returns the stopwords of the languages in [`FURTHER`] alone.
    pub fn further(languages: &[Language]) -> Stopwords {
        Stopwords { has_english: false, has_chinese: false, ..Stopwords::of(languages) }
    }

    /// Lowers the certainty of stopwords, so that they count less in the comparison with samples.
    ///
    /// A base has few samples, so what questions have in common would outweigh what they are about.
    pub fn discount(&self, tokens: &mut [Token<'_>]) {
        const QUESTION_WORD: f32 = 0.1;
        const FUNCTION_WORD: f32 = 0.3;
        if self.others.is_empty() {
            return;
        }
        let weights = self.weights(tokens);
        for (token, weight) in tokens.iter_mut().zip(weights) {
            if weight < 1.0 && token.product.is_none() {
                token.certainty = if weight < FUNCTION_WORD_WEIGHT { QUESTION_WORD } else { FUNCTION_WORD };
            }
        }
    }

    /// True if there are stopwords of the language.
    pub fn covers(language: Language) -> bool {
        matches!(language.as_str(), "en" | "zh") || FURTHER.iter().any(|list| list.language == language.as_str())
    }

    fn lists(&self) -> impl Iterator<Item = &'static StopwordWeights> {
        let english = self.has_english.then(|| &*ENGLISH);
        let chinese = self.has_chinese.then(|| &*CHINESE);
        english.into_iter().chain(chinese).chain(self.others.iter().filter_map(|at| OTHERS.get(usize::from(*at))))
    }

    /// Returns the stopword weight of each token. A word that is not a stopword has weight 1.
    pub fn weights(&self, tokens: &[Token<'_>]) -> Vec<f32> {
        let mut weights = Vec::with_capacity(tokens.len());
        while let Some(token) = tokens.get(weights.len()) {
            match token.script {
                Script::Letters => {
                    let own = self.lists().filter_map(|list| list.words.get(&*token.text)).copied();
                    weights.push(own.fold(1.0, f32::min));
                }
                Script::Han => {
                    let rest = &tokens[weights.len()..];
                    let longest = self.lists().filter_map(|list| list.longest_phrase(rest)).max_by_key(|(len, _)| *len);
                    let (length, weight) = longest.unwrap_or((1, 1.0));
                    weights.resize(weights.len() + length, weight);
                }
            }
        }
        weights
    }
}

/// True if the character by itself is a question word or a function word, such as 吗 or 的.
pub(super) fn is_particle(character: char) -> bool {
    let is_it = |phrase: &&str| phrase.chars().eq([character]);
    QuestionRole::Stopword.phrases().han.iter().chain(FUNCTION_WORDS_ZH).any(is_it)
}

/// True if the word is an English stopword that cannot be pinyin.
pub(super) fn is_english(word: &str) -> bool {
    (QuestionRole::Stopword.phrases().latin.contains(&word) || FUNCTION_WORDS_EN.contains(&word))
        && word.len() > 1
        && !is_pinyin(word)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{
        CATEGORIES_EN, CATEGORIES_ZH, FUNCTION_WORDS_EN, FUNCTION_WORDS_ZH, FURTHER, Language, QuestionRole, Stopwords,
        Token, is_english, is_particle,
    };

    #[track_caller]
    fn check(normal: &str, expected: &[f32]) {
        assert_eq!(Stopwords::default().weights(&Token::all_exact(normal)), expected, "{normal}");
    }

    /// Asserts the stopword weights of a text in a base of one language.
    #[track_caller]
    fn check_in(language: &str, text: &str, expected: &[f32]) {
        let language: Language = language.parse().expect("a code");
        let normal = crate::text::normalize(text);
        assert_eq!(Stopwords::of(&[language]).weights(&Token::all_exact(&normal)), expected, "{text}");
    }

    #[test]
    fn each_language_has_its_own_stopwords() {
        check_in("de", "Wie kann ich mein Passwort ändern", &[0.02, 0.02, 0.5, 0.5, 1.0, 1.0]);
        check_in("en", "die was", &[1.0, 0.5]);
        check_in("ru", "как изменить мой пароль", &[0.02, 1.0, 0.5, 1.0]);
        check_in("ko", "주차를 어떻게", &[1.0, 1.0, 0.5, 0.02, 0.02, 0.02]);
        check_in("ko", "를주", &[1.0, 1.0]);
        check_in("ja", "返金ですか", &[1.0, 1.0, 0.02, 0.02, 0.02]);
        check_in("th", "รหัสอะไร", &[1.0, 1.0, 1.0, 0.02, 0.02, 0.02, 0.02]);
    }

    #[test]
    fn further_languages_are_covered() {
        for list in FURTHER {
            assert!(Stopwords::covers(list.language.parse().expect("a code")), "{}", list.language);
        }
        assert!(!Stopwords::covers("pl".parse().expect("a code")));
    }

    #[test]
    fn english_words_have_the_weight_of_their_class() {
        check("what is the name of whisper", &[0.02, 0.5, 0.5, 0.3, 0.5, 1.0]);
        check("", &[]);
    }

    #[test]
    fn the_longest_chinese_phrase_wins() {
        check("为什么", &[0.02, 0.02, 0.02]);
        check("为用户", &[0.5, 1.0, 1.0]);
        check("称为语", &[0.3, 0.3, 1.0]);
        check("whisper是什么", &[1.0, 0.5, 0.02, 0.02]);
    }

    #[test]
    fn a_phrase_does_not_span_a_space() {
        check("名 字", &[1.0, 1.0]);
        check("什 么", &[1.0, 0.02]);
    }

    #[test]
    fn the_classes_are_disjoint() {
        let question_words = QuestionRole::Stopword.phrases();
        let lists = [FUNCTION_WORDS_ZH, CATEGORIES_ZH, FUNCTION_WORDS_EN, CATEGORIES_EN];
        let mut met = HashSet::new();
        for word in lists.into_iter().chain([&question_words.han[..], &question_words.latin]).flatten() {
            assert!(met.insert(word), "{word} has two weights");
        }
    }

    #[test]
    fn particles_are_single_characters() {
        for (character, expected) in [('的', true), ('吗', true), ('谁', true), ('什', false), ('语', false)] {
            assert_eq!(is_particle(character), expected, "{character}");
        }
    }

    #[test]
    fn english_stopwords_are_no_pinyin() {
        for (word, expected) in [
            ("what", true),
            ("is", true),
            ("the", true),
            ("me", false),
            ("can", false),
            ("a", false),
            ("whisper", false),
        ] {
            assert_eq!(is_english(word), expected, "{word}");
        }
    }
}

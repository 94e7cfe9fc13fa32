//! Words that frame a question rather than say what it is about.
//!
//! Where there are sample questions, the linear model learns by itself how little these tell. Bodies are no questions: in them 谁 or "which" is rare, and would
//! look telling.

use crate::text::Script;

use super::reading::Token;

/// What a word that asks weighs beside one that says something: it never stands in the sentence that answers.
const ASKS: f32 = 0.02;
/// What a word weighs that only holds others together.
const JOINS: f32 = 0.5;
/// What a word weighs that names the kind of thing asked for.
const KIND_OF_THING: f32 = 0.3;

const ASKING_ZH: &[&str] = &[
    "为什么",
    "怎么样",
    "怎么办",
    "有没有人知道",
    "有没有",
    "能不能",
    "可不可以",
    "是不是",
    "请问",
    "想问",
    "告诉我",
    "什么",
    "怎么",
    "怎样",
    "如何",
    "为何",
    "何时",
    "何地",
    "何处",
    "何人",
    "何种",
    "哪些",
    "哪里",
    "哪儿",
    "哪个",
    "哪位",
    "哪种",
    "哪年",
    "哪一",
    "多少",
    "多久",
    "多长",
    "多大",
    "多高",
    "是否",
    "何",
    "哪",
    "谁",
    "几",
    "吗",
    "呢",
    "吧",
    "呀",
    "啊",
    "么",
    "啥",
    "咋",
];
const JOINING_ZH: &[&str] = &[
    "可以", "主要", "的", "是", "了", "在", "有", "被", "叫", "由", "于", "和", "与", "对", "为", "以", "其", "该",
    "此", "这", "那", "个", "位", "种", "一", "又",
];
const KINDS_ZH: &[&str] = &[
    "名字", "名称", "意思", "定义", "时间", "时期", "时候", "地方", "地区", "原因", "作用", "特点", "方式", "内容",
    "类型", "方面", "称为", "叫做", "叫作", "属于", "位于", "情况", "目的", "影响", "关系",
];
const ASKING_EN: &[&str] = &[
    "what", "who", "whom", "whose", "which", "when", "where", "why", "how", "many", "much", "did", "does", "do",
    "please", "tell", "me", "hey", "hi",
];
const JOINING_EN: &[&str] = &[
    "a", "about", "after", "an", "and", "any", "are", "as", "at", "be", "been", "before", "being", "between", "but",
    "by", "can", "could", "during", "for", "from", "had", "has", "have", "he", "her", "his", "i", "if", "in", "into",
    "is", "it", "its", "let", "may", "my", "no", "not", "of", "on", "or", "other", "our", "s", "she", "should", "so",
    "some", "t", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "to", "us",
    "was", "we", "were", "will", "with", "would", "you", "your",
];
const KINDS_EN: &[&str] = &[
    "kind", "kinds", "type", "types", "name", "names", "named", "call", "called", "term", "terms", "used", "use",
    "another", "way", "year", "years",
];

/// What each token weighs beside one that says something.
pub(super) fn weights(tokens: &[Token<'_>]) -> Vec<f32> {
    let mut weights: Vec<f32> = tokens.iter().map(of_word).collect();
    // Phrases of several characters; the longest first, so that 为什么 is not taken for 什么.
    let mut taken = vec![false; tokens.len()];
    for (phrases, weight) in [(ASKING_ZH, ASKS), (KINDS_ZH, KIND_OF_THING), (JOINING_ZH, JOINS)] {
        for phrase in phrases {
            let length = phrase.chars().count();
            for at in 0..(tokens.len() + 1).saturating_sub(length) {
                let run = &tokens[at..at + length];
                let joined = run.iter().skip(1).all(|t| t.joined);
                let same = joined
                    && phrase
                        .char_indices()
                        .zip(run)
                        .all(|((start, c), t)| t.text == phrase[start..start + c.len_utf8()]);
                if same && !taken[at..at + length].contains(&true) {
                    weights[at..at + length].fill(weight);
                    taken[at..at + length].fill(true);
                }
            }
        }
    }
    weights
}

fn of_word(token: &Token<'_>) -> f32 {
    let word = &*token.text;
    match token.script {
        Script::Han => 1.0,
        Script::Letters if ASKING_EN.contains(&word) => ASKS,
        Script::Letters if JOINING_EN.contains(&word) => JOINS,
        Script::Letters if KINDS_EN.contains(&word) => KIND_OF_THING,
        Script::Letters => 1.0,
    }
}

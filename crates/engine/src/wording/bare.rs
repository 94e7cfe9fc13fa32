//! Questions without content words, which lean on what was shown before. All functions take
//! normalized texts.

use std::sync::LazyLock;

use super::short;
use crate::text::PhraseSet;

/// Words that ask, or that name a property which everything may have.
const BARE: &[&str] = &[
    "什么时候",
    "何时",
    "哪天",
    "哪一天",
    "哪年",
    "哪一年",
    "几月",
    "多久",
    "谁",
    "哪家",
    "哪个公司",
    "哪家公司",
    "怎么",
    "怎样",
    "如何",
    "哪里",
    "哪儿",
    "在哪",
    "多少",
    "多大",
    "什么",
    "啥",
    "吗",
    "没",
    "不",
    "价格",
    "价钱",
    "收费",
    "免费",
    "费用",
    "链接",
    "网址",
    "官网",
    "名字",
    "when",
    "where",
    "who",
    "how",
    "what",
    "which company",
    "cost",
    "price",
    "free",
    "offline",
    "available",
    "why",
    "how come",
    "为什么",
    "为啥",
];
/// Words that may accompany those of [`BARE`].
const BARE_GLUE: &[&str] = &[
    "是",
    "的",
    "了",
    "过",
    "要",
    "得",
    "需要",
    "能",
    "可以",
    "有",
    "做",
    "写",
    "开发",
    "研发",
    "制作",
    "推出",
    "发布",
    "发表",
    "出",
    "出来",
    "上线",
    "用",
    "使用",
    "访问",
    "下载",
    "获取",
    "试",
    "试用",
    "联网",
    "上网",
    "网络",
    "离线",
    "花",
    "钱",
    "付费",
    "付钱",
    "贵",
    "叫",
    "公司",
    "团队",
    "还",
    "也",
    "都",
    "那",
    "请问",
    "啊",
    "呀",
    "呢",
    "吧",
    "access",
    "is",
    "was",
    "are",
    "were",
    "do",
    "does",
    "did",
    "can",
    "could",
    "will",
    "i",
    "to",
    "the",
    "and",
    "so",
    "ok",
    "but",
    "then",
    "much",
    "many",
    "long",
    "big",
    "large",
    "ago",
    "made",
    "make",
    "makes",
    "created",
    "built",
    "developed",
    "wrote",
    "written",
    "released",
    "launched",
    "published",
    "announced",
    "come",
    "came",
    "out",
    "use",
    "used",
    "using",
    "get",
    "have",
    "need",
    "pay",
    "for",
    "by",
    "internet",
    "name",
    "called",
    "company",
    "download",
    "try",
    "about",
    "it",
    "它",
];

/// True if a question has no content words of its own, such as "when" or 谁做的 ("who made it").
#[must_use]
pub(crate) fn is_bare(normal: &str) -> bool {
    bare_flags(normal) == Some(1)
}

/// True if a text has no content words, whether or not it asks anything.
#[must_use]
pub(crate) fn has_no_content(normal: &str) -> bool {
    bare_flags(normal).is_some()
}

/// Returns 1 if a text without content words asks something, 0 if it does not, and `None` if it has
/// content words.
fn bare_flags(normal: &str) -> Option<u32> {
    static SET: LazyLock<PhraseSet> = LazyLock::new(|| {
        PhraseSet::new(BARE.iter().map(|word| (1, *word)).chain(BARE_GLUE.iter().map(|word| (0, *word))))
    });
    short(normal).and_then(|normal| SET.flags(normal))
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::is_bare;

    #[test]
    fn bare_questions_have_no_content_words() {
        check(
            is_bare,
            &[
                "when",
                "什么时候写的",
                "谁做的",
                "要钱吗",
                "how much does it cost",
                "要联网吗",
                "怎么 access",
                "叫什么名字",
                "and who made it",
                "when was it released?",
                "哪家公司做的",
                "free?",
            ],
            &["when did napoleon die", "今天星期几", "谁是总统", "要下雨吗", "is it raining", "的了", "", "现在几点"],
        );
    }
}

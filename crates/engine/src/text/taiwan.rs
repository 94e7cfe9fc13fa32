//! Taiwan's words for things that mainland China calls otherwise, such as 軟體 for 软件.
//!
//! The pairs are from OpenCC's `TWPhrasesRev`, which its configuration `tw2sp` uses. That
//! configuration is not used itself, because it also converts words that both sides use, such as
//! 向量 ("vector") to 矢量 and 文件 to 文档. A question would then miss the sections with its own
//! words.

use std::borrow::Cow;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// Words of Taiwan in traditional characters, each with the mainland's word in simplified ones.
///
/// Some map to their own simplified form, because a shorter word in them must stay.
const WORDS: &[(&str, &str)] = &[
    ("人工智慧", "人工智能"),
    ("伺服器", "服务器"),
    ("位元", "比特"),
    ("位元組", "字节"),
    ("作業系統", "操作系统"),
    ("使用者", "用户"),
    ("個人資料", "个人资料"),
    ("光碟", "光盘"),
    ("內建", "内置"),
    ("函式", "函数"),
    ("列印", "打印"),
    ("印表機", "打印机"),
    ("參考資料", "参考资料"),
    ("圖示", "图标"),
    ("執行緒", "线程"),
    ("外掛", "插件"),
    ("奈米", "纳米"),
    ("字元", "字符"),
    ("字串", "字符串"),
    ("字型", "字体"),
    ("專案", "项目"),
    ("巨集", "宏"),
    ("影片", "视频"),
    ("快取", "缓存"),
    ("掃描器", "扫描仪"),
    ("支援", "支持"),
    ("數位", "数字"),
    ("方程式", "方程式"),
    ("智慧型手機", "智能手机"),
    ("晶片", "芯片"),
    ("智慧財產權", "知识产权"),
    ("桌上型電腦", "台式机"),
    ("檔名", "文件名"),
    ("檔案", "文件"),
    ("滑鼠", "鼠标"),
    ("演算法", "算法"),
    ("登入", "登录"),
    ("登出", "注销"),
    ("相容", "兼容"),
    ("硬碟", "硬盘"),
    ("硬體", "硬件"),
    ("磁碟", "磁盘"),
    ("程式", "程序"),
    ("程式碼", "代码"),
    ("程式設計", "编程"),
    ("程式設計師", "程序员"),
    ("程式語言", "编程语言"),
    ("筆記型電腦", "笔记本电脑"),
    ("簡訊", "短信"),
    ("網咖", "网吧"),
    ("網路", "网络"),
    ("網際網路", "互联网"),
    ("線上", "在线"),
    ("腳踏車", "自行车"),
    ("螢幕", "屏幕"),
    ("視訊", "视频"),
    ("解析度", "分辨率"),
    ("觸控", "触摸"),
    ("計程車", "出租车"),
    ("訊息", "消息"),
    ("訊號", "信号"),
    ("記憶體", "内存"),
    ("資料", "数据"),
    ("資料來源", "资料来源"),
    ("資料夾", "文件夹"),
    ("資料庫", "数据库"),
    ("資訊", "信息"),
    ("軟體", "软件"),
    ("輝達", "英伟达"),
    ("連結", "链接"),
    ("選單", "菜单"),
    ("部落格", "博客"),
    ("閘道器", "网关"),
    ("隨身碟", "u盘"),
    ("音訊", "音频"),
    ("頻寬", "带宽"),
    ("類比", "模拟"),
    ("駭客", "黑客"),
    ("預設", "默认"),
];

/// The words by their first character, longest first.
static BY_FIRST: LazyLock<FxHashMap<char, Vec<(&str, &str)>>> = LazyLock::new(|| {
    let mut by_first: FxHashMap<char, Vec<(&str, &str)>> = FxHashMap::default();
    for (word, mainland) in WORDS {
        by_first.entry(word.chars().next().unwrap_or_default()).or_default().push((word, mainland));
    }
    by_first.values_mut().for_each(|words| words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len())));
    by_first
});

/// Replaces Taiwan's words by the mainland's. The rest of the text keeps its characters.
///
/// Every text is searched, because some of these words have no traditional character, such as 滑鼠
/// and 影片. A question and a title with the same word then stay equal.
pub(super) fn with_mainland_words(text: &str) -> Cow<'_, str> {
    let words_at = |at: usize, c: char| {
        let words = BY_FIRST.get(&c)?;
        words.iter().find(|(word, _)| text[at..].starts_with(word))
    };
    let mut out = String::new();
    let mut copied = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| !c.is_ascii()) {
        if at < copied {
            continue;
        }
        if let Some((word, mainland)) = words_at(at, c) {
            out.push_str(&text[copied..at]);
            out.push_str(mainland);
            copied = at + word.len();
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::{WORDS, with_mainland_words};
    use crate::text::normalize;

    #[test]
    fn words_of_taiwan_are_found_as_those_of_the_mainland() {
        for (taiwan, mainland) in [
            ("印表機壞了", "打印机坏了"),
            ("網路連不上", "网络连不上"),
            ("滑鼠", "鼠标"),
            ("資料庫", "数据库"),
            ("這個軟體要錢嗎", "这个软件要钱吗"),
            ("影片怎麼剪", "视频怎么剪"),
            ("寫程式碼", "写代码"),
            ("訓練資料有多少", "训练数据有多少"),
            ("人工智慧巨頭", "人工智能巨头"),
        ] {
            assert_eq!(normalize(taiwan), mainland, "{taiwan}");
        }
    }

    #[test]
    fn words_of_both_sides_stay() {
        for (text, normal) in [
            ("向量空間", "向量空间"),
            ("參考資料有哪些", "参考资料有哪些"),
            ("文件", "文件"),
            ("解方程式", "解方程式"),
            ("語音識別", "语音识别"),
            ("软件的数据", "软件的数据"),
            ("hello", "hello"),
        ] {
            assert_eq!(normalize(text), normal, "{text}");
        }
    }

    #[test]
    fn each_word_is_listed_once_and_converted_once() {
        for (at, (word, mainland)) in WORDS.iter().enumerate() {
            assert!(WORDS[..at].iter().all(|(other, _)| other != word), "{word} is listed twice");
            let normal = normalize(word);
            assert_eq!(normal, normalize(mainland), "{word}");
            assert_eq!(normalize(&normal), normal, "{word}");
        }
        assert!(matches!(with_mainland_words("什么是软件"), std::borrow::Cow::Borrowed(_)));
    }
}

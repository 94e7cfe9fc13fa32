//! Asserts that a question leads to the same section through every entry point: private chat,
//! mention, `/ask` in a group, inline query and command line.

use footnote_engine::knowledge::SectionId;
use footnote_playground::{Group, GroupKind, Person, Role, Say};
use serde_json::Value;

use crate::harness::{Bot, PATIENCE, engine, footnote};

/// Questions, each with the id of the expected section.
const TABLE: [(&str, &str); 40] = [
    ("what is GPT-3", "gpt-3"),
    ("GPT-3 是什么", "gpt-3"),
    ("gpt3 可以做语法纠错吗", "gpt-3"),
    ("how many apps were built on GPT-3", "gpt-3-applications"),
    ("GPT-3 每天生成多少词", "gpt-3-applications"),
    ("OpenAI API 有多少开发者在用", "gpt-3-applications"),
    ("what is CLIP", "clip"),
    ("CLIP 是什么", "clip"),
    ("how does CLIP work", "clip"),
    ("CLIP 有哪些应用", "clip-applications"),
    ("what can CLIP be used for in moderation", "clip-applications"),
    ("what is DALL-E 2", "dall-e-2"),
    ("dalle2 是什么", "dall-e-2"),
    ("DALL·E 2 的 API 什么时候开放", "dall-e-2"),
    ("Shutterstock 和 OpenAI 合作什么", "dall-e-2-applications"),
    ("Microsoft Designer", "dall-e-2-applications"),
    ("what is Whisper", "whisper"),
    ("Whisper 用了多少小时的数据训练？", "whisper"),
    ("wisper 训练数据多少小时", "whisper"),
    ("whisper yuyin shibie", "whisper"),
    ("Whisper 能在手机上本地运行吗", "whisper-applications"),
    ("is Whisper good for privacy", "whisper-applications"),
    ("what is Codex", "codex"),
    ("Codex 是基于什么模型", "codex"),
    ("how many programming languages does Codex know", "codex"),
    ("what does Pygma do", "codex-applications"),
    ("Replit 用 Codex 做什么", "codex-applications"),
    ("which applications are built on Codex", "codex-applications"),
    ("what is ChatGPT", "chatgpt"),
    ("ChatGPT 是什么时候发布的", "chatgpt"),
    ("ChatGPT 有什么亮点", "chatgpt-highlights"),
    ("does ChatGPT refuse harmful requests", "chatgpt-highlights"),
    ("ChatGPT 能写周报吗", "chatgpt-applications"),
    ("can ChatGPT replace search engines", "chatgpt-applications"),
    ("OpenAI 和 DeepMind 有什么区别", "openai-vs-deepmind"),
    ("how does OpenAI differ from DeepMind", "openai-vs-deepmind"),
    ("这篇文章的作者是谁", "about-article"),
    ("who published this article", "about-article"),
    ("参考资料有哪些", "references"),
    ("推荐的延伸阅读", "further-reading"),
];

const GROUP_ID: i64 = -1_002_000_000_002;

/// Returns the id of the section whose title is the first line of the bot's message.
fn section_of(text: &str) -> Option<String> {
    let engine = engine();
    let title = text.lines().next().unwrap_or_default().trim();
    let has_title = |texts: &std::collections::BTreeMap<_, footnote_engine::knowledge::SectionText>| {
        texts.values().any(|text| text.title == title)
    };
    engine.knowledge().sections.iter().find(|s| has_title(&s.texts)).map(|s| s.id.to_string())
}

#[tokio::test]
async fn every_door_leads_to_the_same_section() {
    let bot = Bot::start().await;
    let fake_telegram = &bot.server.fake_telegram;
    // A different user asks each question in a group, because the rate limiter would not let one
    // user ask as fast as the test does.
    let people: Vec<Person> = (0..TABLE.len() as i64 * 2).map(|i| Person::new(3000 + i, "Somebody", "en")).collect();
    let groups: Vec<i64> = (0..5).map(|i| GROUP_ID - i).collect();
    for id in &groups {
        let members = people.iter().map(|p| (p.clone(), Role::Member)).collect();
        let (title, kind, bot) = ("Readers".to_owned(), GroupKind::Supergroup, Some(Role::Member));
        fake_telegram.add_group(Group { id: *id, title, kind, members, bot });
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut wrong = Vec::new();
    for (at, (question, wanted)) in TABLE.iter().enumerate() {
        assert!(SectionId::parse(wanted).is_some_and(|id| engine().knowledge().find(&id).is_some()), "{wanted}");
        let in_group = async |person: &Person, text: String| -> Value {
            let group = groups[at % groups.len()];
            let before = bot.server.replies(group).len();
            fake_telegram.say_in(group, person, Say::new(&text)).expect("a member");
            bot.server.wait_for_replies(group, before + 1).await.remove(before)
        };
        let asker = Person::new(5000 + at as i64, "Somebody", "en");
        fake_telegram.say(&asker, question);
        let private = bot.server.wait_for_replies(asker.id, 1).await.remove(0);
        let mention = in_group(&people[2 * at], format!("@footnote_bot {question}")).await;
        let command = in_group(&people[2 * at + 1], format!("/ask {question}")).await;
        let id = fake_telegram.inline(&asker, question, "");
        let cards = fake_telegram.inline_answer(&id, PATIENCE).await.expect("an answer");
        let out = footnote(folder.path()).args(["ask", "--json", question]).output().expect("it runs");
        let line: Value = serde_json::from_slice(&out.stdout).expect("JSON");
        let text = |message: &Value| section_of(message["text"].as_str().unwrap_or_default());
        let found = [
            ("private", text(&private)),
            ("mention", text(&mention)),
            ("/ask", text(&command)),
            ("inline", cards["results"][0]["id"].as_str().map(str::to_owned)),
            ("command line", line["sections"][0]["id"].as_str().map(str::to_owned)),
        ];
        for (door, section) in found {
            if section.as_deref() != Some(wanted) {
                wrong.push(format!("{question}: {door} leads to {section:?}, not to {wanted}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    bot.stop().await;
}

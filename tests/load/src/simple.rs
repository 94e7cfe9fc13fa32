//! The minimal bot for comparison. The bot uses teloxide's dispatcher, and answers with the title
//! of the section whose sample question is most similar.

use std::sync::Arc;

use footnote_engine::knowledge;
use teloxide::prelude::*;

use crate::{Result, server};

/// Runs the minimal bot until the process is killed.
pub fn run(address: &str) -> Result<()> {
    let bot = Bot::new(server::TOKEN).set_api_url(address.parse()?);
    let knowledge = knowledge::embedded().knowledge;
    let samples: Vec<(String, String)> = knowledge
        .sections
        .iter()
        .flat_map(|section| section.texts.values())
        .flat_map(|text| text.questions.iter().map(|q| (q.text.to_lowercase(), text.title.clone())))
        .collect();
    let samples = Arc::new(samples);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let answer = |bot: Bot, message: Message, samples: Arc<Vec<(String, String)>>| async move {
            let question = message.text().unwrap_or_default().to_lowercase();
            let likeness = |sample: &(String, String)| strsim::jaro_winkler(&sample.0, &question);
            let best = samples.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
            let text = best.map_or("?", |(_, text)| text.as_str());
            bot.send_message(message.chat.id, text.chars().take(4_000).collect::<String>()).await?;
            respond(())
        };
        let tree = Update::filter_message().endpoint(answer);
        Dispatcher::builder(bot, tree).dependencies(dptree::deps![samples]).build().dispatch().await;
    });
    Ok(())
}

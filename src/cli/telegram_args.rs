//! The options `--token` and `--api-url`, for commands that call the Bot API.

use super::defaults::or;
use crate::telegram::{Api, BotToken};

#[derive(Debug, clap::Args)]
pub struct TelegramArgs {
    /// The bot's token from @BotFather; better in the variable or in .env than on the command line,
    /// where others can see it
    #[arg(long, value_name = "TOKEN", env = "TELOXIDE_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Address of the Bot API
    #[arg(long, value_name = "URL", env = "TELOXIDE_API_URL", default_value = Api::TELEGRAM)]
    api_url: String,
}

impl TelegramArgs {
    /// Creates the Bot API client, or returns `None` if no token is set.
    pub fn api(&self) -> anyhow::Result<Option<Api>> {
        let token = self.token.as_deref().map(str::trim).filter(|token| !token.is_empty());
        let open = |token| anyhow::Ok(Api::new(or(&self.api_url, Api::TELEGRAM), BotToken::parse(token)?)?);
        token.map(open).transpose()
    }
}

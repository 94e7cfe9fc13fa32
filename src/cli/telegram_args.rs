//! Which bot, and where its Bot API is: what every command needs that speaks to Telegram.

use crate::telegram::{Api, Token};

/// The bot's account.
#[derive(Debug, clap::Args)]
pub struct Account {
    /// The bot's token from @BotFather; better in the variable or in .env than on the command line, where others can see it
    #[arg(long, value_name = "TOKEN", env = "TELOXIDE_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Address of the Bot API
    #[arg(long, value_name = "URL", env = "TELOXIDE_API_URL", default_value = Api::TELEGRAM)]
    api_url: String,
}

impl Account {
    /// Its Bot API; nothing where there is no token.
    pub fn api(&self) -> anyhow::Result<Option<Api>> {
        let token = self.token.as_deref().map(str::trim).filter(|token| !token.is_empty());
        let open = |token| anyhow::Ok(Api::new(super::or(&self.api_url, Api::TELEGRAM), Token::parse(token)?)?);
        token.map(open).transpose()
    }
}

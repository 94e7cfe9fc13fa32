//! The bot's own commands, such as `/help`. The commands of products, such as `/whisper`, are not
//! listed here.

use footnote_engine::reply::CommandDescriptions;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    /// Greets the user. In a link that opens the chat with the bot, the argument can be a section
    /// id or a question.
    Start,
    Help,
    Topics,
    /// Asks a question. Needed only in groups, where other text is not addressed to the bot.
    Ask,
    /// Explains how the bot found its last answer in the conversation.
    Why,
    Lang,
    /// Shows the settings of a group to its administrators.
    Settings,
    Privacy,
    MyData,
    /// Erases the sender's data. `/forget group` erases the data of a group, for administrators
    /// only.
    Forget,
}

impl Command {
    /// All commands, in the order of Telegram's command menu.
    pub const ALL: [Command; 10] = [
        Command::Start,
        Command::Help,
        Command::Topics,
        Command::Ask,
        Command::Why,
        Command::Lang,
        Command::Settings,
        Command::Privacy,
        Command::MyData,
        Command::Forget,
    ];

    /// Returns the command with this name. Ignores upper and lower case.
    pub fn parse(name: &str) -> Option<Command> {
        Command::ALL.into_iter().find(|command| command.name().eq_ignore_ascii_case(name))
    }

    /// Returns the name of the command, without the slash.
    pub fn name(self) -> &'static str {
        match self {
            Command::Start => "start",
            Command::Help => "help",
            Command::Topics => "topics",
            Command::Ask => "ask",
            Command::Why => "why",
            Command::Lang => "lang",
            Command::Settings => "settings",
            Command::Privacy => "privacy",
            Command::MyData => "mydata",
            Command::Forget => "forget",
        }
    }

    pub fn description(self, descriptions: &CommandDescriptions) -> &'static str {
        match self {
            Command::Start => descriptions.start,
            Command::Help => descriptions.help,
            Command::Topics => descriptions.topics,
            Command::Ask => descriptions.ask,
            Command::Why => descriptions.why,
            Command::Lang => descriptions.lang,
            Command::Settings => descriptions.settings,
            Command::Privacy => descriptions.privacy,
            Command::MyData => descriptions.my_data,
            Command::Forget => descriptions.forget,
        }
    }
}

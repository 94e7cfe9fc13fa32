//! The bot's own commands.

use footnote_engine::reply::CommandDescriptions;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    /// Begins; a link to the bot can carry a section id or a question.
    Start,
    Help,
    Topics,
    /// Asks a question, for groups.
    Ask,
    /// Explains how the last answer was found.
    Why,
    Lang,
    /// The settings of a group.
    Settings,
    Privacy,
    MyData,
    /// Erases a person's data; `/forget group` erases a group's, for its administrators.
    Forget,
}

impl Command {
    /// In the order of the menu.
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

    /// The command with this name, in any case.
    pub fn parse(name: &str) -> Option<Command> {
        Command::ALL.into_iter().find(|command| command.name().eq_ignore_ascii_case(name))
    }

    /// Without the slash.
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

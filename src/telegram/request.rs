//! What the text of a message asks for: the one parser of commands and questions.

use super::command::Command;

/// What a text asks for. Whether a group message is addressed to the bot at all, `address.rs`
/// decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Request<'a> {
    /// Text without a command.
    Text(&'a str),
    /// What follows `/ask`.
    Ask(&'a str),
    /// One of the bot's own commands.
    Command {
        command: Command,
        argument: &'a str,
        /// Is the bot named, as in `/help@footnote_bot`?
        names_bot: bool,
    },
    /// The command of a product, as in `/whisper price`.
    Product { name: &'a str, rest: &'a str },
    /// A command that is unknown, or another bot's.
    Unknown,
}

impl Request<'_> {
    pub fn parse<'a>(text: &'a str, bot_username: &str, names_product: impl Fn(&str) -> bool) -> Request<'a> {
        let text = text.trim();
        let Some(command) = text.strip_prefix('/') else { return Request::Text(text) };
        let (command, rest) = command.split_at(command.find(char::is_whitespace).unwrap_or(command.len()));
        let (name, bot) = command.split_once('@').map_or((command, None), |(name, bot)| (name, Some(bot)));
        if bot.is_some_and(|bot| !bot.eq_ignore_ascii_case(bot_username)) {
            return Request::Unknown;
        }
        let argument = rest.trim();
        match Command::parse(name) {
            Some(Command::Ask) => Request::Ask(argument),
            // A line break after the name means that a question follows, not an argument.
            Some(command) if rest.is_empty() || rest.starts_with(' ') => {
                Request::Command { command, argument, names_bot: bot.is_some() }
            }
            _ if names_product(name) => Request::Product { name, rest: argument },
            _ => Request::Unknown,
        }
    }

    /// The question that the text puts to the bot.
    pub fn question(&self) -> Option<String> {
        match self {
            Request::Text(text) | Request::Ask(text) => Some((*text).to_owned()),
            Request::Product { name, rest } => Some(format!("{name} {rest}").trim().to_owned()),
            Request::Command { .. } | Request::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, wanted: Request<'_>) {
        assert_eq!(Request::parse(text, "footnote_bot", |name| name == "clip"), wanted, "{text:?}");
    }

    fn command(command: Command, argument: &str, names_bot: bool) -> Request<'_> {
        Request::Command { command, argument, names_bot }
    }

    #[test]
    fn questions_commands_and_the_rest() {
        check(" what is CLIP ", Request::Text("what is CLIP"));
        check("see /help", Request::Text("see /help"));
        check("/ask what is CLIP", Request::Ask("what is CLIP"));
        check("/ASK@Footnote_Bot\nCLIP?", Request::Ask("CLIP?"));
        check("/ask", Request::Ask(""));
        check("/ask@other_bot CLIP", Request::Unknown);
        check("/HELP@Footnote_Bot", command(Command::Help, "", true));
        check("/forget group", command(Command::Forget, "group", false));
        check("/mydata", command(Command::MyData, "", false));
        check("/help@other_bot", Request::Unknown);
        check("/help\nme", Request::Unknown);
        check("/clip", Request::Product { name: "clip", rest: "" });
        check("/clip@footnote_bot  price", Request::Product { name: "clip", rest: "price" });
        check("/clip@other_bot", Request::Unknown);
        check("/weather", Request::Unknown);
        check("/", Request::Unknown);
    }

    #[test]
    fn a_product_command_asks_about_the_product() {
        let question = |text| Request::parse(text, "footnote_bot", |name| name == "clip").question();
        assert_eq!(question("/clip"), Some("clip".to_owned()));
        assert_eq!(question("/clip price"), Some("clip price".to_owned()));
        assert_eq!(question("/help"), None);
    }
}

//! Parses the text of a message: one of the bot's commands, the command of a product, or a
//! question. Private and group messages share this parser.

use super::command::Command;

/// The parsed text of a user's message. `address.rs` decides whether a group message is addressed
/// to the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Request<'a> {
    /// Text that does not begin with a command.
    Text(&'a str),
    /// The text after `/ask`.
    Ask(&'a str),
    /// One of the bot's own commands.
    Command {
        command: Command,
        argument: &'a str,
        /// True if the command contains the bot's username, as in `/help@footnote_bot`.
        names_bot: bool,
    },
    /// The command of a product, as in `/whisper price`.
    Product { name: &'a str, rest: &'a str },
    /// An unknown command, or a command of another bot.
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
            // One of the bot's commands is accepted only if its name is followed by a space or by
            // nothing. If a line break follows, as in `/help` above a question, the text is an
            // unknown command, because the next line is probably not an argument.
            Some(command) if rest.is_empty() || rest.starts_with(' ') => {
                Request::Command { command, argument, names_bot: bot.is_some() }
            }
            _ if names_product(name) => Request::Product { name, rest: argument },
            _ => Request::Unknown,
        }
    }

    /// Returns the question in the user's text. Returns `None` for one of the bot's commands other
    /// than `/ask`, and for unknown commands.
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

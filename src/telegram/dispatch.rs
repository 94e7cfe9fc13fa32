//! The tree of filters and handlers (dptree) that selects the handler of an update.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use teloxide::dptree::di::{DependencyMap, Injectable};
use teloxide::dptree::{self, Handler as Tree, HandlerSignature, deps};

use super::address::{self, Addressed};
use super::bot::Bot;
use super::handlers::conversation::HandlerResult;
use super::handlers::{ask, buttons, commands, group, inline, other, settings};
use super::update::{
    self, CallbackQuery, ChatKind, ChosenCard, Content, Incoming, InlineQuery, MembershipChange, Message, MessageState,
};
use crate::inbox::{Failure, Handler};
use crate::store::{Effects, Lease};

/// Handles inbox rows: parses the update in a row and runs the handler that the tree selects.
pub(super) struct Dispatch {
    tree: Tree<'static, HandlerFuture>,
    bot: Arc<Bot>,
}

impl Dispatch {
    pub fn new(bot: Arc<Bot>) -> Dispatch {
        Dispatch { tree: tree(), bot }
    }
}

impl Handler for Dispatch {
    async fn handle(&self, lease: &Lease) -> Result<Effects, Failure> {
        // An update that cannot be parsed needs no answer, and a retry would not help.
        let Some(incoming) = update::read(&lease.payload) else { return Ok(Effects::default()) };
        if lease.attempts > 1 {
            // Checks before a retry that Telegram is reachable. Otherwise the retry would use up
            // one of the row's attempts, and may send the reply a second time.
            self.bot.api.me().await.map_err(|error| Failure::Unavailable(error.to_string()))?;
        }
        match self.tree.dispatch(deps![incoming, Arc::clone(&self.bot)]).await {
            ControlFlow::Break(endpoint) => endpoint.await,
            ControlFlow::Continue(_) => Ok(Effects::default()),
        }
    }
}

/// The future of the selected handler, which has not started yet.
type HandlerFuture = BoxFuture<'static, HandlerResult>;

/// Returns the last node of a branch of the handler tree. The node returns the future of the
/// handler instead of running the handler.
///
/// While the tree runs, each branch holds a copy of its dependencies. Running the handler inside
/// the tree would keep all these copies in memory until the handler finishes.
#[track_caller]
fn endpoint<F: Injectable<HandlerResult, Args> + Send + Sync + 'static, Args>(
    handler: F,
) -> Tree<'static, HandlerFuture> {
    let handler = Arc::new(handler);
    let signature = HandlerSignature::Other {
        obligations: F::obligations(),
        guaranteed_outcomes: BTreeSet::new(),
        conditional_outcomes: BTreeSet::new(),
        continues: false,
    };
    let end = move |found: DependencyMap, _| {
        let handler = Arc::clone(&handler);
        std::future::ready(ControlFlow::Break(async move { handler.inject(&found)().await }.boxed()))
    };
    dptree::from_fn(end, signature)
}

fn tree() -> Tree<'static, HandlerFuture> {
    dptree::entry()
        .branch(
            dptree::filter_map(private_message)
                .branch(dptree::filter(is_edited).filter(has_text).chain(endpoint(ask::edited)))
                .branch(dptree::filter(is_edited).chain(endpoint(other::nothing)))
                .branch(dptree::filter_map(commands::parse).chain(endpoint(commands::run)))
                .branch(dptree::filter(has_text).chain(endpoint(ask::asked)))
                .branch(dptree::filter(is_content).chain(endpoint(other::not_text))),
        )
        .branch(
            dptree::filter_map(group_message)
                .branch(dptree::filter(is_migration).chain(endpoint(group::migrated)))
                .branch(dptree::filter(is_edited).filter_map(addressed).chain(endpoint(group::edited)))
                .branch(dptree::filter(is_edited).chain(endpoint(other::nothing)))
                .branch(dptree::filter_map(addressed).chain(endpoint(group::asked)))
                .branch(dptree::filter(commands::is_settings).chain(endpoint(settings::show)))
                .branch(dptree::filter_map(commands::parse).chain(endpoint(commands::run)))
                .branch(dptree::filter(has_text).chain(endpoint(group::proactive))),
        )
        .branch(dptree::filter_map(membership).chain(endpoint(group::membership)))
        .branch(dptree::filter_map(callback_query).chain(endpoint(buttons::pressed)))
        .branch(dptree::filter_map(inline_query).chain(endpoint(inline::typed)))
        .branch(dptree::filter_map(chosen).chain(endpoint(inline::chosen)))
}

/// Returns the message if a person wrote it in a private chat with the bot.
fn private_message(incoming: Incoming) -> Option<Message> {
    match incoming {
        Incoming::Message(message) if message.chat == ChatKind::Private && !message.by_bot => Some(message),
        _ => None,
    }
}

/// Returns the message if a person, not a bot, wrote it in a group.
fn group_message(incoming: Incoming) -> Option<Message> {
    match incoming {
        Incoming::Message(message) if message.chat == ChatKind::Group && !message.by_bot => Some(message),
        _ => None,
    }
}

fn addressed(message: Message, bot: Arc<Bot>) -> Option<Addressed> {
    address::read(&message, &bot.me, |name| bot.engine.names_product(name))
}

fn is_migration(message: Message) -> bool {
    message.migration.is_some()
}

fn membership(incoming: Incoming) -> Option<MembershipChange> {
    if let Incoming::MembershipChange(membership) = incoming { Some(membership) } else { None }
}

fn callback_query(incoming: Incoming) -> Option<CallbackQuery> {
    if let Incoming::CallbackQuery(query) = incoming { Some(query) } else { None }
}

fn inline_query(incoming: Incoming) -> Option<InlineQuery> {
    if let Incoming::InlineQuery(inline) = incoming { Some(inline) } else { None }
}

fn chosen(incoming: Incoming) -> Option<ChosenCard> {
    if let Incoming::ChosenCard(chosen) = incoming { Some(chosen) } else { None }
}

fn is_edited(message: Message) -> bool {
    message.state == MessageState::Edited
}

fn has_text(message: Message) -> bool {
    message.text.is_some_and(|text| !text.trim().is_empty())
}

fn is_content(message: Message) -> bool {
    message.content == Content::FromUser
}

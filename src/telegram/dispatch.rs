//! The tree of what the bot understands, and who answers it.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use teloxide::dptree::di::{DependencyMap, Injectable};
use teloxide::dptree::{self, Handler as Tree, HandlerSignature, deps};

use super::address::{self, Addressed};
use super::bot::Bot;
use super::handlers::{Outcome, ask, buttons, commands, group, inline, other, settings};
use super::update::{
    self, CallbackQuery, ChatKind, Chosen, Content, Incoming, Inline, Membership, Message, MessageState,
};
use crate::inbox::{Failure, Handler};
use crate::store::{Effects, Lease};

/// Handles a row of the inbox by the tree.
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
        // What cannot be read is nobody's: there is no one to answer, and no repetition would help.
        let Some(incoming) = update::read(&lease.payload) else { return Ok(Effects::default()) };
        if lease.attempts > 1 {
            // Whether something was sent the time before may be unknown. As long as nobody is answered, trying would only use the attempts up, or send it again and again.
            self.bot.api.me().await.map_err(|error| Failure::Unavailable(error.to_string()))?;
        }
        match self.tree.dispatch(deps![incoming, Arc::clone(&self.bot)]).await {
            ControlFlow::Break(errand) => errand.await,
            ControlFlow::Continue(_) => Ok(Effects::default()),
        }
    }
}

/// What is to be done about an update, not yet begun.
type HandlerFuture = BoxFuture<'static, Outcome>;

/// The end of a branch. It gives the errand instead of running it: every branch on the way holds a copy of all that it passed on for as long as the tree runs, and that would be
/// most of what a row in hand takes in memory.
#[track_caller]
fn errand<F: Injectable<Outcome, Args> + Send + Sync + 'static, Args>(handler: F) -> Tree<'static, HandlerFuture> {
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
                .branch(dptree::filter(is_edited).filter(has_text).chain(errand(ask::edited)))
                .branch(dptree::filter(is_edited).chain(errand(other::nothing)))
                .branch(dptree::filter_map(commands::parse).chain(errand(commands::run)))
                .branch(dptree::filter(has_text).chain(errand(ask::asked)))
                .branch(dptree::filter(is_content).chain(errand(other::not_text))),
        )
        .branch(
            dptree::filter_map(group_message)
                .branch(dptree::filter(is_migration).chain(errand(group::migrated)))
                .branch(dptree::filter(is_edited).filter_map(addressed).chain(errand(group::edited)))
                .branch(dptree::filter(is_edited).chain(errand(other::nothing)))
                .branch(dptree::filter_map(addressed).chain(errand(group::asked)))
                .branch(dptree::filter(commands::is_settings).chain(errand(settings::show)))
                .branch(dptree::filter_map(commands::parse).chain(errand(commands::run)))
                .branch(dptree::filter(has_text).chain(errand(group::overheard))),
        )
        .branch(dptree::filter_map(membership).chain(errand(group::membership)))
        .branch(dptree::filter_map(press).chain(errand(buttons::pressed)))
        .branch(dptree::filter_map(inline_query).chain(errand(inline::typed)))
        .branch(dptree::filter_map(chosen).chain(errand(inline::chosen)))
}

/// A message in a private chat, by a person.
fn private_message(incoming: Incoming) -> Option<Message> {
    match incoming {
        Incoming::Message(message) if message.chat == ChatKind::Private && !message.by_bot => Some(message),
        _ => None,
    }
}

/// A message in a group, by a person.
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

fn membership(incoming: Incoming) -> Option<Membership> {
    if let Incoming::Membership(membership) = incoming { Some(membership) } else { None }
}

fn press(incoming: Incoming) -> Option<CallbackQuery> {
    if let Incoming::CallbackQuery(press) = incoming { Some(press) } else { None }
}

fn inline_query(incoming: Incoming) -> Option<Inline> {
    if let Incoming::Inline(inline) = incoming { Some(inline) } else { None }
}

fn chosen(incoming: Incoming) -> Option<Chosen> {
    if let Incoming::Chosen(chosen) = incoming { Some(chosen) } else { None }
}

fn is_edited(message: Message) -> bool {
    message.state == MessageState::Edited
}

fn has_text(message: Message) -> bool {
    message.text.is_some_and(|text| !text.trim().is_empty())
}

fn is_content(message: Message) -> bool {
    message.content == Content::Sent
}

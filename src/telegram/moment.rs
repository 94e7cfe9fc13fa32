//! What only this process knows, and forgets with it: who asked how often, what the latest answers answer, who is an administrator, when a group was last spoken to unasked, how fast messages go out.

use super::admins::Admins;
use super::limits::Limits;
use super::overheard::Overheard;
use super::pace::Pace;
use super::recent::Recent;

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Moment {
    pub limits: Limits,
    pub recent: Recent,
    pub admins: Admins,
    pub overheard: Overheard,
    pub pace: Pace,
}

//! What only this process knows, and forgets with it: who asked how often, what the latest answers answer, who is an administrator, when a group was last spoken to unasked, how fast messages go out.

use super::admin_cache::Admins;
use super::answer_cache::Recent;
use super::proactive_limiter::Overheard;
use super::rate_limiter::Limits;
use super::send_rate_limiter::Pace;

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Moment {
    pub limits: Limits,
    pub recent: Recent,
    pub admins: Admins,
    pub overheard: Overheard,
    pub pace: Pace,
}

//! The rate limiters and caches of this process, which are lost when the process ends.

use super::admin_cache::AdminCache;
use super::answer_cache::AnswerCache;
use super::proactive_limiter::ProactiveLimiter;
use super::rate_limiter::RateLimiter;
use super::send_rate_limiter::SendRateLimiter;

#[derive(Debug, Default)]
pub(super) struct InMemoryState {
    pub rate_limiter: RateLimiter,
    pub answer_cache: AnswerCache,
    pub admin_cache: AdminCache,
    pub proactive_limiter: ProactiveLimiter,
    pub send_rate_limiter: SendRateLimiter,
}

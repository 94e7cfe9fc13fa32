//! Records every question, and matches each answer to its question.
//!
//! An answer does not name its question. Therefore each chat asks questions from a fixed list, the
//! palette, in turn. The answers to the palette have different first lines.
//!
//! In a private chat, the first line of an answer shows which palette question was answered. If the
//! chat asked this question several times, the one nearest to the last answered question counts. In
//! a group, the bot replies to the message of the question.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// A question of the palette, with the first line of its expected answer.
#[derive(Debug, Clone)]
pub struct Known {
    pub text: String,
    pub mark: String,
}

#[derive(Debug)]
struct Asked {
    which: usize,
    message_id: i64,
    at: Instant,
    answers: u64,
    wait: Option<Duration>,
}

#[derive(Debug, Default)]
struct Chat {
    asked: Vec<Asked>,
    /// Index in `asked` of the first question without an answer.
    next: usize,
    /// One more than the index in `asked` of the last question that has an answer.
    reached: usize,
}

/// Numbers of the bot's messages to a chat for which the oracle has recorded no question. Some runs
/// send such a chat unrecorded messages, for example to flood the bot.
#[derive(Debug, Default, Clone, Copy)]
pub struct Loose {
    /// Number of messages that begin like the expected answer to a palette question.
    pub answers: u64,
    /// Number of all other messages, such as notices of the rate limit.
    pub others: u64,
}

/// Chooses the next question of each chat, and records the answers.
#[derive(Debug, Default)]
pub struct Oracle {
    palette: Vec<Known>,
    chats: HashMap<i64, Chat>,
    loose: HashMap<i64, Loose>,
    strange: u64,
    order: u64,
}

/// The results of all recorded questions.
#[derive(Debug, Default)]
pub struct Tally {
    pub asked: u64,
    pub lost: u64,
    pub twice: u64,
    pub order: u64,
    /// Number of answers that fit no question.
    pub strange: u64,
    /// Response times of all answered questions, sorted.
    pub waits: Vec<Duration>,
    /// Response times, sorted, of the chats that were never held up: each answer arrived within the
    /// time limit that was passed to [`Oracle::tally`].
    pub unheld: Vec<Duration>,
    /// Number of chats that were held up: at least one answer exceeded this time limit.
    pub held_chats: u64,
}

/// Returns the first line of a text. The oracle recognises an answer by its first line.
pub fn mark_of(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

impl Oracle {
    pub fn set_palette(&mut self, palette: Vec<Known>) {
        self.palette = palette;
    }

    pub fn palette(&self) -> &[Known] {
        &self.palette
    }

    /// Returns the shortest question of the palette, for floods. Those of its messages that the
    /// rate limit holds up are still in the database at the end, and the search for leaks skips
    /// short questions.
    ///
    /// # Panics
    /// If there is no palette yet.
    pub fn shortest(&self) -> &str {
        let texts = self.palette.iter().map(|known| known.text.as_str());
        texts.min_by_key(|text| text.len()).expect("the oracle is calibrated")
    }

    /// Records and returns the next question of a chat.
    pub fn ask(&mut self, chat: i64, message_id: i64) -> &str {
        let asked = &mut self.chats.entry(chat).or_default().asked;
        let which = (asked.len() + usize::try_from(chat.unsigned_abs() % 1_000).unwrap_or(0)) % self.palette.len();
        asked.push(Asked { which, message_id, at: Instant::now(), answers: 0, wait: None });
        &self.palette[which].text
    }

    /// Records a message from the bot to a chat. `replies_to` is the id of the message to which the
    /// bot replied.
    pub fn answered(&mut self, chat_id: i64, text: &str, replies_to: Option<i64>) {
        let which = self.palette.iter().position(|known| known.mark == mark_of(text));
        let Some(chat) = self.chats.get_mut(&chat_id) else {
            let loose = self.loose.entry(chat_id).or_default();
            *(if which.is_some() { &mut loose.answers } else { &mut loose.others }) += 1;
            return;
        };
        let found = match replies_to {
            Some(id) => chat.asked.iter().position(|asked| asked.message_id == id && Some(asked.which) == which),
            None => which.and_then(|which| chat.nearest(which)),
        };
        let Some(at) = found else {
            self.strange += 1;
            return;
        };
        let asked = &mut chat.asked[at];
        asked.answers += 1;
        if asked.answers > 1 {
            return;
        }
        asked.wait = Some(asked.at.elapsed());
        self.order += u64::from(at < chat.reached);
        chat.reached = chat.reached.max(at + 1);
        while chat.asked.get(chat.next).is_some_and(|asked| asked.answers > 0) {
            chat.next += 1;
        }
    }

    pub fn open(&self) -> usize {
        self.chats.values().map(|chat| chat.asked[chat.next..].iter().filter(|a| a.answers == 0).count()).sum()
    }

    /// Counts the chats that the bot is probably answering now: chats whose first question without
    /// an answer is younger than `longest`.
    pub fn in_hand(&self, longest: Duration) -> usize {
        let waits = |chat: &&Chat| chat.asked.get(chat.next).is_some_and(|first| first.at.elapsed() < longest);
        self.chats.values().filter(waits).count()
    }

    /// Returns the response times of the answered questions in the chats that `is_meant` selects,
    /// sorted.
    pub fn waits_in(&self, is_meant: impl Fn(i64) -> bool) -> Vec<Duration> {
        let chats = self.chats.iter().filter(|(id, _)| is_meant(**id)).flat_map(|(_, chat)| &chat.asked);
        let mut waits: Vec<Duration> = chats.filter_map(|asked| asked.wait).collect();
        waits.sort_unstable();
        waits
    }

    pub fn loose(&self, chat: i64) -> Loose {
        self.loose.get(&chat).copied().unwrap_or_default()
    }

    /// Sums up the results of all chats. A chat counts as held up if one of its answers took longer
    /// than `held`.
    pub fn tally(&self, held: Duration) -> Tally {
        let mut tally = Tally { order: self.order, strange: self.strange, ..Tally::default() };
        for chat in self.chats.values() {
            tally.asked += chat.asked.len() as u64;
            tally.lost += chat.asked.iter().filter(|a| a.answers == 0).count() as u64;
            tally.twice += chat.asked.iter().map(|a| a.answers.saturating_sub(1)).sum::<u64>();
            let waits = || chat.asked.iter().filter_map(|asked| asked.wait);
            tally.waits.extend(waits());
            if waits().all(|wait| wait <= held) {
                tally.unheld.extend(waits());
            } else {
                tally.held_chats += 1;
            }
        }
        tally.waits.sort_unstable();
        tally.unheld.sort_unstable();
        tally
    }
}

impl Chat {
    /// Finds the recorded question to which an answer belongs. `which` is the index of the answered
    /// question in the palette. A chat may have asked this question several times; the recorded
    /// question nearest to the last answered one is chosen. If the answer is a duplicate, this
    /// question already has an answer.
    fn nearest(&self, which: usize) -> Option<usize> {
        let nearest = |is_answered: bool| {
            let alike = (0..self.asked.len()).filter(|at| self.asked[*at].which == which);
            // Measures the distance from the last answered question. The oldest unanswered question
            // would be the wrong place to start, because a lost question stays unanswered for ever.
            alike.filter(|at| (self.asked[*at].answers > 0) == is_answered).min_by_key(|at| at.abs_diff(self.reached))
        };
        match (nearest(false), nearest(true)) {
            (Some(new), Some(old)) if old.abs_diff(self.reached) < new.abs_diff(self.reached) => Some(old),
            (new, old) => new.or(old),
        }
    }
}

pub fn quantile(sorted: &[Duration], share: f64) -> Duration {
    let at = (sorted.len().saturating_sub(1)) as f64 * share;
    sorted.get(at.round() as usize).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(answers: &[(&str, Option<i64>)]) -> (u64, u64, u64, u64) {
        let mut oracle = Oracle::default();
        oracle.set_palette(["a", "b", "c", "d"].map(|m| Known { text: m.to_owned(), mark: m.to_owned() }).to_vec());
        for id in 0..8 {
            oracle.ask(4_000, id);
        }
        for (answer, replies_to) in answers {
            oracle.answered(4_000, answer, *replies_to);
        }
        let tally = oracle.tally(Duration::MAX);
        (tally.lost, tally.twice, tally.order, tally.strange)
    }

    fn after_words(answers: &[&str]) -> (u64, u64, u64, u64) {
        after(&answers.iter().map(|answer| (*answer, None)).collect::<Vec<_>>())
    }

    #[test]
    fn it_tells_what_became_of_each() {
        assert_eq!(after_words(&["a", "b", "c", "d", "a", "b", "c", "d"]), (0, 0, 0, 0));
        assert_eq!(after_words(&["a", "a", "b", "c", "d", "a", "b", "c", "d"]), (0, 1, 0, 0));
        assert_eq!(after_words(&["a", "c", "d", "a", "b", "c", "d"]), (1, 0, 0, 0));
        assert_eq!(after_words(&["b", "a", "c", "d", "a", "b", "c", "d", "?"]), (0, 0, 1, 1));
        assert_eq!(after_words(&["a", "b"]), (6, 0, 0, 0));
    }

    #[test]
    fn a_reply_answers_the_question_it_replies_to_if_it_fits() {
        let all: Vec<_> = ["a", "b", "c", "d"].into_iter().cycle().zip((0..8).map(Some)).collect();
        assert_eq!(after(&all), (0, 0, 0, 0));
        assert_eq!(after(&[&all[..3], &all[2..]].concat()), (0, 1, 0, 0));
        assert_eq!(after(&[&all[1..2], &all[..1], &all[2..]].concat()), (0, 0, 1, 0));
        assert_eq!(after(&[&[("too fast", Some(0))], &all[1..]].concat()), (1, 0, 0, 1), "words that answer nothing");
        assert_eq!(after(&[&[("b", Some(0))], &all[1..]].concat()), (1, 0, 0, 1), "another one's answer");
    }
}

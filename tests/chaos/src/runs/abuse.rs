//! Runs with hostile users, and with programs other than Telegram that connect to the webhook.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::text::slowest_match;
use super::{Bench, Crowd, Verdict, calibrate, finish, is_whole, pump, ready, told};
use crate::bot::Bot;
use crate::deliver::{SECRET, exchange};
use crate::faults::Rng;
use crate::oracle::quantile;
use crate::server::Server;

fn panics(bot: &Bot) -> usize {
    std::fs::read_to_string(bot.log()).unwrap_or_default().matches("panicked").count()
}

/// Returns a JSON value that is mostly of the wrong type, and sometimes very large or deeply
/// nested.
fn nonsense(rng: &mut Rng) -> Value {
    match rng.below(12) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(-1),
        3 => json!(2_147_483_648_i64),
        4 => json!(9_223_372_036_854_775_808_u64),
        5 => json!(1.5e300),
        6 => json!("\u{202e}\u{0}x"),
        7 => json!([]),
        8 => json!({}),
        9 => json!("长".repeat(20_000)),
        10 => (0..200).fold(json!(0), |inner, _| json!([inner])),
        _ => json!([{"type": "nonsense", "offset": -5, "length": 1_000_000}]),
    }
}

fn mutate(value: &mut Value, rng: &mut Rng) {
    match value {
        Value::Object(fields) => {
            for key in fields.keys().cloned().collect::<Vec<_>>() {
                match rng.below(10) {
                    0 => drop(fields.remove(&key)),
                    1 => drop(fields.insert(key, nonsense(rng))),
                    _ => fields.values_mut().for_each(|inner| {
                        if rng.happens(0.2) {
                            mutate(inner, rng)
                        }
                    }),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mutate(item, rng)),
        other => {
            if rng.happens(0.1) {
                *other = nonsense(rng);
            }
        }
    }
}

/// Generates an update with random errors. The server sets the `update_id` afterwards, so this
/// field stays valid.
fn malformed_update(text: &str, rng: &mut Rng) -> Value {
    let person =
        json!({"id": 5_000_000 + rng.below(10_000), "is_bot": false, "first_name": "P", "language_code": "en"});
    let chat = json!({"id": person["id"], "type": "private", "first_name": "P"});
    let message = json!({"message_id": rng.below(1_000), "date": 1_700_000_000, "chat": chat, "from": person, "text": text,
        "entities": [{"type": "bold", "offset": 0, "length": 2}], "reply_to_message": {"message_id": 1, "chat": chat, "date": 1}});
    let mut update = match rng.below(7) {
        0 => json!({"edited_message": message}),
        1 => {
            json!({"callback_query": {"id": "c", "from": person, "data": "x", "chat_instance": "1", "message": message}})
        }
        2 => json!({"inline_query": {"id": "i", "from": person, "query": text, "offset": ""}}),
        3 => {
            json!({"my_chat_member": {"chat": chat, "from": person, "date": 1, "old_chat_member": {"status": "left", "user": person}, "new_chat_member": {"status": "member", "user": person}}})
        }
        4 => json!({"a_kind_of_next_year": {"chat": chat, "text": text}}),
        _ => json!({"message": message}),
    };
    mutate(&mut update, rng);
    if update.is_object() { update } else { json!({}) }
}

pub async fn malformed(bench: &Bench) -> Verdict {
    let (server, bot, mut process) = ready().await;
    let (count, mut rng) = (bench.pick(1_000u32, 10_000), Rng::new(bench.seed));
    let text = server.state().oracle.palette()[0].text.clone();
    // Sends 125 malformed updates a second, beside 12 valid questions a second.
    let breaking = async {
        for number in 0..count {
            server.update(i64::from(number), malformed_update(&text, &mut rng), None);
            tokio::time::sleep(Duration::from_millis(8)).await;
        }
    };
    tokio::join!(breaking, pump(&server, 12, Duration::from_millis(8) * count, Crowd::new(200, 20)));
    let is_answered = server.answered(Duration::from_secs(60)).await;
    let is_alive = process.is_running();
    let (tally, has_ended) = finish(bench, &server, &bot, &mut process).await;
    Verdict {
        is_good: is_answered && is_alive && is_whole(&tally) && tally.twice == 0 && panics(&bot) == 0 && has_ended,
        figures: format!("{count} malformed, {} panics; the good ones: {}", panics(&bot), told(&tally)),
        mark: "good ones all answered once, 0 panics, nothing of a text in the log (run 26)".to_owned(),
    }
}

/// Connects to the webhook and sends one byte a second. Connects again whenever the bot closes the
/// connection.
async fn dawdle(port: u16) {
    loop {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)).await {
            for letter in b"POST /telegram HTTP/1.1".iter().cycle() {
                let is_closed = async { stream.write_all(&[*letter]).await.is_err() }.await;
                let mut nothing = [0; 16];
                let heard = tokio::time::timeout(Duration::from_secs(1), stream.read(&mut nothing)).await;
                if is_closed || matches!(heard, Ok(Ok(0) | Err(_))) {
                    break;
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn stranger(port: u16, verb: &str, secret: &str, more: &str, length: usize) -> u16 {
    let Ok(stream) = TcpStream::connect(("127.0.0.1", port)).await else { return 0 };
    let head = format!(
        "{verb} /telegram HTTP/1.1\r\nHost: bot\r\nX-Telegram-Bot-Api-Secret-Token: {secret}\r\n{more}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    exchange(stream, head.as_bytes(), &vec![b'{'; length]).await.status
}

/// Number of slow connections: as many as the bot's webhook accepts at once.
const DAWDLERS: usize = 512;

pub async fn strangers(bench: &Bench) -> Verdict {
    let server = Server::start().await;
    let bot = Bot::footnote(&server).listening(&server);
    let mut process = bot.start();
    calibrate(&server).await;
    pump(&server, 200, Duration::from_secs(2), Crowd::new(1_000, 0)).await;
    let before = process.memory("VmRSS:");
    server.state().faults.repeat = 5;
    let port = bot.webhook.expect("it listens");
    let mut dawdlers = JoinSet::new();
    for _ in 0..DAWDLERS {
        dawdlers.spawn(dawdle(port));
    }
    let (count, mut wrong) = (bench.pick(500u32, 5_000), Vec::new());
    let abusing = async {
        for number in 0..count {
            let (got, wanted) = match number % 5 {
                0 => (stranger(port, "POST", "a-wrong-secret-altogether", "", 100).await, 401),
                1 => (
                    stranger(
                        port,
                        "POST",
                        "a-wrong-secret-altogether",
                        "",
                        if number % 50 == 1 { 3_000_000 } else { 9_000 },
                    )
                    .await,
                    401,
                ),
                2 => (stranger(port, "GET", SECRET, "", 0).await, 405),
                3 if number % 50 == 3 => (stranger(port, "POST", SECRET, "", 3_000_000).await, 413),
                3 => (stranger(port, "POST", "", "", 0).await, 401),
                _ => (stranger(port, "POST", SECRET, "Content-Encoding: gzip\r\n", 10_000).await, 200),
            };
            // Requests whose `number % 5` is 1 or 3 may get no response (status 0). When the bot
            // rejects a long request early, closing the connection can discard the response.
            if got != wanted && !(got == 0 && [1, 3].contains(&(number % 5))) {
                wrong.push((number % 5, got));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::join!(abusing, pump(&server, 200, Duration::from_millis(12) * count, Crowd::new(1_000, 0)));
    let is_answered = server.answered(Duration::from_secs(60)).await;
    let grown = process.memory("VmHWM:") - before;
    dawdlers.shutdown().await;
    let (tally, has_ended) = finish(bench, &server, &bot, &mut process).await;
    let late = quantile(&tally.waits, 0.99);
    Verdict {
        is_good: is_answered
            && is_whole(&tally)
            && tally.twice == 0
            && wrong.is_empty()
            && late < Duration::from_millis(500)
            && grown < 30.0
            && has_ended,
        figures: format!(
            "{DAWDLERS} dawdling connections, {count} strangers ({} with another status than due), each update brought 5 times: {}; memory +{grown:.1} MiB",
            wrong.len(),
            told(&tally)
        ),
        mark: "0 lost, 0 twice, 99 % < 500 ms, memory + < 30 MiB".to_owned(),
    }
}

pub async fn flooder(bench: &Bench) -> Verdict {
    let (server, bot, mut process) = ready().await;
    let text = server.state().oracle.shortest().to_owned();
    let lasts = Duration::from_secs(bench.pick(8, 30));
    let (one, fifty) = (600_000, 610_000);
    // Sends 1,000 messages a second: first from one user, then from 50 users together.
    let flooding = async {
        for is_one in [true, false] {
            let (began, mut said) = (Instant::now(), 0);
            while began.elapsed() < lasts {
                while f64::from(said) < began.elapsed().as_secs_f64() * 1_000.0 {
                    server.say(if is_one { one } else { fifty + i64::from(said % 50) }, &text);
                    said += 1;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    };
    tokio::join!(flooding, pump(&server, 20, lasts * 2, Crowd::new(200, 20)));
    server.answered(Duration::from_secs(60)).await;
    let memory = process.memory("VmHWM:");
    let notices = (0..50)
        .map(|n| server.state().oracle.loose(fifty + n).others)
        .max()
        .unwrap_or(0)
        .max(server.state().oracle.loose(one).others);
    let answers = server.state().oracle.loose(one).answers;
    let most = (lasts * 2).as_secs() / 60 + 1;
    let (tally, has_ended) = finish(bench, &server, &bot, &mut process).await;
    let late = quantile(&tally.waits, 0.99);
    Verdict {
        is_good: is_whole(&tally)
            && tally.twice == 0
            && late < Duration::from_secs(1)
            && memory < 150.0
            && notices >= 1
            && notices <= most
            && has_ended,
        figures: format!(
            "1,000 a second from one for {0} s ({answers} answered), then from fifty for {0} s; at most {notices} notice to each; the others: {1}; memory at most {memory:.1} MiB",
            lasts.as_secs(),
            told(&tally)
        ),
        mark: format!("others' 99 % < 1 s, none lost, memory < 150 MiB, 1 to {most} notices"),
    }
}

pub async fn long_questions(bench: &Bench) -> Verdict {
    let (server, bot, mut process) = ready().await;
    let mut rng = Rng::new(bench.seed);
    let lasts = Duration::from_secs(bench.pick(8, 60));
    let bombs = async {
        let began = Instant::now();
        let mut number = 0;
        while began.elapsed() < lasts {
            server.say(620_000 + number % 400, &bomb(number, &mut rng));
            number += 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::join!(bombs, pump(&server, 20, lasts, Crowd::new(200, 0)));
    server.answered(Duration::from_secs(60)).await;
    let (tally, has_ended) = finish(bench, &server, &bot, &mut process).await;
    let late = quantile(&tally.waits, 0.99);
    let mut rng = Rng::new(bench.seed);
    let bombs: Vec<String> = (0..120).map(|number| bomb(number, &mut rng)).collect();
    let sizes = bench.pick(&[1_000][..], &[1_000, 10_000]);
    let slowest: Vec<Duration> = sizes.iter().map(|size| slowest_match(*size, &bombs, bench.seed)).collect();
    Verdict {
        is_good: is_whole(&tally)
            && tally.twice == 0
            && late < Duration::from_millis(300)
            && slowest.iter().all(|took| *took < Duration::from_millis(50))
            && panics(&bot) == 0
            && has_ended,
        figures: format!(
            "20 a second of 4,096 characters for {} s, {} panics; the others: {}; such a question takes at most {slowest:.1?} in bases of {sizes:?} sections",
            lasts.as_secs(),
            panics(&bot),
            told(&tally)
        ),
        mark: "0 lost, 0 twice, others' 99 % < 300 ms, each match < 50 ms, 0 panics".to_owned(),
    }
}

/// Generates a question of up to 4,096 characters, the maximum length of a Telegram message.
fn bomb(number: i64, rng: &mut Rng) -> String {
    match number % 6 {
        0 => (0..4_096).filter_map(|_| char::from_u32(0x20 + rng.below(0x5e) as u32)).collect(),
        1 => "whisper ".repeat(512),
        2 => "z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}".repeat(512),
        3 => "👩‍👩‍👧‍👦".repeat(372),
        4 => "\u{202e}שלום ".repeat(682),
        _ => (0..4_096).filter_map(|_| char::from_u32(0x4e00 + rng.below(0x5000) as u32)).collect(),
    }
}

pub async fn forged(bench: &Bench) -> Verdict {
    let (server, bot, mut process) = ready().await;
    let count = bench.pick(1_000u64, 100_000);
    let mut rng = Rng::new(bench.seed);
    // Collects the callback data of all buttons under the bot's answers so far, with the chat of
    // each button. The callback data contains a signature that is valid only in this chat.
    let buttons: Vec<(i64, String)> = {
        let state = server.state();
        let data = |rows: &Value| -> Vec<String> {
            let buttons = rows["inline_keyboard"]
                .as_array()
                .into_iter()
                .flatten()
                .flat_map(|row| row.as_array().into_iter().flatten());
            buttons.filter_map(|button| Some(button["callback_data"].as_str()?.to_owned())).collect()
        };
        state.keyboards.iter().flat_map(|(chat, rows)| data(rows).into_iter().map(|data| (*chat, data))).collect()
    };
    assert!(!buttons.is_empty(), "no answer has a button");
    let done = |server: &Server| {
        let state = server.state();
        let sent = state.calls.get("sendmessage").copied().unwrap_or(0);
        sent + state.edits + state.calls.get("editmessagereplymarkup").copied().unwrap_or(0)
    };
    let before = done(&server);
    for number in 0..count {
        let (chat, data) = &buttons[rng.below(buttons.len() as u64) as usize];
        let presser = 1_500_000 + (number % 500) as i64;
        let mut letters: Vec<char> = data.chars().collect();
        let (pressed_in, data) = match number % 3 {
            // Presses the button with one character of its data changed.
            0 => {
                let at = rng.below(letters.len() as u64) as usize;
                letters[at] = if letters[at] == 'x' { 'y' } else { 'x' };
                (*chat, letters.into_iter().collect())
            }
            // Presses the button in another chat, where the signature in the button's data is not
            // valid.
            1 => (presser, data.clone()),
            // Presses the button with the last character of its data removed.
            _ => (*chat, letters[..letters.len() - 1].iter().collect::<String>()),
        };
        let update = json!({"callback_query": {"id": format!("forged{number}"), "chat_instance": "1", "data": data,
            "from": {"id": presser, "is_bot": false, "first_name": "Person", "language_code": "en"},
            "message": {"message_id": 1_000_001, "date": 1_700_000_000, "chat": {"id": pressed_in, "type": "private", "first_name": "Person"}}}});
        server.update(presser, update, None);
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    let is_done = server.until(Duration::from_secs(60), |state| state.acknowledged.len() as u64 >= count).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let did = done(&server) - before;
    let once = server.state().acknowledged.values().filter(|times| **times == 1).count() as u64;
    let (_, has_ended) = finish(bench, &server, &bot, &mut process).await;
    Verdict {
        is_good: is_done && once == count && did == 0 && has_ended,
        figures: format!("{count} forged presses, {once} acknowledged once, {did} messages sent or changed"),
        mark: "each acknowledged once, nothing sent, nothing changed".to_owned(),
    }
}

pub async fn edges(bench: &Bench) -> Verdict {
    const EDGES: [i64; 15] = [
        1,
        2_147_483_647,
        2_147_483_648,
        0xff_ffff_ffff,
        (1 << 52) - 1,
        -1,
        -999_999_999_999,
        -1_000_000_000_001,
        -1_997_852_516_352,
        -1_997_852_516_353,
        -2_000_000_000_000,
        -2_002_147_483_648,
        -2_002_147_483_649,
        -3_999_999_999_999,
        -4_000_000_000_001,
    ];
    let (server, bot, mut process) = ready().await;
    for _ in 0..bench.pick(3, 67) {
        for chat in EDGES {
            server.ask(chat);
        }
        // In a group, the bot answers a user at most ten times a minute. With `--long`, the pause
        // of 7 s stays below this limit. With `--short`, each chat asks only three times.
        let pause = bench.pick(Duration::from_millis(200), Duration::from_secs(7));
        tokio::time::sleep(pause).await;
    }
    server.answered(Duration::from_secs(30)).await;
    let (tally, has_ended) = finish(bench, &server, &bot, &mut process).await;
    Verdict {
        is_good: is_whole(&tally) && tally.twice == 0 && panics(&bot) == 0 && has_ended,
        figures: format!(
            "{} chats at the edges of every range, those of channels' direct messages too; {} panics; {}",
            EDGES.len(),
            panics(&bot),
            told(&tally)
        ),
        mark: "all answered once, 0 panics".to_owned(),
    }
}

//! Tests that the bot stores the words of questions only if `FOOTNOTE_KEEP_QUESTIONS` is set, and
//! that `/forget` erases the words from every file.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use footnote_playground::{Group, GroupKind, Person, Role, Say};

use crate::harness::{Server, TOKEN, footnote};

const GROUP_ID: i64 = -1_002_000_000_004;

/// A rare word in the question that the test asks in the private chat. The test searches the bot's
/// files for this word to find out whether the question is stored.
const PRIVATE_WORD: &str = "quartzifying";
/// A rare word in the question that the test asks in the group. The test searches the bot's files
/// for this word too.
const GROUP_WORD: &str = "zeppelinesque";

struct Process(Child);

impl Process {
    /// Stops the bot process with SIGTERM and asserts a clean exit.
    fn end(mut self) {
        let told = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        assert!(told.is_ok_and(|status| status.success()) && self.0.wait().is_ok_and(|status| status.success()));
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(server: &Server, folder: &Path, keep: &str) -> Process {
    let mut command = footnote(folder);
    command.args(["serve"]).env("TELOXIDE_TOKEN", TOKEN).env("TELOXIDE_API_URL", server.url());
    command.env("FOOTNOTE_HTTP", "127.0.0.1:0").env("FOOTNOTE_KEEP_QUESTIONS", keep);
    Process(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary"))
}

/// Returns the paths of the files below a folder that contain a word.
fn files_with(folder: &Path, word: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            found.extend(files_with(&entry, word));
        } else if std::fs::read(&entry).is_ok_and(|bytes| bytes.windows(word.len()).any(|w| w == word.as_bytes())) {
            found.push(entry.display().to_string());
        }
    }
    found
}

/// If `is_kept`, waits until some file in the folder contains the word. Otherwise waits until no
/// file contains the word.
async fn wait_for(folder: &Path, word: &str, is_kept: bool) {
    for _ in 0..100 {
        if files_with(folder, word).is_empty() != is_kept {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("`{word}` is in {:?}", files_with(folder, word));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_kept_is_gone_from_every_file_when_it_is_forgotten() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let _process = serve(&server, folder.path(), "30d");
    let (you, boss) = (Person::default(), Person::new(2001, "Boss", "en"));
    let members = vec![(you.clone(), Role::Member), (boss.clone(), Role::Administrator)];
    let (title, kind) = ("Readers".to_owned(), GroupKind::Supergroup);
    server.fake_telegram.add_group(Group { id: GROUP_ID, title, kind, members, bot: Some(Role::Member) });

    server.fake_telegram.say(&you, &format!("what is Whisper, {PRIVATE_WORD}"));
    server.wait_for_replies(1001, 1).await;
    server
        .fake_telegram
        .say_in(GROUP_ID, &boss, Say::new(&format!("/ask what is CLIP, {GROUP_WORD}")))
        .expect("a member");
    server.wait_for_replies(GROUP_ID, 1).await;
    wait_for(folder.path(), PRIVATE_WORD, true).await;
    wait_for(folder.path(), GROUP_WORD, true).await;
    server.fake_telegram.say(&you, "/mydata");
    let told = server.wait_for_replies(1001, 2).await.remove(1);
    assert!(told["text"].as_str().is_some_and(|text| text.contains("the words of 1 questions")), "{told}");
    server.fake_telegram.say(&you, "/privacy");
    let told = server.wait_for_replies(1001, 3).await.remove(2);
    assert!(told["text"].as_str().is_some_and(|text| text.contains("for 30 days")), "{told}");

    server.fake_telegram.say(&you, "/forget");
    server.wait_for_replies(1001, 4).await;
    wait_for(folder.path(), PRIVATE_WORD, false).await;
    assert!(!files_with(folder.path(), GROUP_WORD).is_empty(), "what another asked is not theirs to forget");

    // An ordinary member must not be able to erase the data of the group, but an administrator
    // must.
    server.fake_telegram.say_in(GROUP_ID, &you, Say::new("/forget@footnote_bot group")).expect("a member");
    let refused = server.wait_for_replies(GROUP_ID, 2).await.remove(1);
    assert!(refused["text"].as_str().is_some_and(|text| text.contains("Only administrators")), "{refused}");
    server.fake_telegram.say_in(GROUP_ID, &boss, Say::new("/forget@footnote_bot group")).expect("a member");
    server.wait_for_replies(GROUP_ID, 3).await;
    wait_for(folder.path(), GROUP_WORD, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nothing_is_to_be_kept_the_words_go_with_the_answer() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let process = serve(&server, folder.path(), "");
    server.fake_telegram.say(&Person::default(), &format!("what is Whisper, {PRIVATE_WORD}"));
    server.wait_for_replies(1001, 1).await;
    process.end();
    assert_eq!(files_with(folder.path(), PRIVATE_WORD), Vec::<String>::new());
}

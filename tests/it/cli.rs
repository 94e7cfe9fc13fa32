//! Tests of the command line. Each test runs the `footnote` binary and checks its output and exit
//! code.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Output, Stdio};

use footnote_engine::text::is_simplified;
use serde_json::Value;

use crate::harness::{footnote, root};

fn run(arguments: &[&str]) -> Output {
    footnote(root()).args(arguments).output().expect("it runs")
}

fn with_input(arguments: &[&str], input: &[u8]) -> Output {
    let mut child =
        footnote(root()).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it runs");
    child.stdin.take().expect("piped").write_all(input).expect("written");
    child.wait_with_output().expect("ended")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_command_line_is_well_formed() {
    footnote::cli::definition().debug_assert();
}

#[test]
fn every_command_has_help_with_an_example() {
    for command in ["", "serve", "ask", "eval", "check"] {
        let arguments: Vec<&str> = [command, "--help"].into_iter().filter(|a| !a.is_empty()).collect();
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(0));
        assert!(out(&output).contains("Example"), "{command}: {}", out(&output));
        assert!(out(&output).contains("--knowledge"), "{command}");
    }
}

#[test]
fn ask_prints_the_answer() {
    let output = run(&["ask", "what does Pygma do"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(out(&output).contains("Figma"), "{}", out(&output));
}

#[test]
fn ask_from_any_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = footnote(folder.path()).args(["ask", "Whisper 用了多少小时的数据训练？"]).output().expect("it runs");
    assert!(out(&output).contains("680,000"));
    assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 0, "and it leaves nothing behind");
}

#[test]
fn ask_lists_what_a_decline_offers() {
    let base = root().join("tests/bases/de").display().to_string();
    let printed = out(&run(&["--knowledge", &base, "ask", "digitale Bücher aufs Handy laden"]));
    assert!(printed.contains("The nearest I have:\n1. "), "{printed}");
    assert_eq!(out(&run(&["--knowledge", &base, "ask", "zebra"])).trim(), "The article does not say.");
}

#[test]
fn ask_as_json_is_one_object_a_line_in_order() {
    let questions =
        "Whisper 用了多少小时的数据训练？\n今天天气怎么样\n你好\n有哪些应用\n\n\u{1F602}\nwhat does Pygma do";
    let output = with_input(&["ask", "--json"], questions.as_bytes());
    let answers: Vec<Value> = out(&output).lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    let asked: Vec<&str> = answers.iter().map(|a| a["question"].as_str().expect("text")).collect();
    assert_eq!(asked, questions.split('\n').collect::<Vec<_>>());
    let decisions: Vec<&str> = answers.iter().map(|a| a["decision"].as_str().expect("text")).collect();
    assert_eq!(decisions, ["answer", "decline", "smalltalk", "clarify", "smalltalk", "smalltalk", "answer"]);
    for answer in &answers {
        let mut keys: Vec<&str> = answer.as_object().expect("an object").keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(
            keys,
            [
                "confidence",
                "decision",
                "highlight",
                "language",
                "question",
                "sections",
                "text",
                "unknown_words",
                "unstated"
            ]
        );
        assert!(answer["confidence"].as_f64().is_some_and(|c| (0.0..=1.0).contains(&c)));
        let scores: Vec<f64> = answer["sections"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|s| s["score"].as_f64().expect("a number"))
            .collect();
        assert!(scores.len() <= 5 && scores.is_sorted_by(|a, b| a >= b), "{answer}");
    }
    assert_eq!(answers[0]["sections"][0]["id"], "whisper");
    assert_eq!(answers[0]["highlight"], "Whisper 的训练用了 680,000 小时的监督数据。");
    assert_eq!((&answers[0]["language"], &answers[6]["language"]), (&Value::from("zh"), &Value::from("en")));
}

#[test]
fn ask_as_json_is_in_the_script_of_the_question() {
    let questions = "Whisper 用了多少小時的資料訓練？\nPygma 是做什麼的\nCLIP 是什麼\nCodex 是什麼";
    let output = with_input(&["ask", "--json"], questions.as_bytes());
    for line in out(&output).lines() {
        let answer: Value = serde_json::from_str(line).expect("JSON");
        for key in ["text", "highlight"] {
            let text = answer[key].as_str().unwrap_or_default();
            assert!(!is_simplified(text) && !text.contains('“'), "{line}");
        }
    }
    assert!(out(&output).contains("訓練用了 680,000 小時"), "{}", out(&output));
}

#[test]
fn ask_takes_bytes_that_are_no_text() {
    let output = with_input(&["ask", "--json"], b"\xff\xfe whisper\r\n");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(out(&output).lines().count(), 1);
}

#[test]
fn ask_explains() {
    let output = run(&["ask", "--explain", "wisper 幾小時"]);
    assert!(out(&output).contains("wisper → whisper (a slip"), "{}", out(&output));
    let output = run(&["ask", "--explain", "--json", "wisper"]);
    assert_eq!(out(&output).lines().count(), 1, "standard output stays JSON");
    assert!(err(&output).contains("wisper → whisper"));
}

#[test]
fn eval_prints_all_it_counts() {
    let output = run(&["eval", "--json", "--questions", "tests/questions/dev-dialogues.jsonl"]);
    let report: Value = serde_json::from_str(&out(&output)).expect("JSON");
    for key in [
        "answerable",
        "answered_right",
        "clarified_right",
        "answered_wrong",
        "clarified_wrong",
        "declined_wrong",
        "unanswerable",
        "declined_right",
        "missing_attribute",
        "turns",
        "turns_right",
        "highlight_asked",
        "highlight_right",
        "highlight_bm25_right",
        "p50_us",
        "p99_us",
    ] {
        assert!(report[key].is_number(), "{key}");
    }
    assert!(report["auroc"].is_null() && report["ece"].is_null(), "there are dialogues only");
    let output = run(&["eval", "--show-misses", "--questions", "tests/questions/dev.jsonl"]);
    for words in ["answered right", "language", "style", "confusions", "p99", "wanted", "told apart", "calibration"] {
        assert!(out(&output).contains(words), "{words}");
    }
}

#[test]
fn eval_tells_how_far_confidence_and_highlight_are_to_be_trusted() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("q.jsonl");
    let lines = [
        r#"{"question": "Pygma converts Figma designs", "sections": ["codex-applications"], "answer": "FIGMA designs"}"#,
        r#"{"question": "what is Codex", "sections": ["codex"], "answer": "nowhere in the text"}"#,
        r#"{"question": "what is Whisper", "sections": ["clip"], "answer": "another section comes first"}"#,
        r#"{"question": "who won the world cup", "sections": []}"#,
        r#"{"question": "how old is Whisper", "sections": ["whisper"], "style": "missing-attribute"}"#,
    ];
    fs::write(&file, lines.join("\n")).expect("written");
    let output = run(&["eval", "--json", "--questions", file.to_str().expect("a path")]);
    let report: Value = serde_json::from_str(&out(&output)).expect("JSON");
    assert_eq!(report["top1"].as_f64(), Some(2.0 / 3.0));
    assert_eq!(report["auroc"].as_f64(), Some(1.0));
    let highlights = ["highlight_asked", "highlight_right", "highlight_bm25_right"].map(|key| report[key].as_u64());
    assert_eq!(highlights, [Some(2), Some(1), Some(1)]);
    let bins = report["reliability"].as_array().expect("a list");
    assert_eq!(bins.len(), 10);
    assert_eq!(bins.iter().filter_map(|b| b["count"].as_u64()).sum::<u64>(), 4, "the missing attribute is in none");
    let apart = |b: &Value| {
        let number = |key: &str| b[key].as_f64().expect("a number");
        number("count") * (number("mean_confidence") - number("share_right")).abs() / 4.0
    };
    let ece = report["ece"].as_f64().expect("a number");
    assert!((ece - bins.iter().map(apart).sum::<f64>()).abs() < 1e-9);
    let curve = report["operating"].as_array().expect("a list");
    let declined: Vec<_> = curve.iter().filter_map(|p| p["declined"].as_f64()).collect();
    assert_eq!(declined, [0.5, 0.7, 0.8, 0.9, 0.92, 0.95]);
    assert!(curve.iter().all(|p| p["in_scope_right"].as_f64() == Some(2.0 / 3.0)), "{curve:?}");
    fs::write(&file, r#"{"question": "a", "sections": [], "answer": "?!"}"#).expect("written");
    let output = run(&["eval", "--questions", file.to_str().expect("a path")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("`?!`"), "{}", err(&output));
}

#[test]
fn eval_names_the_line_that_is_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("q.jsonl");
    fs::write(&file, "{\"question\": \"a\", \"sections\": []}\n{\"question\": 5}\n").expect("written");
    let output = run(&["eval", "--questions", file.to_str().expect("a path")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("q.jsonl:2"), "{}", err(&output));
    fs::write(&file, "{\"question\": \"a\", \"sections\": [\"nosuch\"]}\n").expect("written");
    let output = run(&["eval", "--questions", file.to_str().expect("a path")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("`nosuch`"), "{}", err(&output));
    let output = run(&["eval", "--questions", "/no/such/file"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("--questions /no/such/file"), "{}", err(&output));
}

#[test]
fn check_speaks_like_a_compiler() {
    assert_eq!(run(&["check"]).status.code(), Some(0));
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("en")).expect("a folder");
    fs::write(folder.path().join("footnote.toml"), "title = \"T\"\nlanguages = [\"en\"]\ndefault_language = \"en\"\n")
        .expect("written");
    fs::write(folder.path().join("en/one.md"), "+++\ntitle = \"One\"\nalias = []\n+++\n\nText.\n").expect("written");
    let base = folder.path().to_str().expect("a path");
    let output = run(&["check", "--knowledge", base]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        out(&output).contains("en/one.md:3: error: unknown key `alias`\n  help: did you mean `aliases`?"),
        "{}",
        out(&output)
    );
    // `ask` rejects a knowledge base that has errors, with exit code 2.
    let output = run(&["ask", "--knowledge", base, "one"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("en/one.md:3"), "{}", err(&output));
}

#[test]
fn check_tells_what_to_expect() {
    let line = |base: &str| {
        let output = run(&["check", "--knowledge", &root().join(base).display().to_string()]);
        let printed = out(&output);
        printed.lines().rev().nth(1).expect("a line before the sums").to_owned()
    };
    assert!(line("tests/bases/ar").contains("expect about"), "{}", line("tests/bases/ar"));
    let german = line("tests/bases/de");
    assert!(
        german.starts_with(
            "note: of new questions like your 31 samples (each asked as if it were not there), expect about"
        ),
        "{german}"
    );
    assert!(german.contains("; weakest: `") && german.ends_with("add samples there"), "{german}");
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("en")).expect("a folder");
    fs::write(folder.path().join("footnote.toml"), "title = \"T\"\nlanguages = [\"en\"]\ndefault_language = \"en\"\n")
        .expect("written");
    fs::write(folder.path().join("en/one.md"), "+++\ntitle = \"One\"\n+++\n\nText.\n").expect("written");
    let without_samples = line(&folder.path().display().to_string());
    assert!(without_samples.contains("no sample questions") && without_samples.contains("five"), "{without_samples}");
}

#[test]
fn check_notes_once_what_works_less_well_for_a_language() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(
        folder.path().join("footnote.toml"),
        "title = \"T\"\nlanguages = [\"pl\", \"de\"]\ndefault_language = \"pl\"\n",
    )
    .expect("written");
    for code in ["pl", "de"] {
        fs::create_dir(folder.path().join(code)).expect("a folder");
        fs::write(folder.path().join(code).join("one.md"), "+++\ntitle = \"Jeden\"\n+++\n\nTekst.\n").expect("written");
    }
    let output = run(&["check", "--knowledge", folder.path().to_str().expect("a path")]);
    let notes: Vec<String> =
        out(&output).lines().filter(|line| line.starts_with("note: `")).map(str::to_owned).collect();
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    assert!(
        notes.len() == 1 && notes[0].contains("`pl` has no stemmer") && notes[0].contains("no stop words"),
        "{notes:?}"
    );
}

#[test]
fn a_base_of_one_language_and_bodies_only_works() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("en")).expect("a folder");
    fs::write(
        folder.path().join("footnote.toml"),
        "title = \"Tea\"\nlanguages = [\"en\"]\ndefault_language = \"en\"\n",
    )
    .expect("written");
    for (id, body) in
        [("p-0000", "Green tea is steeped at 80 degrees."), ("p-0001", "Black tea is fully oxidised before drying.")]
    {
        let text = format!("+++\ntitle = \"{id}\"\n+++\n\n{body}\n");
        fs::write(folder.path().join(format!("en/{id}.md")), text).expect("written");
    }
    let base = folder.path().to_str().expect("a path");
    let output = run(&["ask", "--json", "--knowledge", base, "at how many degrees is green tea steeped?"]);
    let answer: Value = serde_json::from_str(&out(&output)).expect("JSON");
    assert_eq!(answer["sections"][0]["id"], "p-0000", "{answer}");
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    for arguments in [
        &["eval", "--show-misses", "--questions", "tests/questions/dev.jsonl"][..],
        &["check"],
        &["ask", "--json", "whisper"],
    ] {
        let mut command = footnote(root());
        let mut child = command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("ended");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", err(&output));
        assert_eq!(err(&output), "");
    }
}

#[track_caller]
fn fails(arguments: &[&str], variables: &[(&str, &str)], words: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let output = footnote(folder.path()).args(arguments).envs(variables.iter().copied()).output().expect("it runs");
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", err(&output));
    for word in words {
        assert!(err(&output).contains(word), "{arguments:?}: no `{word}` in: {}", err(&output));
    }
}

#[test]
fn what_cannot_run_says_why_and_how_to_mend_it() {
    fails(&["frobnicate"], &[], &["frobnicate", "--help"]);
    fails(&["eval"], &[], &["--questions"]);
    fails(
        &["ask", "x", "--knowledge", "/no/such/folder"],
        &[],
        &["/no/such/folder", "FOOTNOTE_KNOWLEDGE", "footnote.toml"],
    );
    fails(&["ask", "x"], &[("FOOTNOTE_LOG", "a=b=c")], &["FOOTNOTE_LOG"]);
    fails(&["serve"], &[("FOOTNOTE_PLAYGROUND", "0.0.0.0:0")], &["FOOTNOTE_PLAYGROUND", "127.0.0.1"]);
    fails(&["serve"], &[("TELOXIDE_TOKEN", "123:a"), ("TELOXIDE_API_URL", "ftp://x")], &["TELOXIDE_API_URL"]);
    fails(&["serve"], &[("TELOXIDE_TOKEN", "123:a"), ("DATABASE_URL", "mysql://x")], &["DATABASE_URL", "sqlite:"]);
    let secret = "very-secret but with a slip";
    let folder = tempfile::tempdir().expect("a folder");
    let output = footnote(folder.path()).arg("serve").env("TELOXIDE_TOKEN", secret).output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("TELOXIDE_TOKEN") && !err(&output).contains("very-secret"), "{}", err(&output));
    fs::write(folder.path().join(".env"), "TELOXIDE_TOKEN=very-secret 'x\n").expect("written");
    let output = footnote(folder.path()).arg("serve").output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains(".env") && !err(&output).contains("very-secret"), "{}", err(&output));
}

/// Runs `footnote` without arguments, as in the README, which must start the playground. A question
/// posted to the playground's page must be answered.
#[test]
fn footnote_alone_is_the_playground() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = footnote(folder.path())
        .env("FOOTNOTE_PLAYGROUND", "127.0.0.1:0")
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let first = lines.next().expect("a line").expect("text");
    let url =
        first.split_whitespace().find(|w| w.starts_with("http://")).unwrap_or_else(|| panic!("no address in: {first}"));
    let host = url.trim_start_matches("http://").trim_end_matches('/');
    assert!(http(host, "GET", "/", "").contains("Footnote"));
    http(host, "POST", "/page/message", r#"{"text":"what does Pygma do","language":"en"}"#);
    let answered = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        events(host).contains("Figma")
    });
    let rest = lines.by_ref().take(2).filter_map(Result::ok).collect::<Vec<_>>().join("\n");
    let ended = Command::new("kill").arg(child.id().to_string()).status().expect("kill");
    assert!(ended.success());
    assert_eq!(child.wait().expect("ended").code(), Some(0));
    assert!(answered, "the page shows no answer");
    assert!(rest.contains("@BotFather"), "it says how to get a token: {rest}");
    assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 0, "and it leaves nothing behind");
}

fn http(host: &str, method: &str, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(host).expect("it listens");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("text");
    assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    answer
}

/// Returns the first server-sent event of the playground's page, which contains all messages of the
/// chat.
fn events(host: &str) -> String {
    let mut stream = TcpStream::connect(host).expect("it listens");
    write!(stream, "GET /page/events HTTP/1.1\r\nHost: {host}\r\n\r\n").expect("sent");
    let found = BufReader::new(stream).lines().map_while(Result::ok).find(|line| line.starts_with("data:"));
    found.unwrap_or_default()
}

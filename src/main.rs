use footnote::{knowledge, matching::*, question::*};
use std::io::BufRead;
fn main() {
    let dir = std::env::args().nth(1).unwrap();
    let l = knowledge::load(std::path::Path::new(&dir)).unwrap();
    for p in &l.problems { println!("{p}"); }
    if std::env::args().len()<3 { for p in footnote::knowledge::check(&l.knowledge) { println!("{p}"); } return; }
    let k = l.knowledge;
    let names = Names::of(&k);
    let m = Matcher::new(&k);
    let f = std::fs::File::open(std::env::args().nth(2).unwrap()).unwrap();
    let mut us = vec![];
    for line in std::io::BufReader::new(f).lines() {
        let v: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        let t = std::time::Instant::now();
        let q = Question::new(v["question"].as_str().unwrap(), &Context::default(), &k, &names);
        let r = m.rank(&q);
        us.push(t.elapsed().as_micros());
        let ids: Vec<_> = r.sections.iter().map(|s| serde_json::json!([k.sections[s.section].id.as_str(), s.score, s.confidence])).collect();
        println!("{}", serde_json::json!({"q": v["question"], "want": v["sections"], "style": v["style"], "lang": v["lang"], "decision": format!("{:?}", r.decision), "ids": ids, "conf": r.confidence, "declined": r.declined, "lang_got": q.language.as_str()}));
    }
    us.sort();
    eprintln!("p50 {} p99 {}", us[us.len()/2], us[us.len()*99/100]);
}

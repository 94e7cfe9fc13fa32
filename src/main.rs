fn main() {
    let l = footnote::knowledge::load(std::path::Path::new("knowledge")).unwrap();
    for p in &l.problems { println!("{p}"); }
    for p in footnote::knowledge::check(&l.knowledge) { println!("{p}"); }
    println!("{} sections", l.knowledge.sections.len());
    println!("{:#?}", l.knowledge.sections[3].texts[&footnote::text::Language::ZH].body);
    let t=std::time::Instant::now();
    println!("{}", footnote::text::normalize("  Ｗｈｉｓｐｅｒ 是什麼？！ Cafééé DALL·E 2 哈哈哈哈 soooo 1000 乾坤 裡面"));
    println!("{:?}", t.elapsed());
    let t=std::time::Instant::now();
    println!("{}", footnote::text::normalize("  Ｗｈｉｓｐｅｒ 是什麼？！ Cafééé DALL·E 2 哈哈哈哈 soooo 1000 乾坤 裡面"));
    println!("{:?}", t.elapsed());
}

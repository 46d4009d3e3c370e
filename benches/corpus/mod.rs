//! A made-up site of any size, the same for the same seed: for benchmarks, and for trying out how the
//! program bears a large office's archive. The text is Chinese of the length and markup that reports and
//! news of people's congresses have; the districts and everything said of them are invented.

pub mod peers;
mod text;

use std::fmt::Write;

use text::{Dice, body, sentence, title};

/// How large a site to make, and of what.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Documents.
    pub documents: usize,
    /// Districts, cities among them.
    pub districts: usize,
    /// Years that the documents are spread over.
    pub years: usize,
    /// Kinds of documents: sections.
    pub kinds: usize,
    /// The length of a body in bytes, on average; single ones have from half to one and a half of it.
    pub bytes: usize,
    /// Another number makes another site.
    pub seed: u64,
}

impl Default for Shape {
    fn default() -> Shape {
        Shape { documents: 10_000, districts: 30, years: 10, kinds: 5, bytes: 13_000, seed: 1 }
    }
}

/// A district.
#[derive(Debug, Clone)]
pub struct District {
    /// Six digits, as GB/T 2260 has them; 9 at the front belongs to no province.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its URL segment.
    pub slug: String,
    /// The city that it belongs to, by number; a city has none.
    pub parent: Option<usize>,
}

/// A section.
#[derive(Debug, Clone)]
pub struct Kind {
    /// Its folder.
    pub name: String,
    /// Its title.
    pub title: String,
}

/// A document.
#[derive(Debug, Clone)]
pub struct Article {
    /// Its section, by number.
    pub kind: usize,
    /// The year it was published in, and reports on.
    pub year: i32,
    /// The month, the day, the hour and the minute.
    pub moment: (u32, u32, u32, u32),
    /// The name of its file.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Its district, by number.
    pub district: usize,
    /// Its topics.
    pub topics: Vec<&'static str>,
    /// Its summary.
    pub summary: String,
    /// Its author.
    pub author: String,
    /// Its body: Markdown.
    pub body: String,
}

/// The first year.
const FIRST_YEAR: i32 = 2016;
/// Districts of one city.
const CITY: usize = 90;
const KINDS: [(&str, &str); 8] = [
    ("reports", "工作报告"),
    ("news", "人大要闻"),
    ("supervision", "监督工作"),
    ("deputies", "代表工作"),
    ("legislation", "立法工作"),
    ("notices", "公告公示"),
    ("research", "调查研究"),
    ("stations", "联络站点"),
];
const TOPICS: [(&str, &str); 16] = [
    ("监督", "jiandu"),
    ("代表工作", "daibiao"),
    ("立法", "lifa"),
    ("民生实事", "minsheng"),
    ("预算审查", "yusuan"),
    ("生态环保", "shengtai"),
    ("乡村振兴", "xiangcun"),
    ("营商环境", "yingshang"),
    ("执法检查", "zhifa"),
    ("专题询问", "xunwen"),
    ("联络站", "lianluo"),
    ("议案建议", "yian"),
    ("国有资产", "guozi"),
    ("审计整改", "shenji"),
    ("法治宣传", "fazhi"),
    ("自身建设", "zishen"),
];

/// The districts: cities, each followed by those that belong to it.
pub fn districts(shape: &Shape) -> Vec<District> {
    let mut all: Vec<District> = Vec::with_capacity(shape.districts);
    let mut city = 0;
    for number in 0..shape.districts.max(1) {
        let (group, place) = (number / (CITY + 1), number % (CITY + 1));
        if place == 0 {
            city = all.len();
        }
        all.push(District {
            code: format!("9{:03}{place:02}", group + 1),
            name: if place == 0 { format!("第{}市", group + 1) } else { format!("第{number}区") },
            slug: if place == 0 { format!("shi-{}", group + 1) } else { format!("qu-{number}") },
            parent: (place > 0).then_some(city),
        });
    }
    all
}

/// The sections.
pub fn kinds(shape: &Shape) -> Vec<Kind> {
    let kind = |at: usize| match KINDS.get(at) {
        Some((name, title)) => Kind { name: (*name).to_owned(), title: (*title).to_owned() },
        None => Kind { name: format!("kind-{at}"), title: format!("栏目{at}") },
    };
    (0..shape.kinds.max(1)).map(kind).collect()
}

/// The article with the number `number`; each is made by itself, so that a site of any size needs no memory.
pub fn article(shape: &Shape, number: usize) -> Article {
    let (mut dice, kind, year) = place(shape, number);
    let district = dice.below(shape.districts.max(1) as u64) as usize;
    let moment = (
        1 + dice.below(12) as u32,
        1 + dice.below(28) as u32,
        8 + dice.below(10) as u32,
        dice.below(60) as u32,
    );
    let first = dice.below(TOPICS.len() as u64) as usize;
    let step = 1 + dice.below(TOPICS.len() as u64 - 1) as usize;
    let topics = vec![TOPICS[first].0, TOPICS[(first + step) % TOPICS.len()].0];
    let length = shape.bytes / 2 + dice.below(shape.bytes.max(1) as u64) as usize;
    // Most manuscripts have no link at all.
    let linked = (number > 0 && dice.below(4) == 0).then(|| {
        let other = dice.below(number as u64) as usize;
        (address(shape, other), format!("第{other}号文稿"))
    });
    Article {
        kind,
        year,
        moment,
        slug: slug(number),
        title: title(&mut dice, year, number),
        district,
        topics,
        summary: sentence(&mut dice),
        author: format!("通讯员 {}", text::name(&mut dice)),
        body: body(&mut dice, length, linked),
    }
}

fn slug(number: usize) -> String {
    format!("wengao-{number:07}")
}

/// The path on the site of the article with the number `number`, without writing it.
fn address(shape: &Shape, number: usize) -> String {
    let (_, kind, year) = place(shape, number);
    format!("/{}/{year}/{}.html", kinds(shape)[kind].name, slug(number))
}

/// The section and the year of an article, and the dice for all else.
fn place(shape: &Shape, number: usize) -> (Dice, usize, i32) {
    let mut dice = Dice::new(shape.seed, number as u64);
    let kind = dice.below(shape.kinds.max(1) as u64) as usize;
    let year = FIRST_YEAR + dice.below(shape.years.max(1) as u64) as i32;
    (dice, kind, year)
}

/// Every file of the site for Tribune: its path below the root, and its text.
pub fn tribune(shape: Shape) -> impl Iterator<Item = (String, String)> {
    let mut head = vec![("content/site.yaml".to_owned(), site_yaml())];
    let districts = districts(&shape);
    head.push(("content/districts.yaml".to_owned(), districts_yaml(&districts)));
    let kinds = kinds(&shape);
    for (at, kind) in kinds.iter().enumerate() {
        let text = format!("---\ntitle: {0}\ndescription: {0}栏目。\norder: {at}\n---\n", kind.title);
        head.push((format!("content/{}/_index.md", kind.name), text));
    }
    let document = move |number| {
        let article = article(&shape, number);
        let path = format!("content/{}/{}/{}.md", kinds[article.kind].name, article.year, article.slug);
        (path, front_matter(&article, &districts) + &article.body)
    };
    head.into_iter().chain((0..shape.documents).map(document))
}

fn site_yaml() -> String {
    let mut text = String::from(
        "title: 示范人大\nbase_url: https://www.example.gov.cn\ndescription: 为测量速度而编造的站点\n\
         keywords: [人大, 监督]\noffice: {site_code: \"0000000000\"}\ntopics:\n",
    );
    for (name, slug) in TOPICS {
        let _ = writeln!(text, "  {name}: {slug}");
    }
    text
}

fn districts_yaml(districts: &[District]) -> String {
    let mut text = String::new();
    for District { code, name, slug, parent } in districts {
        let _ = write!(text, "- {{code: \"{code}\", name: {name}, slug: {slug}");
        if let Some(parent) = parent {
            let _ = write!(text, ", parent: \"{}\"", districts[*parent].code);
        }
        text.push_str("}\n");
    }
    text
}

fn front_matter(article: &Article, districts: &[District]) -> String {
    let Article { title, year, moment: (month, day, hour, minute), topics, summary, author, .. } = article;
    format!(
        "---\ntitle: {title}\ndate: {year}-{month:02}-{day:02} {hour:02}:{minute:02}\ndistrict: {}\n\
         summary: {summary}\nauthors: [{author}]\ntopics: [{}]\n---\n\n",
        districts[article.district].name,
        topics.join(", "),
    )
}

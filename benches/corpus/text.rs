//! Chinese sentences from word lists, and Markdown from sentences.

use std::fmt::Write;

/// A small generator of even random numbers (SplitMix64): the same numbers on every machine.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The dice of number `number` in the site of this seed.
    pub fn new(seed: u64, number: u64) -> Dice {
        let mut dice =
            Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ number.wrapping_mul(0xD1B5_4A32_D192_ED03));
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    fn one<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words.get(self.below(words.len() as u64) as usize).copied().unwrap_or_default()
    }
}

const WHEN: &[&str] = &[
    "一年来",
    "今年以来",
    "会议期间",
    "上半年",
    "近日",
    "据介绍",
    "下一步",
    "与此同时",
    "在此基础上",
    "本次会议上",
];
const WHO: &[&str] = &[
    "常委会",
    "主任会议",
    "各级人大代表",
    "执法检查组",
    "代表联络站",
    "财经委员会",
    "社会建设委员会",
    "调研组",
    "街道人大工委",
    "镇人大主席团",
    "监察和司法委员会",
    "办公室",
];
const HOW: &[&str] =
    &["依法", "认真", "扎实", "持续", "深入", "全面", "有序", "及时", "重点", "逐项", "多次", "集中"];
const DOES: &[&str] = &[
    "听取和审议了",
    "组织视察了",
    "专题调研了",
    "跟踪督办了",
    "检查了",
    "推动解决了",
    "研究讨论了",
    "评议了",
    "征求了各方面意见，修改完善了",
    "督促落实了",
];
const WHAT: &[&str] = &[
    "预算执行情况的报告",
    "国有资产管理情况的专项报告",
    "优化营商环境条例的实施情况",
    "老旧小区改造工作",
    "代表建议、批评和意见的办理情况",
    "民生实事项目的进展",
    "义务教育均衡发展情况",
    "基层医疗卫生服务能力建设",
    "养老服务体系建设情况",
    "物业管理领域的突出问题",
    "食品安全执法检查报告",
    "审计查出问题的整改情况",
    "城市更新重点项目",
    "社区议事协商的做法",
    "“两个联系”制度的落实情况",
    "乡村道路的管护机制",
];
const RESULT: &[&str] = &[
    "提出审议意见若干条",
    "得到代表和群众的认可",
    "形成了可以推广的做法",
    "办成率比上年有所提高",
    "群众反映的问题逐步得到解决",
    "有力促进了法律法规的正确实施",
    "做到件件有着落、事事有回音",
    "进一步密切了同人民群众的联系",
    "为下一年的工作打下了基础",
    "社会各界普遍关注",
];
const HEADINGS: &[&str] = &[
    "强化理论武装",
    "聚焦中心大局",
    "依法履职尽责",
    "增进民生福祉",
    "发挥代表作用",
    "加强自身建设",
    "主要做法",
    "存在的问题",
    "下一步打算",
    "工作成效",
];
const NUMBERS: &[&str] = &["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
const SURNAMES: &[&str] = &["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙"];
const GIVEN: &[&str] = &["波", "敏", "静", "磊", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "霞", "平"];
const KINDS_OF_TITLE: &[&str] = &["情况综述", "工作侧记", "审议意见", "工作报告", "视察纪实", "问答", "公告"];

/// The name of nobody.
pub fn name(dice: &mut Dice) -> String {
    format!("{}{}", dice.one(SURNAMES), dice.one(GIVEN))
}

/// A title; the number keeps two from being the same.
pub fn title(dice: &mut Dice, year: i32, number: usize) -> String {
    format!("{year}年{}{}{}（{number}）", dice.one(WHO), dice.one(WHAT), dice.one(KINDS_OF_TITLE))
}

/// A sentence of some fifty hanzi.
pub fn sentence(dice: &mut Dice) -> String {
    let mut text = String::new();
    write_sentence(dice, &mut text, false);
    text
}

fn write_sentence(dice: &mut Dice, text: &mut String, marked: bool) {
    let (when, who, how, does) = (dice.one(WHEN), dice.one(WHO), dice.one(HOW), dice.one(DOES));
    let (what, result) = (dice.one(WHAT), dice.one(RESULT));
    let (open, close) = if marked { ("**", "**") } else { ("", "") };
    let _ = write!(text, "{when}，{who}{how}{does}{open}{what}{close}，{result}");
    if dice.below(3) == 0 {
        let (count, share) = (2 + dice.below(98), dice.below(100));
        let _ = write!(text, "，共涉及{count}件、占{share}%");
    }
    text.push('。');
}

/// A body of about `bytes` bytes: headings of two levels, paragraphs, lists, a table, a quotation, a
/// footnote, and a link to another article (its address and its title) where there is one.
pub fn body(dice: &mut Dice, bytes: usize, link: Option<(String, String)>) -> String {
    let mut text = String::with_capacity(bytes + 1024);
    paragraph(dice, &mut text);
    if let Some((address, title)) = link {
        let _ = write!(text, "详见[{title}]({address})。\n\n");
    }
    let mut part = 0;
    while text.len() < bytes {
        let _ = write!(text, "## {}、{}\n\n", NUMBERS[part % NUMBERS.len()], dice.one(HEADINGS));
        section(dice, &mut text, bytes);
        part += 1;
    }
    if dice.below(8) == 0 {
        text.push_str("本文数字均为编造[^1]。\n\n[^1]: 仅供测量速度之用。\n");
    }
    text
}

fn section(dice: &mut Dice, text: &mut String, bytes: usize) {
    for number in NUMBERS.iter().take(2 + dice.below(3) as usize) {
        if text.len() >= bytes {
            return;
        }
        let _ = write!(text, "### （{number}）{}\n\n", dice.one(HEADINGS));
        paragraph(dice, text);
        match dice.below(6) {
            0 => list(dice, text),
            1 => table(dice, text),
            2 => {
                text.push_str("> ");
                paragraph(dice, text);
            }
            _ => paragraph(dice, text),
        }
    }
}

fn paragraph(dice: &mut Dice, text: &mut String) {
    let marked = dice.below(4);
    for at in 0..3 + dice.below(3) {
        write_sentence(dice, text, at == marked);
    }
    text.push_str("\n\n");
}

fn list(dice: &mut Dice, text: &mut String) {
    for number in 1..=3 + dice.below(3) {
        let _ = write!(text, "{number}. ");
        write_sentence(dice, text, false);
        text.push('\n');
    }
    text.push('\n');
}

fn table(dice: &mut Dice, text: &mut String) {
    text.push_str("| 项目 | 件数 | 办结率 |\n| --- | ---: | ---: |\n");
    for _ in 0..3 + dice.below(4) {
        let (what, count, share) = (dice.one(WHAT), dice.below(300), 60 + dice.below(40));
        let _ = writeln!(text, "| {what} | {count} | {share}% |");
    }
    text.push('\n');
}

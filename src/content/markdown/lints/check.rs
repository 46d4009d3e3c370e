//! Gathers the slips of all kinds.

use memchr::memmem;

use crate::config::Paragraphs;
use crate::content::markdown::amended::Body;
use crate::content::markdown::links::Slip;
use crate::content::markdown::lints::candidate::{Candidate, MOST};
use crate::content::markdown::lints::headings::Headings;
use crate::content::markdown::lints::line::{Line, lines};
use crate::content::markdown::lints::structure::Structure;
use crate::content::markdown::lints::tables::Tables;
use crate::content::markdown::lints::{emphasis, fences, headings, links, notes, tables};
use crate::content::markdown::{numbers, paragraphs};
use crate::diagnostics::REPORTED;
use crate::diagnostics::messages::MarkdownProblem;

/// The slips in a body.
pub fn lints(body: &Body) -> Vec<Slip> {
    let written = body.written;
    let mut candidates: Vec<Candidate> = links::candidates(written).take(MOST).collect();
    candidates.extend(emphasis::candidates(written).into_iter().take(MOST));
    candidates.extend(of_lines(written).into_iter().take(MOST));
    let may_jump = numbers::may_jump(&body.text);
    let notes = notes::is_worth_parsing(written);
    let underlined = memmem::find(written.as_bytes(), b"\n=").is_some();
    let slip =
        |(problem, offset): (MarkdownProblem, usize)| Slip { problem: problem.into(), offset, width: 1 };
    let mut slips: Vec<Slip> = fences::unclosed(body).into_iter().collect();
    if body.paragraphs == Paragraphs::Markdown {
        slips.extend(paragraphs::lints(written).into_iter().map(slip));
    }
    if candidates.is_empty() && !may_jump && !notes && !underlined {
        return slips;
    }
    let structure = Structure::of(body);
    if notes {
        candidates.extend(notes::slips(written, &structure));
    }
    let stand = candidates.into_iter().filter(|candidate| candidate.stands(&structure));
    slips.extend(stand.take(REPORTED).map(Candidate::slip));
    let title = structure.second_underlined_title();
    slips.extend(title.map(|offset| slip((MarkdownProblem::SecondTitle, offset))));
    let jumps = structure.jumps.iter().take(REPORTED).map(|(jump, offset)| {
        let problem = MarkdownProblem::NumberJumps { expected: jump.expected, written: jump.written };
        slip((problem, *offset))
    });
    slips.extend(jumps);
    slips
}

/// The candidates that whole lines tell of. What one line tells depends on others only up to the next blank line, and in
/// most of these blocks no line tells anything.
fn of_lines(body: &str) -> Vec<Candidate> {
    let (mut of_headings, mut of_tables) = (Headings::default(), Tables::default());
    let mut found = Vec::new();
    let (mut block, mut is_needed): (Vec<Line>, bool) = (Vec::new(), false);
    for line in lines(body).chain([Line::default()]) {
        is_needed |= headings::may_tell(&line) || tables::may_tell(&line);
        block.push(line);
        if !line.text.is_empty() {
            continue;
        }
        if is_needed {
            for line in &block {
                of_headings.next(line, &mut found);
                of_tables.next(line, &mut found);
            }
        }
        block.clear();
        is_needed = false;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(body: &str) -> Vec<(String, usize)> {
        let mut found: Vec<(String, usize)> = lints(&Body::of(body, Paragraphs::Markdown))
            .into_iter()
            .map(|slip| {
                let mark = match &slip.problem {
                    crate::diagnostics::Problem::Markdown(MarkdownProblem::FullWidthMark { mark }) => {
                        mark.to_string()
                    }
                    _ => String::new(),
                };
                (slip.problem.code().to_owned() + &mark, body[..slip.offset].matches('\n').count() + 1)
            })
            .collect();
        found.sort_by_key(|(_, line)| *line);
        found
    }

    #[test]
    fn each_slip_is_found_once_at_its_line() {
        for (body, code, line) in [
            ("＊＊加粗＊＊", "full-width-mark＊", 1),
            ("> 前文\n> 这是＊＊重要＊＊的", "full-width-mark＊", 2),
            ("| 甲 |\n| --- |\n| ＊＊乙＊＊ |", "full-width-mark＊", 3),
            ("![图](a.png \"图注”)", "full-width-mark”", 1),
            ("！［图］（a.png）", "full-width-mark［", 1),
            ("见［链接］（f.pdf）", "full-width-mark［", 1),
            ("见［链接］(f.pdf)", "full-width-mark［", 1),
            ("##没有空格\n\n正文", "heading-space", 1),
            ("正文\n\n> ##没有空格", "heading-space", 3),
            ("- ###小题", "heading-space", 1),
            ("##　小题", "heading-space", 1),
            ("#一、总则", "heading-space", 1),
            ("#第一章 总则\n\n正文", "heading-space", 1),
            ("＃＃ 标题", "full-width-mark＃", 1),
            ("＃ 标题", "full-width-mark＃", 1),
            ("#＃标题", "full-width-mark＃", 1),
            ("** 重要 **", "emphasis-space", 1),
            ("请** 注意 **安全", "emphasis-space", 1),
            ("** 重要**", "emphasis-space", 1),
            ("正文\n\n**重要 **。", "emphasis-space", 3),
            ("![x](a.png “图注”)", "full-width-mark“", 1),
            ("![x](a.png ‘图注’)", "full-width-mark‘", 1),
            ("[x](a.png 「图注」)", "full-width-mark「", 1),
            ("｜甲｜乙｜\n｜---｜---｜\n｜1｜2｜", "full-width-mark｜", 1),
            ("甲｜乙\n---｜---\n1｜2", "full-width-mark｜", 2),
            ("| 甲 | 乙 |\n| —— | —— |\n| 1 | 2 |", "full-width-mark—", 2),
            ("| 甲 | 乙 |\n|－－－|－－－|\n| 1 | 2 |", "full-width-mark－", 2),
            ("| 甲 | 乙 |\n| 1 | 2 |", "table-delimiter", 1),
            ("| 甲 | 乙 |\n| --- |\n| 1 | 2 |", "table-delimiter", 1),
            ("正文\n\n> | 甲 | 乙 |\n> | 1 | 2 |\n\n正文", "table-delimiter", 3),
            ("| 甲 |\n| --- |\n| 1 |\n正文在下面", "table-text", 4),
            ("甲 | 乙\n--- | ---\n1 | 2\n正文\n又一行", "table-text", 4),
            ("| 甲 |\n| --- |\n| 1 | 漏掉 |", "table-cells", 3),
            ("示例\n---", "heading-underline", 2),
            ("示例\n---\n\n正文", "heading-underline", 2),
            ("会议由张三主持。\n---\n\n会议由张三主持。\n---\n", "heading-underline", 2),
            ("# 甲\n\n# 乙\n\n# 丙", "second-title", 3),
            ("# 甲\n\n乙\n===", "second-title", 3),
            ("甲\n===\n\n# 乙\n\n丙\n===", "second-title", 4),
            ("> # 甲\n\n# 乙", "second-title", 3),
            ("# 甲\n\n> # 乙", "second-title", 3),
            ("[责任编辑]: 张三", "definition-hidden", 1),
            ("[a]: https://a.cn", "definition-hidden", 1),
            ("[Source]: People", "definition-hidden", 1),
            ("正文\n\n[Source]: People", "definition-hidden", 3),
            ("正文\n\n[来源]: https://www.npc.gov.cn", "definition-hidden", 3),
            ("```\n代码\n\n后文", "fence-unclosed", 1),
            ("- ```\n  代码\n  ```\n\n~~~\n后文", "fence-unclosed", 5),
            ("正文[^1]", "footnote-missing", 1),
            ("**粗[^6]**字", "footnote-missing", 1),
            ("*斜[^2]*", "footnote-missing", 1),
            ("[链[^3]](f.pdf)", "footnote-missing", 1),
            ("正文[^x]\n[^x][^y]\n\n[^x]: 注", "footnote-missing", 2),
            ("[^1]: 注，\n下一行[^1]", "footnote-unused", 1),
            ("正文[^1]\n\n[^1]: 注\n\n[^2]: 见[^1]和[^2]", "footnote-unused", 5),
            ("正文\n\n[^1]: 注", "footnote-unused", 3),
            ("正文[^1]\n\n[^1]: 注\n\n[^1]: 又注", "footnote-twice", 5),
            ("正文[^q]\n\n[^q]：注", "full-width-mark：", 3),
        ] {
            let found = found(body);
            assert_eq!(found.first(), Some(&(code.to_owned(), line)), "{body}");
            if code != "heading-underline" {
                assert_eq!(found.len(), 1, "{body} {found:?}");
            }
        }
    }

    #[test]
    fn sound_text_has_no_slips() {
        for sound in [
            "[甲](a.md)和[乙](<a b.md>)，[丙](a.md \"题 目\")，[丁][1]\n\n[1]: a.md\n",
            "见附件[1] (共三页)，【通知】（见第 3 页），数组 a[0](从零起)。",
            "［1］（https://a.cn），［甲］（见 a），[甲](a.png \"他说“好”\")",
            "| 甲 | 乙 |\n| --- | --- |\n|张＊＊|1|\n|＊＊|＊＊|",
            "`[甲](a b.md)`\n\n    [甲](a b.md)\n\n```\n[甲](a b.md)\n```\n",
            "\\[甲\\](a b.md)",
            "> ```\n> 引文里的代码\n\n后文\n",
            "- ```\n  代码\n  ```\n  后文",
            "1. ```\n   代码\n   ```\n",
            "> ```\n> 代码\n> ```\n> 后文",
            "```\n代码\n```\n",
            "````\n```\n代码\n`````  \n\n",
            "    ```\n    代码\n",
            "[a][3]（https://a.cn）和[^1]（https://a.cn）\n\n[3]: b.md\n[^1]: 注\n",
            "原告张＊＊诉被告李＊＊，张** 和 李**",
            "**加粗** 后文 **又** 后文，2 ** 3 ** 4，`** 代码 **`",
            "`＊＊代码＊＊`，＊＊＊\n\n＊＊＊＊",
            "#人大# 话题，#人大 #代表\n\n#1 号机组，C#语言\n\n#!/bin/sh\n\n```sh\n##注释\n# 甲\n# 乙\n```",
            "| 甲 | 乙 |\n| --- | --- |\n| —— | —— |\n| `a\\|b` | 2 |\n\n正文",
            "| 甲 | 乙 |\n|:-:|:-:|\n| 1 | 2 | |\n# 标题",
            "| 单行 |\n\n来源｜新华社\n\n记者｜张三\n时间｜今日",
            "标题\n===\n\n小标题\n---\n\n正文\n\n又一小标题\n---\n",
            "- 甲\n- 乙\n\n---\n\n正文\n\n***\n",
            "# 甲\n\n## 乙",
            "见[甲]。\n\n[甲]: a.md\n[//]: # (注释)\n[comment]: <> (注释)\n[2]: https://a.cn\n",
            "正文[^1]和[^二]。\n\n[^1]: 注\n[^二]: 注，又见[^1]\n",
            "[//]: # (注释)\n",
            "[甲]：正文\n\n[a]: https://a.cn",
            "`[^a-z]`和[^a-z]+，[^]，a[^2x 甲]",
            "[a-z][^b]，[^abc]*，[甲](a.md?[^1])，[^1](a.md)",
            "[^1]: 注，见[^2]\n\n[^2]: 又注\n\n正文[^1]",
            "为什么？\n======\n\n怎么办！\n------\n\n如下：\n------\n",
            "[甲][1]\n\n[1]: a.md\n[译者]: https://a.cn\n",
            "价格：**100**元，3*4，__下划线__",
        ] {
            assert_eq!(found(sound), [], "{sound}");
        }
    }
}

//! Problems of the values in `site.yaml` and `districts.yaml`, and of names of districts, found by `config/`.

use crate::diagnostics::lang::Lang;
use crate::diagnostics::messages::describe::{did_you_mean, problems};
use crate::text::{split_list, web_address};

const SOME_URL: &str = "https://www.example.gov.cn";

/// The web address that an invalid one probably means: `www.example.gov.cn`.
fn meant(value: &str) -> Option<String> {
    let address = web_address(value).filter(|address| address.starts_with("http"))?;
    (address != value && !address.contains([' ', '?', '#', '"', '<', '>', '\\'])).then_some(address)
}

problems! {
    /// A wrong value in the settings of the site.
    enum ConfigProblem;

    BadSize { key: &'static str, value: String } = Error "bad-size" {
        zh: "“{key}”的“{value}”不是大小",
        hint: "例如 {key}: 10 MB，单位用 KB、MB 或 GB",
        en: "`{value}` is not a size for `{key}`",
        hint: "write {key}: 10 MB, for example; units are KB, MB and GB",
    }
    BadSlug { value: String, suggestion: String } = Error "bad-slug" {
        zh: "slug“{value}”不能用在网址里",
        hint: { "只用字母、数字、汉字和 - _ .，不能有斜线，不能以 . 或 _ 开头".to_owned() + &example("，例如 ", suggestion) },
        en: "the slug `{value}` cannot be used in a URL",
        hint: { "use letters, digits, hanzi, - _ and . only, no slash, and no . or _ first".to_owned() + &example("; for example ", suggestion) },
    }
    BadLink { key: &'static str, value: String } = Error "bad-link" {
        zh: "“{key}”的链接“{value}”无效",
        hint: { "请写 http:// 或 https:// 开头的网址，或以 / 开头的站内路径".to_owned() + &example("，例如 ", &meant(value).unwrap_or_default()) },
        en: "`{key}` is not a link: `{value}`",
        hint: { "write a URL that begins with http:// or https://, or a path of this site that begins with /".to_owned() + &example("; for example ", &meant(value).unwrap_or_default()) },
    }
    BadBaseUrl { value: String } = Error "bad-base-url" {
        zh: "站点网址“{value}”无效",
        hint: { format!("请写成 {}，可以带路径，不带参数，最长 1024 个字符", meant(value).as_deref().unwrap_or(SOME_URL)) },
        en: "the base URL `{value}` is not valid",
        hint: { format!("write it like {}; it may have a path, but no query, and at most 1024 characters", meant(value).as_deref().unwrap_or(SOME_URL)) },
    }
    BadSiteCode { value: String } = Error "bad-site-code" {
        zh: "网站标识码“{value}”无效",
        hint: "网站标识码是 10 位数字，或者 bm 加 8 位数字，请核对",
        en: "`{value}` is not a site code (网站标识码)",
        hint: "it has ten digits, or `bm` and eight digits: check it",
    }
    BadPoliceNumber { value: String, digits: usize } = Error "bad-police-number" {
        zh: "公安备案号“{value}”里有 {digits} 位数字，应有 14 位",
        hint: "请照公安备案网站上的写全，例如 鄂公网安备42000000000000号",
        en: "the police number (公安备案号) `{value}` has {digits} digits, not 14",
        hint: "write the whole number, like 鄂公网安备42000000000000号",
    }
    PictureMissing { key: &'static str, value: String, nearest: Option<String> } = Error "picture-missing" {
        zh: "“{key}”要用本站自己的图片，content 文件夹里没有“{value}”",
        hint: { did_you_mean(Lang::Zh, nearest.as_ref(), "请把图片放进 content 文件夹，从 / 写起，例如 /img/emblem.svg") },
        en: "`{key}` needs a picture of this site, and there is no `{value}` in the content folder",
        hint: { did_you_mean(Lang::En, nearest.as_ref(), "put the picture into the content folder and write its path from /, like /img/emblem.svg") },
    }
    ListInOneText { key: &'static str, value: String } = Warning "list-in-one-text" {
        zh: "“{key}”里的“{value}”像是几项写成了一项",
        hint: { format!("几项请写成 {key}: [{}]，用半角逗号和空格分开", split_list(value).join(", ")) },
        en: "`{value}` in `{key}` looks like several items in one",
        hint: { format!("write several as {key}: [{}], with ASCII commas", split_list(value).join(", ")) },
    }
    InspectionSettings { missing: Vec<&'static str> } = Notice "inspection-settings" {
        zh: { format!("缺少网站检查要看的设置：{}", missing.join("、")) },
        hint: "请在 content/site.yaml 里补上；政府网站的网页标签（国办发〔2017〕47号）少不了它们",
        en: { format!("settings that inspections look for are missing: {}", missing.join(", ")) },
        hint: "add them to content/site.yaml: the page tags of official sites (国办发〔2017〕47号) need them",
    }
    BadPattern { value: String } = Error "bad-pattern" {
        zh: "publish 里的“{value}”不成路径",
        hint: "请写 content 里的文件夹或文件，例如 publish: [downloads/**]；* 代表一级里的任意文字，** 代表任意几级",
        en: "`{value}` in `publish` is not a pattern of paths",
        hint: "name a folder or a file of content, as in publish: [downloads/**]; * stands for any text without a slash, ** for any folders",
    }
    PublishNothing { value: String } = Warning "publish-nothing" {
        zh: "publish 里的“{value}”没有对应的文件",
        hint: "请核对 content 里的文件夹名和文件名，大小写也要一致；名称以 . 或 _ 开头的不发布；不再需要的请删去",
        en: "`{value}` in `publish` matches no file",
        hint: "check the names of folders and files in content, and their case; those that begin with . or _ are never published; remove it if it is not needed any more",
    }
    NotAList = Error "not-a-list" {
        zh: "这里应是以“- ”开头的若干行",
        hint: "每个区划一行，例如 - {{code: \"420105\", name: 汉阳区, slug: hanyang}}",
        en: "a list is expected here: lines that begin with `- `",
        hint: "one district a line, as in - {{code: \"420105\", name: 汉阳区, slug: hanyang}}",
    }
    UnknownDistrict { name: String, nearest: Vec<String>, all: Vec<String> } = Error "unknown-district" {
        zh: "content/districts.yaml 里没有区划“{name}”",
        hint: { match nearest.as_slice() {
            _ if districts_in(name).len() > 1 => format!("几个区划请写成 [{}]，用半角逗号和空格分开", districts_in(name).join(", ")),
            [] => format!("已有的区划：{}", all.join("、")),
            near => format!("是不是想写：{}？已有的区划：{}", near.join("、"), all.join("、")),
        } },
        en: "content/districts.yaml has no district `{name}`",
        hint: { match nearest.as_slice() {
            _ if districts_in(name).len() > 1 => format!("write several districts as [{}], with ASCII commas", districts_in(name).join(", ")),
            [] => format!("the districts there: {}", all.join(", ")),
            near => format!("did you mean {}? The districts there: {}", near.join(", "), all.join(", ")),
        } },
    }
    AmbiguousDistrict { name: String, candidates: Vec<String> } = Error "ambiguous-district" {
        zh: "有几个区划都叫“{name}”",
        hint: { format!("请改写代码或 slug：{}", candidates.join("、")) },
        en: "more than one district is called `{name}`",
        hint: { format!("write the code or the slug instead: {}", candidates.join(", ")) },
    }
    OddCode { code: String } = Warning "odd-code" {
        zh: "区划代码“{code}”不是 6 位数字",
        hint: "GB/T 2260 的代码是 6 位数字（乡镇 9 位，村和社区 12 位），用半角引号括起，请核对",
        en: "the district code `{code}` is not six digits",
        hint: "codes by GB/T 2260 have 6 digits (townships 9, villages 12), in ASCII quotes: check it",
    }
    DuplicateDistrict { key: &'static str, value: String, other: String } = Error "duplicate-district" {
        zh: "区划的 {key}“{value}”已被“{other}”使用",
        hint: "每个区划的 {key} 必须不同",
        en: "the district {key} `{value}` is already used by {other}",
        hint: "every district needs a {key} of its own",
    }
    UnknownParent { code: String, nearest: Option<String> } = Error "unknown-parent" {
        zh: "上级区划“{code}”不在本文件里",
        hint: { did_you_mean(Lang::Zh, nearest.as_ref(), "请先列出上级区划，或删去 parent") },
        en: "the parent district `{code}` is not in this file",
        hint: { did_you_mean(Lang::En, nearest.as_ref(), "list the parent too, or remove `parent`") },
    }
    ParentLoop { name: String, size: usize } = Error "parent-loop" {
        zh: { match size {
            1 => format!("“{name}”的上级是它自己"),
            _ => format!("“{name}”的上级绕了一圈又回到它自己，一圈共 {size} 个区划"),
        } },
        hint: "请改正 parent",
        en: { match size {
            1 => format!("{name} is its own parent"),
            _ => format!("the parents of {name} lead back to itself, in a circle of {size} districts"),
        } },
        hint: "correct `parent`",
    }
    TooNested { limit: usize } = Error "too-nested" {
        zh: "这里一层套一层，超过了 {limit} 层",
        hint: "请减少上级区划的层数",
        en: "this is nested more than {limit} levels deep",
        hint: "use fewer levels of parent districts",
    }
}

fn example(before: &str, suggestion: &str) -> String {
    if suggestion.is_empty() { String::new() } else { format!("{before}{suggestion}") }
}

/// The districts that one text seems to name: names have neither spaces nor commas.
fn districts_in(text: &str) -> Vec<&str> {
    let separator = |c: char| c.is_whitespace() || matches!(c, '，' | '、' | '；' | ',' | ';');
    let bracket = |c: char| matches!(c, '【' | '】' | '［' | '］' | '〔' | '〕');
    let parts: Vec<&str> =
        text.trim_matches(bracket).split(separator).filter(|part| !part.is_empty()).collect();
    // 汉 阳 区 is one name with spaces in it.
    if parts.iter().all(|part| part.chars().count() > 1) { parts } else { split_list(text) }
}

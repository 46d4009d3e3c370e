//! The organization that runs the site: `office` in site.yaml. Every page shows it in its footer, and inspections
//! check it.

use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization;

use crate::config::base_url::is_link;
use crate::config::yaml::{Fields, Located};
use crate::diagnostics::messages::ConfigProblem;
use crate::text::join;

const OFFICE_KEYS: &[&str] = &["host", "operator", "contact", "site_code", "icp", "police", "badge"];
const BADGE_KEYS: &[&str] = &["image", "url"];

/// The number of digits in a registration number of the Ministry of Public Security.
const POLICE_DIGITS: usize = 14;

/// The organization that runs the site.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Organization {
    /// 主办单位
    pub host: Option<String>,
    /// 承办单位
    pub operator: Option<String>,
    /// 联系方式, one line each.
    pub contact: Vec<String>,
    /// 网站标识码: ten digits, or `bm` and eight digits.
    pub site_code: Option<String>,
    /// ICP 备案号
    pub icp: Option<String>,
    /// 公安备案号, which contains 14 digits.
    pub police: Option<String>,
    /// 党政机关网站标识
    pub badge: Option<Badge>,
}

/// 党政机关网站标识: a picture with a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    /// The path of the picture on the site.
    pub image: Located<String>,
    /// The URL of the link.
    pub url: String,
}

/// Reads `office`.
pub(super) fn office(fields: &mut Fields) -> Organization {
    let node = fields.node("office");
    let Some(mut inner) = node.and_then(|node| fields.inner("office", node, OFFICE_KEYS)) else {
        return Organization::default();
    };
    let text = |fields: &mut Fields, key| fields.text(key).map(|text| text.value);
    let office = Organization {
        host: text(&mut inner, "host"),
        operator: text(&mut inner, "operator"),
        contact: inner.texts("contact").into_iter().map(|text| text.value).collect(),
        site_code: site_code(&mut inner),
        icp: text(&mut inner, "icp"),
        police: police(&mut inner),
        badge: badge(&mut inner),
    };
    fields.absorb(inner);
    office
}

/// 网站标识码 (国办发〔2017〕47号): ten digits; for departments `bm` and eight digits.
fn site_code(fields: &mut Fields) -> Option<String> {
    let text = fields.text("site_code")?;
    let (digits, count) = match text.value.strip_prefix("bm") {
        Some(digits) => (digits, 8),
        None => (text.value.as_str(), 10),
    };
    if digits.len() == count && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(text.value);
    }
    fields.mistake(ConfigProblem::BadSiteCode { value: text.value }, text.span);
    None
}

fn police(fields: &mut Fields) -> Option<String> {
    let text = fields.text("police")?;
    let digits = digits(&text.value).len();
    if digits == POLICE_DIGITS {
        return Some(text.value);
    }
    fields.mistake(ConfigProblem::BadPoliceNumber { value: text.value, digits }, text.span);
    None
}

/// The ASCII digits in `text`.
pub fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn badge(fields: &mut Fields) -> Option<Badge> {
    let node = fields.node("badge")?;
    let mut inner = fields.inner("badge", node, BADGE_KEYS)?;
    let image = inner.required_text("image");
    let image = image.and_then(|image| own_picture(&mut inner, "office.badge.image", image));
    let url = inner.required_text("url");
    if let Some(bad) = url.as_ref().filter(|url| !is_link(&url.value)) {
        inner.mistake(ConfigProblem::BadLink { key: "url", value: bad.value.clone() }, bad.span);
    }
    fields.absorb(inner);
    Some(Badge { image: image?, url: url?.value })
}

/// The decoded path from `/` of a picture of this site. Pictures of other sites are refused, as they may disappear.
pub(super) fn own_picture(
    fields: &mut Fields,
    key: &'static str,
    picture: Located<String>,
) -> Option<Located<String>> {
    let decoded: String = percent_decode_str(&picture.value).decode_utf8_lossy().nfc().collect();
    let own = decoded.starts_with('/') && !decoded.starts_with("//");
    match join("", &decoded).filter(|_| own) {
        Some(name) => Some(Located { value: format!("/{name}"), span: picture.span }),
        None => {
            let slash = (!decoded.contains(':') && !decoded.starts_with('/')).then(|| join("", &decoded));
            let nearest = slash.flatten().map(|name| format!("/{name}"));
            let problem = ConfigProblem::PictureMissing { key, value: picture.value, nearest };
            fields.mistake(problem, picture.span);
            None
        }
    }
}

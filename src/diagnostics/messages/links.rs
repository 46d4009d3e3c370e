//! Problems of links, found by `content/` (where they lead outside) and `site/routes/` (where they lead within the
//! site).

use crate::diagnostics::lang::Lang;
use crate::diagnostics::messages::describe::{did_you_mean, problems};
use crate::text::web_address;

problems! {
    /// A link that leads nowhere, or that is not allowed.
    enum LinkProblem;

    Nowhere { target: String, nearest: Option<String> } = Error "link-nowhere" {
        zh: "链接“{target}”没有对应的文件",
        hint: { did_you_mean(Lang::Zh, nearest.as_ref(), "路径从本文件所在的文件夹算起；请检查文件名") },
        en: "the link `{target}` leads nowhere",
        hint: { did_you_mean(Lang::En, nearest.as_ref(), "the path starts from this file's folder; check the file's name") },
    }
    Climbs { target: String } = Error "link-climbs" {
        zh: "链接“{target}”越出了 content 文件夹",
        hint: "请减少 ../ 的个数",
        en: "the link `{target}` leads out of the content folder",
        hint: "use fewer ../",
    }
    Withdrawn { target: String } = Warning "link-withdrawn" {
        zh: "链接“{target}”指向的文档没有发布（草稿、未到时间或已过期），只显示文字",
        hint: "请去掉链接，或发布那篇文档",
        en: "the link `{target}` leads to a document that is not published (draft, scheduled or expired): only its text is shown",
        hint: "remove the link, or publish the document",
    }
    ImageWithdrawn { target: String } = Error "link-withdrawn" {
        zh: "image 里的“{target}”是一篇没有发布的文档，不是图片",
        hint: "请写图片的路径，或删去 image 这一行",
        en: "`{target}` in `image` is a document that is not published, not a picture",
        hint: "write the path of a picture, or remove `image`",
    }
    Unknown { target: String, nearest: Option<String> } = Warning "link-unknown" {
        zh: "站内链接“{target}”不是本站生成的页面",
        hint: { did_you_mean(Lang::Zh, nearest.as_ref(), "") + "如果它由别的系统提供，可以不理会" },
        en: "the link `{target}` is not a page of this site",
        hint: { match nearest {
            Some(near) => format!("did you mean `{near}`? Ignore this if another system on the same server serves it"),
            None => "ignore this if another system on the same server serves it".to_owned(),
        } },
    }
    AnchorMissing { anchor: String, file: String, nearest: Option<String> } = Warning "anchor-missing" {
        zh: "“{file}”里没有标题编号“#{anchor}”",
        hint: { match nearest {
            Some(near) => format!("是不是想写“#{near}”？"),
            None => "请检查 # 后面的编号".to_owned(),
        } },
        en: "`{file}` has no heading with the id `#{anchor}`",
        hint: { match nearest {
            Some(near) => format!("did you mean `#{near}`?"),
            None => "check the part after the #".to_owned(),
        } },
    }
    Unsafe { target: String } = Warning "unsafe-link" {
        zh: "链接“{target}”的类型不允许，只显示文字",
        hint: { did_you_mean(Lang::Zh, web_address(target).as_ref(), "只允许 http、https、mailto、tel 和站内链接") },
        en: "links like `{target}` are not allowed: only the text is shown",
        hint: { did_you_mean(Lang::En, web_address(target).as_ref(), "http, https, mailto, tel and relative links are allowed") },
    }
    OnThisComputer { target: String } = Error "link-on-this-computer" {
        zh: "链接“{target}”指向某台电脑上的文件，网上打不开",
        hint: "请把文件放进 content 文件夹，再写从本文件算起的路径，例如 附件/报告.doc",
        en: "the link `{target}` is a path on a local computer: readers cannot open it",
        hint: "put the file into the content folder and write its path from this file, as in files/report.doc",
    }
}

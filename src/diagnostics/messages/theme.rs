//! Problems of themes and templates, found by `theme/` and `render/`.

use crate::diagnostics::lang::Lang;
use crate::diagnostics::messages::describe::{did_you_mean, one_of, problems};
use crate::diagnostics::messages::shorten::Detail;

problems! {
    /// A mistake in a theme, or in the choice of a theme or template.
    enum ThemeProblem;

    UnknownTheme { name: String, known: Vec<String> } = Error "unknown-theme" {
        zh: "没有主题“{name}”",
        hint: { one_of(Lang::Zh, None, "themes/ 里或程序自带的主题有：", known) },
        en: "there is no theme `{name}`",
        hint: { one_of(Lang::En, None, "the themes in themes/ and in the program: ", known) },
    }
    ThemeLoop { name: String } = Error "theme-loop" {
        zh: "主题“{name}”的 extends 绕了一圈又回到它自己",
        hint: "请改正 theme.yaml 里的 extends",
        en: "the theme `{name}` extends itself, directly or through others",
        hint: "correct `extends` in theme.yaml",
    }
    UnknownTemplate { name: String, nearest: Option<String> } = Error "unknown-template" {
        zh: "主题里没有模板“{name}”",
        hint: { did_you_mean(Lang::Zh, nearest.as_ref(), "请检查 template 的文件名") },
        en: "the theme has no template `{name}`",
        hint: { did_you_mean(Lang::En, nearest.as_ref(), "check the file name in `template`") },
    }
    TemplateWithoutBody { name: String } = Warning "template-without-body" {
        zh: "模板“{name}”里没有 page.content，网页上不会有正文",
        hint: "请改用 page.html 等文档模板，或删去 template 这一行",
        en: "the template `{name}` does not mention page.content: the page would have no text",
        hint: "use a template for documents, such as page.html, or remove `template`",
    }
    StaticMissing { target: String } = Warning "static-missing" {
        zh: "样式表提到的“{target}”不在主题的 static 文件夹里",
        hint: "请检查路径；它从样式表所在的文件夹算起",
        en: "the style sheet refers to `{target}`, which is not in the theme's static folder",
        hint: "check the path; it starts from the style sheet's folder",
    }
    StaticUnreadable = Warning "static-unreadable" {
        zh: "不是 UTF-8 或 GB18030 编码的文字，原样发布",
        hint: "请把文件另存为 UTF-8 编码",
        en: "the file is not text in UTF-8 or GB18030; it is published unchanged",
        hint: "save the file as UTF-8",
    }
    TemplateSyntax { template: String, detail: Detail } = Error "template-syntax" {
        zh: "模板“{template}”有错：{detail}",
        hint: "请改正模板；可用的变量和函数见主题手册",
        en: "the template `{template}` has an error: {detail}",
        hint: "correct the template; the theme guide lists the variables and functions",
    }
    TemplateRender { template: String, page: String, detail: Detail } = Error "template-render" {
        zh: "生成 {page} 时模板“{template}”出错：{detail}",
        hint: "请改正模板；可用的变量和函数见主题手册",
        en: "the template `{template}` failed while rendering {page}: {detail}",
        hint: "correct the template; the theme guide lists the variables and functions",
    }
    TemplateSlow { template: String, page: String, seconds: u64 } = Warning "template-slow" {
        zh: "生成 {page} 时模板“{template}”用了 {seconds} 秒",
        hint: "请检查模板里的循环，特别是循环里的循环；确实需要更长时间，可在 site.yaml 的 limits 里加大 page_seconds",
        en: "the template `{template}` took {seconds} seconds to render {page}",
        hint: "check its loops, especially nested ones; if it needs the time, raise `page_seconds` under `limits` in site.yaml",
    }
}

//! Problems of the site as a whole, found by `site/`: sections, and addresses of outputs.

use crate::diagnostics::lang::Lang;
use crate::diagnostics::messages::describe::problems;

problems! {
    /// What does not fit together, or cannot have the address that it would have.
    enum SiteProblem;

    TooManySections { count: usize, limit: usize } = Error "too-many" {
        zh: "有 {count} 个栏目，超过上限 {limit}；从这里起多出来",
        hint: "请分成几个站点，或减少栏目",
        en: "there are {count} sections; the limit is {limit}, and this one is beyond it",
        hint: "make several sites, or use fewer sections",
    }
    RequiredBySection { key: String, section: String } = Error "missing-key" {
        zh: "缺少“{key}”，栏目“{section}”要求每篇都有",
        hint: "请补上一行“{key}: …”，或修改 content/{section}/_index.md 里的 requires",
        en: "`{key}` is missing; the section `{section}` requires it",
        hint: "add a line `{key}: …`, or change `requires` in content/{section}/_index.md",
    }
    NoDescription { section: String } = Warning "column-description" {
        zh: "栏目“{section}”没有说明",
        hint: "请在 content/{section}/_index.md 里写 description: 一两句话，网页标签里要用",
        en: "the section `{section}` has no description",
        hint: "write `description: …` in content/{section}/_index.md: the page tags need it",
    }
    Unreferenced { count: usize } = Notice "unreferenced" {
        zh: "有 {count} 个文件没有文稿、设置或模板提到，不发布",
        hint: "列出它们：tribune list unreferenced；要发布的，请在文稿里链接它，或写进 content/site.yaml 的 publish",
        en: { match count {
            1 => "1 file is not published, because no document, setting or template refers to it".to_owned(),
            _ => format!("{count} files are not published, because no document, setting or template refers to them"),
        } },
        hint: "`tribune list unreferenced` lists them; to publish one, link to it or add it to `publish` in content/site.yaml",
    }
    Copy = Warning "copied-document" {
        zh: "按文件名，这是一篇文稿的副本，会和原来的一篇同时发布",
        hint: "多余的请删除，或移出 content；要两篇都发布，请改文件名",
        en: "by its name this document is a copy of another, and both are published",
        hint: "remove it or move it out of content; if both are to be published, give it a name of its own",
    }
    SameTitle { other: String } = Warning "same-title" {
        zh: "这一篇和“{other}”同一栏目、同一标题、同一日期",
        hint: "请核对是不是发重了；多余的请删除，两篇都要的请改标题或日期",
        en: "this document and `{other}` have one section, title and date",
        hint: "if one is a copy, remove it; if both are meant, change a title or a date",
    }
    Collision { path: String, first: String, second: String } = Error "collision" {
        zh: "“{first}”和“{second}”都要生成 {path}",
        hint: "请给其中一个改文件名或写不同的 slug（只差大小写也算相同）",
        en: "`{first}` and `{second}` both make {path}",
        hint: "rename one of them or give it another slug (names that differ only in case are the same)",
    }
    IndexCollision { path: String, file: String } = Error "collision" {
        zh: "“{file}”和栏目首页都要生成 {path}",
        hint: "栏目的名称和说明写在 _index.md 里：请把 index.md 改名为 _index.md",
        en: "`{file}` and the page of its section both make {path}",
        hint: "the title and the introduction of a section are in _index.md: rename index.md to _index.md",
    }
    AliasCollision { alias: String, path: String, other: String } = Error "collision" {
        zh: "aliases 里的旧网址“{alias}”和“{other}”都要生成 {path}",
        hint: "请修改或删去这个旧网址",
        en: "the alias `{alias}` and `{other}` both make {path}",
        hint: "change or remove the alias",
    }
    TopicCollision { path: String, first: String, second: String } = Error "collision" {
        zh: "主题词“{first}”和“{second}”的网址都是 {path}",
        hint: "请在 content/site.yaml 里给其中一个定网址，例如 topics: {{{second}: another}}",
        en: "the topics {first} and {second} both have the address {path}",
        hint: "give one of them an address in content/site.yaml, as in topics: {{{second}: another}}",
    }
    TopicSpelling { written: String, usual: String } = Warning "topic-spelling" {
        zh: "主题“{written}”和“{usual}”只差大小写、全半角或空格，算同一个主题，网页上写作“{usual}”",
        hint: "请改成 {usual}",
        en: "the topics `{written}` and `{usual}` differ only in case, width or spaces: they are one topic, shown as `{usual}`",
        hint: "write {usual}",
    }
    AddressTooLong { path: String, length: usize, limit: usize } = Error "address-too-long" {
        zh: "网址太长（连同站点网址、汉字编码后有 {length} 个字符，站点地图协议要求少于 {limit} 个）：{path}",
        hint: "请减少文件夹的层数，或改短文件夹名、文件名、slug 或旧网址；编码后一个汉字占 9 个字符",
        en: "the address is too long ({length} characters with the base URL, percent-encoded; sitemaps require fewer than {limit}): {path}",
        hint: "use fewer folders, or shorter names of folders and files, a shorter slug or alias; encoded, a hanzi takes nine characters",
    }
    NameTooLong { path: String, bytes: usize } = Error "name-too-long" {
        zh: "输出文件名太长（{bytes} 字节，上限 255）：{path}",
        hint: { rename_hint(path, path.split('/').find(|name| name.len() == *bytes), Lang::Zh) },
        en: "the output file's name is too long ({bytes} bytes, the limit is 255): {path}",
        hint: { rename_hint(path, path.split('/').find(|name| name.len() == *bytes), Lang::En) },
    }
    ReservedName { path: String, name: String } = Error "reserved-name" {
        zh: "“{name}”在 Windows 上不能作文件名：{path}",
        hint: { rename_hint(path, Some(name), Lang::Zh) },
        en: "`{name}` cannot be a file name on Windows: {path}",
        hint: { rename_hint(path, Some(name), Lang::En) },
    }
    StaticFolder { path: String, by_alias: bool } = Error "static-folder" {
        zh: "网址 /static/ 下面只能有主题的静态文件，浏览器会把它们保存一年，改了以后读者也看不到：{path}",
        hint: { if *by_alias { "请修改或删去这个旧网址" } else { "请给 content 里的这个文件夹改名" } },
        en: "only the theme's static files can be below /static/: browsers keep them for a year, so readers would not see changes: {path}",
        hint: { if *by_alias { "change or remove the alias" } else { "rename this folder of the content" } },
    }
}

/// How to change the `name` of a file or folder in the path of an output.
fn rename_hint(path: &str, name: Option<&str>, lang: Lang) -> String {
    let topic = path.strip_prefix("/topics/").and_then(|rest| rest.split('/').next());
    let folder = name.filter(|name| !path.ends_with(&format!("/{name}")));
    match (topic, folder) {
        (Some(slug), _) => lang.pick(
            format!("这是主题的网址：请改主题名，或在 content/site.yaml 的 topics 里写“主题名: 另一个名字”，代替“{slug}”"),
            format!("this is the address of a topic: rename it, or write `its name: another-slug` under topics in content/site.yaml, instead of `{slug}`"),
        ),
        (None, Some(folder)) => lang.pick(
            format!("请改（或缩短）文件夹“{folder}”的名字"),
            format!("rename the folder `{folder}`, or shorten its name"),
        ),
        (None, None) => lang
            .pick(
                "请改（或缩短）文件名，或另写一个短的 slug",
                "rename the file or shorten its name, or write another slug",
            )
            .to_owned(),
    }
}

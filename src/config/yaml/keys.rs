//! Translations of keys: Chinese names, and the names that other generators use.

const TRANSLATIONS: &[(&str, &str)] = &[
    ("标题", "title"),
    ("站名", "title"),
    ("题目", "title"),
    ("日期", "date"),
    ("发布时间", "date"),
    ("时间", "date"),
    ("区划", "district"),
    ("地区", "district"),
    ("区县", "district"),
    ("所属区", "district"),
    ("所属区划", "district"),
    ("所属地区", "district"),
    ("行政区", "district"),
    ("行政区划", "district"),
    ("区域", "district"),
    ("年度", "year"),
    ("年份", "year"),
    ("副题", "subtitle"),
    ("副标题", "subtitle"),
    ("摘要", "summary"),
    ("来源", "source"),
    ("作者", "authors"),
    ("责任编辑", "editor"),
    ("编辑", "editor"),
    ("主题", "topics"),
    ("主题词", "topics"),
    ("图片", "image"),
    ("置顶", "top"),
    ("草稿", "draft"),
    ("模板", "template"),
    // Other generators' names.
    ("tags", "topics"),
    ("tag", "topics"),
    ("categories", "topics"),
    ("layout", "template"),
    ("cover", "image"),
    ("pin", "top"),
    ("栏目名称", "title"),
    ("网址", "url"),
    ("旧网址", "aliases"),
    ("更新时间", "updated"),
    ("更新日期", "updated"),
    ("更正时间", "updated"),
    ("更正日期", "updated"),
    ("modified", "updated"),
    ("lastmod", "updated"),
    ("截止时间", "expires"),
    ("定时发布", "publish_at"),
    ("说明", "description"),
    ("描述", "description"),
    ("简介", "description"),
    ("关键词", "keywords"),
    ("栏目类别", "column_type"),
    ("主办单位", "host"),
    ("承办单位", "operator"),
    ("联系方式", "contact"),
    ("网站标识码", "site_code"),
    ("备案号", "icp"),
    ("名称", "name"),
    ("代码", "code"),
    ("上级", "parent"),
];

/// Keys of documents that other generators (Hexo, Hugo, Jekyll and their themes) call otherwise, in lower case.
const ELSEWHERE: &[(&str, &[&str])] = &[
    ("excerpt", &["summary"]),
    ("description", &["summary"]),
    ("desc", &["summary"]),
    ("abstract", &["summary"]),
    ("permalink", &["slug", "aliases"]),
    ("url", &["slug", "aliases"]),
    ("redirect_from", &["aliases"]),
    ("category", &["topics"]),
    ("keywords", &["topics"]),
    ("author", &["authors"]),
    ("thumbnail", &["image"]),
    ("banner", &["image"]),
    ("featured_image", &["image"]),
    ("cover_image", &["image"]),
    ("top_img", &["image"]),
    ("index_img", &["image"]),
    ("sticky", &["top"]),
    ("publishdate", &["publish_at"]),
    ("expirydate", &["expires"]),
    // The opposite of `draft`: `published: false`.
    ("published", &[]),
    // Without a counterpart here.
    ("toc", &[]),
    ("comments", &[]),
    ("math", &[]),
    ("mathjax", &[]),
    ("mermaid", &[]),
    ("weight", &[]),
    ("type", &[]),
    ("lang", &[]),
    ("series", &[]),
    ("copyright", &[]),
];

/// What a key of documents by other generators is called here, if `name` is one; nothing if it has no counterpart.
pub(super) fn elsewhere(name: &str) -> Option<&'static [&'static str]> {
    let name = name.to_ascii_lowercase().replace('-', "_");
    ELSEWHERE.iter().find(|(other, _)| *other == name).map(|(_, own)| *own)
}

/// The key that `name` is a translation of; otherwise `name` itself.
pub(super) fn english(name: &str) -> &str {
    TRANSLATIONS.iter().find(|(chinese, _)| *chinese == name).map_or(name, |(_, key)| *key)
}

/// Whether `name` is the key of a setting in any file.
pub(super) fn is_key(name: &str) -> bool {
    TRANSLATIONS.iter().any(|(_, key)| *key == name)
}

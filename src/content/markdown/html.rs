//! Events → HTML: links resolved, raw HTML treated as the site wants, footnotes numbered and gathered at
//! the end, pictures with their sizes, and as figures where they have a title, tables that can scroll.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::sync::LazyLock;

use pulldown_cmark::html::push_html;
use pulldown_cmark::{Alignment, Event, HeadingLevel, LinkType, Tag, TagEnd};

use crate::config::HtmlPolicy;
use crate::content::assets::image::{ImageView, SIZES};
use crate::content::markdown::events::heading_text;
use crate::content::markdown::{SCHEMES, Target, TocEntry, is_unsafe};

type Resolve<'r> = &'r dyn Fn(LinkType, &str) -> Target;

/// Writes the HTML of a body of about `length` bytes. What a body does not have costs nothing: most have
/// neither pictures nor footnotes.
pub fn write(mut events: Vec<Event<'_>>, length: usize, policy: HtmlPolicy, resolve: Resolve) -> String {
    let has = |wanted: fn(&Event) -> bool| events.iter().any(wanted);
    let raw = has(|event| matches!(event, Event::Html(_) | Event::InlineHtml(_)));
    let notes = has(|event| matches!(event, Event::Start(Tag::FootnoteDefinition(_))));
    let has_pictures = has(|event| matches!(event, Event::Start(Tag::Image { .. })));
    if raw && policy == HtmlPolicy::Escape {
        events = events.into_iter().map(escaped).collect();
    }
    if policy != HtmlPolicy::Trust {
        without_attributes(&mut events);
    }
    if notes {
        events = footnotes(events);
    }
    if has_pictures {
        events = pictures(events, resolve);
    }
    let mut html = String::with_capacity(length + length / 4);
    push_html(&mut html, tables(resolve_links(events, resolve)));
    if raw && policy == HtmlPolicy::Sanitize { sanitize(&html) } else { html }
}

/// Takes away whatever of raw HTML could become active.
pub fn sanitize(html: &str) -> String {
    CLEANER.clean(html).to_string()
}

/// The headings of a body, nested by level.
pub fn toc(events: &[Event<'_>]) -> Vec<TocEntry> {
    let headings = events.iter().enumerate().filter_map(|(at, event)| match event {
        Event::Start(Tag::Heading { level, id: Some(id), .. }) => Some(TocEntry {
            level: number(*level),
            id: id.to_string(),
            title: heading_text(&events[at + 1..]),
            children: Vec::new(),
        }),
        _ => None,
    });
    let mut open: Vec<TocEntry> = Vec::new();
    let mut top = Vec::new();
    for heading in headings {
        close(&mut open, &mut top, heading.level);
        open.push(heading);
    }
    close(&mut open, &mut top, 0);
    top
}

/// Moves the open headings of `level` or deeper to where they belong.
fn close(open: &mut Vec<TocEntry>, top: &mut Vec<TocEntry>, level: u8) {
    while open.last().is_some_and(|last| last.level >= level) {
        let Some(done) = open.pop() else { return };
        match open.last_mut() {
            Some(parent) => parent.children.push(done),
            None => top.push(done),
        }
    }
}

fn number(level: HeadingLevel) -> u8 {
    level as u8
}

/// `# 标题 {#id .class onclick=…}`: of the attributes of headings only ids and classes are harmless.
fn without_attributes(events: &mut [Event]) {
    for event in events {
        if let Event::Start(Tag::Heading { attrs, .. }) = event {
            attrs.clear();
        }
    }
}

/// Raw HTML as text.
fn escaped(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        other => other,
    }
}

/// Replaces the destinations of links; one that leads nowhere leaves its text.
fn resolve_links<'a>(events: Vec<Event<'a>>, resolve: Resolve) -> impl Iterator<Item = Event<'a>> {
    // Whether a link was dropped must be known at its end.
    let mut kept = Vec::new();
    events.into_iter().filter_map(move |mut event| {
        match &mut event {
            Event::Start(Tag::Link { link_type, dest_url, .. }) => {
                let href = resolve(*link_type, dest_url).href();
                kept.push(href.is_some());
                *dest_url = href?.into();
            }
            Event::End(TagEnd::Link) if kept.pop() == Some(false) => return None,
            _ => {}
        }
        Some(event)
    })
}

/// Writes out the pictures; one that leads nowhere leaves its description. A paragraph of nothing but a picture
/// with a title becomes a figure with a caption.
fn pictures<'a>(events: Vec<Event<'a>>, resolve: Resolve) -> Vec<Event<'a>> {
    let mut result = Vec::with_capacity(events.len());
    let mut events = events.into_iter();
    while let Some(event) = events.next() {
        match event {
            Event::Start(Tag::Image { link_type, dest_url, mut title, id }) => {
                let shown = match resolve(link_type, &dest_url) {
                    Target::Picture(_, shown) => *shown,
                    Target::Href(url) => ImageView { url, ..ImageView::default() },
                    Target::Nowhere => continue,
                };
                let length = description(events.as_slice());
                let opened = matches!(result.last(), Some(Event::Start(Tag::Paragraph)));
                let closed = matches!(events.as_slice().get(length), Some(Event::End(TagEnd::Paragraph)));
                let alone = opened && closed && !title.is_empty();
                // What is shown below the picture need not be told beside it, too.
                let caption = alone.then(|| std::mem::replace(&mut title, "".into()));
                let dest_url = shown.url.clone().into();
                let start = Event::Start(Tag::Image { link_type, dest_url, title, id });
                let tag = img(std::iter::once(start).chain(events.by_ref().take(length)), &shown);
                match caption {
                    Some(caption) => {
                        // Without the paragraph around it.
                        result.pop();
                        events.next();
                        figure(&mut result, &tag, &caption);
                    }
                    None => result.push(Event::InlineHtml(tag.into())),
                }
            }
            // That of a picture which leads nowhere.
            Event::End(TagEnd::Image) => {}
            other => result.push(other),
        }
    }
    result
}

/// How many events the description of a picture takes that begins here, the picture's end included.
fn description(events: &[Event]) -> usize {
    let mut open = 1;
    let last = events.iter().position(|event| {
        match event {
            Event::Start(_) => open += 1,
            Event::End(_) => open -= 1,
            _ => {}
        }
        open == 0
    });
    last.map_or(events.len(), |last| last + 1)
}

/// The tag of a picture, as pulldown-cmark writes it, with all that browsers need to know before they have it.
fn img<'a>(picture: impl Iterator<Item = Event<'a>>, shown: &ImageView) -> String {
    let mut tag = String::new();
    push_html(&mut tag, picture);
    tag.truncate(tag.strip_suffix(" />").map_or(tag.len(), str::len));
    if let Some(srcset) = &shown.srcset {
        let srcset = srcset.replace('&', "&amp;").replace('"', "&quot;");
        let _ = write!(tag, " srcset=\"{srcset}\" sizes=\"{SIZES}\"");
    }
    if let (Some(width), Some(height)) = (shown.width, shown.height) {
        let _ = write!(tag, " width=\"{width}\" height=\"{height}\"");
    }
    tag + " loading=\"lazy\" decoding=\"async\" />"
}

/// A picture with its caption; who took it stands after the last `|`.
fn figure(events: &mut Vec<Event>, tag: &str, caption: &str) {
    let (caption, credit) = caption.rsplit_once(['|', '｜']).unwrap_or((caption, ""));
    events.push(Event::Html(format!("<figure>{tag}<figcaption>").into()));
    events.push(Event::Text(caption.trim().to_owned().into()));
    if !credit.trim().is_empty() {
        events.push(Event::Html("<span class=\"credit\">".into()));
        events.push(Event::Text(credit.trim().to_owned().into()));
        events.push(Event::Html("</span>".into()));
    }
    events.push(Event::Html("</figcaption></figure>\n".into()));
}

/// Tables in a box that scrolls; alignment by class, so that pages need no inline style. Tasks get a mark.
fn tables<'a>(events: impl Iterator<Item = Event<'a>>) -> impl Iterator<Item = Event<'a>> {
    let mut alignments: Vec<Alignment> = Vec::new();
    let mut column = 0;
    let mut head = false;
    let html = |text: &'static str| Event::Html(text.into());
    events.map(move |event| match event {
        Event::Start(Tag::Table(columns)) => {
            alignments = columns;
            html("<div class=\"table\"><table>")
        }
        Event::End(TagEnd::Table) => html("</tbody></table></div>\n"),
        Event::Start(Tag::TableHead) => {
            (head, column) = (true, 0);
            html("<thead><tr>")
        }
        Event::End(TagEnd::TableHead) => {
            head = false;
            html("</tr></thead><tbody>\n")
        }
        Event::Start(Tag::TableRow) => {
            column = 0;
            html("<tr>")
        }
        Event::End(TagEnd::TableRow) => html("</tr>\n"),
        Event::Start(Tag::TableCell) => {
            let align = alignments.get(column).copied().unwrap_or(Alignment::None);
            column += 1;
            html(cell(head, align))
        }
        Event::End(TagEnd::TableCell) => html(if head { "</th>" } else { "</td>" }),
        // A mark rather than a box that cannot be ticked: a form control would need a label.
        Event::TaskListMarker(done) => {
            let mark =
                if done { "<span class=\"task\">☑</span> " } else { "<span class=\"task\">☐</span> " };
            Event::InlineHtml(mark.into())
        }
        other => other,
    })
}

fn cell(head: bool, align: Alignment) -> &'static str {
    match (head, align) {
        (true, Alignment::None) => "<th scope=\"col\">",
        (true, Alignment::Left) => "<th scope=\"col\" class=\"left\">",
        (true, Alignment::Center) => "<th scope=\"col\" class=\"center\">",
        (true, Alignment::Right) => "<th scope=\"col\" class=\"right\">",
        (false, Alignment::None) => "<td>",
        (false, Alignment::Left) => "<td class=\"left\">",
        (false, Alignment::Center) => "<td class=\"center\">",
        (false, Alignment::Right) => "<td class=\"right\">",
    }
}

/// Numbers the footnotes in the order of their first mention and puts their texts at the end, with a
/// way back to every mention. Notes that nobody mentions are left out.
fn footnotes(events: Vec<Event<'_>>) -> Vec<Event<'_>> {
    let (body, mut notes) = part_notes(events);
    if notes.is_empty() {
        return body;
    }
    let mut numbers = Numbers::default();
    let mut result: Vec<Event> = body.into_iter().map(|event| numbers.mention(event)).collect();
    let mut list = Vec::new();
    let mut at = 0;
    // A note may mention another: the list grows while it is written.
    while let Some(label) = numbers.order.get(at).cloned() {
        at += 1;
        let Some(note) = notes.remove(&label) else { continue };
        let note: Vec<Event> = note.into_iter().map(|event| numbers.mention(event)).collect();
        list.push((at, label, note));
    }
    if list.is_empty() {
        return result;
    }
    result.push(Event::Html("<div class=\"footnotes\" role=\"doc-endnotes\"><ol>\n".into()));
    for (number, label, note) in list {
        result.push(Event::Html(format!("<li id=\"fn-{number}\">").into()));
        let mentions = numbers.mentions.get(&label).copied().unwrap_or(1);
        result.extend(with_way_back(note, number, mentions));
        result.push(Event::Html("</li>\n".into()));
    }
    result.push(Event::Html("</ol></div>\n".into()));
    result
}

type Notes<'a> = HashMap<String, Vec<Event<'a>>>;

/// Parts the definitions of footnotes from the body; the first of one label counts.
fn part_notes(events: Vec<Event<'_>>) -> (Vec<Event<'_>>, Notes<'_>) {
    let mut body = Vec::with_capacity(events.len());
    let mut notes = Notes::new();
    let mut open: Vec<(String, Vec<Event>)> = Vec::new();
    for event in events {
        match event {
            Event::Start(Tag::FootnoteDefinition(label)) => open.push((label.to_string(), Vec::new())),
            Event::End(TagEnd::FootnoteDefinition) => {
                if let Some((label, note)) = open.pop() {
                    notes.entry(label).or_insert(note);
                }
            }
            event => match open.last_mut() {
                Some((_, note)) => note.push(event),
                None => body.push(event),
            },
        }
    }
    (body, notes)
}

/// The numbers of footnotes.
#[derive(Default)]
struct Numbers {
    order: Vec<String>,
    number: HashMap<String, usize>,
    mentions: HashMap<String, usize>,
}

impl Numbers {
    fn mention<'a>(&mut self, event: Event<'a>) -> Event<'a> {
        let Event::FootnoteReference(label) = event else { return event };
        let label = label.to_string();
        let number = *self.number.entry(label.clone()).or_insert_with(|| {
            self.order.push(label.clone());
            self.order.len()
        });
        let mention = self.mentions.entry(label).or_insert(0);
        *mention += 1;
        let id = mention_id(number, *mention);
        let html = format!(
            "<sup class=\"footnote\"><a href=\"#fn-{number}\" id=\"{id}\" role=\"doc-noteref\">{number}</a></sup>"
        );
        Event::InlineHtml(html.into())
    }
}

fn mention_id(number: usize, mention: usize) -> String {
    if mention == 1 { format!("fnref-{number}") } else { format!("fnref-{number}-{mention}") }
}

fn with_way_back(mut note: Vec<Event<'_>>, number: usize, mentions: usize) -> Vec<Event<'_>> {
    let links: String = (1..=mentions)
        .map(|mention| {
            let id = mention_id(number, mention);
            format!(" <a href=\"#{id}\" role=\"doc-backlink\" aria-label=\"{number}\">↩</a>")
        })
        .collect();
    let inside = matches!(note.last(), Some(Event::End(TagEnd::Paragraph)));
    let at = if inside { note.len() - 1 } else { note.len() };
    note.insert(at, Event::InlineHtml(links.into()));
    note
}

/// Keeps what Markdown itself makes and harmless HTML; scripts, styles, frames, forms and event handlers go.
static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = ammonia::Builder::default();
    cleaner
        .add_tags(["section", "u"])
        .add_tag_attributes("a", ["role", "aria-label"])
        .add_tag_attributes("div", ["role"])
        .add_tag_attributes("th", ["scope"])
        .add_tag_attributes("img", ["srcset", "sizes", "loading", "decoding"])
        .add_tag_attributes("ol", ["start"])
        .add_generic_attributes(["id", "class"])
        .url_schemes(SCHEMES.into())
        .attribute_filter(|_, name, value| is_harmless(name, value).then_some(value.into()))
        .link_rel(None);
    cleaner
});

/// The elements that [`CLEANER`] keeps.
static KEPT: LazyLock<HashSet<&'static str>> = LazyLock::new(|| CLEANER.clone_tags());

/// Is an element, named in small letters, one that stays?
pub fn is_kept(element: &str) -> bool {
    KEPT.contains(element)
}

/// Does an element, named in small letters, go together with the text in it?
pub fn is_dropped(element: &str) -> bool {
    !is_kept(element) && !CLEANER.clean(&format!("<{element}>文</{element}>")).to_string().contains('文')
}

/// Are the addresses in an attribute allowed ones? The cleaner itself judges neither `cite` nor `srcset`, and the
/// others without a look through the controls in them.
fn is_harmless(name: &str, value: &str) -> bool {
    match name {
        "cite" | "href" | "src" => !is_unsafe(value),
        // A comma may stand in an address, but no address begins after anything else.
        "srcset" => value.split(',').all(|part| !is_unsafe(part)),
        _ => true,
    }
}

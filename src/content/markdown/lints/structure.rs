//! What the parser makes of a body, as far as slips depend on it.

use std::collections::HashSet;
use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, LinkType, Parser, Tag, TagEnd};

use crate::content::markdown::amended::Body;
use crate::content::markdown::events;
use crate::content::markdown::numbers::{Jump, Numbers};

/// Ranges in the order of their beginnings, none within another.
#[derive(Debug, Default)]
pub(super) struct Ranges(Vec<Range<usize>>);

impl Ranges {
    fn push(&mut self, range: Range<usize>) {
        if self.0.last().is_none_or(|last| last.end <= range.start) {
            self.0.push(range);
        }
    }

    /// Whether the byte `at` is in one of them.
    pub(super) fn contain(&self, at: usize) -> bool {
        let before = self.0.partition_point(|range| range.start <= at);
        before.checked_sub(1).is_some_and(|last| self.0[last].contains(&at))
    }
}

/// A label, and the byte at which it is written.
pub(super) type Labelled = (String, usize);

/// The definition of a link: `[label]: target`.
#[derive(Debug)]
pub(super) struct Definition {
    /// Its label as written.
    pub label: String,
    /// Where it leads.
    pub target: String,
    /// Where it begins.
    pub at: usize,
}

/// What the parser makes of a body; all places are those of the body as written.
#[derive(Debug, Default)]
pub(super) struct Structure {
    /// Code and raw HTML.
    pub verbatim: Ranges,
    /// Links, pictures and marks of notes.
    pub links: Ranges,
    /// The text of links and pictures.
    pub link_texts: Ranges,
    /// How many links and pictures are open.
    open_links: usize,
    /// Tables.
    pub tables: Ranges,
    /// Where emphasis begins and where the runs that end it do.
    pub emphasised: HashSet<usize>,
    /// Where headings begin that are made by the line below them.
    pub underlined: Vec<usize>,
    /// Where headings of the first level begin.
    pub titles: Vec<usize>,
    /// The labels of the marks of notes, and that of the note in which each stands, all in lower case.
    pub marks: Vec<(String, Option<String>)>,
    /// The labels of the notes that are open, in lower case.
    open_notes: Vec<String>,
    /// The notes.
    pub notes: Vec<Labelled>,
    /// The definitions of links.
    pub definitions: Vec<Definition>,
    /// Whether there is anything but definitions of links.
    pub is_shown: bool,
    /// The labels that links refer to, as written there.
    pub used: HashSet<String>,
    /// The items of lists whose number is not the next one.
    pub jumps: Vec<(Jump, usize)>,
}

impl Structure {
    /// Parses a body.
    pub(super) fn of(body: &Body) -> Structure {
        let mut structure = Structure::default();
        let parser = Parser::new_ext(&body.text, events::options());
        let place = |range: Range<usize>| body.original(range.start)..body.original(range.end);
        for (label, definition) in parser.reference_definitions().iter() {
            let target = body.clean(Event::Text(definition.dest.clone()));
            structure.definitions.push(Definition {
                label: label.to_owned(),
                target: if let Event::Text(target) = target { target.to_string() } else { String::new() },
                at: place(definition.span.clone()).start,
            });
        }
        structure.definitions.sort_by_key(|definition| definition.at);
        let mut numbers = Numbers::default();
        for (event, range) in parser.into_offset_iter() {
            let source = &body.text[range.clone()];
            let written = place(range);
            if let Some(jump) = numbers.next(&event, source) {
                structure.jumps.push((jump, written.start));
            }
            structure.is_shown = true;
            structure.add(&event, source, written);
        }
        structure
    }

    fn add(&mut self, event: &Event, source: &str, place: Range<usize>) {
        match event {
            Event::Code(_) | Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::CodeBlock(_)) => {
                self.verbatim.push(place);
            }
            Event::Start(Tag::Link { link_type, id, .. } | Tag::Image { link_type, id, .. }) => {
                if matches!(link_type, LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut) {
                    self.used.insert(id.to_lowercase());
                }
                self.links.push(place);
                self.open_links += 1;
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                self.open_links = self.open_links.saturating_sub(1);
            }
            Event::Text(_) if self.open_links > 0 => self.link_texts.push(place),
            Event::Start(Tag::Table(_)) => self.tables.push(place),
            Event::Start(Tag::Strong) => {
                self.emphasised.extend([place.start, place.end.saturating_sub(2)]);
            }
            Event::Start(Tag::Heading { level, .. }) => {
                if !source.trim_start().starts_with('#') {
                    self.underlined.push(place.start);
                }
                if *level == HeadingLevel::H1 {
                    self.titles.push(place.start);
                }
            }
            Event::FootnoteReference(label) => {
                self.marks.push((label.to_lowercase(), self.open_notes.last().cloned()));
                self.links.push(place);
            }
            Event::Start(Tag::FootnoteDefinition(label)) => {
                self.notes.push((label.to_string(), place.start));
                self.open_notes.push(label.to_lowercase());
            }
            Event::End(TagEnd::FootnoteDefinition) => drop(self.open_notes.pop()),
            _ => {}
        }
    }

    /// Where the second heading of the first level begins, if the line below makes it or the first one.
    pub(super) fn second_underlined_title(&self) -> Option<usize> {
        let is_underlined = |title: &usize| self.underlined.binary_search(title).is_ok();
        let titles = self.titles.get(..2)?;
        titles.iter().any(is_underlined).then_some(titles[1])
    }

    /// Whether the heading in this range, or up to three spaces before it, is made by the line below it.
    pub(super) fn is_underlined(&self, range: &Range<usize>) -> bool {
        let before = self.underlined.partition_point(|start| *start < range.end);
        before.checked_sub(1).is_some_and(|last| self.underlined[last] + 4 > range.start)
    }
}

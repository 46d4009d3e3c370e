//! The dates of documents beside each other and the clock: when they are published and changed, and which of them are
//! probably mistakes.

use std::sync::Arc;

use jiff::{Timestamp, ToSpan, Zoned};

use crate::config::Config;
use crate::content::File;
use crate::content::document::{Document, Meta};
use crate::diagnostics::messages::ContentProblem;
use crate::diagnostics::{DiagnosticSink, Span};
use crate::site::model::{Page, Publication, Site};
use crate::text::Date;

/// The documents and the clock of a build.
pub(super) struct Calendar<'a> {
    pub(super) config: &'a Config,
    pub(super) publication: Publication,
    pub(super) now: Timestamp,
}

impl Calendar<'_> {
    /// Whether a document is published now.
    pub(super) fn is_published(&self, document: &Document) -> bool {
        let meta = &document.meta;
        let due = |date: &Date| self.instant(date) <= self.now;
        (self.publication.drafts || !meta.draft)
            && (self.publication.future || meta.publish_at.as_ref().is_none_or(|at| due(&at.value)))
            && !meta.expires.as_ref().is_some_and(due)
    }

    /// The next time at which the clock alone changes what a build gives: a document is published or expires, or the date
    /// of one is no longer too far ahead.
    pub(super) fn next_change(&self, documents: &[(File, Arc<Document>)]) -> Option<Timestamp> {
        let shown =
            documents.iter().map(|(_, document)| &document.meta).filter(|meta| self.may_be_shown(meta));
        let instants = shown.flat_map(|meta| {
            let publish_at = meta.publish_at.as_ref().filter(|_| !self.publication.future).map(|at| at.value);
            let dates = [publish_at, meta.expires].into_iter().flatten().map(|date| self.instant(&date));
            dates.chain(self.ahead(meta).map(|(.., until)| until))
        });
        instants.filter(|at| *at > self.now).min()
    }

    /// Warns of dates that are probably mistakes. Documents that are not due yet are checked too: when they are, it is
    /// too late.
    pub(super) fn check(&self, documents: &[(File, Arc<Document>)], sink: &mut DiagnosticSink) {
        for (file, document) in documents {
            let meta = &document.meta;
            if !self.may_be_shown(meta) {
                continue;
            }
            for (key, span, _) in self.ahead(meta) {
                sink.add(&file.path, span, ContentProblem::DateAhead { key });
            }
            let Some(date) = &meta.date else { continue };
            if meta.publish_at.as_ref().is_some_and(|at| self.is_before(&at.value, &date.value)) {
                sink.add(&file.path, date.span, ContentProblem::DateAfterRelease);
            }
            if let Some(updated) = meta.updated.as_ref().filter(|at| self.is_before(&at.value, &date.value)) {
                sink.add(&file.path, updated.span, ContentProblem::UpdatedFirst);
            }
        }
    }

    fn instant(&self, date: &Date) -> Timestamp {
        date.in_zone(&self.config.time_zone).timestamp()
    }

    fn may_be_shown(&self, meta: &Meta) -> bool {
        self.publication.drafts || !meta.draft
    }

    /// Whether a date is before another: by days, if one of them has no time.
    fn is_before(&self, date: &Date, other: &Date) -> bool {
        let [one, two] = [date, other].map(|date| date.in_zone(&self.config.time_zone));
        match date.has_time && other.has_time {
            true => one < two,
            false => one.date() < two.date(),
        }
    }

    /// The dates that are too far ahead, and until when they are: a date by a year, a correction at all.
    fn ahead<'m>(
        &self,
        meta: &'m Meta,
    ) -> impl Iterator<Item = (&'static str, Span, Timestamp)> + use<'_, 'm> {
        // What expires before its date is reported already.
        let date =
            meta.date.as_ref().filter(|date| meta.expires.is_none_or(|end| date.value.is_before(&end)));
        [("date", date, 1), ("updated", meta.updated.as_ref(), 0)].into_iter().filter_map(
            |(key, date, years)| {
                let at = date?.value.in_zone(&self.config.time_zone);
                // Nearly all dates are in the past.
                let until =
                    (at.timestamp() > self.now).then(|| at.saturating_sub(years.years()).timestamp())?;
                (until > self.now).then_some((key, date?.span, until))
            },
        )
    }
}

/// The last change of a page that readers can see: its date, its release if it was held back, or its correction.
pub(super) fn modified(config: &Config, page: &Page) -> Option<Zoned> {
    let Meta { publish_at, updated, .. } = &page.document.meta;
    let later = [publish_at, updated].into_iter().flatten();
    page.date.clone().into_iter().chain(later.map(|date| date.value.in_zone(&config.time_zone))).max()
}

impl Site {
    /// The last change of a page that readers can see: its date, its release if it was held back, or its correction.
    pub fn modified(&self, page: &Page) -> Option<Zoned> {
        modified(&self.config, page)
    }
}

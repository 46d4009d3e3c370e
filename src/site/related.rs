//! Finds related documents by topic and district. Only documents near each other in a listing are compared, so that the
//! cost per document does not depend on the size of the site, and a new document affects only a few others.

use std::cmp::Reverse;

use crate::site::ids::PageId;
use crate::site::model::Site;
use crate::site::scope::Scope;

/// The maximum number of related documents.
pub(super) const LIMIT: usize = 5;
/// The maximum distance in a listing.
const MAX_DISTANCE: usize = 4;
/// The weight of a shared topic or district; that of a shared section is 1.
const SHARED_WEIGHT: usize = 2;

impl Site {
    /// The documents related to `id`: most similar first, then closest in date, then by path; none for plain pages. The
    /// previous and next document of the section are left out, as pages link to them already.
    pub fn related(&self, id: PageId) -> Vec<PageId> {
        let page = self.page(id);
        if page.section.is_none() {
            return Vec::new();
        }
        let (previous, next) = self.neighbours(id);
        let topics = page.topics.iter().map(|id| Scope::Topic(*id));
        let districts = page.districts.iter().map(|id| Scope::District(*id));
        let mut near: Vec<PageId> =
            topics.chain(districts).flat_map(|scope| self.near(scope, id)).copied().collect();
        near.sort_unstable();
        near.dedup();
        near.retain(|other| ![Some(id), previous, next].contains(&Some(*other)));
        let scored = near.into_iter().map(|other| (self.similarity(id, other), other));
        let mut scored: Vec<_> = scored.filter(|(similarity, _)| *similarity >= SHARED_WEIGHT).collect();
        scored.sort_by_cached_key(|(similarity, other)| {
            (Reverse(*similarity), self.seconds_between(id, *other), *other)
        });
        scored.into_iter().take(LIMIT).map(|(_, other)| other).collect()
    }

    /// The documents that may list `id` as related: those near it in the listings that contain it.
    pub fn relating(&self, id: PageId) -> Vec<PageId> {
        let scopes = self.scopes_of(id).into_iter();
        let scopes = scopes.filter(|scope| matches!(scope, Scope::Topic(_) | Scope::District(_)));
        scopes.flat_map(|scope| self.near(scope, id)).copied().filter(|other| *other != id).collect()
    }

    /// The documents near `id` in a listing, including itself.
    fn near(&self, scope: Scope, id: PageId) -> &[PageId] {
        let listing = self.documents(scope);
        let Some(place) = self.place_in(scope, id) else { return &[] };
        &listing[place.saturating_sub(MAX_DISTANCE)..(place + MAX_DISTANCE + 1).min(listing.len())]
    }

    fn similarity(&self, one: PageId, other: PageId) -> usize {
        let (one, other) = (self.page(one), self.page(other));
        let topics = one.topics.iter().filter(|id| other.topics.contains(id)).count();
        let districts = one.districts.iter().filter(|id| other.districts.contains(id)).count();
        SHARED_WEIGHT * (topics + districts) + usize::from(one.section == other.section)
    }

    /// The time between the dates of two documents, in seconds; the maximum if one has no date.
    fn seconds_between(&self, one: PageId, other: PageId) -> u64 {
        let second = |id| self.page(id).date.as_ref().map(|date| date.timestamp().as_second());
        match (second(one), second(other)) {
            (Some(one), Some(other)) => one.abs_diff(other),
            _ => u64::MAX,
        }
    }
}

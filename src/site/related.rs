//! Documents that are related to a document, by its topics and its districts. Only what stands near it in
//! their listings is looked at: each document costs the same however large the site is, and a new one
//! changes what is related to a few others only.

use std::cmp::Reverse;

use crate::site::ids::PageId;
use crate::site::model::Site;
use crate::site::scope::Scope;

/// How many are shown at most.
pub(super) const LIMIT: usize = 5;
/// How far away in a listing they may stand.
const REACH: usize = 4;
/// What a shared topic counts, and a shared district; a shared section counts one.
const SHARED: usize = 2;

impl Site {
    /// The documents related to `id`, most related first, then nearest in time, then by path; none for
    /// plain pages. Its neighbours in its section are shown beside it anyway, and are left out.
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
        let scored = near.into_iter().map(|other| (self.likeness(id, other), other));
        let mut scored: Vec<_> = scored.filter(|(likeness, _)| *likeness >= SHARED).collect();
        scored.sort_by_cached_key(|(likeness, other)| (Reverse(*likeness), self.apart(id, *other), *other));
        scored.into_iter().take(LIMIT).map(|(_, other)| other).collect()
    }

    /// The documents that may show `id` as related: those near it in the listings that hold it.
    pub fn relating(&self, id: PageId) -> Vec<PageId> {
        let scopes = self.scopes_of(id).into_iter();
        let scopes = scopes.filter(|scope| matches!(scope, Scope::Topic(_) | Scope::District(_)));
        scopes.flat_map(|scope| self.near(scope, id)).copied().filter(|other| *other != id).collect()
    }

    /// The documents about `id` in a listing, itself among them.
    fn near(&self, scope: Scope, id: PageId) -> &[PageId] {
        let listing = self.documents(scope);
        let Some(place) = self.place_in(scope, id) else { return &[] };
        &listing[place.saturating_sub(REACH)..(place + REACH + 1).min(listing.len())]
    }

    fn likeness(&self, one: PageId, other: PageId) -> usize {
        let (one, other) = (self.page(one), self.page(other));
        let topics = one.topics.iter().filter(|id| other.topics.contains(id)).count();
        let districts = one.districts.iter().filter(|id| other.districts.contains(id)).count();
        SHARED * (topics + districts) + usize::from(one.section == other.section)
    }

    /// Seconds between two documents; undated ones are far from all.
    fn apart(&self, one: PageId, other: PageId) -> u64 {
        let second = |id| self.page(id).date.as_ref().map(|date| date.timestamp().as_second());
        match (second(one), second(other)) {
            (Some(one), Some(other)) => one.abs_diff(other),
            _ => u64::MAX,
        }
    }
}

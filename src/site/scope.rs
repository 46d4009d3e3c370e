//! The scope of a listing: all documents, or those of a section, district, year or topic.

use crate::config::DistrictId;
use crate::site::ids::{SectionId, TopicId};

/// The scope of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// All documents.
    All,
    /// Those of a section.
    Section(SectionId),
    /// Those of a district and of all districts below it.
    District(DistrictId),
    /// Those of a district and of all districts below it, in one year.
    DistrictYear(DistrictId, i16),
    /// Those of a year.
    Year(i16),
    /// Those of a topic.
    Topic(TopicId),
}

impl Scope {
    /// Whether it has a feed.
    pub fn has_feed(self) -> bool {
        matches!(self, Scope::All | Scope::Section(_) | Scope::District(_))
    }

    /// Its name in templates.
    pub fn kind(self) -> &'static str {
        match self {
            Scope::All => "all",
            Scope::Section(_) => "section",
            Scope::District(_) => "district",
            Scope::DistrictYear(..) => "district-year",
            Scope::Year(_) => "year",
            Scope::Topic(_) => "topic",
        }
    }
}

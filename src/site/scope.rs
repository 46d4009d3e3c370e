//! What a listing lists: everything, or the documents of a section, district, year or topic.

use crate::config::DistrictId;
use crate::site::ids::{SectionId, TopicId};

/// What a listing lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// All documents.
    All,
    /// Those of a section.
    Section(SectionId),
    /// Those of a district and of all below it.
    District(DistrictId),
    /// The same, of one year.
    DistrictYear(DistrictId, i16),
    /// Those of a year.
    Year(i16),
    /// Those of a topic.
    Topic(TopicId),
}

impl Scope {
    /// The name templates know it by.
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

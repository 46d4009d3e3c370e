//! Numbers of pages, sections and topics: their places in the vectors of [`crate::site::model::Site`].

/// A page's number: its place in [`crate::site::model::Site::pages`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageId(pub u32);

/// A section's number: its place in [`crate::site::model::Site::sections`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SectionId(pub u32);

/// A topic's number: its place in [`crate::site::model::Site::topics`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicId(pub u32);

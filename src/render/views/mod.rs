//! What templates see: pages, listings, pictures, page tags, structured data.

mod json_ld;
mod page_tags;
mod view;
mod view_builder;

pub use self::json_ld::{Subject, linked_data};
pub use self::page_tags::PageTagsView;
pub use self::view::{
    Card, CurrentView, DistrictView, LinkView, PageView, SectionView, TargetView, TopicView, YearView,
    reading_minutes, value_of,
};
pub use self::view_builder::site_view;

#[cfg(feature = "internals")]
pub use self::view::{CreditView, DateView, NameView};

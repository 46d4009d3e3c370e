//! The keys of front matter.

/// The keys of a document's front matter.
pub(super) const DOCUMENT_KEYS: &[&str] = &[
    "title",
    "date",
    "district",
    "year",
    "subtitle",
    "summary",
    "source",
    "authors",
    "editor",
    "topics",
    "updated",
    "image",
    "top",
    "draft",
    "publish_at",
    "expires",
    "aliases",
    "slug",
    "template",
    "extra",
];

/// The keys of a section's `_index.md`.
pub(super) const SECTION_KEYS: &[&str] = &[
    "title",
    "description",
    "keywords",
    "column_type",
    "order",
    "paginate",
    "requires",
    "template",
    "extra",
];

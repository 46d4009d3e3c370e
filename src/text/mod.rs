//! Chinese text, dates, slugs, paths and encodings: functions that depend on neither the site nor the disk.

mod address;
mod cjk;
mod date;
mod encoding;
mod mentions;
mod path;
mod phrases;
mod size;
mod slug;
mod unicode;

pub use self::address::web_address;
pub use self::cjk::{
    count_words, cut_at_sentence, has_sentence, is_cjk, is_punctuation, joins_without_space, nearest,
    split_list,
};
pub use self::date::{Date, suggest};
pub use self::encoding::{DecodeError, DecodeErrorKind, Decoded, NotGb18030, decode, is_unfit, unfit};
pub use self::mentions::{in_markup, in_script, in_style};
pub use self::path::{ending, fold, join, output_path};
pub use self::size::{KB, MB, human_size};
pub use self::slug::{SlugStyle, heading_id, is_slug, segment, shorten, suggestion};
pub use self::unicode::{changes_direction, holds_stray, is_invisible, is_stray, loose};

//! Sizes in bytes, formatted for messages.

/// 1024 bytes.
pub const KB: u64 = 1024;
/// 1024 KB.
pub const MB: u64 = 1024 * KB;

/// A size, rounded up: `10 MB`.
pub fn human_size(bytes: u64) -> String {
    match bytes {
        _ if bytes >= MB => format!("{} MB", bytes.div_ceil(MB)),
        _ if bytes >= KB => format!("{} KB", bytes.div_ceil(KB)),
        _ => format!("{bytes} B"),
    }
}

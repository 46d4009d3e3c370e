//! Sizes in bytes, for people.

const KB: u64 = 1024;
const MB: u64 = 1024 * KB;

/// A size, rounded up: `10 MB`.
pub fn shown(bytes: u64) -> String {
    match bytes {
        _ if bytes >= MB => format!("{} MB", bytes.div_ceil(MB)),
        _ if bytes >= KB => format!("{} KB", bytes.div_ceil(KB)),
        _ => format!("{bytes} B"),
    }
}

//! The format of cache files: a header with the program's fingerprint, a value, and a checksum. A file that is damaged,
//! truncated or another program's reads as `None`.

use std::io::{self, BufWriter, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;
use xxhash_rust::xxh3::Xxh3;

use crate::world::Fingerprint;

/// The start of each file, with the version of the format.
const MAGIC: &[u8] = b"tribune 2 ";
/// The length of the checksum at the end, in bytes.
const CHECK: usize = 16;

/// Writes `value` as a file of this kind.
///
/// # Errors
/// Any error of `out`.
pub fn write<T: Serialize>(
    out: &mut dyn Write,
    kind: &str,
    program: Fingerprint,
    value: &T,
) -> io::Result<()> {
    // The serializer writes a few bytes at a time.
    let mut out = BufWriter::with_capacity(1 << 16, Summing { out, sum: Xxh3::new() });
    out.write_all(MAGIC)?;
    out.write_all(kind.as_bytes())?;
    let out = postcard::to_io(&(program, value), out).map_err(io::Error::other)?;
    let out = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    let sum = out.sum.digest128().to_le_bytes();
    out.out.write_all(&sum)
}

/// Reads what [`write()`] wrote for the same kind and program.
pub fn read<T: DeserializeOwned>(bytes: &[u8], kind: &str, program: Fingerprint) -> Option<T> {
    let (content, check) = bytes.split_at(bytes.len().checked_sub(CHECK)?);
    if Fingerprint::of(content).bytes() != check {
        return None;
    }
    let (by, value): (Fingerprint, T) =
        postcard::from_bytes(content.strip_prefix(MAGIC)?.strip_prefix(kind.as_bytes())?).ok()?;
    (by == program).then_some(value)
}

/// Passes bytes on and computes their checksum.
struct Summing<'a> {
    out: &'a mut dyn Write,
    sum: Xxh3,
}

impl Write for Summing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.sum.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_back_and_damaged_ones_are_not() {
        let program = Fingerprint::of(b"one");
        let mut bytes = Vec::new();
        write(&mut bytes, "list", program, &vec!["甲".to_owned(), "乙".to_owned()]).unwrap();
        let read = |bytes: &[u8], program| read::<Vec<String>>(bytes, "list", program);
        assert_eq!(read(&bytes, program).unwrap(), ["甲", "乙"]);
        assert_eq!(read(&bytes, Fingerprint::of(b"other")), None);
        assert_eq!(super::read::<Vec<String>>(&bytes, "lists", program), None);
        for cut in 0..bytes.len() {
            assert_eq!(read(&bytes[..cut], program), None);
            let mut damaged = bytes.clone();
            damaged[cut] ^= 1;
            assert_eq!(read(&damaged, program), None);
        }
    }
}

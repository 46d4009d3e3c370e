//! Decodes text files. A byte order mark decides the encoding. Without one, strict UTF-8 is tried, then strict GB18030
//! if the result is clearly Chinese. Any other file is an error: invalid bytes are never replaced by U+FFFD, because a
//! wrong character on a public page is worse than an error.
//!
//! Many editors on Chinese Windows still save in code page 936, a subset of GB18030 (GB 18030-2022). Text in other
//! encodings can be valid GB18030, too: see `is_chinese`.

use encoding_rs::{DecoderResult, GB18030};

/// The encoding of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf16(Endian),
    Gb18030,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Endian {
    Little,
    Big,
}

/// The text of a file, with its line endings unchanged.
#[derive(Debug)]
pub struct Decoded {
    /// The text, without a byte order mark.
    pub text: String,
    /// Whether the file was GB18030 and should be saved as UTF-8.
    pub converted: bool,
    encoding: Encoding,
    /// The length of the byte order mark in bytes.
    mark: usize,
}

/// Why a file could not be decoded, and where.
#[derive(Debug)]
pub struct DecodeError {
    /// The kind of error.
    pub kind: DecodeErrorKind,
    /// The offset of the byte in the file, from 0.
    pub offset: usize,
    /// The line, from 1.
    pub line: u32,
}

/// The kinds of [`DecodeError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeErrorKind {
    /// The file contains a NUL byte.
    NulByte,
    /// The file has a UTF-16 byte order mark, but is not valid UTF-16.
    NotUtf16,
    /// The file is neither UTF-8 nor GB18030.
    NotUtf8(NotGb18030),
}

/// Why a file that is not UTF-8 was not read as GB18030 either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotGb18030 {
    /// The byte order mark is that of UTF-8.
    Utf8Mark,
    /// Valid GB18030, but not clearly Chinese: another encoding, or too little text.
    NotChinese,
    /// Invalid as GB18030 from this byte on.
    Invalid(usize),
}

/// Byte order marks (Unicode 16, section 23.8; in GB18030, U+FEFF has four bytes).
const MARKS: &[(&[u8], Encoding)] = &[
    (b"\xEF\xBB\xBF", Encoding::Utf8),
    (b"\xFF\xFE", Encoding::Utf16(Endian::Little)),
    (b"\xFE\xFF", Encoding::Utf16(Endian::Big)),
    (b"\x84\x31\x95\x33", Encoding::Gb18030),
];

/// Decodes a whole file.
///
/// # Errors
/// The first invalid byte.
pub fn decode(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    let marked = MARKS.iter().find(|(mark, _)| bytes.starts_with(mark));
    let (mark, encoding) = marked.map_or((0, None), |(mark, encoding)| (mark.len(), Some(*encoding)));
    let decoded = |text: String, encoding| {
        Ok(Decoded { text, converted: encoding == Encoding::Gb18030, encoding, mark })
    };
    if let Some(Encoding::Utf16(endian)) = encoding {
        return decoded(utf16(bytes, endian)?, Encoding::Utf16(endian));
    }
    if let Some(offset) = memchr::memchr(0, bytes) {
        return Err(DecodeError { kind: DecodeErrorKind::NulByte, offset, line: line_of(bytes, offset) });
    }
    let not_utf8 = if encoding == Some(Encoding::Gb18030) {
        mark
    } else {
        match simdutf8::compat::from_utf8(&bytes[mark..]) {
            Ok(text) => return decoded(text.to_owned(), Encoding::Utf8),
            Err(error) => mark + error.valid_up_to(),
        }
    };
    let refused = |at, reason| {
        let kind = DecodeErrorKind::NotUtf8(reason);
        Err(DecodeError { kind, offset: not_utf8, line: line_of(bytes, at) })
    };
    if encoding == Some(Encoding::Utf8) {
        return refused(not_utf8, NotGb18030::Utf8Mark);
    }
    match gb18030(&bytes[mark..]) {
        Ok(text) if mark > 0 || is_chinese(bytes, &text) => decoded(text, Encoding::Gb18030),
        Ok(_) => refused(not_utf8, NotGb18030::NotChinese),
        // Both encodings fail: report the line of the later error, as that encoding is more likely.
        Err(at) => refused(not_utf8.max(mark + at), NotGb18030::Invalid(mark + at)),
    }
}

/// The line of the byte at `offset`, from 1.
fn line_of(bytes: &[u8], offset: usize) -> u32 {
    let before = &bytes[..offset];
    let returns = memchr::memchr_iter(b'\r', before).filter(|at| bytes.get(at + 1) != Some(&b'\n'));
    1 + (memchr::memchr_iter(b'\n', before).count() + returns.count()) as u32
}

/// Decodes UTF-16 after its byte order mark (RFC 2781, section 2.2). An odd byte at the end and unpaired surrogates are
/// errors.
fn utf16(bytes: &[u8], endian: Endian) -> Result<String, DecodeError> {
    let unit = |pair: &[u8]| match endian {
        Endian::Little => u16::from(pair[0]) | u16::from(pair[1]) << 8,
        Endian::Big => u16::from(pair[0]) << 8 | u16::from(pair[1]),
    };
    let units: Vec<u16> = bytes[2..].chunks_exact(2).map(unit).collect();
    let mut text = String::with_capacity(bytes.len());
    let mut offset = 2;
    let error = |text: &str, kind, offset| {
        let line = 1 + text.replace("\r\n", "\n").matches(['\n', '\r']).count() as u32;
        Err(DecodeError { kind, offset, line })
    };
    for unit in char::decode_utf16(units) {
        match unit {
            Ok('\0') => return error(&text, DecodeErrorKind::NulByte, offset),
            Ok(c) => {
                offset += 2 * c.len_utf16();
                text.push(c);
            }
            Err(_) => return error(&text, DecodeErrorKind::NotUtf16, offset),
        }
    }
    if offset < bytes.len() {
        return error(&text, DecodeErrorKind::NotUtf16, offset);
    }
    Ok(text)
}

/// Decodes GB18030; the error is the offset of the first invalid byte.
fn gb18030(bytes: &[u8]) -> Result<String, usize> {
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let capacity = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(0);
    let mut text = String::with_capacity(capacity);
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true) {
        (DecoderResult::InputEmpty, _) => Ok(text),
        (DecoderResult::Malformed(length, after), read) => {
            Err(read.saturating_sub(usize::from(length) + usize::from(after)))
        }
        (DecoderResult::OutputFull, read) => Err(read),
    }
}

/// The minimum number of common hanzi: in a shorter text the encoding is uncertain.
const MIN_COMMON: usize = 8;

/// Whether these bytes, valid as GB18030, are clearly Chinese: three of four non-ASCII characters are common hanzi or
/// Chinese punctuation, and none is in a private use area. The 3755 hanzi in rows 16 to 55 of GB 2312-1980 make up
/// more than 99 % of running text. Other encodings decode to other characters: Latin letters and Shift_JIS to hanzi
/// that only GBK has, Big5 to the private rows, EUC-JP to kana. Only EUC-KR decodes to common hanzi, but its syllables
/// end with row 40 (KS X 1001); in Chinese text more than a third of the hanzi are in later rows, and one in 32 must
/// be.
fn is_chinese(bytes: &[u8], text: &str) -> bool {
    let is_private = |c: char| matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..);
    let (mut all, mut common, mut marks, mut after_row_40) = (0, 0, 0, 0);
    let mut at = 0;
    while at < bytes.len() {
        let (length, lead, trail) = sequence(&bytes[at..]);
        at += length;
        all += usize::from(length > 1 || lead >= 0x80);
        if length == 2 && trail >= 0xA1 {
            common += usize::from((0xB0..=0xD7).contains(&lead));
            after_row_40 += usize::from((0xC9..=0xD7).contains(&lead));
            marks += usize::from(matches!(lead, 0xA1 | 0xA3));
        }
    }
    common >= MIN_COMMON
        && 4 * (common + marks) >= 3 * all
        && 32 * after_row_40 >= common
        && !text.contains(is_private)
}

/// The length of the GB18030 sequence at the beginning of `bytes`, and its first two bytes.
fn sequence(bytes: &[u8]) -> (usize, u8, u8) {
    match *bytes {
        [lead @ 0x81..=0xFE, trail @ b'0'..=b'9', ..] => (4, lead, trail),
        [lead @ 0x81..=0xFE, trail, ..] => (2, lead, trail),
        [lead, ..] => (1, lead, 0),
        [] => (1, 0, 0),
    }
}

impl Decoded {
    /// The offset in the file, which contains `bytes`, of the character at byte `at` of the text.
    pub fn offset_in_file(&self, bytes: &[u8], at: usize) -> usize {
        let before = &self.text[..at];
        match self.encoding {
            Encoding::Utf8 => self.mark + at,
            Encoding::Utf16(_) => self.mark + 2 * before.encode_utf16().count(),
            Encoding::Gb18030 => before.chars().fold(self.mark, |at, _| at + sequence(&bytes[at..]).0),
        }
    }
}

/// The first character that is not allowed in pages and feeds, with its offset, and the number of such characters:
/// control characters except tab and line ends, U+FFFE and U+FFFF (XML 1.0, section 2.2, including the controls it
/// discourages), and U+FFFD, which marks text lost in an earlier conversion.
pub fn unfit(text: &str) -> Option<(usize, char, usize)> {
    // Almost all files are valid: scanning the bytes is faster than decoding characters.
    if !may_be_unfit(text.as_bytes()) {
        return None;
    }
    let mut found = text.char_indices().filter(|(_, c)| is_unfit(*c));
    let (at, c) = found.next()?;
    Some((at, c, 1 + found.count()))
}

/// Whether a byte may begin such a character. Written so that compilers can vectorize it.
fn may_be_unfit(bytes: &[u8]) -> bool {
    // C2 begins U+0080 to U+00BF, EF BF begins U+FFC0 to U+FFFF.
    let odd = |b: u8| ((b < 0x20) & !matches!(b, b'\t' | b'\n' | b'\r')) | (b == 0x7F) | (b == 0xC2);
    let next = bytes.get(1..).unwrap_or_default();
    let mut chunks = bytes.chunks(1024).zip(next.chunks(1024));
    chunks.any(|(these, next)| {
        let pairs = these.iter().zip(next);
        pairs.fold(false, |found, (b, next)| found | odd(*b) | ((*b == 0xEF) & (*next == 0xBF)))
    }) || bytes.last().is_some_and(|b| odd(*b))
}

/// Whether `c` is not allowed in pages and feeds.
pub fn is_unfit(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{FFFD}'..='\u{FFFF}')
}

//! The bytes of a text file → its characters. A byte order mark decides; else strict UTF-8; else strict
//! GB18030, if what comes out is Chinese beyond doubt; else the file is refused, with the byte that tells
//! why. Nothing is ever replaced by U+FFFD: a wrong character on a public page is worse than none.
//!
//! Many editors of Chinese Windows still save in code page 936, which is a part of GB18030 (GB 18030-2022).
//! Bytes of other encodings may pass for it too: see `is_chinese`.

use encoding_rs::{DecoderResult, GB18030};

/// How a file was written.
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

/// The text of a file as it stands there: line ends are untouched.
#[derive(Debug)]
pub struct Decoded {
    /// The text, without a byte order mark.
    pub text: String,
    /// Was it GB18030? Then the file should be saved anew.
    pub converted: bool,
    encoding: Encoding,
    /// The length of the byte order mark.
    mark: usize,
}

/// Why a file is not text, and where.
#[derive(Debug)]
pub struct DecodeError {
    /// What is wrong.
    pub kind: DecodeErrorKind,
    /// The byte in the file, from 0.
    pub offset: usize,
    /// The line, from 1.
    pub line: u32,
}

/// The kinds of [`DecodeError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeErrorKind {
    /// It contains a NUL.
    NulByte,
    /// It is marked as UTF-16 and is not.
    NotUtf16,
    /// It is neither UTF-8 nor GB18030.
    NotUtf8(GbDoubt),
}

/// Why a file that is not UTF-8 was not read as GB18030 either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GbDoubt {
    /// Its byte order mark says that it is UTF-8.
    Excluded,
    /// Another encoding, or too little text to tell.
    Unlikely,
    /// It is not, from this byte on.
    Broken(usize),
}

/// Byte order marks (Unicode 16, section 23.8; that of GB18030 is U+FEFF in four bytes).
const MARKS: &[(&[u8], Encoding)] = &[
    (b"\xEF\xBB\xBF", Encoding::Utf8),
    (b"\xFF\xFE", Encoding::Utf16(Endian::Little)),
    (b"\xFE\xFF", Encoding::Utf16(Endian::Big)),
    (b"\x84\x31\x95\x33", Encoding::Gb18030),
];

/// Decodes a whole file.
///
/// # Errors
/// The first byte that makes it no text, counted from 0 in the file.
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
    let refused = |at, doubt| {
        let kind = DecodeErrorKind::NotUtf8(doubt);
        Err(DecodeError { kind, offset: not_utf8, line: line_of(bytes, at) })
    };
    if encoding == Some(Encoding::Utf8) {
        return refused(not_utf8, GbDoubt::Excluded);
    }
    match gb18030(&bytes[mark..]) {
        Ok(text) if mark > 0 || is_chinese(bytes, &text) => decoded(text, Encoding::Gb18030),
        Ok(_) => refused(not_utf8, GbDoubt::Unlikely),
        // Of two encodings that break off, the file is probably in the one that went further.
        Err(at) => refused(not_utf8.max(mark + at), GbDoubt::Broken(mark + at)),
    }
}

/// The line of the byte at `offset`, from 1.
fn line_of(bytes: &[u8], offset: usize) -> u32 {
    let before = &bytes[..offset];
    let returns = memchr::memchr_iter(b'\r', before).filter(|at| bytes.get(at + 1) != Some(&b'\n'));
    1 + (memchr::memchr_iter(b'\n', before).count() + returns.count()) as u32
}

/// UTF-16 after its byte order mark (RFC 2781, section 2.2): whole pairs of bytes, no surrogate by itself.
fn utf16(bytes: &[u8], endian: Endian) -> Result<String, DecodeError> {
    let unit = |pair: &[u8]| match endian {
        Endian::Little => u16::from(pair[0]) | u16::from(pair[1]) << 8,
        Endian::Big => u16::from(pair[0]) << 8 | u16::from(pair[1]),
    };
    let units: Vec<u16> = bytes[2..].chunks_exact(2).map(unit).collect();
    let mut text = String::with_capacity(bytes.len());
    let mut offset = 2;
    let broken = |text: &str, kind, offset| {
        let line = 1 + text.replace("\r\n", "\n").matches(['\n', '\r']).count() as u32;
        Err(DecodeError { kind, offset, line })
    };
    for unit in char::decode_utf16(units) {
        match unit {
            Ok('\0') => return broken(&text, DecodeErrorKind::NulByte, offset),
            Ok(c) => {
                offset += 2 * c.len_utf16();
                text.push(c);
            }
            Err(_) => return broken(&text, DecodeErrorKind::NotUtf16, offset),
        }
    }
    if offset < bytes.len() {
        return broken(&text, DecodeErrorKind::NotUtf16, offset);
    }
    Ok(text)
}

/// GB18030, or the first byte that is none.
fn gb18030(bytes: &[u8]) -> Result<String, usize> {
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(0);
    let mut text = String::with_capacity(room);
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true) {
        (DecoderResult::InputEmpty, _) => Ok(text),
        (DecoderResult::Malformed(length, after), read) => {
            Err(read.saturating_sub(usize::from(length) + usize::from(after)))
        }
        (DecoderResult::OutputFull, read) => Err(read),
    }
}

/// How many common hanzi there must be at least: fewer may be anything.
const ENOUGH: usize = 8;

/// Are these bytes, which can be read as GB18030, Chinese beyond doubt? Three out of four characters beyond
/// ASCII are common hanzi or Chinese punctuation, and nothing is private. By GB 2312-1980 the 3755 hanzi of
/// rows 16 to 55 are more than 99 % of running text, while other encodings come out elsewhere: Latin letters
/// and Shift_JIS as hanzi that only GBK added, Big5 in the private rows, EUC-JP as kana. EUC-KR alone looks
/// like common hanzi, but its syllables end with row 40 (KS X 1001); of Chinese text a good third lies beyond, and
/// one in 32 has to.
fn is_chinese(bytes: &[u8], text: &str) -> bool {
    let is_private = |c: char| matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..);
    let (mut all, mut common, mut marks, mut beyond) = (0, 0, 0, 0);
    let mut at = 0;
    while at < bytes.len() {
        let (length, lead, trail) = sequence(&bytes[at..]);
        at += length;
        all += usize::from(length > 1 || lead >= 0x80);
        if length == 2 && trail >= 0xA1 {
            common += usize::from((0xB0..=0xD7).contains(&lead));
            beyond += usize::from((0xC9..=0xD7).contains(&lead));
            marks += usize::from(matches!(lead, 0xA1 | 0xA3));
        }
    }
    common >= ENOUGH && 4 * (common + marks) >= 3 * all && 32 * beyond >= common && !text.contains(is_private)
}

/// The length of the GB18030 sequence that `bytes` begins with, and its first two bytes.
fn sequence(bytes: &[u8]) -> (usize, u8, u8) {
    match *bytes {
        [lead @ 0x81..=0xFE, trail @ b'0'..=b'9', ..] => (4, lead, trail),
        [lead @ 0x81..=0xFE, trail, ..] => (2, lead, trail),
        [lead, ..] => (1, lead, 0),
        [] => (1, 0, 0),
    }
}

impl Decoded {
    /// Where in the file, of these `bytes`, the character at the byte `at` of the text stands.
    pub fn offset_in_file(&self, bytes: &[u8], at: usize) -> usize {
        let before = &self.text[..at];
        match self.encoding {
            Encoding::Utf8 => self.mark + at,
            Encoding::Utf16(_) => self.mark + 2 * before.encode_utf16().count(),
            Encoding::Gb18030 => before.chars().fold(self.mark, |at, _| at + sequence(&bytes[at..]).0),
        }
    }
}

/// Where the first character stands that no page and no feed may hold, and how many there are: controls but
/// tab and line ends, U+FFFE and U+FFFF (XML 1.0, section 2.2, and the controls it advises against), and
/// U+FFFD, which stands for what an earlier conversion has lost.
pub fn unfit(text: &str) -> Option<(usize, char, usize)> {
    // Nearly every file is sound: a quick look at all bytes comes first.
    if !may_be_unfit(text.as_bytes()) {
        return None;
    }
    let mut found = text.char_indices().filter(|(_, c)| is_unfit(*c));
    let (at, c) = found.next()?;
    Some((at, c, 1 + found.count()))
}

/// Is there a byte that begins a character to look at? Written so that compilers look at many bytes at a time.
fn may_be_unfit(bytes: &[u8]) -> bool {
    // C2 begins U+0080 to U+00BF, EF BF the last characters before U+10000.
    let odd = |b: u8| ((b < 0x20) & !matches!(b, b'\t' | b'\n' | b'\r')) | (b == 0x7F) | (b == 0xC2);
    let next = bytes.get(1..).unwrap_or_default();
    let mut chunks = bytes.chunks(1024).zip(next.chunks(1024));
    chunks.any(|(these, next)| {
        let pairs = these.iter().zip(next);
        pairs.fold(false, |found, (b, next)| found | odd(*b) | ((*b == 0xEF) & (*next == 0xBF)))
    }) || bytes.last().is_some_and(|b| odd(*b))
}

/// Is `c` a character that no page and no feed may hold?
pub fn is_unfit(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{FFFD}'..='\u{FFFF}')
}

//! Dates in front matter: parsing, comparison, and suggestions for other spellings.

use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned, civil};
use serde::{Deserialize, Serialize};

/// A date as written: a day, optionally with a time and an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Parts", into = "Parts")]
pub struct Date {
    time: civil::DateTime,
    offset: Option<Offset>,
    /// Whether a time of day was given.
    pub has_time: bool,
}

/// The last year that can be represented completely in every time zone.
const LATEST: i16 = 9998;

/// A date in the cache: (year, month, day), (hour, minute, second, nanosecond), offset in seconds, and whether a time
/// was given.
type Parts = ((i16, i8, i8), (i8, i8, i8, i32), Option<i32>, bool);

impl From<Date> for Parts {
    fn from(date: Date) -> Parts {
        let (day, time) = (date.time.date(), date.time.time());
        let clock = (time.hour(), time.minute(), time.second(), time.subsec_nanosecond());
        ((day.year(), day.month(), day.day()), clock, date.offset.map(Offset::seconds), date.has_time)
    }
}

impl From<Parts> for Date {
    fn from(((year, month, day), (hour, minute, second, nanosecond), offset, has_time): Parts) -> Date {
        let time = civil::DateTime::new(year, month, day, hour, minute, second, nanosecond);
        let offset = offset.and_then(|seconds| Offset::from_seconds(seconds).ok());
        Date { time: time.unwrap_or_default(), offset, has_time }
    }
}

impl Date {
    /// The instant, as a date in `zone`. A date without an offset is read in `zone`.
    pub fn in_zone(&self, zone: &TimeZone) -> Zoned {
        let timestamp = match self.offset {
            Some(offset) => offset.to_timestamp(self.time).ok(),
            None => zone.to_ambiguous_zoned(self.time).compatible().ok().map(|zoned| zoned.timestamp()),
        };
        timestamp.unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone.clone())
    }

    /// Whether this date is before `other`. If only one of them has an offset, the order depends on the time zone, and
    /// the result is `true`.
    pub fn is_before(&self, other: &Date) -> bool {
        match (self.offset, other.offset) {
            (None, None) => self.time < other.time,
            (Some(own), Some(of_other)) => {
                let instants = own.to_timestamp(self.time).ok().zip(of_other.to_timestamp(other.time).ok());
                instants.is_none_or(|(own, of_other)| own < of_other)
            }
            _ => true,
        }
    }

    /// Parses `2026-01-08`, `2026-01-08 09:30` (`:15` allowed) and RFC 3339.
    pub fn parse(text: &str) -> Option<Date> {
        let (day, rest) = text.split_at_checked(10)?;
        let day = parse_day(day)?;
        if rest.is_empty() {
            return Some(Date { time: day.at(0, 0, 0, 0), offset: None, has_time: false });
        }
        let rest = rest.strip_prefix(['T', 't', ' '])?.trim_start();
        let zone_at = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
        let (clock, zone) = rest.split_at(zone_at);
        let time = day.to_datetime(parse_time(clock.trim_end())?);
        let offset = match zone {
            "" => None,
            "Z" | "z" => Some(Offset::UTC),
            _ => Some(parse_offset(zone)?),
        };
        if let Some(offset) = offset {
            offset.to_timestamp(time).ok()?;
        }
        Some(Date { time, offset, has_time: true })
    }
}

fn parse_digits(text: &str, len: usize) -> Option<i16> {
    (text.len() == len && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

fn parse_day(text: &str) -> Option<civil::Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let (year, month, day) = (parse_digits(year, 4)?, parse_digits(month, 2)?, parse_digits(day, 2)?);
    // Other years are mistakes, and some time zones cannot represent the end of year 9999.
    let day = civil::Date::new(year, month as i8, day as i8).ok()?;
    ((1000..=LATEST).contains(&year) && parts.next().is_none()).then_some(day)
}

fn parse_time(text: &str) -> Option<civil::Time> {
    let mut parts = text.split(':');
    let (hour, minute) = (parse_digits(parts.next()?, 2)?, parse_digits(parts.next()?, 2)?);
    let second: (i8, i32) = match parts.next() {
        Some(second) => parse_seconds(second)?,
        None => (0, 0),
    };
    if parts.next().is_some() {
        return None;
    }
    civil::Time::new(hour as i8, minute as i8, second.0, second.1).ok()
}

/// Seconds and nanoseconds (RFC 3339, section 5.6); a leap second counts as second 59.
fn parse_seconds(text: &str) -> Option<(i8, i32)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let nanoseconds = format!("{:0<9.9}", fraction).parse().ok()?;
    match parse_digits(whole, 2)? {
        60 => Some((59, nanoseconds)),
        second => Some((second as i8, nanoseconds)),
    }
}

fn parse_offset(text: &str) -> Option<Offset> {
    let (sign, rest) = text.split_at_checked(1)?;
    let (hours, minutes) = match rest.split_once(':') {
        Some((hours, minutes)) => (parse_digits(hours, 2)?, parse_digits(minutes, 2)?),
        None => (parse_digits(rest.get(..2)?, 2)?, parse_digits(rest.get(2..)?, 2)?),
    };
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = i32::from(hours) * 3600 + i32::from(minutes) * 60;
    Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok()
}

/// The date probably meant by `2026/1/8`, `2026年1月8日 下午3时`, `20260108`, `26-1-8`, full-width digits or Chinese
/// numerals, in the form that [`Date::parse`] accepts.
pub fn suggest(text: &str) -> Option<String> {
    let ascii = with_ascii_digits(text);
    let numbers: Vec<&str> =
        ascii.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let (day, clock) = match numbers.as_slice() {
        [packed, clock @ ..] if packed.len() == 8 => (vec![&packed[..4], &packed[4..6], &packed[6..]], clock),
        [year, month, day, clock @ ..] => (vec![*year, *month, *day], clock),
        _ => return None,
    };
    let number = |text: &str| text.parse::<u32>().ok();
    let (year, month, day) = (number(day[0])?, number(day[1])?, number(day[2])?);
    // A two-digit year is in this century.
    let year = if numbers[0].len() == 2 { 2000 + year } else { year };
    let date = format!("{year:04}-{month:02}-{day:02}");
    let clock: Vec<u32> = clock.iter().filter_map(|part| number(part)).collect();
    let afternoon = |hour: u32| if text.contains(['下', '晚']) && hour < 12 { hour + 12 } else { hour };
    let date = match clock.as_slice() {
        [hour, minute, ..] => format!("{date} {:02}:{minute:02}", afternoon(*hour)),
        [hour] if text.contains(['时', '点']) => format!("{date} {:02}:00", afternoon(*hour)),
        _ => date,
    };
    // `9999-12-31` means "never", but year 9999 is not accepted.
    let date = if year == 9999 { format!("{LATEST}-12-31") } else { date };
    Date::parse(&date).map(|_| date)
}

/// `text` with full-width digits and Chinese numerals as ASCII digits: 二〇二五年十二月二十五日 → 2025年12月25日.
fn with_ascii_digits(text: &str) -> String {
    const DIGITS: &str = "〇一二三四五六七八九";
    let digit =
        |c: char| DIGITS.chars().position(|d| d == c || (d == '〇' && matches!(c, '零' | '○' | 'Ｏ')));
    let chars: Vec<char> = text.chars().collect();
    let mut ascii = String::with_capacity(text.len());
    for (at, c) in chars.iter().enumerate() {
        let is_digit =
            |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| digit(*c).is_some());
        match (*c, digit(*c)) {
            ('０'..='９', _) => ascii.push(char::from(b'0' + (*c as u32 - '０' as u32) as u8)),
            ('：', _) => ascii.push(':'),
            // 十 becomes `10`, `1`, `0` or nothing, depending on the digits next to it.
            ('十', _) => {
                ascii.push_str(if is_digit(at.checked_sub(1)) { "" } else { "1" });
                ascii.push_str(if is_digit(Some(at + 1)) { "" } else { "0" });
            }
            (_, Some(value)) => ascii.push(char::from(b'0' + value as u8)),
            (c, None) => ascii.push(c),
        }
    }
    ascii
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(text: &str) -> Option<String> {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        Date::parse(text).map(|date| date.in_zone(&zone).strftime("%Y-%m-%d %H:%M%:z").to_string())
    }

    #[test]
    fn the_three_forms_of_dates_are_read() {
        assert_eq!(iso("2026-01-08").unwrap(), "2026-01-08 00:00+08:00");
        assert_eq!(iso("2026-01-08 09:30").unwrap(), "2026-01-08 09:30+08:00");
        assert_eq!(iso("2026-01-08T09:30:15+08:00").unwrap(), "2026-01-08 09:30+08:00");
        assert_eq!(iso("2025-12-31T23:30:00Z").unwrap(), "2026-01-01 07:30+08:00");
        assert_eq!(iso("2026-01-08T09:30:00.5-05:00").unwrap(), "2026-01-08 22:30+08:00");
    }

    #[test]
    fn days_that_do_not_exist_and_other_spellings_are_refused() {
        for bad in [
            "2026-02-30",
            "2026-13-01",
            "2026/1/8",
            "2026-1-8",
            "26-01-08",
            "2026-01-08 25:00",
            "2026-01-08x",
        ] {
            assert_eq!(iso(bad), None, "{bad}");
        }
    }

    #[test]
    fn other_spellings_of_a_date_are_understood_in_the_hint() {
        for near in ["2026/1/8", "2026年1月8日", "2026.01.08", "２０２６-０１-０８"] {
            assert_eq!(suggest(near).as_deref(), Some("2026-01-08"), "{near}");
        }
        assert_eq!(suggest("2026年1月8日 9：30").as_deref(), Some("2026-01-08 09:30"));
        assert_eq!(suggest("明天"), None);
        assert_eq!(suggest("二〇二五年十二月二十五日").as_deref(), Some("2025-12-25"));
        assert_eq!(suggest("二○二六年十月十日").as_deref(), Some("2026-10-10"));
        assert_eq!(suggest("二〇二五年三月二十日").as_deref(), Some("2025-03-20"));
        for near in ["20260108", "26-1-8", "26年1月8日"] {
            assert_eq!(suggest(near).as_deref(), Some("2026-01-08"), "{near}");
        }
        assert_eq!(suggest("2026年1月8日下午3点").as_deref(), Some("2026-01-08 15:00"));
        // Ambiguous: 8 January or 1 August.
        assert_eq!(suggest("08-01-2026"), None);
    }
}

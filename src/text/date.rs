//! Dates in front matter: parsing, comparison, and suggestions for other spellings.

use std::borrow::Cow;
use std::fmt;
use std::ops::RangeInclusive;

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

    /// Parses `2026-01-08`, `2026/1/8`, `2026.1.8` and `2026年1月8日`, also with `9:30` (`:15` allowed), `上午9时30分` and
    /// an offset, as in RFC 3339. Digits and marks may be full-width, and digits hanzi: 二〇二六年一月八日.
    pub fn parse(text: &str) -> Option<Date> {
        let text = normalized(text.trim());
        let (day, rest) = parse_day(&text)?;
        if rest.is_empty() {
            return Some(Date { time: day.at(0, 0, 0, 0), offset: None, has_time: false });
        }
        let rest = rest.strip_prefix(['T', 't']).unwrap_or(rest);
        let zone_at = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
        let (clock, zone) = rest.split_at(zone_at);
        let time = day.to_datetime(parse_time(clock)?);
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

/// As documents should write it: `2026-01-08`, `2026-01-08 09:30`, `2026-01-08 09:30:15+08:00`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.offset {
            Some(offset) => {
                write!(f, "{}", self.in_zone(&offset.to_time_zone()).strftime("%Y-%m-%d %H:%M:%S%:z"))
            }
            None if !self.has_time => write!(f, "{}", self.time.date()),
            None if self.time.second() == 0 => write!(f, "{}", self.time.strftime("%Y-%m-%d %H:%M")),
            None => write!(f, "{}", self.time.strftime("%Y-%m-%d %H:%M:%S")),
        }
    }
}

fn parse_digits(text: &str, len: usize) -> Option<i16> {
    (text.len() == len && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// The number that `text` begins with, of `lengths` digits, and the rest. Spaces around it are left out.
fn number(text: &str, lengths: RangeInclusive<usize>) -> Option<(i16, &str)> {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number = lengths.contains(&end).then(|| text[..end].parse().ok())??;
    Some((number, text[end..].trim_start()))
}

/// The marks after the year, the month and the day.
const DAY_MARKS: &[[&str; 3]] = &[["-", "-", ""], ["年", "月", "日"], [".", ".", ""], ["/", "/", ""]];

/// The day that `text` begins with, and the rest.
fn parse_day(text: &str) -> Option<(civil::Date, &str)> {
    let (year, rest) = number(text, 4..=4)?;
    let [after_year, after_month, after_day] = DAY_MARKS.iter().find(|marks| rest.starts_with(marks[0]))?;
    let (month, rest) = number(rest.strip_prefix(after_year)?, 1..=2)?;
    let (day, rest) = number(rest.strip_prefix(after_month)?, 1..=2)?;
    let rest = rest.strip_prefix(after_day)?.trim_start();
    // Other years are mistakes, and some time zones cannot represent the end of year 9999.
    let day = civil::Date::new(year, month as i8, day as i8).ok()?;
    (1000..=LATEST).contains(&year).then_some((day, rest))
}

/// A time of day: `9:30`, `09:30:15.5`, `9时30分`, `下午3时`.
fn parse_time(text: &str) -> Option<civil::Time> {
    let text = text.trim();
    let (hours, text) = match (text.strip_prefix("上午"), text.strip_prefix("下午")) {
        (Some(rest), _) => (0, rest),
        (_, Some(rest)) => (12, rest),
        _ => (-1, text),
    };
    let (hour, rest) = number(text, 1..=2)?;
    let hour = match (hours, hour) {
        (0, 0..12) | (12, 12..) | (-1, _) => hour,
        (12, 1..12) => hour + 12,
        _ => return None,
    };
    let (minute, (second, nanosecond)) = match rest.strip_prefix('时') {
        Some("") => (0, (0, 0)),
        Some(rest) => (number(rest, 1..=2).filter(|(_, rest)| *rest == "分")?.0, (0, 0)),
        None => match number(rest.strip_prefix(':')?, 2..=2)? {
            (minute, "") => (minute, (0, 0)),
            (minute, rest) => (minute, parse_seconds(rest.strip_prefix(':')?)?),
        },
    };
    civil::Time::new(hour as i8, minute as i8, second, nanosecond).ok()
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

/// The date probably meant by `2026年1月8日 星期四`, `20260108` or `26-1-8`, as documents should write it.
pub fn suggest(text: &str) -> Option<String> {
    let plain = normalized(&without_weekday(text)).into_owned();
    let numbers: Vec<&str> =
        plain.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
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
    let marked = |marks: [&str; 4]| marks.iter().any(|mark| text.to_ascii_lowercase().contains(mark));
    let of_day = |hour: u32| match hour {
        12 if marked(["am", "a.m", "上午", "凌晨"]) => 0,
        0..12 if marked(["pm", "p.m", "下", "晚"]) => hour + 12,
        _ => hour,
    };
    let date = match clock.as_slice() {
        [hour, minute, ..] => format!("{date} {:02}:{minute:02}", of_day(*hour)),
        [hour] if plain.contains("时半") => format!("{date} {:02}:30", of_day(*hour)),
        [hour] if plain.contains('时') => format!("{date} {:02}:00", of_day(*hour)),
        _ => date,
    };
    // `9999-12-31` means "never", but year 9999 is not accepted.
    let date = if year == 9999 { format!("{LATEST}-12-31") } else { date };
    Date::parse(&date).map(|_| date)
}

/// `text` without a day of the week, whose number is none of the date's.
fn without_weekday(text: &str) -> String {
    let mut text = text.to_owned();
    for week in ["星期", "礼拜", "周"] {
        if let Some((before, after)) = text.split_once(week) {
            text = format!("{before} {}", after.chars().skip(1).collect::<String>());
        }
    }
    text
}

/// `text` with ASCII digits and marks where it has full-width ones or hanzi: 二〇二五年十二月二十五号 → 2025年12月25日.
fn normalized(text: &str) -> Cow<'_, str> {
    const DIGITS: &str = "〇一二三四五六七八九";
    if text.is_ascii() {
        return text.into();
    }
    let digit =
        |c: char| DIGITS.chars().position(|d| d == c || (d == '〇' && matches!(c, '零' | '○' | 'Ｏ')));
    let chars: Vec<char> = text.chars().collect();
    let mut plain = String::with_capacity(text.len());
    for (at, c) in chars.iter().enumerate() {
        let is_digit =
            |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| digit(*c).is_some());
        match (*c, digit(*c)) {
            ('０'..='９', _) => plain.push(char::from(b'0' + (*c as u32 - '０' as u32) as u8)),
            ('：', _) => plain.push(':'),
            ('．' | '。', _) => plain.push('.'),
            ('／', _) => plain.push('/'),
            ('－' | '—' | '–' | '―' | '−' | '‐' | '‑' | '﹣', _) => plain.push('-'),
            ('号', _) => plain.push('日'),
            ('点', _) => plain.push('时'),
            // 十 becomes `10`, `1`, `0` or nothing, depending on the digits next to it.
            ('十', _) => {
                plain.push_str(if is_digit(at.checked_sub(1)) { "" } else { "1" });
                plain.push_str(if is_digit(Some(at + 1)) { "" } else { "0" });
            }
            (_, Some(value)) => plain.push(char::from(b'0' + value as u8)),
            (c, None) => plain.push(c),
        }
    }
    plain.into()
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
    fn dates_are_read_as_people_write_them() {
        for (written, meant) in [
            ("2026/1/8", "2026-01-08"),
            ("2026.1.8", "2026-01-08"),
            ("2026-1-8", "2026-01-08"),
            ("2026年1月8日", "2026-01-08"),
            ("2026 年 1 月 8 日", "2026-01-08"),
            ("2026年01月08号", "2026-01-08"),
            ("２０２６年１月８日", "2026-01-08"),
            ("2026．1．8", "2026-01-08"),
            ("2026／1／8", "2026-01-08"),
            ("2026－01－08", "2026-01-08"),
            ("二〇二六年一月八日", "2026-01-08"),
            ("二○二六年十月二十日", "2026-10-20"),
            ("二零二五年十二月二十五日上午八时三十分", "2025-12-25 08:30"),
            ("2026-1-8 8:00", "2026-01-08 08:00"),
            ("2026/1/8 08:00:30", "2026-01-08 08:00:30"),
            ("2026年1月8日8：05", "2026-01-08 08:05"),
            ("2026年1月8日 上午8:00", "2026-01-08 08:00"),
            ("2026年1月8日下午3点", "2026-01-08 15:00"),
            ("2026.1.8 下午12:30", "2026-01-08 12:30"),
            ("2026-1-8 9时5分", "2026-01-08 09:05"),
            ("2026-1-8 8:00+08:00", "2026-01-08 08:00:00+08:00"),
            ("2026-1-8t8:00z", "2026-01-08 08:00:00+00:00"),
        ] {
            let read = Date::parse(written).map(|date| date.to_string());
            assert_eq!(read.as_deref(), Some(meant), "{written}");
            assert_eq!(Date::parse(meant), Date::parse(written), "{written}");
        }
    }

    #[test]
    fn days_that_do_not_exist_and_ambiguous_dates_are_refused() {
        for bad in [
            "2026-02-30",
            "2026年2月30日",
            "2026-13-01",
            "26-01-08",
            "26.1.8",
            "1/8/2026",
            "2026-1/8",
            "2026.1",
            "2026年1月",
            "2026年1月8",
            "2026-001-8",
            "2026-01-08 25:00",
            "2026-01-08 8:0",
            "2026-01-08 8",
            "2026-01-08 上午12:00",
            "2026-01-08 上午15:00",
            "2026-01-08T",
            "2026-01-08x",
        ] {
            assert_eq!(iso(bad), None, "{bad}");
        }
    }

    #[test]
    fn other_spellings_of_a_date_are_understood_in_the_hint() {
        for near in ["20260108", "26-1-8", "26年1月8日", "2026年1月8日（星期四）", "2026-1/8"] {
            assert_eq!(suggest(near).as_deref(), Some("2026-01-08"), "{near}");
        }
        assert_eq!(suggest("2026年1月8日 星期四 9:30").as_deref(), Some("2026-01-08 09:30"));
        assert_eq!(suggest("2026年1月8日晚7点").as_deref(), Some("2026-01-08 19:00"));
        for (written, meant) in [
            ("2025-9-1 12:00 AM", "2025-09-01 00:00"),
            ("2025-9-1 12:30 p.m.", "2025-09-01 12:30"),
            ("2025-9-1 8:05PM", "2025-09-01 20:05"),
            ("2025年9月1日凌晨12点", "2025-09-01 00:00"),
            ("2025年9月1日8点半", "2025-09-01 08:30"),
            ("2025年9月1日下午八点半", "2025-09-01 20:30"),
        ] {
            assert_eq!(suggest(written).as_deref(), Some(meant), "{written}");
        }
        assert_eq!(suggest("明天"), None);
        // Ambiguous: 8 January or 1 August.
        assert_eq!(suggest("08-01-2026"), None);
    }
}

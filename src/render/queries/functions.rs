//! The functions that templates call. Each call becomes a [`Query`]; the queries of an output are recorded with the
//! fingerprints of their answers.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

use tera::value::Key;
use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use crate::render::outputs::svg;
use crate::render::queries::query::{Filter, Query, unknown};
use crate::render::queries::query_engine::QueryEngine;

thread_local! {
    /// The numbers of the queries made by the current job. A job never changes its thread.
    static RECORDED: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
    /// How many numbers `range` has returned for the current job.
    static COUNTED: Cell<usize> = const { Cell::new(0) };
}

/// The maximum length of one `range`.
const LONGEST_RANGE: i128 = 10_000;
/// The maximum sum of the lengths of all ranges of one output: it bounds nested loops.
const MOST_COUNTED: usize = 1_000_000;

/// Runs `make`; also returns the numbers of the queries made meanwhile.
pub fn recorded<T>(make: impl FnOnce() -> T) -> (T, Vec<u32>) {
    RECORDED.with(|recorded| recorded.borrow_mut().clear());
    COUNTED.with(|counted| counted.set(0));
    let result = make();
    (result, RECORDED.with(|recorded| std::mem::take(&mut *recorded.borrow_mut())))
}

fn answer(engine: &QueryEngine, query: Query) -> TeraResult<Value> {
    let (number, value) = engine.answer(query)?;
    RECORDED.with(|recorded| {
        let mut recorded = recorded.borrow_mut();
        if !recorded.contains(&number) {
            recorded.push(number);
        }
    });
    Ok(value)
}

type ToQuery = fn(&Kwargs) -> TeraResult<Query>;

const DOCUMENT_ARGUMENTS: &[&str] = &["section", "district", "year", "topic", "offset", "limit"];

const QUERIES: &[(&str, ToQuery)] = &[
    ("documents", |kwargs| {
        only(kwargs, DOCUMENT_ARGUMENTS)?;
        let offset = kwargs.get::<u64>("offset")?.unwrap_or(0) as usize;
        Ok(Query::Documents(filter(kwargs)?, offset, limit(kwargs)?))
    }),
    ("count", |kwargs| {
        only(kwargs, &DOCUMENT_ARGUMENTS[..4])?;
        Ok(Query::Count(filter(kwargs)?))
    }),
    ("sections", |kwargs| only(kwargs, &[]).map(|()| Query::Sections)),
    ("section", |kwargs| Ok(Query::Section(the(kwargs, "name")?))),
    ("districts", |kwargs| only(kwargs, &[]).map(|()| Query::Districts)),
    ("district", |kwargs| Ok(Query::District(the(kwargs, "name")?))),
    ("years", |kwargs| only(kwargs, &[]).map(|()| Query::Years)),
    ("topics", |kwargs| {
        only(kwargs, &["limit"])?;
        Ok(Query::Topics(limit(kwargs)?))
    }),
    ("page", |kwargs| Ok(Query::Page(the(kwargs, "path")?))),
    ("pages", |kwargs| only(kwargs, &[]).map(|()| Query::Pages)),
    ("url", |kwargs| {
        only(kwargs, &["path", "optional"])?;
        let path = kwargs.must_get::<&str>("path")?.to_owned();
        let optional = kwargs.get::<bool>("optional")?.unwrap_or(false);
        Ok(if optional { Query::UrlIfAny(path) } else { Query::Url(path) })
    }),
    ("asset", |kwargs| Ok(Query::Asset(the(kwargs, "path")?))),
    ("integrity", |kwargs| Ok(Query::Integrity(the(kwargs, "path")?))),
];

/// Registers the functions.
pub fn register(tera: &mut Tera, engine: &Arc<QueryEngine>) {
    tera.register_filter("group_by", group_by);
    tera.register_function("qr", code);
    tera.register_function("range", range);
    for (name, to_query) in QUERIES {
        let engine = Arc::clone(engine);
        let function =
            move |kwargs: Kwargs, _: &State| to_query(&kwargs).and_then(|query| answer(&engine, query));
        tera.register_function(*name, function);
    }
    let engine = Arc::clone(engine);
    tera.register_function("t", move |kwargs: Kwargs, _: &State| word(&engine, &kwargs));
}

/// `t(key, …)`: a word of the theme, with `{name}` replaced by the argument of that name.
fn word(engine: &QueryEngine, kwargs: &Kwargs) -> TeraResult<String> {
    let key: &str = kwargs.must_get("key")?;
    let word = answer(engine, Query::Word(key.to_owned()))?;
    let mut word = word.as_str().unwrap_or_default().to_owned();
    for (name, value) in kwargs.iter() {
        if let Some(name) = name.as_str().filter(|name| *name != "key") {
            word = word.replace(&format!("{{{name}}}"), &value.to_string());
        }
    }
    Ok(word)
}

/// `qr(text, label)`: a QR code. It depends on its arguments only, so that there is nothing to record.
fn code(kwargs: Kwargs, _: &State) -> TeraResult<Value> {
    only(&kwargs, &["text", "label"])?;
    let text: &str = kwargs.must_get("text")?;
    let label = kwargs.get::<&str>("label")?.unwrap_or(text);
    match svg(text, label) {
        Some(svg) => Ok(Value::safe_string(&svg)),
        None => Err(Error::message(format!("a text of {} bytes is too long for a QR code", text.len()))),
    }
}

/// `range(end, start, step_by)` as in tera, but bounded.
fn range(kwargs: Kwargs, _: &State) -> TeraResult<Vec<i64>> {
    only(&kwargs, &["start", "end", "step_by"])?;
    let start = kwargs.get::<i64>("start")?.unwrap_or(0);
    let end = kwargs.must_get::<i64>("end")?;
    let step = kwargs.get::<i64>("step_by")?.unwrap_or(1);
    if step == 0 || (start > end && step > 0) {
        return Err(Error::message(
            "`range` needs a `start` that is not beyond `end`, and a `step_by` that is not 0",
        ));
    }
    let (distance, stride) = (i128::from(end) - i128::from(start), i128::from(step));
    let length = ((distance + stride - stride.signum()) / stride).max(0);
    let counted = COUNTED.with(Cell::get).saturating_add(usize::try_from(length).unwrap_or(usize::MAX));
    if length > LONGEST_RANGE || counted > MOST_COUNTED {
        let message = format!(
            "`range` gives {LONGEST_RANGE} numbers at most, and {MOST_COUNTED} for one page: {length} more are too many"
        );
        return Err(Error::message(message));
    }
    COUNTED.with(|all| all.set(counted));
    let count = i64::try_from(length).unwrap_or(0);
    Ok((0..count).map(|number| start.saturating_add(step.saturating_mul(number))).collect())
}

/// The only argument of a function.
fn the(kwargs: &Kwargs, name: &'static str) -> TeraResult<String> {
    only(kwargs, &[name])?;
    kwargs.must_get::<&str>(name).map(str::to_owned)
}

fn limit(kwargs: &Kwargs) -> TeraResult<Option<usize>> {
    Ok(kwargs.get::<u64>("limit")?.map(|limit| limit as usize))
}

fn filter(kwargs: &Kwargs) -> TeraResult<Filter> {
    let text = |name| kwargs.get::<&str>(name).map(|text| text.map(str::to_owned));
    Ok(Filter {
        section: text("section")?,
        district: text("district")?,
        year: kwargs.get::<i64>("year")?.map(|year| i16::try_from(year).unwrap_or(i16::MAX)),
        topic: text("topic")?,
    })
}

/// Checks the names of the arguments: a misspelt one is an error.
fn only(kwargs: &Kwargs, known: &[&str]) -> TeraResult<()> {
    for (name, _) in kwargs.iter() {
        let name = name.as_str().unwrap_or_default();
        if !known.contains(&name) {
            return Err(unknown("argument", name, known.iter().copied()));
        }
    }
    Ok(())
}

/// `group_by` with the groups in the order of the items: tera's own orders them at random.
fn group_by(items: &[Value], kwargs: Kwargs, _: &State) -> TeraResult<tera::Map> {
    let attribute: &str = kwargs.must_get("attribute")?;
    let mut groups: Vec<(Key<'static>, Vec<Value>)> = Vec::new();
    let mut places: HashMap<Key<'static>, usize> = HashMap::new();
    for item in items {
        let Some(value) = item.get_from_path(attribute) else {
            return Err(Error::message(format!("an item has no `{attribute}`")));
        };
        if value.is_none() {
            continue;
        }
        let place = *places.entry(key_of(value)?).or_insert_with_key(|key| {
            groups.push((key.clone(), Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(item.clone());
    }
    Ok(groups.into_iter().map(|(key, group)| (key, group.into())).collect())
}

fn key_of(value: &Value) -> TeraResult<Key<'static>> {
    if let Some(text) = value.as_str() {
        return Ok(Key::String(text.into()));
    }
    let number = value.as_i64().map(Key::I64).or_else(|| value.as_u64().map(Key::U64));
    number
        .or_else(|| value.as_bool().map(Key::Bool))
        .ok_or_else(|| Error::message("items can be grouped by texts, whole numbers and true or false only"))
}

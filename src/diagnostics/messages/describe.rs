//! What each problem offers to reports, and the macro that defines the problems of one file.

use serde::{Deserialize, Serialize};

use crate::diagnostics::lang::Lang;
use crate::diagnostics::severity::Severity;

/// What a problem says in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// What is wrong, in one sentence.
    pub text: String,
    /// What to do about it.
    pub hint: String,
}

/// What every problem has, whatever its group.
pub(crate) trait Describe {
    fn code(&self) -> &str;
    fn severity(&self) -> Severity;
    /// The key that it is about.
    fn key(&self) -> Option<&str>;
    fn message(&self, lang: Lang) -> Message;
}

/// Defines an enum of problems. [`Problem`](crate::diagnostics::problem::Problem) lists all of these enums.
macro_rules! problems {
    (
        $(#[$about:meta])*
        enum $name:ident;
        $(
            $problem:ident $({ $($field:ident: $type:ty),* })? = $severity:ident $code:literal {
                zh: $zh:tt,
                hint: $zh_hint:tt,
                en: $en:tt,
                hint: $en_hint:tt,
            }
        )*
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the message of each problem says what it is")]
        pub enum $name {
            $($problem $({ $($field: $type),* })?),*
        }

        impl $crate::diagnostics::messages::describe::Describe for $name {
            fn code(&self) -> &str {
                match self {
                    $(Self::$problem { .. } => $code),*
                }
            }

            fn severity(&self) -> $crate::diagnostics::severity::Severity {
                match self {
                    $(Self::$problem { .. } => $crate::diagnostics::severity::Severity::$severity),*
                }
            }

            #[allow(unused_variables, reason = "most problems have other fields than the key")]
            fn key(&self) -> Option<&str> {
                match self {
                    $(Self::$problem { $($($field),*)? } => {
                        $crate::diagnostics::messages::describe::key!($($($field $field),*)?)
                    }),*
                }
            }

            fn message(&self, lang: $crate::diagnostics::lang::Lang) -> $crate::diagnostics::messages::describe::Message {
                use $crate::diagnostics::messages::describe::{Message, text};
                match self {
                    $(Self::$problem { $($($field),*)? } => {
                        $($(
                            let short = $crate::diagnostics::messages::shorten::Shorten::shortened($field);
                            let $field = &*short;
                        )*)?
                        match lang {
                            $crate::diagnostics::lang::Lang::Zh => Message { text: text!($zh), hint: text!($zh_hint) },
                            $crate::diagnostics::lang::Lang::En => Message { text: text!($en), hint: text!($en_hint) },
                        }
                    }),*
                }
            }
        }
    };
}

/// The field `key` of a problem, if it has one. Each field is passed as its name and as its value.
macro_rules! key {
    () => {
        None
    };
    (key $value:ident $(, $name:ident $other:ident)*) => {
        Some(AsRef::<str>::as_ref($value))
    };
    ($name:ident $value:ident $(, $names:ident $others:ident)*) => {
        $crate::diagnostics::messages::describe::key!($($names $others),*)
    };
}

/// A text of a problem.
macro_rules! text {
    ($text:literal) => {
        format!($text)
    };
    ({ $text:expr }) => {
        String::from($text)
    };
}

pub(crate) use {key, problems, text};

/// The hint that names what was probably meant, if anything was found.
pub(crate) fn did_you_mean(lang: Lang, nearest: Option<&String>, otherwise: &str) -> String {
    match nearest {
        Some(near) => lang.pick(format!("是不是想写“{near}”？"), format!("did you mean `{near}`?")),
        None => otherwise.to_owned(),
    }
}

/// The hint that names all possible values, and first the one that was probably meant.
pub(crate) fn one_of(
    lang: Lang,
    nearest: Option<&String>,
    label: &str,
    values: &[impl AsRef<str>],
) -> String {
    let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
    let list = label.to_owned() + &values.join(lang.pick("、", ", "));
    match nearest {
        Some(_) => {
            let mut list = list.chars();
            let first: String = list.next().into_iter().flat_map(char::to_uppercase).collect();
            did_you_mean(lang, nearest, "") + lang.pick("", " ") + &first + list.as_str()
        }
        None => list,
    }
}

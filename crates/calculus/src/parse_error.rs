//! [`ParseError`]: what is wrong with a text, and where.

use std::fmt;

use chainrule_autograd::EvaluateError;
use pest::error::{Error, ErrorVariant};
use pest::iterators::Pair;

use crate::text::Rule;

/// Why a text is not a function.
#[derive(Clone, Debug, PartialEq)]
pub struct ParseError {
    message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ParseError {}

impl ParseError {
    pub(crate) fn plain(message: String) -> Self {
        ParseError { message }
    }

    pub(crate) fn of(error: EvaluateError) -> Self {
        ParseError { message: error.to_string() }
    }

    pub(crate) fn at(pair: &Pair<'_, Rule>, message: impl Into<String>) -> Self {
        let variant = ErrorVariant::CustomError { message: message.into() };
        Error::new_from_span(variant, pair.as_span()).into()
    }
}

impl From<Error<Rule>> for ParseError {
    fn from(error: Error<Rule>) -> Self {
        let words = |rule: &Rule| match rule {
            Rule::EOI => "the end".to_owned(),
            Rule::plus_sign | Rule::minus => "a sign".to_owned(),
            Rule::add | Rule::subtract | Rule::multiply | Rule::divide | Rule::power => {
                "an operator (+ - * / ^)".to_owned()
            }
            Rule::comparison => "a comparison".to_owned(),
            Rule::call => "a function".to_owned(),
            rule => format!("{rule:?}"),
        };
        let mut seen = Vec::new();
        let once = |rule: &Rule| {
            let word = words(rule);
            if seen.contains(&word) {
                return String::new();
            }
            seen.push(word.clone());
            word
        };
        let cell = std::cell::RefCell::new(once);
        let error = error.renamed_rules(|rule| cell.borrow_mut()(rule));
        let message = error.to_string();
        // What was said once already was left empty.
        let message = message.replace(", , ", ", ").replace(" , or ", " or ").replace(", , ", ", ");
        ParseError { message: message.trim_end().to_owned() }
    }
}

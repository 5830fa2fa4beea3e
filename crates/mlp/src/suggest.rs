//! Suggestions for misspelt names: the nearest known one, when it is near enough to help.

/// The name in `known` that `found` was most likely meant to be, or `None` when all are far.
pub(crate) fn nearest<'a>(
    found: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let found = found.to_lowercase();
    known
        .into_iter()
        .map(|name| (similarity(&found, &name.to_lowercase()), name))
        .filter(|(similarity, _)| *similarity > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// From 0 (nothing in common) to 1; one slip in three letters or more counts as near.
fn similarity(a: &str, b: &str) -> f64 {
    let one_slip = a.len() > 2 && strsim::osa_distance(a, b) == 1;
    strsim::jaro_winkler(a, b).max(if one_slip { 0.9 } else { 0.0 })
}

/// "; did you mean `x`?" when a known name is near, else nothing.
pub(crate) fn did_you_mean<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(found, known).map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

/// Names in backquotes, separated by commas: `` `a`, `b`, `c` ``; the first 20 of many.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut quoted: Vec<String> =
        names.into_iter().take(21).map(|name| format!("`{name}`")).collect();
    if quoted.len() > 20 {
        quoted[20] = "…".to_owned();
    }
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised_and_a_stranger_is_not() {
        let known = ["relu", "leaky_relu", "sigmoid", "tanh"];
        assert_eq!(nearest("rleu", known), Some("relu"));
        assert_eq!(nearest("Sigmoid", known), Some("sigmoid"));
        assert_eq!(nearest("leakyrelu", known), Some("leaky_relu"));
        assert_eq!(nearest("dgo", ["cat", "dog"]), Some("dog"));
        assert_eq!(nearest("a", ["b", "c"]), None);
        assert_eq!(nearest("quux", known), None);
    }

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(listed(["a", "b"]), "`a`, `b`");
        assert!(listed(["x"; 20]).ends_with("`x`"));
        assert!(listed(["x"; 21]).ends_with("`x`, …"));
    }
}

//! Curves as points that are joined, and the heights to be shown of them.

pub(crate) type Points = Vec<(f64, f64)>;

/// How many points of a curve are joined.
const POINTS: usize = 1200;

/// Connected parts of a curve: interrupted at the cuts, and where there is no value.
pub(crate) fn sampled(f: impl Fn(f64) -> f64, from: f64, to: f64, cuts: &[f64]) -> Vec<Points> {
    let mut ends = vec![from];
    ends.extend(cuts.iter().copied().filter(|c| from < *c && *c < to));
    ends.push(to);
    let mut parts = Vec::new();
    for pair in ends.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let count = ((b - a) / (to - from) * POINTS as f64).ceil().max(2.0);
        let inset = (b - a) * 1e-9; // the value at a jump belongs to neither side
        let x = |i: usize| (a + inset) + (b - a - 2.0 * inset) * i as f64 / count;
        let mut part = Points::new();
        for (x, y) in (0..=count as usize).map(|i| (x(i), f(x(i)))) {
            if y.is_finite() {
                part.push((x, y));
            } else if !part.is_empty() {
                parts.push(std::mem::take(&mut part));
            }
        }
        parts.push(part);
    }
    parts.retain(|part| part.len() > 1);
    parts
}

/// A label of the axis: no more digits than its step shows, and no −0.
pub(crate) fn height(y: f64, span: f64) -> String {
    let step = 10f64.powf((span / 20.0).log10().floor());
    let rounded = (y / step).round() * step;
    let digits = (-step.log10()).clamp(0.0, 12.0) as usize;
    if rounded.abs() >= 1e6 || step < 1e-9 {
        format!("{rounded:.2e}")
    } else {
        format!("{:.digits$}", rounded + 0.0)
    }
}

/// The parts of a line between two heights.
pub(crate) fn clipped(line: &[(f64, f64)], low: f64, high: f64) -> Vec<Points> {
    let mut parts: Vec<Points> = Vec::new();
    for pair in line.windows(2) {
        let [(x0, y0), (x1, y1)] = [pair[0], pair[1]];
        // The heights as shares of the way from one point to the other.
        let share = |y: f64| ((y - y0) / (y1 - y0)).clamp(0.0, 1.0);
        let (from, to) = match y0 == y1 {
            true => (0.0, if (low..=high).contains(&y0) { 1.0 } else { 0.0 }),
            false => (share(low).min(share(high)), share(low).max(share(high))),
        };
        if from >= to {
            continue;
        }
        let at = |t: f64| (x0 + (x1 - x0) * t, y0 + (y1 - y0) * t);
        match parts.last_mut() {
            Some(part) if part.last() == Some(&at(from)) => part.push(at(to)),
            _ => parts.push(vec![at(from), at(to)]),
        }
    }
    parts
}

pub(crate) fn bounds(values: &[f64]) -> (f64, f64) {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    (low, values.iter().copied().fold(f64::NEG_INFINITY, f64::max))
}

/// The least and greatest value, without the far ends of one that runs away.
pub(crate) fn tame(values: &[f64]) -> (f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some((&low, &high)) = sorted.first().zip(sorted.last()) else { return bounds(&[]) };
    let at = |share: f64| sorted[((sorted.len() - 1) as f64 * share) as usize];
    let (inner_low, inner_high) = (at(0.04), at(0.96));
    let room = 2.0 * (inner_high - inner_low);
    (low.max(inner_low - room), high.min(inner_high + room))
}

//! Activations with their first and second derivatives.

use chainrule_activations::Activation;
use plotters::coord::types::RangedCoordf64;
use plotters::element::DashedPathElement;
use plotters::prelude::*;

use super::facts::number;
use super::theme::{AXIS, FONT, GRID, INK, PAPER, SCALE, SECOND, SLOPE, VALUE, finished, large};

/// The size of a picture; it is drawn [`SCALE`] times as large, because coordinates are whole numbers.
const SIZE: (u32, u32) = (620, 480);
/// Points of a curve.
const POINTS: usize = 192;

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

/// How the value, the first and the second derivative are drawn.
struct Line {
    name: &'static str,
    colour: RGBColor,
    width: u32,
    /// Dashes and gaps in pixels; a solid line has none.
    dash: Option<(i32, i32)>,
}

const LINES: [Line; 3] = [
    Line { name: "f", colour: VALUE, width: 3, dash: None },
    Line { name: "f′", colour: SLOPE, width: 2, dash: None },
    Line { name: "f″", colour: SECOND, width: 2, dash: Some((5, 4)) },
];

/// One activation, with its kinks and the slopes on both sides of them.
pub fn activation(a: &Activation) -> Result<String, String> {
    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, large(SIZE)).into_drawing_area();
    panel(&area, a, height(&curves(a))).and_then(|()| area.present()).map_err(|e| e.to_string())?;
    drop(area);
    Ok(finished(&svg))
}

/// tanh beside sigmoid, in one frame each, of the same height.
pub fn tanh_and_sigmoid() -> Result<String, String> {
    let named = |name: &str| Activation::named(name).map_err(|e| e.to_string());
    let (left, right) = (named("tanh")?, named("sigmoid")?);
    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, large((2 * SIZE.0, SIZE.1))).into_drawing_area();
    let halves = area.split_evenly((1, 2));
    let (a, b) = (height(&curves(&left)), height(&curves(&right)));
    let both = (a.0.min(b.0), a.1.max(b.1));
    panel(&halves[0], &left, both)
        .and_then(|()| panel(&halves[1], &right, both))
        .and_then(|()| area.present())
        .map_err(|e| e.to_string())?;
    drop((halves, area));
    Ok(finished(&svg))
}

/// The value and two derivatives, each in its smooth pieces.
type Curves = [Vec<Vec<(f64, f64)>>; 3];

fn curves(a: &Activation) -> Curves {
    std::array::from_fn(|k| pieces(a, k as u32))
}

/// One activation in a frame that shows `y` from below to above.
fn panel<'a>(area: &Area<'a>, a: &Activation, y: (f64, f64)) -> Drawn<'a> {
    area.fill(&PAPER)?;
    titles(area, a)?;
    let (x, pieces) = (range(a), curves(a));
    let mut chart = ChartBuilder::on(area)
        .margin(px(10))
        .margin_top(px(76 + 22 * a.kinks().len().max(1) as i32))
        .margin_right(px(18))
        .x_label_area_size(px(50))
        .y_label_area_size(px(64))
        .build_cartesian_2d(x.0..x.1, y.0..y.1)?;
    chart
        .configure_mesh()
        .x_desc("x")
        .y_desc("f(x), f′(x), f″(x)")
        .axis_desc_style(text(18, &INK))
        .x_labels(11)
        .y_labels(9)
        .max_light_lines(1)
        .bold_line_style(GRID.stroke_width(SCALE))
        .light_line_style(PAPER)
        .axis_style(AXIS.stroke_width(SCALE))
        .x_label_formatter(&|x| number(*x))
        .y_label_formatter(&|y| number(*y))
        .set_all_tick_mark_size(px(4))
        .label_style(text(17, &INK))
        .draw()?;
    let axes = [vec![(x.0, 0.0), (x.1, 0.0)], vec![(0.0, y.0), (0.0, y.1)]];
    let inside = |p: &[(f64, f64)]| p.iter().all(|p| x.0 <= p.0 && p.0 <= x.1);
    chart.draw_series(
        axes.into_iter()
            .filter(|p| inside(p))
            .map(|p| PathElement::new(p, AXIS.stroke_width(SCALE))),
    )?;
    for (line, pieces) in LINES.iter().zip(&pieces).rev() {
        for piece in pieces.iter().flat_map(|piece| within(piece, y)) {
            draw_line(&mut chart, line, piece)?;
        }
    }
    marks(&mut chart, a, y)
}

fn draw_line<'b>(chart: &mut Chart<'_, 'b>, line: &Line, points: Vec<(f64, f64)>) -> Drawn<'b> {
    let style = line.colour.stroke_width(SCALE * line.width);
    match line.dash {
        None => chart.draw_series([PathElement::new(points, style)])?,
        Some((dash, gap)) => {
            chart.draw_series([DashedPathElement::new(points, px(dash), px(gap), style)])?
        }
    };
    Ok(())
}

/// Pixels of the finished picture.
fn px(n: i32) -> i32 {
    n * SCALE as i32
}

fn text(size: i32, colour: &RGBColor) -> TextStyle<'static> {
    (FONT, px(size)).into_font().color(colour)
}

/// Above the frame: the name and formula, the legend, the kinks.
fn titles<'a>(area: &Area<'a>, a: &Activation) -> Drawn<'a> {
    let params = a.info().params.iter().zip(a.params());
    let params: Vec<_> = params.map(|(p, v)| format!("{} = {}", p.name, number(*v))).collect();
    let title = match &params[..] {
        [] => a.name().to_string(),
        _ => format!("{} ({})", a.name(), params.join(", ")),
    };
    area.draw_text(&title, &text(23, &INK), (px(14), px(8)))?;
    let size = if a.info().formula.chars().count() > 62 { 15 } else { 18 };
    area.draw_text(a.info().formula, &text(size, &INK), (px(14), px(40)))?;
    for (i, line) in LINES.iter().enumerate() {
        let x = 14 + 62 * i as i32;
        let sample = vec![(px(x), px(77)), (px(x + 24), px(77))];
        let style = line.colour.stroke_width(SCALE * line.width);
        match line.dash {
            None => area.draw(&PathElement::new(sample, style))?,
            Some((dash, gap)) => {
                area.draw(&DashedPathElement::new(sample, px(dash), px(gap), style))?
            }
        }
        area.draw_text(line.name, &text(18, &line.colour), (px(x + 30), px(67)))?;
    }
    for (i, k) in a.kinks().iter().enumerate() {
        let jumps = k.left.is_infinite() || k.right.is_infinite();
        let what = if jumps { "jump" } else { "kink" };
        let [at, left, right, taken] = [k.at, k.left, k.right, k.taken].map(number);
        let note = format!("{what} at {at}: f′ left {left}, right {right}, taken {taken}");
        area.draw_text(&note, &text(17, &INK), (px(212), px(68 + 22 * i as i32)))?;
    }
    Ok(())
}

/// From −5 to 5, further where there are kinks, and not beyond the domain.
fn range(a: &Activation) -> (f64, f64) {
    let kinks = a.kinks().into_iter().map(|k| k.at);
    let (low, high) =
        kinks.fold((-5.0f64, 5.0f64), |(l, h), at| (l.min(at - 3.0), h.max(at + 3.0)));
    let (from, to) = (a.info().domain)(a.params());
    (low.max(from), high.min(to))
}

/// The k-th derivative in smooth pieces, each up to the limits at its ends.
fn pieces(a: &Activation, k: u32) -> Vec<Vec<(f64, f64)>> {
    let (low, high) = range(a);
    let mut cuts = vec![low, high];
    cuts.extend(a.kinks().into_iter().map(|kink| kink.at));
    cuts.extend((a.info().seams)(a.params()));
    cuts.retain(|x| (low..=high).contains(x));
    cuts.sort_by(f64::total_cmp);
    cuts.dedup();
    let piece = |ends: &[f64]| {
        let (from, to) = (ends[0], ends[1]);
        let n = ((to - from) / (high - low) * POINTS as f64).ceil().max(2.0) as usize;
        let inner = (1..n).map(|i| from + (to - from) * i as f64 / n as f64);
        let mut points = vec![(from, side(a, k, from, true))];
        points.extend(inner.map(|x| (x, a.derivative(k, x))));
        points.push((to, side(a, k, to, false)));
        points.retain(|p| p.1.is_finite());
        points
    };
    cuts.windows(2).map(piece).collect()
}

/// The limit from the right or left; a jump has no slope of its own, so the one beside it.
fn side(a: &Activation, k: u32, x: f64, right: bool) -> f64 {
    let y = if right { a.right(k, x) } else { a.left(k, x) };
    let beside = if right { x + 1e-9 } else { x - 1e-9 };
    if y.is_infinite() { a.derivative(k, beside) } else { y }
}

/// What the frame shows: all there is, but not beyond −5 to 6.
fn height(lines: &Curves) -> (f64, f64) {
    let all = || lines.iter().flatten().flatten().map(|p| p.1);
    let low = all().fold(-0.25f64, f64::min).max(-5.0);
    let high = all().fold(1.0f64, f64::max).min(6.0);
    let room = 0.06 * (high - low);
    (low - room, high + room)
}

/// The parts of a curve that lie in the frame.
fn within(points: &[(f64, f64)], (low, high): (f64, f64)) -> Vec<Vec<(f64, f64)>> {
    let mut parts = vec![vec![]];
    for pair in points.windows(2) {
        let [(x0, y0), (x1, y1)] = [pair[0], pair[1]];
        let at = |y: f64| (x0 + (x1 - x0) * (y - y0) / (y1 - y0), y);
        let cut = |(x, y): (f64, f64)| {
            if y < low {
                at(low)
            } else if y > high {
                at(high)
            } else {
                (x, y)
            }
        };
        if y0.max(y1) < low || y0.min(y1) > high {
            parts.push(vec![]);
            continue;
        }
        let part = parts.last_mut().expect("one at least");
        if part.is_empty() {
            part.push(cut((x0, y0)));
        }
        part.push(cut((x1, y1)));
    }
    parts.retain(|part| part.len() > 1);
    parts
}

/// At each kink: a dot on f, hollow dots at the slopes on both sides, a full one at the slope taken.
fn marks<'b>(chart: &mut Chart<'_, 'b>, a: &Activation, (low, high): (f64, f64)) -> Drawn<'b> {
    for k in a.kinks() {
        let seen = |y: &f64| (low..=high).contains(y);
        for y in [k.left, k.right].into_iter().filter(seen) {
            chart.draw_series([Circle::new((k.at, y), px(5), PAPER.filled())])?;
            chart.draw_series([Circle::new((k.at, y), px(5), SLOPE.stroke_width(2 * SCALE))])?;
        }
        let taken = [k.taken].into_iter().filter(seen);
        chart.draw_series(taken.map(|y| Circle::new((k.at, y), px(3), SLOPE.filled())))?;
        chart.draw_series([Circle::new((k.at, a.apply(k.at)), px(3), VALUE.filled())])?;
    }
    Ok(())
}

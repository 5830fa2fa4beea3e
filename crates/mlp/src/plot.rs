//! The loss curve of a run as an SVG picture.

use plotters::coord::ranged1d::ValueFormatter;
use plotters::coord::types::RangedCoordi32;
use plotters::prelude::*;

use crate::history::History;

const SIZE: (u32, u32) = (800, 500);
const TRAIN: RGBColor = RGBColor(31, 119, 180);
const VALIDATION: RGBColor = RGBColor(214, 90, 14);
const FONT: &str = "sans-serif";
/// Losses beyond this are not drawn: the axes cannot be divided.
const LARGEST: f64 = 1e100;

/// One line of the picture: its name, colour and points (epoch, loss).
struct Curve {
    name: &'static str,
    colour: RGBColor,
    points: Vec<(i32, f64)>,
}

/// Draws the training and the validation loss over the epochs.
///
/// The axis of the loss is logarithmic when the losses are positive and span more than a factor
/// of 20. Losses that are not finite or beyond ±10¹⁰⁰ are left out, and the title says so.
///
/// # Errors
/// When the picture cannot be drawn; the text says why.
pub fn loss_curve(history: &History, title: &str) -> Result<String, String> {
    let curves = [
        curve("training", TRAIN, history, |epoch| Some(epoch.train.loss)),
        curve("validation", VALIDATION, history, |epoch| {
            epoch.validation.map(|measure| measure.loss)
        }),
    ];
    let shown: usize = curves.iter().map(|curve| curve.points.len()).sum();
    let recorded: usize =
        history.epochs.iter().map(|epoch| 1 + usize::from(epoch.validation.is_some())).sum();
    let title = match recorded - shown {
        0 => title.to_owned(),
        hidden => format!("{title} ({hidden} of {recorded} losses are not finite or too large)"),
    };
    let losses = || curves.iter().flat_map(|curve| &curve.points).map(|point| point.1);
    let low = losses().fold(f64::INFINITY, f64::min);
    let high = losses().fold(f64::NEG_INFINITY, f64::max);
    let mut svg = String::new();
    draw(&mut svg, &title, &curves, history.epochs.len(), (low, high))
        .map_err(|error| error.to_string())?;
    Ok(svg)
}

fn curve(
    name: &'static str,
    colour: RGBColor,
    history: &History,
    loss: impl Fn(&crate::history::Epoch) -> Option<f64>,
) -> Curve {
    let points = history
        .epochs
        .iter()
        .filter_map(|epoch| Some((i32::try_from(epoch.epoch).ok()?, loss(epoch)?)))
        .filter(|(_, loss)| loss.abs() <= LARGEST)
        .collect();
    Curve { name, colour, points }
}

type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

fn draw<'a>(
    svg: &'a mut String,
    title: &str,
    curves: &[Curve],
    epochs: usize,
    (low, high): (f64, f64),
) -> Drawn<'a> {
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let mut builder = ChartBuilder::on(&area);
    builder
        .caption(title, (FONT, 22))
        .margin(16)
        .margin_right(24)
        .x_label_area_size(48)
        .y_label_area_size(76);
    let x = 1..i32::try_from(epochs).unwrap_or(i32::MAX).max(2);
    if low > 1.0 / LARGEST && high / low > 20.0 {
        let y = (low / 1.2..high * 1.2).log_scale();
        fill(builder.build_cartesian_2d(x, y)?, curves)?;
    } else {
        let (low, high) = linear_range(low, high);
        fill(builder.build_cartesian_2d(x, low..high)?, curves)?;
    }
    area.present()
}

/// A little more than the losses span; from 0 when they are positive.
fn linear_range(low: f64, high: f64) -> (f64, f64) {
    if low > high {
        return (0.0, 1.0);
    }
    let low = if low >= 0.0 { 0.0 } else { low };
    let room = ((high - low) / 20.0).max(1.0 / LARGEST);
    (if low < 0.0 { low - room } else { low }, high + room)
}

type Chart<'a, Y> = ChartContext<'a, SVGBackend<'a>, Cartesian2d<RangedCoordi32, Y>>;

fn fill<'a, Y>(mut chart: Chart<'a, Y>, curves: &[Curve]) -> Drawn<'a>
where
    Y: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    chart
        .configure_mesh()
        .x_desc("epoch")
        .y_desc("mean loss per row")
        .axis_desc_style((FONT, 18))
        .label_style((FONT, 16))
        .x_max_light_lines(1)
        .y_labels(8) // with 9 or more, 0.9 and 1 would touch on a logarithmic axis
        .y_max_light_lines(10)
        .y_label_formatter(&|y| short(*y))
        .bold_line_style(RGBColor(221, 221, 221))
        .light_line_style(RGBColor(244, 244, 244))
        .draw()?;
    for curve in curves.iter().filter(|curve| !curve.points.is_empty()) {
        let style = curve.colour.stroke_width(2);
        chart
            .draw_series(LineSeries::new(curve.points.iter().copied(), style))?
            .label(curve.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 24, y)], style));
        if let [only] = curve.points[..] {
            chart.draw_series([Circle::new(only, 3, curve.colour.filled())])?;
        }
    }
    let corner = free_corner(&chart, curves);
    chart
        .configure_series_labels()
        .position(corner)
        .margin(12)
        .legend_area_size(32)
        .label_font((FONT, 16))
        .background_style(WHITE)
        .border_style(RGBColor(187, 187, 187))
        .draw()
}

/// A corner for the legend that no curve passes through; the upper right one if all are taken.
fn free_corner<Y: Ranged<ValueType = f64>>(
    chart: &Chart<'_, Y>,
    curves: &[Curve],
) -> SeriesLabelPosition {
    const WIDTH: i32 = 160;
    const HEIGHT: i32 = 90;
    let (x, y) = chart.plotting_area().get_pixel_range();
    let (left, right) = (x.start..x.start + WIDTH, x.end - WIDTH..x.end + 1);
    let (upper, lower) = (y.start..y.start + HEIGHT, y.end - HEIGHT..y.end + 1);
    let corners = [
        (SeriesLabelPosition::UpperRight, &right, &upper),
        (SeriesLabelPosition::UpperLeft, &left, &upper),
        (SeriesLabelPosition::LowerLeft, &left, &lower),
        (SeriesLabelPosition::LowerRight, &right, &lower),
    ];
    let mut pixels = Vec::new();
    for curve in curves {
        let points: Vec<_> = curve.points.iter().map(|point| chart.backend_coord(point)).collect();
        pixels.extend(points.iter().copied());
        for pair in points.windows(2) {
            let [(x0, y0), (x1, y1)] = [pair[0], pair[1]];
            pixels.extend((1..16).map(|k| (x0 + (x1 - x0) * k / 16, y0 + (y1 - y0) * k / 16)));
        }
    }
    let free = corners
        .into_iter()
        .find(|(_, x, y)| !pixels.iter().any(|pixel| x.contains(&pixel.0) && y.contains(&pixel.1)));
    free.map_or(SeriesLabelPosition::UpperRight, |(corner, ..)| corner)
}

/// A number in few characters: 0.25, 12, 3e-7.
fn short(x: f64) -> String {
    let rounded: f64 = format!("{x:.2e}").parse().unwrap_or(x);
    if rounded == 0.0 || (1e-4..1e5).contains(&rounded.abs()) {
        format!("{rounded}")
    } else {
        format!("{rounded:e}")
    }
}

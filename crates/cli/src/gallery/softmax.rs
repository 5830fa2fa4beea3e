//! Softmax: from logits to probabilities, and the Jacobian as a heat map.

use chainrule_activations::softmax::{softmax, softmax_jacobian};
use ndarray::{Array1, Array2, array};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::facts::number;
use super::theme::{AXIS, FONT, INK, PAPER, SCALE, SLOPE, VALUE, finished, large};

const SIZE: (u32, u32) = (1080, 400);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

/// Three panels for the logits 2, 1, 0.5, −1.
pub fn picture() -> Result<String, String> {
    let z = array![2.0, 1.0, 0.5, -1.0];
    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, large(SIZE)).into_drawing_area();
    draw(&area, &z).map_err(|e| e.to_string())?;
    drop(area);
    Ok(finished(&svg))
}

fn draw<'a>(area: &Area<'a>, z: &Array1<f64>) -> Drawn<'a> {
    area.fill(&PAPER)?;
    let panels = area.split_evenly((1, 3));
    bars(&panels[0], "logits z", z, (-1.5, 2.5), SLOPE)?;
    bars(&panels[1], "y = softmax(z)", &softmax(z, -1), (0.0, 1.0), VALUE)?;
    heat_map(&panels[2], "Jacobian ∂yᵢ/∂zⱼ = yᵢ(δᵢⱼ − yⱼ)", &softmax_jacobian(z))?;
    area.present()
}

/// Pixels of the finished picture.
fn px(n: i32) -> i32 {
    n * SCALE as i32
}

fn title<'a>(area: &Area<'a>, text: &str) -> Drawn<'a> {
    area.draw_text(text, &(FONT, px(19)).into_font().color(&INK), (px(16), px(12)))
}

/// The name of an index, in the middle below a panel.
fn below<'a>(area: &Area<'a>, name: &str, x: i32, y: i32) -> Drawn<'a> {
    area.draw_text(name, &centred(16, &INK), (x, y))
}

fn centred(size: i32, colour: &RGBColor) -> TextStyle<'static> {
    (FONT, px(size)).into_font().color(colour).pos(Pos::new(HPos::Center, VPos::Center))
}

/// One bar for each entry, with its number on it and its index below.
fn bars<'a>(
    area: &Area<'a>,
    name: &str,
    values: &Array1<f64>,
    (low, high): (f64, f64),
    colour: RGBColor,
) -> Drawn<'a> {
    title(area, name)?;
    let (width, height) = area.dim_in_pixel();
    let scale = f64::from(SCALE);
    let (top, bottom, left) = (70.0 * scale, f64::from(height) - 70.0 * scale, 24.0 * scale);
    let y = |v: f64| (bottom - (v - low) / (high - low) * (bottom - top)) as i32;
    let step = (f64::from(width) - 2.0 * left) / values.len() as f64;
    for (i, &v) in values.iter().enumerate() {
        let x = |share: f64| (left + step * (i as f64 + share)) as i32;
        let (upper, lower) = (y(v.max(0.0)), y(v.min(0.0)));
        area.draw(&Rectangle::new([(x(0.18), upper), (x(0.82), lower)], colour.filled()))?;
        let at = if v < 0.0 { lower + px(14) } else { upper - px(12) };
        area.draw_text(&number(v), &centred(16, &INK), (x(0.5), at))?;
        area.draw_text(
            &format!("{}", i + 1),
            &centred(16, &INK),
            (x(0.5), height as i32 - px(44)),
        )?;
    }
    below(area, "entry i", width as i32 / 2, height as i32 - px(18))?;
    let zero = vec![(left as i32, y(0.0)), (width as i32 - left as i32, y(0.0))];
    area.draw(&PathElement::new(zero, AXIS.stroke_width(SCALE)))
}

/// Blue for positive, orange for negative entries, the stronger the larger, with the numbers.
fn heat_map<'a>(area: &Area<'a>, name: &str, matrix: &Array2<f64>) -> Drawn<'a> {
    title(area, name)?;
    let (width, height) = area.dim_in_pixel();
    let (top, left) = (px(56), px(76));
    let n = matrix.nrows() as i32;
    let cell = ((width as i32 - left - px(16)) / n).min((height as i32 - top - px(62)) / n);
    let most = matrix.iter().fold(0.0f64, |m, j| m.max(j.abs()));
    for ((i, j), &v) in matrix.indexed_iter() {
        let (x, y) = (left + cell * j as i32, top + cell * i as i32);
        let colour = if v > 0.0 { VALUE } else { SLOPE };
        let strength = 0.06 + 0.44 * (v.abs() / most); // the number on it stays legible
        let square = [(x + px(1), y + px(1)), (x + cell - px(1), y + cell - px(1))];
        area.draw(&Rectangle::new(square, colour.mix(strength).filled()))?;
        let number = format!("{v:.3}").replace('-', "−");
        area.draw_text(&number, &centred(16, &INK), (x + cell / 2, y + cell / 2))?;
    }
    for i in 0..n {
        let middle = cell * i + cell / 2;
        let index = format!("{}", i + 1);
        area.draw_text(&index, &centred(16, &INK), (left - px(16), top + middle))?;
        area.draw_text(&index, &centred(16, &INK), (left + middle, top + cell * n + px(16)))?;
    }
    below(area, "by logit j", left + cell * n / 2, top + cell * n + px(42))?;
    below(area, "of yᵢ", left - px(48), top + cell * n / 2)
}

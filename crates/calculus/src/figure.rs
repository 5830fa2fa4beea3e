//! [`Figure`]: a function and what is known of it, as an SVG picture.

use chainrule_autograd::number::Jet;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::curve::Curve;
use crate::report::{Analysis, Bend, ExtremumKind, Kind, Trend};
use crate::sampled::{Points, bounds, clipped, height, sampled, tame};
use crate::verdict::Verdict;

const WIDTH: u32 = 1040;
const PANEL: u32 = 420;
const LEGEND: u32 = 190;
const FONT: &str = "sans-serif";
const CURVE: RGBColor = RGBColor(31, 78, 140);
const FIRST: RGBColor = RGBColor(178, 58, 10);
const SECOND: RGBColor = RGBColor(110, 110, 110);
const EXTRA: [RGBColor; 4] =
    [RGBColor(200, 80, 20), RGBColor(20, 130, 90), RGBColor(140, 60, 160), RGBColor(120, 100, 20)];
const RISING: RGBColor = RGBColor(228, 243, 228);
const FALLING: RGBColor = RGBColor(251, 230, 227);
const LEVEL: RGBColor = RGBColor(236, 236, 236);
const CONVEX: RGBColor = RGBColor(226, 236, 250);
const CONCAVE: RGBColor = RGBColor(252, 241, 214);
/// What is higher is not shown.
const HIGHEST: f64 = 1e300;

type Function<'a> = Box<dyn Fn(f64) -> f64 + 'a>;
type Band = (f64, f64, RGBColor, &'static str);
type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

/// A picture of a function: the curve over bands that show where it rises and falls, with stationary
/// and inflection points, kinks with both slopes, and further lines; below it f′ and f″ over bands
/// that show where it is convex and concave.
///
/// ```
/// use chainrule_calculus::{Curve, Figure};
/// let f = Curve::record(|x| x.sin() * x)?;
/// let analysis = f.analyze(-4.0, 4.0);
/// let tangent = f.tangent(1.0);
/// let svg = Figure::of(&f, &analysis).with("tangent at 1", |x| tangent.at(x)).svg();
/// assert!(svg.unwrap().starts_with("<svg"));
/// # Ok::<(), chainrule_autograd::EvaluateError>(())
/// ```
pub struct Figure<'a> {
    title: String,
    from: f64,
    to: f64,
    subject: Option<(&'a Curve, &'a Analysis)>,
    lines: Vec<(String, Function<'a>)>,
}

/// One panel, ready to be drawn.
#[derive(Default)]
struct Panel {
    bands: Vec<Band>,
    /// Name, colour, connected parts.
    curves: Vec<(String, RGBColor, Vec<Points>)>,
    /// Both slopes at a kink: short lines.
    slopes: Vec<[(f64, f64); 2]>,
    /// Position, colour, name of a marked point.
    marks: Vec<((f64, f64), RGBColor, &'static str)>,
    /// Where vertical lines stand.
    poles: Vec<f64>,
}

impl<'a> Figure<'a> {
    /// A function and its analysis.
    pub fn of(curve: &'a Curve, analysis: &'a Analysis) -> Self {
        let title =
            analysis.text.as_deref().map_or_else(|| "f(x)".into(), |t| format!("f(x) = {t}"));
        let (from, to) = (analysis.from, analysis.to);
        Figure { title, from, to, subject: Some((curve, analysis)), lines: Vec::new() }
    }

    /// Lines only, which [`with`](Self::with) adds.
    pub fn plain(from: f64, to: f64) -> Self {
        Figure { title: String::new(), from, to, subject: None, lines: Vec::new() }
    }

    /// Another title.
    pub fn title(mut self, title: &str) -> Self {
        self.title = title.to_owned();
        self
    }

    /// A further line in the upper panel: a tangent, a polynomial, another function.
    pub fn with(mut self, name: &str, line: impl Fn(f64) -> f64 + 'a) -> Self {
        self.lines.push((name.to_owned(), Box::new(line)));
        self
    }

    /// The picture.
    ///
    /// # Errors
    /// When it cannot be drawn; the text says why.
    pub fn svg(&self) -> Result<String, String> {
        let panels: Vec<Panel> = match self.subject {
            Some((curve, analysis)) => {
                vec![self.upper(Some((curve, analysis))), self.lower(curve, analysis)]
            }
            None => vec![self.upper(None)],
        };
        let mut svg = String::new();
        self.draw(&mut svg, &panels).map_err(|error| error.to_string())?;
        Ok(svg)
    }

    fn upper(&self, subject: Option<(&Curve, &Analysis)>) -> Panel {
        let mut panel = Panel::default();
        let cuts = subject.map(|(_, a)| cuts(a)).unwrap_or_default();
        if let Some((curve, a)) = subject {
            panel.bands = a.monotone.iter().map(trend_band).collect();
            let points = sampled(|x| curve.value(x), self.from, self.to, &cuts);
            panel.curves.push(("f".into(), CURVE, points));
            panel.marks = marks(a);
            panel.slopes = slopes(a, curve);
            panel.poles = poles(a);
        }
        for (i, (name, line)) in self.lines.iter().enumerate() {
            let colour = EXTRA[i % EXTRA.len()];
            let points = sampled(line, self.from, self.to, &[]);
            panel.curves.push((name.clone(), colour, points));
        }
        panel
    }

    fn lower(&self, curve: &Curve, a: &Analysis) -> Panel {
        let mut panel = Panel { poles: poles(a), ..Panel::default() };
        panel.bands = a.bends.iter().filter_map(bend_band).collect();
        let cuts = cuts(a);
        for (k, name, colour) in [(1, "f′", FIRST), (2, "f″", SECOND)] {
            let derivative = |x: f64| {
                let series = curve.play(Jet::variable(x, k));
                if series.coefficient(0).is_finite() { series.derivative(k) } else { f64::NAN }
            };
            let points = sampled(derivative, self.from, self.to, &cuts);
            panel.curves.push((name.into(), colour, points));
        }
        panel
    }

    fn draw<'b>(&self, svg: &'b mut String, panels: &[Panel]) -> Drawn<'b> {
        let height = PANEL * panels.len() as u32 + 40;
        let root = SVGBackend::with_string(svg, (WIDTH, height)).into_drawing_area();
        root.fill(&WHITE)?;
        let middle = Pos::new(HPos::Center, VPos::Top);
        let style = TextStyle::from((FONT, 20).into_font()).pos(middle);
        root.draw_text(&self.title, &style, ((WIDTH - LEGEND) as i32 / 2 + 28, 12))?;
        let (_, body) = root.split_vertically(40);
        for (area, panel) in body.split_evenly((panels.len(), 1)).iter().zip(panels) {
            self.draw_panel(area, panel)?;
        }
        root.present()
    }

    fn draw_panel<'b>(&self, area: &Area<'b>, panel: &Panel) -> Drawn<'b> {
        let (area, side) = area.split_horizontally(WIDTH - LEGEND);
        let (low, high) = panel.span();
        let mut chart = ChartBuilder::on(&area)
            .margin(8)
            .x_label_area_size(42)
            .y_label_area_size(64)
            .build_cartesian_2d(self.from..self.to, low..high)?;
        for &(from, to, colour, _) in &panel.bands {
            chart.draw_series([Rectangle::new([(from, low), (to, high)], colour.filled())])?;
        }
        chart
            .configure_mesh()
            .label_style((FONT, 14))
            .x_desc("x")
            .axis_desc_style((FONT, 14))
            .x_label_formatter(&|x| height(*x, self.to - self.from))
            .y_label_formatter(&|y| height(*y, high - low))
            .bold_line_style(RGBColor(215, 215, 215))
            .light_line_style(TRANSPARENT)
            .draw()?;
        if low < 0.0 && high > 0.0 {
            let zero = [(self.from, 0.0), (self.to, 0.0)];
            chart.draw_series(LineSeries::new(zero, RGBColor(150, 150, 150)))?;
        }
        for &x in &panel.poles {
            let line = [(x, low), (x, high)];
            chart.draw_series(DashedLineSeries::new(line, 4, 4, BLACK.mix(0.4).into()))?;
        }
        for (_, colour, parts) in &panel.curves {
            for part in parts.iter().flat_map(|part| clipped(part, low, high)) {
                let style = colour.stroke_width(2);
                if *colour == SECOND {
                    // Dashed, so that f′ can be seen where both are one.
                    chart.draw_series(DashedLineSeries::new(part, 7, 5, style))?;
                } else {
                    chart.draw_series(LineSeries::new(part, style))?;
                }
            }
        }
        for ends in &panel.slopes {
            chart.draw_series(LineSeries::new(*ends, BLACK.stroke_width(3)))?;
        }
        for &(at, colour, name) in &panel.marks {
            chart.draw_series([Circle::new(at, radius(name), colour.filled())])?;
        }
        panel.legend(&side)
    }
}

/// Of the circle that marks a point: a stationary point that is an inflection too is its ring.
fn radius(name: &str) -> i32 {
    if name == "stationary" { 8 } else { 5 }
}

impl Panel {
    /// What the colours mean, beside the picture.
    fn legend<'b>(&self, area: &Area<'b>) -> Drawn<'b> {
        let mut y = 24;
        let mut named: Vec<&str> = Vec::new();
        let mut entry = |name: &str, draw: &dyn Fn(i32) -> Drawn<'b>| -> Drawn<'b> {
            draw(y)?;
            area.draw_text(name, &TextStyle::from((FONT, 14).into_font()), (34, y - 6))?;
            y += 22;
            Ok(())
        };
        for (name, colour, _) in &self.curves {
            let style = colour.stroke_width(2);
            entry(name, &|y| area.draw(&PathElement::new([(6, y), (26, y)], style)))?;
        }
        for &(_, colour, name) in &self.marks {
            if !named.contains(&name) {
                named.push(name);
                let dot = |y: i32| Circle::new((16, y), radius(name), colour.filled());
                entry(name, &|y| area.draw(&dot(y)))?;
            }
        }
        if !self.slopes.is_empty() {
            let style = BLACK.stroke_width(3);
            entry("both slopes", &|y| area.draw(&PathElement::new([(6, y), (26, y)], style)))?;
        }
        for &(_, _, colour, name) in &self.bands {
            if !named.contains(&name) {
                named.push(name);
                let patch = |y: i32| Rectangle::new([(6, y - 7), (26, y + 7)], colour.filled());
                entry(name, &|y| area.draw(&patch(y)))?;
            }
        }
        Ok(())
    }

    /// The values to be shown: all of a tame curve, the middle nine tenths of a wild one, more or
    /// less. The first curve decides; others may make the picture three times as high.
    fn span(&self) -> (f64, f64) {
        let heights = |parts: &[Points]| parts.iter().flatten().map(|p| p.1).collect::<Vec<f64>>();
        let spans = self.curves.iter().map(|(.., parts)| tame(&heights(parts)));
        let spans: Vec<_> = spans.filter(|(low, high)| low <= high).collect();
        let base = spans.first().copied().unwrap_or((-1.0, 1.0));
        let size = if base.1 > base.0 { base.1 - base.0 } else { f64::INFINITY };
        let near = spans.iter().map(|s| (s.0.max(base.0 - size), s.1.min(base.1 + size)));
        let mut all: Vec<f64> = near.flat_map(|(low, high)| [low, high]).collect();
        all.extend(self.marks.iter().map(|m| m.0.1));
        all.retain(|y| !y.is_nan());
        let (low, high) = bounds(&all);
        if low > high {
            return (-1.0, 1.0);
        }
        let within = |y: f64| y.clamp(-HIGHEST, HIGHEST); // a span that can be computed
        let (low, high) = (within(low), within(high));
        let room = if high == low { low.abs().max(1.0) } else { (high - low) * 0.08 };
        (low - room, high + room)
    }
}

/// Where a curve is interrupted.
fn cuts(a: &Analysis) -> Vec<f64> {
    a.breaks.iter().filter(|b| b.verdict != Verdict::Vertical).map(|b| b.place.at).collect()
}

fn poles(a: &Analysis) -> Vec<f64> {
    a.breaks.iter().filter(|b| b.verdict == Verdict::Pole).map(|b| b.place.at).collect()
}

fn trend_band(piece: &crate::TrendPiece) -> Band {
    let (colour, name) = match piece.trend {
        Trend::Increasing => (RISING, "rises"),
        Trend::Decreasing => (FALLING, "falls"),
        Trend::Constant => (LEVEL, "constant"),
    };
    (piece.from, piece.to, colour, name)
}

fn bend_band(piece: &crate::BendPiece) -> Option<Band> {
    let (colour, name) = match piece.bend {
        Bend::Convex => (CONVEX, "convex"),
        Bend::Concave => (CONCAVE, "concave"),
        Bend::Straight => return None,
    };
    Some((piece.from, piece.to, colour, name))
}

fn marks(a: &Analysis) -> Vec<((f64, f64), RGBColor, &'static str)> {
    let stationary = a.stationary.iter().chain(&a.inflections).filter_map(|s| {
        let (colour, name) = match s.kind {
            Kind::Minimum => (RGBColor(20, 110, 60), "minimum"),
            Kind::Maximum => (RGBColor(190, 30, 30), "maximum"),
            Kind::Neither => (RGBColor(90, 90, 90), "stationary"),
            Kind::Inflection => (RGBColor(150, 90, 180), "inflection"),
            Kind::Undecided => return None,
        };
        Some(((s.place.at, s.value), colour, name))
    });
    let elsewhere = a.extrema.iter().filter(|e| {
        let inside = a.from < e.place.at && e.place.at < a.to;
        inside && !a.stationary.iter().any(|s| s.place.at == e.place.at)
    });
    let elsewhere = elsewhere.map(|e| match e.kind {
        ExtremumKind::Minimum => ((e.place.at, e.value), RGBColor(20, 110, 60), "minimum"),
        ExtremumKind::Maximum => ((e.place.at, e.value), RGBColor(190, 30, 30), "maximum"),
    });
    stationary.chain(elsewhere).collect()
}

/// Short lines with both slopes at every kink.
fn slopes(a: &Analysis, curve: &Curve) -> Vec<[(f64, f64); 2]> {
    let mut list = Vec::new();
    for kink in a.breaks.iter().filter(|b| b.verdict == Verdict::Kink) {
        let (x, y) = (kink.place.at, curve.value(kink.place.at));
        let size = (a.to - a.from) / 18.0;
        for (slope, side) in [(kink.left_slope, -1.0), (kink.right_slope, 1.0)] {
            let step = side * size / slope.hypot(1.0);
            list.push([(x, y), (x + step, y + slope * step)]);
        }
    }
    list
}

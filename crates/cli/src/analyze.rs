//! `chainrule analyze`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use chainrule_calculus::{
    Analysis, Bend, Curve, Evidence, ExtremumKind, Figure, Kind, Place, Trend, Verdict,
};
use clap::Args;
use comfy_table::{Table, presets};

use crate::output::line;

/// The arguments of `chainrule analyze`.
#[derive(Args)]
pub struct Analyze {
    /// A function of x, such as "sigmoid(sin(x))*exp(-x^2)"
    #[arg(allow_hyphen_values = true)]
    function: String,
    /// The interval, such as -2..2 or 0..2*pi
    #[arg(long, value_name = "A..B", allow_hyphen_values = true)]
    on: String,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// Draw the figure into this file [default: runs/analyze.svg; with --json: none]
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Draw the tangent at this point too
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    tangent: Option<String>,
    /// Draw Taylor's polynomial at a point too, such as 0:3 for order 3 at 0; may be repeated
    #[arg(long, value_name = "X:ORDER", allow_hyphen_values = true)]
    taylor: Vec<String>,
}

const FIGURE: &str = "runs/analyze.svg";
const MOST: usize = 20;

impl Analyze {
    /// Analyses the function, prints the report, draws the figure.
    pub fn run(&self) -> Result<()> {
        let curve = Curve::parse(&self.function, chainrule_activations::rows())
            .map_err(|e| anyhow!("cannot read the function\n{e}"))?;
        let (from, to) = interval(&self.on)?;
        let tangent = self.tangent.as_deref().map(number).transpose()?;
        let taylor = self.taylor.iter().map(|t| centre(t)).collect::<Result<Vec<_>>>()?;
        let analysis = curve.analyze(from, to);
        if self.json {
            line(serde_json::to_string_pretty(&analysis)?)?;
        } else {
            print(&analysis)?;
        }
        let file = self.svg.as_deref().or((!self.json).then_some(Path::new(FIGURE)));
        let Some(file) = file else { return Ok(()) };
        let mut figure = Figure::of(&curve, &analysis);
        if let Some(x) = tangent {
            let tangent = curve.tangent(x);
            figure = figure.with(&format!("tangent at {x}"), move |x| tangent.at(x));
        }
        for (x, order) in taylor {
            let p = curve.taylor(x, order);
            figure = figure.with(&format!("order {order} at {x}"), move |x| p.at(x));
        }
        let svg = figure.svg().map_err(|e| anyhow!("the figure cannot be drawn: {e}"))?;
        write(file, &svg)?;
        if !self.json {
            line(format!("wrote {}", file.display()))?;
        }
        Ok(())
    }
}

fn write(file: &Path, text: &str) -> Result<()> {
    if let Some(folder) = file.parent().filter(|f| !f.as_os_str().is_empty()) {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    fs::write(file, text).with_context(|| format!("{}: cannot be written", file.display()))
}

/// A constant, which may be written like a function.
fn number(text: &str) -> Result<f64> {
    let curve = Curve::parse(text, chainrule_activations::rows())
        .map_err(|e| anyhow!("cannot read the number `{text}`\n{e}"))?;
    let (at_0, at_1) = (curve.value(0.0), curve.value(1.0));
    ensure!(at_0 == at_1 && at_0.is_finite(), "`{text}` is not a number");
    Ok(at_0)
}

fn interval(text: &str) -> Result<(f64, f64)> {
    let (from, to) = text
        .split_once("..")
        .with_context(|| format!("--on {text}: write the interval as A..B, such as -2..2"))?;
    let (from, to) = (number(from)?, number(to)?);
    let longest = 1e100;
    let fits = from.abs().max(to.abs()) <= longest;
    ensure!(fits, "--on {text}: the ends must lie between -1e100 and 1e100");
    ensure!(from < to, "--on {text}: the interval is empty");
    Ok((from, to))
}

fn centre(text: &str) -> Result<(f64, usize)> {
    let wrong = || format!("--taylor {text}: write X:ORDER, such as 0:3");
    let (x, order) = text.split_once(':').with_context(wrong)?;
    let order: usize = order.parse().ok().with_context(wrong)?;
    ensure!(order <= MOST, "--taylor {text}: orders go up to {MOST}");
    Ok((number(x)?, order))
}

fn print(a: &Analysis) -> Result<()> {
    let mut grid = Table::new();
    grid.load_style(presets::NOTHING);
    grid.set_header(["what", "where", "value", ""]);
    for [what, place, value, sure] in rows(a) {
        grid.add_row([what, place, value, sure]);
    }
    line(format!("f(x) = {} on {}", a.text.as_deref().unwrap_or("?"), span(a.from, a.to)))?;
    line(grid.to_string())?;
    for (from, to) in &a.undecided {
        line(format!("undecided: something between {} and {}", short(*from), short(*to)))?;
    }
    line(if a.complete {
        "proved: there are no other stationary points"
    } else {
        "not proved: that there are no other stationary points"
    })?;
    Ok(())
}

/// What the table says, line by line.
fn rows(a: &Analysis) -> Vec<[String; 4]> {
    let mut rows = Vec::new();
    let mut row = |what: &str, place: String, value: String, evidence: Evidence| {
        let sure = match evidence {
            Evidence::Proved => "proved",
            Evidence::Numeric => "numeric",
            Evidence::Undecided => "undecided",
        };
        rows.push([what.to_owned(), place, value, sure.to_owned()]);
    };
    for p in &a.monotone {
        let what = match p.trend {
            Trend::Increasing => "rises",
            Trend::Decreasing => "falls",
            Trend::Constant => "constant",
        };
        row(what, span(p.from, p.to), String::new(), p.evidence);
    }
    for p in &a.bends {
        let what = match p.bend {
            Bend::Convex => "convex",
            Bend::Concave => "concave",
            Bend::Straight => "straight",
        };
        row(what, span(p.from, p.to), String::new(), p.evidence);
    }
    for s in &a.stationary {
        let what = match s.kind {
            Kind::Minimum => "stationary, minimum",
            Kind::Maximum => "stationary, maximum",
            Kind::Neither => "stationary, neither",
            Kind::Inflection | Kind::Undecided => "stationary",
        };
        row(what, at(&s.place), short(s.value), s.evidence);
    }
    for s in &a.inflections {
        row("inflection", at(&s.place), short(s.value), s.evidence);
    }
    for e in &a.extrema {
        let what = match e.kind {
            ExtremumKind::Minimum => "local minimum",
            ExtremumKind::Maximum => "local maximum",
        };
        row(what, at(&e.place), short(e.value), e.evidence);
    }
    for b in &a.breaks {
        let slopes = || format!("slopes {}, {}", short(b.left_slope), short(b.right_slope));
        let limits = || format!("limits {}, {}", short(b.left), short(b.right));
        let (what, value) = match b.verdict {
            Verdict::Kink => ("kink", slopes()),
            Verdict::Vertical => ("vertical tangent", slopes()),
            Verdict::Jump => ("jump", limits()),
            Verdict::Pole => ("pole", limits()),
            Verdict::Outside => ("not defined", String::new()),
            Verdict::Differentiable | Verdict::Undecided => ("undecided", String::new()),
        };
        row(what, at(&b.place), value, b.evidence);
    }
    for r in &a.roots {
        let what = if r.crosses { "root" } else { "root, touched" };
        row(what, at(&r.place), String::new(), r.evidence);
    }
    for (what, value) in [("least value", a.least), ("greatest value", a.greatest)] {
        if let Some(v) = value {
            row(what, short(v.at), short(v.low.midpoint(v.high)), v.evidence);
        }
    }
    rows
}

fn span(from: f64, to: f64) -> String {
    format!("{} to {}", short(from), short(to))
}

/// A place with the digits that are known.
fn at(place: &Place) -> String {
    short(place.at)
}

/// A number in at most 12 digits.
fn short(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return match x {
            x if x.is_nan() => "?".into(),
            x if x.is_infinite() => if x > 0.0 { "∞" } else { "−∞" }.into(),
            _ => "0".into(),
        };
    }
    let rounded: f64 = format!("{x:.11e}").parse().unwrap_or(x);
    if (1e-4..1e12).contains(&rounded.abs()) {
        format!("{rounded}")
    } else {
        format!("{rounded:e}")
    }
}

//! Trials: one op at one set of operands in one layout, and what is found there.

use std::fmt;

use ndarray::{ArrayD, Axis, IxDyn, Slice};

use super::catalogue::{Case, Shapes, Values};
use super::{Entry, Layout, Report, Verdict};
use crate::feed::Feed;
use crate::function::Function;
use crate::play::Element;
use crate::shape::count;
use crate::table::{Info, Row};
use crate::tape::{Tape, leaf};
use crate::var::{Sym, Var};

/// In single precision a derivative may differ from the one in double precision by this many units
/// in the last place of the largest element of its row; at order 2, of all rows.
pub const F32_ULPS: f64 = 16.0;

/// What is checked: a case of the [catalogue](super::cases), or a row of a [table](crate::table).
#[derive(Clone, Copy, Debug)]
pub enum Subject {
    /// A case, at its shapes.
    Case(&'static Case),
    /// An elementwise function at its default parameters, on its test interval.
    Row(&'static dyn Row),
}

impl Subject {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Subject::Case(case) => case.name,
            Subject::Row(row) => row.info().name,
        }
    }

    /// Every set of shapes in every layout.
    pub fn trials(self) -> impl Iterator<Item = Trial> {
        const ROW: &[Shapes] = &[&[&[]], &[&[5]], &[&[2, 3]], &[&[0]], &[&[2, 0]]];
        let shapes = match self {
            Subject::Case(case) => case.shapes,
            Subject::Row(_) => ROW,
        };
        let layouts = move |shapes: &Shapes| {
            let shapes = *shapes;
            Layout::ALL.map(|layout| Trial { subject: self, shapes, layout })
        };
        shapes.iter().flat_map(layouts)
    }

    fn record<'t>(self, operands: &[Sym<'t>]) -> Sym<'t> {
        match self {
            Subject::Case(case) => (case.record)(operands),
            Subject::Row(row) => operands[0].map_row(row, &row.info().defaults()),
        }
    }

    /// Whether an operand is an index, which has no derivative.
    fn is_index(self, operand: usize) -> bool {
        matches!(self, Subject::Case(case) if matches!(case.values[operand], Values::Index(_)))
    }

    fn fill(self, operand: usize, n: usize) -> Vec<f64> {
        let random = &mut Random(1 + operand as u64);
        match self {
            Subject::Case(case) => case.values[operand].fill(n, random),
            Subject::Row(row) => (0..n).map(|_| smooth_point(row.info(), random)).collect(),
        }
    }
}

/// One subject at operands of given shapes in a given layout.
#[derive(Clone, Copy)]
pub struct Trial {
    /// What is tried.
    pub subject: Subject,
    /// The operands' shapes.
    pub shapes: Shapes,
    /// How the operands lie in memory.
    pub layout: Layout,
}

impl fmt::Debug for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} {:?}", self.subject.name(), self.shapes, self.layout)
    }
}

/// Calls a method for the number of operands that have derivatives.
macro_rules! for_arity {
    ($self:ident.$method:ident::<$T:ty>($($arg:expr),*)) => {
        match $self.inputs().len() {
            1 => $self.$method::<$T, 1>($($arg),*),
            2 => $self.$method::<$T, 2>($($arg),*),
            3 => $self.$method::<$T, 3>($($arg),*),
            n => unreachable!("{}: {n} operands", $self.subject.name()),
        }
    };
}

impl Trial {
    /// Checks the derivative of order 1 or 2: in `f64` against finite differences, in `f32` against
    /// the derivative in `f64`.
    ///
    /// So that also a linear op has something to show at order 2, a case y is then checked as
    /// y + y²/2.
    pub fn report<T: Element>(&self, order: usize) -> Report {
        for_arity!(self.report_n::<T>(order))
    }

    /// The value.
    pub fn value<T: Element>(&self) -> ArrayD<T> {
        for_arity!(self.value_n::<T>())
    }

    /// The derivative of order 1 (the Jacobian), one array for each operand that has one, or of
    /// order 2 (the Hessian of Σ (y + y²/2)), one for each pair of them.
    pub fn derivative<T: Element>(&self, order: usize) -> Vec<ArrayD<T>> {
        for_arity!(self.derivative_n::<T>(order))
    }

    /// The operands, as the op sees them.
    pub fn operands(&self) -> Vec<ArrayD<f64>> {
        let operand = |(i, shape): (usize, &&[usize])| {
            let values = self.subject.fill(i, count(shape));
            ArrayD::from_shape_vec(IxDyn(shape), values).expect("as many values")
        };
        self.shapes.iter().enumerate().map(operand).collect()
    }

    /// What is fed: the operands that have derivatives, in this layout.
    fn inputs(&self) -> Vec<ArrayD<f64>> {
        let with_index = self.operands().into_iter().enumerate();
        let fed = with_index.filter(|(i, _)| !self.subject.is_index(*i));
        fed.map(|(_, values)| self.layout.store(&values, 0.625)).collect()
    }

    fn function<T: Element, const N: usize>(&self, order: usize) -> Function<T, N> {
        const NAMES: [&str; 3] = ["a", "b", "c"];
        let inputs = self.inputs();
        Function::record(std::array::from_fn(|i| (NAMES[i], inputs[i].shape())), |fed| {
            let y = self.apply(&fed);
            let bent = order == 2 && matches!(self.subject, Subject::Case(_));
            if bent { y + y.square().scale(0.5) } else { y }
        })
    }

    /// Records the op for inputs as they are fed.
    fn apply<'t, T: Element>(&self, fed: &[Var<'t, T>]) -> Var<'t, T> {
        let mut fed_next = fed.iter();
        let operands = self.operands();
        let operand = |(i, values): (usize, &ArrayD<f64>)| {
            let stored = if self.subject.is_index(i) {
                leaf(fed[0].graph, narrowed::<T>(&self.layout.store(values, 0.0)), false)
            } else {
                *fed_next.next().expect("one input per operand")
            };
            self.layout.view(stored.symbol())
        };
        let operands: Vec<Sym<'t>> = operands.iter().enumerate().map(operand).collect();
        Var::of_symbol(fed[0], self.subject.record(&operands))
    }

    /// Records the op on a tape: its inputs with their values, and the result.
    pub fn record<'t, T: Element>(&self, tape: &'t Tape<T>) -> (Vec<Var<'t, T>>, Var<'t, T>) {
        let inputs = self.inputs();
        let fed: Vec<Var<'t, T>> =
            inputs.iter().map(|x| tape.input("x", narrowed::<T>(x))).collect();
        let y = self.apply(&fed);
        (fed, y)
    }

    fn at<T: Element, const N: usize>(&self) -> [ArrayD<T>; N] {
        let inputs = self.inputs();
        std::array::from_fn(|i| narrowed(&inputs[i]))
    }

    fn value_n<T: Element, const N: usize>(&self) -> ArrayD<T> {
        let at = self.at::<T, N>();
        let fed = at.each_ref().map(|x| x as &dyn Feed<T>);
        self.function::<T, N>(1).value(fed).expect("recorded for these shapes")
    }

    fn derivative_n<T: Element, const N: usize>(&self, order: usize) -> Vec<ArrayD<T>> {
        let (exact, inputs) = (self.exact::<T, N>(order), self.inputs());
        let mut seen = Vec::new();
        for (exact, input) in exact.iter().zip(&inputs) {
            let fed = exact.ndim() - input.ndim()..exact.ndim();
            let columns = self.layout.view_array(exact.view(), fed);
            if order == 1 {
                seen.push(columns.to_owned());
                continue;
            }
            let mut start = 0;
            for row in &inputs {
                let rows = columns.slice_axis(Axis(0), Slice::from(start..start + row.len()));
                let shape = [row.shape(), &columns.shape()[1..]].concat();
                let rows = rows.to_shape(shape).expect("as many elements");
                seen.push(self.layout.view_array(rows.view(), 0..row.ndim()).to_owned());
                start += row.len();
            }
        }
        seen
    }

    fn exact<T: Element, const N: usize>(&self, order: usize) -> [ArrayD<T>; N] {
        let at = self.at::<T, N>();
        let fed = at.each_ref().map(|x| x as &dyn Feed<T>);
        let f = self.function::<T, N>(order);
        f.feed(fed).expect("recorded for these shapes");
        f.row_by_row(order)
    }

    fn report_n<T: Element, const N: usize>(&self, order: usize) -> Report {
        if T::NAME == "f32" {
            return self.against_f64::<T, N>(order);
        }
        let at = self.at::<T, N>();
        let fed = at.each_ref().map(|x| x as &dyn Feed<T>);
        let f = self.function::<T, N>(order);
        let report = if order == 1 { f.check(fed) } else { f.check_second(fed) };
        report.expect("recorded for these shapes")
    }

    fn against_f64<T: Element, const N: usize>(&self, order: usize) -> Report {
        let (coarse, fine) = (self.exact::<T, N>(order), self.exact::<f64, N>(order));
        let f = self.function::<T, N>(order);
        let mut entries = Vec::new();
        for (i, (coarse, fine)) in coarse.iter().zip(&fine).enumerate() {
            let columns = self.inputs()[i].len();
            let fine: Vec<f64> = fine.iter().copied().collect();
            for (at, x) in coarse.iter().enumerate() {
                let (row, index) = (at / columns, at % columns);
                let all_rows = order == 2;
                let line = if all_rows { &fine } else { &fine[row * columns..][..columns] };
                let scale = line.iter().fold(f64::from(f32::MIN_POSITIVE), |m, x| m.max(x.abs()));
                let input = f.names()[i].clone();
                let tolerance = F32_ULPS * f64::from(f32::EPSILON) * scale;
                entries.push(compared(input, (row, index), x.wide(), fine[at], tolerance));
            }
        }
        Report { entries }
    }
}

fn compared(
    input: String,
    (row, index): (usize, usize),
    analytic: f64,
    numeric: f64,
    tolerance: f64,
) -> Entry {
    let error = (analytic - numeric).abs();
    let verdict = if error <= tolerance { Verdict::Agrees } else { Verdict::Differs };
    Entry { input, index, row, analytic, numeric, error, tolerance, verdict }
}

fn narrowed<T: Element>(x: &ArrayD<f64>) -> ArrayD<T> {
    x.mapv(T::narrow)
}

/// Numbers that depend on the seed alone (SplitMix64, Steele et al. 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    /// A number between two bounds that is exact in `f32`: a multiple of 2⁻¹².
    fn between(&mut self, low: f64, high: f64) -> f64 {
        const GRID: f64 = 4096.0;
        let share = self.next() as f64 / u64::MAX as f64;
        ((low + (high - low) * share) * GRID).round() / GRID
    }
}

impl Values {
    fn fill(self, n: usize, random: &mut Random) -> Vec<f64> {
        match self {
            Values::Between(low, high) => (0..n).map(|_| random.between(low, high)).collect(),
            Values::Index(limit) => (0..n).map(|_| (random.next() % limit as u64) as f64).collect(),
            Values::Apart(from) => {
                let mut values: Vec<f64> = (0..n).map(|i| from + 0.75 * i as f64).collect();
                for i in (1..n).rev() {
                    values.swap(i, (random.next() % (i as u64 + 1)) as usize);
                }
                values
            }
        }
    }
}

/// A point of a row's test interval. If the function has kinks or jumps, it is away from them and
/// from the integers, where functions such as `floor` have theirs.
fn smooth_point(info: &Info, random: &mut Random) -> f64 {
    let (low, high) = info.test;
    let kinks = (info.kinks)(&info.defaults());
    let seams = (info.seams)(&info.defaults());
    let near = |x: f64| {
        let integer = !(0.2..=0.8).contains(&(x - x.floor()));
        let at_seam = seams.iter().any(|at| (x - at).abs() < 0.15);
        at_seam || !kinks.is_empty() && (integer || kinks.iter().any(|k| (x - k.at).abs() < 0.15))
    };
    let mut x = random.between(low, high);
    for _ in 0..64 {
        if !near(x) {
            break;
        }
        x = random.between(low, high);
    }
    x
}

//! Map: f⁽ᵏ⁾(x)·u, elementwise, for a row f of the table.
//!
//! With y = f⁽ᵏ⁾(x)·u the product rule gives x̄ = f⁽ᵏ⁺¹⁾(x)·(u·ȳ) and ū = f⁽ᵏ⁾(x)·ȳ: a map is its
//! own pullback, and the first derivative is one fused pass.

use super::Primitive;
use crate::evaluate::Evaluation;
use crate::gradient::Back;
use crate::graph::{Record, ShapeOf, run};
use crate::many::Many;
use crate::node::{Id, Op};
use crate::number::{CAPACITY, Number};
use crate::play::{Dtype, Element, Io};
use crate::program::saved::{Details, Line, LoadError, Loaded, SaveError, details};
use crate::table::{Elementwise, Row, RowOf};
use crate::tangent::Ahead;
use crate::var::{Sym, Var};
use crate::view::tiles;

/// f⁽ᵏ⁾(x) or, with a second operand u, f⁽ᵏ⁾(x)·u.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Map {
    row: u16,
    order: u16,
    params: u32,
}

impl Map {
    fn row(self, record: &Record) -> &'static dyn Row {
        record.rows[self.row as usize].1
    }

    fn params(self, record: &Record) -> &[f64] {
        let start = self.params as usize;
        &record.params[start..start + self.row(record).info().params.len()]
    }

    /// The same function at the next order.
    #[track_caller]
    fn next(self) -> Map {
        let order = self.order + 1;
        assert!(
            usize::from(order) < CAPACITY,
            "derivatives of elementwise functions end at order {}",
            CAPACITY - 1
        );
        Map { order, ..self }
    }

    /// The values.
    pub fn fill<T: Element>(self, record: &Record, x: &[T], u: Option<&[T]>, y: &mut [T]) {
        T::map(self.row(record), self.order.into(), self.params(record), x, u, y);
    }

    /// The values of f, and those of f′·u.
    pub fn fill_both<T: Element>(self, record: &Record, x: [&[T]; 2], y: [&mut [T]; 2]) {
        T::map_both(self.row(record), self.params(record), x, y);
    }

    /// Whether `self` is f, and `next` is f′.
    pub fn is_value_of(self, next: Map) -> bool {
        self.order == 0 && next == Map { order: 1, ..self }
    }

    /// Whether f⁽ᵏ⁾ is 0 wherever x is a number.
    pub fn vanishes(self, record: &Record) -> bool {
        self.order > 1 && self.row(record).info().straight
    }

    fn record<'t>(self, x: Sym<'t>, u: Option<Sym<'t>>) -> Sym<'t> {
        let id = match u {
            None => x.graph.push(self, &[x.id], ShapeOf::Like(x.id)),
            Some(u) => x.graph.push(self, &[x.id, u.id], ShapeOf::Like(x.id)),
        };
        Sym::new(x.graph, id)
    }
}

impl Primitive for Map {
    fn name(self, record: &Record) -> String {
        let prime = match self.order {
            0 => String::new(),
            k @ 1..=3 => "′".repeat(k as usize),
            k => format!("⁽{k}⁾"),
        };
        let params = self.params(record).iter().map(|p| format!(" {p}")).collect::<String>();
        format!("{}{prime}{params}", self.row(record).info().name)
    }

    fn play<T: Element>(self, io: &mut Io<'_, T>) {
        let x = io.operand(0);
        if io.node.operands[1] == Id::NONE {
            tiles(io.dims(), [x], io.out, |[x], y| self.fill(io.record, x, None, y));
        } else {
            let u = io.operand(1);
            tiles(io.dims(), [x, u], io.out, |[x, u], y| self.fill(io.record, x, Some(u), y));
        }
    }

    fn save(self, record: &Record, _: Id) -> Result<Details, SaveError> {
        let row = self.row(record).info().name;
        let mut details = details([("row", row.into()), ("order", self.order.into())]);
        match self.params(record) {
            [] => {}
            params => drop(details.insert("params".into(), params.into())),
        }
        Ok(details)
    }

    fn load(line: &mut Line<'_>) -> Result<Loaded, LoadError> {
        let row = line.row("row")?;
        let order = line.whole("order", CAPACITY)? as u16;
        let params = line.numbers("params")?;
        check_params(row, &params).map_err(|wrong| line.wrong("params", &params, wrong))?;
        let shapes = line.shapes();
        let same = shapes.len() == 1 || shapes.len() == 2 && shapes[0] == shapes[1];
        if !same {
            return Err(line.unfit("one operand, or two of one shape"));
        }
        let row = line.record.row_number(row);
        let params = run(&mut line.record.params, &params).start;
        Ok(Loaded::computed(Map { row, order, params }, &shapes[0]))
    }

    fn canonical(self, record: &Record, first: &mut dyn FnMut(&[f64]) -> u32) -> Option<Op> {
        Some(Map { params: first(self.params(record)), ..self }.into())
    }

    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        ahead.diagonal(|back| self.pullback(back))
    }

    /// A slope that is the same for all seeds is computed once.
    fn many<'t>(self, many: &Many<'_, 't>) -> Option<Sym<'t>> {
        let x = many.x(0);
        if many.node.operands[1] == Id::NONE {
            return Some(self.record(many.stack(0)?, None));
        }
        match (many.stack(0), many.stack(1)) {
            (None, Some(u)) => Some(u.amul(self.record(x, None))),
            _ => Some(self.record(many.all(x), Some(many.all(many.x(1))))),
        }
    }

    fn evaluate<N: Number>(self, e: &Evaluation<'_, N>) -> Option<Vec<N>> {
        let (row, p) = (self.row(e.record), self.params(e.record));
        let x = e.operand(0);
        let mut y = Vec::with_capacity(x.len()); // a collected option would have room for four
        for &x in x {
            y.push(N::row(row, u32::from(self.order), p, x)?);
        }
        if e.node.operands[1] != Id::NONE {
            y.iter_mut().zip(e.operand(1)).for_each(|(y, &u)| *y = y.amul(u));
        }
        Some(y)
    }

    fn pullback(self, back: &mut Back<'_, '_>) {
        let x = back.x(0);
        if back.node.operands[1] == Id::NONE {
            back.to(x, |g| self.next().record(x, Some(g)));
        } else {
            let u = back.x(1);
            back.to(x, |g| self.next().record(x, Some(u.amul(g))));
            back.to(u, |g| self.record(x, Some(g)));
        }
    }
}

/// Whether a row takes these parameters.
fn check_params(row: &dyn Row, params: &[f64]) -> Result<(), String> {
    let info = row.info();
    if params.len() != info.params.len() {
        let (want, given) = (info.params.len(), params.len());
        return Err(format!("{} takes {want} parameters, not {given}", info.name));
    }
    (info.check)(params).map_err(|wrong| format!("{}: {wrong} (given {params:?})", info.name))
}

impl<T: Dtype> Var<'_, T> {
    /// Applies an elementwise function, the core's, another crate's or your own (see
    /// [`elementwise!`](crate::elementwise)), with its parameters.
    ///
    /// # Panics
    /// If the number of parameters or one of them is not as the function wants it.
    #[track_caller]
    pub fn map<E: Elementwise>(self, params: &[f64]) -> Self {
        self.map_row(RowOf::<E>::ROW, params)
    }

    /// Applies an elementwise function that is known as a [row](crate::table::rows) of a table.
    ///
    /// # Panics
    /// As [`map`](Self::map).
    #[track_caller]
    pub fn map_row(self, row: &'static dyn Row, params: &[f64]) -> Self {
        if let Err(wrong) = check_params(row, params) {
            panic!("{wrong}");
        }
        let row = self.graph.edit(|r| r.row_number(row));
        let params = self.graph.edit(|r| run(&mut r.params, params).start);
        let map = Map { row, order: 0, params };
        self.at(self.graph.push(map, &[self.id], ShapeOf::Like(self.id)))
    }
}

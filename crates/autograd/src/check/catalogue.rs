//! The catalogue: every op besides the elementwise rows, as data to check it by.
//!
//! A case is recorded with [`Sym`]s, so one entry serves `f32` and `f64`, first and second order,
//! every layout of its operands. A test fails if a kind of op is in no case.

use std::sync::Arc;

use ndarray::{ArrayD, ArrayViewD, s};

use crate::ops::{Arg, Binary, CustomOp, concat, custom, stack};
use crate::shape::broadcast;
use crate::var::Sym;

/// The shapes of one call's operands.
pub type Shapes = &'static [&'static [usize]];

/// What an operand is filled with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Values {
    /// Seeded numbers between two bounds.
    Between(f64, f64),
    /// Numbers ¾ apart in random order, from this one on: no ties, also against an operand that
    /// starts elsewhere.
    Apart(f64),
    /// Whole numbers below a limit: an index, which has no derivative.
    Index(usize),
}

/// One op, or one way to use it.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The op, with what is particular about this use.
    pub name: &'static str,
    /// The operands' shapes, call by call.
    pub shapes: &'static [Shapes],
    /// What the operands are filled with.
    pub values: &'static [Values],
    /// Records the op.
    pub record: for<'t> fn(&[Sym<'t>]) -> Sym<'t>,
}

const fn case(
    name: &'static str,
    shapes: &'static [Shapes],
    values: &'static [Values],
    record: for<'t> fn(&[Sym<'t>]) -> Sym<'t>,
) -> Case {
    Case { name, shapes, values, record }
}

/// Every op besides the elementwise rows.
pub fn cases() -> impl Iterator<Item = &'static Case> {
    [ELEMENTWISE, REDUCTIONS, SHAPES, INDEXED, PRODUCTS, OTHERS].into_iter().flatten()
}

const REAL: Values = Values::Between(-2.0, 2.0);
const ZERO: Values = Values::Between(0.0, 0.0);
const POSITIVE: Values = Values::Between(0.5, 2.5);
const A: Values = Values::Apart(-1.5);
const B: Values = Values::Apart(-1.125);

/// Scalars, vectors, matrices, nothing.
const ONE: &[Shapes] = &[&[&[]], &[&[3]], &[&[2, 3]], &[&[0]], &[&[2, 0]]];
/// The same shape, and broadcast both ways.
const TWO: &[Shapes] = &[
    &[&[], &[]],
    &[&[3], &[3]],
    &[&[2, 3], &[2, 3]],
    &[&[2, 3], &[3]],
    &[&[3], &[2, 3]],
    &[&[2, 1], &[1, 3]],
    &[&[], &[2, 2]],
    &[&[2, 2], &[]],
    &[&[0], &[0]],
    &[&[2, 0], &[1]],
    &[&[0], &[3, 1]],
];
const THREE: &[Shapes] = &[
    &[&[], &[], &[]],
    &[&[2, 3], &[2, 3], &[2, 3]],
    &[&[3], &[2, 1], &[]],
    &[&[2, 1], &[], &[2, 3]],
    &[&[0], &[1], &[]],
];
const CUBE: &[Shapes] = &[&[&[2, 3, 2]], &[&[3, 1, 2]], &[&[0, 3, 2]]];
const MATRIX: &[Shapes] = &[&[&[2, 3]], &[&[1, 4]], &[&[3, 0]]];
const LONG: &[Shapes] = &[&[&[2, 40]]];
/// An axis to reduce is not empty.
const FULL: &[Shapes] = &[&[&[]], &[&[3]], &[&[2, 3]], &[&[1]]];
const SAMPLES: &[Shapes] = &[&[&[3]], &[&[2, 3]]];

const ELEMENTWISE: &[Case] = &[
    case("add", TWO, &[REAL, REAL], |x| x[0] + x[1]),
    case("add number", ONE, &[REAL], |x| x[0] + 1.5),
    case("number add", ONE, &[REAL], |x| 1.5 + x[0]),
    case("sub", TWO, &[REAL, REAL], |x| x[0] - x[1]),
    case("sub number", ONE, &[REAL], |x| x[0] - 1.5),
    case("number sub", ONE, &[REAL], |x| 1.5 - x[0]),
    case("mul", TWO, &[REAL, REAL], |x| x[0] * x[1]),
    case("mul number", ONE, &[REAL], |x| x[0] * 1.5),
    case("number mul", ONE, &[REAL], |x| 1.5 * x[0]),
    case("amul", TWO, &[REAL, REAL], |x| x[0].amul(x[1])),
    case("amul number", ONE, &[REAL], |x| x[0].amul(1.5)),
    case("div", TWO, &[REAL, POSITIVE], |x| x[0] / x[1]),
    case("div number", ONE, &[REAL], |x| x[0] / 1.5),
    case("number div", ONE, &[POSITIVE], |x| 1.5 / x[0]),
    case("adiv", TWO, &[REAL, POSITIVE], |x| x[0].adiv(x[1])),
    case("adiv number", ONE, &[REAL], |x| x[0].adiv(1.5)),
    case("pow", TWO, &[POSITIVE, REAL], |x| x[0].pow(x[1])),
    case("pow number", ONE, &[POSITIVE], |x| x[0].pow(2.5)),
    case("number pow", ONE, &[REAL], |x| x[0].zip_after(1.5, Binary::Pow)),
    case("pow 3 of negative", ONE, &[Values::Between(-2.0, -0.5)], |x| x[0].pow(3.0)),
    // An exact 0 must not hide what its neighbours' slopes are.
    case("mul at 0", TWO, &[ZERO, REAL], |x| x[0] * x[1]),
    case("amul at 0", TWO, &[ZERO, ZERO], |x| x[0].amul(x[1])),
    case("div at 0", TWO, &[ZERO, POSITIVE], |x| x[0] / x[1]),
    case("adiv at 0", TWO, &[ZERO, POSITIVE], |x| x[0].adiv(x[1])),
    case("pow to the 0", TWO, &[POSITIVE, ZERO], |x| x[0].pow(x[1])),
    case("atan2 at 0", TWO, &[ZERO, POSITIVE], |x| x[0].atan2(x[1])),
    case("hypot at 0", TWO, &[POSITIVE, ZERO], |x| x[0].hypot(x[1])),
    case("maximum", TWO, &[A, B], |x| x[0].maximum(x[1])),
    case("maximum number", ONE, &[A], |x| x[0].maximum(0.375)),
    case("number maximum", ONE, &[A], |x| x[0].zip_after(0.375, Binary::Max)),
    case("minimum", TWO, &[A, B], |x| x[0].minimum(x[1])),
    case("minimum number", ONE, &[A], |x| x[0].minimum(0.375)),
    case("number minimum", ONE, &[A], |x| x[0].zip_after(0.375, Binary::Min)),
    case("atan2", TWO, &[REAL, POSITIVE], |x| x[0].atan2(x[1])),
    case("atan2 number", ONE, &[POSITIVE], |x| x[0].atan2(-0.75)),
    case("number atan2", ONE, &[REAL], |x| x[0].zip_after(0.75, Binary::Atan2)),
    case("hypot", TWO, &[REAL, POSITIVE], |x| x[0].hypot(x[1])),
    case("hypot number", ONE, &[REAL], |x| x[0].hypot(1.5)),
    case("number hypot", ONE, &[REAL], |x| x[0].zip_after(1.5, Binary::Hypot)),
    case("less", TWO, &[A, B], |x| x[0].less(x[1])),
    case("less_equal", TWO, &[A, B], |x| x[0].less_equal(x[1])),
    case("equal", TWO, &[A, B], |x| x[0].equal(x[1])),
    case("not_equal", TWO, &[A, B], |x| x[0].not_equal(x[1])),
    case("greater", TWO, &[A, B], |x| x[0].greater(x[1])),
    case("greater number", ONE, &[A], |x| x[0].greater(0.375)),
    case("greater_equal", TWO, &[A, B], |x| x[0].greater_equal(x[1])),
    case("select", THREE, &[A, REAL, REAL], |x| x[0].greater(0.375).select(x[1], x[2])),
    case("select number", ONE, &[A], |x| x[0].greater(0.375).select(x[0] * x[0], -1.5)),
];

const REDUCTIONS: &[Case] = &[
    case("sum", ONE, &[REAL], |x| x[0].sum()),
    case("sum_over", CUBE, &[REAL], |x| x[0].sum_over(&[1])),
    case("sum_over two", CUBE, &[REAL], |x| x[0].sum_over(&[0, -1])),
    case("sum_keep", CUBE, &[REAL], |x| x[0].sum_keep(&[-1])),
    case("mean", FULL, &[REAL], |x| x[0].mean()),
    case("mean_over", CUBE, &[REAL], |x| x[0].mean_over(&[1])),
    case("mean_keep", CUBE, &[REAL], |x| x[0].mean_keep(&[-1, 1])),
    case("max", FULL, &[A], |x| x[0].max()),
    case("max_over", CUBE, &[A], |x| x[0].max_over(&[1])),
    case("max_keep", CUBE, &[A], |x| x[0].max_keep(&[-1, 1])),
    case("min", FULL, &[A], |x| x[0].min()),
    case("min_over", CUBE, &[A], |x| x[0].min_over(&[1])),
    case("min_keep", CUBE, &[A], |x| x[0].min_keep(&[-1, 1])),
    case("prod", ONE, &[REAL], |x| x[0].prod()),
    case("prod at 0", ONE, &[ZERO], |x| (x[0] + x[0].flatten().sum()).prod()),
    case("prod_over", CUBE, &[REAL], |x| x[0].prod_over(&[1])),
    case("prod_keep", CUBE, &[REAL], |x| x[0].prod_keep(&[-1, 1])),
    case("var", FULL, &[REAL], |x| x[0].var(&[], 0.0)),
    case("var of a sample", SAMPLES, &[REAL], |x| x[0].var(&[-1], 1.0)),
    case("std", SAMPLES, &[A], |x| x[0].std(&[], 0.0)),
    case("std of a sample", SAMPLES, &[A], |x| x[0].std(&[-1], 1.0)),
    case("norm", ONE, &[POSITIVE], |x| x[0].norm()),
    case("norm_over", CUBE, &[POSITIVE], |x| x[0].norm_over(&[1])),
    case("norm_keep", CUBE, &[POSITIVE], |x| x[0].norm_keep(&[-1, 1])),
    case("logsumexp", ONE, &[REAL], |x| x[0].logsumexp()),
    case("logsumexp_over", CUBE, &[REAL], |x| x[0].logsumexp_over(&[1])),
    case("logsumexp_keep", CUBE, &[REAL], |x| x[0].logsumexp_keep(&[-1, 1])),
    case("softmax", MATRIX, &[REAL], |x| x[0].softmax(-1)),
    case("softmax of a long row", LONG, &[REAL], |x| x[0].softmax(-1)),
    case("log_softmax of a long row", LONG, &[REAL], |x| x[0].log_softmax(-1)),
    case("softmax along 0", CUBE, &[REAL], |x| x[0].softmax(0)),
    case("softmax along 1", CUBE, &[REAL], |x| x[0].softmax(1)),
    case("log_softmax", MATRIX, &[REAL], |x| x[0].log_softmax(-1)),
    case("log_softmax along 0", CUBE, &[REAL], |x| x[0].log_softmax(0)),
    case("log_softmax along 1", CUBE, &[REAL], |x| x[0].log_softmax(1)),
];

const SHAPES: &[Case] = &[
    case("reshape", MATRIX, &[REAL], |x| x[0].reshape(&[-1, 1])),
    case("reshape of a transpose", MATRIX, &[REAL], |x| x[0].t().reshape(&[1, -1, 1])),
    case("flatten", ONE, &[REAL], |x| x[0].flatten()),
    case("permute", CUBE, &[REAL], |x| x[0].permute(&[1, -1, 0])),
    case("t", MATRIX, &[REAL], |x| x[0].t()),
    case("expand", &[&[&[2, 1]], &[&[]], &[&[1]]], &[REAL], |x| x[0].expand(&[3, 2, 2])),
    case("expand to nothing", &[&[&[2, 1]]], &[REAL], |x| x[0].expand(&[2, 0]).sum()),
    case("insert_axis", MATRIX, &[REAL], |x| x[0].insert_axis(1)),
    case("slice", &[&[&[3, 4]], &[&[2, 2]]], &[REAL], |x| x[0].slice(s![1, ..-1])),
    case("slice with steps", &[&[&[3, 5]]], &[REAL], |x| x[0].slice(s![..;2, 1..;3])),
    case("slice reversed", &[&[&[3, 5]]], &[REAL], |x| x[0].slice(s![..;-2, ..;-1])),
    case("slice to nothing", MATRIX, &[REAL], |x| x[0].slice(s![1..1, ..]).sum()),
    case("slice of a slice", &[&[&[3, 5]]], &[REAL], |x| {
        x[0].slice(s![..;-1, 1..;2]).slice(s![1.., ..;-1])
    }),
    case("narrow", &[&[&[2, 4]]], &[REAL], |x| x[0].narrow(-1, 1, 2)),
    case("pad", MATRIX, &[REAL], |x| x[0].pad(&[(1, 0), (2, 1)])),
    case("concat", &[&[&[2, 1], &[2, 3]], &[&[1, 2], &[1, 0]]], &[REAL, REAL], |x| {
        concat(&[x[0], x[1], x[0]], 1)
    }),
    case("stack", &[&[&[3], &[3]], &[&[], &[]], &[&[0], &[0]]], &[REAL, REAL], |x| {
        stack(&[x[0], x[1]], -1)
    }),
];

const INDEXED: &[Case] = &[
    case(
        "gather",
        &[&[&[2, 4], &[2, 3]], &[&[1, 4], &[1, 6]], &[&[2, 4], &[2, 0]]],
        &[REAL, Values::Index(4)],
        |x| x[0].gather(1, x[1]),
    ),
    case("gather along 0", &[&[&[3, 2], &[4, 2]]], &[REAL, Values::Index(3)], |x| {
        x[0].gather(0, x[1])
    }),
    case(
        "index_select",
        &[&[&[2, 3], &[4]], &[&[2, 3], &[]], &[&[1, 3], &[2, 2]], &[&[2, 3], &[0]]],
        &[REAL, Values::Index(3)],
        |x| x[0].index_select(1, x[1]),
    ),
    case(
        "scatter_add",
        &[&[&[2, 3], &[2, 3]], &[&[1, 6], &[1, 6]], &[&[2, 0], &[2, 0]]],
        &[REAL, Values::Index(4)],
        |x| x[0].scatter_add(1, x[1], 4),
    ),
    case("loop over at_index", &[&[&[4]], &[&[3, 2]]], &[REAL], |x| {
        (0..x[0].shape()[0]).map(|i| x[0].at_index(i).square()).sum()
    }),
];

const PRODUCTS: &[Case] = &[
    case(
        "matmul",
        &[
            &[&[3], &[3]],
            &[&[2, 3], &[3]],
            &[&[3], &[3, 2]],
            &[&[2, 3], &[3, 2]],
            &[&[1, 3], &[3, 1]],
            &[&[0, 3], &[3, 2]],
            &[&[2, 0], &[0, 3]],
            &[&[0], &[0]],
        ],
        &[REAL, REAL],
        |x| x[0].matmul(x[1]),
    ),
    case(
        "matmul batched",
        &[
            &[&[2, 2, 3], &[2, 3, 1]],
            &[&[2, 2, 3], &[3, 2]],
            &[&[2, 3], &[2, 3, 1]],
            &[&[2, 1, 1, 2], &[3, 2, 1]],
            &[&[3], &[2, 3, 2]],
            &[&[2, 2, 3], &[3]],
            &[&[0, 2, 3], &[3, 2]],
        ],
        &[REAL, REAL],
        |x| x[0].matmul(x[1]),
    ),
    case("matmul aᵀ·b", &[&[&[3, 2], &[3, 4]]], &[REAL, REAL], |x| x[0].t().matmul(x[1])),
    case("matmul a·bᵀ", &[&[&[2, 3], &[4, 3]]], &[REAL, REAL], |x| x[0].matmul(x[1].t())),
    case("matmul flags", &[&[&[3, 2], &[3, 4]]], &[REAL, REAL], |x| {
        x[0].product(x[1], true, false)
    }),
    case("matmul both flags", &[&[&[3, 2], &[4, 3]], &[&[2, 3, 1], &[2, 3]]], &[REAL, REAL], |x| {
        x[0].product(x[1], true, true)
    }),
    case("matmul with itself", &[&[&[2, 3]]], &[REAL], |x| x[0].matmul(x[0].t())),
];

const OTHERS: &[Case] = &[
    case("accumulate", &[&[&[2, 3], &[2, 3]], &[&[], &[]], &[&[0], &[0]]], &[REAL, REAL], |x| {
        [x[0], x[1], x[0]].iter().sum()
    }),
    case("fan-out", ONE, &[REAL], |x| x[0] * x[0] * x[0] + x[0].sin() * x[0]),
    case("product of an iterator", THREE, &[REAL, REAL, REAL], |x| x.iter().copied().product()),
    // What is cut off must be constant around here, or differences see more than the gradient.
    case("stop_gradient", ONE, &[A], |x| x[0] * x[0].greater(0.375).stop_gradient()),
    case("custom", TWO, &[REAL, REAL], |x| custom(Arc::new(Product), x)),
    case("number on a scalar", &[&[&[]]], &[REAL], |x| {
        let half = x[0].zip(Binary::Mul, Arg::Number(0.5));
        half.expand(&[2, 2]) * x[0]
    }),
];

/// a·b as a custom op.
#[derive(Debug)]
struct Product;

impl CustomOp for Product {
    fn name(&self) -> &str {
        "product"
    }
    fn shape(&self, operands: &[&[usize]]) -> Result<Vec<usize>, String> {
        broadcast(operands[0], operands[1]).ok_or_else(|| "the shapes do not broadcast".into())
    }
    fn value(&self, x: &[ArrayViewD<'_, f64>]) -> ArrayD<f64> {
        &x[0] * &x[1]
    }
    fn pullback<'t>(&self, x: &[Sym<'t>], _: Sym<'t>, g: Sym<'t>) -> Vec<Option<Sym<'t>>> {
        vec![Some(g.amul(x[1])), Some(g.amul(x[0]))]
    }
}

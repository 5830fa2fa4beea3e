//! Gather and scatter-add: values picked by index along an axis. Each is the other's transpose.
//!
//! Indices are an operand like any other, an array of whole numbers in the tape's element type, so
//! that they can be set anew for each play.

use super::Primitive;
use crate::gradient::Back;
use crate::graph::{Record, ShapeOf};
use crate::node::{Id, Op};
use crate::play::{Dtype, Element, Io};
use crate::program::saved::{Details, Line, LoadError, Loaded, SaveError, details};
use crate::shape::{Short, dense_strides, resolve_axis};
use crate::tangent::Ahead;
use crate::var::{Sym, Var};
use crate::view::{View, offsets};

/// y\[…, i, …\] = x\[…, index\[…, i, …\], …\] along one axis. Operands: x, index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Gather {
    axis: u8,
}

/// y\[…, index\[…, i, …\], …\] += u\[…, i, …\] along one axis of y. Operands: u, index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ScatterAdd {
    axis: u8,
}

impl Primitive for Gather {
    fn name(self, _: &Record) -> String {
        format!("gather[{}]", self.axis)
    }

    fn play<T: Element>(self, io: &mut Io<'_, T>) {
        let (x, index) = (io.operand(0), io.operand(1));
        let axis = self.axis as usize;
        let limit = x.dims[axis];
        if let Some((values, indices)) = in_rows(&x, &index, axis) {
            let n = index.dims[axis];
            let rows = io.out.chunks_exact_mut(n).zip(indices.chunks_exact(n));
            for (k, ((y, indices), x)) in rows.zip(values.chunks_exact(limit)).enumerate() {
                for (j, (y, &i)) in y.iter_mut().zip(indices).enumerate() {
                    *y = x[checked(io.record, io.id, k * n + j, i, limit)];
                }
            }
            return;
        }
        let mut along: Short<isize> = x.strides.iter().copied().collect();
        along[axis] = 0;
        let from = offsets(index.dims, &along, x.offset);
        let at = offsets(index.dims, index.strides, index.offset);
        for (e, ((y, from), at)) in io.out.iter_mut().zip(from).zip(at).enumerate() {
            let i = checked(io.record, io.id, e, index.data[at], limit);
            *y = x.data[from.wrapping_add_signed(i as isize * x.strides[axis])];
        }
    }

    fn save(self, _: &Record, _: Id) -> Result<Details, SaveError> {
        Ok(details([("axis", usize::from(self.axis).into())]))
    }

    fn load(line: &mut Line<'_>) -> Result<Loaded, LoadError> {
        let [x, index] = line.operands()?;
        let (mine, theirs) = (line.record.shape(x).to_vec(), line.record.shape(index).to_vec());
        let axis = line.whole("axis", mine.len())?;
        if !fits(&mine, &theirs, axis) {
            return Err(line.unfit("an index of the shape of the values but for the axis"));
        }
        line.record.note_index(index, mine[axis]);
        Ok(Loaded::computed(Gather { axis: axis as u8 }, &theirs))
    }

    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        ahead.dx(0).map(|dx| dx.gather(self.axis as isize, ahead.x(1)))
    }

    fn pullback(self, back: &mut Back<'_, '_>) {
        let (x, index) = (back.x(0), back.x(1));
        let axis = self.axis as usize;
        back.to(x, |g| g.scatter_add(axis as isize, index, x.shape()[axis]));
    }
}

impl Primitive for ScatterAdd {
    fn name(self, _: &Record) -> String {
        format!("scatter_add[{}]", self.axis)
    }

    fn play<T: Element>(self, io: &mut Io<'_, T>) {
        let (u, index) = (io.operand(0), io.operand(1));
        let axis = self.axis as usize;
        let dims = io.dims();
        let dense = dense_strides(dims);
        let mut along = dense;
        along[axis] = 0;
        io.out.fill(T::default());
        if let Some((values, indices)) = in_rows(&u, &index, axis) {
            let (n, len) = (index.dims[axis], dims[axis]);
            let rows = values.chunks_exact(n).zip(indices.chunks_exact(n));
            for (k, ((u, indices), y)) in rows.zip(io.out.chunks_exact_mut(len)).enumerate() {
                for (j, (&u, &i)) in u.iter().zip(indices).enumerate() {
                    let y = &mut y[checked(io.record, io.id, k * n + j, i, len)];
                    *y = *y + u;
                }
            }
            return;
        }
        let to = offsets(index.dims, &along, 0);
        let from = offsets(index.dims, u.strides, u.offset);
        let at = offsets(index.dims, index.strides, index.offset);
        for (e, ((to, from), at)) in to.zip(from).zip(at).enumerate() {
            let i = checked(io.record, io.id, e, index.data[at], dims[axis]);
            let y = &mut io.out[to + i * dense[axis] as usize];
            *y = *y + u.data[from];
        }
    }

    fn save(self, _: &Record, _: Id) -> Result<Details, SaveError> {
        Ok(details([("axis", usize::from(self.axis).into())]))
    }

    fn load(line: &mut Line<'_>) -> Result<Loaded, LoadError> {
        let [u, index] = line.operands()?;
        let mut shape = line.record.shape(u).to_vec();
        let axis = line.whole("axis", shape.len())?;
        if shape != line.record.shape(index) {
            return Err(line.unfit("an index of the shape of the values"));
        }
        if let Some(&len) = line.shape().get(axis) {
            shape[axis] = len;
        }
        line.record.note_index(index, shape[axis]);
        Ok(Loaded::computed(ScatterAdd { axis: axis as u8 }, &shape))
    }

    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        let axis = self.axis as usize;
        let len = ahead.y().shape()[axis];
        ahead.dx(0).map(|du| du.scatter_add(axis as isize, ahead.x(1), len))
    }

    fn pullback(self, back: &mut Back<'_, '_>) {
        let (u, index) = (back.x(0), back.x(1));
        back.to(u, |g| g.gather(self.axis as isize, index));
    }
}

/// Values and indices as they lie, if the axis is the last and both lie in rows: then no place has to
/// be worked out.
fn in_rows<'a, T: Element>(
    values: &View<'a, T>,
    index: &View<'a, T>,
    axis: usize,
) -> Option<(&'a [T], &'a [T])> {
    let (values, indices) = (values.dense()?, index.dense()?);
    let some = !values.is_empty() && !indices.is_empty();
    (some && axis + 1 == index.dims.len()).then_some((values, indices))
}

/// Whether a value can be an index below `limit`.
#[inline]
pub(crate) fn as_index<T: Element>(value: T, limit: usize) -> Option<usize> {
    // By way of a signed number, as the processor converts; a negative one is beyond any limit.
    let index = value.wide() as i64; // 0 for NaN, which then is not equal
    let is_below = (index as usize) < limit;
    (is_below && index as f64 == value.wide()).then_some(index as usize)
}

/// Element `at` of the index of the node `id`.
#[inline]
fn checked<T: Element>(record: &Record, id: Id, at: usize, value: T, limit: usize) -> usize {
    match as_index(value, limit) {
        Some(index) => index,
        None => refuse(record, id, at, value, limit),
    }
}

#[cold]
fn refuse<T: Element>(record: &Record, id: Id, at: usize, value: T, limit: usize) -> ! {
    let (node, index) = (record.label(id), record.label(record.node(id).operands[1]));
    panic!("{node}: {value} is not an index below {limit}: element {at} of {index}");
}

impl Record {
    /// Notes that an input is read as indices, so that feeding it can refuse what is none. Not
    /// through a slice: the other elements of that input need not be indices.
    pub fn note_index(&mut self, mut id: Id, limit: usize) {
        while let Op::Expand(_) | Op::Permute(_) | Op::Reshape(_) | Op::Stop(_) = self.node(id).op {
            id = self.node(id).operands[0];
        }
        if matches!(self.node(id).op, Op::Leaf(_)) {
            match self.index_limits.iter_mut().find(|(known, _)| *known == id) {
                Some((_, known)) => *known = limit.min(*known),
                None => self.index_limits.push((id, limit)),
            }
        }
    }

    /// The operand that a node reads as indices, if there is one, and the number of entries that it
    /// may name.
    pub fn index_of(&self, id: Id) -> Option<(Id, usize)> {
        let [x, index, _] = self.node(id).operands;
        match self.node(id).op {
            Op::Gather(gather) => Some((index, self.shape(x)[gather.axis as usize])),
            Op::ScatterAdd(scatter) => Some((index, self.shape(id)[scatter.axis as usize])),
            _ => None,
        }
    }
}

/// Whether an index of this shape picks from values of that along an axis.
fn fits(values: &[usize], index: &[usize], axis: usize) -> bool {
    values.len() == index.len() && (0..values.len()).all(|a| a == axis || values[a] == index[a])
}

impl<'t, T: Dtype> Var<'t, T> {
    /// Picks values along an axis: `y[i, j] = x[i, index[i, j]]` for axis 1 of a matrix. The index
    /// holds whole numbers; its shape is that of the result, and may be shorter than x only along
    /// `axis` (other axes are equal).
    ///
    /// ```
    /// # use chainrule_autograd::Tape;
    /// let tape = Tape::<f64>::new();
    /// let x = tape.input("x", [[1.0, 2.0], [3.0, 4.0]]);
    /// let label = tape.input("label", [[1.0], [0.0]]);
    /// assert_eq!(x.gather(1, label).to_vec(), [2.0, 3.0]);
    /// ```
    ///
    /// # Panics
    /// If the ranks or the other axes differ; when played, if a value is not a whole number in range
    /// (an index that is an input is checked when it is set).
    #[track_caller]
    pub fn gather(self, axis: isize, index: Var<'t, T>) -> Self {
        self.same_tape(index, "gather");
        let axis = resolve_axis("gather", axis, &self.shape());
        let (mine, theirs) = (self.shape(), index.shape());
        assert!(
            fits(&mine, &theirs, axis),
            "gather along axis {axis}: the index {} must have the shape of {} but for that axis",
            index.label(),
            self.label()
        );
        self.graph.edit(|r| r.note_index(index.id, mine[axis]));
        let gather = Gather { axis: axis as u8 };
        self.at(self.graph.push(gather, &[self.id, index.id], ShapeOf::Dims(&theirs)))
    }

    /// Whole entries along an axis, by a list of indices: the axis is replaced by the index's shape.
    ///
    /// # Panics
    /// As [`gather`](Self::gather).
    #[track_caller]
    pub fn index_select(self, axis: isize, index: Var<'t, T>) -> Self {
        let shape = self.shape();
        let axis = resolve_axis("index_select", axis, &shape);
        let list = index.shape();
        let mut column = vec![1; shape.len()];
        column[axis] = list.iter().product();
        let mut picked = shape.clone();
        picked[axis] = column[axis];
        let index = index.reshape_exact(&column).expand(&picked);
        let result = [&shape[..axis], &list[..], &shape[axis + 1..]].concat();
        self.gather(axis as isize, index).reshape_exact(&result)
    }

    /// Adds values into zeros at indices along an axis of length `len`: the transpose of
    /// [`gather`](Self::gather). Values that name the same place are added up.
    ///
    /// # Panics
    /// If the index has not the shape of the values; when played, if an index is not in range.
    #[track_caller]
    pub fn scatter_add(self, axis: isize, index: Var<'t, T>, len: usize) -> Self {
        self.same_tape(index, "scatter_add");
        let mut shape = self.shape();
        let axis = resolve_axis("scatter_add", axis, &shape);
        assert!(
            shape == index.shape(),
            "scatter_add: the index {} must have the shape of {}",
            index.label(),
            self.label()
        );
        shape[axis] = len;
        self.graph.edit(|r| r.note_index(index.id, len));
        let scatter = ScatterAdd { axis: axis as u8 };
        self.at(self.graph.push(scatter, &[self.id, index.id], ShapeOf::Dims(&shape)))
    }
}

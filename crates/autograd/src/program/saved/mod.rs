//! [`Saved`]: a program as plain data, to be written to a file and read back.
//!
//! ```
//! use chainrule_autograd::{Program, Tape, table};
//!
//! let tape = Tape::<f64>::new();
//! let w = tape.input("w", 0.0);
//! let loss = (w - 3.0).square();
//! let program = tape.compile_step(&[], &[loss], &[(w, w - 0.25 * loss.grad(w))]);
//!
//! let saved = program.save()?;
//! # #[cfg(feature = "serde")]
//! let saved = serde_json::from_str(&serde_json::to_string(&saved)?)?; // there and back
//! let loaded = Program::<f64>::load(&saved, table::rows())?;
//!
//! let mut buffers = loaded.buffers();
//! (0..40).for_each(|_| loaded.play(&mut buffers));
//! assert!((loaded.carried(&buffers, 0)[[]] - 3.0).abs() < 1e-9);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! With the feature `serde`, [`Saved`] is `Serialize` and `Deserialize`, for JSON and any other
//! format that says of a value what it is (CBOR, MessagePack).
//!
//! # The format `chainrule program 1`
//!
//! A file holds the nodes that the program needs, each with its operands above it. Nodes that do not
//! depend on an input stand first: they are computed once for each set of buffers. How a play is
//! scheduled and laid out is worked out anew from that, by what [`Tape::compile`] does too, so a
//! loaded program gives the same results to the bit.
//!
//! A node says what it is (`op`), of which nodes (`operands`) and, under `with`, what else its op has
//! to know:
//!
//! | `op` | `with` |
//! |---|---|
//! | `Leaf` | `input`: whether it can be fed |
//! | `Scalar` | `value` |
//! | `Map` | `row`: its name in the table, `order` of the derivative, `params` |
//! | `Zip` | `f`; `left` or `right`, where one operand is a number |
//! | `RowWise` | `f` |
//! | `Sum`, `Permute` | `axes` |
//! | `Concat`, `Gather`, `ScatterAdd` | `axis` |
//! | `Slice` | `slices`: one list, of start, step and length for each axis |
//! | `Accumulate` | `slices`: such a list or nothing for each part, if a part fills only a slice |
//! | `Reshape` | `copies`: whether its values are stored anew |
//! | `Matmul` | `ta`, `tb`: whether an operand is transposed |
//! | `Expand`, `Select`, `Stop` | |
//!
//! Every number comes back with all its bits, whatever reads the file. Parameters are texts of the
//! shortest decimal that names them, `inf`, `-inf`, `NaN`, or `NaN:` with the bits of another NaN;
//! the values of a leaf are one text of hexadecimal digits, 8 for an `f32` and 16 for an `f64`, sign
//! first, in row-major order.
//!
//! # What a bad file can do
//!
//! Give a [`LoadError`], which says where, what, and what was expected. A file is not trusted: every
//! node is checked by the rules of recording, its shape follows from its operands and is only
//! compared with the one that is stated, and views are worked out anew. How much memory a program
//! takes is bounded by the size of its file, as [`Program::load`] says.
//!
//! [`Tape::compile`]: crate::Tape::compile

mod detail;
mod error;
mod line;
mod load;
mod numbers;

pub(crate) use detail::details;
pub use detail::{Detail, Details};
pub use error::{LoadError, SaveError, Spot};
pub(crate) use line::{Line, Loaded};

use super::Program;
use crate::graph::{Place, Record};
use crate::node::{Id, Op, each_op};
use crate::ops::{Primitive, as_index};
use crate::play::{Element, view};
use crate::view::offsets;

/// What [`Saved::format`] says.
pub const FORMAT: &str = "chainrule program 1";

/// A program as data. The [module](self) describes the format.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Saved {
    /// [`FORMAT`].
    pub format: String,
    /// The element type: `"f32"` or `"f64"`.
    pub dtype: String,
    /// The lines of source that recorded nodes.
    pub places: Vec<SavedPlace>,
    /// The nodes, operands first.
    pub nodes: Vec<SavedNode>,
    /// The nodes that are fed.
    pub inputs: Vec<u32>,
    /// The nodes that can be read.
    pub outputs: Vec<u32>,
    /// What is carried: an input, and the node that it becomes.
    pub carried: Vec<[u32; 2]>,
}

/// A line of source.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct SavedPlace {
    /// The file, as the compiler was given it.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

/// A node.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct SavedNode {
    /// What kind of op it is.
    pub op: String,
    /// The nodes it is computed from, all above it.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub operands: Vec<u32>,
    /// What else the op has to know.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Details::is_empty"))]
    pub with: Details,
    /// The shape of its values.
    pub shape: Vec<usize>,
    /// Where it was recorded: a number in the list of places.
    pub place: u32,
    /// Its name, if the user gave one.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub name: Option<String>,
    /// For a leaf that is read as indices: they are below this.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub indices: Option<usize>,
    /// For a leaf: its values before it is fed.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub values: Option<String>,
}

impl<T: Element> Program<T> {
    /// The program as data that can be written to a file: see [`saved`](self).
    ///
    /// ```
    /// use chainrule_autograd::{Program, Tape, table};
    /// let tape = Tape::<f32>::new();
    /// let x = tape.input("x", [0.5, -1.0]);
    /// let program = tape.compile(&[x], &[x.tanh().sum()]);
    ///
    /// let saved = program.save()?;
    /// assert_eq!(saved.nodes[0].values.as_deref(), Some("3f000000bf800000"));
    /// assert_eq!((&*saved.nodes[1].op, &saved.nodes[1].operands[..]), ("Map", &[0][..]));
    ///
    /// let loaded = Program::<f32>::load(&saved, table::rows())?;
    /// let (mut a, mut b) = (program.buffers(), loaded.buffers());
    /// program.play(&mut a);
    /// loaded.play(&mut b);
    /// assert_eq!(program.output(&a, 0), loaded.output(&b, 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If the program has a custom op, which is code and not data; two rows of one name; or a leaf
    /// whose values are read as indices and are none.
    pub fn save(&self) -> Result<Saved, SaveError> {
        let r = &self.record;
        for (i, (_, row)) in r.rows.iter().enumerate() {
            let name = row.info().name;
            if r.rows[..i].iter().any(|(_, other)| other.info().name == name) {
                return Err(SaveError::TwoRows { name: name.into() });
            }
        }
        if let Some(wrong) = wrong_index(r, |id| self.leaf(id)) {
            return Err(SaveError::Index { leaf: r.label(wrong.leaf), wrong: wrong.text() });
        }
        let mut names = vec![None; r.nodes.len()];
        r.names.iter().for_each(|(id, name)| names[id.index()] = Some(name.to_string()));
        let mut limits = vec![None; r.nodes.len()];
        r.index_limits.iter().for_each(|&(id, limit)| limits[id.index()] = Some(limit));
        let mut places = Places { numbers: vec![None; r.places.len()], list: vec![] };
        let mut nodes = Vec::with_capacity(r.nodes.len());
        for (i, (name, indices)) in names.into_iter().zip(limits).enumerate() {
            let id = Id(i as u32);
            let node = r.node(id);
            nodes.push(SavedNode {
                op: node.op.kind().into(),
                operands: r.operands(id).map(|o| o.0).collect(),
                with: each_op!(node.op, op => op.save(r, id))?,
                shape: r.shape(id).to_vec(),
                place: places.number(node.place, r.places.get(node.place)),
                name,
                indices,
                values: self.leaf(id).map(numbers::digits),
            });
        }
        let ids = |list: &[Id]| list.iter().map(|id| id.0).collect();
        Ok(Saved {
            format: FORMAT.into(),
            dtype: T::NAME.into(),
            places: places.list,
            nodes,
            inputs: ids(&self.inputs),
            outputs: ids(&self.outputs),
            carried: self.carried.iter().map(|(x, next)| [x.0, next.0]).collect(),
        })
    }

    /// The values of a leaf before it is fed.
    fn leaf(&self, id: Id) -> Option<&[T]> {
        let Op::Leaf(_) = self.record.node(id).op else { return None };
        let len = self.record.dense[self.record.node(id).shape as usize].0;
        Some(&self.initial[self.slots[id.index()].offset..][..len])
    }
}

/// The places that are needed, under new numbers.
struct Places {
    numbers: Vec<Option<u32>>,
    list: Vec<SavedPlace>,
}

impl Places {
    fn number(&mut self, old: u32, place: &Place) -> u32 {
        *self.numbers[old as usize].get_or_insert_with(|| {
            let Place { file, line, column } = place;
            self.list.push(SavedPlace { file: file.to_string(), line: *line, column: *column });
            self.list.len() as u32 - 1
        })
    }
}

/// A value of a leaf that a node reads as an index and cannot.
struct WrongIndex {
    leaf: Id,
    reader: Id,
    value: f64,
    limit: usize,
}

impl WrongIndex {
    fn text(&self) -> String {
        format!("{} reads {}, which is not an index below {}", self.reader, self.value, self.limit)
    }
}

/// Indices that are computed are seen only when played.
fn wrong_index<'a, T: Element>(
    record: &Record,
    leaf: impl Fn(Id) -> Option<&'a [T]>,
) -> Option<WrongIndex> {
    let readers = (0..record.nodes.len() as u32).map(Id);
    readers.filter_map(|id| record.index_of(id).map(|index| (id, index))).find_map(
        |(reader, (index, limit))| {
            let mut root = index;
            while record.node(root).op.is_view() {
                root = record.node(root).operands[0];
            }
            let start = record.slots[root.index()].offset;
            let values = leaf(root)?;
            let read = view(record, values, record.slots[index.index()], index);
            let at = offsets(read.dims, read.strides, read.offset.wrapping_sub(start));
            let bad = at.map(|at| values[at]).find(|v| as_index(*v, limit).is_none())?;
            Some(WrongIndex { leaf: root, reader, value: bad.wide(), limit })
        },
    )
}

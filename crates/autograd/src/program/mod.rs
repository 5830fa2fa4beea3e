//! [`Program`]: a tape pressed into what is needed for some outputs, laid out once, replayed without
//! recording anything.
//!
//! | file | what it does |
//! |---|---|
//! | `compile.rs` | keeps the nodes that the outputs need, each once, and moves those that depend on constants only into a prologue |
//! | `draft.rs` | the nodes with their ends; everything below is derived from that |
//! | `schedule.rs` | decides which nodes are computed together |
//! | `join.rs` | what is done to a large product elementwise is done to each piece of it, while that is in the cache; a product is added where the other part of a sum lies |
//! | `plan.rs` | gives every value a place, and the place of a value nobody reads any more to the next |
//! | `press.rs` | works out where each step reads and writes |
//! | `calls.rs` | what an elementwise node computes, as functions of its operands |
//! | `idle.rs` | finds products that matter only if a NaN is met |
//! | `joint.rs` | lets a function and its pullback be computed in one pass |
//! | `multiples.rs` | lets a sum take a multiple on that nobody else reads |
//! | `product.rs`, `share.rs` | play products: with what is done to their pieces, by one thread or several |
//! | `tiled.rs`, `scalars.rs` | play groups of elementwise nodes tile by tile, and lists of scalars |
//! | [`saved`] | programs as data that can be written to a file and read back |
//!
//! A program is data, shared between threads; the values are in [`Buffers`], one set per thread.
//!
//! # What changes, and what does not
//!
//! Nodes nobody needs are left out, equal ones are computed once, elementwise ones together and tile by
//! tile, a function and its pullback in one pass, a multiple with the sum that it goes into. What is
//! done elementwise to a large product is done to each piece of it while that is in the cache (a bias,
//! an activation, the update of a weight by its gradient), and of what nobody else reads no more than a
//! piece exists. Large products are computed by several threads if asked; a carried value is updated
//! where it lies, a large value may be written where another was read for the last time, and a product
//! of up to 256 terms that is only part of a sum is added where the other part lies. A product from
//! which nothing is computed but what a vanishing second derivative is multiplied with is left out of
//! plays without NaN. **No rewrite changes rounding**: results are those of the tape to the bit (of two
//! NaNs either may be handed on). A carried value is updated in place unless something reads the old one
//! afterwards: an output, a swap, a view; then it is copied when all is done. `println!("{program}")`
//! shows the steps and how each value is carried.
//!
//! - An output that is an input has the value of the last feed; one that is carried has the value that
//!   this play read, not the next.
//! - An output may be a constant, or be named twice. An input that was never fed has the value it had
//!   on the tape.
//!
//! ```
//! use chainrule_autograd::Tape;
//!
//! // One step of gradient descent on (w − 3)²: the new w becomes the w of the next play.
//! let tape = Tape::<f64>::new();
//! let w = tape.input("w", 0.0);
//! let loss = (w - 3.0).square();
//! let next = w - 0.25 * loss.grad(w);
//! let program = tape.compile_step(&[], &[loss], &[(w, next)]);
//!
//! let mut buffers = program.buffers();
//! for _ in 0..40 {
//!     program.play(&mut buffers);
//! }
//! assert!((program.carried(&buffers, 0)[[]] - 3.0).abs() < 1e-9);
//! ```

mod aligned;
mod apart;
mod around;
mod calls;
mod compile;
mod display;
mod draft;
mod idle;
mod join;
mod joint;
mod multiples;
mod plan;
mod press;
mod product;
pub mod saved;
mod scalars;
mod schedule;
mod share;
mod tiled;

use ndarray::ArrayViewD;

use crate::error::FeedError;
use crate::feed::Feed;
use crate::graph::{Record, Slot};
use crate::kernel::Level;
use crate::node::Id;
use crate::play::{Element, run, view};
use aligned::Aligned;
use around::{Around, Memory};
pub(crate) use compile::shore;
use idle::has_nan;
use press::Step;
use schedule::Work;
use share::{Players, Room};
use tiled::TILE;

/// A compiled list of nodes.
///
/// It is `Send` and `Sync`, and holds no value that a play changes.
pub struct Program<T> {
    record: Record,
    /// The nodes to be played once for each set of buffers.
    prologue: Vec<usize>,
    /// What every play does, and which nodes each step computes.
    steps: Vec<Step<T>>,
    works: Vec<Work>,
    /// Where values lie.
    slots: Vec<Slot>,
    inputs: Vec<Id>,
    outputs: Vec<Id>,
    /// What is carried, and what it becomes.
    carried: Vec<(Id, Id)>,
    /// What is carried but not updated in place: from, to, how many elements.
    moves: Vec<[usize; 3]>,
    /// How many tiles the steps need, and how much memory a product needs to work in.
    tiles: usize,
    room: Room,
    /// The buffer before the first play: constants and inputs as they were on the tape.
    initial: Vec<T>,
}

/// The values of one user of a [`Program`].
#[derive(Debug)]
pub struct Buffers<T> {
    values: Aligned<T>,
    tiles: Aligned<T>,
    /// What products work in.
    work: Aligned<T>,
    room: Room,
    threads: usize,
    scratch: [Vec<T>; 2],
}

impl<T: Element> Clone for Buffers<T> {
    fn clone(&self) -> Self {
        let Buffers { values, tiles, work, room, threads, scratch } = self;
        Buffers {
            values: Aligned::copy_of(values),
            tiles: Aligned::copy_of(tiles),
            work: Aligned::copy_of(work),
            room: *room,
            threads: *threads,
            scratch: scratch.clone(),
        }
    }
}

#[cfg(feature = "threads")]
impl<T: Element> Buffers<T> {
    /// The same, for plays in which large products are spread over a number of threads (of rayon's
    /// global pool): each takes some of the rows that are left whenever it is free, so one that is held
    /// up takes fewer. Results are the same to the bit, whatever the number. It takes as much memory as
    /// the largest right factor, once, and room for a block of each operand for each thread.
    ///
    /// ```
    /// use chainrule_autograd::Tape;
    /// let tape = Tape::<f32>::new();
    /// let x = tape.input("x", ndarray::Array2::from_elem((256, 256), 0.5));
    /// let program = tape.compile(&[x], &[x.matmul(x)]);
    /// let mut buffers = program.buffers().with_threads(2);
    /// program.play(&mut buffers);
    /// assert_eq!(program.output(&buffers, 0)[[0, 0]], 64.0);
    /// ```
    pub fn with_threads(self, threads: usize) -> Self {
        let threads = threads.max(1);
        let work = Aligned::zeros(self.room.len(threads));
        Buffers { threads, work, ..self }
    }
}

impl<T: Element> Program<T> {
    /// A set of buffers: inputs and carried values as they were on the tape when it was compiled.
    pub fn buffers(&self) -> Buffers<T> {
        let mut values = Aligned::copy_of(&self.initial);
        let mut scratch = Default::default();
        let prologue = self.prologue.iter().copied();
        run(&self.record, &self.slots, prologue, &mut values, &mut scratch);
        let (tiles, room) = (Aligned::zeros(self.tiles * TILE), self.room);
        let work = Aligned::zeros(room.len(1));
        Buffers { values, tiles, work, room, threads: 1, scratch }
    }

    /// Sets an input, counted as in the call that compiled the program. What is not fed keeps its
    /// value.
    ///
    /// # Errors
    /// If the shape differs from the recorded one, or the input is read as indices and a value is
    /// not a whole number in range. The old value stays.
    ///
    /// # Panics
    /// If there is no such input.
    pub fn feed(
        &self,
        buffers: &mut Buffers<T>,
        input: usize,
        value: impl Feed<T>,
    ) -> Result<(), FeedError> {
        self.set(buffers, self.inputs[input], value)
    }

    /// Sets a carried value, as [`feed`](Self::feed) sets an input.
    ///
    /// # Errors
    /// As [`feed`](Self::feed).
    ///
    /// # Panics
    /// If there is no such carried value.
    pub fn set_carried(
        &self,
        buffers: &mut Buffers<T>,
        index: usize,
        value: impl Feed<T>,
    ) -> Result<(), FeedError> {
        self.set(buffers, self.carried[index].0, value)
    }

    /// The elements of an input that is not read as indices, in row-major order.
    pub(crate) fn input_mut<'b>(&self, buffers: &'b mut Buffers<T>, input: usize) -> &'b mut [T] {
        let id = self.inputs[input];
        let len = self.record.dense[self.record.node(id).shape as usize].0;
        &mut buffers.values[self.slots[id.index()].offset..][..len]
    }

    /// Plays every step once. Afterwards carried values are those of the next play.
    pub fn play(&self, buffers: &mut Buffers<T>) {
        #[cfg(feature = "threads")]
        if buffers.threads > 1 && self.steps.iter().any(Step::is_large) {
            // Within the pool: a thread of it that has nothing else to do plays the steps, and wakes one
            // other for each product. From outside, two would be woken for each.
            return rayon::scope(|_| self.play_steps(buffers));
        }
        self.play_steps(buffers);
    }

    fn play_steps(&self, buffers: &mut Buffers<T>) {
        let Buffers { values, tiles, work, room, threads, scratch } = buffers;
        let (values, tiles) = (&mut **values, &mut **tiles);
        let (level, threads, room) = (Level::best(), *threads, *room);
        let mut players = Players { level, threads, room, work };
        for step in &self.steps {
            match step {
                Step::Group(group) => {
                    group.play(&self.record, 0..group.len, (&[], 0), values, tiles)
                }
                Step::Scalars(list) => scalars::play(list, &self.record, values),
                Step::Product(product) => product.play(&self.record, values, players.again()),
                Step::Idle { x, product } => {
                    if has_nan(&values[x.clone()]) {
                        product.play(&self.record, values, players.again());
                    }
                }
                Step::Rows(pair) => pair.play(values),
                Step::Done => {}
                Step::Sum { x, y, loops } => {
                    let (y, around) = Around::part(values, y.clone());
                    loops.play(around.get(x.clone()), y);
                }
                Step::Node(id) => {
                    run(&self.record, &self.slots, [*id].into_iter(), values, scratch)
                }
            }
        }
        for &[from, to, len] in &self.moves {
            values.copy_within(from..from + len, to);
        }
    }

    /// An output of the last play, counted as in the call that compiled the program. Before the
    /// first play its values are not meaningful.
    ///
    /// # Panics
    /// If there is no such output.
    pub fn output<'b>(&'b self, buffers: &'b Buffers<T>, index: usize) -> ArrayViewD<'b, T> {
        self.look(buffers, self.outputs[index])
    }

    /// A carried value, as the next play will read it.
    ///
    /// # Panics
    /// If there is no such carried value.
    pub fn carried<'b>(&'b self, buffers: &'b Buffers<T>, index: usize) -> ArrayViewD<'b, T> {
        self.look(buffers, self.carried[index].0)
    }

    /// The number of nodes that a play computes.
    pub fn len(&self) -> usize {
        self.works.iter().map(|work| work.nodes().len()).sum()
    }

    /// Whether a play computes nothing.
    pub fn is_empty(&self) -> bool {
        self.works.is_empty()
    }

    /// The bytes of one set of buffers, for one thread.
    pub fn buffer_bytes(&self) -> usize {
        size_of_val(&self.initial[..]) + (self.tiles * TILE + self.room.len(1)) * size_of::<T>()
    }

    fn look<'b>(&'b self, buffers: &'b Buffers<T>, id: Id) -> ArrayViewD<'b, T> {
        view(&self.record, &buffers.values, self.slots[id.index()], id).array()
    }

    fn set(&self, buffers: &mut Buffers<T>, id: Id, value: impl Feed<T>) -> Result<(), FeedError> {
        let value = value.as_feed();
        self.record.admit(id, &value)?;
        let offset = self.slots[id.index()].offset;
        crate::play::store(&mut buffers.values[offset..], value);
        Ok(())
    }
}

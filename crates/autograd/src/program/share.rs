//! A product by one thread or several: who computes which rows, in which memory.

use std::sync::Mutex;

use super::plan::ALIGN;
use crate::kernel::Level;
use crate::kernel::product::{Matrix, Packing, ahead_len, pack_len, product_with, room_len};
use crate::play::Element;

/// How many elements of memory a product needs to work in.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Room {
    /// Each thread.
    each: usize,
    /// All of them together, if there are several.
    ahead: usize,
}

impl Room {
    /// For a product that is stored or not, with so many elements of tiles.
    pub fn of(dims: [usize; 3], is_stored: bool, tiles: usize) -> Self {
        let room = if is_stored { 0 } else { room_len(dims) };
        let each = packed(dims) + room.next_multiple_of(ALIGN) + tiles;
        let ahead = if is_large(dims) { ahead_len(dims).next_multiple_of(ALIGN) } else { 0 };
        Room { each, ahead }
    }

    /// Enough for either.
    pub fn max(self, other: Room) -> Self {
        Room { each: self.each.max(other.each), ahead: self.ahead.max(other.ahead) }
    }

    pub fn len(self, threads: usize) -> usize {
        if threads > 1 { self.ahead + self.each * threads } else { self.each }
    }
}

/// How many elements of memory the kernel packs into, up to where the next begin.
pub(super) fn packed(dims: [usize; 3]) -> usize {
    pack_len(dims).next_multiple_of(ALIGN)
}

/// Fewer multiplications than these are done before another thread has woken up (two threads with one
/// half each were measured to break even at two thirds of this).
const LARGE: usize = 1 << 21;

/// Whether several threads may share the work.
pub(super) fn is_large([m, k, n]: [usize; 3]) -> bool {
    m > 1 && m * k * n >= LARGE
}

/// Who plays, and in which memory.
pub(super) struct Players<'w, T> {
    pub level: Level,
    pub threads: usize,
    pub room: Room,
    pub work: &'w mut [T],
}

impl<T> Players<'_, T> {
    /// The same for one product of several.
    pub fn again(&mut self) -> Players<'_, T> {
        Players { work: &mut *self.work, ..*self }
    }
}

/// Some rows of a product.
pub(super) struct Rows<'a, T, A> {
    pub a: Matrix<'a, T>,
    pub b: Matrix<'a, T>,
    /// The number of the first row, and how many.
    pub first: usize,
    pub count: usize,
    /// k, n
    pub inner: [usize; 2],
    /// Where they are stored, if they are.
    pub y: Option<&'a mut [T]>,
    /// Whether they are added to what lies there.
    pub onto: bool,
    pub along: A,
}

/// What goes along with a product, or nothing.
pub(super) trait Along<T>: Send + Sized {
    /// The same for the first `len` elements, and for the others.
    fn split(self, len: usize) -> (Self, Self);

    /// Takes on elements of the product, from number `start` on.
    fn take_on(&mut self, start: usize, values: &[T], tiles: &mut [T]);
}

impl<T> Along<T> for () {
    fn split(self, _: usize) -> (Self, Self) {
        ((), ())
    }

    fn take_on(&mut self, _: usize, _: &[T], _: &mut [T]) {}
}

impl<T: Element, A: Along<T>> Rows<'_, T, A> {
    fn dims(&self) -> [usize; 3] {
        let [k, n] = self.inner;
        [self.count, k, n]
    }

    /// The product, by several threads if it is large: an element does not depend on which rows are
    /// computed with it.
    pub fn play(self, players: Players<'_, T>) {
        if players.threads > 1 && is_large(self.dims()) {
            return self.play_shared(players);
        }
        self.compute(None, players.level, players.work);
    }

    /// The right factor is packed by all, then each takes rows until none is left: so a thread that
    /// is slower, or comes late, takes fewer.
    fn play_shared(self, Players { level, threads, room, work }: Players<'_, T>) {
        let (ahead, work) = work.split_at_mut(room.ahead);
        let packing = Packing::of(level, self.a, self.b, self.dims(), ahead);
        let is_packed = packing.is_some();
        if let Some(packing) = packing {
            let packing = Mutex::new(packing);
            team(threads, 0, &mut [], &|_: &mut [T]| {
                while let Some(pack) = next(&packing, Iterator::next) {
                    pack.run();
                }
            });
        }
        let ready = is_packed.then_some(&*ahead);
        let rest = Mutex::new(Some(self));
        team(threads, room.each, work, &|work: &mut [T]| {
            while let Some(rows) = next(&rest, |rest| Rows::take(rest, threads)) {
                rows.compute(ready, level, work);
            }
        });
    }

    fn compute(self, ready: Option<&[T]>, level: Level, work: &mut [T]) {
        let dims @ [_, _, n] = self.dims();
        let Rows { a, b, first, y, onto, mut along, .. } = self;
        let (pack, work) = work.split_at_mut(packed(dims));
        let len = if y.is_none() { room_len(dims) } else { 0 };
        let (room, tiles) = work.split_at_mut(len.next_multiple_of(ALIGN));
        let out = y.unwrap_or(&mut room[..len]);
        product_with(level, a, b, dims, ready, out, onto, pack, &mut |piece| {
            let start = (first + piece.rows.start) * n + piece.columns.start;
            along.take_on(start, piece.values, tiles);
        });
    }
}

/// Pieces of work have a multiple of so many rows: of all tiles.
const STEP: usize = 24;

impl<T: Element, A: Along<T>> Rows<'_, T, A> {
    /// Some of the rows that are left: fewer the fewer there are, so that all threads end together.
    fn take(rest: &mut Option<Self>, threads: usize) -> Option<Self> {
        let rows = rest.take()?;
        // Larger pieces read what is packed less often; smaller ones would leave less to wait for.
        let some = (3 * rows.count / (4 * threads)).next_multiple_of(STEP).max(STEP);
        if some >= rows.count {
            return Some(rows);
        }
        let (rows, others) = rows.split(some);
        *rest = Some(others);
        Some(rows)
    }

    /// The first `count` rows, and the others.
    fn split(self, count: usize) -> (Self, Self) {
        let len = count * self.inner[1];
        let (along, along_rest) = self.along.split(len);
        let (y, y_rest) = self.y.map(|y| y.split_at_mut(len)).unzip();
        let [first, left] = [self.first + count, self.count - count];
        let a = self.a.part(count, 0);
        let others = Rows { a, first, count: left, y: y_rest, along: along_rest, ..self };
        (Rows { count, y, along, ..self }, others)
    }
}

/// Takes what is next from a list that threads share. Where one of them has panicked the others stop,
/// and the panic is handed on by who waits for it.
fn next<L, I>(list: &Mutex<L>, take: impl FnOnce(&mut L) -> Option<I>) -> Option<I> {
    take(&mut *list.lock().ok()?)
}

/// Several threads do the same, each with memory of its own.
#[cfg(feature = "threads")]
fn team<T: Send>(threads: usize, each: usize, work: &mut [T], run: &(impl Fn(&mut [T]) + Sync)) {
    if threads < 2 {
        return run(work);
    }
    let some = threads / 2;
    let (work, rest) = work.split_at_mut(some * each);
    rayon::join(|| team(some, each, work, run), || team(threads - some, each, rest, run));
}

/// There are no others.
#[cfg(not(feature = "threads"))]
fn team<T>(_: usize, _: usize, work: &mut [T], run: &impl Fn(&mut [T])) {
    run(work);
}

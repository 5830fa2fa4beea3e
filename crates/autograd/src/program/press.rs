//! Press: steps with all places worked out, so that a replay looks nothing up.

use std::collections::HashMap;
use std::ops::Range;

use super::calls::{Arg, calls};
use super::idle::{idle, in_one_piece};
use super::joint::{RowPair, join, join_rows};
use super::multiples;
use super::plan::Plan;
use super::product::{After, Product, Target};
use super::scalars::{LAST, Scalar, paired};
use super::schedule::{Storage, Work};
use super::share::Room;
use super::tiled::{Function, Group, Load, Member, Operand, Place, TILE};
use crate::graph::Slot;
use crate::node::{Id, Op};
use crate::ops::SumLoops;
use crate::play::{Element, view};
use crate::view::{Loop, loops};

/// A step, ready to be played.
#[derive(Clone, Debug)]
pub(super) enum Step<T> {
    Node(usize),
    /// A sum of values that lie in a row.
    Sum {
        x: Range<usize>,
        y: Range<usize>,
        loops: Box<SumLoops>,
    },
    Product(Product<T>),
    /// A product that matters only if there is a NaN in x.
    Idle {
        x: Range<usize>,
        product: Product<T>,
    },
    /// A function of rows and the pullback of the node after it.
    Rows(RowPair),
    /// What the step before does as well.
    Done,
    Scalars(Vec<Scalar>),
    Group(Group<T>),
}

#[cfg(feature = "threads")]
impl<T: Element> Step<T> {
    /// Whether several threads may share the work.
    pub fn is_large(&self) -> bool {
        matches!(self, Step::Product(product) | Step::Idle { product, .. } if product.is_large())
    }
}

/// The steps, how many tiles they need, and the numbers that scalar steps read, which stand behind
/// the planned buffer.
pub(super) struct Pressed<T> {
    pub steps: Vec<Step<T>>,
    pub tiles: usize,
    /// How much memory a product needs to work in.
    pub room: Room,
    pub numbers: Vec<T>,
}

/// `kept` are read when all is done.
pub(super) fn press<T: Element>(
    storage: &Storage<'_>,
    plan: &Plan,
    works: &[Work],
    kept: impl Iterator<Item = Id>,
) -> Pressed<T> {
    let idle = idle(storage.record, kept);
    let (numbers, known) = (vec![], HashMap::new());
    let mut made = vec![true; storage.record.nodes.len()];
    works.iter().flat_map(Work::nodes).for_each(|id| made[id.index()] = false);
    let mut press =
        Press { storage, plan, idle, made, numbers, known, tiles: 0, room: Room::default() };
    let mut steps: Vec<Step<T>> = works.iter().map(|work| press.step(work)).collect();
    join_rows(storage, plan, works, &mut steps);
    Pressed { steps, tiles: press.tiles, room: press.room, numbers: press.numbers }
}

struct Press<'a, T> {
    storage: &'a Storage<'a>,
    plan: &'a Plan,
    /// For each node the x that it waits for.
    idle: Vec<Option<Id>>,
    /// Whether it is there already.
    made: Vec<bool>,
    numbers: Vec<T>,
    /// Where a number stands, by its bits in f64.
    known: HashMap<u64, u32>,
    tiles: usize,
    room: Room,
}

impl<T: Element> Press<'_, T> {
    fn step(&mut self, work: &Work) -> Step<T> {
        let step = self.play(work);
        work.nodes().iter().for_each(|id| self.made[id.index()] = true);
        step
    }

    fn play(&mut self, work: &Work) -> Step<T> {
        match work {
            Work::Node(id) => self.node(*id),
            Work::Onto([product, sum]) => {
                let at = self.slot(*sum).offset;
                self.product_unless_idle(*product, Some(Target { at, onto: true }))
            }
            Work::Scalars(ids) => Step::Scalars(self.scalars(ids)),
            Work::Group(len, ids) => {
                let (group, tiles) = self.group(*len, ids, None);
                self.tiles = self.tiles.max(tiles);
                Step::Group(group)
            }
            Work::Product(ids) => self.product_and(ids[0], ids),
        }
    }

    fn product_and(&mut self, product: Id, ids: &[Id]) -> Step<T> {
        let stored = |id: &&Id| self.plan.stored[id.index()];
        let mut written: Vec<usize> =
            ids.iter().filter(stored).map(|id| self.slot(*id).offset).collect();
        written.sort_unstable();
        let (group, tiles) = self.group(self.storage.len(product), &ids[1..], Some(product));
        self.product(product, self.target(product), Some(After { group, tiles, written }))
    }

    /// Where a product is stored, if it is.
    fn target(&self, id: Id) -> Option<Target> {
        let at = self.slot(id).offset;
        self.plan.stored[id.index()].then_some(Target { at, onto: false })
    }

    /// A product that is played always, or only if a NaN is among what it waits for.
    fn product_unless_idle(&mut self, id: Id, y: Option<Target>) -> Step<T> {
        match (self.product(id, y, None), self.waits_for(id)) {
            (Step::Product(product), Some(x)) => Step::Idle { x, product },
            (step, _) => step,
        }
    }

    fn product(&mut self, id: Id, y: Option<Target>, after: Option<After<T>>) -> Step<T> {
        let Storage { record, .. } = *self.storage;
        let node = record.node(id);
        let Op::Matmul(matmul) = node.op else { unreachable!("a product") };
        let look =
            |i: usize| view(record, &[] as &[T], self.slot(node.operands[i]), node.operands[i]);
        let factors = matmul.factors(record.shape(id), look(0), look(1));
        match Product::new(&factors, y, after) {
            Some(product) => {
                self.room = self.room.max(product.room());
                Step::Product(product)
            }
            None => Step::Node(id.index()),
        }
    }

    fn node(&mut self, id: Id) -> Step<T> {
        let record = self.storage.record;
        let node = record.node(id);
        let x = node.operands[0];
        match node.op {
            Op::Sum(sum) if record.is_dense(x) => {
                let loops = Box::new(SumLoops::of(record.shape(x), sum.axes));
                Step::Sum { x: self.range(x), y: self.range(id), loops }
            }
            Op::Matmul(_) => self.product_unless_idle(id, self.target(id)),
            _ => Step::Node(id.index()),
        }
    }

    /// Where the values lie that a product waits for. To look through them is worth it where they are
    /// about as many as the product's elements.
    fn waits_for(&self, id: Id) -> Option<Range<usize>> {
        let x = self.idle[id.index()].filter(|x| self.made[x.index()])?;
        in_one_piece(self.storage, x, self.slot(x).offset, 4 * self.storage.len(id))
    }

    fn range(&self, id: Id) -> Range<usize> {
        let start = self.slot(id).offset;
        start..start + self.storage.len(id)
    }

    fn slot(&self, id: Id) -> Slot {
        self.plan.slots[id.index()]
    }

    fn scalars(&mut self, ids: &[Id]) -> Vec<Scalar> {
        let mut list: Vec<Scalar> = Vec::new();
        let mut before = None;
        for &id in ids {
            let result = self.slot(id).offset as u32;
            for (f, args) in calls(self.storage.record, id) {
                let mut operands = [0; 3];
                for (operand, &arg) in operands.iter_mut().zip(&args) {
                    *operand = match arg {
                        Arg::Node(id) => self.slot(id).offset as u32,
                        Arg::Number(c) => self.number(c),
                        Arg::Before => LAST,
                    };
                    if before == Some(*operand) {
                        *operand = LAST;
                    }
                }
                list.push(Scalar::One { f, operands, result });
                before = Some(result);
            }
        }
        paired(&list)
    }

    /// Where a number stands that scalar steps read.
    fn number(&mut self, c: f64) -> u32 {
        let next = (self.plan.extent + self.numbers.len()) as u32;
        let at = *self.known.entry(c.to_bits()).or_insert(next);
        if at == next {
            self.numbers.push(T::narrow(c));
        }
        at
    }

    /// The group, which may go along with a product, and how many tiles it needs.
    fn group(&self, len: usize, ids: &[Id], product: Option<Id>) -> (Group<T>, usize) {
        let mut group = Grouping::new(self, ids);
        group.places.extend(product.map(|product| (product, Place::Product)));
        ids.iter().for_each(|id| group.add(*id));
        let Grouping { loads, mut members, tiles, .. } = group;
        multiples::take_on(&mut members, len);
        if product.is_none() {
            join(&mut members, len);
        }
        let mut loads: Vec<Load> = loads.into_iter().map(|(_, load)| load).collect();
        // Tiles of whole rows: then a row that is added to all rows is brought once.
        let period = loads.iter().find_map(Load::period).unwrap_or(1);
        let tile = TILE / period * period;
        // A piece of a product starts at any of its rows.
        let row = product.and_then(|product| self.storage.record.shape(product).last());
        let rows = |period: usize| row.is_none_or(|n| n.is_multiple_of(period));
        for load in &mut loads {
            load.once |=
                load.period().is_some_and(|period| tile.is_multiple_of(period) && rows(period));
        }
        (Group { len, tile, loads, members }, tiles.len())
    }
}

/// A group in the making.
struct Grouping<'a, 'p, T> {
    press: &'a Press<'p, T>,
    /// For each root the last member that reads it.
    readers: HashMap<Id, Id>,
    /// When each member is computed.
    turns: HashMap<Id, usize>,
    /// Where members write, in order.
    written: Vec<(Id, usize)>,
    /// Whether a tile is taken.
    tiles: Vec<bool>,
    /// Where the values of members lie.
    places: HashMap<Id, Place>,
    /// What is brought into tiles: an operand, for a node of some shape.
    loads: Vec<((Id, u32), Load)>,
    members: Vec<Member<T>>,
}

impl<'a, 'p, T: Element> Grouping<'a, 'p, T> {
    fn new(press: &'a Press<'p, T>, ids: &[Id]) -> Self {
        let Press { storage, plan, .. } = *press;
        let reads = |id: &Id| {
            let id = *id;
            storage.record.operands(id).map(move |o| (storage.root(o), id))
        };
        let stored = ids.iter().filter(|id| plan.stored[id.index()]);
        Grouping {
            press,
            readers: ids.iter().flat_map(reads).collect(),
            turns: ids.iter().enumerate().map(|(turn, id)| (*id, turn)).collect(),
            written: stored.map(|id| (*id, press.slot(*id).offset)).collect(),
            tiles: vec![],
            places: HashMap::new(),
            loads: vec![],
            members: vec![],
        }
    }

    fn add(&mut self, id: Id) {
        let calls = calls(self.press.storage.record, id);
        let last = calls.len() - 1;
        let mut before = None;
        for (i, (f, args)) in calls.into_iter().enumerate() {
            let mut operands = [Operand::Number(T::default()); 3];
            for (operand, arg) in operands.iter_mut().zip(args) {
                *operand = match arg {
                    Arg::Node(o) => {
                        let is_zip = matches!(f, Function::Zip(_));
                        self.operand(o, id, is_zip, is_zip && i == last)
                    }
                    Arg::Number(c) => Operand::Number(T::narrow(c)),
                    Arg::Before => Operand::At(before.expect("a sum starts with two parts")),
                };
            }
            let result = match i == last && self.press.plan.stored[id.index()] {
                true => Place::Buffer(self.press.slot(id).offset),
                false => Place::Tile(self.free_tile()),
            };
            self.members.push(Member { f, operands, result, slope: None });
            self.give_back(before.replace(result));
        }
        self.places.extend(before.map(|place| (id, place)));
        let Press { storage, .. } = *self.press;
        for root in storage.record.operands(id).map(|o| storage.root(o)) {
            if self.readers[&root] == id {
                let place = self.places.remove(&root);
                self.give_back(place);
            }
        }
    }

    fn free_tile(&mut self) -> usize {
        let free = self.tiles.iter().position(|taken| !taken).unwrap_or(self.tiles.len());
        match self.tiles.get_mut(free) {
            Some(tile) => *tile = true,
            None => self.tiles.push(true),
        }
        free
    }

    fn give_back(&mut self, place: Option<Place>) {
        if let Some(Place::Tile(tile)) = place {
            self.tiles[tile] = false;
        }
    }

    /// Where `reader` finds an operand; in a tile, if it does not lie ready.
    fn operand(&mut self, id: Id, reader: Id, takes_one: bool, in_place: bool) -> Operand<T> {
        let Press { storage, .. } = *self.press;
        let root = storage.root(id);
        if let Some(place) = self.places.get(&root) {
            return Operand::At(*place);
        }
        let offset = self.press.slot(id).offset;
        let loops = self.loops(id, reader);
        match loops[..] {
            [] if takes_one => return Operand::One(offset),
            [Loop { step: [1], .. }] if self.is_there(root, offset, in_place.then_some(reader)) => {
                return Operand::At(Place::Buffer(offset));
            }
            _ => {}
        }
        let key = (id, storage.record.node(reader).shape);
        if let Some((_, load)) = self.loads.iter().find(|(loaded, _)| *loaded == key) {
            return Operand::At(Place::Tile(load.tile));
        }
        // A tile of its own: it is filled before the first member is computed.
        let tile = self.tiles.len();
        self.tiles.push(true);
        self.loads.push((key, Load::new(tile, offset, loops)));
        Operand::At(Place::Tile(tile))
    }

    /// How an operand is walked to give one element for each of the reader's: by no loop, if it is
    /// one element all along.
    fn loops(&self, id: Id, reader: Id) -> Vec<Loop<1>> {
        let record = self.press.storage.record;
        let operand = view(record, &[] as &[T], self.press.slot(id), id);
        let loops = loops(record.shape(reader), &[operand]);
        if loops.iter().all(|l| l.step == [0]) { vec![] } else { loops.to_vec() }
    }

    /// Whether a root lies where it lay when its members read it: none writes there before, but `in_place`, who
    /// may read what it replaces element by element.
    fn is_there(&self, root: Id, offset: usize, in_place: Option<Id>) -> bool {
        let at = self.press.slot(root).offset;
        let mut writers = self.written.iter().filter(|&&(id, place)| id != root && place == at);
        writers.next().is_none_or(|&(writer, _)| {
            let last = self.readers[&root];
            let is_before = self.turns[&last] < self.turns[&writer];
            offset == at && (is_before || last == writer && in_place == Some(writer))
        })
    }
}

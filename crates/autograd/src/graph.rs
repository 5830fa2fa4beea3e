//! [`Graph`]: the list of nodes, as data. It does not know the element type.

use std::any::TypeId;
use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell, RefMut};
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::panic::Location;
use std::sync::Arc;

use crate::node::{Id, Node, Op, Run};
use crate::ops::{AxisSlice, CustomOp, Layout, Part};
use crate::play::AnyValues;
use crate::shape::{Interner, MAX_RANK, ShortHash, count, dense_strides};
use crate::table::Row;

/// Where the values of a node lie in the flat buffer of its tape.
///
/// Twelve bytes, not sixteen: long tapes are bound by the memory that they touch.
#[derive(Clone, Copy, Debug)]
#[repr(C, packed(4))]
pub(crate) struct Slot {
    pub offset: usize,
    pub strides: u32,
}

/// Everything that was recorded. Nodes are only ever appended.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    pub nodes: Vec<Node>,
    pub slots: Vec<Slot>,
    /// The length of the flat buffer that all nodes so far need.
    pub extent: usize,
    pub params: Vec<f64>,
    pub parts: Vec<Part>,
    pub slices: Vec<AxisSlice>,
    pub axes: Vec<u8>,
    pub names: Vec<(Id, Box<str>)>,
    /// Inputs that are read as indices, with the number of entries they may name.
    pub index_limits: Vec<(Id, usize)>,
    pub shapes: Interner<usize>,
    pub strides: Interner<isize>,
    /// For each shape: its number of elements and its dense strides.
    pub dense: Vec<(usize, u32)>,
    pub rows: Vec<(TypeId, &'static dyn Row)>,
    /// Calls of custom ops, with where their operands stand in `parts`.
    pub customs: Vec<(Arc<dyn CustomOp>, Run)>,
    pub places: Places,
}

impl Record {
    pub fn node(&self, id: Id) -> Node {
        self.nodes[id.index()]
    }

    pub fn shape(&self, id: Id) -> &[usize] {
        self.shapes.get(self.nodes[id.index()].shape)
    }

    pub fn shape_id(&mut self, shape: &[usize]) -> u32 {
        assert!(shape.len() <= MAX_RANK, "shape {shape:?} has more than {MAX_RANK} axes");
        let id = self.shapes.id(shape);
        if id as usize == self.dense.len() {
            let strides = self.strides.id(&dense_strides(shape));
            self.dense.push((count(shape), strides));
        }
        id
    }

    /// A place of its own for a value of a shape.
    #[inline]
    pub fn new_slot(&mut self, shape: u32) -> Slot {
        let (len, strides) = self.dense[shape as usize];
        let offset = self.extent;
        self.extent += len;
        Slot { offset, strides }
    }

    #[inline]
    pub fn append(&mut self, op: Op, operands: &[Id], shape: u32, slot: Slot, place: u32) -> Id {
        assert!(operands.len() <= 3, "a node has three operands at most");
        let id = Id(self.nodes.len() as u32);
        let operands = std::array::from_fn(|i| operands.get(i).copied().unwrap_or(Id::NONE));
        self.nodes.push(Node { op, operands, shape, place });
        self.slots.push(slot);
        id
    }

    /// The number of a row of the table, which is listed if it is not yet.
    pub fn row_number(&mut self, row: &'static dyn Row) -> u16 {
        let id = row.id();
        let known = self.rows.iter().position(|(known, _)| *known == id);
        known.unwrap_or_else(|| {
            self.rows.push((id, row));
            self.rows.len() - 1
        }) as u16
    }

    /// Whether a node's values lie in row-major order without gaps.
    pub fn is_dense(&self, id: Id) -> bool {
        let strides = self.slots[id.index()].strides;
        let dense = self.dense[self.nodes[id.index()].shape as usize].1;
        let same = |(axis, &n): (usize, &usize)| {
            n == 1 || self.strides.get(strides)[axis] == self.strides.get(dense)[axis]
        };
        strides == dense || self.shape(id).iter().enumerate().all(same)
    }

    pub fn name(&self, id: Id) -> Option<&str> {
        self.names.iter().rev().find(|(i, _)| *i == id).map(|(_, name)| &**name)
    }

    /// The node as it stands in printed tapes and programs.
    pub fn line(&self, id: Id) -> String {
        let operands: Vec<String> = self.operands(id).map(|o| o.to_string()).collect();
        let line = format!("{} {}", self.op_name(self.node(id).op), operands.join(" "));
        let name = self.name(id).map(|n| format!("  `{n}`")).unwrap_or_default();
        format!("{id:<5} = {:<28} {:?}{name}", line.trim_end(), self.shape(id))
    }

    /// The node as messages call it: its name if the user gave one, its op and number, its line.
    pub fn label(&self, id: Id) -> String {
        let node = self.node(id);
        let shape = self.shape(id);
        let place = self.places.get(node.place);
        match self.name(id) {
            Some(name) => format!("`{name}` {shape:?} (recorded at {place})"),
            None => format!("{id} {} {shape:?} (recorded at {place})", self.op_name(node.op)),
        }
    }
}

/// A line of the user's source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub file: Cow<'static, str>,
    pub line: u32,
    pub column: u32,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Source places, each stored once; a node holds an index.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    list: Vec<Place>,
    ids: HashMap<usize, u32, BuildHasherDefault<ShortHash>>,
    /// Those that were asked for last, each where its address says: a loop records the same few lines
    /// again and again.
    recent: [(usize, u32); RECENT],
}

const RECENT: usize = 8;

impl Places {
    fn id(&mut self, place: &'static Location<'static>) -> u32 {
        let address = std::ptr::from_ref(place).addr();
        let recent = &mut self.recent[address / align_of::<Location<'_>>() % RECENT];
        let (known, id) = *recent;
        if known == address {
            return id;
        }
        let next = self.list.len() as u32;
        let id = *self.ids.entry(address).or_insert(next);
        if id == next {
            let (line, column) = (place.line(), place.column());
            self.list.push(Place { file: Cow::Borrowed(place.file()), line, column });
        }
        *recent = (address, id);
        id
    }

    pub fn get(&self, id: u32) -> &Place {
        &self.list[id as usize]
    }

    /// Takes over places that were saved, under the numbers of their order.
    pub fn load(places: impl Iterator<Item = Place>) -> Self {
        Places { list: places.collect(), ..Places::default() }
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }
}

/// A [`Record`] that can be appended to through a shared reference, and next to it the values. The
/// two are borrowed apart.
#[derive(Debug)]
pub(crate) struct Graph {
    record: RefCell<Record>,
    /// While a rule records, its nodes belong to the line of the node it differentiates.
    on_behalf: Cell<Option<u32>>,
    limit: u32,
    buffers: RefCell<AnyValues>,
}

impl Graph {
    pub fn new(limit: u32, buffers: AnyValues) -> Self {
        let buffers = RefCell::new(buffers);
        Graph { record: RefCell::default(), on_behalf: Cell::new(None), limit, buffers }
    }

    /// The values, in the element type of the tape.
    pub fn buffers(&self) -> RefMut<'_, AnyValues> {
        self.buffers.borrow_mut()
    }

    pub fn buffers_mut(&mut self) -> &mut AnyValues {
        self.buffers.get_mut()
    }

    pub fn record(&self) -> Ref<'_, Record> {
        self.record.borrow()
    }

    pub fn edit<R>(&self, f: impl FnOnce(&mut Record) -> R) -> R {
        f(&mut self.record.borrow_mut())
    }

    pub fn node(&self, id: Id) -> Node {
        self.record.borrow().node(id)
    }

    pub fn shape(&self, id: Id) -> Ref<'_, [usize]> {
        Ref::map(self.record.borrow(), |r| r.shape(id))
    }

    /// Records on behalf of another node: what `f` appends carries that node's source place.
    #[inline(always)]
    pub fn on_behalf_of<R>(&self, place: u32, f: impl FnOnce() -> R) -> R {
        let before = self.on_behalf.replace(Some(place));
        let result = f();
        self.on_behalf.set(before);
        result
    }

    /// Appends a node whose values get a place of their own in the buffer.
    #[track_caller]
    pub fn push(&self, op: impl Into<Op>, operands: &[Id], shape: ShapeOf<'_>) -> Id {
        let r = &mut *self.record.borrow_mut();
        let shape = shape.id(r);
        let slot = r.new_slot(shape);
        self.append(r, op.into(), operands, shape, slot, Location::caller())
    }

    /// Appends an elementwise node over operands of one shape; none if they have several.
    #[inline]
    #[track_caller]
    pub fn push_alike<const N: usize>(&self, op: Op, operands: [Id; N]) -> Option<Id> {
        let r = &mut *self.record.borrow_mut();
        let shapes = operands.map(|o| r.nodes[o.index()].shape);
        if shapes.iter().any(|shape| *shape != shapes[0]) {
            return None;
        }
        let slot = r.new_slot(shapes[0]);
        Some(self.append(r, op, &operands, shapes[0], slot, Location::caller()))
    }

    /// Appends a node that is another way to look at values that exist.
    #[track_caller]
    pub fn push_view(
        &self,
        op: impl Into<Op>,
        base: Id,
        shape: &[usize],
        (offset, strides): Layout,
    ) -> Id {
        let r = &mut *self.record.borrow_mut();
        let shape = r.shape_id(shape);
        let slot = Slot { offset, strides: r.strides.id(&strides) };
        self.append(r, op.into(), &[base], shape, slot, Location::caller())
    }

    #[inline]
    fn append(
        &self,
        r: &mut Record,
        op: Op,
        operands: &[Id],
        shape: u32,
        slot: Slot,
        place: &'static Location<'static>,
    ) -> Id {
        if r.nodes.len() >= self.limit as usize {
            self.full();
        }
        let place = self.on_behalf.get().unwrap_or_else(|| r.places.id(place));
        r.append(op, operands, shape, slot, place)
    }

    #[cold]
    #[track_caller]
    fn full(&self) -> ! {
        panic!(
            "this tape is full: {} nodes are all that 32-bit indices can name; \
             clear the tape between steps, or record less on it",
            self.limit
        );
    }

    /// Forgets the nodes and keeps the capacity and the tables.
    pub fn clear(&mut self) {
        let r = self.record.get_mut();
        r.nodes.clear();
        r.slots.clear();
        r.extent = 0;
        r.params.clear();
        r.parts.clear();
        r.slices.clear();
        r.axes.clear();
        r.names.clear();
        r.index_limits.clear();
        r.customs.clear();
    }
}

/// The shape of a new node: stated, or that of another node.
pub(crate) enum ShapeOf<'a> {
    Dims(&'a [usize]),
    Like(Id),
}

impl ShapeOf<'_> {
    fn id(self, r: &mut Record) -> u32 {
        match self {
            ShapeOf::Dims(dims) => r.shape_id(dims),
            ShapeOf::Like(id) => r.nodes[id.index()].shape,
        }
    }
}

/// Appends a list and names where it stands.
pub(crate) fn run<T: Clone>(list: &mut Vec<T>, items: &[T]) -> Run {
    let start = list.len() as u32;
    list.extend_from_slice(items);
    Run { start, len: items.len() as u32 }
}

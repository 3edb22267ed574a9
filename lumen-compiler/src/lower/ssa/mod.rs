//! The typed SSA form between the typed tree and LIR: basic blocks with parameters instead of phi nodes.
//!
//! Operations are those of LIR, one value each, so that emission is a matter of registers and jumps. The form is built by
//! [`super::build`], changed by [`super::optimise`] and read by [`super::allocate`] and [`super::emit`]. Everything is
//! stored in dense vectors; a [`Value`] is the index of the node that defines it.

mod edges;
mod effect;
mod graph;

pub(crate) use effect::Effect;
pub(crate) use graph::{Dominators, Predecessors, reverse_postorder};

use crate::hir::{Callee, Ty};
use lumen_vm::lir::{HaltKind, Intrinsic, Opcode, Span};

/// A value: the index of the node that defines it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Value(pub(crate) u32);

impl Value {
    /// No value: a variable before its declaration.
    pub(crate) const NONE: Value = Value(u32::MAX);

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A basic block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct BlockId(pub(crate) u32);

impl BlockId {
    /// Of a builder that has left its last block.
    pub(crate) const NONE: BlockId = BlockId(u32::MAX);

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Index into [`Function::locations`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct LocationId(pub(crate) u32);

impl Default for LocationId {
    fn default() -> LocationId {
        LocationId::NONE
    }
}

impl LocationId {
    /// Of what can neither fail nor call, nor runs out of memory or fuel.
    pub(crate) const NONE: LocationId = LocationId(u32::MAX);
}

/// A stretch of [`Function::pool`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Slice {
    pub(crate) start: u32,
    pub(crate) length: u32,
}

impl Slice {
    pub(crate) fn range(self) -> std::ops::Range<usize> {
        let start = self.start as usize;
        start..start + self.length as usize
    }
}

/// Index into [`Function::regions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RegionId(pub(crate) u32);

impl RegionId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Blocks in which a failure leads to a handler. Their values from before the region stay where they are throughout it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Region {
    /// Where failures lead; itself outside, without parameters.
    pub(crate) handler: BlockId,
    /// The region around.
    pub(crate) outer: Option<RegionId>,
}

/// One cell in SSA form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Function {
    /// Definitions, by [`Value`].
    pub(crate) nodes: Vec<Node>,
    /// Operands of nodes and arguments of edges.
    pub(crate) pool: Vec<Value>,
    /// By [`BlockId`]. The first is the entry, its parameters are those of the cell.
    pub(crate) blocks: Vec<Block>,
    /// Blocks in the order in which they are to stand in the code; each reachable block exactly once, the entry first.
    pub(crate) order: Vec<BlockId>,
    /// Source locations; callers stand before what was inlined into them.
    pub(crate) locations: Vec<Location>,
    /// Path steps of stores.
    pub(crate) steps: Vec<Step>,
    /// Beside `steps`: the type of what the step leads into.
    pub(crate) step_types: Vec<Ty>,
    /// Whether any edge may lead back.
    pub(crate) has_loops: bool,
    /// Stretches of code with a handler for failures, outer ones first.
    pub(crate) regions: Vec<Region>,
    /// Types of the values that slots hold.
    pub(crate) slot_types: Vec<Ty>,
    /// Its `defer`s would have to be written too often; the code is not complete.
    pub(crate) has_too_many_exits: bool,
}

/// A definition: a block parameter or an instruction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) op: Op,
    /// Type of the value.
    pub(crate) ty: Ty,
    pub(crate) operands: Slice,
    pub(crate) location: LocationId,
}

/// What a node computes from its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    /// A block parameter: the argument of the edge by which the block was entered.
    Parameter,
    /// `null`, of type Null.
    Null,
    Bool(bool),
    Int(i64),
    /// A Float by its bits.
    Float(u64),
    /// A String or Bytes: an index into the constants of the module.
    Constant(u32),
    /// An operation that its opcode says everything about: arithmetic, bits, `not`, comparison, `index`.
    Plain(Opcode),
    /// An `index` that is known to succeed, because an equal one before it has.
    IndexAgain,
    /// Whether a dynamic value is of the type.
    IsType(Ty),
    /// Whether an enum or result is of the variant.
    IsVariant(u32),
    /// The operand as a value of the node's union type.
    Wrap,
    /// The dynamic operand as a value of the node's type; fails if it is none.
    Cast,
    /// Like `Cast`, where control has come by a test that proves it.
    Narrow,
    Call(Callee),
    /// A function of the node's type: the callee with its last parameters bound to the operands.
    Closure(Callee),
    /// The first operand, a function, called with the others.
    CallValue,
    List,
    Tuple,
    Map,
    Set,
    Record,
    /// This variant of the node's type.
    Variant(u32),
    GetField(u32),
    /// A payload of a variant: which variant, which position. Control has come by a test of the variant.
    GetPayload(u32, u32),
    /// Operands: the container, the new part, then the indexes of the path in order.
    Store(Steps),
    Concat,
    Intrinsic(Intrinsic),
    /// The operand decoded as the type.
    Schema(Ty),
    /// A generator suspends with its operand; no value.
    Yield,
    /// The next value of a generator: the last instruction of a block that ends in [`Terminator::Next`].
    Next,
    /// Ends a generator; no value.
    Close,
    /// Puts the operand into a slot, a register of its own that handlers read; no value.
    SetSlot(u32),
    /// What a slot holds.
    GetSlot(u32),
}

/// A stretch of [`Function::steps`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Steps {
    pub(crate) start: u32,
    pub(crate) length: u32,
}

/// A step of the path of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Field or tuple position.
    Position(u32),
    /// List index or map key: the next operand of the store.
    Index,
}

/// A basic block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    pub(crate) parameters: Vec<Value>,
    pub(crate) instructions: Vec<Value>,
    pub(crate) terminator: Terminator,
    /// Where a jump back at its end comes from: such a jump takes fuel.
    pub(crate) jump_location: LocationId,
    /// The innermost region that it lies in.
    pub(crate) region: Option<RegionId>,
    /// Entered by failures only.
    pub(crate) is_cold: bool,
}

/// How a block ends.
#[derive(Clone, Debug, Default)]
pub(crate) enum Terminator {
    /// It is still being built, or was found to be unreachable.
    #[default]
    Open,
    Jump(Edge),
    /// To the first target if the condition holds, else to the second.
    Branch {
        condition: Value,
        targets: [Edge; 2],
    },
    /// One edge for each variant of the scrutinee's type.
    Switch {
        scrutinee: Value,
        edges: Vec<Edge>,
    },
    /// To the first target if [`Op::Next`] right before it has yielded a value, else to the second.
    Next {
        targets: [Edge; 2],
    },
    /// To the first target, where a region begins; the second is its handler.
    Protect {
        targets: [Edge; 2],
    },
    /// The end of a handler: the failure goes on.
    Rethrow,
    Return(Value),
    Halt {
        kind: HaltKind,
        value: Value,
        location: LocationId,
    },
}

/// A way into a block, with the values of its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) target: BlockId,
    pub(crate) arguments: Slice,
}

impl Edge {
    /// An edge into a block without parameters.
    pub(crate) fn to(target: BlockId) -> Edge {
        Edge {
            target,
            arguments: Slice::default(),
        }
    }
}

/// A source location, as in [`lumen_vm::lir::Location`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    /// The cell of this module whose text it is in.
    pub(crate) cell: u32,
    pub(crate) span: Span,
    /// The call that was inlined.
    pub(crate) caller: LocationId,
}

impl Function {
    /// The entry block.
    pub(crate) const ENTRY: BlockId = BlockId(0);

    pub(crate) fn node(&self, value: Value) -> &Node {
        &self.nodes[value.index()]
    }

    pub(crate) fn block(&self, block: BlockId) -> &Block {
        &self.blocks[block.index()]
    }

    /// Where failures in a block lead within the cell.
    pub(crate) fn handler(&self, block: BlockId) -> Option<BlockId> {
        let region = self.block(block).region?;
        Some(self.regions[region.index()].handler)
    }

    /// Operands of a node.
    pub(crate) fn operands(&self, value: Value) -> &[Value] {
        &self.pool[self.nodes[value.index()].operands.range()]
    }

    /// Values that an edge passes to the parameters of its target.
    pub(crate) fn arguments(&self, edge: Edge) -> &[Value] {
        &self.pool[edge.arguments.range()]
    }

    /// Path of a store.
    pub(crate) fn path(&self, steps: Steps) -> &[Step] {
        let start = steps.start as usize;
        &self.steps[start..start + steps.length as usize]
    }

    /// The types that the steps of a store lead into.
    pub(crate) fn path_types(&self, steps: Steps) -> &[Ty] {
        let start = steps.start as usize;
        &self.step_types[start..start + steps.length as usize]
    }

    /// Adds values to the pool.
    pub(crate) fn slice(&mut self, values: &[Value]) -> Slice {
        let start = self.pool.len() as u32;
        self.pool.extend_from_slice(values);
        Slice {
            start,
            length: values.len() as u32,
        }
    }

    /// Adds a node that stands in no block yet.
    pub(crate) fn add(&mut self, op: Op, ty: Ty, operands: &[Value], location: LocationId) -> Value {
        let operands = self.slice(operands);
        let value = Value(self.nodes.len() as u32);
        self.nodes.push(Node {
            op,
            ty,
            operands,
            location,
        });
        value
    }

    /// Adds an empty block that stands nowhere in the order yet.
    pub(crate) fn add_block(&mut self) -> BlockId {
        self.blocks.push(Block::default());
        BlockId((self.blocks.len() - 1) as u32)
    }

    /// Adds a parameter to a block; every edge into it must get an argument for it.
    pub(crate) fn add_parameter(&mut self, block: BlockId, ty: Ty) -> Value {
        let value = self.add(Op::Parameter, ty, &[], LocationId::NONE);
        self.blocks[block.index()].parameters.push(value);
        value
    }
}

//! From the typed tree to SSA: one cell at a time, in one pass.
//!
//! Lowering functions yield nothing where control does not go on behind what they lower; then the builder stands in no
//! block, and the caller lowers nothing more on that way. Small cells of the module are inlined here, by lowering their
//! bodies in place of the call.

mod assigned;
mod call;
mod collection;
mod condition;
mod constructor;
mod control;
mod defer;
mod expression;
mod inline;
mod join;
mod matching;
mod optional;
mod pattern;
mod place;
mod range;

pub(crate) use inline::Inlining;

use super::Options;
use super::constants::{Constants, Literal};
use super::optimise::{Folded, fold};
use super::ssa::{BlockId, Function, Location, LocationId, Op, RegionId, Terminator, Value};
use super::types::TypeTable;
use crate::hir::{self, Body, Cell, ExprId, ExprKind, LocalId, LoopId, Statement, Ty, Type};
use defer::Pending;
use join::{Join, JoinId, Variables};
use lumen_vm::lir::{HaltKind, Span};

/// What cells of one module are built from.
pub(crate) struct Source<'m, 't> {
    pub(crate) module: &'m hir::Module,
    pub(crate) types: &'t mut TypeTable<'m>,
    pub(crate) constants: &'t mut Constants<'m>,
    pub(crate) inlining: &'t Inlining,
    pub(crate) options: Options,
}

/// Builds the cell with this index.
pub(crate) fn build(source: &mut Source<'_, '_>, index: u32) -> Function {
    let cell = &source.module.cells[index as usize];
    let mut builder = Builder {
        module: source.module,
        types: &mut *source.types,
        constants: &mut *source.constants,
        inlining: source.inlining,
        options: source.options,
        function: Function::default(),
        current: BlockId::NONE,
        variables: Variables::default(),
        joins: Vec::new(),
        frames: Vec::new(),
        loops: Vec::new(),
        loop_slots: assigned::by_loop(cell),
        inlined: 0,
        held: 0,
        pending: Vec::new(),
        pinned: Vec::new(),
        region: None,
        is_cold: false,
        cleanups: 0,
        here: source.module.cells[index as usize].declaration,
    };
    builder.cell(index);
    builder.function
}

struct Builder<'m, 't> {
    module: &'m hir::Module,
    types: &'t mut TypeTable<'m>,
    constants: &'t mut Constants<'m>,
    inlining: &'t Inlining,
    options: Options,
    function: Function,
    /// The block that instructions go to.
    current: BlockId,
    variables: Variables,
    joins: Vec<Join>,
    /// The cell, and the calls that are being inlined.
    frames: Vec<Frame<'m>>,
    /// The loops around, innermost last.
    loops: Vec<Loop>,
    /// By loop of the cell: the slots that are assigned in it and live outside.
    loop_slots: Vec<Vec<u32>>,
    /// Expressions that inlining has added.
    inlined: usize,
    /// Values that constructs around hold while their other parts are computed: literals are flushed when it grows.
    held: usize,
    /// What is to be done when the blocks around are left, innermost last.
    pending: Vec<Pending>,
    /// Variables that handlers read, by their slot among the variables, and where their values are stored for that.
    pinned: Vec<(u32, u32)>,
    /// The innermost region that code goes to.
    region: Option<RegionId>,
    /// Whether code goes to a handler.
    is_cold: bool,
    /// How many cleanups were lowered.
    cleanups: usize,
    /// The expression that is being lowered: where allocations and jumps back without a place of their own come from.
    here: Span,
}

/// A cell that is being lowered.
struct Frame<'m> {
    index: u32,
    source: &'m Cell,
    /// Slot of its first local.
    first: u32,
    /// The call, if it is inlined.
    caller: LocationId,
    /// Where its value goes, if it is inlined.
    returns: Option<JoinId>,
    /// How much was pending before it.
    pending: usize,
}

/// A loop that is being lowered.
struct Loop {
    id: LoopId,
    exit: JoinId,
    next: Next,
    /// Type of the values that `break` brings, if they are wanted.
    value: Option<Ty>,
    /// How much stays pending behind a `break`.
    around: usize,
    /// How much stays pending behind a `continue`.
    within: usize,
}

/// Where `continue` leads.
enum Next {
    /// Straight to the header, whose parameters are these slots.
    Header(BlockId, Vec<u32>),
    /// To what moves on to the next element.
    Step(JoinId),
}

impl<'m> Builder<'m, '_> {
    fn cell(&mut self, index: u32) {
        let cell = &self.module.cells[index as usize];
        let first = self.variables.add(cell.locals.len());
        self.frames.push(Frame {
            index,
            source: cell,
            first,
            caller: LocationId::NONE,
            returns: None,
            pending: 0,
        });
        let entry = self.function.add_block();
        self.start(entry);
        for &parameter in &cell.parameters {
            let value = self.function.add_parameter(entry, cell.locals[parameter].ty);
            self.assign(parameter, value);
        }
        match &cell.body {
            Body::Expr(body) => {
                if let Some(value) = self.value(*body) {
                    self.here = self.place_of_value(*body);
                    self.leave(value);
                }
            }
            Body::Constructor {
                record,
                constraints,
                check,
                failure,
            } => self.constructor(*record, constraints, *check, *failure),
            Body::Check { record, constraints } => self.check(*record, constraints),
        }
    }

    fn frame(&self) -> &Frame<'m> {
        self.frames.last().expect("a cell is being lowered")
    }

    fn source(&self) -> &'m Cell {
        self.frame().source
    }

    fn expr(&self, id: ExprId) -> &'m hir::Expr {
        &self.source().exprs[id]
    }

    /// Continues in a block, which takes the next place in the code.
    fn start(&mut self, block: BlockId) {
        self.function.order.push(block);
        let started = &mut self.function.blocks[block.index()];
        (started.region, started.is_cold) = (self.region, self.is_cold);
        self.current = block;
    }

    /// Where an expression gets its value, to say where the jump behind it comes from. What ends in branches gets it in
    /// several places, so the way on from where they meet is in none: it has the place of the cell's name. So has the way on
    /// from what is deferred.
    fn place_of_value(&self, id: ExprId) -> Span {
        let mut id = id;
        loop {
            let expr = self.expr(id);
            match &expr.kind {
                ExprKind::Block { statements, .. }
                    if (statements.iter()).any(|statement| matches!(statement, Statement::Defer(..))) =>
                {
                    return self.source().declaration;
                }
                ExprKind::Block {
                    value: Some(value), ..
                } => id = *value,
                ExprKind::Block { statements, .. } => match statements.last() {
                    Some(Statement::Expr(last) | Statement::Let { value: last, .. }) => id = *last,
                    Some(Statement::Assign { span, .. }) => return *span,
                    _ => return self.source().declaration,
                },
                ExprKind::If { .. } | ExprKind::Match { .. } | ExprKind::Loop { .. } => {
                    return self.source().declaration;
                }
                _ => return expr.span,
            }
        }
    }

    /// Ends the current block.
    fn finish(&mut self, terminator: Terminator) {
        let location = self.at(self.here);
        let block = &mut self.function.blocks[self.current.index()];
        block.terminator = terminator;
        block.jump_location = location;
        self.current = BlockId::NONE;
    }

    /// Leaves the cell that is being lowered.
    fn leave(&mut self, value: Value) {
        let value = match self.source().generator {
            true => self.null(),
            false => self.coerce(value, self.source().result),
        };
        let pending = self.frame().pending;
        if self.run_pending(pending).is_none() {
            return;
        }
        if self.pending.len() > pending {
            self.here = self.source().declaration;
        }
        match self.frame().returns {
            Some(join) => self.jump_with(join, value),
            None => self.finish(Terminator::Return(value)),
        }
    }

    fn slot(&self, local: LocalId) -> u32 {
        self.frame().first + local.index() as u32
    }

    fn assign(&mut self, local: LocalId, value: Value) {
        let slot = self.slot(local);
        self.variables.set(slot, value);
        for index in 0..self.pinned.len() {
            let (pinned, place) = self.pinned[index];
            if pinned == slot {
                self.pin(place, value);
            }
        }
    }

    fn read(&self, local: LocalId) -> Value {
        let value = self.variables.get(self.slot(local));
        debug_assert_ne!(value, Value::NONE, "a local is read after its declaration");
        value
    }

    /// The location of a place in the text of the cell that is being lowered.
    fn at(&mut self, span: Span) -> LocationId {
        let frame = self.frame();
        let location = Location {
            cell: frame.index,
            span,
            caller: frame.caller,
        };
        if self.function.locations.last() != Some(&location) {
            self.function.locations.push(location);
        }
        LocationId((self.function.locations.len() - 1) as u32)
    }

    fn ty(&self, value: Value) -> Ty {
        self.function.node(value).ty
    }

    /// Appends an instruction that may fail or call.
    fn emit_at(&mut self, op: Op, ty: Ty, operands: &[Value], location: LocationId) -> Value {
        if self.options.fold {
            match fold(&self.function, op, operands) {
                Folded::Same(value) => return value,
                Folded::Into(op) => return self.append(op, ty, &[], LocationId::NONE),
                Folded::Other(op, operands) => return self.append(op, ty, &operands, location),
                Folded::Not => {}
            }
        }
        self.append(op, ty, operands, location)
    }

    fn append(&mut self, op: Op, ty: Ty, operands: &[Value], location: LocationId) -> Value {
        let location = match location {
            LocationId::NONE => self.at(self.here),
            location => location,
        };
        let value = self.function.add(op, ty, operands, location);
        self.function.blocks[self.current.index()]
            .instructions
            .push(value);
        value
    }

    /// Appends an instruction that neither calls nor fails, but for want of memory.
    fn emit(&mut self, op: Op, ty: Ty, operands: &[Value]) -> Value {
        self.emit_at(op, ty, operands, LocationId::NONE)
    }

    fn null(&mut self) -> Value {
        let ty = self.types.null();
        self.emit(Op::Null, ty, &[])
    }

    fn int(&mut self, value: i64) -> Value {
        let ty = self.types.int();
        self.emit(Op::Int(value), ty, &[])
    }

    fn string(&mut self, text: &'m str) -> Value {
        let number = self.constants.intern(Literal::String(text));
        let ty = self.types.string();
        self.emit(Op::Constant(number), ty, &[])
    }

    /// The value as one of the given type, into or out of a union if need be.
    fn coerce(&mut self, value: Value, ty: Ty) -> Value {
        let from = self.ty(value);
        if from == ty {
            return value;
        }
        let sources = self.types.members(from);
        let targets = self.types.members(ty);
        let widens = match sources {
            [] => targets.contains(&from),
            _ => !targets.is_empty() && sources.iter().all(|member| targets.contains(member)),
        };
        let narrows = sources.contains(&ty)
            || (!targets.is_empty() && targets.iter().all(|member| sources.contains(member)));
        match (widens, narrows) {
            (true, _) => self.emit(Op::Wrap, ty, &[value]),
            (false, true) => self.emit(Op::Narrow, ty, &[value]),
            (false, false) => value,
        }
    }

    /// Ends the current block with a failure of the language's own.
    fn fail(&mut self, message: &'m str, span: Span) {
        let value = self.string(message);
        let location = self.at(span);
        self.finish(Terminator::Halt {
            kind: HaltKind::Runtime,
            value,
            location,
        });
    }

    /// Type of a field of a record, or of a tuple's element.
    fn field_type(&mut self, ty: Ty, position: u32) -> Ty {
        match self.types.get(ty).clone() {
            Type::Tuple(elements) => elements[position as usize],
            Type::Nominal(nominal, arguments) => match &self.module.nominals[nominal.0 as usize].shape {
                hir::Shape::Record { fields, .. } => {
                    self.types.substitute(fields[position as usize].1, &arguments)
                }
                _ => unreachable!("fields are those of records"),
            },
            _ => unreachable!("fields are those of records and tuples"),
        }
    }

    /// Types of a variant's payload.
    fn payload_type(&mut self, ty: Ty, variant: u32, position: u32) -> Ty {
        match self.types.get(ty).clone() {
            Type::Result(value, error) => [value, error][variant as usize],
            Type::Nominal(nominal, arguments) => match &self.module.nominals[nominal.0 as usize].shape {
                hir::Shape::Enum { variants } => {
                    let declared = variants[variant as usize].1[position as usize];
                    self.types.substitute(declared, &arguments)
                }
                _ => unreachable!("variants are those of enums"),
            },
            _ => unreachable!("variants are those of enums and results"),
        }
    }

    /// Number of variants of an enum or a result.
    fn variant_count(&self, ty: Ty) -> usize {
        match self.types.get(ty) {
            Type::Nominal(nominal, _) => match &self.module.nominals[nominal.0 as usize].shape {
                hir::Shape::Enum { variants } => variants.len(),
                _ => unreachable!("variants are those of enums"),
            },
            _ => 2,
        }
    }
}

//! A short way to write typed trees in tests.

use crate::hir::{
    ArithmeticOp, Arm, Body, Callee, Cell, CompareOp, Constraint, Element, Expr, ExprId, ExprKind, Generics,
    Iterable, Local, LocalId, LoopId, Module, Nominal, NominalId, Pattern, PatternId, PatternKind, Shape,
    Statement, Step, Ty, Type, Types,
};
use crate::syntax::ast::Arena;
use lumen_vm::lir::{CellKind, Intrinsic, ModuleId, Origin, PRELUDE, PreludeRecord, Span};

pub(crate) const NULL: Ty = Ty(0);
pub(crate) const BOOL: Ty = Ty(1);
pub(crate) const INT: Ty = Ty(2);
pub(crate) const FLOAT: Ty = Ty(3);
pub(crate) const STRING: Ty = Ty(4);
pub(crate) const NEVER: Ty = Ty(5);

/// A module under construction.
pub(crate) struct ModuleMaker {
    pub(crate) module: Module,
}

impl ModuleMaker {
    pub(crate) fn new() -> ModuleMaker {
        let entries = vec![
            Type::Null,
            Type::Bool,
            Type::Int,
            Type::Float,
            Type::String,
            Type::Never,
        ];
        ModuleMaker {
            module: Module {
                id: ModuleId::document("test"),
                types: Types { entries },
                nominals: Vec::new(),
                cells: Vec::new(),
                imported_cells: Vec::new(),
                instances: Vec::new(),
            },
        }
    }

    pub(crate) fn ty(&mut self, ty: Type) -> Ty {
        let entries = &mut self.module.types.entries;
        let index = entries.iter().position(|known| *known == ty).unwrap_or_else(|| {
            entries.push(ty);
            entries.len() - 1
        });
        Ty(index as u32)
    }

    pub(crate) fn list(&mut self, element: Ty) -> Ty {
        self.ty(Type::List(element))
    }

    pub(crate) fn nominal(&mut self, name: &str, shape: Shape) -> (NominalId, Ty) {
        let id = NominalId(self.module.nominals.len() as u32);
        self.module.nominals.push(Nominal {
            origin: Origin::Here,
            parameters: Vec::new(),
            name: name.to_owned(),
            shape,
        });
        (id, self.ty(Type::Nominal(id, Vec::new())))
    }

    fn prelude(&mut self, record: PreludeRecord) -> Ty {
        let id = NominalId(self.module.nominals.len() as u32);
        self.module.nominals.push(Nominal {
            origin: Origin::Module(ModuleId::parse(PRELUDE)),
            parameters: Vec::new(),
            name: record.name().to_owned(),
            shape: Shape::Opaque,
        });
        self.ty(Type::Nominal(id, Vec::new()))
    }

    pub(crate) fn record(&mut self, name: &str, fields: &[(&str, Ty)], constrained: bool) -> (NominalId, Ty) {
        let fields = fields
            .iter()
            .map(|(name, ty)| ((*name).to_owned(), *ty))
            .collect();
        self.nominal(name, Shape::Record { fields, constrained })
    }

    pub(crate) fn enumeration(&mut self, name: &str, variants: &[(&str, &[Ty])]) -> (NominalId, Ty) {
        let variants = variants
            .iter()
            .map(|(name, payload)| ((*name).to_owned(), payload.to_vec()))
            .collect();
        self.nominal(name, Shape::Enum { variants })
    }

    /// Adds a cell whose body is what the function makes.
    pub(crate) fn cell(
        &mut self,
        name: &str,
        parameters: &[(&str, Ty)],
        result: Ty,
        body: impl FnOnce(&mut CellMaker) -> ExprId,
    ) -> Callee {
        let mut maker = CellMaker::new(name, parameters, result);
        let body = body(&mut maker);
        maker.cell.body = Body::Expr(body);
        self.module.cells.push(maker.cell);
        Callee::Here((self.module.cells.len() - 1) as u32)
    }

    /// Adds the constructor of a record.
    pub(crate) fn constructor(
        &mut self,
        (record, ty): (NominalId, Ty),
        parameters: &[(&str, Ty)],
        constraints: impl FnOnce(&mut CellMaker) -> Vec<Constraint>,
    ) -> Callee {
        let name = format!("{}.new", self.module.nominals[record.0 as usize].name);
        let mut maker = CellMaker::new(&name, parameters, ty);
        maker.cell.kind = CellKind::Constructor;
        let constraints = constraints(&mut maker);
        let errors = self.prelude(PreludeRecord::FieldError);
        let check = Cell {
            name: format!("{}.check", self.module.nominals[record.0 as usize].name),
            kind: CellKind::Check,
            result: self.list(errors),
            body: Body::Check {
                record,
                constraints: constraints.clone(),
            },
            ..maker.cell.clone()
        };
        self.module.cells.push(check);
        maker.cell.body = Body::Constructor {
            record,
            constraints,
            check: Callee::Here((self.module.cells.len() - 1) as u32),
            failure: self.prelude(PreludeRecord::ValidationError),
        };
        self.module.cells.push(maker.cell);
        Callee::Here((self.module.cells.len() - 1) as u32)
    }
}

/// A cell under construction. Every expression has a span of its own: its number.
pub(crate) struct CellMaker {
    pub(crate) cell: Cell,
    loops: u32,
}

impl CellMaker {
    fn new(name: &str, parameters: &[(&str, Ty)], result: Ty) -> CellMaker {
        let mut locals = Arena::default();
        let parameters = parameters
            .iter()
            .map(|(name, ty)| {
                locals.push(Local {
                    name: (*name).to_owned(),
                    ty: *ty,
                    mutable: false,
                    span: Span::default(),
                })
            })
            .collect();
        CellMaker {
            cell: Cell {
                generator: false,
                generics: Generics::default(),
                name: name.to_owned(),
                kind: CellKind::Declared,
                public: false,
                parameters,
                result,
                effects: Vec::new(),
                locals,
                exprs: Arena::default(),
                patterns: Arena::default(),
                body: Body::Check {
                    record: NominalId(0),
                    constraints: Vec::new(),
                },
                declaration: Span::default(),
            },
            loops: 0,
        }
    }

    pub(crate) fn parameter(&self, index: usize) -> LocalId {
        self.cell.parameters[index]
    }

    pub(crate) fn local(&mut self, name: &str, ty: Ty) -> LocalId {
        self.cell.locals.push(Local {
            name: name.to_owned(),
            ty,
            mutable: true,
            span: Span::default(),
        })
    }

    pub(crate) fn expr(&mut self, kind: ExprKind, ty: Ty) -> ExprId {
        let start = self.cell.exprs.len() as u32;
        let span = Span {
            fence: 0,
            start,
            end: start + 1,
        };
        self.cell.exprs.push(Expr { kind, ty, span })
    }

    pub(crate) fn pattern(&mut self, kind: PatternKind, ty: Ty) -> PatternId {
        self.cell.patterns.push(Pattern {
            kind,
            ty,
            span: Span::default(),
        })
    }

    pub(crate) fn loop_id(&mut self) -> LoopId {
        self.loops += 1;
        LoopId(self.loops - 1)
    }

    pub(crate) fn int(&mut self, value: i64) -> ExprId {
        self.expr(ExprKind::Int(value), INT)
    }

    pub(crate) fn string(&mut self, text: &str) -> ExprId {
        self.expr(ExprKind::String(text.to_owned()), STRING)
    }

    pub(crate) fn get(&mut self, local: LocalId) -> ExprId {
        let ty = self.cell.locals[local].ty;
        self.expr(ExprKind::Local(local), ty)
    }

    pub(crate) fn arithmetic(&mut self, operator: ArithmeticOp, left: ExprId, right: ExprId) -> ExprId {
        let ty = self.cell.exprs[left].ty;
        self.expr(ExprKind::Arithmetic(operator, left, right), ty)
    }

    pub(crate) fn compare(&mut self, operator: CompareOp, left: ExprId, right: ExprId) -> ExprId {
        self.expr(ExprKind::Compare(operator, left, right), BOOL)
    }

    pub(crate) fn call(&mut self, callee: Callee, ty: Ty, arguments: &[ExprId]) -> ExprId {
        let written = (0..).zip(arguments.iter().copied()).collect();
        let defaults = Vec::new();
        self.expr(
            ExprKind::Call {
                callee,
                written,
                defaults,
            },
            ty,
        )
    }

    pub(crate) fn intrinsic(&mut self, intrinsic: Intrinsic, ty: Ty, arguments: &[ExprId]) -> ExprId {
        let arguments = arguments.to_vec();
        self.expr(ExprKind::Intrinsic { intrinsic, arguments }, ty)
    }

    pub(crate) fn list(&mut self, ty: Ty, items: &[ExprId]) -> ExprId {
        let elements = items.iter().map(|&item| Element::Item(item)).collect();
        self.expr(ExprKind::List(elements), ty)
    }

    pub(crate) fn index(&mut self, of: ExprId, index: ExprId, ty: Ty) -> ExprId {
        self.expr(ExprKind::Index(of, index), ty)
    }

    pub(crate) fn block(&mut self, statements: Vec<Statement>, value: Option<ExprId>) -> ExprId {
        let ty = value.map_or(NULL, |value| self.cell.exprs[value].ty);
        self.expr(ExprKind::Block { statements, value }, ty)
    }

    pub(crate) fn if_else(
        &mut self,
        ty: Ty,
        condition: ExprId,
        then: ExprId,
        otherwise: Option<ExprId>,
    ) -> ExprId {
        self.expr(
            ExprKind::If {
                condition,
                then,
                otherwise,
            },
            ty,
        )
    }

    pub(crate) fn match_on(
        &mut self,
        ty: Ty,
        scrutinee: ExprId,
        arms: &[(PatternId, Option<ExprId>, ExprId)],
    ) -> ExprId {
        let arms = arms
            .iter()
            .map(|&(pattern, guard, body)| Arm { pattern, guard, body })
            .collect();
        self.expr(ExprKind::Match { scrutinee, arms }, ty)
    }

    pub(crate) fn bind(&mut self, local: LocalId) -> PatternId {
        let ty = self.cell.locals[local].ty;
        self.pattern(PatternKind::Bind(local, None), ty)
    }

    pub(crate) fn declare(&mut self, local: LocalId, value: ExprId) -> Statement {
        let pattern = self.bind(local);
        Statement::Let { pattern, value }
    }

    pub(crate) fn assign(&mut self, root: LocalId, steps: Vec<Step>, value: ExprId) -> Statement {
        let span = self.cell.exprs[value].span;
        Statement::Assign {
            root,
            steps,
            operator: None,
            value,
            span,
        }
    }

    /// `for local in iterable`.
    pub(crate) fn for_each(&mut self, local: LocalId, iterable: Iterable, body: ExprId) -> Statement {
        let pattern = self.bind(local);
        Statement::For {
            id: self.loop_id(),
            iterable,
            pattern,
            filter: None,
            body,
        }
    }
}

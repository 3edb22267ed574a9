//! Arguments of something generic: what type parameters stand for in one use is found from the expected type, then from
//! the arguments, and every mismatch says which argument decided.

use super::super::accept::Fit;
use super::super::body::{Body, Mode, Want};
use super::super::instances::Instance;
use super::super::parameters::Generics;
use super::super::types::{Type, Types};
use crate::diagnostic::{Code, Span};
use crate::hir::{self, Callee, Ty};
use crate::syntax::ast;

/// What the type parameters of something generic stand for in one use.
#[derive(Debug)]
pub(crate) struct Use {
    /// Them.
    pub(crate) generics: Generics,
    /// What they stand for: variables at first.
    pub(crate) arguments: Vec<Ty>,
    /// By type parameter: the argument that decided it.
    fixed: Vec<Option<Span>>,
    /// The declaration in a few words, for messages: `f[T](x: T) -> T`.
    pub(super) signature: String,
    span: Span,
}

/// A value for a parameter, field or payload.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seat {
    /// The type as declared, type parameters and all.
    pub(crate) declared: Ty,
    /// A place that explains it.
    pub(crate) because: Option<(Span, &'static str)>,
    /// The value if it was checked already.
    pub(crate) value: Option<hir::ExprId>,
    /// What it is or was made from.
    pub(crate) source: ast::ExprId,
}

impl Seat {
    fn want(&self, ty: Ty) -> Want {
        Want {
            ty,
            because: self.because.filter(|_| ty != Types::ERROR),
            returning: false,
        }
    }
}

impl Body<'_, '_> {
    /// A use whose type arguments are all still to be found.
    pub(crate) fn begin_use(&mut self, generics: &Generics, signature: String, span: Span) -> Use {
        let arguments = self.checker.fresh_arguments(generics, span);
        self.use_of(generics, arguments, signature, span)
    }

    /// A use with type arguments of which some may be known.
    pub(crate) fn use_of(
        &mut self,
        generics: &Generics,
        arguments: Vec<Ty>,
        signature: String,
        span: Span,
    ) -> Use {
        Use {
            generics: Generics::clone(generics),
            fixed: vec![None; arguments.len()],
            arguments,
            signature,
            span,
        }
    }

    /// A declared type as it is in this use.
    pub(crate) fn in_use(&mut self, ty: Ty, usage: &Use) -> Ty {
        let ty = self.checker.substitute(ty, &usage.arguments);
        self.checker.resolve(ty)
    }

    /// How the typed tree calls a cell in this use.
    pub(crate) fn callee_in_use(&mut self, cell: Callee, usage: &Use) -> Callee {
        self.checker.instantiate(Instance {
            cell,
            generics: Generics::clone(&usage.generics),
            arguments: usage.arguments.clone(),
            methods: Vec::new(),
            fixed: usage.fixed.clone(),
            span: usage.span,
            place: self.place.clone(),
            settled: false,
        })
    }

    /// Takes type arguments from what is expected of the whole.
    pub(crate) fn lean_on(&mut self, declared: Ty, usage: &Use, mode: Mode) {
        let result = self.in_use(declared, usage);
        let Some(hint) = mode.hint() else { return };
        let hint = self.checker.resolve(hint);
        if !self.checker.types.is_open(result) || matches!(hint, Types::ERROR | Types::NEVER) {
            return;
        }
        match (
            self.checker.types.get(result).clone(),
            self.checker.types.get(hint).clone(),
        ) {
            (_, Type::Variable(_)) => {}
            // A bare type parameter may stand for a member of a union, or for what `ok` is put around.
            (Type::Variable(_), Type::Union(_)) => {}
            (Type::Variable(_), Type::Result(..)) if returning(mode) => {}
            (Type::Variable(_), _) if matches!(mode, Mode::Check(_)) => {
                self.checker.unify(result, hint);
            }
            (Type::Union(_), Type::Union(_)) => {
                self.checker.unify(result, hint);
            }
            (_, Type::Result(ok, _))
                if returning(mode) && self.checker.types.differ_only_in_arguments(result, ok) =>
            {
                self.checker.unify(result, ok);
            }
            _ => {
                let members = self.checker.types.members(hint);
                let alike = members
                    .into_iter()
                    .find(|member| self.checker.types.differ_only_in_arguments(result, *member));
                if let Some(alike) = alike {
                    self.checker.unify(result, alike);
                }
            }
        }
    }

    /// What is still open when all arguments are known may be whatever is expected.
    pub(crate) fn lean_at_last(&mut self, declared: Ty, usage: &Use, mode: Mode) {
        let result = self.in_use(declared, usage);
        if let (Type::Variable(_), Mode::Check(want)) = (self.checker.types.get(result), mode) {
            self.checker.unify(result, want.ty);
        }
    }

    /// Checks the values of seats, in an order that finds the type arguments: first the seats whose type says more than
    /// the bare type parameter, then the bare ones, of which several may have a common type, then lambdas, whose
    /// parameters take their types from the others. Answers in the given order.
    pub(crate) fn fill(&mut self, seats: &[Seat], usage: &mut Use) -> Vec<hir::ExprId> {
        let mut values: Vec<Option<hir::ExprId>> = vec![None; seats.len()];
        for (index, seat) in seats.iter().enumerate() {
            if self.undecided(seat, usage).is_none() && !self.is_open_lambda(seat, usage) {
                values[index] = Some(self.fill_one(seat, usage));
            }
        }
        for index in 0..seats.len() {
            if values[index].is_none()
                && let Some(position) = self.undecided(&seats[index], usage)
            {
                self.fill_bare(position, seats, &mut values, usage);
            }
        }
        for (index, seat) in seats.iter().enumerate() {
            if values[index].is_none() {
                values[index] = Some(self.fill_one(seat, usage));
            }
        }
        values.into_iter().flatten().collect()
    }

    /// The type parameter that is all of the seat's type, if nothing has decided it yet.
    fn undecided(&mut self, seat: &Seat, usage: &Use) -> Option<usize> {
        let Type::Parameter(number) = *self.checker.types.get(seat.declared) else {
            return None;
        };
        let position = usage.generics.iter().position(|known| *known == number)?;
        let ty = self.checker.resolve(usage.arguments[position]);
        matches!(self.checker.types.get(ty), Type::Variable(_)).then_some(position)
    }

    /// Whether the seat's value is a lambda for a type that mentions type parameters.
    fn is_open_lambda(&self, seat: &Seat, usage: &Use) -> bool {
        !usage.generics.is_empty()
            && self.checker.types.is_generic(seat.declared)
            && matches!(
                self.checker.ast.exprs[seat.source].kind,
                ast::ExprKind::Lambda { .. }
            )
    }

    fn fill_one(&mut self, seat: &Seat, usage: &mut Use) -> hir::ExprId {
        let ty = self.in_use(seat.declared, usage);
        let before = self.checker.diagnostics.len();
        let want = seat.want(ty);
        let value = match seat.value {
            Some(value) => self.coerce(value, want, Some(seat.source)),
            None => self.expr(seat.source, Mode::Check(want)),
        };
        self.explain(before, seat, usage);
        self.note_fixed(seat, usage);
        value
    }

    /// All seats of a bare type parameter: it stands for the type that their values have in common.
    fn fill_bare(
        &mut self,
        position: usize,
        seats: &[Seat],
        values: &mut [Option<hir::ExprId>],
        usage: &mut Use,
    ) {
        let declared = self.checker.parameter_type(usage.generics[position]);
        let mut decided: Option<Ty> = None;
        for (index, seat) in seats.iter().enumerate() {
            if seat.declared != declared || values[index].is_some() {
                continue;
            }
            let value = match (seat.value, decided) {
                (Some(value), _) => value,
                (None, Some(decided)) => self.expr(seat.source, Mode::Hint(decided)),
                (None, None) => self.expr(seat.source, Mode::Infer),
            };
            let found = self.ty(value);
            values[index] = Some(value);
            let Some(known) = decided else {
                decided = Some(found);
                usage.fixed[position] = Some(self.exprs[value].span);
                continue;
            };
            match self.checker.common(known, found) {
                Some(common) => {
                    if common != known {
                        usage.fixed[position] = Some(self.exprs[value].span);
                    }
                    decided = Some(common);
                }
                None => {
                    self.checker.unify(usage.arguments[position], known);
                    let before = self.checker.diagnostics.len();
                    let span = self.exprs[value].span;
                    values[index] = Some(self.mismatch(found, seat.want(known), span, Some(seat.source)));
                    self.explain(before, seat, usage);
                }
            }
        }
        let Some(decided) = decided else { return };
        self.checker.unify(usage.arguments[position], decided);
        for (index, seat) in seats.iter().enumerate() {
            if seat.declared == declared
                && let Some(value) = values[index]
            {
                let ty = self.ty(value);
                if self.checker.fit(ty, decided) != Fit::No {
                    values[index] = Some(self.coerce(value, Want::of(decided), None));
                }
            }
        }
    }

    /// Remembers which type parameters a seat decided.
    fn note_fixed(&mut self, seat: &Seat, usage: &mut Use) {
        for position in 0..usage.arguments.len() {
            if usage.fixed[position].is_some() {
                continue;
            }
            let ty = self.checker.resolve_deep(usage.arguments[position]);
            let mentions = |body: &Self| {
                body.checker
                    .parameters_in(seat.declared)
                    .contains(&usage.generics[position])
            };
            if !self.checker.types.is_open(ty) && mentions(self) {
                usage.fixed[position] = Some(self.checker.ast.exprs[seat.source].span);
            }
        }
    }

    /// Adds to a mismatch at the seat's value what its type parameters stand for, and where that was decided.
    fn explain(&mut self, before: usize, seat: &Seat, usage: &Use) {
        let span = self.checker.ast.exprs[seat.source].span;
        let is_mismatch = matches!(
            &self.checker.diagnostics[before..],
            [only] if only.code == Code::E0012 && only.span == span
        );
        if !is_mismatch || !self.checker.types.is_generic(seat.declared) {
            return;
        }
        let mut meanings = Vec::new();
        let mut places = Vec::new();
        for number in self.checker.parameters_in(seat.declared) {
            let Some(position) = usage.generics.iter().position(|known| *known == number) else {
                continue;
            };
            let shown = self.checker.show(usage.arguments[position]);
            let name = self.checker.type_parameter(number).name.to_string();
            if let Some(fixed) = usage.fixed[position].filter(|fixed| *fixed != span) {
                places.push((fixed, format!("`{name}` is {shown} because of this")));
            }
            meanings.push(format!("`{name}` is {shown}"));
        }
        let Some(diagnostic) = self.checker.diagnostics.last_mut() else {
            return;
        };
        diagnostic
            .related
            .retain(|label| !places.iter().any(|(place, _)| *place == label.span));
        for (place, text) in places {
            diagnostic
                .related
                .push(crate::diagnostic::Label { span: place, text });
        }
        diagnostic
            .help
            .push(format!("in `{}`, {}", usage.signature, meanings.join(", ")).into());
    }
}

/// Whether a value may stand for `ok(value)`.
fn returning(mode: Mode) -> bool {
    matches!(mode, Mode::Check(Want { returning: true, .. }))
}

//! The state of checking one module, and the small questions that every part of the checker asks it.

use super::definition::{
    AliasInfo, CellId, CellInfo, ConstId, ConstInfo, Definition, Layout, NominalInfo, ResultType, Source,
};
use super::deprecated::Deprecations;
use super::impls::{DeclaredImpl, Head, ImplId, ImplInfo};
use super::instances::Instance;
use super::parameters::{Generics, TypeParameter, TypeScope};
use super::recorder::{ModuleRef, Recorder};
use super::request::{Test, Unresolved};
use super::scope::ModuleScope;
use super::traits::{TraitId, TraitInfo};
use super::types::{Type, Types};
use super::variables::{Unknown, Variables};
use crate::diagnostic::{Diagnostic, Severity, Span};
use crate::hir::{self, NominalId, Ty};
use crate::syntax::ast::Ast;
use crate::syntax::name::Name;
use lumen_vm::lir::ModuleId;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// Everything known about the module under check.
pub(crate) struct Checker<'a> {
    /// Its syntax tree.
    pub(crate) ast: &'a Ast,
    /// Its logical name.
    pub(crate) id: &'a ModuleId,
    /// Types.
    pub(crate) types: Types,
    /// Type parameters of all declarations.
    pub(crate) type_parameters: Vec<TypeParameter>,
    /// Those in scope.
    pub(crate) type_scope: TypeScope,
    /// Which types have equality, as far as somebody asked.
    pub(crate) equality: FxHashMap<Ty, super::class::Membership>,
    /// What the variables of the item of another module that is being entered are.
    pub(crate) import_arguments: Vec<Ty>,
    /// Types not known yet.
    pub(crate) variables: Variables,
    /// Other modules.
    pub(crate) recorder: Recorder<'a>,
    /// Findings so far, in the order of finding.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Top-level names.
    pub(crate) scope: ModuleScope,
    /// Cells.
    pub(crate) cells: Vec<CellInfo<'a>>,
    /// Records and enums.
    pub(crate) nominals: Vec<NominalInfo>,
    /// Numbers of records and enums of other modules.
    pub(crate) foreign_nominals: FxHashMap<(ModuleId, Rc<str>), NominalId>,
    /// Items of other modules that were entered into the tables.
    pub(crate) foreign_definitions: FxHashMap<(ModuleRef, String), Definition>,
    /// Constants.
    pub(crate) constants: Vec<ConstInfo>,
    /// Aliases.
    pub(crate) aliases: Vec<AliasInfo>,
    /// What each item declares, beside [`Ast::items`]; `Broken` for reported ones.
    pub(crate) items: Vec<Definition>,
    /// Cells of the typed module by slot.
    pub(crate) slots: Vec<Option<hir::Cell>>,
    /// Imported cells of the typed module.
    pub(crate) imported_cells: Vec<hir::ImportedCell>,
    /// Their numbers by module and name.
    pub(crate) imported_numbers: FxHashMap<(ModuleRef, String), u32>,
    /// What is deprecated, own and imported alike.
    pub(crate) deprecations: Deprecations,
    /// Traits.
    pub(crate) traits: Vec<TraitInfo>,
    /// Impls.
    pub(crate) impl_table: Vec<ImplInfo>,
    /// The impl for a trait and a type; none if somebody looked and there is none.
    pub(crate) impls: FxHashMap<(TraitId, Head), Option<ImplId>>,
    /// Impls of this module.
    pub(crate) declared_impls: Vec<DeclaredImpl>,
    /// Positions of impls among the items, with the first of their slots.
    pub(crate) impl_slots: Vec<(usize, u32)>,
    /// How the names of their cells begin.
    pub(crate) impl_prefixes: rustc_hash::FxHashSet<String>,
    /// Cells inside enums of this module.
    pub(crate) enum_methods: FxHashMap<(NominalId, Rc<str>), CellId>,
    /// By item: the cells inside it.
    pub(crate) item_methods: FxHashMap<usize, Vec<CellId>>,
    /// Uses of generic cells.
    pub(crate) instances: Vec<Instance>,
    /// Type arguments as written, whose bounds are checked when all is known.
    pub(crate) written_arguments: Vec<super::bounds::WrittenArgument>,
    /// Tests.
    pub(crate) tests: Vec<Test>,
    /// The parser has reported errors.
    pub(crate) has_syntax_errors: bool,
    /// Something of another module is broken, which is said there: what it is used for is no error here, and cannot be
    /// lowered.
    pub(crate) leans_on_broken: bool,
    /// What becomes of names that nothing declares.
    pub(crate) unresolved: Unresolved,
    /// Constants whose values are being checked, innermost last.
    pub(crate) constants_under_way: Vec<ConstId>,
    /// How many bodies are being checked inside one another, to infer results.
    pub(crate) inference_depth: u32,
}

impl<'a> Checker<'a> {
    /// Nothing known yet.
    pub(crate) fn new(request: &super::Request<'a>) -> Checker<'a> {
        Checker {
            ast: request.ast,
            id: request.id,
            types: Types::new(),
            type_parameters: Vec::new(),
            type_scope: TypeScope::default(),
            equality: FxHashMap::default(),
            import_arguments: Vec::new(),
            variables: Variables::default(),
            recorder: Recorder::new(request.environment),
            diagnostics: Vec::new(),
            scope: ModuleScope::default(),
            cells: Vec::new(),
            nominals: Vec::new(),
            foreign_nominals: FxHashMap::default(),
            foreign_definitions: FxHashMap::default(),
            constants: Vec::new(),
            aliases: Vec::new(),
            items: Vec::new(),
            slots: Vec::new(),
            imported_cells: Vec::new(),
            imported_numbers: FxHashMap::default(),
            deprecations: Deprecations::default(),
            traits: Vec::new(),
            impl_table: Vec::new(),
            impls: FxHashMap::default(),
            declared_impls: Vec::new(),
            impl_slots: Vec::new(),
            impl_prefixes: rustc_hash::FxHashSet::default(),
            enum_methods: FxHashMap::default(),
            item_methods: FxHashMap::default(),
            instances: Vec::new(),
            written_arguments: Vec::new(),
            tests: Vec::new(),
            has_syntax_errors: request.syntax_errors,
            leans_on_broken: false,
            unresolved: request.unresolved,
            constants_under_way: Vec::new(),
            inference_depth: 0,
        }
    }

    /// The text of a name.
    pub(crate) fn text(&self, name: Name) -> &'a str {
        self.ast.names.text(name)
    }

    /// Notes a finding.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Notes that a name leads nowhere, unless that is allowed.
    pub(crate) fn report_unresolved(&mut self, diagnostic: Diagnostic) {
        match self.unresolved {
            Unresolved::Reported => self.report(diagnostic),
            Unresolved::Allowed => self.leans_on_broken = true,
        }
    }

    /// Whether any error was found.
    pub(crate) fn has_errors(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// A new variable.
    pub(crate) fn fresh(&mut self, what: Unknown, span: Span) -> Ty {
        self.variables.fresh(&mut self.types, what, span)
    }

    /// The type with variables at its head followed.
    pub(crate) fn resolve(&mut self, ty: Ty) -> Ty {
        self.variables.resolve(&mut self.types, ty)
    }

    /// The type with all variables followed.
    pub(crate) fn resolve_deep(&mut self, ty: Ty) -> Ty {
        self.variables.resolve_deep(&mut self.types, ty)
    }

    /// The form of a type, variables at its head followed.
    pub(crate) fn form(&mut self, ty: Ty) -> Type {
        let ty = self.resolve(ty);
        self.types.get(ty).clone()
    }

    /// Makes two types equal, if that is possible.
    pub(crate) fn unify(&mut self, a: Ty, b: Ty) -> bool {
        self.variables.unify(&mut self.types, a, b)
    }

    /// Excuses open variables of a type that an error touched.
    pub(crate) fn poison(&mut self, ty: Ty) {
        self.variables.poison(&mut self.types, ty);
    }

    /// A record or enum.
    pub(crate) fn nominal(&self, nominal: NominalId) -> &NominalInfo {
        &self.nominals[nominal.0 as usize]
    }

    /// The shape of a record or enum; looking at one of another module consults it.
    pub(crate) fn layout(&mut self, nominal: NominalId) -> Rc<Layout> {
        if let Some(layout) = &self.nominal(nominal).layout {
            return Rc::clone(layout);
        }
        let layout = Rc::new(self.load_layout(nominal));
        self.nominals[nominal.0 as usize].layout = Some(Rc::clone(&layout));
        layout
    }

    /// The type parameters of a record or enum.
    pub(crate) fn nominal_generics(&mut self, nominal: NominalId) -> Generics {
        if self.nominal(nominal).generics.is_none() {
            self.layout(nominal);
        }
        self.nominal(nominal).generics.clone().unwrap_or_default()
    }

    /// The type of a record or enum where its own type parameters are in scope.
    pub(crate) fn own_type(&mut self, nominal: NominalId) -> Ty {
        let generics = self.nominal_generics(nominal);
        let arguments = self.own_arguments(&generics);
        self.types.intern(Type::Nominal(nominal, arguments.into()))
    }

    /// The type of a record or enum in one use, its type arguments still to be found.
    pub(crate) fn open_type(&mut self, nominal: NominalId, span: Span) -> Ty {
        let generics = self.nominal_generics(nominal);
        let arguments = self.fresh_arguments(&generics, span);
        self.types.intern(Type::Nominal(nominal, arguments.into()))
    }

    /// The member of a type that is of the record or enum; if none is, one whose type arguments are still to be found.
    pub(crate) fn member_of(&mut self, ty: Ty, nominal: NominalId, span: Span) -> Ty {
        let ty = self.resolve(ty);
        let found =
            self.types.members(ty).into_iter().find(
                |member| matches!(self.types.get(*member), Type::Nominal(other, _) if *other == nominal),
            );
        match found {
            Some(member) => member,
            None => self.open_type(nominal, span),
        }
    }

    /// The type arguments of a record or enum.
    pub(crate) fn type_arguments(&self, ty: Ty) -> Vec<Ty> {
        match self.types.get(ty) {
            Type::Nominal(_, arguments) => arguments.to_vec(),
            _ => Vec::new(),
        }
    }

    /// A cell.
    pub(crate) fn cell(&self, cell: CellId) -> &CellInfo<'a> {
        &self.cells[cell.0 as usize]
    }

    /// A constant.
    pub(crate) fn constant(&self, constant: ConstId) -> &ConstInfo {
        &self.constants[constant.0 as usize]
    }

    /// The cell's type of value if it is known by now.
    pub(crate) fn known_result(&self, cell: CellId) -> Option<Ty> {
        match self.cell(cell).result {
            ResultType::Known(ty) => Some(ty),
            ResultType::Unknown | ResultType::InProgress => None,
        }
    }

    /// How the typed tree names a cell; of a generic one, uses are instances.
    pub(crate) fn callee(&mut self, cell: CellId) -> hir::Callee {
        let info = self.cell(cell);
        let module = match info.source {
            Source::Own { slot, .. } => return hir::Callee::Here(slot),
            Source::Imported(module) => module,
        };
        let (name, generics) = (info.name.to_string(), Rc::clone(&info.generics));
        let parameters = info.parameters.iter().map(|parameter| parameter.ty).collect();
        let result = self.known_result(cell).unwrap_or(Types::ERROR);
        self.imported_callee(module, name, &generics, parameters, result)
    }

    /// How the typed tree calls the cell that computes a default argument.
    pub(crate) fn argument_default(&mut self, cell: CellId, position: usize) -> hir::Callee {
        let info = self.cell(cell);
        let parameter = &info.parameters[position];
        let module = match info.source {
            Source::Own { slot, .. } => return hir::Callee::Here(slot + parameter.default),
            Source::Imported(module) => module,
        };
        let name = format!("{}.default.{}", info.name, parameter.name);
        let (result, generics) = (parameter.ty, Rc::clone(&info.generics));
        let parameters = info.parameters[..position]
            .iter()
            .map(|parameter| parameter.ty)
            .collect();
        self.imported_callee(module, name, &generics, parameters, result)
    }

    /// How the typed tree calls the cell that computes a default of a field.
    pub(crate) fn field_default(&mut self, record: NominalId, position: usize) -> hir::Callee {
        let layout = self.layout(record);
        let Layout::Record { fields, .. } = &*layout else {
            unreachable!("only records have fields")
        };
        let info = self.nominal(record);
        let Some(module) = info.module.clone() else {
            return hir::Callee::Here(info.slot + fields[position].default - 1);
        };
        let name = format!("{}.default.{}", info.name, fields[position].name);
        let module = self.recorder.module(&module).expect("its layout is known");
        let parameters = fields[..position].iter().map(|field| field.ty).collect();
        let generics = self.nominal_generics(record);
        self.imported_callee(module, name, &generics, parameters, fields[position].ty)
    }

    /// How the typed tree calls the constructor of a record, if it has constraints.
    pub(crate) fn constructor(&mut self, record: NominalId) -> Option<hir::Callee> {
        let layout = self.layout(record);
        let Layout::Record {
            fields,
            constrained: true,
        } = &*layout
        else {
            return None;
        };
        let info = self.nominal(record);
        let Some(module) = info.module.clone() else {
            return Some(hir::Callee::Here(info.slot));
        };
        let name = format!("{}.new", info.name);
        let module = self.recorder.module(&module).expect("its layout is known");
        let parameters = fields.iter().map(|field| field.ty).collect();
        let (result, generics) = (self.own_type(record), self.nominal_generics(record));
        Some(self.imported_callee(module, name, &generics, parameters, result))
    }

    /// How the typed tree calls the cell that yields a constant.
    pub(crate) fn constant_callee(&mut self, constant: ConstId) -> hir::Callee {
        let info = self.constant(constant);
        match info.source {
            Source::Own { slot, .. } => hir::Callee::Here(slot),
            Source::Imported(module) => {
                let (name, ty) = (info.name.to_string(), info.ty.unwrap_or(Types::ERROR));
                self.imported_callee(module, name, &Generics::default(), Vec::new(), ty)
            }
        }
    }

    fn imported_callee(
        &mut self,
        module: ModuleRef,
        name: String,
        generics: &Generics,
        parameters: Vec<Ty>,
        result: Ty,
    ) -> hir::Callee {
        let key = (module, name);
        if let Some(number) = self.imported_numbers.get(&key) {
            return hir::Callee::Imported(*number);
        }
        let generics = self.hir_generics(generics);
        let number = u32::try_from(self.imported_cells.len()).expect("fewer than 2^32 imported cells");
        self.imported_cells.push(hir::ImportedCell {
            module: self.recorder.id(module).clone(),
            name: key.1.clone(),
            generics,
            parameters,
            result,
            effects: Vec::new(),
        });
        self.imported_numbers.insert(key, number);
        hir::Callee::Imported(number)
    }
}

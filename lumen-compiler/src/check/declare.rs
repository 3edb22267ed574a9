//! The first pass over the declarations: names into scope, numbers to what the typed module will hold, and E0060 for
//! kinds that are not built yet.

use super::context::Checker;
use super::definition::{
    AliasInfo, CellId, CellInfo, ConstInfo, Definition, Layout, NominalInfo, ParameterInfo, ResultType,
    Source,
};
use super::impls::{DeclaredImpl, bare_arguments, last_name};
use super::messages::{e0011, e0060, w0004};
use super::parameters::Generics;
use super::recorder::ModuleRef;
use super::scope::{Binding, VariantRef};
use crate::diagnostic::Span;
use crate::hir::NominalId;
use crate::syntax::ast::{self, Ident, Item, ItemKind};
use rustc_hash::FxHashMap;
use std::rc::Rc;

impl<'a> Checker<'a> {
    /// Declares all items, and the host of a snippet below them.
    pub(crate) fn declare_items(&mut self, host: Option<ModuleRef>) {
        let ast = self.ast;
        for (position, item) in ast.items.iter().enumerate() {
            let definition = self.declare_item(position, item);
            self.items.push(definition);
        }
        self.declare_variants();
        if let Some(host) = host {
            self.scope.set_host(host);
        }
        self.declare_impls();
    }

    fn declare_item(&mut self, position: usize, item: &'a Item) -> Definition {
        match &item.kind {
            ItemKind::Cell(cell) => self.declare_cell(position, cell),
            ItemKind::Record(record) => {
                self.lint_type_name(record.name, "record");
                if record.faulty {
                    return self.declare_broken(record.name);
                }
                let constrained = record.fields.iter().any(|field| field.constraint.is_some());
                let defaults = record
                    .fields
                    .iter()
                    .filter(|field| field.default.is_some())
                    .count();
                let slot = self.reserve_slots(usize::from(constrained) + defaults);
                let nominal = self.declare_nominal(record.name, "record", &record.generics, slot);
                self.bind(record.name, Definition::Nominal(nominal))
            }
            ItemKind::Enum(declared) => self.declare_enum(position, declared),
            ItemKind::Alias { name, generics, ty } => {
                self.lint_type_name(*name, "type");
                let text = self.text(name.name);
                let owner = format!("type `{text}`");
                let info = AliasInfo {
                    name: text.into(),
                    generics: self.declare_generics(&Generics::default(), generics, &owner),
                    written: Some(*ty),
                    ty: None,
                    span: Some(name.span),
                };
                let alias = self.add_alias(info);
                self.bind(*name, Definition::Alias(alias))
            }
            ItemKind::Const { name, value, .. } => {
                self.lint_constant_name(*name);
                let slot = self.reserve_slots(1);
                let info = ConstInfo {
                    name: self.text(name.name).into(),
                    source: Source::Own {
                        declaration: *value,
                        item: position,
                        slot,
                    },
                    ty: None,
                };
                let constant = self.add_constant(info);
                self.bind(*name, Definition::Const(constant))
            }
            ItemKind::Trait { name, generics, .. } => {
                self.lint_type_name(*name, "trait");
                if let Some(first) = generics.first() {
                    self.report(e0060::not_supported(first.name.span, "generic traits are"));
                    return self.declare_broken(*name);
                }
                let of = self.add_trait(None, self.text(name.name).into(), Some(name.span));
                self.bind(*name, Definition::Trait(of))
            }
            // Its cells follow when all names are known, since its type's arguments may be names of nothing else.
            ItemKind::Impl { cells, .. } => {
                let slots = cells.iter().map(slots_of).sum();
                let slot = self.reserve_slots(slots);
                self.impl_slots.push((position, slot));
                Definition::Broken
            }
            // The parser has said that it is not supported yet.
            ItemKind::Reserved { name, .. } => {
                name.map_or(Definition::Broken, |name| self.declare_broken(name))
            }
        }
    }

    fn declare_cell(&mut self, position: usize, cell: &'a ast::Cell) -> Definition {
        let slot = self.reserve_slots(slots_of(cell));
        let name = self.text(cell.name.name).to_owned();
        match self.new_cell(position, cell, &name, &Generics::default(), slot) {
            Some(id) => self.bind(cell.name, Definition::Cell(id)),
            None => self.declare_broken(cell.name),
        }
    }

    /// Enters a cell under its full name, `Enum.method` for one inside an enum; none if it is of a kind that is not built.
    fn new_cell(
        &mut self,
        position: usize,
        cell: &'a ast::Cell,
        name: &str,
        outer: &Generics,
        slot: u32,
    ) -> Option<CellId> {
        if let Some(diagnostic) = e0060::cell_form(cell) {
            self.report(diagnostic);
            return None;
        }
        self.lint_cell_name(cell.name);
        let mut next_default = 0;
        let mut parameters: Vec<ParameterInfo> = Vec::with_capacity(cell.parameters.len());
        for parameter in &cell.parameters {
            let default = match parameter.default {
                Some(_) => {
                    next_default += 1;
                    next_default
                }
                None => 0,
            };
            let name: Rc<str> = self.text(parameter.name.name).into();
            // The types follow once all names are known.
            let ty = super::types::Types::ERROR;
            parameters.push(ParameterInfo {
                name,
                ty,
                default,
                span: Some(parameter.name.span),
            });
        }
        let generics = self.declare_generics(outer, &cell.generics, &format!("cell `{name}`"));
        let info = CellInfo {
            name: name.into(),
            generics,
            self_type: None,
            source: Source::Own {
                declaration: cell,
                item: position,
                slot,
            },
            parameters: parameters.into(),
            result: ResultType::Unknown,
            span: Some(cell.name.span),
        };
        Some(self.add_cell(info))
    }

    fn declare_enum(&mut self, position: usize, declared: &'a ast::Enum) -> Definition {
        self.lint_type_name(declared.name, "enum");
        let nominal = self.declare_nominal(declared.name, "enum", &declared.generics, 0);
        let generics = self.nominal_generics(nominal);
        let owner = self.text(declared.name.name);
        let self_type = self.own_type(nominal);
        let mut cells = Vec::with_capacity(declared.methods.len());
        for method in &declared.methods {
            let text = self.text(method.name.name);
            let slot = self.reserve_slots(slots_of(method));
            let Some(cell) = self.new_cell(position, method, &format!("{owner}.{text}"), &generics, slot)
            else {
                continue;
            };
            self.cells[cell.0 as usize].self_type = Some(self_type);
            cells.push(cell);
            match self.enum_methods.entry((nominal, text.into())) {
                std::collections::hash_map::Entry::Vacant(entry) => {
                    entry.insert(cell);
                }
                std::collections::hash_map::Entry::Occupied(entry) => {
                    let first = self.cells[entry.get().0 as usize].span;
                    self.report_duplicate(method.name, "method", first.unwrap_or(method.name.span));
                }
            }
        }
        self.item_methods.insert(position, cells);
        self.bind(declared.name, Definition::Nominal(nominal))
    }

    /// Enters the cells of impls.
    fn declare_impls(&mut self) {
        let ast = self.ast;
        for (position, first) in std::mem::take(&mut self.impl_slots) {
            let ItemKind::Impl {
                generics: written,
                trait_name,
                target,
                cells,
            } = &ast.items[position].kind
            else {
                continue;
            };
            let (trait_text, target_text) = (last_name(ast, *trait_name), last_name(ast, *target));
            let owner = format!("the impl of `{trait_text}` for `{target_text}`");
            let generics = if written.is_empty() {
                let implied: Vec<ast::Generic> = bare_arguments(ast, *target)
                    .into_iter()
                    .filter(|name| !self.means_a_type(*name))
                    .map(|name| ast::Generic {
                        name,
                        bounds: Vec::new(),
                    })
                    .collect();
                self.declare_generics(&Generics::default(), &implied, &owner)
            } else {
                self.declare_generics(&Generics::default(), written, &owner)
            };
            let prefix = self.impl_prefix(trait_text, target_text);
            let mut slot = first;
            let mut entered = Vec::with_capacity(cells.len());
            let mut names = FxHashMap::default();
            for cell in cells {
                self.report_repeated(&mut names, cell.name, "method");
                let name = format!("{prefix}.{}", self.text(cell.name.name));
                entered.extend(self.new_cell(position, cell, &name, &generics, slot));
                slot += slots_of(cell) as u32;
            }
            self.item_methods.insert(position, entered.clone());
            self.declared_impls.push(DeclaredImpl {
                item: position,
                generics,
                cells: entered,
                known: None,
            });
        }
    }

    /// `Trait.Type`, unlike that of any other impl of this module: traits of two modules may have one name.
    fn impl_prefix(&mut self, of: &str, target: &str) -> String {
        let plain = format!("{of}.{target}");
        let mut prefix = plain.clone();
        let mut count = 1;
        while !self.impl_prefixes.insert(prefix.clone()) {
            count += 1;
            prefix = format!("{plain}.{count}");
        }
        prefix
    }

    /// Whether a name is that of a type, declared, imported or of the language.
    fn means_a_type(&mut self, name: Ident) -> bool {
        super::annotation::is_builtin_type(self.text(name.name))
            || self.lookup(name.name, name.span).is_some()
    }

    /// Variants come after all names, since one that equals a name is E0011 whichever stands first.
    fn declare_variants(&mut self) {
        let ast = self.ast;
        for (position, item) in ast.items.iter().enumerate() {
            let (ItemKind::Enum(declared), Definition::Nominal(nominal)) = (&item.kind, self.items[position])
            else {
                continue;
            };
            for (variant, written) in declared.variants.iter().enumerate() {
                self.lint_type_name(written.name, "variant");
                let name = written.name;
                match self.scope.declared(name.name) {
                    Some(other) if other.import.is_none() => {
                        self.report_duplicate(name, "variant", other.span);
                    }
                    _ => {
                        let variant = VariantRef {
                            nominal,
                            variant: variant as u32,
                        };
                        self.scope.add_variant(name.name, variant, None);
                    }
                }
            }
        }
    }

    fn declare_nominal(
        &mut self,
        name: Ident,
        what: &str,
        generics: &[ast::Generic],
        slot: u32,
    ) -> NominalId {
        let text = self.text(name.name);
        let generics = self.declare_generics(&Generics::default(), generics, &format!("{what} `{text}`"));
        self.add_nominal(NominalInfo {
            module: None,
            name: text.into(),
            generics: Some(generics),
            layout: None,
            slot,
            span: Some(name.span),
        })
    }

    /// Binds a declared name; the second of two equal ones is E0011, and only the first can be named.
    fn bind(&mut self, name: Ident, definition: Definition) -> Definition {
        let binding = Binding {
            definition,
            span: name.span,
            import: None,
        };
        if let Some(other) = self.scope.declare(name.name, binding) {
            self.scope.use_import(other.import);
            self.report_duplicate(name, "declaration", other.span);
        }
        definition
    }

    fn declare_broken(&mut self, name: Ident) -> Definition {
        self.bind(name, Definition::Broken)
    }

    fn report_duplicate(&mut self, name: Ident, what: &str, other: Span) {
        let (first, second) = if other <= name.span {
            (other, name.span)
        } else {
            (name.span, other)
        };
        self.report(e0011::duplicate(second, what, self.text(name.name), first));
    }

    /// Reserves consecutive slots for cells of the typed module; the first one.
    pub(crate) fn reserve_slots(&mut self, count: usize) -> u32 {
        let first = u32::try_from(self.slots.len()).expect("fewer than 2^32 cells");
        self.slots.resize_with(self.slots.len() + count, || None);
        first
    }

    pub(crate) fn lint_type_name(&mut self, name: Ident, what: &str) {
        let text = self.text(name.name);
        let is_pascal = text
            .trim_start_matches('_')
            .starts_with(|first: char| first.is_ascii_uppercase())
            && !text.trim_matches('_').contains('_');
        if !is_pascal {
            self.report(w0004::pascal_case(name.span, what, text));
        }
    }

    pub(crate) fn lint_cell_name(&mut self, name: Ident) {
        let text = self.text(name.name);
        if text.contains(|letter: char| letter.is_ascii_uppercase()) {
            self.report(w0004::snake_case(name.span, "cell", text));
        }
    }

    fn lint_constant_name(&mut self, name: Ident) {
        let text = self.text(name.name);
        if !text
            .trim_start_matches('_')
            .starts_with(|first: char| first.is_ascii_uppercase())
        {
            self.report(w0004::constant(name.span, text));
        }
    }

    /// The shape of a record or enum of this module was worked out.
    pub(crate) fn set_layout(&mut self, nominal: NominalId, layout: Layout) {
        self.nominals[nominal.0 as usize].layout = Some(Rc::new(layout));
    }
}

/// How many slots a cell takes: its own and one for each default.
fn slots_of(cell: &ast::Cell) -> usize {
    let defaults = cell
        .parameters
        .iter()
        .filter(|parameter| parameter.default.is_some());
    1 + defaults.count()
}

//! Top-level names: declarations and imports by name, `*` imports and the host of a snippet below them, builtins (which
//! are not here) below all.

use super::context::Checker;
use super::definition::{Definition, Layout};
use super::familiar::{familiar, familiar_type};
use super::messages::{e0010, w0002};
use super::recorder::ModuleRef;
use super::traits::TraitId;
use crate::diagnostic::{Span, closest};
use crate::hir::NominalId;
use crate::syntax::ast::{ImportNames, ImportedName};
use crate::syntax::name::Name;
use rustc_hash::{FxHashMap, FxHashSet};

/// For how many unknown names of a module a near one is looked for: each is compared with all others.
const MAX_SUGGESTIONS: u32 = 100;

/// A name with what it stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Binding {
    /// What it stands for.
    pub(crate) definition: Definition,
    /// Where it was declared or imported.
    pub(crate) span: Span,
    /// The import that brought it.
    pub(crate) import: Option<ImportId>,
}

/// Index of an import, for W0002.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ImportId(u32);

/// A variant that can be named bare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct VariantRef {
    /// Its enum.
    pub(crate) nominal: NominalId,
    /// Its position.
    pub(crate) variant: u32,
}

#[derive(Clone, Debug)]
struct ImportUse {
    span: Span,
    name: String,
    used: bool,
}

#[derive(Clone, Copy, Debug)]
struct Star {
    module: ModuleRef,
    import: Option<ImportId>,
}

/// All top-level names.
#[derive(Debug, Default)]
pub(crate) struct ModuleScope {
    names: FxHashMap<Name, Binding>,
    variants: FxHashMap<Name, Vec<(VariantRef, Option<ImportId>)>>,
    imports: Vec<ImportUse>,
    /// `*` imports, and the host as the last one: names are looked up in them when they are met.
    stars: Vec<Star>,
    host: Option<ModuleRef>,
    star_names: FxHashMap<Name, Option<(Definition, Option<ImportId>)>>,
    star_variants_known: bool,
    /// How many times somebody looked for a near name.
    suggestions: u32,
    /// Traits of `*` imports and of the host.
    star_traits: Vec<TraitId>,
    /// All traits that can be named, once somebody asked.
    traits: Option<Vec<TraitId>>,
    /// A module could not be read, so that any unknown name may be one of its.
    pub(crate) has_unknown_names: bool,
    /// Something that may be an enum was reported, so that an unknown capital name may be a variant of it.
    pub(crate) has_unknown_variants: bool,
}

impl ModuleScope {
    /// A new import for W0002.
    pub(crate) fn add_import(&mut self, span: Span, name: String) -> ImportId {
        let number = u32::try_from(self.imports.len()).expect("fewer than 2^32 imports");
        self.imports.push(ImportUse {
            span,
            name,
            used: false,
        });
        ImportId(number)
    }

    /// Marks an import as used.
    pub(crate) fn use_import(&mut self, import: Option<ImportId>) {
        if let Some(ImportId(number)) = import {
            self.imports[number as usize].used = true;
        }
    }

    /// Binds a name; if it is bound already, that binding stays and is returned.
    pub(crate) fn declare(&mut self, name: Name, binding: Binding) -> Option<Binding> {
        match self.names.entry(name) {
            std::collections::hash_map::Entry::Occupied(entry) => Some(*entry.get()),
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(binding);
                None
            }
        }
    }

    /// Takes back the binding of an import that led nowhere, in favour of one that leads somewhere.
    pub(crate) fn forget_broken_import(&mut self, name: Name) {
        if let Some(Binding {
            definition: Definition::Broken,
            import: Some(_),
            ..
        }) = self.names.get(&name)
        {
            self.names.remove(&name);
        }
    }

    /// The binding of a declared or imported name.
    pub(crate) fn declared(&self, name: Name) -> Option<Binding> {
        self.names.get(&name).copied()
    }

    /// Makes a variant nameable.
    pub(crate) fn add_variant(&mut self, name: Name, variant: VariantRef, import: Option<ImportId>) {
        let known = self.variants.entry(name).or_default();
        if !known.iter().any(|(other, _)| *other == variant) {
            known.push((variant, import));
        }
    }

    /// Everything that a module shows, below declared names.
    pub(crate) fn add_star(&mut self, module: ModuleRef, import: ImportId) {
        self.stars.push(Star {
            module,
            import: Some(import),
        });
    }

    /// The same for an import of a snippet's document.
    pub(crate) fn add_inherited_star(&mut self, module: ModuleRef) {
        self.stars.push(Star { module, import: None });
    }

    /// The document that a snippet stands in, below its imports.
    pub(crate) fn set_host(&mut self, module: ModuleRef) {
        self.host = Some(module);
    }

    /// Declared and imported names, in no order.
    fn declared_names(&self) -> impl Iterator<Item = (Name, Definition)> {
        self.names
            .iter()
            .map(|(name, binding)| (*name, binding.definition))
    }
}

impl Checker<'_> {
    /// What a top-level name that is used at `span` stands for.
    pub(crate) fn lookup(&mut self, name: Name, span: Span) -> Option<Definition> {
        let found = self.find_name(name, span);
        if let Some(definition) = found {
            self.warn_if_deprecated(definition, name, span);
        }
        found
    }

    fn find_name(&mut self, name: Name, span: Span) -> Option<Definition> {
        if let Some(binding) = self.scope.declared(name) {
            self.scope.use_import(binding.import);
            return Some(binding.definition);
        }
        if self.scope.stars.is_empty() && self.scope.host.is_none() {
            return self.prelude_definition(name);
        }
        let known = match self.scope.star_names.get(&name) {
            Some(known) => *known,
            None => {
                let found = self.lookup_in_stars(name, span);
                self.scope.star_names.insert(name, found);
                found
            }
        };
        match known {
            Some((definition, import)) => {
                self.scope.use_import(import);
                Some(definition)
            }
            None => self.prelude_definition(name),
        }
    }

    fn lookup_in_stars(&mut self, name: Name, span: Span) -> Option<(Definition, Option<ImportId>)> {
        let text = self.text(name);
        let mut found: Option<(Definition, Option<ImportId>, ModuleRef)> = None;
        for star in self.scope.stars.clone() {
            // The set of names was consulted with the import, so absent ones need no consult of their own.
            if !self.recorder.has_name(star.module, text) {
                continue;
            }
            let Some(item) = self.recorder.item(star.module, text) else {
                continue;
            };
            if !item.is_public() && !self.is_same_package(star.module) {
                continue;
            }
            if let Some((_, _, other)) = found
                && other != star.module
            {
                let modules = [self.module_path(other), self.module_path(star.module)];
                self.scope.use_import(star.import);
                self.report(e0010::ambiguous_import(span, text, &modules));
                return Some((Definition::Broken, star.import));
            }
            let definition = self.define_imported(star.module, text, &item);
            found = Some((definition, star.import, star.module));
        }
        if let Some((definition, import, _)) = found {
            return Some((definition, import));
        }
        let host = self.scope.host?;
        let item = self.recorder.item(host, text)?;
        Some((self.define_imported(host, text, &item), None))
    }

    /// Variants of that name that can be named bare.
    pub(crate) fn lookup_variants(&mut self, name: Name) -> Vec<VariantRef> {
        let is_capital = self.text(name).starts_with(|first: char| !first.is_lowercase());
        if is_capital && !self.scope.variants.contains_key(&name) {
            self.load_star_variants();
        }
        let found = self.scope.variants.get(&name).cloned().unwrap_or_default();
        for (_, import) in &found {
            self.scope.use_import(*import);
        }
        found.into_iter().map(|(variant, _)| variant).collect()
    }

    /// Marks the import that brought a variant as used, if one did.
    pub(crate) fn use_variant_import(&mut self, name: &str, variant: VariantRef) {
        let brought = self
            .ast
            .names
            .find(name)
            .and_then(|name| self.scope.variants.get(&name));
        let import = brought.and_then(|known| known.iter().find(|(other, _)| *other == variant)?.1);
        self.scope.use_import(import);
    }

    /// Enums of `*` imports and of the host bring their variants: those under a capital name, so that other items need
    /// not be consulted.
    fn load_star_variants(&mut self) {
        if std::mem::replace(&mut self.scope.star_variants_known, true) {
            return;
        }
        let mut sources = self.scope.stars.clone();
        sources.extend(self.scope.host.map(|module| Star { module, import: None }));
        for star in sources {
            for name in self.visible_names(star.module) {
                if name.chars().next().is_none_or(char::is_lowercase) {
                    continue;
                }
                let Some(item) = self.recorder.item(star.module, &name) else {
                    continue;
                };
                match self.define_imported(star.module, &name, &item) {
                    Definition::Nominal(nominal) => self.bring_variants(nominal, star.import),
                    Definition::Trait(of) => self.scope.star_traits.push(of),
                    _ => {}
                }
            }
        }
    }

    /// The names of a module that are visible here, ascending: all of them within its package, and in the snippets of its
    /// document.
    pub(crate) fn visible_names(&mut self, module: ModuleRef) -> Vec<String> {
        let all = self.scope.host == Some(module) || self.is_same_package(module);
        let names = self.recorder.names(module).into_iter();
        names
            .filter(|(_, public)| *public || all)
            .map(|(name, _)| name)
            .collect()
    }

    /// Traits that are declared or imported here; asked for when all names are known.
    pub(crate) fn traits_in_scope(&mut self) -> Vec<TraitId> {
        if let Some(known) = &self.scope.traits {
            return known.clone();
        }
        self.load_star_variants();
        let mut traits = self.scope.star_traits.clone();
        traits.extend(
            self.scope
                .names
                .values()
                .filter_map(|binding| match binding.definition {
                    Definition::Trait(of) => Some(of),
                    _ => None,
                }),
        );
        traits.sort_unstable();
        traits.dedup();
        self.scope.traits = Some(traits.clone());
        traits
    }

    /// Marks the imports of a trait as used.
    pub(crate) fn use_trait(&mut self, of: TraitId) {
        let imports: Vec<Option<ImportId>> = self
            .scope
            .names
            .values()
            .filter(|binding| binding.definition == Definition::Trait(of))
            .map(|binding| binding.import)
            .collect();
        for import in imports {
            self.scope.use_import(import);
        }
    }

    /// Makes the variants of an imported enum nameable.
    pub(crate) fn bring_variants(&mut self, nominal: NominalId, import: Option<ImportId>) {
        let layout = self.layout(nominal);
        if let Layout::Enum(variants) = &*layout {
            for (position, variant) in variants.iter().enumerate() {
                if let Some(name) = self.ast.names.find(&variant.name) {
                    let variant = VariantRef {
                        nominal,
                        variant: position as u32,
                    };
                    self.scope.add_variant(name, variant, import);
                }
            }
        }
    }

    /// Warns about imports that nothing used.
    pub(crate) fn report_unused_imports(&mut self) {
        let mut unused = std::mem::take(&mut self.scope.imports);
        unused.retain(|import| !import.used);
        let spans: FxHashSet<Span> = unused.iter().map(|import| import.span).collect();
        let removals = self.removals(&spans);
        for import in unused {
            let removed = removals.get(&import.span).copied().unwrap_or(import.span);
            self.report(w0002::unused_import(import.span, &import.name, removed));
        }
    }

    /// What goes with each unused import: its line, or one name of several with its comma.
    fn removals(&self, unused: &FxHashSet<Span>) -> FxHashMap<Span, Span> {
        let mut removals = FxHashMap::default();
        for import in &self.ast.imports {
            let line = Span {
                end: import.span.end.saturating_add(1),
                ..import.span
            };
            match &import.names {
                ImportNames::Module => drop(removals.insert(import.span, line)),
                ImportNames::All(span) => drop(removals.insert(*span, line)),
                ImportNames::Some(names) => {
                    let bound = |name: &ImportedName| name.alias.unwrap_or(name.name).span;
                    let is_idle = names.iter().all(|name| unused.contains(&bound(name)));
                    for (index, name) in names.iter().enumerate() {
                        let (whole, end) = (name.name.span, bound(name).end);
                        let before = index.checked_sub(1).and_then(|index| names.get(index));
                        let removed = match (before, names.get(index + 1)) {
                            _ if is_idle => line,
                            (Some(before), _) => Span {
                                start: bound(before).end,
                                end,
                                ..whole
                            },
                            (None, Some(next)) => Span {
                                end: next.name.span.start,
                                ..whole
                            },
                            (None, None) => line,
                        };
                        removals.insert(bound(name), removed);
                    }
                }
            }
        }
        removals
    }

    /// The name in scope that is nearest to an unknown one, of a kind; `more` are names besides the top-level ones. None
    /// once there were [`MAX_SUGGESTIONS`].
    pub(crate) fn near_name<'n>(
        &mut self,
        unknown: &str,
        wanted: Wanted,
        more: impl IntoIterator<Item = &'n str>,
    ) -> Option<String> {
        self.scope.suggestions += 1;
        if self.scope.suggestions > MAX_SUGGESTIONS {
            return None;
        }
        let mut names = self.names_in_scope(wanted);
        names.extend(more.into_iter().map(str::to_owned));
        names.sort_unstable();
        let elsewhere = match wanted {
            Wanted::Type => familiar_type(unknown),
            Wanted::Trait => None,
            Wanted::Value | Wanted::Cell => familiar(unknown),
        };
        let familiar = elsewhere.filter(|name| names.iter().any(|known| known == name));
        familiar
            .or_else(|| closest(unknown, names.iter().map(String::as_str)))
            .map(str::to_owned)
    }

    /// Top-level names of a kind, those of `*` imports and of the host too, in no order.
    fn names_in_scope(&mut self, wanted: Wanted) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let declared: Vec<(Name, Definition)> = self.scope.declared_names().collect();
        for (name, definition) in declared {
            if self.is_wanted(definition, wanted) {
                names.push(self.text(name).to_owned());
            }
        }
        if wanted == Wanted::Value {
            names.extend(self.scope.variants.keys().map(|name| self.text(*name).to_owned()));
        }
        let mut sources = self.scope.stars.clone();
        sources.extend(self.scope.host.map(|module| Star { module, import: None }));
        for star in sources {
            names.extend(self.visible_names(star.module));
        }
        names
    }

    fn is_wanted(&self, definition: Definition, wanted: Wanted) -> bool {
        match definition {
            Definition::Cell(_) => matches!(wanted, Wanted::Value | Wanted::Cell),
            Definition::Const(_) | Definition::Module(_) => wanted == Wanted::Value,
            Definition::Alias(_) => matches!(wanted, Wanted::Type | Wanted::Value),
            Definition::Trait(_) => wanted == Wanted::Trait,
            Definition::Nominal(nominal) => match wanted {
                Wanted::Type => true,
                Wanted::Value => matches!(
                    self.nominal(nominal).layout.as_deref(),
                    Some(Layout::Record { .. })
                ),
                Wanted::Cell | Wanted::Trait => false,
            },
            Definition::Broken => false,
        }
    }
}

/// What a name is looked for as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// In a type.
    Type,
    /// In an expression.
    Value,
    /// After `.`, to be called with what stands before it.
    Cell,
    /// As a bound, or in an impl.
    Trait,
}

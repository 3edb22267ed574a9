//! Specialisation: generic cells and nominals with the arguments that the program gives them.
//!
//! Instances without type variables are where it starts; each of them is a cell of the program, and asks for those that its
//! code uses with its own arguments put in. Nominals with arguments get their layout likewise. All is interned, so that
//! recursion ends, and bounded, so that recursion through ever larger types is refused.

use rustc_hash::FxHashMap;

use super::link::LinkError;
use super::program::LinkedModule;
use super::substitute::{Steps, Substitution, check_depth};
use super::types::own_arguments;
use super::view::LinkedInstance;
use crate::heap::{NominalRef, NominalShape, TypeRef, TypeTable};
use crate::lir::{
    CellKind, Instance, Module, ModuleId, Nominal, Origin, Target, TypeId, VerifiedModule, WordRole,
};

/// Most instances of cells, and most nominals with arguments, of a program.
const MAX_INSTANCES: usize = 100_000;

/// A generic cell of the program, the types for its type parameters, and cells for its methods.
pub(super) type InstanceKey = (usize, Box<[TypeRef]>, Box<[usize]>);

/// The instances of a program.
#[derive(Debug, Default)]
pub(super) struct Instances {
    pub(super) all: Vec<LinkedInstance>,
    /// The program's cell for each.
    pub(super) index: FxHashMap<InstanceKey, usize>,
}

/// Makes all instances and lays out all nominals with arguments. The instances that modules name without variables are
/// entered there.
pub(super) fn specialise(
    table: &mut TypeTable,
    modules: &mut [LinkedModule],
) -> Result<Instances, LinkError> {
    if !modules.iter().any(|module| is_generic(module.lir())) {
        return Ok(Instances::default());
    }
    let by_name = (modules.iter().enumerate())
        .map(|(position, module)| (module.lir().id.clone(), position))
        .collect();
    let mut closed = Vec::with_capacity(modules.len());
    let mut specialiser = Specialiser {
        table,
        modules,
        by_name,
        cells: modules.iter().map(|module| module.lir().cells.len()).sum(),
        steps: Steps::new(),
        instances: Instances::default(),
        uses: FxHashMap::default(),
        record_cells: FxHashMap::default(),
        laid_out: 0,
        applications: 0,
    };
    for module in 0..specialiser.modules.len() {
        closed.push(specialiser.closed_instances(module)?);
    }
    specialiser.run()?;
    let instances = specialiser.instances;
    for (module, closed) in modules.iter_mut().zip(closed) {
        module.instances = closed;
    }
    Ok(instances)
}

fn is_generic(module: &Module) -> bool {
    !module.instances.is_empty()
        || module
            .nominals
            .iter()
            .any(|nominal| !nominal.parameters.is_empty())
}

/// What a generic cell mentions that differs from instance to instance.
#[derive(Default)]
struct Uses {
    types: Vec<TypeRef>,
    instances: Vec<usize>,
}

struct Specialiser<'a> {
    table: &'a mut TypeTable,
    modules: &'a [LinkedModule],
    by_name: FxHashMap<ModuleId, usize>,
    /// Number of cells of all modules; instances are numbered from there.
    cells: usize,
    steps: Steps,
    instances: Instances,
    /// By generic cell.
    uses: FxHashMap<usize, Uses>,
    /// By module: positions of constructors, checks and field defaults by the name of their record.
    record_cells: FxHashMap<usize, FxHashMap<String, Vec<usize>>>,
    /// How many nominals were looked at.
    laid_out: usize,
    /// How many nominals with arguments there are.
    applications: usize,
}

/// The arguments in terms of which an instance is given.
struct Arguments<'a> {
    module: usize,
    types: &'a [TypeRef],
    methods: &'a [usize],
}

impl Specialiser<'_> {
    /// The instances of a module that mention neither variables nor methods; nothing for the others.
    fn closed_instances(&mut self, module: usize) -> Result<Vec<Option<usize>>, LinkError> {
        let linked = &self.modules[module];
        let mut closed = Vec::with_capacity(linked.lir().instances.len());
        for instance in &linked.lir().instances {
            let open_type = |ty: &TypeId| self.table.is_open(linked.types[ty.0 as usize]);
            let open_method = |&operand: &u32| match linked.lir().target(operand) {
                Target::Method(_) => true,
                Target::Instance(index) => closed.get(index).is_none_or(Option::is_none),
                Target::Cell(_) | Target::Imported(_) => false,
            };
            let open = instance.types.iter().any(open_type) || instance.methods.iter().any(open_method);
            let none = Arguments {
                module,
                types: &[],
                methods: &[],
            };
            closed.push(match open {
                true => None,
                false => Some(self.instance(&none, instance)?),
            });
        }
        Ok(closed)
    }

    /// Works off all instances and nominals that were asked for and not made yet.
    fn run(&mut self) -> Result<(), LinkError> {
        let mut made = 0;
        loop {
            if self.laid_out < self.table.nominal_count() {
                let nominal = self.table.nominal_at(self.laid_out);
                self.laid_out += 1;
                self.lay_out(nominal)?;
            } else if made < self.instances.all.len() {
                self.complete(made)?;
                made += 1;
            } else {
                return Ok(());
            }
        }
    }

    /// The program's cell for an instance, given in terms of some arguments.
    fn instance(&mut self, given: &Arguments<'_>, instance: &Instance) -> Result<usize, LinkError> {
        let modules = self.modules;
        let linked = &modules[given.module];
        let mut substitution = Substitution::new(given.types);
        let mut types = Vec::with_capacity(instance.types.len());
        for ty in &instance.types {
            let ty = linked.types[ty.0 as usize];
            types.push(substitution.apply(self.table, ty, &mut self.steps)?);
        }
        let mut methods = Vec::with_capacity(instance.methods.len());
        for &operand in &instance.methods {
            self.steps.spend(1)?;
            methods.push(match linked.lir().target(operand) {
                Target::Cell(index) => linked.first_cell + index,
                Target::Imported(index) => linked.imported[index],
                // It stands before this one, so this ends; as deep as the type arguments of methods' cells nest.
                Target::Instance(index) => self.instance(given, &linked.lir().instances[index])?,
                Target::Method(index) => given.methods[index],
            });
        }
        let cell = match linked.lir().target(instance.cell) {
            Target::Cell(index) => linked.first_cell + index,
            Target::Imported(index) => linked.imported[index],
            Target::Instance(_) | Target::Method(_) => unreachable!("the verifier has checked the cell"),
        };
        self.intern((cell, types.into(), methods.into()))
    }

    fn intern(&mut self, key: InstanceKey) -> Result<usize, LinkError> {
        if let Some(&number) = self.instances.index.get(&key) {
            return Ok(number);
        }
        let (cell, types, methods) = &key;
        let module = self.modules.partition_point(|module| module.first_cell <= *cell) - 1;
        let position = cell - self.modules[module].first_cell;
        let name = &self.modules[module].lir().cells[position].name;
        check_depth(self.table, types, name)?;
        if self.instances.all.len() == MAX_INSTANCES {
            return Err(LinkError::TooManyInstances {
                name: name.clone(),
                limit: MAX_INSTANCES,
            });
        }
        let number = self.cells + self.instances.all.len();
        self.instances.all.push(LinkedInstance {
            module,
            cell: position,
            types: FxHashMap::default(),
            instances: FxHashMap::default(),
            methods: methods.clone(),
            arguments: types.clone(),
        });
        self.instances.index.insert(key, number);
        Ok(number)
    }

    /// Makes the types and asks for the instances that an instance mentions.
    fn complete(&mut self, index: usize) -> Result<(), LinkError> {
        let instance = &self.instances.all[index];
        let (module, cell) = (instance.module, instance.cell);
        let (arguments, methods) = (instance.arguments.clone(), instance.methods.clone());
        let modules = self.modules;
        let linked = &modules[module];
        let generic = linked.first_cell + cell;
        let uses = match self.uses.remove(&generic) {
            Some(uses) => uses,
            None => self.uses_of(linked, cell),
        };
        let mut substitution = Substitution::new(&arguments);
        for &ty in &uses.types {
            substitution.apply(self.table, ty, &mut self.steps)?;
        }
        let given = Arguments {
            module,
            types: &arguments,
            methods: &methods,
        };
        let mut instances = FxHashMap::default();
        for &used in &uses.instances {
            self.steps.spend(1)?;
            let number = self.instance(&given, &linked.lir().instances[used])?;
            instances.insert(used, number);
        }
        self.uses.insert(generic, uses);
        let types = substitution.into_known();
        let parameters = linked.lir().cells[cell].parameters.iter();
        let parameters = parameters.map(|parameter| {
            let ty = linked.types[parameter.ty.0 as usize];
            types.get(&ty).copied().unwrap_or(ty)
        });
        self.table.add_cell(parameters.collect());
        let instance = &mut self.instances.all[index];
        instance.types = types;
        instance.instances = instances;
        Ok(())
    }

    /// The open types and the instances that the code of a cell mentions.
    fn uses_of(&self, linked: &LinkedModule, cell: usize) -> Uses {
        let head = &linked.lir().cells[cell];
        let mut types: Vec<TypeId> = head.parameters.iter().map(|parameter| parameter.ty).collect();
        types.push(head.result);
        let mut instances = Vec::new();
        linked.verified.walk(cell, |typed| {
            types.extend(typed.result);
            let words = [typed.instruction.w, typed.instruction.v];
            for (word, role) in words.into_iter().zip(typed.instruction.opcode.info().words) {
                match (role, linked.lir().target(word)) {
                    (WordRole::Type, _) => types.push(TypeId(word)),
                    (WordRole::Cell, Target::Instance(index)) => instances.push(index),
                    _ => {}
                }
            }
        });
        let mut types: Vec<TypeRef> = types
            .into_iter()
            .map(|ty| linked.types[ty.0 as usize])
            .filter(|&ty| self.table.is_open(ty))
            .collect();
        types.sort_unstable();
        types.dedup();
        instances.sort_unstable();
        instances.dedup();
        Uses { types, instances }
    }

    /// Gives a nominal with arguments its shape, and asks for the cells by which the host makes records of it.
    fn lay_out(&mut self, nominal: NominalRef) -> Result<(), LinkError> {
        let arguments = self.table.nominal(nominal).arguments.clone();
        let is_open = |&ty: &TypeRef| self.table.is_open(ty);
        if arguments.is_empty() || arguments.iter().any(is_open) {
            return Ok(());
        }
        let (module, name) = {
            let nominal = self.table.nominal(nominal);
            (nominal.module.clone(), nominal.name.clone())
        };
        check_depth(self.table, &arguments, &name)?;
        self.applications += 1;
        if self.applications > MAX_INSTANCES {
            return Err(LinkError::TooManyInstances {
                name,
                limit: MAX_INSTANCES,
            });
        }
        let own = own_arguments(self.table, arguments.len());
        let declared = self.table.intern_application(&module, &name, own);
        let shape = self.table.nominal(declared).shape.clone();
        let shape = self.substitute_shape(shape, &arguments)?;
        self.table.define(nominal, shape);
        self.instantiate_record_cells(&module, &name, &arguments)
    }

    fn substitute_shape(
        &mut self,
        mut shape: NominalShape,
        arguments: &[TypeRef],
    ) -> Result<NominalShape, LinkError> {
        let mut substitution = Substitution::new(arguments);
        match &mut shape {
            NominalShape::Record(fields) => {
                for (_, ty) in fields {
                    *ty = substitution.apply(self.table, *ty, &mut self.steps)?;
                }
            }
            NominalShape::Enum(variants) => {
                for (_, payload) in variants {
                    self.steps.spend(1)?;
                    for ty in payload {
                        *ty = substitution.apply(self.table, *ty, &mut self.steps)?;
                    }
                }
            }
            NominalShape::Opaque => {}
        }
        Ok(shape)
    }

    /// Constructor, check and field defaults of a record, where they are generic in what the record is.
    fn instantiate_record_cells(
        &mut self,
        module: &ModuleId,
        record: &str,
        arguments: &[TypeRef],
    ) -> Result<(), LinkError> {
        let Some(&position) = self.by_name.get(module) else {
            return Ok(());
        };
        let modules = self.modules;
        let linked = &modules[position];
        let lir = linked.lir();
        let declares = |nominal: &&Nominal| nominal.origin == Origin::Here && nominal.name == record;
        let Some(nominal) = lir.nominals.iter().find(declares) else {
            return Ok(());
        };
        let by_record = self
            .record_cells
            .entry(position)
            .or_insert_with(|| record_cells(&linked.verified));
        for cell in by_record.get(record).cloned().unwrap_or_default() {
            let generics = &lir.cells[cell].generics;
            // What is known of the record's arguments must be enough for the cell.
            let fits = generics.methods.is_empty()
                && generics.parameters.len() == nominal.parameters.len()
                && (generics.parameters.iter().zip(&nominal.parameters))
                    .all(|(demanded, known)| demanded.class <= known.class);
            if fits {
                self.intern((linked.first_cell + cell, arguments.into(), Box::default()))?;
            }
        }
        Ok(())
    }
}

fn record_cells(verified: &VerifiedModule) -> FxHashMap<String, Vec<usize>> {
    let mut by_record: FxHashMap<String, Vec<usize>> = FxHashMap::default();
    for (position, cell) in verified.module().cells.iter().enumerate() {
        let of_record = matches!(
            cell.kind,
            CellKind::Constructor | CellKind::FieldDefault | CellKind::Check
        );
        if let (true, Some((record, _))) = (of_record, cell.name.split_once('.')) {
            by_record.entry(record.to_owned()).or_default().push(position);
        }
    }
    by_record
}

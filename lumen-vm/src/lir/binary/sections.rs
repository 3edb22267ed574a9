//! The sections of a module and the debug section: for each kind of entry, how it is written and how it is read.

use super::BinaryError;
use super::read::Reader;
use super::write::Writer;
use crate::lir::{
    Cell, CellDebug, CellKind, Constant, Debug, Field, Generics, Handler, ImportedCell, Instance, Layout,
    Location, Method, Module, ModuleId, Nominal, NominalId, Origin, Parameter, Policy, Span, Tool, Type,
    TypeParameter, VariableClass, Variant,
};

/// Sections of a module: id, constants, types, nominals, cells, imported cells, instances, tools, policies.
pub(super) const MODULE_SECTIONS: usize = 9;

pub(super) fn write(module: &Module, section: usize, writer: &mut Writer) {
    match section {
        0 => writer.text(module.id.as_str()),
        1 => writer.list(&module.constants, write_constant),
        2 => writer.list(&module.types, write_type),
        3 => writer.list(&module.nominals, write_nominal),
        4 => writer.list(&module.cells, write_cell),
        5 => writer.list(&module.imported_cells, write_imported_cell),
        6 => writer.list(&module.instances, write_instance),
        7 => writer.list(&module.tools, write_tool),
        _ => writer.list(&module.policies, write_policy),
    }
}

/// Reads the sections in order. The item sizes are the least that an entry takes.
pub(super) fn read(reader: &mut Reader<'_>, lengths: [u32; MODULE_SECTIONS]) -> Result<Module, BinaryError> {
    let [
        id,
        constants,
        types,
        nominals,
        cells,
        imported_cells,
        instances,
        tools,
        policies,
    ] = lengths;
    Ok(Module {
        id: reader.section(id, |reader| Ok(ModuleId::parse(reader.text_slice()?)))?,
        constants: reader.section(constants, |reader| reader.list(5, read_constant))?,
        types: reader.section(types, |reader| reader.list(1, read_type))?,
        nominals: reader.section(nominals, |reader| reader.list(10, read_nominal))?,
        cells: reader.section(cells, |reader| reader.list(37, read_cell))?,
        imported_cells: reader.section(imported_cells, |reader| reader.list(28, read_imported_cell))?,
        instances: reader.section(instances, |reader| reader.list(12, read_instance))?,
        tools: reader.section(tools, |reader| reader.list(16, read_tool))?,
        policies: reader.section(policies, |reader| reader.list(8, read_policy))?,
    })
}

fn write_constant(writer: &mut Writer, constant: &Constant) {
    match constant {
        Constant::Int(value) => {
            writer.u8(0);
            writer.u64(*value as u64);
        }
        Constant::Float(value) => {
            writer.u8(1);
            writer.u64(value.to_bits());
        }
        Constant::String(value) => {
            writer.u8(2);
            writer.text(value);
        }
        Constant::Bytes(value) => {
            writer.u8(3);
            writer.octets(value);
        }
    }
}

fn read_constant(reader: &mut Reader<'_>) -> Result<Constant, BinaryError> {
    Ok(match reader.tag("constant", |tag| (tag < 4).then_some(tag))? {
        0 => Constant::Int(reader.u64()? as i64),
        1 => Constant::Float(f64::from_bits(reader.u64()?)),
        2 => Constant::String(reader.text()?),
        _ => Constant::Bytes(reader.octets()?.to_owned()),
    })
}

/// Types without parts, at their tags.
const SCALARS: [Type; 7] = [
    Type::Null,
    Type::Bool,
    Type::Int,
    Type::Float,
    Type::String,
    Type::Bytes,
    Type::Json,
];

fn write_type(writer: &mut Writer, ty: &Type) {
    if let Some(tag) = SCALARS.iter().position(|scalar| scalar == ty) {
        return writer.u8(tag as u8);
    }
    match ty {
        Type::List(element) => {
            writer.u8(7);
            writer.ty(*element);
        }
        Type::Map(key, value) => {
            writer.u8(8);
            writer.ty(*key);
            writer.ty(*value);
        }
        Type::Set(element) => {
            writer.u8(9);
            writer.ty(*element);
        }
        Type::Tuple(elements) => {
            writer.u8(10);
            writer.type_list(elements);
        }
        Type::Result(value, error) => {
            writer.u8(11);
            writer.ty(*value);
            writer.ty(*error);
        }
        Type::Union(members) => {
            writer.u8(12);
            writer.type_list(members);
        }
        Type::Nominal(nominal, arguments) => {
            writer.u8(13);
            writer.u32(nominal.0);
            writer.type_list(arguments);
        }
        Type::Function(parameters, result) => {
            writer.u8(14);
            writer.type_list(parameters);
            writer.ty(*result);
        }
        Type::Generator(element) => {
            writer.u8(15);
            writer.ty(*element);
        }
        Type::Variable(position) => {
            writer.u8(16);
            writer.u32(*position);
        }
        Type::Null | Type::Bool | Type::Int | Type::Float | Type::String | Type::Bytes | Type::Json => {
            unreachable!("types without parts were written above")
        }
    }
}

fn read_type(reader: &mut Reader<'_>) -> Result<Type, BinaryError> {
    let tag = reader.tag("type form", |tag| (tag < 17).then_some(tag))?;
    if let Some(scalar) = SCALARS.get(usize::from(tag)) {
        return Ok(scalar.clone());
    }
    Ok(match tag {
        7 => Type::List(reader.ty()?),
        8 => Type::Map(reader.ty()?, reader.ty()?),
        9 => Type::Set(reader.ty()?),
        10 => Type::Tuple(reader.type_list()?),
        11 => Type::Result(reader.ty()?, reader.ty()?),
        12 => Type::Union(reader.type_list()?),
        13 => Type::Nominal(NominalId(reader.u32()?), reader.type_list()?),
        14 => Type::Function(reader.type_list()?, reader.ty()?),
        15 => Type::Generator(reader.ty()?),
        _ => Type::Variable(reader.u32()?),
    })
}

fn write_nominal(writer: &mut Writer, nominal: &Nominal) {
    match &nominal.origin {
        Origin::Here => writer.u8(0),
        Origin::Module(id) => {
            writer.u8(1);
            writer.text(id.as_str());
        }
    }
    writer.text(&nominal.name);
    write_parameters(writer, &nominal.parameters);
    match &nominal.layout {
        Layout::Opaque => writer.u8(0),
        Layout::Record { fields, constrained } => {
            writer.u8(1 + u8::from(*constrained));
            writer.list(fields, |writer, field| {
                writer.text(&field.name);
                writer.ty(field.ty);
            });
        }
        Layout::Enum { variants } => {
            writer.u8(3);
            writer.list(variants, |writer, variant| {
                writer.text(&variant.name);
                writer.type_list(&variant.payload);
            });
        }
    }
}

fn read_nominal(reader: &mut Reader<'_>) -> Result<Nominal, BinaryError> {
    let origin = match reader.tag("origin", |tag| (tag < 2).then_some(tag))? {
        0 => Origin::Here,
        _ => Origin::Module(ModuleId::parse(reader.text_slice()?)),
    };
    let name = reader.text()?;
    let parameters = read_parameters(reader)?;
    let layout = match reader.tag("layout", |tag| (tag < 4).then_some(tag))? {
        0 => Layout::Opaque,
        3 => Layout::Enum {
            variants: reader.list(8, |reader| {
                Ok(Variant {
                    name: reader.text()?,
                    payload: reader.type_list()?,
                })
            })?,
        },
        tag => Layout::Record {
            fields: reader.list(8, |reader| {
                Ok(Field {
                    name: reader.text()?,
                    ty: reader.ty()?,
                })
            })?,
            constrained: tag == 2,
        },
    };
    Ok(Nominal {
        origin,
        name,
        parameters,
        layout,
    })
}

fn write_parameters(writer: &mut Writer, parameters: &[TypeParameter]) {
    writer.list(parameters, |writer, parameter| {
        writer.text(&parameter.name);
        writer.u8(parameter.class as u8);
    });
}

fn read_parameters(reader: &mut Reader<'_>) -> Result<Vec<TypeParameter>, BinaryError> {
    reader.list(5, |reader| {
        Ok(TypeParameter {
            name: reader.text()?,
            class: reader.tag("class of types", VariableClass::from_number)?,
        })
    })
}

fn write_generics(writer: &mut Writer, generics: &Generics) {
    write_parameters(writer, &generics.parameters);
    writer.list(&generics.methods, |writer, method| {
        writer.text(&method.name);
        writer.type_list(&method.parameters);
        writer.ty(method.result);
    });
}

fn read_generics(reader: &mut Reader<'_>) -> Result<Generics, BinaryError> {
    Ok(Generics {
        parameters: read_parameters(reader)?,
        methods: reader.list(12, |reader| {
            Ok(Method {
                name: reader.text()?,
                parameters: reader.type_list()?,
                result: reader.ty()?,
            })
        })?,
    })
}

fn write_instance(writer: &mut Writer, instance: &Instance) {
    writer.u32(instance.cell);
    writer.type_list(&instance.types);
    writer.words(&instance.methods);
}

fn read_instance(reader: &mut Reader<'_>) -> Result<Instance, BinaryError> {
    Ok(Instance {
        cell: reader.u32()?,
        types: reader.type_list()?,
        methods: reader.words()?,
    })
}

fn write_cell(writer: &mut Writer, cell: &Cell) {
    writer.text(&cell.name);
    writer.u8(cell.kind as u8);
    writer.bool(cell.public);
    writer.bool(cell.generator);
    write_generics(writer, &cell.generics);
    writer.list(&cell.parameters, |writer, parameter| {
        writer.text(&parameter.name);
        writer.ty(parameter.ty);
    });
    writer.ty(cell.result);
    writer.texts(&cell.effects);
    writer.u16(cell.registers);
    writer.words(&cell.code);
    writer.list(&cell.handlers, |writer, handler| {
        [handler.start, handler.end, handler.target]
            .into_iter()
            .for_each(|offset| writer.u32(offset));
    });
}

fn read_cell(reader: &mut Reader<'_>) -> Result<Cell, BinaryError> {
    Ok(Cell {
        name: reader.text()?,
        kind: reader.tag("kind of cell", CellKind::from_number)?,
        public: reader.bool()?,
        generator: reader.bool()?,
        generics: read_generics(reader)?,
        parameters: reader.list(8, |reader| {
            Ok(Parameter {
                name: reader.text()?,
                ty: reader.ty()?,
            })
        })?,
        result: reader.ty()?,
        effects: reader.texts()?,
        registers: reader.u16()?,
        code: reader.words()?,
        handlers: reader.list(12, |reader| {
            Ok(Handler {
                start: reader.u32()?,
                end: reader.u32()?,
                target: reader.u32()?,
            })
        })?,
    })
}

fn write_imported_cell(writer: &mut Writer, cell: &ImportedCell) {
    writer.text(cell.module.as_str());
    writer.text(&cell.name);
    write_generics(writer, &cell.generics);
    writer.type_list(&cell.parameters);
    writer.ty(cell.result);
    writer.texts(&cell.effects);
}

fn read_imported_cell(reader: &mut Reader<'_>) -> Result<ImportedCell, BinaryError> {
    Ok(ImportedCell {
        module: ModuleId::parse(reader.text_slice()?),
        name: reader.text()?,
        generics: read_generics(reader)?,
        parameters: reader.type_list()?,
        result: reader.ty()?,
        effects: reader.texts()?,
    })
}

fn write_tool(writer: &mut Writer, tool: &Tool) {
    writer.text(&tool.alias);
    writer.text(&tool.id);
    writer.type_list(&tool.parameters);
    writer.ty(tool.result);
}

fn read_tool(reader: &mut Reader<'_>) -> Result<Tool, BinaryError> {
    Ok(Tool {
        alias: reader.text()?,
        id: reader.text()?,
        parameters: reader.type_list()?,
        result: reader.ty()?,
    })
}

fn write_policy(writer: &mut Writer, policy: &Policy) {
    writer.u32(policy.tool);
    writer.list(&policy.grants, |writer, (name, value)| {
        writer.text(name);
        writer.text(value);
    });
}

fn read_policy(reader: &mut Reader<'_>) -> Result<Policy, BinaryError> {
    Ok(Policy {
        tool: reader.u32()?,
        grants: reader.list(8, |reader| Ok((reader.text()?, reader.text()?)))?,
    })
}

pub(super) fn write_debug(debug: &Debug, writer: &mut Writer) {
    writer.list(&debug.cells, |writer, cell| {
        write_span(writer, cell.declaration);
        writer.list(&cell.locations, |writer, location| {
            writer.u32(location.cell);
            write_span(writer, location.span);
            writer.bool(location.caller.is_some());
            location.caller.into_iter().for_each(|caller| writer.u32(caller));
        });
        writer.list(&cell.instructions, |writer, &(offset, location)| {
            writer.u32(offset);
            writer.u32(location);
        });
    });
}

pub(super) fn read_debug(reader: &mut Reader<'_>) -> Result<Debug, BinaryError> {
    let cells = reader.list(20, |reader| {
        Ok(CellDebug {
            declaration: read_span(reader)?,
            locations: reader.list(17, |reader| {
                Ok(Location {
                    cell: reader.u32()?,
                    span: read_span(reader)?,
                    caller: if reader.bool()? { Some(reader.u32()?) } else { None },
                })
            })?,
            instructions: reader.list(8, |reader| Ok((reader.u32()?, reader.u32()?)))?,
        })
    })?;
    Ok(Debug { cells })
}

fn write_span(writer: &mut Writer, span: Span) {
    [span.fence, span.start, span.end]
        .into_iter()
        .for_each(|number| writer.u32(number));
}

fn read_span(reader: &mut Reader<'_>) -> Result<Span, BinaryError> {
    Ok(Span {
        fence: reader.u32()?,
        start: reader.u32()?,
        end: reader.u32()?,
    })
}

//! Names of types, as a program would write them: `list[Int]`, `map[String, (Int, Bool)]`, `Point?`.

use super::bounded::BoundedText;
use crate::heap::{RuntimeType, TypeRef, TypeTable};
use std::fmt::{self, Write};

enum Piece {
    Type(TypeRef),
    Text(&'static str),
}

/// Writes the name of a type. Types nest as deep as a program likes, hence no recursion.
pub(crate) fn write_type_name(types: &TypeTable, ty: TypeRef, output: &mut BoundedText) -> fmt::Result {
    let mut rest = vec![Piece::Type(ty)];
    while let Some(piece) = rest.pop() {
        output.charge(size_of::<Piece>())?;
        match piece {
            Piece::Text(text) => output.write_str(text)?,
            Piece::Type(ty) => write_head(types, ty, &mut rest, output)?,
        }
    }
    Ok(())
}

/// Writes what comes before a type's first part; the parts go to `rest`, the first one last.
fn write_head(
    types: &TypeTable,
    ty: TypeRef,
    rest: &mut Vec<Piece>,
    output: &mut BoundedText,
) -> fmt::Result {
    match types.get(ty) {
        RuntimeType::Null => output.write_str("Null"),
        RuntimeType::Bool => output.write_str("Bool"),
        RuntimeType::Int => output.write_str("Int"),
        RuntimeType::Float => output.write_str("Float"),
        RuntimeType::String => output.write_str("String"),
        RuntimeType::Bytes => output.write_str("Bytes"),
        RuntimeType::Json => output.write_str("Json"),
        RuntimeType::List(element) => list_parts("list[", &[*element], "]", rest, output),
        RuntimeType::Set(element) => list_parts("set[", &[*element], "]", rest, output),
        RuntimeType::Map(key, value) => list_parts("map[", &[*key, *value], "]", rest, output),
        RuntimeType::Generator(element) => list_parts("generator[", &[*element], "]", rest, output),
        RuntimeType::Tuple(elements) => list_parts("(", elements, ")", rest, output),
        RuntimeType::Result(ok, err) => list_parts("result[", &[*ok, *err], "]", rest, output),
        RuntimeType::Nominal(nominal) => {
            let nominal = types.nominal(*nominal);
            output.write_str(&nominal.name)?;
            match &nominal.arguments[..] {
                [] => Ok(()),
                arguments => list_parts("[", arguments, "]", rest, output),
            }
        }
        RuntimeType::Variable(position) => write!(output, "${position}"),
        RuntimeType::Function(parameters, result) => {
            rest.push(Piece::Type(*result));
            list_parts("fn(", parameters, ") -> ", rest, output)
        }
        RuntimeType::Union(members) => {
            union_parts(types, members, rest);
            Ok(())
        }
    }
}

fn list_parts(
    open: &str,
    parts: &[TypeRef],
    close: &'static str,
    rest: &mut Vec<Piece>,
    output: &mut BoundedText,
) -> fmt::Result {
    output.write_str(open)?;
    rest.push(Piece::Text(close));
    for (position, part) in parts.iter().enumerate().rev() {
        rest.push(Piece::Type(*part));
        if position > 0 {
            rest.push(Piece::Text(", "));
        }
    }
    Ok(())
}

/// Members in the order of types, which does not depend on how the program was linked; null last. Function types stand
/// in parentheses, since what they yield would extend over the `|`.
fn union_parts(types: &TypeTable, members: &[TypeRef], rest: &mut Vec<Piece>) {
    let mut members = members.to_vec();
    members.sort_by_key(|member| (*member == TypeRef::NULL, types.rank(*member)));
    let optional = members.len() == 2 && members[1] == TypeRef::NULL;
    if optional {
        members.truncate(1);
        rest.push(Piece::Text("?"));
    }
    for (position, member) in members.iter().enumerate().rev() {
        let is_function = matches!(types.get(*member), RuntimeType::Function(..));
        if is_function {
            rest.push(Piece::Text(")"));
        }
        rest.push(Piece::Type(*member));
        if is_function {
            rest.push(Piece::Text("("));
        }
        if position > 0 {
            rest.push(Piece::Text(" | "));
        }
    }
}

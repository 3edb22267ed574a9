//! Removes block parameters that get one and the same value by every edge: variables that a loop or a branch assigns only on
//! ways that do not come back.

use super::rename::Renaming;
use crate::lower::ssa::{Function, Value, reverse_postorder};

/// Removes such parameters until there is none.
pub(crate) fn remove_redundant(function: &mut Function) {
    let order = reverse_postorder(function);
    let mut renaming = Renaming::new(function);
    // By parameter: the one value that has come by the edges seen so far.
    let mut single = vec![Value::NONE; function.nodes.len()];
    let mut varies = vec![false; function.nodes.len()];
    let mut again = true;
    let mut removed = false;
    while again {
        again = false;
        for &block in &order {
            for edge in function.block(block).edges() {
                let parameters = &function.block(edge.target).parameters;
                for (&parameter, &argument) in parameters.iter().zip(function.arguments(*edge)) {
                    let argument = renaming.resolve(argument);
                    let seen = &mut single[parameter.index()];
                    if argument == parameter || argument == *seen {
                        continue;
                    }
                    varies[parameter.index()] |= *seen != Value::NONE;
                    *seen = argument;
                }
            }
        }
        for &block in &order {
            for &parameter in &function.block(block).parameters {
                let by = std::mem::replace(&mut single[parameter.index()], Value::NONE);
                let varies = std::mem::replace(&mut varies[parameter.index()], false);
                if !varies && by != Value::NONE && renaming.resolve(parameter) == parameter {
                    renaming.replace(parameter, by);
                    again = true;
                    removed = true;
                }
            }
        }
    }
    if removed {
        drop_parameters(function, &mut renaming);
        renaming.apply(function);
    }
}

/// Takes the parameters that others stand for out of the blocks, and their arguments out of the edges.
fn drop_parameters(function: &mut Function, renaming: &mut Renaming) {
    let mut keep = vec![true; function.nodes.len()];
    for block in &function.blocks {
        for &parameter in &block.parameters {
            keep[parameter.index()] = renaming.resolve(parameter) == parameter;
        }
    }
    function.keep_parameters(&keep);
}

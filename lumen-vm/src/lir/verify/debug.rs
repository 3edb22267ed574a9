//! Well-formedness of a debug section, so that whoever looks up positions may index.

use super::error::{Place, Reason, VerifyError};
use super::tables::in_range;
use crate::lir::{CellDebug, Debug, Module};

/// Checks that a debug section fits a module: one entry a cell; callers stand before what they call; word offsets ascend
/// within the code; indexes are inside their tables.
pub fn verify_debug(debug: &Debug, module: &Module) -> Result<(), VerifyError> {
    if debug.cells.len() != module.cells.len() {
        let (expected, found) = (module.cells.len(), debug.cells.len());
        let reason = Reason::Count {
            what: "debug entries",
            expected,
            found,
        };
        return Err(VerifyError {
            place: Place::Module,
            reason,
        });
    }
    for (entry, cell) in debug.cells.iter().zip(&module.cells) {
        check(entry, module.cells.len(), cell.code.len()).map_err(|reason| VerifyError {
            place: Place::Cell {
                cell: cell.name.clone(),
            },
            reason,
        })?;
    }
    Ok(())
}

fn check(entry: &CellDebug, cells: usize, words: usize) -> Result<(), Reason> {
    for (index, location) in entry.locations.iter().enumerate() {
        in_range("cell", location.cell, cells)?;
        if let Some(caller) = location.caller {
            in_range("earlier location", caller, index)?;
        }
    }
    if !entry.instructions.is_sorted_by(|left, right| left.0 < right.0) {
        return Err(Reason::NotSorted("word offsets"));
    }
    entry.instructions.iter().try_for_each(|&(offset, location)| {
        in_range("word", offset, words)?;
        in_range("location", location, entry.locations.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lir::{Location, Span};

    fn location(cell: u32, caller: Option<u32>) -> Location {
        Location {
            cell,
            span: Span::default(),
            caller,
        }
    }

    #[test]
    fn faulty_sections_are_refused() {
        let text = r#"{"lir": 3, "id": ":x", "cells": [
            {"name": "f", "result": "Int", "code": [{"op": "load_int", "a": 0, "value": 1}, {"op": "return", "a": 0}]}
        ]}"#;
        let module = Module::from_json(text).expect("a module");
        let report = |locations: &[Location], instructions: &[(u32, u32)]| {
            let (locations, instructions) = (locations.to_vec(), instructions.to_vec());
            let cell = CellDebug {
                declaration: Span::default(),
                locations,
                instructions,
            };
            verify_debug(&Debug { cells: vec![cell] }, &module).map_err(|error| error.to_string())
        };
        let fine = [location(0, None), location(0, Some(0))];
        assert_eq!(report(&fine, &[(0, 1), (2, 0)]), Ok(()));
        let refused = |locations: &[Location], instructions: &[(u32, u32)]| {
            report(locations, instructions).expect_err("faulty")
        };
        assert_eq!(
            refused(&[location(1, None)], &[]),
            "cell `f`: there is no cell 1; there are 1"
        );
        assert_eq!(
            refused(&[location(0, Some(0))], &[]),
            "cell `f`: there is no earlier location 0; there are 0"
        );
        assert_eq!(
            refused(&fine, &[(2, 0), (0, 0)]),
            "cell `f`: word offsets are not sorted or hold one twice"
        );
        assert_eq!(
            refused(&fine, &[(3, 0)]),
            "cell `f`: there is no word 3; there are 3"
        );
        assert_eq!(
            refused(&fine, &[(0, 2)]),
            "cell `f`: there is no location 2; there are 2"
        );
        let none = verify_debug(&Debug::default(), &module).expect_err("no entry");
        assert_eq!(none.to_string(), "module: has 0 debug entries, not 1");
    }
}

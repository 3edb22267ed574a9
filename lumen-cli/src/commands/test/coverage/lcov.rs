//! Coverage as an lcov tracefile (`man geninfo`, section FILES), which editors, CI services and `genhtml` read.

use super::model::{DocumentCoverage, Share};
use std::fmt::Write;

/// The tracefile of documents.
pub(super) fn tracefile(documents: &[DocumentCoverage]) -> String {
    let mut out = String::new();
    for document in documents {
        record(&mut out, document);
    }
    out
}

fn record(out: &mut String, document: &DocumentCoverage) {
    // Writing to a String does not fail.
    let mut line = |text: std::fmt::Arguments<'_>| {
        let _ = writeln!(out, "{text}");
    };
    line(format_args!("TN:"));
    line(format_args!("SF:{}", document.path));
    for (at, name) in document.cells.keys() {
        line(format_args!("FN:{at},{name}"));
    }
    for ((_, name), calls) in &document.cells {
        line(format_args!("FNDA:{calls},{name}"));
    }
    let Share { found, hit } = document.cell_share();
    line(format_args!("FNF:{found}\nFNH:{hit}"));
    for (at, branches) in &document.branches {
        for (block, ways) in branches.iter().enumerate() {
            let evaluated = ways.iter().any(|&count| count > 0);
            for (way, count) in ways.iter().enumerate() {
                match evaluated {
                    true => line(format_args!("BRDA:{at},{block},{way},{count}")),
                    false => line(format_args!("BRDA:{at},{block},{way},-")),
                }
            }
        }
    }
    let Share { found, hit } = document.branch_share();
    line(format_args!("BRF:{found}\nBRH:{hit}"));
    for (at, count) in &document.lines {
        line(format_args!("DA:{at},{count}"));
    }
    let Share { found, hit } = document.line_share();
    line(format_args!("LF:{found}\nLH:{hit}\nend_of_record"));
}

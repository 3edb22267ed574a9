//! Findings for programs: one JSON object a line. Keys and their order are stable; new ones may be added, with a new
//! `version` if the meaning of an old one changes.

use super::Report;
use crate::document::DocumentRange;
use std::fmt::Write;

/// Version of the format.
const VERSION: u32 = 2;

/// `{"code","severity","message","file","line","column","end_line","end_column","labels","help","fixes","version"}` without
/// a line end. Positions are `null` for a finding about a whole file. `labels` are `{"line","column","end_line",
/// "end_column","text","primary"}`, the finding's own first if it has words. `help` are sentences. `fixes` are those of them that edits can
/// do: `{"message","confidence","edits"}`, with the confidence `sure` or `maybe` and edits `{"line","column","end_line",
/// "end_column","replacement"}` that belong together. Version 2 added `fixes`.
pub fn json(report: &Report<'_>) -> String {
    let mut out = String::from("{\"code\":");
    string(&mut out, &report.code);
    out.push_str(",\"severity\":");
    string(&mut out, report.severity.name());
    out.push_str(",\"message\":");
    string(&mut out, &report.message);
    out.push_str(",\"file\":");
    string(&mut out, &report.file);
    out.push(',');
    match report.range {
        Some(range) => place(&mut out, range),
        None => out.push_str("\"line\":null,\"column\":null,\"end_line\":null,\"end_column\":null"),
    }
    out.push_str(",\"labels\":[");
    let own = report
        .range
        .filter(|_| !report.label.is_empty())
        .map(|range| (range, &report.label, true));
    let others = report
        .labels
        .iter()
        .map(|label| (label.range, &label.text, false));
    for (index, (range, text, primary)) in own.into_iter().chain(others).enumerate() {
        out.push_str(if index > 0 { ",{" } else { "{" });
        place(&mut out, range);
        out.push_str(",\"text\":");
        string(&mut out, text);
        let _ = write!(out, ",\"primary\":{primary}}}");
    }
    out.push_str("],\"help\":[");
    for (index, help) in report.help.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        string(&mut out, &help.text);
    }
    out.push_str("],\"fixes\":[");
    let with_edits = report.help.iter().filter(|help| !help.edits.is_empty());
    for (index, help) in with_edits.enumerate() {
        out.push_str(if index > 0 {
            ",{\"message\":"
        } else {
            "{\"message\":"
        });
        string(&mut out, &help.text);
        let _ = write!(out, ",\"confidence\":\"{}\",\"edits\":[", help.confidence.name());
        for (index, edit) in help.edits.iter().enumerate() {
            out.push_str(if index > 0 { ",{" } else { "{" });
            place(&mut out, edit.range);
            out.push_str(",\"replacement\":");
            string(&mut out, &edit.replacement);
            out.push('}');
        }
        out.push_str("]}");
    }
    let _ = write!(out, "],\"version\":{VERSION}}}");
    out
}

fn place(out: &mut String, range: DocumentRange) {
    let (start, end) = (range.start, range.end);
    let _ = write!(
        out,
        "\"line\":{},\"column\":{},\"end_line\":{},\"end_column\":{}",
        start.line, start.column, end.line, end.column
    );
}

/// A JSON string (RFC 8259, section 7).
fn string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Line separators end a line for some readers.
            '\u{0}'..='\u{1f}' | '\u{7f}' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

//! `lumen explain`: the page of a diagnostic code, or the list of all of them.

use super::Session;
use crate::arguments::ExplainArguments;
use crate::exit::Exit;
use anyhow::Result;
use lumen_compiler::diagnostic::{Code, CodeInfo, closest};
use serde_json::json;

/// Prints the page of a code; without a code the list.
pub(crate) fn explain(session: &Session, arguments: &ExplainArguments) -> Result<Exit> {
    let Some(written) = &arguments.code else {
        Code::TABLE.iter().for_each(|row| list(session, row));
        session
            .output
            .note("\n`lumen explain E0012` explains one of them");
        return Ok(Exit::Done);
    };
    let name = written.to_ascii_uppercase();
    let Some(code) = Code::from_name(&name) else {
        let near = closest(&name, Code::TABLE.iter().map(|row| row.name));
        let advice = match near {
            Some(near) => format!("did you mean `{near}`? "),
            None => String::new(),
        };
        session.output.error(&format!(
            "there is no code `{written}`; {advice}`lumen explain` lists all of them"
        ));
        return Ok(Exit::Usage);
    };
    let info = code.info();
    session.output.item(info.page.trim_end(), &event(info));
    Ok(Exit::Done)
}

fn list(session: &Session, row: &CodeInfo) {
    session
        .output
        .item(&format!("{}  {}", row.name, row.title), &event(row));
}

fn event(row: &CodeInfo) -> serde_json::Value {
    json!({
        "event": "code",
        "version": 1,
        "code": row.name,
        "severity": row.severity.name(),
        "title": row.title,
        "page": row.page,
    })
}

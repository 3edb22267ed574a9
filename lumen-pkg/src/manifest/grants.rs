//! `[tools]`, what a package asks for, and `[grants]`, what the root of a workspace gives.

use crate::finding::Findings;
use crate::grant::{Consent, Constraint, Grant, GrantError};
use crate::name::PackageName;
use crate::position::{Span, Spanned};
use crate::reader::{Entry, entries, excerpt};
use toml_edit::{Item, Value};

/// Reads `[tools]`: one grant a tool, sorted.
pub(super) fn read_tools(section: &Entry<'_>, findings: &mut Findings) -> Vec<Spanned<Grant>> {
    let mut grants: Vec<Spanned<Grant>> = section
        .table(findings)
        .into_iter()
        .flat_map(entries)
        .filter_map(|entry| read_grant(&entry, findings))
        .collect();
    grants.sort_by(|left, right| left.value.cmp(&right.value));
    grants
}

/// Reads `[grants]`: tools that every package gets, and packages with the tools that they get.
pub(super) fn read_consent(section: &Entry<'_>, findings: &mut Findings) -> Consent {
    let mut consent = Consent::default();
    for entry in section.table(findings).into_iter().flat_map(entries) {
        if !entry.key.starts_with('@') {
            consent
                .everyone
                .extend(read_grant(&entry, findings).map(|grant| grant.value));
            continue;
        }
        let name = match PackageName::parse(entry.key) {
            Ok(name) => name,
            Err(error) => {
                let message = format!("`{}` is not a package name: {error}", excerpt(entry.key));
                findings.error(entry.key_span, message);
                continue;
            }
        };
        let grants = read_tools(&entry, findings);
        consent
            .packages
            .insert(name, grants.into_iter().map(|grant| grant.value).collect());
    }
    consent.everyone.sort();
    consent
}

/// `"http.get" = { domain = ["api.example"], timeout-ms = 5000 }`.
fn read_grant(entry: &Entry<'_>, findings: &mut Findings) -> Option<Spanned<Grant>> {
    let mut grant = match Grant::new(entry.key) {
        Ok(grant) => Some(grant),
        Err(error) => {
            report(entry.key_span, entry.key, &error, findings);
            None
        }
    };
    let Some(table) = entry.item.as_table_like() else {
        entry.wrong_type::<()>("a table of constraints, which may be empty: `{}`", findings);
        return None;
    };
    for constraint in entries(table) {
        let Some(value) = read_constraint(&constraint, findings) else {
            grant = None;
            continue;
        };
        if let Some(Err(error)) = grant.as_mut().map(|grant| grant.constrain(constraint.key, value)) {
            let span = match error {
                GrantError::Key => constraint.key_span,
                _ => constraint.span(),
            };
            report(span, constraint.key, &error, findings);
            grant = None;
        }
    }
    let span = entry.key_span;
    grant.map(|value| Spanned { value, span })
}

fn report(span: Span, text: &str, error: &GrantError, findings: &mut Findings) {
    findings.error(span, format!("`{}` {error}", excerpt(text)));
}

fn read_constraint(entry: &Entry<'_>, findings: &mut Findings) -> Option<Constraint> {
    match entry.item {
        Item::Value(Value::Boolean(flag)) => Some(Constraint::Flag(*flag.value())),
        Item::Value(Value::String(text)) => Some(Constraint::Texts([text.value().clone()].into())),
        Item::Value(Value::Integer(number)) => match u64::try_from(*number.value()) {
            Ok(limit) => Some(Constraint::Limit(limit)),
            Err(_) => {
                let message = format!("`{}` is a limit, and limits are not negative", excerpt(entry.key));
                findings.error(entry.span(), message);
                None
            }
        },
        Item::Value(Value::Array(_)) => {
            let list = entry.text_list(findings)?;
            list.complete
                .then(|| Constraint::Texts(list.texts.into_iter().map(|text| text.value).collect()))
        }
        _ => entry.wrong_type(
            "a text, a list of texts, a whole number, `true` or `false`",
            findings,
        ),
    }
}

//! `[policy]` and `[quotas]` of the configuration; what is absent has its default.

use crate::policy::{LookAlikes, Policy, Rate};
use toml_edit::{DocumentMut, Item, TableLike};

/// A key and what is wrong with it.
type Fault = (String, &'static str);

/// No rate needs longer times or larger bursts than this.
const MOST: i64 = 1_000_000_000;

pub(super) fn read(document: &DocumentMut) -> Result<Policy, Fault> {
    let mut policy = Policy::default();
    if let Some(table) = table(document, "policy")? {
        for (key, item) in table.iter() {
            read_policy(&mut policy, key, item).map_err(|fault| (format!("policy.{key}"), fault))?;
        }
    }
    if let Some(table) = table(document, "quotas")? {
        for (key, item) in table.iter() {
            read_quota(&mut policy, key, item).map_err(|fault| (format!("quotas.{key}"), fault))?;
        }
    }
    Ok(policy)
}

fn table<'d>(document: &'d DocumentMut, key: &str) -> Result<Option<&'d dyn TableLike>, Fault> {
    match document.get(key).map(Item::as_table_like) {
        Some(None) => Err((key.to_owned(), "must be a table")),
        found => Ok(found.flatten()),
    }
}

fn read_policy(policy: &mut Policy, key: &str, item: &Item) -> Result<(), &'static str> {
    match key {
        "look-alikes" => {
            policy.look_alikes = match item.as_str() {
                Some("hold") => LookAlikes::Hold,
                Some("allow") => LookAlikes::Allow,
                _ => return Err("must be `hold` or `allow`"),
            };
        }
        "reserved-scopes" => {
            let wrong = "must be a list of scopes, without `@`";
            let scope = |text: &str| {
                let is_scope = lumen_pkg::PackageName::parse(&format!("@{text}/any")).is_ok();
                is_scope.then(|| text.to_owned())
            };
            let items = item.as_array().ok_or(wrong)?;
            let scopes: Option<Vec<String>> = items.iter().map(|item| scope(item.as_str()?)).collect();
            policy.reserved_scopes = scopes.ok_or(wrong)?;
        }
        _ => return Err("is unknown; known are look-alikes and reserved-scopes"),
    }
    Ok(())
}

fn read_quota(policy: &mut Policy, key: &str, item: &Item) -> Result<(), &'static str> {
    let quotas = &mut policy.quotas;
    let rate = match key {
        "new-package" => &mut quotas.new_package,
        "update" => &mut quotas.update,
        "yank" => &mut quotas.yank,
        "account" => &mut quotas.account,
        "dependencies" => {
            let count = item.as_integer().and_then(|count| usize::try_from(count).ok());
            quotas.dependencies = count.ok_or("must be a number")?;
            return Ok(());
        }
        _ => return Err("is unknown; known are new-package, update, yank, account and dependencies"),
    };
    *rate = read_rate(item).ok_or("must be `{ seconds = 60, burst = 30 }`; 0 seconds mean no limit")?;
    Ok(())
}

fn read_rate(item: &Item) -> Option<Rate> {
    let table = item.as_table_like()?;
    let number = |key, least| {
        let value = table.get(key)?.as_integer()?;
        (least..=MOST).contains(&value).then(|| value.unsigned_abs())
    };
    let rate = Rate {
        seconds: number("seconds", 0)?,
        burst: number("burst", 1)?,
    };
    (table.len() == 2).then_some(rate)
}

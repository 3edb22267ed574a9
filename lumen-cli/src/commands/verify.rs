//! `lumen verify`: the whole lock again, with the registries as they are now, or offline with the proofs beside the lock.

use super::Session;
use super::registry::{Access, traffic_event};
use crate::arguments::VerifyArguments;
use crate::exit::Exit;
use crate::output::{plural, print_problems};
use anyhow::{Context, Result, anyhow};
use lumen_pkg::client::Freshness;
use lumen_pkg::shell::{Disk, RegistryPackages, read_lock, write_proofs};
use lumen_pkg::{LOCK_FILE, Lock, MAXIMUM_PROOFS_BYTES, ManifestSource as _, PROOFS_FILE, Proofs};
use std::path::Path;

/// Verifies; with a network also writes the proofs for the next time without one.
pub(crate) fn verify(session: &Session, arguments: &VerifyArguments) -> Result<Exit> {
    let folder = &session.environment.folder;
    let root = lumen_pkg::load(&Disk, folder).root;
    let root = root.context("there is no `lumen.toml` in this folder or above it")?;
    let text = read_lock(&root).map_err(|error| anyhow!("`{LOCK_FILE}` cannot be read: {error}"))?;
    let text = text.with_context(|| format!("there is no `{LOCK_FILE}`; `lumen build` makes it"))?;
    let lock = match Lock::parse(&root.join(LOCK_FILE), &text) {
        Ok(lock) => lock,
        Err(problems) => {
            print_problems(&session.output, &problems, |_| Some(text.as_str()), folder);
            return Ok(Exit::Failed);
        }
    };
    let freshness = match arguments.offline {
        true => Freshness::LastSeen,
        false => Freshness::Now,
    };
    let access = Access::new(session, freshness)?;
    let packages = RegistryPackages::new(
        access.registries().clone(),
        &session.environment.home,
        freshness,
        Box::new(()),
    );
    let report = match arguments.offline {
        true => packages.verify_offline(&lock, &proofs(&root)?)?,
        false => {
            let report = packages.verify(&lock)?;
            let proofs = (report.proofs != Proofs::default()).then(|| report.proofs.render());
            write_proofs(&root, proofs.as_deref())
                .with_context(|| format!("`{PROOFS_FILE}` cannot be written"))?;
            report
        }
    };
    for (registry, traffic) in packages.traffic() {
        session.output.event(&traffic_event(&registry, traffic));
    }
    let checked = plural(report.packages, "package");
    let how = match arguments.offline {
        true => "in their logs; whether they are still so, only the registries can tell",
        false => "in their logs, as of now",
    };
    let line = format!(
        "{checked} of registries {how}; files of {} in the package store",
        report.stored
    );
    session.output.status("Verified", &line);
    Ok(Exit::Done)
}

fn proofs(root: &Path) -> Result<Proofs> {
    let bytes = Disk.read(&root.join(PROOFS_FILE), MAXIMUM_PROOFS_BYTES);
    let bytes = bytes.map_err(|error| {
        anyhow!("`{PROOFS_FILE}` cannot be read: {error}; `lumen verify` with a network makes it")
    })?;
    let text = String::from_utf8(bytes).with_context(|| format!("`{PROOFS_FILE}` is not UTF-8"))?;
    Proofs::parse(&text).with_context(|| format!("`{PROOFS_FILE}` is damaged"))
}

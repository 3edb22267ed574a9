//! The archive against the rules, and the statement against the archive. All rules are those of `lumen-pkg`, which the client applies too.

use crate::http::{Kind, Refusal};
use lumen_pkg::archive::{Archive, decompress, read};
use lumen_pkg::protocol::{Begin, Commit, PublishStatement};
use lumen_pkg::{Digest, Requirement};

/// Unpacks an archive and checks it: limits, size, digest, canonical form.
pub(super) fn check_archive(compressed: &[u8], begin: &Begin) -> Result<Archive, Refusal> {
    let refused = |error: String| {
        Refusal::new(
            Kind::BadArchive,
            format!(
                "The archive of {} {} is refused: {error}.",
                begin.package, begin.version
            ),
        )
    };
    let tar =
        decompress(compressed, begin.size, &begin.archive).map_err(|error| refused(error.to_string()))?;
    read(&tar).map_err(|error| refused(error.to_string()))
}

/// Checks that a statement says what its archive says, and that it is signed. Whether the key is the user's is the sequencer's to say.
///
/// # Errors
/// [`Kind::BadStatement`] and [`Kind::BadSignature`].
pub fn check_statement(commit: &Commit, begin: &Begin, archive: &Archive) -> Result<(), Refusal> {
    let statement = &commit.statement;
    let disagrees = |what: &str, stated: String, found: String| {
        let detail = format!("The statement's {what} is {stated}, and that of the archive is {found}.");
        Err(Refusal::new(Kind::BadStatement, detail))
    };
    if (&statement.package, &statement.version) != (&begin.package, &begin.version) {
        let stated = format!("{} {}", statement.package, statement.version);
        return disagrees("version", stated, format!("{} {}", begin.package, begin.version));
    }
    let found = (archive.digest(), archive.size());
    if (statement.archive, statement.size) != found {
        return disagrees("archive", statement.archive.to_string(), found.0.to_string());
    }
    let root = archive.tree().root();
    if statement.files != root {
        return disagrees("file tree", statement.files.to_string(), root.to_string());
    }
    let manifest = Digest::of(archive.manifest());
    if statement.manifest != manifest {
        return disagrees("manifest", statement.manifest.to_string(), manifest.to_string());
    }
    check_form(statement)?;
    check_manifest(statement, archive.manifest())?;
    commit
        .key
        .verify(&statement.signed_bytes(), &commit.signature)
        .map_err(|_| {
            Refusal::new(
                Kind::BadSignature,
                "The signature is not one of this key over this statement.",
            )
        })
}

/// What a statement's lists must be like whatever the manifest says.
fn check_form(statement: &PublishStatement) -> Result<(), Refusal> {
    let refused = |detail: String| Err(Refusal::new(Kind::BadStatement, detail));
    let ordered = statement
        .dependencies
        .is_sorted_by(|left, right| left.name < right.name);
    if !ordered || !statement.grants.is_sorted_by(|left, right| left < right) {
        return refused("The statement's dependencies and grants have to be sorted, each once.".to_owned());
    }
    for dependency in &statement.dependencies {
        if let Err(error) = Requirement::parse(&dependency.requirement) {
            let (name, requirement) = (&dependency.name, &dependency.requirement);
            return refused(format!(
                "`{requirement}` is not a requirement for {name}: {error}."
            ));
        }
    }
    Ok(())
}

/// The manifest has the statement's name and version.
fn check_manifest(statement: &PublishStatement, manifest: &[u8]) -> Result<(), Refusal> {
    let refused = |detail: String| Err(Refusal::new(Kind::BadStatement, detail));
    let parsed = std::str::from_utf8(manifest)
        .ok()
        .and_then(|text| text.parse::<toml_edit::DocumentMut>().ok());
    let Some(document) = parsed else {
        return refused("The archive's lumen.toml is not TOML.".to_owned());
    };
    let package = document.get("package").and_then(toml_edit::Item::as_table_like);
    let text = |key: &str| {
        package
            .and_then(|table| table.get(key)?.as_str())
            .unwrap_or_default()
            .to_owned()
    };
    let stated = (
        statement.package.as_str().to_owned(),
        statement.version.to_string(),
    );
    let found = (text("name"), text("version"));
    match stated == found {
        true => Ok(()),
        false => refused(format!(
            "The archive's lumen.toml is that of `{}` `{}`, and the statement is about {} {}.",
            found.0, found.1, stated.0, stated.1
        )),
    }
}

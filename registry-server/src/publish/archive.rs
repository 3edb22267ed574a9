//! The archive against the rules, and the statement against the archive. All rules are those of `lumen-pkg`, which the client applies too.

use crate::http::{Kind, Refusal};
use lumen_pkg::archive::{Archive, decompress, read};
use lumen_pkg::protocol::{Begin, Commit, PublishStatement};
use lumen_pkg::{Digest, PublishedManifest, Requirement};

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
        Err(bad_statement(detail))
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
    check_requirements(statement)?;
    PublishedManifest::read(archive.manifest())
        .map_err(|fault| bad_statement(format!("The archive's lumen.toml cannot be published: {fault}.")))?
        .agrees_with(statement)
        .map_err(|error| {
            bad_statement(format!(
                "The statement does not agree with the archive's lumen.toml: {error}."
            ))
        })?;
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

/// Requirements have to be ones that every client reads.
fn check_requirements(statement: &PublishStatement) -> Result<(), Refusal> {
    for dependency in &statement.dependencies {
        if let Err(error) = Requirement::parse(&dependency.requirement) {
            let (name, requirement) = (&dependency.name, &dependency.requirement);
            return Err(bad_statement(format!(
                "`{requirement}` is not a requirement for {name}: {error}."
            )));
        }
    }
    Ok(())
}

fn bad_statement(detail: String) -> Refusal {
    Refusal::new(Kind::BadStatement, detail)
}

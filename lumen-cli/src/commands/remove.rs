//! `lumen remove`: takes a dependency out of a manifest, and leaves everything else as it was.

use super::registry::package_name;
use super::{Session, manifest};
use crate::arguments::RemoveArguments;
use crate::exit::Exit;
use crate::paths::shown;
use anyhow::Result;
use lumen_pkg::edit::{DependencyTable, remove_dependency};

/// Changes the manifest, or says why not and changes nothing.
pub(crate) fn remove(session: &Session, arguments: &RemoveArguments) -> Result<Exit> {
    let name = package_name(&arguments.dependency)?;
    let Some(target) = manifest::find(session, arguments.package.as_deref())? else {
        return Ok(Exit::Usage);
    };
    let table = match arguments.dev {
        true => DependencyTable::DevDependencies,
        false => DependencyTable::Dependencies,
    };
    let text = remove_dependency(&target.text, table, &name)?;
    target.write(&text)?;
    let file = shown(&target.file(), &session.environment.folder);
    session
        .output
        .status("Removed", &format!("{name} from [{}] in {file}", table.key()));
    Ok(Exit::Done)
}

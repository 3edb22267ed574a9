//! `PUT` and `DELETE /api/v1/packages/SCOPE/NAME/VERSION/yank`.

use super::change::Asked;
use super::problem::{Json, Kind, Path, Refusal};
use crate::account::{Charge, charge};
use crate::authority::{Action, Caller};
use crate::database::Standing;
use crate::sequencer::Proposal;
use crate::server::Registry;
use axum::extract::State;
use lumen_pkg::PackageName;
use lumen_pkg::protocol::{Change, LeafAnswer};
use std::sync::Arc;

pub(super) async fn set(
    State(registry): State<Arc<Registry>>,
    caller: Caller,
    Path((scope, name, version)): Path<(String, String, String)>,
    Asked(change): Asked,
) -> Result<Json<LeafAnswer>, Refusal> {
    let bad = |detail: String| Refusal::new(Kind::BadRequest, detail);
    let package = PackageName::parse(&format!("@{scope}/{name}"))
        .map_err(|error| bad(format!("Not a package name: {error}.")))?;
    let version = version
        .parse()
        .map_err(|error| bad(format!("Not a version: {error}.")))?;
    registry.authority.allow(&caller, Action::Yank(&package)).await?;
    // Strangers use none of their quota; the sequencer looks again.
    if registry.database.standing(&caller.user, &package).await? == Standing::Owner {
        charge(&registry, &caller.user, Charge::Yank).await?;
    }
    let proposal = Proposal::Yank {
        package,
        version,
        yanked: change == Change::Add,
        user: caller.user,
    };
    let leaf = registry.sequencer.propose(proposal).await?.added();
    Ok(Json(LeafAnswer { leaf }))
}

//! `/api/v1/packages/SCOPE/NAME/owners`, `/api/v1/scopes/SCOPE/owners`.

use super::change::Asked;
use super::problem::{Json, Kind, Path, Refusal};
use crate::account::change_owner;
use crate::authority::Caller;
use crate::server::Registry;
use axum::extract::State;
use lumen_pkg::PackageName;
use lumen_pkg::protocol::{LeafAnswer, OwnerRequest, Owners};
use std::sync::Arc;

/// `GET`: for everybody, as the log says it to everybody.
pub(super) async fn list(
    State(registry): State<Arc<Registry>>,
    Path(path): Path<(String, String)>,
) -> Result<Json<Owners>, Refusal> {
    let package = parse(&path)?;
    let owners = registry.database.owners(&package).await?;
    match owners.is_empty() {
        true => Err(Refusal::new(
            Kind::NotFound,
            format!("There is no package {package}."),
        )),
        false => Ok(Json(Owners { owners })),
    }
}

/// `GET`: who may publish new packages in a scope.
pub(super) async fn of_scope(
    State(registry): State<Arc<Registry>>,
    Path(scope): Path<String>,
) -> Result<Json<Owners>, Refusal> {
    match registry.database.scope_owner(&scope).await? {
        Some(owner) => Ok(Json(Owners { owners: vec![owner] })),
        None => Err(Refusal::new(Kind::NotFound, "There is no such scope.")),
    }
}

/// `PUT` and `DELETE`: somebody becomes an owner, or is none any longer.
pub(super) async fn change(
    State(registry): State<Arc<Registry>>,
    caller: Caller,
    Path(path): Path<(String, String)>,
    Asked(change): Asked,
    Json(request): Json<OwnerRequest>,
) -> Result<Json<LeafAnswer>, Refusal> {
    let leaf = change_owner(&registry, &caller, parse(&path)?, request.owner, change).await?;
    Ok(Json(LeafAnswer { leaf }))
}

fn parse((scope, name): &(String, String)) -> Result<PackageName, Refusal> {
    PackageName::parse(&format!("@{scope}/{name}"))
        .map_err(|error| Refusal::new(Kind::BadRequest, format!("Not a package name: {error}.")))
}

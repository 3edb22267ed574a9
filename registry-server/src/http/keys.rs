//! `PUT` and `DELETE /api/v1/keys`: publishing keys of the caller. `GET /api/v1/whoami`.

use super::problem::{Json, Kind, Refusal};
use crate::account::{Charge, charge};
use crate::authority::{Action, Caller};
use crate::sequencer::Proposal;
use crate::server::Registry;
use axum::extract::State;
use lumen_pkg::protocol::{Change, Identity, KeyRequest, LeafAnswer, key_proof_bytes};
use std::sync::Arc;

/// Announces a key. The proof shows that the caller has its secret half, so that nobody can announce somebody else's.
pub(super) async fn announce(
    State(registry): State<Arc<Registry>>,
    caller: Caller,
    Json(request): Json<KeyRequest>,
) -> Result<Json<LeafAnswer>, Refusal> {
    let message = key_proof_bytes(&caller.user);
    let proved = request
        .proof
        .is_some_and(|proof| request.key.verify(&message, &proof).is_ok());
    if !proved {
        let detail =
            "The proof is not a signature of this key over `lumen key v1`, a line feed and your user name.";
        return Err(Refusal::new(Kind::BadSignature, detail));
    }
    change(&registry, caller, request, Change::Add).await
}

/// Withdraws a key. What it has signed stays signed.
pub(super) async fn withdraw(
    State(registry): State<Arc<Registry>>,
    caller: Caller,
    Json(request): Json<KeyRequest>,
) -> Result<Json<LeafAnswer>, Refusal> {
    change(&registry, caller, request, Change::Remove).await
}

/// Who the caller is.
pub(super) async fn whoami(
    State(registry): State<Arc<Registry>>,
    caller: Caller,
) -> Result<Json<Identity>, Refusal> {
    Ok(Json(Identity {
        keys: registry.database.keys(&caller.user).await?,
        user: caller.user,
        scopes: caller.scopes,
        packages: caller.packages,
        expires: Some(caller.expires),
    }))
}

async fn change(
    registry: &Registry,
    caller: Caller,
    request: KeyRequest,
    change: Change,
) -> Result<Json<LeafAnswer>, Refusal> {
    registry.authority.allow(&caller, Action::Account).await?;
    charge(registry, &caller.user, Charge::Account).await?;
    let proposal = Proposal::Key {
        owner: caller.user,
        key: request.key,
        change,
    };
    let leaf = registry.sequencer.propose(proposal).await?.added();
    Ok(Json(LeafAnswer { leaf }))
}

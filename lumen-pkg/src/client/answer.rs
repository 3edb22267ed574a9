//! Answers of the API, read the same way everywhere: a value, or why not.

use super::error::ClientError;
use super::printable::one_line;
use super::secret::Token;
use super::transport::{Answer, Call, Method, Transport, TransportError};
use crate::protocol::ApiProblem;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The largest answer of the API that is read, in bytes.
const MAXIMUM_ANSWER_BYTES: u64 = 1024 * 1024;

/// A call without a body.
pub(super) fn bare(method: Method, path: String, token: Option<&Token>) -> Call {
    Call {
        method,
        path,
        body: Vec::new(),
        content_type: "application/json",
        idempotency: None,
        token: token.cloned(),
        limit: MAXIMUM_ANSWER_BYTES,
    }
}

/// A call with a JSON body.
pub(super) fn with_json<T: Serialize>(method: Method, path: String, body: &T, token: &Token) -> Call {
    Call {
        body: crate::protocol::to_canonical(body),
        ..bare(method, path, Some(token))
    }
}

/// Makes a call and reads its answer. `doing` completes "the registry refused to ...".
pub(super) fn ask<T: DeserializeOwned>(
    transport: &dyn Transport,
    call: &Call,
    doing: &str,
) -> Result<T, ClientError> {
    let answer = transport
        .call(call)
        .map_err(ClientError::network(format_args!("to {doing}")))?;
    read(transport.host(), &answer, doing)
}

/// Reads an answer.
pub(super) fn read<T: DeserializeOwned>(host: &str, answer: &Answer, doing: &str) -> Result<T, ClientError> {
    if !answer.is_success() {
        return Err(refusal(host, answer, doing));
    }
    serde_json::from_slice(&answer.body).map_err(|error| ClientError::Answer {
        host: host.to_owned(),
        doing: doing.to_owned(),
        reason: error.to_string(),
    })
}

/// What the registry says, or what its status says if its words are no problem document. Of a proxy that does not reach the registry: that nobody does.
pub(super) fn refusal(host: &str, answer: &Answer, doing: &str) -> ClientError {
    let problem = serde_json::from_slice(&answer.body);
    if problem.is_err() && matches!(answer.status, 502..=504) {
        let failure = TransportError::Unreachable {
            host: host.to_owned(),
            reason: format!("it answers with status {}", answer.status),
        };
        return ClientError::network(format_args!("to {doing}"))(failure);
    }
    let problem = problem.unwrap_or_else(|_| ApiProblem {
        kind: "about:blank".to_owned(),
        title: format!("status {}", answer.status),
        status: answer.status,
        detail: "it did not say why".to_owned(),
    });
    ClientError::Refused {
        host: host.to_owned(),
        doing: doing.to_owned(),
        problem: Box::new(ApiProblem {
            title: one_line(&problem.title),
            detail: one_line(&problem.detail),
            ..problem
        }),
    }
}

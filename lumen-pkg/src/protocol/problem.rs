//! Errors of the API: RFC 9457 problem documents, `application/problem+json`.

use serde::{Deserialize, Serialize};

/// Why the registry refused a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiProblem {
    /// `https://lumen-lang.org/problems/KIND`; stable, for programs.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same for all problems of a type, in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong in this case and what to do, in words.
    pub detail: String,
}

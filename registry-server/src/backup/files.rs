//! The files of a registry as a client sees them, without a server: the client's own audit is what verifies a restored registry.

use crate::storage::Storage;
use lumen_pkg::client::{Answer, Call, Get, Transport, TransportError};
use tokio::runtime::Handle;

/// Reads files out of storage. For threads that may block.
pub(super) struct Files {
    storage: Storage,
    runtime: Handle,
}

impl Files {
    /// Must be called on the runtime.
    pub(super) fn new(storage: Storage) -> Self {
        Self {
            storage,
            runtime: Handle::current(),
        }
    }

    fn answer(&self, request: &Get) -> Result<Answer, TransportError> {
        match self
            .runtime
            .block_on(self.storage.read(&request.path, request.limit))
        {
            Ok(Some(bytes)) => Ok(Answer {
                status: 200,
                body: bytes.into(),
            }),
            Ok(None) => Ok(Answer {
                status: 404,
                body: Vec::new(),
            }),
            Err(error) => Err(TransportError::Unreachable {
                host: self.host().to_owned(),
                reason: error.to_string(),
            }),
        }
    }
}

impl Transport for Files {
    fn host(&self) -> &str {
        "the restored folder"
    }

    fn each(&self, requests: &[Get], done: &mut dyn FnMut(usize, Result<Answer, TransportError>)) {
        for (place, request) in requests.iter().enumerate() {
            done(place, self.answer(request));
        }
    }

    fn call(&self, _: &Call) -> Result<Answer, TransportError> {
        Ok(Answer {
            status: 405,
            body: Vec::new(),
        })
    }
}

//! The leaves of a batch while it is being made, in one transaction of the database.

use super::proposal::{Fault, Rejection};
use crate::database::{Connection, DatabaseError, Driver, holds, log, packages};
use crate::policy::Policy;
use lumen_pkg::PackageName;
use lumen_pkg::protocol::{Event, Leaf, MAXIMUM_LEAF_BYTES, MapValue};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What `time` and `previous` may add to a leaf, in bytes.
const MARGIN: usize = 128;

/// A batch under way.
pub(super) struct Journal<'t> {
    transaction: sqlx::Transaction<'t, Driver>,
    next: u64,
    time: u64,
    leaves: Vec<Vec<u8>>,
    changed: BTreeSet<PackageName>,
    policy: Arc<Policy>,
    /// Names that wait from now on for a person, and who wants them.
    held: Vec<(PackageName, String)>,
}

/// A package as it is after a batch.
pub(super) struct Changed {
    pub(super) package: PackageName,
    pub(super) record: Vec<u8>,
    pub(super) value: MapValue,
}

impl<'t> Journal<'t> {
    /// A batch after a log of `size` leaves.
    pub(super) fn new(
        transaction: sqlx::Transaction<'t, Driver>,
        size: u64,
        time: u64,
        policy: Arc<Policy>,
    ) -> Self {
        Self {
            policy,
            held: Vec::new(),
            transaction,
            next: size,
            time,
            leaves: Vec::new(),
            changed: BTreeSet::new(),
        }
    }

    pub(super) fn connection(&mut self) -> &mut Connection {
        &mut self.transaction
    }

    /// The rules of names.
    pub(super) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Lets a name wait for a person.
    pub(super) async fn hold(
        &mut self,
        package: &PackageName,
        user: &str,
        reason: &str,
    ) -> Result<(), DatabaseError> {
        let time = self.time;
        holds::add_hold(self.connection(), package, user, reason, time).await?;
        self.held.push((package.clone(), user.to_owned()));
        Ok(())
    }

    /// The time of all its leaves.
    pub(super) const fn time(&self) -> u64 {
        self.time
    }

    pub(super) fn is_empty(&self) -> bool {
        self.leaves.is_empty()
    }

    /// Refuses an event whose leaf would not fit.
    pub(super) fn check_length(&self, event: &Event) -> Result<(), Rejection> {
        let leaf = Leaf {
            time: self.time,
            previous: None,
            event: event.clone(),
        };
        let bytes = leaf.to_bytes().len() + MARGIN;
        match bytes <= MAXIMUM_LEAF_BYTES {
            true => Ok(()),
            false => Err(Rejection::TooLong { bytes }),
        }
    }

    /// Adds a leaf; the answer is its index.
    pub(super) async fn add(&mut self, event: Event) -> Result<u64, Fault> {
        let mut leaf = Leaf {
            time: self.time,
            previous: None,
            event,
        };
        let position = self.next;
        if let Some(package) = leaf.package().cloned() {
            leaf.previous = packages::last_leaf(self.connection(), &package).await?;
            packages::count_leaf(self.connection(), &package, position).await?;
            self.changed.insert(package);
        }
        let bytes = leaf.to_bytes();
        let text = std::str::from_utf8(&bytes).expect("canonical JSON is UTF-8");
        log::insert_leaf(&mut self.transaction, position, leaf.package(), text).await?;
        self.leaves.push(bytes);
        self.next += 1;
        Ok(position)
    }

    /// The records of all packages that leaves are about, made anew; and how many packages there are.
    pub(super) async fn renew_records(&mut self) -> Result<(Vec<Changed>, u64), DatabaseError> {
        let mut changed = Vec::with_capacity(self.changed.len());
        for package in std::mem::take(&mut self.changed) {
            let (record, value) = packages::renew_record(&mut self.transaction, &package).await?;
            changed.push(Changed {
                package,
                record,
                value,
            });
        }
        let count = packages::count_packages(&mut self.transaction).await?;
        Ok((changed, count))
    }

    /// The leaves so far.
    pub(super) fn leaves(&self) -> &[Vec<u8>] {
        &self.leaves
    }

    /// Decides the batch: from now on it has happened.
    pub(super) async fn commit(mut self, batch: &log::Batch) -> Result<(), DatabaseError> {
        log::insert_batch(&mut self.transaction, batch).await?;
        self.end().await
    }

    /// Ends without a leaf: only names that wait are kept.
    pub(super) async fn end(self) -> Result<(), DatabaseError> {
        self.transaction.commit().await?;
        for (package, user) in self.held {
            tracing::warn!(package = %package, user, "held");
        }
        Ok(())
    }
}

//! Properties: `@test` cells with parameters, run with many arguments and shrunk when one of them fails.
//!
//! ```text
//!  random  choices                 numbers from a seed; the list of choices that a value is made from
//!  numbers text matching           scalars from choices
//!  make    record  heights         values of any type from choices
//!  plans   narrow  constants       what constraints allow, found out before the first case
//!  shrink  kept                    simpler lists that fail too; failing cases as files keep them
//!  check                           all cases of a property, from the kept ones to the shrunk one
//! ```
//!
//! A value is made by its type, the one that `--arg` and `expect schema` decode by, and keeps the same constraints. Everything
//! follows from program, seed and number of cases, on every platform.

mod check;
mod choices;
mod constants;
mod heights;
mod kept;
mod make;
mod matching;
mod narrow;
mod numbers;
mod plans;
mod random;
mod record;
mod shrink;
mod text;

pub use check::{Counterexample, Property, PropertyFailure, PropertyOutcome};
pub use kept::KeptCase;

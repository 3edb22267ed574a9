//! Properties: `@test` cells with parameters, run with many arguments and shrunk when one of them fails.
//!
//! ```text
//!  random  choices                 numbers from a seed; the list of choices that a value is made from
//!  numbers text matching           scalars from choices
//!  make    record  heights         values of any type from choices
//!  plans   narrow  constants       what constraints allow, found out before the first case
//!  case    kept                    one run of the cell; failing cases as files keep them
//!  shrink  simplest                simpler lists that fail too, of any list; the simplest case of a property
//!  check                           all cases of a property, from the kept ones to the simplest one
//! ```
//!
//! A value is made by its type, the one that `--arg` and `expect schema` decode by, and keeps the same constraints. Everything
//! follows from program, seed and number of cases, on every platform.

mod case;
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
mod simplest;
mod text;

pub use check::{Counterexample, Property, PropertyFailure, PropertyOutcome};
pub use kept::KeptCase;

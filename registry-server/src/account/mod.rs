//! Users and what stands for them: names of users, tokens that make lesser tokens, owners, quotas.
//!
//! Not who may do what (`authority`), and not the leaves that follow from it (`sequencer`).

mod charge;
mod hold;
mod owner;
mod token;
mod user;

pub use charge::{Charge, charge, would_charge};
pub use hold::{Verdict, check, held_words, look};
pub use owner::change_owner;
pub use token::{list_tokens, make_token, revoke_token};
pub use user::is_user_name;

//! Renewal: `authctl refresh`, and what `token` does at expiry.

mod id_tokens;
mod lost_answers;
mod meanwhile;
mod refused;
mod renewed;

use crate::fake::{Answer, Fake, bearer};
use crate::harness::Home;
use crate::observed::kept;

/// Signs in at a fake whose further answers follow the sign-in's.
fn signed_in_at(answers: impl IntoIterator<Item = Answer>) -> (Fake, Home) {
    let sign_in = bearer("at-0", "rt-0");
    let server = Fake::tokens([sign_in].into_iter().chain(answers));
    let home = Home::new();
    home.sign_in_at(&server);
    (server, home)
}

fn refresh_token(home: &Home) -> String {
    let record = kept(home, "default").expect("a session");
    record.refresh_token.expect("a token").expose().to_owned()
}

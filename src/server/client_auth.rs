//! Who the client is, from the server's side (RFC 6749 §2.3).

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::config::Client;
use super::form::Form;
use super::refusal::Refusal;
use super::state::State;
use crate::core::oauth::ClientAuth;
use crate::core::secret::Secret;

impl State {
    /// Authenticates the client of a request.
    ///
    /// A public client is known by its `client_id` alone and must not send a
    /// secret; a confidential one must.
    ///
    /// # Errors
    ///
    /// `invalid_request` when there are two methods at once (RFC 6749 §2.3),
    /// otherwise `invalid_client`, in the same words and after the same work
    /// for an unknown client and for a wrong secret.
    pub(super) async fn authenticate(
        &self,
        headers: &HeaderMap,
        form: &Form,
    ) -> Result<&Client, Refusal> {
        let claimed = claimed(headers, form)?;
        let client = self.client(claimed.client_id());
        let Some(secret) = claimed.secret() else {
            return match client {
                Some(client) if client.secret.is_none() => Ok(client),
                Some(_) => Err(Refusal::invalid_client(
                    "the client is confidential; it must authenticate",
                )),
                None => Err(Refusal::invalid_client("the client is unknown")),
            };
        };
        let verifier = client.and_then(|client| client.secret.as_ref());
        let right = self.client_secrets.check(verifier, secret).await;
        match client {
            Some(client) if right => Ok(client),
            _ => Err(Refusal::invalid_client(
                "the client is unknown or its secret is wrong",
            )),
        }
    }

    /// Authenticates a client that must be a confidential one.
    pub(super) async fn authenticate_confidential(
        &self,
        headers: &HeaderMap,
        form: &Form,
    ) -> Result<&Client, Refusal> {
        let client = self.authenticate(headers, form).await?;
        if client.secret.is_none() {
            return Err(Refusal::invalid_client(
                "a public client cannot prove who it is; authenticate as a confidential one",
            ));
        }
        Ok(client)
    }
}

/// Reads what the request says of its client, in one place only.
fn claimed(headers: &HeaderMap, form: &Form) -> Result<ClientAuth, Refusal> {
    if form.text("client_assertion").is_some() || form.text("client_assertion_type").is_some() {
        return Err(Refusal::invalid_client(
            "client assertions are not supported; use client_secret_basic or client_secret_post",
        ));
    }
    let in_form = form.text("client_id");
    let secret = form.secret("client_secret");
    let mut fields = headers.get_all(header::AUTHORIZATION).iter();
    let field = fields.next();
    if fields.next().is_some() {
        return Err(Refusal::invalid_request(
            "the Authorization header comes twice",
        ));
    }
    let Some(field) = field else {
        let client_id = in_form
            .ok_or_else(|| {
                Refusal::invalid_client("the request does not say which client it is of")
            })?
            .to_owned();
        return Ok(match secret {
            Some(secret) => ClientAuth::Post {
                client_id,
                secret: secret.clone(),
            },
            None => ClientAuth::None { client_id },
        });
    };
    if secret.is_some() {
        return Err(Refusal::invalid_request(
            "the client authenticates in two ways at once",
        ));
    }
    let (client_id, secret) =
        field.to_str().ok().and_then(read_basic).ok_or_else(|| {
            Refusal::invalid_client("the Authorization header is no HTTP Basic one")
        })?;
    // Some clients name themselves in the form as well, which is harmless as
    // long as both are one.
    if in_form.is_some_and(|other| other != client_id) {
        return Err(Refusal::invalid_request(
            "the client_id of the body is not the one of the Authorization header",
        ));
    }
    Ok(ClientAuth::Basic { client_id, secret })
}

/// Reads `Basic BASE64(ID:SECRET)`, where identifier and secret are
/// form-urlencoded first (RFC 6749 §2.3.1).
fn read_basic(field: &str) -> Option<(String, Secret)> {
    let (scheme, credentials) = field.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let octets = Zeroizing::new(BASE64_STANDARD.decode(credentials.trim()).ok()?);
    let pair = std::str::from_utf8(&octets).ok()?;
    let (client_id, secret) = pair.split_once(':')?;
    Some((decode(client_id)?, Secret::new(decode(secret)?)))
}

/// Undoes the form-urlencoding of one value.
fn decode(encoded: &str) -> Option<String> {
    // `&` and `=` would be parsed as structure; encoded they never occur, and
    // sent raw by a client that forgot to encode they mean themselves.
    let escaped = Zeroizing::new(encoded.replace('&', "%26").replace('=', "%3D"));
    let decoded: String = form_urlencoded::parse(escaped.as_bytes())
        .next()
        .map(|(value, _)| value.into_owned())
        .unwrap_or_default();
    (!decoded.contains('\u{fffd}')).then_some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::http::Request;

    #[test]
    fn basic_is_form_urlencoded_inside() {
        // Client `a:b c` with the secret `p%+ü&=`.
        let field = format!(
            "Basic {}",
            BASE64_STANDARD.encode("a%3Ab+c:p%25%2B%C3%BC%26%3D")
        );
        let (client_id, secret) = read_basic(&field).unwrap();
        assert_eq!(client_id, "a:b c");
        assert_eq!(secret.expose(), "p%+ü&=");
    }

    proptest::proptest! {
        #[test]
        fn no_header_panics(field: String, pair: Vec<u8>) {
            let _ = read_basic(&field);
            let _ = read_basic(&format!("Basic {}", BASE64_STANDARD.encode(pair)));
        }

        #[test]
        fn what_the_core_s_client_writes_is_read(client_id in ".{1,12}", secret in ".{0,12}") {
            let replaced = |text: &str| text.contains('\u{fffd}');
            proptest::prop_assume!(!replaced(&client_id) && !replaced(&secret));
            let mut request = Request::post("https://as.example/token".parse().unwrap());
            let auth = ClientAuth::Basic {
                client_id: client_id.clone(),
                secret: Secret::new(secret.as_str()),
            };
            auth.apply(&mut request);
            let (id, read) = read_basic(request.header("authorization").unwrap()).unwrap();
            proptest::prop_assert_eq!(id, client_id);
            proptest::prop_assert_eq!(read.expose(), secret);
        }
    }

    #[test]
    fn raw_ampersands_mean_themselves() {
        let field = format!("basic {}", BASE64_STANDARD.encode("id:a&b=c:d"));
        assert_eq!(read_basic(&field).unwrap().1.expose(), "a&b=c:d");
    }

    #[test]
    fn what_is_no_basic_is_refused() {
        for field in [
            "Basic",
            "Basic !",
            "Bearer aWQ6c2VjcmV0",
            "Basic aWQ",
            // `id` without a colon, and octets that are not UTF-8.
            "Basic aWQ=",
            "Basic aWQ6/w==",
            // `id:%ff`
            "Basic aWQ6JWZm",
        ] {
            assert!(read_basic(field).is_none(), "{field}");
        }
    }
}

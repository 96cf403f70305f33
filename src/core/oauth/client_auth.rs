//! How the client says who it is (RFC 6749 §2.3).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::error::Error;
use crate::core::http::{FieldValue, Request};
use crate::core::secret::Secret;

/// A client authentication method, by its name in the IANA registry "OAuth
/// Token Endpoint Authentication Methods". Those that are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMethod {
    /// `none`: a public client, which gives its `client_id` alone.
    None,
    /// `client_secret_basic`: HTTP Basic (RFC 6749 §2.3.1).
    ClientSecretBasic,
    /// `client_secret_post`: in the form (RFC 6749 §2.3.1).
    ClientSecretPost,
}

impl AuthMethod {
    /// All of them, in the order in which they are preferred for a client that
    /// has a secret.
    pub const ALL: [Self; 3] = [Self::ClientSecretBasic, Self::ClientSecretPost, Self::None];

    /// Returns the registered name.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
        }
    }

    /// Says whether the method needs the client secret.
    pub fn needs_secret(self) -> bool {
        match self {
            Self::None => false,
            Self::ClientSecretBasic | Self::ClientSecretPost => true,
        }
    }
}

impl fmt::Display for AuthMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no built authentication method.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected none, client_secret_basic or client_secret_post")]
pub struct UnknownAuthMethod;

impl FromStr for AuthMethod {
    type Err = UnknownAuthMethod;

    fn from_str(name: &str) -> Result<Self, UnknownAuthMethod> {
        Self::ALL
            .into_iter()
            .find(|method| method.name() == name)
            .ok_or(UnknownAuthMethod)
    }
}

/// Chooses the method that was asked for, or one that the server supports.
///
/// `supported` is `token_endpoint_auth_methods_supported`; "if omitted, the
/// default is `client_secret_basic`" (RFC 8414 §2). A client without a secret
/// uses `none` even where the server does not list it: many that accept public
/// clients do not.
///
/// # Errors
///
/// [`Error::ClientAuth`] when the method asked for needs a secret and there
/// is none, and when the server supports none of the methods that are built.
pub fn choose(
    asked: Option<AuthMethod>,
    supported: Option<&[String]>,
    has_secret: bool,
) -> Result<AuthMethod, Error> {
    if let Some(method) = asked {
        if method.needs_secret() && !has_secret {
            return Err(Error::ClientAuth {
                what: format!("{method} needs a client secret, and none is given"),
                hint: "give it with `--client-secret`, or use `--auth-method none`".into(),
            });
        }
        return Ok(method);
    }
    if !has_secret {
        return Ok(AuthMethod::None);
    }
    let Some(supported) = supported else {
        return Ok(AuthMethod::ClientSecretBasic);
    };
    AuthMethod::ALL
        .into_iter()
        .filter(|method| method.needs_secret())
        .find(|method| supported.iter().any(|name| name == method.name()))
        .ok_or_else(|| Error::ClientAuth {
            what: format!(
                "the server authenticates clients by {} only, none of which works with a \
                 client secret here",
                listed(supported)
            ),
            hint: "leave the client secret away if the client is a public one, or force a \
                   method with `--auth-method`"
                .into(),
        })
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "no method".into();
    }
    names.join(", ")
}

/// Who the client is and how it proves that.
#[derive(Clone, Debug)]
pub enum ClientAuth {
    /// A public client.
    None {
        /// `client_id`.
        client_id: String,
    },
    /// By HTTP Basic.
    Basic {
        /// `client_id`.
        client_id: String,
        /// `client_secret`.
        secret: Secret,
    },
    /// In the form.
    Post {
        /// `client_id`.
        client_id: String,
        /// `client_secret`.
        secret: Secret,
    },
}

impl ClientAuth {
    /// Brings the parts together.
    ///
    /// # Errors
    ///
    /// [`Error::ClientAuth`] when the method needs a secret and there is none.
    pub fn new(
        method: AuthMethod,
        client_id: impl Into<String>,
        secret: Option<Secret>,
    ) -> Result<Self, Error> {
        let client_id = client_id.into();
        match (choose(Some(method), None, secret.is_some())?, secret) {
            (AuthMethod::ClientSecretBasic, Some(secret)) => Ok(Self::Basic { client_id, secret }),
            (AuthMethod::ClientSecretPost, Some(secret)) => Ok(Self::Post { client_id, secret }),
            // A secret that the method does not use is not sent.
            (_, _) => Ok(Self::None { client_id }),
        }
    }

    /// Returns the `client_id`.
    pub fn client_id(&self) -> &str {
        match self {
            Self::None { client_id }
            | Self::Basic { client_id, .. }
            | Self::Post { client_id, .. } => client_id,
        }
    }

    /// Returns the method.
    pub fn method(&self) -> AuthMethod {
        match self {
            Self::None { .. } => AuthMethod::None,
            Self::Basic { .. } => AuthMethod::ClientSecretBasic,
            Self::Post { .. } => AuthMethod::ClientSecretPost,
        }
    }

    /// Returns the client secret, where there is one.
    pub fn secret(&self) -> Option<&Secret> {
        match self {
            Self::None { .. } => None,
            Self::Basic { secret, .. } | Self::Post { secret, .. } => Some(secret),
        }
    }

    /// Adds what proves the client's identity to a request, in one place only:
    /// "the client MUST NOT use more than one authentication method in each
    /// request" (RFC 6749 §2.3).
    pub fn apply(&self, request: &mut Request) {
        match self {
            Self::None { client_id } => request.field("client_id", client_id.as_str()),
            Self::Basic { client_id, secret } => request.headers.push((
                "authorization",
                FieldValue::Secret(basic(client_id, secret)),
            )),
            Self::Post { client_id, secret } => {
                request.field("client_id", client_id.as_str());
                request.secret_field("client_secret", secret);
            }
        }
    }
}

/// Returns the value of the `Authorization` header. Identifier and secret are
/// "encoded using the `application/x-www-form-urlencoded` encoding algorithm"
/// before they are joined (RFC 6749 §2.3.1), which most clients forget and
/// which matters for a secret with `:`, `%`, `+` or letters beyond ASCII.
fn basic(client_id: &str, secret: &Secret) -> Secret {
    let mut pair = Zeroizing::new(String::new());
    pair.extend(form_urlencoded::byte_serialize(client_id.as_bytes()));
    pair.push(':');
    pair.extend(form_urlencoded::byte_serialize(secret.expose().as_bytes()));
    let encoded = Zeroizing::new(BASE64_STANDARD.encode(pair.as_bytes()));
    Secret::new(format!("Basic {}", encoded.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::error::{Exit, Report};

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn applied(auth: &ClientAuth) -> Request {
        let mut request = Request::post("https://as.example/token".parse().expect("a URL"));
        auth.apply(&mut request);
        request
    }

    #[test]
    fn the_method_fits_the_server() {
        use AuthMethod::{ClientSecretBasic, ClientSecretPost, None as Public};
        for (asked, supported, has_secret, chosen) in [
            (None, None, false, Public),
            (None, None, true, ClientSecretBasic),
            (None, Some(&["client_secret_basic"][..]), false, Public),
            (None, Some(&["client_secret_post"]), true, ClientSecretPost),
            (
                None,
                Some(&["client_secret_post", "client_secret_basic"]),
                true,
                ClientSecretBasic,
            ),
            (
                Some(ClientSecretPost),
                Some(&["client_secret_basic"]),
                true,
                ClientSecretPost,
            ),
            (Some(Public), Some(&["client_secret_basic"]), true, Public),
        ] {
            let supported = supported.map(names);
            assert_eq!(
                choose(asked, supported.as_deref(), has_secret),
                Ok(chosen),
                "{asked:?} {supported:?} {has_secret}"
            );
        }
    }

    #[test]
    fn a_server_without_a_built_method_is_named() {
        let supported = names(&["private_key_jwt", "tls_client_auth"]);
        let error = choose(None, Some(&supported), true).expect_err("no method fits");
        assert_eq!(error.exit(), Exit::Config);
        assert_eq!(error.code(), "client_auth");
        assert_eq!(
            error.to_string(),
            "the server authenticates clients by private_key_jwt, tls_client_auth only, none of \
             which works with a client secret here"
        );
    }

    #[test]
    fn a_method_that_needs_a_secret_says_so() {
        let error = choose(Some(AuthMethod::ClientSecretPost), None, false).expect_err("no secret");
        assert_eq!(
            error.to_string(),
            "client_secret_post needs a client secret, and none is given"
        );
    }

    #[test]
    fn basic_encodes_before_it_joins() {
        // RFC 6749 §2.3.1's own example.
        let auth = ClientAuth::new(
            AuthMethod::ClientSecretBasic,
            "s6BhdRkqt3",
            Some(Secret::new("7Fjfp0ZBr1KtDRbnfVdmIw")),
        )
        .expect("fits");
        let request = applied(&auth);
        assert_eq!(
            request.header("authorization"),
            Some("Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3")
        );
        assert!(request.form.is_empty());
        // `a:b` and `p%&+£€ ` (RFC 6749 appendix B writes the last six so).
        let auth = ClientAuth::Basic {
            client_id: "a:b".into(),
            secret: Secret::new(" %&+£€"),
        };
        assert_eq!(
            applied(&auth).header("authorization"),
            Some(
                format!(
                    "Basic {}",
                    BASE64_STANDARD.encode("a%3Ab:+%25%26%2B%C2%A3%E2%82%AC")
                )
                .as_str()
            )
        );
    }

    #[test]
    fn the_other_methods_use_the_form_alone() {
        let post = applied(&ClientAuth::Post {
            client_id: "c".into(),
            secret: Secret::new("s"),
        });
        assert_eq!(post.form_value("client_id"), Some("c"));
        assert_eq!(post.form_value("client_secret"), Some("s"));
        assert_eq!(post.header("authorization"), None);
        let none = ClientAuth::new(AuthMethod::None, "c", Some(Secret::new("s"))).expect("fits");
        let none = applied(&none);
        assert_eq!(none.form_value("client_id"), Some("c"));
        assert_eq!(none.form_value("client_secret"), None);
    }

    #[test]
    fn debug_shows_no_secret() {
        let auth = ClientAuth::Post {
            client_id: "c".into(),
            secret: Secret::new("hunter2"),
        };
        assert!(!format!("{auth:?} {:?}", applied(&auth)).contains("hunter2"));
    }
}

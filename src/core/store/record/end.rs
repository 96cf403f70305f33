//! Why a session cannot be renewed any more, kept for those who ask later.

use std::fmt;

use super::Record;
use crate::core::time::Timestamp;

/// How a server ended a session, by refusing its refresh token.
///
/// Its form is one JSON object, the member `ended` of the record's:
///
/// ```json
/// {"at":1700000000,"error":"invalid_grant","sent_at":1699990000}
/// ```
///
/// It only explains: one that cannot be read is as none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// When the server refused.
    pub at: Timestamp,
    /// The `error` that it answered.
    pub error: String,
    /// When the refresh token had been sent before, with no answer kept.
    pub sent_at: Option<Timestamp>,
}

impl Record {
    /// Returns why the refresh token is gone. A refresh token that is there
    /// was put there since, by an authctl that does not know of ends.
    pub fn ended(&self) -> Option<&End> {
        self.ended.as_ref().filter(|_| self.refresh_token.is_none())
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "at {} the server answered {} to its refresh token",
            self.at, self.error
        )?;
        match self.sent_at {
            Some(sent_at) => write!(f, ", which had been used at {sent_at} with the answer lost"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::record;
    use super::*;
    use crate::core::secret::Secret;

    #[test]
    fn it_is_written_and_read_and_out_of_date_beside_a_refresh_token() {
        let mut record = record();
        record.refresh_token = None;
        let end = End {
            at: Timestamp(1_700_000_100),
            error: "invalid_grant".into(),
            sent_at: Some(Timestamp(1_700_000_000)),
        };
        record.ended = Some(end.clone());
        let json = record.to_json();
        let mut read = Record::from_json(&json).unwrap();
        assert_eq!(read.ended(), Some(&end));
        assert_eq!(read.to_json(), json);
        read.refresh_token = Some(Secret::new("rt-new"));
        assert_eq!(read.ended(), None);
    }

    #[test]
    fn one_that_cannot_be_read_is_as_none() {
        for ended in ["null", "7", "{}", r#"{"at":"x","error":"e"}"#, "[]"] {
            let json = format!(
                r#"{{"version":1,"issuer":"i","client_id":"c","created_at":1,"updated_at":1,"ended":{ended}}}"#
            );
            let read = Record::from_json(json.as_bytes()).unwrap();
            assert_eq!(read.ended(), None, "{ended}");
        }
    }
}

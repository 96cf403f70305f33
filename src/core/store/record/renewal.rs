//! What is remembered of a renewal until its end is kept.
//!
//! A refresh token that rotates is spent by the request, and what takes its
//! place is in an answer that may be lost. So it is written down before it is
//! sent; whoever comes after a crash or a cut knows what happened, and can say
//! it if the server does not take the token again.

use super::Record;
use crate::core::secret::Secret;
use crate::core::time::Timestamp;

/// A renewal that began, and whose end is not kept yet.
///
/// Its form is one JSON object, the member `renewal` of the record's:
///
/// ```json
/// {"of":"1a2b3c4d","sent_at":1700000000,"successor":"…","doubted":true}
/// ```
#[derive(Clone, Debug, Default)]
pub struct Renewal {
    /// The fingerprint of the refresh token that this is about. Another one in
    /// the record was put there by an authctl that does not know of renewals:
    /// then this is out of date.
    pub of: String,
    /// When that refresh token was first sent, where no answer to it was kept.
    pub sent_at: Option<Timestamp>,
    /// The refresh token that came in its place, kept at once, while the ID
    /// Token beside it is judged.
    pub successor: Option<Secret>,
    /// Whether the present refresh token came beside an ID Token that was
    /// refused: then the next one must vouch for the session.
    pub doubted: bool,
}

impl Record {
    /// Returns the renewal that began with the present refresh token, if its
    /// end is not kept.
    pub fn open_renewal(&self) -> Option<&Renewal> {
        let of = self.refresh_token.as_ref()?.fingerprint();
        self.renewal.as_ref().filter(|renewal| renewal.of == of)
    }

    /// Returns when the newest refresh token was first sent, if no answer to
    /// that was kept.
    pub fn sent_before(&self) -> Option<Timestamp> {
        self.open_renewal()
            .filter(|renewal| renewal.successor.is_none())
            .and_then(|renewal| renewal.sent_at)
    }

    /// Says whether an ID Token must vouch for the next answer.
    pub fn is_doubted(&self) -> bool {
        self.open_renewal().is_some_and(|renewal| renewal.doubted)
    }

    /// Notes that the newest refresh token is about to be sent, and returns
    /// it; `None` if there is none.
    pub fn begin_renewal(&mut self, now: Timestamp) -> Option<Secret> {
        let open = self.open_renewal().cloned().unwrap_or_default();
        let (token, sent_at) = match open.successor {
            // A process died while it judged the ID Token beside it.
            Some(successor) => (successor, None),
            None => (self.refresh_token.clone()?, open.sent_at),
        };
        self.renewal = Some(Renewal {
            of: token.fingerprint(),
            // The first time counts: that is when its answer was lost.
            sent_at: sent_at.or(Some(now)),
            successor: None,
            doubted: open.doubted,
        });
        self.refresh_token = Some(token.clone());
        self.count_change();
        Some(token)
    }

    /// Notes the refresh token that came in place of the one that was sent.
    pub fn put_successor(&mut self, successor: Secret) {
        if let Some(renewal) = &mut self.renewal {
            renewal.successor = Some(successor);
            self.count_change();
        }
    }

    /// Ends a renewal whose answer was refused for its ID Token. The refresh
    /// token that came with it is kept all the same, since the server has
    /// spent the other, but nothing is given out for it before a good ID Token
    /// comes.
    pub fn doubt_successor(&mut self) {
        if let Some(successor) = self.renewal.take().and_then(|renewal| renewal.successor) {
            self.renewal = Some(Renewal {
                of: successor.fingerprint(),
                doubted: true,
                ..Renewal::default()
            });
            self.refresh_token = Some(successor);
            self.count_change();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::record;
    use super::*;

    const LATER: Timestamp = Timestamp(1_700_000_100);

    fn present(record: &Record) -> &str {
        record.refresh_token.as_ref().unwrap().expose()
    }

    #[test]
    fn what_is_sent_is_written_down_with_its_first_time() {
        let mut record = record();
        assert_eq!(record.sent_before(), None);
        let sent = record.begin_renewal(Timestamp(1_700_000_000)).unwrap();
        assert_eq!(sent.expose(), "rt-hunter2");
        assert_eq!(record.sent_before(), Some(Timestamp(1_700_000_000)));
        record.begin_renewal(LATER).unwrap();
        assert_eq!(record.sent_before(), Some(Timestamp(1_700_000_000)));
        // Another one put there the older way.
        record.refresh_token = Some(Secret::new("rt-other"));
        assert_eq!(record.sent_before(), None);
        record.refresh_token = None;
        assert!(record.begin_renewal(LATER).is_none());
    }

    #[test]
    fn a_successor_whose_id_token_was_not_judged_is_the_next_to_be_sent() {
        let mut record = record();
        record.begin_renewal(Timestamp(1_700_000_000)).unwrap();
        record.put_successor(Secret::new("rt-next"));
        assert_eq!((present(&record), record.revision), ("rt-hunter2", 2));
        assert_eq!(record.sent_before(), None);
        let sent = record.begin_renewal(LATER).unwrap();
        assert_eq!((sent.expose(), present(&record)), ("rt-next", "rt-next"));
        assert_eq!(record.sent_before(), Some(LATER));
        assert!(!record.is_doubted());
    }

    #[test]
    fn a_doubted_successor_stays_doubted_until_its_renewal_ends_well() {
        let mut record = record();
        record.begin_renewal(LATER).unwrap();
        record.put_successor(Secret::new("rt-next"));
        record.doubt_successor();
        assert_eq!((present(&record), record.revision), ("rt-next", 3));
        assert!(record.is_doubted());
        assert_eq!(record.sent_before(), None);
        record.begin_renewal(LATER).unwrap();
        assert!(record.is_doubted());
        record.renewal = None;
        assert!(!record.is_doubted());
    }

    #[test]
    fn it_is_written_and_read() {
        let mut record = record();
        record.begin_renewal(LATER).unwrap();
        record.put_successor(Secret::new("rt-next"));
        let json = record.to_json();
        let read = Record::from_json(&json).unwrap();
        assert_eq!(read.to_json(), json);
        let open = read.open_renewal().unwrap();
        assert_eq!(open.sent_at, Some(LATER));
        assert_eq!(open.successor.as_ref().unwrap().expose(), "rt-next");
        assert!(!format!("{record:?}").contains("rt-next"));
    }
}

//! How two records of one key stand to each other.

use super::Record;

/// How a record stands to another that is kept under the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// They say the same.
    Same,
    /// It is a later state of the same sign-in.
    Newer,
    /// It is an earlier state of the same sign-in: its refresh token may be
    /// spent.
    Older,
    /// They are states of the same sign-in of which nobody can tell which
    /// came first.
    Tied,
    /// They are of different sign-ins.
    Another,
}

impl Record {
    /// Tells how the record stands to `kept`. Where one of them was moved from
    /// makes no difference.
    ///
    /// A sign-in is known by server, client, person and instant: a renewal
    /// changes none of them. Of its states the one that more were kept before
    /// is the newer; only among equals, as an authctl wrote them that did not
    /// count, does the time tell.
    pub fn relation_to(&self, kept: &Self) -> Relation {
        let settled = |record: &Self| {
            Self {
                moved_from: None,
                ..record.clone()
            }
            .to_json()
        };
        let is_same_person = match (&self.subject, &kept.subject) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        if self.issuer != kept.issuer
            || self.client_id != kept.client_id
            || self.created_at != kept.created_at
            || !is_same_person
        {
            return Relation::Another;
        }
        let age = |record: &Self| (record.revision, record.updated_at);
        match age(self).cmp(&age(kept)) {
            std::cmp::Ordering::Greater => Relation::Newer,
            std::cmp::Ordering::Less => Relation::Older,
            std::cmp::Ordering::Equal if settled(self) == settled(kept) => Relation::Same,
            std::cmp::Ordering::Equal => Relation::Tied,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::record;
    use super::*;
    use crate::core::secret::Secret;
    use crate::core::time::Timestamp;

    #[test]
    fn states_of_one_sign_in_are_told_from_those_of_others() {
        let kept = record();
        let with = |change: &dyn Fn(&mut Record)| {
            let mut other = record();
            change(&mut other);
            other.relation_to(&kept)
        };
        let later = Timestamp(kept.updated_at.0 + 1);
        let earlier = Timestamp(kept.updated_at.0 - 1);
        assert_eq!(with(&|_| {}), Relation::Same);
        assert_eq!(with(&|record| record.moved_from = None), Relation::Same);
        assert_eq!(with(&|record| record.updated_at = later), Relation::Newer);
        assert_eq!(with(&|record| record.updated_at = earlier), Relation::Older);
        assert_eq!(
            with(&|record| record.refresh_token = Some(Secret::new("other"))),
            Relation::Tied
        );
        // Within one second, or after the clock was set back.
        for at in [kept.updated_at, earlier] {
            assert_eq!(with(&|record| record.touch(at)), Relation::Newer);
            let mut newer = record();
            newer.touch(at);
            assert_eq!(kept.relation_to(&newer), Relation::Older);
        }
        for change in [
            &(|record: &mut Record| record.issuer.push('/')) as &dyn Fn(&mut Record),
            &|record| record.client_id.push('2'),
            &|record| record.subject = Some("bob".into()),
            &|record| record.created_at = earlier,
        ] {
            assert_eq!(with(change), Relation::Another);
        }
        // A server without ID Tokens names nobody.
        assert_eq!(
            with(&|record| {
                record.subject = None;
                record.updated_at = later;
            }),
            Relation::Newer
        );
    }
}

use crate::domain::Name;
use crate::review::Persons;

/// Who stands behind a signature: the person who is said to have signed and, where their key counts no more, whoever
/// vouches for it, for they could have signed it themselves.
#[derive(Clone, Copy)]
pub(super) struct Signer<'a> {
    pub by: &'a Name,
    pub vouchers: &'a [Name],
}

impl<'a> Signer<'a> {
    /// One of those who vouch is enough: the humans behind it, as each of them has it.
    pub(super) fn ways(self) -> Vec<Vec<&'a Name>> {
        match self.vouchers.is_empty() {
            true => vec![vec![self.by]],
            false => self.vouchers.iter().map(|voucher| vec![self.by, voucher]).collect(),
        }
    }

    /// Nobody of this way stands behind the other as well, at least not if one of its other vouchers is believed.
    pub(super) fn is_apart(self, way: &[&Name], persons: &Persons) -> bool {
        let others =
            |other: &Vec<&Name>| way.iter().all(|one| other.iter().all(|two| !persons.same(one, two)));
        self.ways().iter().any(others)
    }
}

//! The users in the authorizer's secret.

use std::io::Write;

use tvm_users::{Document, EditError, Users};

use crate::aws::Secret;
use crate::user::UserError;
use crate::user::table::Row;

/// The authorizer's secret.
pub(crate) struct UserSecret(pub(crate) Secret);

impl UserSecret {
    /// Who it lists. What the authorizer would make of a list that it does not accept is told to `notes`.
    pub(crate) async fn list(&self, notes: &mut impl Write) -> Result<Vec<Row>, UserError> {
        let value = self.0.value().await?.ok_or_else(|| self.no_text())?;
        let entries = tvm_users::entries(&value).map_err(EditError::Unreadable)?;
        if let Err(error) = Users::parse(&value) {
            writeln!(notes, "warning: the authorizer does not accept this list: {error}")?;
        }
        Ok(entries.into_iter().map(Row::from).collect())
    }

    /// Makes a change, on whatever is there when it counts.
    pub(crate) async fn edit(&self, change: impl Fn(&mut Document) -> Result<(), EditError>) -> Result<(), UserError> {
        let edited = self.0.edit(|value| {
            let mut document = Document::parse(value.ok_or_else(|| self.no_text())?)?;
            change(&mut document)?;
            Ok(document.value()?)
        });
        edited.await
    }

    fn no_text(&self) -> UserError {
        UserError::NoText { id: self.0.id().to_owned() }
    }
}

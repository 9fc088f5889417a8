//! The users of a Cognito user pool.
//!
//! Cognito has no transaction: a user whose making fails halfway is removed again, and no other ever is.

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::types::MessageActionType;
use secrecy::{ExposeSecret as _, SecretString};
use tvm_users::Access;

use crate::aws::{AwsError, at_pool};
use crate::user::UserError;
use crate::user::table::{Row, State};

/// A user pool.
pub(crate) struct UserPool {
    client: Client,
    id: String,
}

impl UserPool {
    /// The pool `id`, in the region that the id begins with.
    pub(crate) fn new(aws: &SdkConfig, id: String) -> Self {
        Self { client: Client::new(&at_pool(aws, &id)), id }
    }

    /// Adds a user who can sign in at once, or nobody.
    pub(crate) async fn add(&self, name: &str, groups: &[String], password: &SecretString) -> Result<(), UserError> {
        let request = self.client.admin_create_user().user_pool_id(&self.id).username(name);
        let made = request.message_action(MessageActionType::Suppress).send().await;
        made.map_err(|error| refused(name, "the user cannot be added", AwsError::of(&error)))?;
        let Err(cause) = self.equip(name, groups, password).await else { return Ok(()) };
        let (name, cause) = (name.to_owned(), Box::new(cause));
        Err(match self.delete(&name).await {
            Ok(()) => UserError::TakenBack { name, cause },
            Err(error) => UserError::HalfMade { name, cause, error },
        })
    }

    async fn equip(&self, name: &str, groups: &[String], password: &SecretString) -> Result<(), UserError> {
        self.set_password(name, password).await?;
        for group in groups {
            let request = self.client.admin_add_user_to_group().user_pool_id(&self.id).username(name);
            let put = request.group_name(group).send().await;
            put.map_err(|error| {
                refused(name, "the user cannot be put into a group (is it deployed?)", AwsError::of(&error))
            })?;
        }
        Ok(())
    }

    /// Gives a user another password, good at once.
    pub(crate) async fn set_password(&self, name: &str, password: &SecretString) -> Result<(), UserError> {
        let request = self.client.admin_set_user_password().user_pool_id(&self.id).username(name).permanent(true);
        let set = request.password(password.expose_secret()).send().await;
        set.map(|_| ()).map_err(|error| refused(name, "the password cannot be set", AwsError::of(&error)))
    }

    /// Removes a user.
    pub(crate) async fn remove(&self, name: &str) -> Result<(), UserError> {
        self.delete(name).await.map_err(|error| refused(name, "the user cannot be removed", error))
    }

    async fn delete(&self, name: &str) -> Result<(), AwsError> {
        let request = self.client.admin_delete_user().user_pool_id(&self.id).username(name);
        request.send().await.map(|_| ()).map_err(|error| AwsError::of(&error))
    }

    /// Lets a user sign in, or no more.
    pub(crate) async fn set_access(&self, name: &str, access: Access) -> Result<(), UserError> {
        let (id, client) = (&self.id, &self.client);
        let done = match access {
            Access::Enabled => {
                let request = client.admin_enable_user().user_pool_id(id).username(name);
                request.send().await.map(|_| ()).map_err(|error| AwsError::of(&error))
            }
            Access::Disabled => {
                let request = client.admin_disable_user().user_pool_id(id).username(name);
                request.send().await.map(|_| ()).map_err(|error| AwsError::of(&error))
            }
        };
        done.map_err(|error| refused(name, "the user cannot be changed", error))
    }

    /// Who is in it.
    pub(crate) async fn list(&self) -> Result<Vec<Row>, UserError> {
        let unlisted = |error| UserError::Aws { doing: "the user pool cannot be listed", error };
        let mut groups = self.groups_by_user().await.map_err(unlisted)?;
        let mut pages = self.client.list_users().user_pool_id(&self.id).into_paginator().items().send();
        let mut rows = Vec::new();
        while let Some(user) = pages.next().await {
            let user = user.map_err(|error| unlisted(AwsError::of(&error)))?;
            let username = user.username.unwrap_or_default();
            rows.push(Row {
                groups: groups.remove(&username).unwrap_or_default(),
                all_groups: false,
                username,
                signs_in_by: user.user_status.map(|status| status.as_str().to_lowercase()).unwrap_or_default(),
                state: if user.enabled { State::Enabled } else { State::Disabled },
            });
        }
        Ok(rows)
    }

    /// By group and not by user: a pool has few groups, and each call is counted against a quota of the account.
    async fn groups_by_user(&self) -> Result<BTreeMap<String, Vec<String>>, AwsError> {
        let mut by_user: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut groups = self.client.list_groups().user_pool_id(&self.id).into_paginator().items().send();
        while let Some(group) = groups.next().await {
            let Some(group) = group.map_err(|error| AwsError::of(&error))?.group_name else { continue };
            let request = self.client.list_users_in_group().user_pool_id(&self.id).group_name(&group);
            let mut members = request.into_paginator().items().send();
            while let Some(member) = members.next().await {
                let member = member.map_err(|error| AwsError::of(&error))?;
                by_user.entry(member.username.unwrap_or_default()).or_default().push(group.clone());
            }
        }
        Ok(by_user)
    }
}

fn refused(name: &str, doing: &'static str, error: AwsError) -> UserError {
    match error.code() {
        "UsernameExistsException" => UserError::ExistsInPool(name.to_owned()),
        "UserNotFoundException" => UserError::UnknownInPool(name.to_owned()),
        _ => UserError::Aws { doing, error },
    }
}

//! Who runs an installation, and acts in other people's place.
//!
//! [`Operator`] is the proof that the acts of operators ask for. What makes one are functions of this crate, not of the
//! type: `domain::permission` hands the type on, and whoever cannot name this crate cannot make one. The arrows of
//! `ops/tools/tidy` say who can: the command line, the dashboard, and what tests and measures the house. Neither `api`
//! nor `jobs` is among them: a method has no such proof, and a worker gets it from whoever starts it.
//!
//! ```
//! let operator = operator::at_command_line("eve@host");
//! assert_eq!((operator.name(), operator.entrance(), operator.account()), ("cli:eve@host", "cli", None));
//! ```

use uuid::Uuid;

/// Proof that somebody who runs the installation acts, and who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    name: String,
    account: Option<Uuid>,
}

/// Whoever types a command; `user` as the system has it, such as `eve@host`.
pub fn at_command_line(user: &str) -> Operator {
    Operator { name: format!("cli:{user}"), account: None }
}

/// Whoever types into a shell of a running instance; `user` as the system has it.
pub fn in_shell(user: &str) -> Operator {
    Operator { name: format!("shell:{user}"), account: None }
}

/// Somebody whose account may act on the dashboard, and who just showed that it is they who ask.
pub fn at_dashboard(account: Uuid, email: &str) -> Operator {
    Operator { name: email.to_owned(), account: Some(account) }
}

impl Operator {
    /// As records name them: the address of an account, or `cli:USER@HOST`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Their account, when they acted with one.
    pub fn account(&self) -> Option<Uuid> {
        self.account
    }

    /// Where they came in: `cli`, `shell` or `dashboard`.
    pub fn entrance(&self) -> &str {
        match self.account {
            Some(_) => "dashboard",
            None => self.name.split(':').next().unwrap_or_default(),
        }
    }

    /// The same proof in another operator's name: what a worker does is the act of whoever asked for the job, as
    /// its row names them.
    #[must_use]
    pub fn on_behalf_of(&self, name: &str, account: Option<Uuid>) -> Operator {
        Operator { name: name.to_owned(), account }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_is_known_by_where_they_came_in() {
        let id = Uuid::from_u128(7);
        let known = |it: &Operator| (it.name().to_owned(), it.entrance().to_owned(), it.account());
        let expect = |name: &str, entrance: &str, account| (name.to_owned(), entrance.to_owned(), account);
        assert_eq!(known(&in_shell("eve@host")), expect("shell:eve@host", "shell", None));
        let eve = at_dashboard(id, "eve@example.com");
        assert_eq!(known(&eve), expect("eve@example.com", "dashboard", Some(id)));
        let worker = at_command_line("atelier@host");
        assert_eq!(worker.on_behalf_of(eve.name(), eve.account()), eve);
    }
}

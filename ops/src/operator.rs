//! Who acts: whoever may run this program, or open the socket of a running one, is an operator.

use domain::permission::Operator;
use platform::config::environment;

/// Whoever runs this process, as the system tells.
pub(crate) fn here() -> Operator {
    operator::at_command_line(&named(rustix::process::getuid().as_raw()))
}

/// Whoever is at the other end of a shell's socket.
pub(crate) fn in_shell(uid: u32) -> Operator {
    operator::in_shell(&named(uid))
}

/// `USER@HOST`
fn named(uid: u32) -> String {
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let mine = |name| {
        (uid == rustix::process::getuid().as_raw())
            .then(environment)?
            .remove(name)
            .filter(|user| !user.is_empty())
    };
    let user = user_of(&passwd, uid).or_else(|| mine("LOGNAME")).or_else(|| mine("USER"));
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = if host.trim().is_empty() { "localhost" } else { host.trim() };
    format!("{}@{host}", user.unwrap_or_else(|| uid.to_string()))
}

/// The name of a user in the lines of `/etc/passwd`.
fn user_of(passwd: &str, uid: u32) -> Option<String> {
    passwd.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        (fields.get(2) == Some(&uid.to_string().as_str())).then(|| fields[0].to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_have_names() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\neve:x:1000:1000::/home/eve:/bin/sh\n";
        assert_eq!(user_of(passwd, 1000).as_deref(), Some("eve"));
        assert_eq!(user_of(passwd, 7), None);
    }
}

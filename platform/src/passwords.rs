//! Password hashes: `argon2id$<salt>$<KiB>$<passes>$<lanes>$<hash>`, made and checked on a bounded pool.

use argon2::{Algorithm, Argon2, Params, Version};
use tracing::Instrument as _;

use crate::cpu::{CpuError, CpuPool};

/// What is stored for an account that has no password; no password matches it.
pub const NO_PASSWORD: &str = "!";

/// The longest password that is hashed, bytes; longer ones never match.
pub const PASSWORD_BYTES_MAX: usize = 4096;

const COST: Cost = Cost { memory_kib: 32_768, passes: 3, lanes: 2 };
/// Stored hashes may come from imports; nothing above this is computed.
const COST_MAX: Cost = Cost { memory_kib: 65_536, passes: 32, lanes: 8 };
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;
const STORED_BYTES_MAX: usize = 512;

/// Hashes and checks passwords. Each computation takes 32 MiB, hence the bound. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Passwords {
    pool: CpuPool,
}

/// The outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The password is the right one.
    pub ok: bool,
    /// The password is right but the hash was made with other parameters: hash it again and store that.
    pub outdated: bool,
}

/// Why a password was not hashed or checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// More than [`PASSWORD_BYTES_MAX`] bytes.
    #[error("a password has at most {PASSWORD_BYTES_MAX} bytes")]
    TooLong,
    /// The pool was full or stopped.
    #[error(transparent)]
    Cpu(#[from] CpuError),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

struct Parsed {
    cost: Cost,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

const REFUSED: Verdict = Verdict { ok: false, outdated: false };

impl Passwords {
    /// At most `concurrent` hashes at a time (32 MiB each) and `queue_max` callers waiting.
    pub fn new(concurrent: usize, queue_max: usize) -> Passwords {
        Passwords { pool: CpuPool::new(concurrent, queue_max) }
    }

    /// The text to store for `password`, with a fresh salt.
    ///
    /// # Errors
    /// [`PasswordError::TooLong`]; [`PasswordError::Cpu`] when too many wait already.
    pub async fn hash(&self, password: String) -> Result<String, PasswordError> {
        if password.len() > PASSWORD_BYTES_MAX {
            return Err(PasswordError::TooLong);
        }
        let mut salt = [0; SALT_BYTES];
        rand::fill(&mut salt[..]);
        let stored = move || {
            let hash = compute(password.as_bytes(), &salt, COST, HASH_BYTES)
                .expect("the constant parameters are valid");
            let Cost { memory_kib, passes, lanes } = COST;
            format!("argon2id${}${memory_kib}${passes}${lanes}${}", hex::encode(salt), hex::encode(hash))
        };
        self.run(stored).await
    }

    /// Compares `password` with a stored text.
    ///
    /// Text we cannot read, [`NO_PASSWORD`] included, never matches, after the same amount of work.
    ///
    /// # Errors
    /// [`PasswordError::Cpu`] when too many wait already.
    pub async fn verify(&self, password: String, stored: String) -> Result<Verdict, PasswordError> {
        let usable = password.len() <= PASSWORD_BYTES_MAX;
        let Some(parsed) = parse(&stored).filter(|_| usable) else {
            return self.verify_nobody(password).await;
        };
        let check = move || {
            let Some(hash) = compute(password.as_bytes(), &parsed.salt, parsed.cost, parsed.hash.len())
            else {
                return REFUSED;
            };
            let ok = same(&hash, &parsed.hash);
            Verdict { ok, outdated: ok && (parsed.cost != COST || hash.len() != HASH_BYTES) }
        };
        self.run(check).await
    }

    /// The work of one check for an account that does not exist, so that its absence cannot be timed.
    ///
    /// # Errors
    /// [`PasswordError::Cpu`] when too many wait already. The verdict is never `ok`.
    pub async fn verify_nobody(&self, mut password: String) -> Result<Verdict, PasswordError> {
        while password.len() > PASSWORD_BYTES_MAX {
            password.pop();
        }
        let spend = move || {
            let hash = compute(password.as_bytes(), &[0; SALT_BYTES], COST, HASH_BYTES);
            std::hint::black_box(hash);
            REFUSED
        };
        self.run(spend).await
    }
}

impl Passwords {
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        Ok(self.pool.run(work).instrument(crate::step!("hash password")).await?)
    }
}

/// `None` when the parameters make no sense together.
fn compute(password: &[u8], salt: &[u8], cost: Cost, hash_bytes: usize) -> Option<Vec<u8>> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(hash_bytes)).ok()?;
    let mut hash = vec![0; hash_bytes];
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon.hash_password_into(password, salt, &mut hash).ok()?;
    Some(hash)
}

fn parse(stored: &str) -> Option<Parsed> {
    if stored.len() > STORED_BYTES_MAX {
        return None;
    }
    let fields: Vec<&str> = stored.splitn(7, '$').collect();
    let ["argon2id", salt, memory_kib, passes, lanes, hash] = fields.as_slice() else { return None };
    let within = |text: &str, max: u32| text.parse().ok().filter(|value| (1..=max).contains(value));
    let cost = Cost {
        memory_kib: within(memory_kib, COST_MAX.memory_kib)?,
        passes: within(passes, COST_MAX.passes)?,
        lanes: within(lanes, COST_MAX.lanes)?,
    };
    let salt = hex::decode(salt).ok().filter(|salt| (8..=64).contains(&salt.len()))?;
    let hash = hex::decode(hash).ok().filter(|hash| (16..=64).contains(&hash.len()))?;
    Some(Parsed { cost, salt, hash })
}

/// Looks at every byte whatever differs.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && std::hint::black_box(a.iter().zip(b).fold(0, |acc, (a, b)| acc | (a ^ b))) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords() -> Passwords {
        Passwords::new(2, 8)
    }

    #[tokio::test]
    async fn hashes_and_checks() {
        let stored = passwords().hash("correct horse".to_owned()).await.unwrap();
        let fields: Vec<&str> = stored.split('$').collect();
        assert_eq!(fields[0], "argon2id");
        assert_eq!(fields[1].len(), 32);
        assert_eq!(fields[2..5], ["32768", "3", "2"]);
        assert_eq!(fields[5].len(), 64);
        let right = passwords().verify("correct horse".to_owned(), stored.clone()).await.unwrap();
        assert_eq!(right, Verdict { ok: true, outdated: false });
        assert_eq!(passwords().verify("wrong".to_owned(), stored).await.unwrap(), REFUSED);
    }

    /// Made by the reference implementation in C.
    #[tokio::test]
    async fn checks_hashes_of_another_implementation() {
        let stored = "argon2id$000102030405060708090a0b0c0d0e0f$32768$3$2$\
            4dca5ce5dbd468e0d34ff64c48f2472d89418af7799f9eaa1338c06313f8f22a";
        let verdict = passwords().verify("pässword".to_owned(), stored.to_owned()).await.unwrap();
        assert_eq!(verdict, Verdict { ok: true, outdated: false });
    }

    #[tokio::test]
    async fn reports_older_parameters() {
        let salt = [9; SALT_BYTES];
        let cost = Cost { memory_kib: 64, passes: 2, lanes: 1 };
        let hash = compute(b"p", &salt, cost, HASH_BYTES).unwrap();
        let stored = format!("argon2id${}$64$2$1${}", hex::encode(salt), hex::encode(hash));
        let verdict = passwords().verify("p".to_owned(), stored.clone()).await.unwrap();
        assert_eq!(verdict, Verdict { ok: true, outdated: true });
        assert_eq!(passwords().verify("q".to_owned(), stored).await.unwrap(), REFUSED);
    }

    #[tokio::test]
    async fn never_matches_what_it_cannot_read() {
        for stored in [NO_PASSWORD, "", "argon2id$", "bcrypt$00$1$1$1$00"] {
            assert_eq!(passwords().verify(String::new(), stored.to_owned()).await.unwrap(), REFUSED);
        }
        assert_eq!(passwords().verify_nobody("x".to_owned()).await.unwrap(), REFUSED);
    }

    #[tokio::test]
    async fn caps_the_password() {
        let long = "é".repeat(PASSWORD_BYTES_MAX);
        assert_eq!(passwords().hash(long.clone()).await, Err(PasswordError::TooLong));
        assert_eq!(passwords().verify_nobody(long).await.unwrap(), REFUSED);
    }

    #[test]
    fn caps_the_parameters() {
        let (salt, hash) = ("00".repeat(16), "00".repeat(32));
        assert!(parse(&format!("argon2id${salt}$32768$3$2${hash}")).is_some());
        for cost in ["4294967295$3$2", "32768$1000$2", "32768$3$200", "0$3$2", "-1$3$2", "x$3$2"] {
            assert!(parse(&format!("argon2id${salt}${cost}${hash}")).is_none(), "{cost}");
        }
        assert!(parse(&format!("argon2id${salt}$32768$3$2${hash}$")).is_none());
        assert!(parse(&format!("argon2id$00$32768$3$2${hash}")).is_none());
    }
}

//! Keys derived from the master secret, and sealed tokens: compact JWE with A256KW and A256GCM.

use std::sync::Arc;

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{Aead, KeyInit as _, Payload};
use aes_kw::KwAes256;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use blake2::{Blake2b512, Digest as _};
use hkdf::SimpleHkdf;
use hkdf::hmac::{Hmac, Mac as _};
use serde_json::{Map, Value};
use sha2::Sha256;

/// The longest text [`Secrets::open`] looks at, bytes. Anything longer is refused unread.
pub const TOKEN_BYTES_MAX: usize = 8 * 1024;

/// The most bytes [`Secrets::derive`] gives: 255 blocks of the hash.
const DERIVED_BYTES_MAX: usize = 255 * 64;

const KEY_BYTES: usize = 32;
const WRAPPED_KEY_BYTES: usize = KEY_BYTES + 8;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
const TOKENS_SALT: &[u8] = b"tokens";

/// The master secret and what is made of it. Cheap to clone; `Debug` shows nothing.
#[derive(Clone)]
pub struct Secrets {
    master: Arc<str>,
    tokens_key: Arc<[u8; KEY_BYTES]>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(hidden)")
    }
}

impl Secrets {
    /// Derives the working keys of `master`, any non-empty text.
    pub fn new(master: &str) -> Secrets {
        let mut tokens_key = [0; KEY_BYTES];
        expand(master, TOKENS_SALT, &mut tokens_key);
        Secrets { master: master.into(), tokens_key: Arc::new(tokens_key) }
    }

    /// A key of `len` bytes (at most 16,320) for the purpose named by `salt`: HKDF over BLAKE2b-512.
    ///
    /// The same master, salt and length always give the same key.
    pub fn derive(&self, salt: &str, len: usize) -> Vec<u8> {
        let mut key = vec![0; len.min(DERIVED_BYTES_MAX)];
        expand(&self.master, salt.as_bytes(), &mut key);
        key
    }

    /// What another program knows this installation by, when nobody chose something: URL-safe text.
    pub fn shared_key(&self, with: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.derive(with, KEY_BYTES))
    }

    /// Seals `payload` so that only holders of the master secret read or make it. URL-safe text.
    pub fn seal(&self, payload: &[u8]) -> String {
        self.seal_with_header(payload, &[])
    }

    /// Like [`Secrets::seal`], with `extra` fields in the protected header: readable by all, changed by none.
    ///
    /// Fields named `alg` or `enc` are ignored.
    pub fn seal_with_header(&self, payload: &[u8], extra: &[(&str, Value)]) -> String {
        let mut content_key = [0; KEY_BYTES];
        let mut nonce = [0; NONCE_BYTES];
        rand::fill(&mut content_key[..]);
        rand::fill(&mut nonce[..]);
        let header = URL_SAFE_NO_PAD.encode(header(extra));
        let mut wrapped = [0; WRAPPED_KEY_BYTES];
        KwAes256::new(&(*self.tokens_key).into())
            .wrap_key(&content_key, &mut wrapped)
            .expect("a 32-byte key fits the 40-byte buffer");
        let sealed = Aes256Gcm::new(&content_key.into())
            .encrypt(&nonce.into(), Payload { msg: payload, aad: header.as_bytes() })
            .expect("tokens are far below the length limit of the cipher");
        let (text, tag) = sealed.split_at(sealed.len() - TAG_BYTES);
        let encode = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
        format!("{header}.{}.{}.{}.{}", encode(&wrapped), encode(&nonce), encode(text), encode(tag))
    }

    /// The payload of a token made by [`Secrets::seal`] under the same master secret.
    ///
    /// `None` for anything else: malformed, changed anywhere, of another algorithm or longer than
    /// [`TOKEN_BYTES_MAX`]. No reason is given, and tags are compared in constant time.
    pub fn open(&self, token: &str) -> Option<Vec<u8>> {
        if token.len() > TOKEN_BYTES_MAX {
            return None;
        }
        let parts: Vec<&str> = token.splitn(6, '.').collect();
        let [header, wrapped, nonce, text, tag] = parts.as_slice() else { return None };
        if !accepts(&URL_SAFE_NO_PAD.decode(header).ok()?) {
            return None;
        }
        let wrapped = decode_exact::<WRAPPED_KEY_BYTES>(wrapped)?;
        let nonce = decode_exact::<NONCE_BYTES>(nonce)?;
        let tag = decode_exact::<TAG_BYTES>(tag)?;
        let mut sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        sealed.extend_from_slice(&tag);
        let mut content_key = [0; KEY_BYTES];
        KwAes256::new(&(*self.tokens_key).into()).unwrap_key(&wrapped, &mut content_key).ok()?;
        Aes256Gcm::new(&content_key.into())
            .decrypt(&nonce.into(), Payload { msg: &sealed, aad: header.as_bytes() })
            .ok()
    }
}

/// Whether two keys are the same, in a time that does not tell where they differ.
pub fn same(left: &str, right: &str) -> bool {
    Blake2b512::digest(left) == Blake2b512::digest(right)
}

/// The HMAC-SHA-256 of a message that comes in pieces, in hexadecimal digits.
pub fn signature(key: &[u8], message: &[&[u8]]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length does");
    message.iter().for_each(|piece| mac.update(piece));
    hex::encode(mac.finalize().into_bytes())
}

/// HKDF with an empty info string.
fn expand(master: &str, salt: &[u8], key: &mut [u8]) {
    SimpleHkdf::<Blake2b512>::new(Some(salt), master.as_bytes())
        .expand(&[], key)
        .expect("callers stay within 255 blocks");
}

/// The protected header: the two algorithms, then the extra fields in their order.
fn header(extra: &[(&str, Value)]) -> Vec<u8> {
    let mut fields = Map::new();
    for (name, value) in extra {
        fields.insert((*name).to_owned(), value.clone());
    }
    fields.insert("alg".to_owned(), "A256KW".into());
    fields.insert("enc".to_owned(), "A256GCM".into());
    Value::Object(fields).to_string().into_bytes()
}

/// Only the one pair of algorithms, without compression or extensions we would have to understand.
fn accepts(header: &[u8]) -> bool {
    let Ok(fields) = serde_json::from_slice::<Map<String, Value>>(header) else { return false };
    let is = |name: &str, value: &str| fields.get(name).and_then(Value::as_str) == Some(value);
    is("alg", "A256KW") && is("enc", "A256GCM") && !fields.contains_key("zip") && !fields.contains_key("crit")
}

fn decode_exact<const N: usize>(part: &str) -> Option<[u8; N]> {
    URL_SAFE_NO_PAD.decode(part).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_rfc_4231() {
        let signed = signature(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(signed, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    fn secrets() -> Secrets {
        Secrets::new("a master secret for tests")
    }

    #[test]
    fn opens_what_it_sealed() {
        for payload in [&b""[..], b"x", &[7; 3000]] {
            let token = secrets().seal(payload);
            assert_eq!(token.split('.').count(), 5);
            assert_eq!(secrets().open(&token).as_deref(), Some(payload));
        }
        assert_ne!(secrets().seal(b"x"), secrets().seal(b"x"));
    }

    #[test]
    fn carries_extra_header_fields() {
        let token = secrets().seal_with_header(b"x", &[("kid", 1.into()), ("alg", "none".into())]);
        let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
        let fields: Value = serde_json::from_slice(&header).unwrap();
        assert_eq!(fields, serde_json::json!({"kid": 1, "alg": "A256KW", "enc": "A256GCM"}));
        assert_eq!(secrets().open(&token).unwrap(), b"x");
    }

    #[test]
    fn refuses_a_change_in_any_part() {
        let token = secrets().seal_with_header(b"some claims", &[("kid", 1.into())]);
        let parts: Vec<&str> = token.split('.').collect();
        for part in 0..parts.len() {
            let bytes = URL_SAFE_NO_PAD.decode(parts[part]).unwrap();
            for at in 0..bytes.len() {
                let mut changed = bytes.clone();
                changed[at] ^= 1;
                let mut parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
                parts[part] = URL_SAFE_NO_PAD.encode(&changed);
                assert_eq!(secrets().open(&parts.join(".")), None, "part {part}, byte {at}");
            }
        }
    }

    #[test]
    fn refuses_another_order_of_the_same_header() {
        let token = secrets().seal_with_header(b"x", &[("kid", 1.into())]);
        let rest = token.split_once('.').unwrap().1;
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"A256KW","enc":"A256GCM","kid":1}"#);
        assert_eq!(secrets().open(&format!("{header}.{rest}")), None);
    }

    #[test]
    fn refuses_malformed_input() {
        let token = secrets().seal(b"x");
        let long = format!("{token}{}", "A".repeat(TOKEN_BYTES_MAX));
        let padded = format!("{token}==");
        let sixth = format!("{token}.AAAA");
        for bad in ["", ".", "....", ".....", "a.b.c.d.e", "{}", "é.é.é.é.é", &long, &padded, &sixth] {
            assert_eq!(secrets().open(bad), None, "{bad:.40}");
        }
        assert_eq!(secrets().open(&token[..token.len() - 1]), None);
        assert_eq!(Secrets::new("another").open(&token), None);
    }

    #[test]
    fn refuses_other_algorithms() {
        let rest = secrets().seal(b"x").split_once('.').unwrap().1.to_owned();
        for header in [r#"{"alg":"none"}"#, r#"{"alg":"dir","enc":"A256GCM"}"#, "[]", "{", ""] {
            assert_eq!(secrets().open(&format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header))), None);
        }
    }

    /// Made by an independent implementation from the same master secret.
    #[test]
    fn opens_tokens_of_another_implementation() {
        let token = "eyJhbGciOiAiQTI1NktXIiwgImVuYyI6ICJBMjU2R0NNIiwgInZlciI6IDF9.\
            zaCwIfi3znAZ99gUhZuem0E5fMEq6bf_0J-OBCuyqqdy_txT2jpD9Q._XSUkz2PHNuwEYMD.\
            tkfsdv07uC2_9Dz3piiUIkZYEeyN-GI.fHJ_CsdqND-oj5pEQNyUng";
        assert_eq!(secrets().open(token).unwrap(), br#"["^ ","~:iss","~:auth"]"#);
        let key = "18d0e39d2aac87c7cae96ef3b4a5e757c822725971248ba1bc8f07f6793fa856\
            32352a5dd4d7fbd8a5569004bc93a8a5";
        assert_eq!(hex::encode(secrets().derive("exporter", 48)), key);
    }

    #[test]
    fn derives_stable_keys_apart_by_salt() {
        assert_eq!(secrets().derive("exporter", 32), secrets().derive("exporter", 32));
        assert_ne!(secrets().derive("exporter", 32), secrets().derive("nexus", 32));
        assert_eq!(secrets().derive("exporter", 64)[..32], secrets().derive("exporter", 32));
        assert_eq!(secrets().derive("tokens", 32), *secrets().tokens_key);
        assert_eq!(format!("{:?}", secrets()), "Secrets(hidden)");
    }
}

//! nginx: one that sends files and nothing else, and one in front of an API, with the site that installations use.

use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use platform::config::environment;
use tempfile::TempDir;

use crate::process::Process;

const SITE: &str = include_str!("../../../deploy/nginx/atelier.conf.template");
const START_MAX: Duration = Duration::from_secs(10);
/// Where the administrator's programs are, which are not in everybody's path.
const MORE_FOLDERS: [&str; 3] = ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"];

/// Ends with this value.
pub(crate) struct Nginx {
    pub(crate) address: SocketAddr,
    pub(crate) process: Process,
    _folder: TempDir,
}

impl Nginx {
    /// Sends the blobs under `/files/`, and asks nobody.
    pub(crate) fn plain(assets: &Path) -> Result<Nginx> {
        Nginx::start(|address| {
            let assets = assets.display();
            format!(
                "server {{\n  listen {address};\n  sendfile on;\n  tcp_nopush on;\n  \
                 location /files/ {{ alias {assets}/; }}\n}}\n"
            )
        })
    }

    /// Passes on to an API, and sends what that hands over.
    pub(crate) fn before(api: SocketAddr, assets: &Path) -> Result<Nginx> {
        Nginx::start(|address| {
            let values = [
                ("${ATELIER_LISTEN}", address.to_string()),
                ("${ATELIER_UPSTREAM}", api.to_string()),
                ("${ATELIER_WEB}", "return 404".to_owned()),
                ("${ATELIER_EXPORTER}", "proxy_pass http://atelier".to_owned()),
                ("${ATELIER_ASSETS_DIRECTORY}", assets.display().to_string()),
                // Never asked, like the bucket whose certificate the other is about.
                ("${ATELIER_RESOLVER}", "127.0.0.1".to_owned()),
                ("${ATELIER_CA_FILE}", "ca.pem".to_owned()),
            ];
            values.iter().fold(SITE.to_owned(), |text, (name, value)| text.replace(name, value))
        })
    }

    fn start(site: impl FnOnce(SocketAddr) -> String) -> Result<Nginx> {
        let folder = tempfile::tempdir()?;
        // Given back at once, for nginx to take.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        std::fs::write(folder.path().join("nginx.conf"), main(folder.path()))?;
        std::fs::write(folder.path().join("site.conf"), site(address))?;
        let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
        std::fs::write(folder.path().join("ca.pem"), certified.cert.pem())?;
        let said = folder.path().join("said");
        let mut command = Command::new(program()?);
        command.arg("-p").arg(folder.path()).arg("-c").arg(folder.path().join("nginx.conf"));
        let mut process = Process::start(&mut command, &said)?;
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            let ended = process.child().try_wait()?.is_some();
            if ended || begun.elapsed() > START_MAX {
                bail!("nginx does not start: {}", std::fs::read_to_string(said)?);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(Nginx { address, process, _folder: folder })
    }
}

/// The same for both: no log, and connections that are not closed within a round.
fn main(folder: &Path) -> String {
    let folder = folder.display();
    // The directory of blobs is open to its owner and group only, and nginx's own user is neither.
    let user = if rustix::process::geteuid().is_root() { "user root;\n" } else { "" };
    format!(
        r#"{user}daemon off;
worker_processes auto;
pid "{folder}/pid";
error_log stderr;
events {{}}
http {{
  access_log off;
  keepalive_requests 100000000;
  client_body_temp_path "{folder}/body";
  proxy_temp_path "{folder}/proxy";
  fastcgi_temp_path "{folder}/fastcgi";
  uwsgi_temp_path "{folder}/uwsgi";
  scgi_temp_path "{folder}/scgi";
  include "{folder}/site.conf";
}}
"#
    )
}

fn program() -> Result<PathBuf> {
    let path = environment().remove("PATH").unwrap_or_default();
    let mut folders = path.split(':').chain(MORE_FOLDERS).map(|folder| Path::new(folder).join("nginx"));
    folders.find(|program| program.is_file()).context("nginx is missing: ops/scripts/need nginx")
}

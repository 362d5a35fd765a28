//! A private nginx in front of an Atelier, with the site that installations use.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use platform::config::environment;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::{app::TestApp, client::Client, process::free_port};

/// The site as it is shipped.
pub const SITE: &str = include_str!("../../ops/deploy/nginx/atelier.conf.template");

/// Long enough for any machine; it is up within milliseconds.
const START_MAX: Duration = Duration::from_secs(120);
/// Somebody else may take a free port first, but not so often.
const STARTS_MAX: usize = 5;
/// Where the administrator's programs are, which are not in everybody's path.
const MORE_FOLDERS: [&str; 3] = ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"];

/// A running nginx; ends with the test.
pub struct Nginx {
    /// Where it answers, such as `http://127.0.0.1:40123`.
    pub base: String,
    _process: Child,
    _directory: TempDir,
}

/// What stands behind a site.
#[derive(Debug, Clone)]
pub struct Behind {
    /// Where the API's processes answer.
    pub processes: Vec<String>,
    /// Their directory of blobs.
    pub assets: PathBuf,
    /// Where the web app is, if there is one.
    pub web: Option<String>,
    /// Where the exporter is, if there is one.
    pub exporter: Option<String>,
}

impl Behind {
    /// One process, and no web app.
    pub fn of(app: &TestApp) -> Behind {
        let assets = app.directory().join("assets");
        Behind { processes: vec![app.base.clone()], assets, web: None, exporter: None }
    }
}

impl Nginx {
    /// One that passes on to this Atelier, and sees its directory of blobs.
    ///
    /// # Panics
    /// When nginx is missing or refuses the site.
    pub async fn before(app: &TestApp) -> Nginx {
        let behind = Behind::of(app);
        let mut said = String::new();
        for _ in 0..STARTS_MAX {
            match Nginx::on(free_port(), &behind).await {
                Ok(nginx) => return nginx,
                Err(why) => said = why,
            }
        }
        panic!("nginx did not start: {said}");
    }

    /// One on a port that was chosen before, as the address that people know is; what it said when it ended instead.
    ///
    /// # Errors
    /// When somebody else has the port, or nginx refuses the site.
    ///
    /// # Panics
    /// When nginx is missing.
    pub async fn on(port: u16, behind: &Behind) -> Result<Nginx, String> {
        let directory = tempfile::tempdir().expect("a directory");
        let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        let ca_file = directory.path().join("ca.pem");
        std::fs::write(&ca_file, certified.cert.pem()).expect("is written");
        std::fs::write(directory.path().join("nginx.conf"), main(directory.path())).expect("is written");
        let address = format!("127.0.0.1:{port}");
        std::fs::write(directory.path().join("site.conf"), site(behind, &address, &ca_file))
            .expect("is written");
        match start(directory.path()).await {
            Some(process) => {
                Ok(Nginx { base: format!("http://{address}"), _process: process, _directory: directory })
            }
            None => Err(std::fs::read_to_string(directory.path().join("said")).unwrap_or_default()),
        }
    }

    /// The same person or nobody, who comes through this nginx.
    pub fn lead(&self, client: &Client) -> Client {
        let mut led = Client::new(&self.base);
        led.cookie.clone_from(&client.cookie);
        led.authorization.clone_from(&client.authorization);
        led
    }
}

/// Everything around the site: one process that belongs to this test, and writes nowhere else.
pub fn main(directory: &Path) -> String {
    let directory = directory.display();
    format!(
        r#"daemon off;
master_process off;
pid "{directory}/pid";
error_log stderr;
events {{}}
http {{
  access_log off;
  client_body_temp_path "{directory}/body";
  proxy_temp_path "{directory}/proxy";
  fastcgi_temp_path "{directory}/fastcgi";
  uwsgi_temp_path "{directory}/uwsgi";
  scgi_temp_path "{directory}/scgi";
  include "{directory}/site.conf";
}}
"#
    )
}

/// The site with its values.
fn site(behind: &Behind, listen: &str, ca_file: &Path) -> String {
    let plain =
        |base: &String| format!("{} fail_timeout=2s", base.strip_prefix("http://").expect("an address"));
    let upstream = behind.processes.iter().map(plain).collect::<Vec<_>>().join("; server ");
    let pass = |to: &Option<String>, or: &str| {
        to.as_ref().map_or_else(|| or.to_owned(), |to| format!("proxy_pass {to}"))
    };
    let values = [
        ("${ATELIER_LISTEN}", listen.to_owned()),
        ("${ATELIER_UPSTREAM}", upstream),
        ("${ATELIER_WEB}", pass(&behind.web, "return 404")),
        ("${ATELIER_EXPORTER}", pass(&behind.exporter, "proxy_pass http://atelier")),
        ("${ATELIER_ASSETS_DIRECTORY}", behind.assets.display().to_string()),
        // Never asked: every address in a test is a number.
        ("${ATELIER_RESOLVER}", "127.0.0.1".to_owned()),
        ("${ATELIER_CA_FILE}", ca_file.display().to_string()),
    ];
    let site = values.iter().fold(SITE.to_owned(), |text, (name, value)| text.replace(name, value));
    assert!(!site.contains("${"), "a value is missing: {site}");
    site
}

/// The program with its place: for starting it, or for telling one that runs something.
///
/// # Panics
/// When nginx is missing.
pub fn command(directory: &Path) -> Command {
    let mut command = Command::new(program());
    command.arg("-p").arg(directory).arg("-c").arg(directory.join("nginx.conf"));
    command
}

/// One attempt; none when nginx ended instead.
///
/// # Panics
/// When nginx is missing, or does neither.
pub async fn start(directory: &Path) -> Option<Child> {
    let mut command = command(directory);
    let said = std::fs::File::create(directory.join("said")).expect("a file");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said).kill_on_drop(true);
    let mut process = command.spawn().expect("nginx starts");
    // Written when the port is open: from then on whoever connects is heard.
    let pid = directory.join("pid");
    let ready = async {
        while process.try_wait().expect("is asked").is_none() {
            if std::fs::metadata(&pid).is_ok_and(|file| file.len() > 0) {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        false
    };
    let ready = tokio::time::timeout(START_MAX, ready).await.expect("starts in time");
    ready.then_some(process)
}

fn program() -> PathBuf {
    let path = environment().remove("PATH").unwrap_or_default();
    let folders = path.split(':').chain(MORE_FOLDERS).map(|folder| Path::new(folder).join("nginx"));
    folders.into_iter().find(|program| program.is_file()).expect("nginx: run the tests with `make test`")
}

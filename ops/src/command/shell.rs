//! `atelier shell`: lines for a running instance.

use std::{
    io::{BufRead as _, BufReader, IsTerminal as _, Read as _, Write as _},
    os::unix::net::UnixStream,
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Context as _, Result, bail};
use platform::config::ShellSocket;

use crate::{
    context::CommandContext,
    settings::{DataDirArgs, Settings},
    shell::{
        prompt::{Known, Prompt},
        socket::{directory, sockets},
        wire::{ANSWER_BYTES_MAX, Answer, REQUEST_BYTES_MAX, Request},
    },
};

/// Talk to a running instance: the commands of this program, line by line
///
/// Lines are those of this program without its name, such as `jobs stats`. What changes something tells first what it
/// would do, and does it after `yes`, or with --yes on the line. Every line is recorded. Without a terminal, lines
/// are read from standard input, and the exit status is 1 when one of them did not go well.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// The socket of the instance [default: $ATELIER_SHELL_SOCKET, else the only one in the data directory]
    #[arg(long, value_name = "PATH")]
    socket: Option<PathBuf>,
    /// Print JSON wherever a command can
    #[arg(long)]
    json: bool,
    /// Carry out this line only; again for more
    #[arg(short = 'c', value_name = "LINE")]
    lines: Vec<String>,
}

/// Talks until the end of the lines.
pub(crate) fn run(ctx: &CommandContext, args: Args, grammar: clap::Command) -> Result<ExitCode> {
    let path = find(&args)?;
    let stream = UnixStream::connect(&path)
        .with_context(|| format!("{} does not answer: is the instance running?", path.display()))?;
    let mut there = There { read: BufReader::new(stream.try_clone()?), write: stream, json: args.json };
    let mut all_well = true;
    if !args.lines.is_empty() {
        for line in &args.lines {
            all_well &= there.carry_out(ctx, line, &mut None)?;
        }
    } else if std::io::stdin().is_terminal() {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let history = path.with_file_name("history");
        let mut prompt = Some(Prompt::open(&format!("{name}> "), &history, grammar, known())?);
        while let Some(line) = prompt.as_mut().map(Prompt::line).transpose()?.flatten() {
            match line.trim() {
                "exit" | "quit" => break,
                line => drop(there.carry_out(ctx, line, &mut prompt)?),
            }
        }
    } else {
        for line in std::io::stdin().lock().lines() {
            let line = line?;
            if !line.trim().is_empty() && !line.trim_start().starts_with('#') {
                all_well &= there.carry_out(ctx, &line, &mut None)?;
            }
        }
    }
    Ok(if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The other end.
struct There {
    read: BufReader<UnixStream>,
    write: UnixStream,
    json: bool,
}

impl There {
    /// Whether it went well.
    fn carry_out(&mut self, ctx: &CommandContext, line: &str, prompt: &mut Option<Prompt>) -> Result<bool> {
        // As everywhere: `help` and nothing else.
        let line = if line.trim() == "help" { "--help" } else { line };
        let mut answer = self.ask(line, false)?;
        loop {
            ctx.print(&answer.out)?;
            if !answer.notes.is_empty() {
                eprint!("{}", answer.notes);
            }
            if !answer.ask {
                return Ok(answer.ok);
            }
            let sure = match prompt {
                Some(prompt) => prompt.confirm()?,
                None => false,
            };
            if !sure {
                eprintln!(
                    "nothing was changed{}",
                    if prompt.is_none() { ": add --yes to do it" } else { "" }
                );
                return Ok(prompt.is_some());
            }
            answer = self.ask(line, true)?;
        }
    }

    fn ask(&mut self, line: &str, yes: bool) -> Result<Answer> {
        const GONE: &str = "the instance has hung up: it stopped, is not yours, or has too many shells";
        let mut text = serde_json::to_vec(&Request { line: line.to_owned(), yes, json: self.json })?;
        text.push(b'\n');
        if text.len() > REQUEST_BYTES_MAX {
            bail!("a line has {REQUEST_BYTES_MAX} bytes at most");
        }
        self.write.write_all(&text).context(GONE)?;
        let mut answer = String::new();
        let most = u64::try_from(ANSWER_BYTES_MAX)?;
        (&mut self.read).take(most).read_line(&mut answer).context(GONE)?;
        if answer.is_empty() {
            bail!(GONE);
        }
        serde_json::from_str(&answer).context("the instance does not speak as this program does")
    }
}

fn find(args: &Args) -> Result<PathBuf> {
    if let Some(path) = &args.socket {
        return Ok(path.clone());
    }
    let settings = Settings::of_command(&args.data_dir)?;
    if let ShellSocket::At(path) = settings.config.shell {
        return Ok(path);
    }
    let directory = directory(settings.data_dir.path());
    let mut found = sockets(&directory);
    found.retain(|path| UnixStream::connect(path).is_ok());
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => bail!("no instance runs on {}", settings.data_dir.path().display()),
        several => {
            let list: Vec<String> =
                several.iter().map(|path| format!("  --socket {}", path.display())).collect();
            bail!("several instances run here: say which one\n{}", list.join("\n"))
        }
    }
}

fn known() -> Known {
    let kinds = || jobs::all::ALL.iter().map(|entry| entry.name.to_owned()).collect::<Vec<_>>();
    vec![
        ("queue", jobs::Queue::ALL.map(|queue| queue.name().to_owned()).to_vec()),
        ("kind", kinds()),
        ("run", kinds()),
        ("state", jobs::read::State::ALL.map(|state| state.name().to_owned()).to_vec()),
    ]
}

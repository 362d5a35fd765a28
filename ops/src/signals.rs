//! Being asked to stop.

use anyhow::{Context as _, Result};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGINT (^C) and SIGTERM.
#[derive(Debug)]
pub(crate) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

/// One of them came.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stop;

/// As a shell tells it: ended by SIGINT.
const EXIT_INTERRUPTED: i32 = 130;

impl Signals {
    /// From now on these signals do not end the process by themselves.
    ///
    /// # Errors
    /// The system refuses.
    pub(crate) fn listen() -> Result<Signals> {
        let listen = |kind| signal(kind).context("signals cannot be listened to");
        Ok(Signals {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    /// Waits for the next one.
    pub(crate) async fn next(&mut self) -> Stop {
        tokio::select! {
            _ = self.interrupt.recv() => Stop,
            _ = self.terminate.recv() => Stop,
        }
    }

    /// The next one ends the process on the spot, whatever it is doing: a person has asked three times.
    pub(crate) fn let_them_end_the_process(&self) {
        tokio::spawn(async {
            if let Ok(mut signals) = Signals::listen() {
                signals.next().await;
            }
            std::process::exit(EXIT_INTERRUPTED);
        });
    }
}

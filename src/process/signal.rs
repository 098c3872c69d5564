//! INT, TERM and HUP: the first stops everything with its grace, the second kills, the third leaves at once.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Mutex, Once, PoisonError};
use std::time::Duration;

use rustix::process::Signal;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::{cancel, keyboard, registry};

/// Starts to listen, once; before that a signal ends instep as any program. Called before the first
/// process is started and by whatever else must be stopped cleanly.
pub fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let Ok(mut signals) = Signals::new([SIGINT, SIGTERM, SIGHUP]) else { return };
        std::thread::spawn(move || {
            for number in signals.forever() {
                received(number);
            }
        });
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            registry::kill_all();
            keyboard::restore();
            before(info);
        }));
    });
}

static HELD: AtomicBool = AtomicBool::new(false);
static CAME: AtomicBool = AtomicBool::new(false);

/// While this lives, an INT ends nothing: a person is asked what it shall mean.
pub struct Held(());

/// Holds INT back, until what it gives is dropped.
pub fn hold_interrupt() -> Held {
    listen();
    HELD.store(true, Ordering::Relaxed);
    Held(())
}

impl Held {
    /// Whether one came since it was last asked for.
    pub fn came(&self) -> bool {
        CAME.swap(false, Ordering::Relaxed)
    }

    /// Does something while an INT ends the run as always.
    pub fn released<T>(&self, act: impl FnOnce() -> T) -> T {
        HELD.store(false, Ordering::Relaxed);
        let value = act();
        HELD.store(true, Ordering::Relaxed);
        value
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        HELD.store(false, Ordering::Relaxed);
    }
}

type Last = Box<dyn Fn() + Send>;

static LAST: Mutex<Option<Last>> = Mutex::new(None);

/// What is said when a third signal makes us leave at once: what stays behind. `None` takes it back.
pub fn on_leave(say: Option<Last>) {
    *LAST.lock().unwrap_or_else(PoisonError::into_inner) = say;
}

/// Nobody may be reading what we say: a moment, and no longer.
fn say_last() {
    let (done, said) = channel();
    std::thread::spawn(move || {
        if let Some(say) = LAST.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            say();
        }
        let _ = done.send(());
    });
    let _ = said.recv_timeout(Duration::from_millis(500));
}

fn received(number: i32) {
    if number == SIGINT && HELD.load(Ordering::Relaxed) {
        CAME.store(true, Ordering::Relaxed);
        return;
    }
    let signal = match number {
        SIGHUP => Signal::HUP,
        SIGINT => Signal::INT,
        _ => Signal::TERM,
    };
    let number = u8::try_from(number).unwrap_or(15);
    match cancel::set(number) {
        1 => registry::stop_all(signal, number == 2 && std::io::stdin().is_terminal()),
        2 => registry::kill_all(),
        _ => {
            registry::kill_all();
            keyboard::restore();
            say_last();
            #[expect(clippy::disallowed_methods, reason = "asked for the third time: nothing is waited for any more")]
            signal_hook::low_level::exit(128 + i32::from(number));
        }
    }
}

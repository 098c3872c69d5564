//! The one cancellation token of a run: set by the first signal, made hard by the second.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::report::{Error, Result};

/// 0: go on. Else the signal's number, with `HARD` added from the second signal on.
static STATE: AtomicU32 = AtomicU32::new(0);
const HARD: u32 = 1 << 8;

type Listener = Box<dyn Fn() + Send>;

struct Shared {
    listeners: Vec<(u64, Listener)>,
    next: u64,
}

static SHARED: Mutex<Shared> = Mutex::new(Shared { listeners: Vec::new(), next: 0 });
static CHANGED: Condvar = Condvar::new();

/// The signal that asked us to stop, if any.
pub fn requested() -> Option<u8> {
    let state = STATE.load(Ordering::Relaxed);
    (state != 0).then_some((state & 0xff) as u8)
}

/// Whether a second signal came.
pub fn is_hard() -> bool {
    STATE.load(Ordering::Relaxed) & HARD != 0
}

/// An error when we were asked to stop.
pub fn check() -> Result<()> {
    match requested() {
        Some(signal) => Err(Error::signal(signal)),
        None => Ok(()),
    }
}

/// Sleeps; ends early with an error when we are asked to stop.
pub fn sleep(time: Duration) -> Result<()> {
    let end = Instant::now() + time;
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        check()?;
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        shared = CHANGED.wait_timeout(shared, left).unwrap_or_else(PoisonError::into_inner).0;
    }
}

/// Calls `listener` when we are asked to stop, until the guard is dropped.
pub fn listen(listener: impl Fn() + Send + 'static) -> Guard {
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    let id = shared.next;
    shared.next += 1;
    if requested().is_some() {
        listener();
    }
    shared.listeners.push((id, Box::new(listener)));
    Guard(id)
}

/// See [`listen`].
pub struct Guard(u64);

impl Drop for Guard {
    fn drop(&mut self) {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.listeners.retain(|(id, _)| *id != self.0);
    }
}

/// Sets the token. Only the signal thread calls this. Gives how many signals came, this one included.
pub(super) fn set(signal: u8) -> u32 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed) + 1;
    if count == 1 {
        STATE.store(u32::from(signal), Ordering::Relaxed);
    } else {
        STATE.fetch_or(HARD, Ordering::Relaxed);
    }
    let shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    for (_, listener) in &shared.listeners {
        listener();
    }
    CHANGED.notify_all();
    count
}

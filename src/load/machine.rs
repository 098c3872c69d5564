//! How busy this machine and this process are: a client at its limit measures itself.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// What was used up to a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage {
    at: Instant,
    own: Duration,
    /// Busy and all jiffies of all processors; where /proc tells.
    machine: Option<(u64, u64)>,
}

impl Usage {
    pub(super) fn now() -> Self {
        let own = clock_gettime(ClockId::ProcessCPUTime);
        let own = Duration::new(u64::try_from(own.tv_sec).unwrap_or(0), u32::try_from(own.tv_nsec).unwrap_or(0));
        let machine = std::fs::read_to_string("/proc/stat").ok().and_then(|text| jiffies(&text));
        Self { at: Instant::now(), own, machine }
    }

    /// What since then lets one doubt the figures; `threads`: how many of this process sent.
    pub(super) fn doubts(&self, threads: Option<usize>) -> Vec<String> {
        let now = Self::now();
        let wall = now.at.duration_since(self.at).as_secs_f64().max(0.001);
        let mut doubts = Vec::new();
        let own = threads.map(|threads| (now.own.saturating_sub(self.own)).as_secs_f64() / (wall * threads as f64));
        if let Some(share) = own.filter(|share| *share > 0.9) {
            doubts.push(format!(
                "the generator itself was busy {:.0} % of the time: the rate is its limit, or near it",
                share.min(1.0) * 100.0
            ));
        }
        if let Some(((busy, all), (busy_before, all_before))) = now.machine.zip(self.machine).filter(|((_, a), (_, b))| a > b) {
            let idle = 1.0 - (busy - busy_before) as f64 / (all - all_before) as f64;
            if idle < 0.05 {
                doubts.push(format!(
                    "the processors of this machine were {:.0} % idle: sender and service may have been in each other's way",
                    idle * 100.0
                ));
            }
        }
        doubts
    }
}

/// The first line of /proc/stat (proc_stat(5)): user nice system idle iowait …
fn jiffies(text: &str) -> Option<(u64, u64)> {
    let numbers: Vec<u64> = text.lines().next()?.split_ascii_whitespace().skip(1).take(8).filter_map(|word| word.parse().ok()).collect();
    let all: u64 = numbers.iter().sum();
    let idle = numbers.get(3)? + numbers.get(4)?;
    Some((all - idle, all))
}

#[cfg(test)]
mod tests {
    #[test]
    fn waiting_for_a_disk_is_idle() {
        assert_eq!(super::jiffies("cpu  10 1 4 80 5 0 0 0 7 7\ncpu0 1"), Some((15, 100)));
        assert_eq!(super::jiffies("x"), None);
    }
}

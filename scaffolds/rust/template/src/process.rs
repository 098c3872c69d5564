//! What the process uses, under the names that all clients of Prometheus have
//! (prometheus.io/docs/instrumenting/writing_clientlibs). What the system does not tell is left out: /proc is Linux's.

use std::{
    fmt::Write,
    fs,
    time::{SystemTime, UNIX_EPOCH},
};

/// In the text format of Prometheus.
pub fn metrics(started: SystemTime) -> String {
    let files = fs::read_dir("/proc/self/fd").ok().map(|entries| entries.count() as f64);
    let started = started.duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs_f64());
    let mut text = String::new();
    for (name, kind, value) in [
        ("process_cpu_seconds_total", "counter", cpu_seconds()),
        ("process_open_fds", "gauge", files),
        ("process_resident_memory_bytes", "gauge", resident_bytes()),
        ("process_start_time_seconds", "gauge", started),
    ] {
        if let Some(value) = value {
            let _ = writeln!(text, "# TYPE {name} {kind}\n{name} {value}");
        }
    }
    text
}

/// In parts of a hundredth of a second, whatever the machine (proc_pid_stat(5), fields 14 and 15).
fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name before them may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let hundredths = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((hundredths(11)? + hundredths(12)?) / 100.0)
}

fn resident_bytes() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.strip_suffix("kB"))?;
    Some(kilobytes.trim().parse::<f64>().ok()? * 1024.0)
}

//! Which processes there are, and who started whom: what a signal must reach.

/// A process, told from a later one with the same number by its start.
#[derive(Clone, Debug)]
pub(super) struct Process {
    pub(super) pid: i32,
    parent: i32,
    pub(super) group: i32,
    started: String,
}

impl PartialEq for Process {
    /// It may have got another parent or group meanwhile.
    fn eq(&self, other: &Self) -> bool {
        (self.pid, &self.started) == (other.pid, &other.started)
    }
}

/// All living processes (zombies are not).
#[cfg(target_os = "linux")]
pub(super) fn all() -> Vec<Process> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries.flatten().filter_map(|entry| one(entry.file_name().to_str()?.parse().ok()?)).collect()
}

#[cfg(target_os = "linux")]
fn one(pid: i32) -> Option<Process> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in brackets, may hold anything; the fields begin behind the last bracket (proc(5)).
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_ascii_whitespace().collect();
    let [state, parent, group] = fields.get(..3)? else { return None };
    (*state != "Z" && *state != "X").then_some(())?;
    Some(Process { pid, parent: parent.parse().ok()?, group: group.parse().ok()?, started: (*fields.get(19)?).to_owned() })
}

#[cfg(not(target_os = "linux"))]
fn one(pid: i32) -> Option<Process> {
    all().into_iter().find(|process| process.pid == pid)
}

/// What tells a living process from a later one with the same number; none when it does not live.
pub(super) fn identity(pid: i32) -> Option<String> {
    one(pid).map(|process| process.started)
}

/// All living processes, from `ps`.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::disallowed_methods, reason = "asked on the way out too, when nothing else may start")]
pub(super) fn all() -> Vec<Process> {
    let listing = duct::cmd!("ps", "-axo", "pid=,ppid=,pgid=,state=,lstart=").stderr_null().unchecked().read().unwrap_or_default();
    listing
        .lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_ascii_whitespace().collect();
            let [pid, parent, group, state, started @ ..] = fields.as_slice() else { return None };
            (!state.starts_with('Z')).then_some(())?;
            Some(Process { pid: pid.parse().ok()?, parent: parent.parse().ok()?, group: group.parse().ok()?, started: started.join(" ") })
        })
        .collect()
}

/// The process `root`, everything that it started, and the members of its group when it leads one.
pub(super) fn family(root: i32) -> Vec<Process> {
    living(&mut one(root).into_iter().collect(), Some(root))
}

/// Which of these still live, together with the living members of the group. What they started meanwhile is added to
/// those that are known.
pub(super) fn living(known: &mut Vec<Process>, group: Option<i32>) -> Vec<Process> {
    let all = all();
    let mut left: Vec<Process> = all.iter().filter(|process| group == Some(process.group) || known.contains(process)).cloned().collect();
    let mut next = 0;
    while next < left.len() {
        let parent = left[next].pid;
        next += 1;
        let children: Vec<&Process> = all.iter().filter(|process| process.parent == parent && !left.contains(process)).collect();
        left.extend(children.into_iter().cloned());
    }
    known.extend(left.iter().filter(|process| !known.contains(process)).cloned().collect::<Vec<_>>());
    left
}

/// A process and those that it comes from.
pub(super) fn line_of(pid: i32) -> Vec<i32> {
    let all = all();
    let mut line = vec![pid];
    while let Some(parent) = all.iter().find(|process| Some(&process.pid) == line.last()).map(|process| process.parent)
        && parent > 0
        && !line.contains(&parent)
    {
        line.push(parent);
    }
    line
}

/// A variable with which a process was started; none also when it is another user's.
#[cfg(target_os = "linux")]
pub(super) fn variable(pid: i32, name: &str) -> Option<String> {
    let environ = std::fs::read(format!("/proc/{pid}/environ")).ok()?;
    let mut pairs = environ.split(|&byte| byte == 0).map(String::from_utf8_lossy);
    pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}

/// A variable with which a process was started, from `ps`.
#[cfg(not(target_os = "linux"))]
pub(super) fn variable(pid: i32, name: &str) -> Option<String> {
    let line = duct::cmd!("ps", "-Eww", "-o", "command=", "-p", pid.to_string()).stderr_null().unchecked().read().ok()?;
    line.split(' ').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}

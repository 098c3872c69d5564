//! Kubernetes' amounts (`100m`, `128Mi`) as whole numbers, which add up without a rest, and back.

use crate::config::value::amount;

/// A thousand millionth of a core, of a byte, of a pod.
pub type Nanos = i128;
/// One.
pub const ONE: Nanos = 1_000_000_000;

/// An amount in thousand millionths; none for what is no amount.
pub fn parse(text: &str) -> Option<Nanos> {
    amount(text).map(|number| (number * 1e9).round() as Nanos)
}

const BINARY: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/// Cores: `250m`, `2`.
pub fn cores(nanos: Nanos) -> String {
    if nanos % ONE == 0 { (nanos / ONE).to_string() } else { format!("{}m", (nanos + 999_999) / 1_000_000) }
}

/// Bytes: `128Mi`, in the largest unit of which it is at least one; a tenth is kept.
pub fn bytes(nanos: Nanos) -> String {
    let bytes = nanos / ONE;
    let Some((power, unit)) =
        BINARY.iter().enumerate().map(|(i, unit)| (1_i128 << (10 * (i + 1)), unit)).rfind(|(power, _)| bytes >= *power)
    else {
        return bytes.to_string();
    };
    let tenths = (bytes * 10 + power / 2) / power;
    if tenths % 10 == 0 { format!("{}{unit}", tenths / 10) } else { format!("{}.{}{unit}", tenths / 10, tenths % 10) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_people_do() {
        let read = |text: &str| parse(text).unwrap_or_default();
        assert_eq!((cores(read("0.25")), cores(read("2")), cores(read("1500m"))), ("250m".into(), "2".into(), "1500m".into()));
        assert_eq!((bytes(read("128Mi")), bytes(read("1.5Gi")), bytes(read("100"))), ("128Mi".into(), "1.5Gi".into(), "100".into()));
    }
}

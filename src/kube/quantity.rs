//! Kubernetes' amounts (`100m`, `128Mi`, `1e3`) as numbers, exactly, and back.
//! Source of the grammar: `k8s.io/apimachinery/pkg/api/resource`, `Quantity`.

/// A thousand millionth of a core, of a byte, of a pod.
pub type Nanos = i128;
/// One.
pub const ONE: Nanos = 1_000_000_000;

/// An amount in thousand millionths; none for what is no amount.
pub fn parse(text: &str) -> Option<Nanos> {
    let text = text.trim();
    let at = text.find(|c: char| !c.is_ascii_digit() && !['.', '-', '+'].contains(&c)).unwrap_or(text.len());
    let (number, unit) = text.split_at(at);
    let number = decimal(number)?;
    match unit {
        "n" => Some(number / ONE),
        "u" => Some(number / 1_000_000),
        "m" => Some(number / 1_000),
        "" => Some(number),
        "k" => number.checked_mul(1_000),
        "M" => number.checked_mul(1_000_000),
        "G" => number.checked_mul(1_000_000_000),
        "T" => number.checked_mul(1_000_000_000_000),
        "P" => number.checked_mul(1_000_000_000_000_000),
        "E" => number.checked_mul(1_000_000_000_000_000_000),
        _ if unit.ends_with('i') => number.checked_mul(1 << (10 * (1 + BINARY.iter().position(|known| unit == *known)?))),
        _ => {
            let exponent: i32 = unit.strip_prefix(['e', 'E'])?.parse().ok()?;
            let power = 10_i128.checked_pow(exponent.unsigned_abs())?;
            if exponent < 0 { Some(number / power) } else { number.checked_mul(power) }
        }
    }
}

const BINARY: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

fn decimal(text: &str) -> Option<Nanos> {
    let (sign, text) = text.strip_prefix('-').map_or((1, text.trim_start_matches('+')), |rest| (-1, rest));
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() && part.is_empty() {
        return None;
    }
    let whole: Nanos = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let part: Nanos = format!("{part:0<9.9}").parse().ok()?;
    whole.checked_mul(ONE)?.checked_add(part).map(|number| sign * number)
}

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
    fn amounts_are_read_as_kubernetes_writes_them() {
        let all = [
            ("1", ONE),
            ("100m", ONE / 10),
            ("0.1", ONE / 10),
            ("12345n", 12_345),
            ("1Ki", 1024 * ONE),
            ("1e3", 1000 * ONE),
            ("2E", 2 * ONE * 10_i128.pow(18)),
        ];
        for (text, nanos) in all {
            assert_eq!(parse(text), Some(nanos), "{text}");
        }
        assert_eq!((parse(""), parse("x"), parse("1Xi"), parse("Mi")), (None, None, None, None));
    }

    #[test]
    fn amounts_are_written_as_people_do() {
        let read = |text: &str| parse(text).unwrap_or_default();
        assert_eq!((cores(read("0.25")), cores(read("2")), cores(read("1500m"))), ("250m".into(), "2".into(), "1500m".into()));
        assert_eq!((bytes(read("128Mi")), bytes(read("1.5Gi")), bytes(read("100"))), ("128Mi".into(), "1.5Gi".into(), "100".into()));
    }
}

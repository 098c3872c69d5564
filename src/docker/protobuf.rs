//! As much of protobuf as the conversation with BuildKit needs: a handful of small messages
//! (protobuf.dev/programming-guides/encoding).

/// A message that is put together.
#[derive(Debug, Default)]
pub struct Message(Vec<u8>);

impl Message {
    /// Adds a number; 0 is the default and is not written.
    pub fn number(&mut self, field: u32, value: u64) {
        if value != 0 {
            varint(&mut self.0, u64::from(field) << 3);
            varint(&mut self.0, value);
        }
    }

    /// Adds bytes, a text or a message; empty ones are the default and are not written.
    pub fn bytes(&mut self, field: u32, value: &[u8]) {
        if !value.is_empty() {
            varint(&mut self.0, u64::from(field) << 3 | 2);
            varint(&mut self.0, value.len() as u64);
            self.0.extend_from_slice(value);
        }
    }

    /// The message so far.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// The value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A number.
    Number(u64),
    /// Bytes, a text or a message.
    Bytes(&'a [u8]),
}

impl<'a> Value<'a> {
    /// The number; 0 for anything else.
    pub fn number(self) -> u64 {
        if let Self::Number(number) = self { number } else { 0 }
    }

    /// The bytes; none for a number.
    pub fn bytes(self) -> &'a [u8] {
        if let Self::Bytes(bytes) = self { bytes } else { &[] }
    }

    /// The text; what is no text becomes one.
    pub fn text(self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }
}

/// The fields of a message, in the order in which they came; ends early at what is no message.
pub fn fields(bytes: &[u8]) -> impl Iterator<Item = (u32, Value<'_>)> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        loop {
            let key = take_varint(&mut rest)?;
            let field = u32::try_from(key >> 3).ok()?;
            match key & 7 {
                0 => return Some((field, Value::Number(take_varint(&mut rest)?))),
                2 => {
                    let length = usize::try_from(take_varint(&mut rest)?).ok()?;
                    let (value, after) = rest.split_at_checked(length)?;
                    rest = after;
                    return Some((field, Value::Bytes(value)));
                }
                // Numbers of a fixed size: none that we look at.
                1 => rest = rest.get(8..)?,
                5 => rest = rest.get(4..)?,
                _ => return None,
            }
        }
    })
}

fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

        #[test]
        fn a_message_comes_back_as_it_was_written(number in 1_u64.., bytes in prop::collection::vec(any::<u8>(), 1..300), field in 1_u32..5000) {
            let mut message = Message::default();
            message.number(field, number);
            message.bytes(field + 1, &bytes);
            message.number(1, 0);
            let read: Vec<_> = fields(message.as_bytes()).collect();
            prop_assert_eq!(read, vec![(field, Value::Number(number)), (field + 1, Value::Bytes(&bytes))]);
        }

        #[test]
        fn garbage_ends_the_reading(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            prop_assert!(fields(&bytes).count() <= bytes.len());
        }
    }
}

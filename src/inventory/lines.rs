//! Byte offsets to lines.

/// The beginnings of the lines of one text.
#[derive(Debug)]
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    /// Finds the lines of `text`.
    pub(crate) fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(offset, _)| offset + 1).collect())
    }

    /// The line (1-based) on which the byte at `offset` stands.
    pub(crate) fn at(&self, offset: usize) -> u32 {
        let before = self.0.partition_point(|start| *start <= offset);
        u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_from_one() {
        let lines = Lines::of("a\r\nb\n\nc");
        assert_eq!([0, 2, 3, 4, 5, 6, 99].map(|offset| lines.at(offset)), [1, 1, 2, 2, 3, 4, 4]);
    }
}

//! A set of registers.

/// Which of the 256 registers are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct RegisterSet([u64; 4]);

impl RegisterSet {
    pub(super) fn insert(&mut self, register: u8) {
        self.0[usize::from(register >> 6)] |= 1 << (register & 63);
    }

    pub(super) fn remove(&mut self, register: u8) {
        self.0[usize::from(register >> 6)] &= !(1 << (register & 63));
    }

    pub(super) fn contains(&self, register: u8) -> bool {
        self.0[usize::from(register >> 6)] & (1 << (register & 63)) != 0
    }

    /// The lowest register that is not in the set.
    pub(super) fn lowest_free(&self) -> Option<u8> {
        let word = self.0.iter().position(|word| *word != u64::MAX)?;
        Some((word * 64) as u8 + self.0[word].trailing_ones() as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::RegisterSet;

    #[test]
    fn the_lowest_free_register_is_found_up_to_the_last() {
        let mut set = RegisterSet::default();
        for register in 0..=255 {
            assert_eq!(set.lowest_free(), Some(register));
            set.insert(register);
            assert!(set.contains(register));
        }
        assert_eq!(set.lowest_free(), None);
        set.remove(100);
        assert_eq!(set.lowest_free(), Some(100));
    }
}

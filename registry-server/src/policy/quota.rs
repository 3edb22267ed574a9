//! How much a user may do in a time: so many at once, then one every so many seconds. The defaults are those of crates-io.

/// A rate. Kept as one number a user, the generic cell rate algorithm (ITU-T I.371, annex A).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// One more after this many seconds; 0: no limit.
    pub seconds: u64,
    /// So many at once.
    pub burst: u64,
}

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// First versions of packages.
    pub new_package: Rate,
    /// Further versions.
    pub update: Rate,
    /// Yanks, and taking them back.
    pub yank: Rate,
    /// Changes of owners and keys, and new tokens.
    pub account: Rate,
    /// Dependencies of a version.
    pub dependencies: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        let rate = |seconds, burst| Rate { seconds, burst };
        Self {
            new_package: rate(600, 5),
            update: rate(60, 30),
            yank: rate(60, 100),
            account: rate(60, 30),
            dependencies: 500,
        }
    }
}

impl Rate {
    /// Whether one more may happen now. `earliest` is what the last call has given, 0 at first.
    ///
    /// # Errors
    /// In how many seconds it may, at least 1.
    pub fn admit(&self, earliest: u64, now: u64) -> Result<u64, u64> {
        let next = earliest.max(now).saturating_add(self.seconds);
        let latest = now.saturating_add(self.seconds.saturating_mul(self.burst));
        match next <= latest {
            true => Ok(next),
            false => Err(next - latest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_one_at_a_time() {
        let rate = Rate {
            seconds: 10,
            burst: 3,
        };
        // (now, what is expected)
        let cases = [
            (100, Ok(110)),
            (100, Ok(120)),
            (100, Ok(130)),
            (100, Err(10)),
            (109, Err(1)),
            (110, Ok(140)),
            (110, Err(10)),
            (1000, Ok(1010)),
        ];
        let mut earliest = 0;
        for (now, expected) in cases {
            let found = rate.admit(earliest, now);
            assert_eq!(found, expected, "at {now}");
            earliest = found.unwrap_or(earliest);
        }
        let none = Rate { seconds: 0, burst: 1 };
        assert!((0..1000).all(|_| none.admit(0, 5).is_ok()));
    }
}

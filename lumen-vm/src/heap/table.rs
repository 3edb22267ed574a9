//! Sorted table behind maps and sets: short runs of entries in order, so that inserting moves little however large it is.
//!
//! An entry is `stride` words: key and value for a map, the element for a set. Runs hold at most [`RUN`] entries. The
//! table orders nothing itself and counts no references: callers find positions by a comparison that they bring.

use std::cell::Cell;
use std::cmp::Ordering;

use super::word::Word;

/// Most entries of a run.
const RUN: usize = 64;

/// A sorted table. Runs are never empty.
#[derive(Default)]
pub(crate) struct Table {
    runs: Vec<Vec<Word>>,
    entries: usize,
    stride: usize,
    held: usize,
    /// Where a key was found last: what is looked up is often stored next.
    found: Cell<Position>,
}

/// Place of a word in a table that nothing changes meanwhile; the default one is the start.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cursor {
    run: usize,
    word: usize,
}

/// Where an entry is, or would be inserted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Position {
    run: usize,
    /// In entries.
    offset: usize,
}

impl Table {
    pub(crate) fn new(stride: usize) -> Table {
        Table {
            runs: Vec::new(),
            entries: 0,
            stride,
            held: 0,
            found: Cell::default(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries
    }

    /// Bytes that the table holds outside of itself.
    pub(crate) fn bytes(&self) -> usize {
        self.held
    }

    /// Finds a key: `order` tells how an entry's key stands to it.
    pub(crate) fn find(&self, mut order: impl FnMut(Word) -> Ordering) -> Result<Position, Position> {
        let found = self.found.get();
        let last = self.runs.get(found.run);
        if let Some(&key) = last.and_then(|run| run.get(found.offset * self.stride))
            && order(key) == Ordering::Equal
        {
            return Ok(found);
        }
        let mut run = self
            .runs
            .partition_point(|run| order(run[0]) != Ordering::Greater);
        let Some(previous) = run.checked_sub(1) else {
            return Err(Position { run: 0, offset: 0 });
        };
        run = previous;
        let words = &self.runs[run];
        let (mut low, mut high) = (0, words.len() / self.stride);
        while low < high {
            let middle = low + (high - low) / 2;
            match order(words[middle * self.stride]) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => {
                    let found = Position { run, offset: middle };
                    self.found.set(found);
                    return Ok(found);
                }
            }
        }
        Err(Position { run, offset: low })
    }

    /// The words of the entry at a position that [`Table::find`] found.
    pub(crate) fn entry(&self, position: Position) -> &[Word] {
        let start = position.offset * self.stride;
        &self.runs[position.run][start..start + self.stride]
    }

    pub(crate) fn entry_mut(&mut self, position: Position) -> &mut [Word] {
        let start = position.offset * self.stride;
        &mut self.runs[position.run][start..start + self.stride]
    }

    /// Bytes that inserting at this position may add to [`Table::bytes`], at most.
    pub(crate) fn growth(&self, position: Position) -> usize {
        let full = RUN * self.stride * size_of::<Word>();
        let directory = if self.runs.len() == self.runs.capacity() {
            self.runs.len().max(4) * size_of::<Vec<Word>>()
        } else {
            0
        };
        match self.runs.get(position.run) {
            Some(run) if run.len() < run.capacity() => 0,
            Some(run) if run.len() < RUN * self.stride => run.len() * size_of::<Word>(),
            _ => full + directory,
        }
    }

    /// Inserts at a position that [`Table::find`] did not find; false if the system has no memory for it.
    #[must_use]
    pub(crate) fn insert(&mut self, position: Position, entry: &[Word]) -> bool {
        let Position { mut run, mut offset } = position;
        let full = RUN * self.stride;
        match self.runs.get(run).map(Vec::len) {
            None => {
                if !self.insert_run(run, self.stride) {
                    return false;
                }
            }
            Some(length) if length == full => {
                // Entries that come in ascending order leave full runs behind, others split runs in halves.
                let at_end = run + 1 == self.runs.len() && offset == RUN;
                let kept = if at_end { RUN } else { RUN / 2 };
                if !self.insert_run(run + 1, if at_end { self.stride } else { full }) {
                    return false;
                }
                let (left, right) = self.runs.split_at_mut(run + 1);
                right[0].extend(left[run].drain(kept * self.stride..));
                if offset > kept || at_end {
                    run += 1;
                    offset -= kept;
                }
            }
            Some(_) => {}
        }
        let words = &mut self.runs[run];
        if words.len() == words.capacity() {
            let before = words.capacity();
            if !reserve(words, (words.len() * 2).clamp(self.stride, full)) {
                return false;
            }
            self.held += (words.capacity() - before) * size_of::<Word>();
        }
        let start = offset * self.stride;
        words.splice(start..start, entry.iter().copied());
        self.entries += 1;
        true
    }

    /// Removes the entry at a position that [`Table::find`] found; [`Table::bytes`] may shrink.
    pub(crate) fn remove(&mut self, position: Position) {
        let start = position.offset * self.stride;
        let run = &mut self.runs[position.run];
        run.drain(start..start + self.stride);
        if run.is_empty() {
            self.held -= run.capacity() * size_of::<Word>();
            self.runs.remove(position.run);
        }
        self.entries -= 1;
    }

    /// A copy, word for word; nothing if the system has no memory for it.
    pub(crate) fn duplicate(&self) -> Option<Table> {
        let mut copy = Table::new(self.stride);
        copy.runs.try_reserve_exact(self.runs.capacity()).ok()?;
        copy.held = copy.runs.capacity() * size_of::<Vec<Word>>();
        for run in &self.runs {
            let mut words = Vec::new();
            words.try_reserve_exact(run.capacity()).ok()?;
            words.extend_from_slice(run);
            copy.held += words.capacity() * size_of::<Word>();
            copy.runs.push(words);
        }
        copy.entries = self.entries;
        Some(copy)
    }

    /// All words in order: key, value, key, value ... of a map, the elements of a set.
    pub(crate) fn words(&self) -> impl Iterator<Item = Word> + '_ {
        self.runs.iter().flatten().copied()
    }

    /// The word at the cursor, which moves on; nothing at the end.
    pub(crate) fn next(&self, cursor: &mut Cursor) -> Option<Word> {
        let run = self.runs.get(cursor.run)?;
        let word = run[cursor.word];
        cursor.word += 1;
        if cursor.word == run.len() {
            *cursor = Cursor {
                run: cursor.run + 1,
                word: 0,
            };
        }
        Some(word)
    }

    fn insert_run(&mut self, run: usize, capacity: usize) -> bool {
        let directory = self.runs.capacity();
        if self.runs.len() == directory && self.runs.try_reserve_exact(self.runs.len().max(4)).is_err() {
            return false;
        }
        self.held += (self.runs.capacity() - directory) * size_of::<Vec<Word>>();
        let mut words = Vec::new();
        if !reserve(&mut words, capacity) {
            return false;
        }
        self.held += words.capacity() * size_of::<Word>();
        self.runs.insert(run, words);
        true
    }
}

fn reserve(words: &mut Vec<Word>, capacity: usize) -> bool {
    words.try_reserve_exact(capacity - words.len()).is_ok()
}

//! Reading of JSON values with errors that name the path.

use serde_json::{Map, Value};

use super::JsonError;

/// A value and where it stands.
pub(super) struct Cursor<'v> {
    value: &'v Value,
    path: String,
}

impl<'v> Cursor<'v> {
    pub(super) fn root(value: &'v Value) -> Cursor<'v> {
        Cursor {
            value,
            path: String::new(),
        }
    }

    pub(super) fn error(&self, problem: impl Into<String>) -> JsonError {
        JsonError {
            path: self.path.clone(),
            problem: problem.into(),
        }
    }

    fn expected(&self, what: &str) -> JsonError {
        let found = match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a truth value",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        };
        self.error(format!("expected {what}, found {found}"))
    }

    fn entries(&self) -> Result<&'v Map<String, Value>, JsonError> {
        self.value.as_object().ok_or_else(|| self.expected("an object"))
    }

    /// Checks that this is an object and has no keys but these.
    pub(super) fn keys(&self, known: &[&str]) -> Result<(), JsonError> {
        match self.entries()?.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(self.error(format!("unknown key `{key}`; there are {}", known.join(", ")))),
            None => Ok(()),
        }
    }

    /// The key of an object that has exactly one.
    pub(super) fn only_key(&self) -> Result<&'v str, JsonError> {
        let entries = self.entries()?;
        match entries.keys().next() {
            Some(key) if entries.len() == 1 => Ok(key),
            _ => Err(self.error("expected an object with one key")),
        }
    }

    /// The value of a key, if this is an object that has it.
    pub(super) fn get(&self, key: &str) -> Option<Cursor<'v>> {
        let value = self.value.as_object()?.get(key)?;
        let path = if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        };
        Some(Cursor { value, path })
    }

    pub(super) fn need(&self, key: &str) -> Result<Cursor<'v>, JsonError> {
        self.entries()?;
        self.get(key)
            .ok_or_else(|| self.error(format!("the key `{key}` is missing")))
    }

    pub(super) fn is_object(&self) -> bool {
        self.value.is_object()
    }

    pub(super) fn items(&self) -> Result<impl ExactSizeIterator<Item = Cursor<'v>> + use<'v>, JsonError> {
        let items = self.value.as_array().ok_or_else(|| self.expected("an array"))?;
        let path = self.path.clone();
        Ok(items.iter().enumerate().map(move |(index, value)| Cursor {
            value,
            path: format!("{path}[{index}]"),
        }))
    }

    /// Reads all items of the array under a key; none if the key is missing.
    pub(super) fn list<T>(
        &self,
        key: &str,
        read: impl FnMut(Cursor<'v>) -> Result<T, JsonError>,
    ) -> Result<Vec<T>, JsonError> {
        match self.get(key) {
            Some(list) => list.items()?.map(read).collect(),
            None => Ok(Vec::new()),
        }
    }

    pub(super) fn as_text(&self) -> Option<&'v str> {
        self.value.as_str()
    }

    pub(super) fn text(&self) -> Result<&'v str, JsonError> {
        self.as_text().ok_or_else(|| self.expected("a string"))
    }

    pub(super) fn flag(&self) -> Result<bool, JsonError> {
        self.value.as_bool().ok_or_else(|| self.expected("true or false"))
    }

    /// A whole number in the range of `T`.
    pub(super) fn integer<T: TryFrom<i64>>(&self) -> Result<T, JsonError> {
        let number = self
            .value
            .as_i64()
            .ok_or_else(|| self.expected("a whole number of 64 bits"))?;
        T::try_from(number).map_err(|_| self.error(format!("{number} is out of range here")))
    }
}

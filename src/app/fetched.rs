use super::Trouble;

/// Something that is read from elsewhere, again and again. What was known stays while it cannot be read.
#[derive(Clone, Debug)]
pub struct Fetched<T> {
    value: Option<T>,
    /// Why the last reading failed.
    pub trouble: Option<Trouble>,
}

impl<T> Default for Fetched<T> {
    fn default() -> Self {
        Self { value: None, trouble: None }
    }
}

impl<T> Fetched<T> {
    pub fn set(&mut self, read: Result<T, Trouble>) {
        match read {
            Ok(value) => *self = Self { value: Some(value), trouble: None },
            Err(trouble) => self.trouble = Some(trouble),
        }
    }

    /// None before the first reading that went well.
    pub fn get(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// Nothing has come yet, good or bad.
    pub fn is_awaited(&self) -> bool {
        self.value.is_none() && self.trouble.is_none()
    }
}

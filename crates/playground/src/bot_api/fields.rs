//! Reads the fields of a JSON object, with the same error texts as Telegram.

use serde_json::{Map, Value};

/// A JSON object with type-checked access to the fields.
#[derive(Clone, Copy)]
pub struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    /// Returns the fields of `value`, or the error `otherwise` if `value` is not a JSON object.
    pub fn of(value: &'a Value, otherwise: &str) -> Result<Fields<'a>, String> {
        value.as_object().map(Fields).ok_or_else(|| otherwise.to_owned())
    }

    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name)
    }

    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.0.keys().map(String::as_str)
    }

    pub fn string(&self, name: &str) -> Result<&'a str, String> {
        self.get(name).ok_or_else(|| missing(name))?.as_str().ok_or_else(|| wrong(name, "String"))
    }

    /// Returns a string field, or the empty string if the field is missing.
    pub fn optional_string(&self, name: &str) -> Result<&'a str, String> {
        if self.get(name).is_none() { Ok("") } else { self.string(name) }
    }

    pub fn integer(&self, name: &str) -> Result<i64, String> {
        let value = self.get(name).ok_or_else(|| missing(name))?;
        value.as_i64().ok_or_else(|| format!("Field \"{name}\" must be a Number"))
    }

    /// Returns a boolean field, or false if the field is missing.
    pub fn flag(&self, name: &str) -> Result<bool, String> {
        self.get(name).map_or(Ok(false), |value| value.as_bool().ok_or_else(|| wrong(name, "Boolean")))
    }

    pub fn array(&self, name: &str) -> Result<&'a Vec<Value>, String> {
        self.get(name).ok_or_else(|| missing(name))?.as_array().ok_or_else(|| wrong(name, "Array"))
    }

    pub fn object(&self, name: &str) -> Result<Fields<'a>, String> {
        Fields::of(self.get(name).ok_or_else(|| missing(name))?, &wrong(name, "Object"))
    }
}

fn missing(name: &str) -> String {
    format!("Can't find field \"{name}\"")
}

fn wrong(name: &str, kind: &str) -> String {
    format!("Field \"{name}\" must be of type {kind}")
}

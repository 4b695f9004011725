//! Properties and items of one evaluation, as `-getProperty` and `-getItem` of the real tool print them.

use serde_json::{Map, Value, json};

use crate::inventory::msbuild::Values;

/// The bare value of a property that was asked for alone; else JSON, in which null is what cannot be told.
pub fn values(values: &Values) -> String {
    if let ([(_, value)], []) = (values.properties.as_slice(), values.items.as_slice()) {
        return value.as_ref().map(|value| format!("{value}\n")).unwrap_or_default();
    }
    let mut answer = Map::new();
    if !values.properties.is_empty() {
        let properties: Map<String, Value> =
            values.properties.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        answer.insert("Properties".into(), properties.into());
    }
    if !values.items.is_empty() {
        let items: Map<String, Value> = values.items.iter().map(|(kind, items)| (kind.clone(), json!(items))).collect();
        answer.insert("Items".into(), items.into());
    }
    format!("{:#}\n", Value::from(answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn property(name: &str, value: Option<&str>) -> (String, Option<String>) {
        (name.to_owned(), value.map(str::to_owned))
    }

    #[test]
    fn one_property_alone_is_bare() {
        let one = |value| Values { properties: vec![property("A", value)], ..Values::default() };
        assert_eq!(values(&one(Some("x;y"))), "x;y\n");
        assert_eq!(values(&one(Some(""))), "\n");
        assert_eq!(values(&one(None)), "");
    }

    #[test]
    fn the_unknown_is_null_and_what_was_not_asked_is_absent() {
        let asked = Values { properties: vec![property("A", None), property("B", Some(""))], ..Values::default() };
        let answer: Value = serde_json::from_str(&values(&asked)).unwrap();
        assert_eq!(answer, json!({"Properties": {"A": null, "B": ""}}));
        let asked = Values { items: vec![("P".to_owned(), Vec::new())], ..Values::default() };
        let answer: Value = serde_json::from_str(&values(&asked)).unwrap();
        assert_eq!(answer, json!({"Items": {"P": []}}));
    }
}

//! Checks Bot API calls and their results against an extract of Telegram's schema in
//! `tests/schema`. Each problem is one line: the path to the invalid value, and the reason.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::{Map, Value};

type Object = Map<String, Value>;

static SCHEMA: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../schema/bot-api.json")).expect("the extract is JSON"));

/// Returns the problems with the parameters of a Bot API call. `Value::Null` means a call without
/// parameters.
pub fn check_call(method: &str, params: &Value) -> Vec<String> {
    let Some((name, schema)) = find_method(method) else {
        return vec![format!("{method}: unknown method")];
    };
    let fields = object(&schema["fields"]);
    match params {
        Value::Null => check_fields(name, fields, &Object::new()),
        Value::Object(given) => check_fields(name, fields, &decoded(fields, given)),
        other => vec![format!("{name}: {}, not an object of parameters", kind(other))],
    }
}

/// Returns the problems with the `result` that a Bot API method returned.
pub fn check_result(method: &str, result: &Value) -> Vec<String> {
    match find_method(method) {
        Some((name, schema)) => check_types(&format!("{name}()"), list(&schema["returns"]), result),
        None => vec![format!("{method}: unknown method")],
    }
}

/// Returns the problems with a value that must have the Bot API type `type_name`, such as `Update`.
pub fn check_object(type_name: &str, value: &Value) -> Vec<String> {
    match SCHEMA["types"].get(type_name) {
        Some(_) => check_types(type_name, &[type_name.into()], value),
        None => vec![format!("{type_name}: unknown type")],
    }
}

fn find_method(method: &str) -> Option<(&'static str, &'static Value)> {
    let found = object(&SCHEMA["methods"]).iter().find(|(name, _)| name.eq_ignore_ascii_case(method))?;
    Some((found.0, found.1))
}

/// Decodes parameters in which objects or arrays are given as JSON strings. Telegram accepts such
/// strings, since a form-encoded request can hold only strings.
fn decoded(fields: &Object, given: &Object) -> Object {
    let decode = |name: &String, value: &Value| {
        let types = list(fields.get(name).map_or(&Value::Null, |field| &field["types"]));
        let text = value.as_str().filter(|_| !types.iter().any(|ty| kind_fits(ty, value)))?;
        serde_json::from_str(text).ok().filter(|json: &Value| json.is_object() || json.is_array())
    };
    given.iter().map(|(name, value)| (name.clone(), decode(name, value).unwrap_or_else(|| value.clone()))).collect()
}

fn check_fields(path: &str, fields: &Object, given: &Object) -> Vec<String> {
    let missing = missing(fields, given).map(|name| format!("{path}.{name}: missing"));
    let present = given.iter().flat_map(|(name, value)| {
        let path = format!("{path}.{name}");
        match fields.get(name) {
            Some(field) => check_field(&path, field, value, given),
            None => vec![format!("{path}: unknown")],
        }
    });
    missing.chain(present).collect()
}

fn missing(fields: &Object, given: &Object) -> impl Iterator<Item = String> {
    let required = fields.iter().filter(|(_, field)| field["required"] == true);
    required.filter(|(name, _)| !given.contains_key(*name)).map(|(name, _)| name.clone())
}

fn check_field(path: &str, field: &Value, value: &Value, siblings: &Object) -> Vec<String> {
    let mut problems = check_types(path, list(&field["types"]), value);
    let values = list(&field["values"]);
    if problems.is_empty() && !values.is_empty() && !values.contains(value) {
        problems.push(not_among(path, value, values.iter()));
    }
    let parse_mode = field["parse"].as_str().and_then(|name| siblings.get(name)?.as_str());
    problems.extend(check_limit(path, field, value, parse_mode));
    problems
}

fn check_limit(path: &str, field: &Value, value: &Value, parse_mode: Option<&str>) -> Option<String> {
    let unit = field["unit"].as_str()?;
    let size = match unit {
        "characters" => text_length(value.as_str()?, parse_mode)? as f64,
        "bytes" => value.as_str()?.len() as f64,
        "items" => value.as_array()?.len() as f64,
        _ => value.as_f64()?,
    };
    let bound = match (field["min"].as_f64()?, field["max"].as_f64()?) {
        _ if list(&field["or"]).contains(value) => return None,
        (min, _) if size < min => format!("at least {min}"),
        (_, max) if size > max => format!("at most {max}"),
        _ => return None,
    };
    Some(if unit == "value" { format!("{path}: {size}, {bound}") } else { format!("{path}: {size} {unit}, {bound}") })
}

/// Returns the length of a text as Telegram counts it, in UTF-16 code units without markup. Returns
/// `None` for Markdown, since this function cannot parse Markdown.
fn text_length(text: &str, parse_mode: Option<&str>) -> Option<usize> {
    match parse_mode {
        None | Some("") => Some(text.encode_utf16().count()),
        Some(mode) if mode.eq_ignore_ascii_case("html") => Some(html_length(text)),
        Some(_) => None,
    }
}

fn html_length(mut html: &str) -> usize {
    let mut length = 0;
    while let Some(at) = html.find(['<', '&']) {
        let (before, markup) = html.split_at(at);
        let (end, shown) = if markup.starts_with('<') { ('>', 0) } else { (';', 1) };
        length += before.encode_utf16().count() + shown;
        html = markup.split_once(end).map_or("", |(_, rest)| rest);
    }
    length + html.encode_utf16().count()
}

/// Checks a value that may have any one of `types`. Returns no problems if the value fits one of
/// the types. Otherwise returns the problems with the type that fits best.
fn check_types(path: &str, types: &[Value], value: &Value) -> Vec<String> {
    let alike: Vec<&Value> = types.iter().filter(|ty| kind_fits(ty, value)).collect();
    if alike.is_empty() {
        return vec![format!("{path}: {}, not {}", kind(value), names(types))];
    }
    let tag_fits = |ty: &Value| tag(ty).is_none_or(|(name, constant)| value.get(name) == Some(constant));
    let attempts = alike.iter().filter(|ty| tag_fits(ty)).map(|ty| (strangers(ty, value), check_type(path, ty, value)));
    match attempts.min_by_key(|(strangers, problems)| (!problems.is_empty(), *strangers, problems.len())) {
        Some((_, problems)) => problems,
        None => vec![wrong_tag(path, &alike, value)],
    }
}

fn check_type(path: &str, ty: &Value, value: &Value) -> Vec<String> {
    if let (Value::Array(inner), Value::Array(items)) = (ty, value) {
        let items = items.iter().enumerate();
        return items.flat_map(|(at, item)| check_types(&format!("{path}[{at}]"), inner, item)).collect();
    }
    match (definition(ty), value) {
        (Some(schema), _) if schema.get("subtypes").is_some() => check_types(path, list(&schema["subtypes"]), value),
        (Some(schema), Value::Object(given)) => check_fields(path, object(&schema["fields"]), given),
        _ => Vec::new(),
    }
}

fn kind_fits(ty: &Value, value: &Value) -> bool {
    match ty.as_str() {
        None => value.is_array(),
        Some("Boolean") => value.is_boolean(),
        Some("Float") => value.is_number(),
        Some("Integer") => value.is_i64() || value.is_u64(),
        // The parameter of an uploaded file is a string in the form data. The string names the part
        // of the form that holds the bytes of the file.
        Some("String" | "InputFile") => value.is_string(),
        Some(_) => match definition(ty).and_then(|schema| schema["subtypes"].as_array()) {
            Some(subtypes) => subtypes.iter().any(|subtype| kind_fits(subtype, value)),
            None => value.is_object(),
        },
    }
}

/// Returns the discriminator of a type: the name and value of a required field with only one
/// allowed value.
fn tag(ty: &Value) -> Option<(&'static str, &'static Value)> {
    let fields = definition(ty)?["fields"].as_object()?;
    fields.iter().filter(|(_, field)| field["required"] == true).find_map(|(name, field)| {
        if let [constant] = list(&field["values"]) { Some((name.as_str(), constant)) } else { None }
    })
}

fn wrong_tag(path: &str, types: &[&Value], value: &Value) -> String {
    let tags: Vec<_> = types.iter().filter_map(|ty| tag(ty)).collect();
    let path = format!("{path}.{}", tags[0].0);
    match value.get(tags[0].0) {
        Some(value) => not_among(&path, value, tags.iter().map(|(_, constant)| *constant)),
        None => format!("{path}: missing"),
    }
}

fn not_among<'a>(path: &str, value: &Value, values: impl Iterator<Item = &'a Value>) -> String {
    let values: BTreeSet<String> = values.map(Value::to_string).collect();
    format!("{path}: {value}, not one of {}", Vec::from_iter(values).join(" "))
}

/// Counts the unknown and the missing fields of an object, to measure how badly the object fits a
/// type.
fn strangers(ty: &Value, value: &Value) -> usize {
    match (definition(ty).and_then(|schema| schema["fields"].as_object()), value) {
        (Some(fields), Value::Object(given)) => {
            missing(fields, given).count() + given.keys().filter(|name| !fields.contains_key(*name)).count()
        }
        _ => 0,
    }
}

fn definition(ty: &Value) -> Option<&'static Value> {
    SCHEMA["types"].get(ty.as_str()?)
}

fn object(value: &'static Value) -> &'static Object {
    value.as_object().expect("an object in the extract")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn names(types: &[Value]) -> String {
    let name = |ty: &Value| ty.as_str().map_or_else(|| format!("Array of {}", names(list(ty))), str::to_owned);
    types.iter().map(name).collect::<Vec<_>>().join("|")
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FINE: [&str; 0] = [];

    fn merged(mut base: Value, extra: Value) -> Value {
        let Value::Object(extra) = extra else { panic!("not an object: {extra}") };
        base.as_object_mut().expect("an object").extend(extra);
        base
    }

    fn message(extra: Value) -> Value {
        let chat = json!({ "id": 5, "type": "private", "first_name": "A" });
        merged(json!({ "message_id": 1, "date": 1, "chat": chat }), extra)
    }

    fn pressed(message: Value) -> Value {
        let from = json!({ "id": 7, "is_bot": false, "first_name": "A" });
        let query = json!({ "id": "1", "from": from, "chat_instance": "c", "message": message });
        json!({ "update_id": 1, "callback_query": query })
    }

    fn keyboard(data: &str) -> Value {
        let button = |data| json!({ "text": "More", "callback_data": data });
        json!({ "inline_keyboard": [[button("a"), button(data)]] })
    }

    fn article(text: &str) -> Value {
        let content = json!({ "message_text": text });
        json!({ "type": "article", "id": "1", "title": "Title", "input_message_content": content })
    }

    #[test]
    fn messages_sent() {
        let sent = |extra| check_call("sendMessage", &merged(json!({ "chat_id": 5, "text": "Hello" }), extra));
        let html = |text: String| json!({ "text": text, "parse_mode": "HTML" });
        let entity = |kind| json!({ "entities": [{ "type": kind, "offset": 0, "length": 1 }] });
        let good = [
            json!({ "chat_id": "@channel", "entities": [] }),
            json!({ "text": "a".repeat(4096) }),
            html(format!("<b>{}</b>&amp;", "a".repeat(4095))),
            json!({ "text": "*".repeat(4097), "parse_mode": "MarkdownV2" }),
            json!({ "reply_markup": keyboard(&"é".repeat(32)) }),
            json!({ "reply_markup": keyboard("a").to_string() }),
            json!({ "reply_markup": { "force_reply": true } }),
            entity("text_link"),
        ];
        for extra in good {
            assert_eq!(sent(extra.clone()), FINE, "{extra}");
        }
        let bad = [
            (json!({ "txt": "" }), "txt: unknown"),
            (json!({ "chat_id": 1.5 }), "chat_id: number, not Integer|String"),
            (json!({ "protect_content": null }), "protect_content: null, not Boolean"),
            (json!({ "entities": "[" }), "entities: string, not Array of MessageEntity"),
            (json!({ "text": "" }), "text: 0 characters, at least 1"),
            (json!({ "text": "a".repeat(4097) }), "text: 4097 characters, at most 4096"),
            (json!({ "text": "😀".repeat(2049) }), "text: 4098 characters, at most 4096"),
            (html("&lt;".repeat(4097)), "text: 4097 characters, at most 4096"),
            (
                json!({ "reply_markup": keyboard(&"é".repeat(35)) }),
                "reply_markup.inline_keyboard[0][1].callback_data: 70 bytes, at most 64",
            ),
            (
                json!({ "link_preview_options": { "is_disabled": 1 } }),
                "link_preview_options.is_disabled: number, not Boolean",
            ),
        ];
        for (extra, problem) in bad {
            assert_eq!(sent(extra), [format!("sendMessage.{problem}")]);
        }
        let buttons = vec![json!({ "text": 1, "callback_data": "" }); 3];
        let problems = sent(json!({ "reply_markup": { "inline_keyboard": [buttons] } }));
        assert_eq!(
            problems.iter().filter(|problem| problem.contains(".inline_keyboard[0][")).count(),
            6,
            "{problems:?}"
        );
        let problem = sent(entity("underscore")).concat();
        assert!(problem.starts_with("sendMessage.entities[0].type: \"underscore\", not one of"), "{problem}");
    }

    #[test]
    fn other_calls() {
        let location = |period| json!({ "chat_id": 5, "latitude": 1, "longitude": 0.5, "live_period": period });
        let media = |kind| json!({ "type": kind, "media": "attach://a" });
        let album = |media: &[Value]| json!({ "chat_id": 5, "media": media });
        let inline = |results: &[Value]| json!({ "inline_query_id": "1", "results": results });
        let scope = |scope| json!({ "commands": [], "scope": scope });
        let good = [
            ("getMe", Value::Null),
            ("GETME", json!({})),
            ("sendLocation", location(60)),
            ("sendLocation", location(0x7FFF_FFFF)),
            ("sendMediaGroup", album(&[media("photo"), media("video")])),
            ("answerInlineQuery", inline(&vec![article("a"); 50])),
            ("setMyCommands", scope(json!({ "type": "chat", "chat_id": 5 }))),
        ];
        for (method, params) in good {
            assert_eq!(check_call(method, &params), FINE, "{method} {params}");
        }
        let cached = json!({ "type": "photo", "id": "1", "photo_file_id": "a", "captoin": "" });
        let bad = [
            ("getMee", Value::Null, "getMee: unknown method"),
            ("getMe", json!([]), "getMe: array, not an object of parameters"),
            ("SENDmessage", json!({ "chat_id": 5 }), "sendMessage.text: missing"),
            ("sendLocation", location(59), "sendLocation.live_period: 59, at least 60"),
            ("sendMediaGroup", album(&[media("photo")]), "sendMediaGroup.media: 1 items, at least 2"),
            (
                "sendMediaGroup",
                album(&[media("photo"), media("sound")]),
                "sendMediaGroup.media[1].type: \"sound\", not one of \
                    \"audio\" \"document\" \"live_photo\" \"photo\" \"video\"",
            ),
            ("setMyCommands", scope(json!({})), "setMyCommands.scope.type: missing"),
            ("answerInlineQuery", inline(&vec![article("a"); 51]), "answerInlineQuery.results: 51 items, at most 50"),
            (
                "answerInlineQuery",
                inline(&[article("a"), article("")]),
                "answerInlineQuery.results[1].input_message_content.message_text: 0 characters, at least 1",
            ),
            ("answerInlineQuery", inline(&[cached]), "answerInlineQuery.results[0].captoin: unknown"),
        ];
        for (method, params, problem) in bad {
            assert_eq!(check_call(method, &params), [problem], "{method} {params}");
        }
    }

    #[test]
    fn results_and_objects() {
        let inaccessible = |date| json!({ "message_id": 1, "date": date, "chat": { "id": 5, "type": "group" } });
        let paragraph = |text| json!({ "type": "paragraph", "text": ["a", { "type": "bold", "text": text }] });
        let room = message(json!({ "chat": { "id": 5, "type": "room" } }));
        let objects = [
            ("Update", pressed(message(json!({ "text": "a" }))), ""),
            ("Update", pressed(inaccessible(0)), ""),
            ("RichBlock", paragraph(json!("b")), ""),
            ("RichBlock", paragraph(json!(1)), "RichBlock.text[1].text: number, not RichText"),
            ("Message", json!({ "message_id": 1, "date": 1 }), "Message.chat: missing"),
            ("Message", message(json!({ "texts": "a" })), "Message.texts: unknown"),
            ("Mesage", json!({}), "Mesage: unknown type"),
            (
                "Update",
                pressed(room),
                "Update.callback_query.message.chat.type: \"room\", not one of \
                    \"channel\" \"group\" \"private\" \"supergroup\"",
            ),
        ];
        for (name, value, problem) in objects {
            assert_eq!(check_object(name, &value).concat(), problem, "{name} {value}");
        }
        let results = [
            ("editMessageText", json!(true), ""),
            ("EDITMESSAGETEXT", message(json!({})), ""),
            ("editMessageText", json!("a"), "editMessageText(): string, not Message|Boolean"),
            ("getMe", json!({ "id": 7, "is_bot": true }), "getMe().first_name: missing"),
            ("getUpdates", json!([{}]), "getUpdates()[0].update_id: missing"),
            ("getMee", json!(true), "getMee: unknown method"),
        ];
        for (method, result, problem) in results {
            assert_eq!(check_result(method, &result).concat(), problem, "{method} {result}");
        }
    }

    /// Asserts that the extract of Telegram's schema has the expected number of limits, and defines
    /// every type that the extract names. The expected numbers change when Telegram changes the
    /// schema.
    #[test]
    fn extract_is_whole() {
        let entries = || object(&SCHEMA["types"]).values().chain(object(&SCHEMA["methods"]).values());
        let fields = || entries().filter_map(|entry| entry["fields"].as_object()).flat_map(Map::values);
        let limits = |unit: &str| fields().filter(|field| field["unit"] == unit).count();
        assert_eq!(["characters", "bytes", "items", "value"].map(limits), [89, 29, 25, 53]);
        assert_eq!(fields().filter(|field| field["values"].is_array()).count(), 197);
        let mut open: Vec<&Value> = fields().map(|field| &field["types"]).collect();
        open.extend(entries().flat_map(|entry| [&entry["subtypes"], &entry["returns"]]));
        while let Some(ty) = open.pop() {
            let known = matches!(ty.as_str(), None | Some("String" | "Integer" | "Float" | "Boolean"));
            assert!(known || definition(ty).is_some(), "{ty}");
            open.extend(list(ty));
        }
    }
}

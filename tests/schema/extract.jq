# Turns Telegram's Bot API schema, as JSON, into a compact extract of it without its prose; README.md says how to run it.

def line: "\(.key | tojson):\(.value | tojson)";
def lines($name): to_entries | "\"\($name)\":{", (.[:-1][] | "\(line),"), (last | line), "}";
def compact: with_entries(select(.value != null and .value != false));
def sentences: split("(?<=[^.])\\. "; null);
def product: [splits(" \\* ") | tonumber] | reduce .[] as $n (1; . * $n);
def bounds($min; $max; $unit): {min: $min, max: $max, unit: $unit};

# "Array of X" becomes ["X"], and a choice between arrays an array of a choice: albums mix photos and videos.
def nested: if startswith("Array of ") then [ltrimstr("Array of ") | nested] else . end;
def types: map(nested) | if length > 1 and all(type == "array") then [add] else . end;

def items:
  first(
    (capture("\\b(list|array|include) (of )?(?<a>[0-9]+)-(?<b>[0-9]+) "; "i") | bounds(.a; .b; "items")),
    (capture("\\bthe (?<a>[0-9]+) or (?<b>[0-9]+) ") | bounds(.a; .b; "items")),
    (capture("\\b(list of up to|array .*; up to) (?<b>[0-9]+) "; "i") | bounds(null; .b; "items")),
    (capture("\\bAt most (?<b>[0-9]+) [a-z ]+ can be specified") | bounds(null; .b; "items")));

def length_of_text:
  first(
    (capture("(?<a>[0-9]+)-(?<b>[0-9]+) (?<unit>characters|bytes)\\b"; "i") | bounds(.a; .b; .unit | ascii_downcase)),
    (capture("(up to|can't exceed) (?<b>[0-9]+) (?<unit>characters|bytes)\\b") | bounds(null; .b; .unit)));

def number:
  first(
    (select(test("between.*between") | not)
      | capture("\\bbetween (?<a>[0-9]+)( and |-)(?<b>[0-9]+)(?<or>, or 0x7FFFFFFF)?( |\\.|$)(?!seconds?\\b)")
      | bounds(.a; .b; "value") + {or: (if .or then [2147483647] else null end)}),
    (capture("\\bfrom (?<a>-?[0-9]+) to (?<b>[0-9]+)(;|$)") | bounds(.a; .b; "value")),
    (capture("[;,] (?<a>[0-9]+) ?- ?(?<b>[0-9]+( \\* [0-9]+)*)(\\.|,|$)") | bounds(.a; .b; "value")),
    (select(startswith("Signed 32-bit")) | bounds("-2147483648"; "2147483647"; "value")));

def limit($types; $names; $name):
  first(
    if $types == ["String"] then length_of_text
    elif $types | all(type == "array") then items
    elif $types | inside(["Integer", "Float"]) then number
    else empty end)
  | .min |= (. // "0" | product) | .max |= product
  | if .unit != "characters" then .
    else . + {parse: first(("\($name)_parse_mode", "parse_mode") as $mode | $names[] | select(. == $mode))} // . end;

# A list of values ends with its sentence, and a quoted word before the phrase that opens it is no value.
def quoted:
  [sentences[]
    | capture("\\b(always|[oO]ne of|can be|Can be|either|pass|type,|URL,)( either)? (?<list>\".*)")
    | .list | scan("\"([^\"<]+)\"")[0]]
  | select(length > 0)
  | reduce .[] as $value ([]; if index([$value]) then . else . + [$value] end);
def words:
  first(
    (capture("\\bmust be (?<word>[a-z_0-9]+)$") | [.word]),
    (select(test("\\bChoose one\\b")) | [scan("(?:: |, | or )([a-z_]+)(?= for | or )")[0]]));
def numbers:
  first(
    (capture("\\bmust be one of (?<list>[0-9][^.]*)")
      | .list | gsub("\\([^)]*\\)|or"; "") | [splits(" *, *") | gsub("^ +| +$"; "") | product]),
    (capture("\\b(must always be|^Always) (?<n>[0-9]+)\\b(?! for)") | [.n | tonumber]));
def values($types):
  first(
    if $types == ["String"] then quoted, words
    elif $types == ["Integer"] then numbers
    else empty end);

def fields($prose):
  (.fields // []) as $all | ($all | map(.name)) as $names
  | ($prose | capture("No more than (?<max>[0-9]+) (?<field>[a-z_]+) per query") // null) as $most
  | reduce $all[] as $field ({};
      ($field.types | types) as $types
      | .[$field.name] = ({types: $types, required: $field.required}
          + {values: ($field.description | first(values($types)) // null)}
          + (($field.description | first(limit($types; $names; $field.name)))
              // (if $most.field == $field.name then bounds(0; $most.max | tonumber; "items") else {} end))
          | compact));

def as_type: if .subtypes then {subtypes: (.subtypes | types)} else {fields: fields("")} end;
def as_method: {returns: (.returns | types), fields: fields(.description | join(" "))};

"{\"version\":\(.version | tojson),\"release_date\":\(.release_date | tojson),",
(.types | map_values(as_type) | lines("types")), ",",
(.methods | map_values(as_method) | lines("methods")),
"}"

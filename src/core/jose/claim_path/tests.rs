use super::*;
use serde_json::json;

/// Returns what is at a path of these claims.
fn at(path: &str) -> Vec<Value> {
    let claims = json!({
        "a": {"b": [1, [2], {"c": 3}], "0": "zero", "x-y": 4, "d/e": 5, "m~n": 6, "": 7},
        "a.b": "dotted", "https://e.example/r": "url", "/a": "slash", "$.a": "dollar",
        "": "empty", "é": 8, "q'\"\\": 9, "k=v": 10, "$x": 11,
    });
    let path: ClaimPath = path.parse().unwrap();
    let values = path.select(claims.as_object().unwrap());
    values.into_iter().cloned().collect()
}

#[test]
fn a_name_is_a_name_whatever_is_in_it() {
    for (name, value) in [
        ("a.b", "dotted"),
        ("https://e.example/r", "url"),
        ("/~1a", "slash"),
        ("$['/a']", "slash"),
        ("/$.a", "dollar"),
        ("$['$.a']", "dollar"),
        ("/", "empty"),
        ("$['']", "empty"),
    ] {
        assert_eq!(at(name), [json!(value)], "{name}");
    }
    assert_eq!(at("$x"), [json!(11)]);
    assert_eq!(at("nope"), [] as [Value; 0]);
}

#[test]
fn pointers_and_paths_lead_into_values() {
    for (path, expected) in [
        ("/a/b/0", json!([1])),
        ("/a/b/1/0", json!([2])),
        ("/a/b/2/c", json!([3])),
        ("/a/0", json!(["zero"])),
        ("/a/d~1e", json!([5])),
        ("/a/m~0n", json!([6])),
        ("/a/", json!([7])),
        // RFC 6901 §4: no zero in front, no sign, and `-` is no item.
        ("/a/b/00", json!([])),
        ("/a/b/+1", json!([])),
        ("/a/b/-", json!([])),
        ("/a/b/3", json!([])),
        ("/a/b/99999999999999999999", json!([])),
        ("/a/b/length", json!([])),
        ("/a/x-y/0", json!([])),
        ("$.a.b[0]", json!([1])),
        ("$.a.b[-1].c", json!([3])),
        ("$.a.b[-3]", json!([1])),
        ("$.a.b[-4]", json!([])),
        ("$.a.b[*]", json!([1, [2], {"c": 3}])),
        ("$.a.b[*][0]", json!([2])),
        ("$.a.b[2].*", json!([3])),
        ("$['a']['x-y']", json!([4])),
        (r#"$["a"]["d/e"]"#, json!([5])),
        ("$.é", json!([8])),
        (r"$['\u00e9']", json!([8])),
        (r#"$['q\'"\\']"#, json!([9])),
        (r#"$["q'\"\\"]"#, json!([9])),
        // An index is of arrays alone, a name of objects.
        ("$.a[0]", json!([])),
        ("$.a['0']", json!(["zero"])),
        ("$.a.b['0']", json!([])),
    ] {
        assert_eq!(Value::Array(at(path)), expected, "{path}");
    }
}

#[test]
fn what_is_no_path_is_refused() {
    for path in [
        "",
        "/a/~",
        "/a~2",
        "/~",
        "$.",
        "$[",
        "$..a",
        "$.a..b",
        "$[*]",
        "$.*",
        "$[0]",
        "$.a[",
        "$.a[]",
        "$.a[-0]",
        "$.a[01]",
        "$.a[1:2]",
        "$.a[0,1]",
        "$.a[?@.b]",
        "$.a['b",
        "$.a['b'",
        r#"$.a['\"']"#,
        r"$.a['\x']",
        "$.a b",
        "$.a-b",
        "$.1",
        "$.a[ 0 ]",
        "$.a]",
        "$.a[99999999999999999999]",
    ] {
        assert!(path.parse::<ClaimPath>().is_err(), "{path}");
    }
}

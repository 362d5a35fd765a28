//! Which questions may be asked: one query, of functions that are known to do nothing but compute.
//!
//! The transaction is read only, but a function can end connections, read files or leave locks even there; so the list
//! says what may be called, not what may not.

/// Functions, and words before a parenthesis that call nothing.
const CALLABLE: &[&str] = &[
    "abs",
    "age",
    "all",
    "and",
    "any",
    "array",
    "array_agg",
    "array_length",
    "as",
    "avg",
    "between",
    "bool_and",
    "bool_or",
    "by",
    "cardinality",
    "cast",
    "ceil",
    "char_length",
    "coalesce",
    "concat",
    "count",
    "date_part",
    "date_trunc",
    "decimal",
    "dense_rank",
    "distinct",
    "else",
    "except",
    "exists",
    "extract",
    "filter",
    "first_value",
    "floor",
    "from",
    "greatest",
    "having",
    "ilike",
    "in",
    "intersect",
    "interval",
    "is",
    "join",
    "json_agg",
    "jsonb_agg",
    "jsonb_array_elements",
    "jsonb_array_length",
    "jsonb_each",
    "jsonb_object_keys",
    "jsonb_typeof",
    "lag",
    "last_value",
    "lateral",
    "lead",
    "least",
    "left",
    "length",
    "like",
    "lower",
    "materialized",
    "max",
    "min",
    "mod",
    "not",
    "now",
    "ntile",
    "nullif",
    "numeric",
    "octet_length",
    "on",
    "or",
    "order",
    "over",
    "partition",
    "percentile_cont",
    "percentile_disc",
    "position",
    "rank",
    "replace",
    "right",
    "round",
    "row_number",
    "select",
    "some",
    "split_part",
    "starts_with",
    "stddev",
    "string_agg",
    "strpos",
    "substr",
    "substring",
    "sum",
    "then",
    "to_char",
    "trim",
    "trunc",
    "union",
    "unnest",
    "upper",
    "using",
    "values",
    "varchar",
    "when",
    "where",
    "with",
    "within",
];

/// The system's own tables that tell nothing secret.
const SYSTEM: &[&str] = &[
    "pg_class",
    "pg_indexes",
    "pg_locks",
    "pg_namespace",
    "pg_stat_database",
    "pg_stat_user_indexes",
    "pg_stat_user_tables",
    "pg_tables",
];

/// The query, when it may be asked; else why not.
pub(super) fn check(query: &str) -> Result<&str, String> {
    let query = query.trim().trim_end_matches(';').trim_end();
    let mut depth = 0_u32;
    let mut rest = query;
    while let Some(c) = rest.chars().next() {
        let mut size = c.len_utf8();
        match c {
            '\'' => size = quoted(rest, '\'')?,
            '"' => {
                size = quoted(rest, '"')?;
                word(&rest[1..size - 1], &rest[size..])?;
            }
            'a'..='z' | 'A'..='Z' | '_' => {
                let end = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
                size = rest.find(end).unwrap_or(rest.len());
                word(&rest[..size].to_ascii_lowercase(), &rest[size..])?;
            }
            '0'..='9' => size = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()),
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1).ok_or("a parenthesis too many")?,
            ';' => return Err("only one query at a time".to_owned()),
            '$' | '\\' => {
                return Err(format!("{c} is not for here: write texts between single quotation marks"));
            }
            '-' if rest.starts_with("--") => return Err("comments are not for here".to_owned()),
            '/' if rest.starts_with("/*") => return Err("comments are not for here".to_owned()),
            c if c.is_ascii() => {}
            c => return Err(format!("{c:?} can stand in a text only")),
        }
        rest = &rest[size..];
    }
    let first = query.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
    if !["select", "with", "values"].iter().any(|begin| first.starts_with(begin)) {
        return Err("should be a query: SELECT, WITH or VALUES".to_owned());
    }
    if depth > 0 { Err("a parenthesis is not closed".to_owned()) } else { Ok(query) }
}

/// How many bytes something between marks has, with them.
fn quoted(text: &str, mark: char) -> Result<usize, String> {
    let inside = &text[1..];
    let end = inside.find(mark).ok_or("a quotation mark is not closed")?;
    if inside[..end].contains('\\') {
        return Err("\\ is not for here".to_owned());
    }
    Ok(end + 2)
}

fn word(word: &str, after: &str) -> Result<(), String> {
    if ["e", "b", "x", "n", "u"].contains(&word) && after.starts_with(['\'', '&']) {
        return Err("write texts between single quotation marks, with nothing before them".to_owned());
    }
    if after.trim_start().starts_with('(') && !CALLABLE.contains(&word) {
        return Err(format!("{word}() is not for here: only functions that do nothing but compute"));
    }
    if word.starts_with("pg_") && !SYSTEM.contains(&word) {
        return Err(format!("{word} is not for here"));
    }
    if ["public", "queue"].contains(&word) && after.trim_start().starts_with('.') {
        return Err(format!("write names of tables without {word} before them"));
    }
    match word {
        "into" | "insert" | "update" | "delete" | "copy" | "tablesample" => {
            Err(format!("{word} is not for here"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn questions_may_be_asked() {
        for query in [
            "select 1",
            "SELECT count(*) FILTER (WHERE state = 1), kind FROM job GROUP BY kind;",
            "with x as (select 'it''s; --' as t) select lower(t) from x",
            "values (1), (2)",
        ] {
            assert_eq!(check(query), Ok(query.trim_end_matches(';')));
        }
    }

    #[test]
    fn everything_else_may_not() {
        for query in [
            "",
            "delete from profile",
            "update profile set email = ''",
            "copy profile to '/tmp/x'",
            "select 1; select 2",
            "select pg_terminate_backend(1)",
            "select \"pg_sleep\"(10)",
            "select set_config ('role', 'x', true)",
            "select query_to_xml('select 1', true, true, '')",
            "select pg_catalog.lower('x')",
            "select password from public.profile",
            "select payload from queue . job",
            "select payload from \"queue\".job",
            "select * from \"public\".profile",
            "select * from pg_authid",
            "select E'\\' or 1=1'",
            "select $$x$$",
            "select 1 -- x",
            "select 1 /* x */",
            "select 1) q, (select 2",
            "select lo_import ('/etc/passwd')",
            "with x as (delete from profile returning *) select * from x",
            "select u&\"\\0070g_sleep\"(1)",
        ] {
            assert!(check(query).is_err(), "{query}");
        }
    }
}

//! One language for column types: that of SQL Server, whatever provider wrote the file.
//!
//! What says most is the CLR type together with the maximum length, because every provider writes both; provider types are
//! only asked for lengths. What cannot be told stays empty, so that a comparison can leave it out.

/// Longest text that SQL Server keeps in a column of a fixed limit (`nvarchar(4000)`).
const LONGEST_TEXT: u32 = 4000;

/// The SQL Server type of a CLR type, given the provider's column type and the maximum length where they are written.
pub(super) fn normalise(clr: &str, column_type: Option<&str>, max_length: Option<u32>) -> String {
    let clr = clr.trim().trim_end_matches('?').trim_start_matches("System.");
    let simple = match clr {
        "int" | "Int32" => "int",
        "long" | "Int64" => "bigint",
        "short" | "Int16" => "smallint",
        "byte" | "Byte" => "tinyint",
        "bool" | "Boolean" => "bit",
        "double" | "Double" => "float",
        "float" | "Single" => "real",
        "DateTime" => "datetime2",
        "DateTimeOffset" => "datetimeoffset",
        "Guid" => "uniqueidentifier",
        "byte[]" => "varbinary(max)",
        "string" | "String" => return text(column_type, max_length),
        _ => "",
    };
    simple.to_owned()
}

fn text(column_type: Option<&str>, max_length: Option<u32>) -> String {
    let written = column_type.and_then(length);
    let unbounded = column_type.is_some_and(|it| it.to_ascii_lowercase().contains("(max)"));
    match written.or(max_length) {
        Some(length) if length <= LONGEST_TEXT && !unbounded => format!("nvarchar({length})"),
        _ => "nvarchar(max)".to_owned(),
    }
}

/// The number in parentheses: `varchar(200)`, `character varying(200)`.
fn length(column_type: &str) -> Option<u32> {
    column_type.split_once('(')?.1.split([')', ',']).next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(clr: &str, column_type: Option<&str>, max_length: Option<u32>, expected: &str) {
        assert_eq!(normalise(clr, column_type, max_length), expected);
    }

    #[test]
    fn providers_speak_one_language() {
        case("string", Some("nvarchar(200)"), Some(200), "nvarchar(200)");
        case("string", Some("character varying(200)"), Some(200), "nvarchar(200)");
        case("string", Some("varchar(200) CHARACTER SET utf8mb4"), Some(200), "nvarchar(200)");
        case("string", Some("TEXT"), Some(200), "nvarchar(200)");
        case("string", None, Some(200), "nvarchar(200)");
        case("string", Some("nvarchar(max)"), Some(50_000), "nvarchar(max)");
        case("string", Some("longtext"), Some(50_000), "nvarchar(max)");
        case("string", Some("character varying(50000)"), Some(50_000), "nvarchar(max)");
        case("string", Some("text"), None, "nvarchar(max)");
        case("string", None, None, "nvarchar(max)");
        case("int?", Some("INTEGER"), None, "int");
        case("long", Some("INTEGER"), None, "bigint");
        case("bool", Some("tinyint(1)"), None, "bit");
        case("DateTime?", Some("timestamp with time zone"), None, "datetime2");
        case("System.Guid", Some("uuid"), None, "uniqueidentifier");
        case("MyEnum", Some("int"), None, "");
    }
}

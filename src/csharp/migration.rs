//! EF Core migrations: the operations of `Up`, in order, each with its line.

use std::collections::BTreeMap;

use crate::csharp::fluent::{Call, argument, chain};
use crate::csharp::names::{attribute, attribute_type, base_names, simple_name};
use crate::csharp::{Node, Syntax, literal, parse, sql_type};
use crate::schema::Column;

/// What a file says of a migration. A migration is split over two files; both halves have its class name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Class name.
    pub name: String,
    /// Class name of the context, where this file says it (the designer file does).
    pub context: Option<String>,
    /// What `Up` does; empty in a designer file.
    pub operations: Vec<Operation>,
}

/// One call on the migration builder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its line.
    pub line: u32,
    /// What it does.
    pub act: Act,
}

/// What an operation does. Tables and columns have the names of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A new table.
    CreateTable {
        /// Its name.
        table: String,
        /// Its columns.
        columns: BTreeMap<String, Column>,
    },
    /// A table goes.
    DropTable {
        /// Its name.
        table: String,
    },
    /// A table gets another name.
    RenameTable {
        /// Old name.
        table: String,
        /// New name.
        to: String,
    },
    /// A new column.
    AddColumn {
        /// Its table.
        table: String,
        /// Its name.
        column: String,
    },
    /// A column goes.
    DropColumn {
        /// Its table.
        table: String,
        /// Its name.
        column: String,
    },
    /// A column changes.
    AlterColumn {
        /// Its table.
        table: String,
        /// Its name.
        column: String,
        /// What it becomes.
        shape: Column,
    },
    /// A column gets another name.
    RenameColumn {
        /// Its table.
        table: String,
        /// Old name.
        column: String,
        /// New name.
        to: String,
    },
    /// A new index.
    CreateIndex {
        /// Its table.
        table: String,
        /// Its columns.
        columns: Vec<String>,
        /// Whether its values are unique.
        unique: bool,
    },
    /// A new primary key.
    AddPrimaryKey {
        /// Its table.
        table: String,
    },
    /// The primary key goes.
    DropPrimaryKey {
        /// Its table.
        table: String,
    },
    /// SQL by hand.
    Sql {
        /// What of it stands in the file.
        text: String,
        /// Whether a part comes from elsewhere, such as a resource.
        partly: bool,
    },
}

/// Reads the half of a migration that has the operations; `None` when the file holds none.
pub fn read(syntax: &Syntax) -> Option<Migration> {
    let class = syntax.nodes().find(|node| {
        syntax.kind(*node) == "class_declaration"
            && (base_names(syntax, *node).iter().any(|base| base.ends_with("Migration")) || has_up(syntax, *node))
    })?;
    let name = syntax.source(syntax.child(class, "name")?).to_owned();
    let context = attribute_type(syntax, class, "DbContext").map(|it| simple_name(it).to_owned());
    Some(Migration { name, context, operations: operations(syntax, class) })
}

/// Reads a designer file, which says the context. Only its head is parsed: the model that follows is that of a snapshot.
pub fn read_designer(text: &str) -> Option<Migration> {
    let end = text.find("BuildTargetModel").unwrap_or(text.len());
    let head = text.get(..end)?.rsplit_once('{').map_or("", |(head, _)| head);
    let syntax = parse(&format!("{head}{{ }}"))?;
    let class = syntax
        .nodes()
        .find(|node| syntax.kind(*node) == "class_declaration" && attribute(&syntax, *node, "Migration").is_some())?;
    let name = syntax.source(syntax.child(class, "name")?).to_owned();
    let context = attribute_type(&syntax, class, "DbContext").map(|it| simple_name(it).to_owned());
    Some(Migration { name, context, operations: Vec::new() })
}

/// The method `Up` with the name of its builder.
fn up(syntax: &Syntax, class: Node) -> Option<(Node, &str)> {
    let body = syntax.child(class, "body")?;
    let method = syntax.children(body).find(|member| {
        syntax.kind(*member) == "method_declaration"
            && syntax.child(*member, "name").is_some_and(|it| syntax.source(it) == "Up")
    })?;
    let parameters = syntax.child(method, "parameters")?;
    let builder = syntax.children(parameters).find(|parameter| {
        syntax.child(*parameter, "type").is_some_and(|it| simple_name(syntax.source(it)) == "MigrationBuilder")
    })?;
    Some((method, syntax.source(syntax.child(builder, "name")?)))
}

fn has_up(syntax: &Syntax, class: Node) -> bool {
    up(syntax, class).is_some()
}

fn operations(syntax: &Syntax, class: Node) -> Vec<Operation> {
    let Some((method, builder)) = up(syntax, class) else { return Vec::new() };
    syntax
        .descendants(method)
        .filter(|node| syntax.kind(*node) == "invocation_expression")
        .filter_map(|node| {
            let links = chain(syntax, node);
            let call = links.calls.first().filter(|call| call.node == node && syntax.source(links.root) == builder)?;
            Some(Operation { line: syntax.line(node), act: act(syntax, call)? })
        })
        .collect()
}

fn act(syntax: &Syntax, call: &Call<'_>) -> Option<Act> {
    let text =
        |name: &str, position| argument(syntax, call.node, name, position).and_then(|it| literal::string(syntax, it));
    let name = || text("name", Some(0));
    let table = || text("table", Some(1));
    Some(match call.name {
        "CreateTable" => {
            let columns = argument(syntax, call.node, "columns", Some(1));
            Act::CreateTable { table: name()?, columns: columns.map(|it| created(syntax, it)).unwrap_or_default() }
        }
        "DropTable" => Act::DropTable { table: name()? },
        "RenameTable" => Act::RenameTable { table: name()?, to: text("newName", Some(2))? },
        "AddColumn" => Act::AddColumn { column: name()?, table: table()? },
        "DropColumn" => Act::DropColumn { column: name()?, table: table()? },
        "AlterColumn" => Act::AlterColumn { column: name()?, table: table()?, shape: shape(syntax, call) },
        "RenameColumn" => Act::RenameColumn { column: name()?, table: table()?, to: text("newName", Some(2))? },
        "CreateIndex" => Act::CreateIndex {
            table: table()?,
            columns: text("column", Some(2)).map_or_else(|| listed(syntax, call), |column| vec![column]),
            unique: argument(syntax, call.node, "unique", None).and_then(|it| literal::boolean(syntax, it))
                == Some(true),
        },
        "AddPrimaryKey" => Act::AddPrimaryKey { table: table()? },
        "DropPrimaryKey" => Act::DropPrimaryKey { table: table()? },
        "Sql" | "SqlResource" => {
            let (text, partly) = argument(syntax, call.node, "sql", Some(0)).map(|it| literal::all_text(syntax, it))?;
            Act::Sql { text, partly }
        }
        _ => return None,
    })
}

/// `columns: new[] { "A", "B" }`.
fn listed(syntax: &Syntax, call: &Call<'_>) -> Vec<String> {
    let list = argument(syntax, call.node, "columns", Some(2));
    let elements = list.into_iter().flat_map(|it| syntax.descendants(it));
    elements.filter_map(|it| literal::string(syntax, it)).collect()
}

/// `columns: table => new { Id = table.Column<int>(…), … }`: the name of the property, unless the column names itself.
fn created(syntax: &Syntax, lambda: Node) -> BTreeMap<String, Column> {
    let Some(object) = syntax.child(lambda, "body") else { return BTreeMap::new() };
    let mut columns = BTreeMap::new();
    let mut property = None;
    for part in syntax.children(object) {
        if syntax.kind(part) == "identifier" {
            property = Some(syntax.source(part));
            continue;
        }
        let links = chain(syntax, part);
        let Some(call) = links.calls.first().filter(|call| call.name == "Column") else { continue };
        let own = argument(syntax, call.node, "name", None).and_then(|it| literal::string(syntax, it));
        if let Some(name) = own.or_else(|| property.take().map(str::to_owned)) {
            columns.insert(name, shape(syntax, call));
        }
    }
    columns
}

/// The column that `AlterColumn<T>(…)` or `Column<T>(…)` describes.
fn shape(syntax: &Syntax, call: &Call<'_>) -> Column {
    let value = |name: &str| argument(syntax, call.node, name, None);
    let column_type = value("type").and_then(|it| literal::string(syntax, it));
    let max_length = value("maxLength").and_then(|it| literal::integer(syntax, it));
    let sql_type = sql_type::normalise(call.type_argument.unwrap_or_default(), column_type.as_deref(), max_length);
    let nullable = value("nullable").and_then(|it| literal::boolean(syntax, it)).unwrap_or(false);
    Column { sql_type, nullable, identity: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn migration(body: &str) -> Migration {
        let text = format!(
            "namespace N {{\npublic partial class Initial : Migration\n{{\n\
             protected override void Up(MigrationBuilder m)\n{{\n{body}\n}}\n\
             protected override void Down(MigrationBuilder m) {{ m.DropTable(\"X\"); }} }} }}"
        );
        read(&parse(&text).expect("parses")).expect("a migration")
    }

    #[test]
    fn reads_what_up_does_and_not_what_down_does() {
        let found = migration(
            r#"m.CreateTable(name: "T", columns: table => new {
                Id = table.Column<int>(type: "int", nullable: false).Annotation("SqlServer:Identity", "1, 1"),
                Name = table.Column<string>(name: "the_name", maxLength: 20, nullable: true)
            }, constraints: table => { table.PrimaryKey("PK_T", x => x.Id); });
            m.AddColumn<bool>(name: "C", table: "T", nullable: false, defaultValue: false);
            m.AlterColumn<long>(name: "Id", table: "T", type: "bigint", oldClrType: typeof(int)).Annotation("a", "b");
            m.DropPrimaryKey("PK_T", "T");
            m.RenameTable(name: "T", newName: "U");
            if (m.IsSqlServer()) { m.Sql(@"update U set C = 1"); }
            m.CreateIndex(name: "IX", table: "U", columns: new[] { "A", "B" }, unique: true);
            m.CreateIndex("IX2", "U", "A");
            m.Sql(File.ReadAllText("x.sql"));"#,
        );
        assert_eq!(found.name, "Initial");
        let acts: Vec<&Act> = found.operations.iter().map(|it| &it.act).collect();
        let Act::CreateTable { table, columns } = acts[0] else { panic!("{acts:?}") };
        assert_eq!(table, "T");
        assert_eq!(columns.keys().collect::<Vec<_>>(), ["Id", "the_name"]);
        assert_eq!(columns["the_name"], Column { sql_type: "nvarchar(20)".into(), nullable: true, identity: false });
        assert_eq!(acts[1], &Act::AddColumn { table: "T".into(), column: "C".into() });
        let Act::AlterColumn { shape, .. } = acts[2] else { panic!("{acts:?}") };
        assert_eq!(shape.sql_type, "bigint");
        assert_eq!(acts[3], &Act::DropPrimaryKey { table: "T".into() });
        assert_eq!(acts[4], &Act::RenameTable { table: "T".into(), to: "U".into() });
        assert_eq!(acts[5], &Act::Sql { text: "update U set C = 1".into(), partly: false });
        let both = Act::CreateIndex { table: "U".into(), columns: vec!["A".into(), "B".into()], unique: true };
        assert_eq!(acts[6], &both);
        assert_eq!(acts[7], &Act::CreateIndex { table: "U".into(), columns: vec!["A".into()], unique: false });
        assert_eq!(acts[8], &Act::Sql { text: "x.sql".into(), partly: true });
        assert_eq!(found.operations[1].line, 10);
    }

    #[test]
    fn a_designer_file_says_the_context() {
        let text = "namespace N\n{\n    [DbContext(typeof(StoreContext))]\n    [Migration(\"20240101_Initial\")]\n    \
                    partial class Initial\n    {\n        protected override void BuildTargetModel(ModelBuilder b)\n        {";
        let found = read_designer(text).expect("a designer file");
        assert_eq!((found.name.as_str(), found.context.as_deref()), ("Initial", Some("StoreContext")));
        assert_eq!(read_designer("class A { }"), None);
    }
}

//! Model snapshots: `*ModelSnapshot.cs`, what EF Core believes the database to be after the last migration.
//!
//! Surprises of the format: relations repeat an entity in a second block without a table; a property of the key is
//! required without saying so; `HasMaxLength` may exceed what the column type says; annotations of a provider are calls on
//! the builder (3.1 and before) or static calls around it (5.0 and later); owned types nest a block of their own, whose
//! properties are not those of the entity.

use std::collections::BTreeMap;

use crate::csharp::fluent::{Call, argument, arguments, chain};
use crate::csharp::names::{attribute_type, base_names, simple_name};
use crate::csharp::{Node, Syntax, literal, sql_type};
use crate::schema::{Column, Index, Table};

/// What a model snapshot says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Class name of the context, from `[DbContext(typeof(…))]`; else the snapshot's own name without its ending.
    pub context: String,
    /// `SqlServer`, `Npgsql`, `MySql`, `Sqlite` or `Oracle`; `None` when nothing tells it.
    pub provider: Option<String>,
    /// Line of the class.
    pub line: u32,
    /// Entities by their full CLR name, in the order of the file.
    pub entities: Vec<Entity>,
}

/// One entity type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entity {
    /// Full CLR name.
    pub name: String,
    /// Table; empty when the entity shares that of its base.
    pub table: String,
    /// Schema of the database, where one is named.
    pub schema: Option<String>,
    /// Line of its first block.
    pub line: u32,
    /// Columns, key and indexes, **by property name**, whatever the columns are called.
    pub shape: Table,
    /// Whether the migrations of another context make its table.
    elsewhere: bool,
}

/// Reads a snapshot; `None` when the file holds none.
pub fn read(syntax: &Syntax) -> Option<Snapshot> {
    let class = syntax.nodes().find(|node| {
        syntax.kind(*node) == "class_declaration" && base_names(syntax, *node).contains(&"ModelSnapshot")
    })?;
    let own_name = syntax.child(class, "name").map_or("", |name| syntax.source(name));
    let context = attribute_type(syntax, class, "DbContext")
        .map_or_else(|| own_name.trim_end_matches("ModelSnapshot").to_owned(), |name| simple_name(name).to_owned());
    let mut entities: Vec<Entity> = Vec::new();
    let mut positions: BTreeMap<String, usize> = BTreeMap::new();
    let mut default_schema = None;
    for invocation in syntax.descendants(class).filter(|node| syntax.kind(*node) == "invocation_expression") {
        let links = chain(syntax, invocation);
        let Some(first) = links.calls.first().filter(|first| first.node == invocation) else { continue };
        match first.name {
            "Entity" => add_entity(syntax, first, &mut entities, &mut positions),
            "HasDefaultSchema" => default_schema = text(syntax, invocation, 0),
            _ => {}
        }
    }
    entities.retain(|entity| !entity.elsewhere);
    for entity in &mut entities {
        require_key(&mut entity.shape);
        if entity.schema.is_none() {
            entity.schema.clone_from(&default_schema);
        }
    }
    Some(Snapshot { context, provider: provider(syntax.source(class)), line: syntax.line(class), entities })
}

fn add_entity(syntax: &Syntax, call: &Call<'_>, entities: &mut Vec<Entity>, positions: &mut BTreeMap<String, usize>) {
    let Some(name) = text(syntax, call.node, 0) else { return };
    let Some((_, lambda)) = arguments(syntax, call.node).pop() else { return };
    let (Some(parameter), Some(body)) = (syntax.child(lambda, "parameters"), syntax.child(lambda, "body")) else {
        return;
    };
    let position = *positions.entry(name.clone()).or_insert_with(|| {
        let line = syntax.line(call.node);
        entities.push(Entity { name, line, ..Entity::default() });
        entities.len() - 1
    });
    let Some(entity) = entities.get_mut(position) else { return };
    let builder = syntax.source(parameter).trim_matches(['(', ')']);
    for statement in syntax.children(body) {
        let Some(expression) = syntax.children(statement).next() else { continue };
        let links = chain(syntax, expression);
        if syntax.source(links.root) == builder {
            add_statement(syntax, &links.calls, entity);
        }
    }
}

/// One statement of an entity's block: `b.Property<int>("Id").…;`, `b.HasKey("Id");`.
fn add_statement(syntax: &Syntax, calls: &[Call<'_>], entity: &mut Entity) {
    let Some((first, rest)) = calls.split_first() else { return };
    match first.name {
        "Property" | "PrimitiveCollection" => {
            if let Some(name) = text(syntax, first.node, 0) {
                let column = column(syntax, first.type_argument.unwrap_or_default(), rest);
                entity.shape.columns.insert(name, column);
            }
        }
        "HasKey" => entity.shape.primary_key = texts(syntax, first.node),
        "HasIndex" => {
            let columns = texts(syntax, first.node);
            let named = |call: &&Call<'_>| matches!(call.name, "HasDatabaseName" | "HasName");
            let name = rest.iter().find(named).and_then(|call| text(syntax, call.node, 0));
            let unique = rest.iter().any(|call| call.name == "IsUnique" && flag(syntax, call));
            let filter = rest.iter().find(|call| call.name == "HasFilter").and_then(|call| text(syntax, call.node, 0));
            let name = name.unwrap_or_else(|| format!("IX_{}", columns.join("_")));
            entity.shape.indexes.insert(name, Index { columns, unique, filter });
        }
        "ToTable" => {
            entity.table = text(syntax, first.node, 0).unwrap_or_default();
            entity.schema = text(syntax, first.node, 1);
            entity.elsewhere = syntax.source(first.node).contains(".ExcludeFromMigrations(");
        }
        _ => {}
    }
}

fn column(syntax: &Syntax, clr: &str, calls: &[Call<'_>]) -> Column {
    let find = |name: &str| calls.iter().find(|call| call.name == name);
    let column_type = find("HasColumnType").and_then(|call| text(syntax, call.node, 0));
    let annotated = || {
        let is_length = |call: &&Call<'_>| text(syntax, call.node, 0).as_deref() == Some("MaxLength");
        calls
            .iter()
            .filter(|call| call.name == "HasAnnotation")
            .find(is_length)
            .and_then(|call| number(syntax, call, 1))
    };
    let max_length = find("HasMaxLength").and_then(|call| number(syntax, call, 0)).or_else(annotated);
    let reference = matches!(clr.trim_start_matches("System."), "string" | "String" | "byte[]");
    let required = find("IsRequired").is_some_and(|call| flag(syntax, call));
    Column {
        sql_type: sql_type::normalise(clr, column_type.as_deref(), max_length),
        nullable: (clr.ends_with('?') || reference) && !required,
        identity: find("ValueGeneratedOnAdd").is_some() && !reference,
    }
}

/// The columns of a key may not be null, whatever their CLR type.
fn require_key(shape: &mut Table) {
    for name in &shape.primary_key {
        if let Some(column) = shape.columns.get_mut(name) {
            column.nullable = false;
        }
    }
}

fn text(syntax: &Syntax, invocation: Node, position: usize) -> Option<String> {
    let (_, value) = arguments(syntax, invocation).into_iter().nth(position)?;
    literal::string(syntax, value)
}

/// All strings that are arguments, `("A", "B")`, or elements of the first one, `(new[] { "A", "B" }, "name")`.
fn texts(syntax: &Syntax, invocation: Node) -> Vec<String> {
    let all = arguments(syntax, invocation);
    let elements = |(_, value): &(Option<&str>, Node)| {
        syntax.descendants(*value).filter_map(|node| literal::string(syntax, node)).collect::<Vec<_>>()
    };
    match all.first() {
        Some(first) if syntax.kind(first.1).ends_with("array_creation_expression") => elements(first),
        _ => all.iter().filter_map(|(_, value)| literal::string(syntax, *value)).collect(),
    }
}

fn number(syntax: &Syntax, call: &Call<'_>, position: usize) -> Option<u32> {
    arguments(syntax, call.node).get(position).and_then(|(_, value)| literal::integer(syntax, *value))
}

/// `IsUnique()` and `IsUnique(true)`, but not `IsUnique(false)`.
fn flag(syntax: &Syntax, call: &Call<'_>) -> bool {
    argument(syntax, call.node, "required", Some(0)).and_then(|value| literal::boolean(syntax, value)) != Some(false)
}

/// The provider, by its annotations and helper classes, else by types only it has.
fn provider(text: &str) -> Option<String> {
    const MARKS: [(&str, &[&str]); 5] = [
        (
            "SqlServer",
            &["\"SqlServer:", "SqlServerModelBuilder", "SqlServerPropertyBuilder", "\"nvarchar(", "\"datetime2\""],
        ),
        ("Npgsql", &["\"Npgsql:", "NpgsqlModelBuilder", "NpgsqlPropertyBuilder", "\"character varying("]),
        ("MySql", &["\"MySql:", "MySqlModelBuilder", "MySqlPropertyBuilder", "\"longtext", "\"datetime(6)\""]),
        ("Sqlite", &["\"Sqlite:", "\"TEXT\"", "\"INTEGER\""]),
        ("Oracle", &["\"Oracle:", "OracleModelBuilder", "OraclePropertyBuilder", "\"NVARCHAR2("]),
    ];
    let found = MARKS.iter().find(|(_, marks)| marks.iter().any(|mark| text.contains(mark)));
    found.map(|(provider, _)| (*provider).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csharp::parse;

    fn snapshot(body: &str) -> Snapshot {
        let text = format!(
            "[DbContext(typeof(My.StoreContext))]\npartial class StoreContextModelSnapshot : ModelSnapshot {{\n\
             protected override void BuildModel(ModelBuilder modelBuilder) {{\n{body}\n}} }}"
        );
        read(&parse(&text).expect("parses")).expect("a snapshot")
    }

    #[test]
    fn reads_columns_keys_and_indexes() {
        let found = snapshot(
            r#"modelBuilder.HasDefaultSchema("auth").HasAnnotation("ProductVersion", "8.0.0");
            modelBuilder.Entity("N.Client", b => {
                b.Property<long>("Id").ValueGeneratedOnAdd().HasColumnType("bigint");
                SqlServerPropertyBuilderExtensions.UseIdentityColumn(b.Property<long>("Id"));
                b.Property<string>("Name").IsRequired().HasMaxLength(200).HasColumnName("client_name");
                b.Property<DateTime?>("Seen");
                b.Property<string>("Code");
                b.OwnsOne("N.Address", "Address", b1 => { b1.Property<string>("Street"); b1.ToTable("Addresses"); });
                b.HasKey("Id", "Code");
                b.HasIndex("Name").IsUnique().HasDatabaseName("IX_N").HasFilter("[Name] IS NOT NULL");
                b.HasIndex(new[] { "Seen", "Name" }, "IX_Two");
                b.ToTable("Kunden", (string)null);
            });
            modelBuilder.Entity("N.Client", b => { b.HasOne("N.Other"); });"#,
        );
        assert_eq!((found.context.as_str(), found.provider.as_deref()), ("StoreContext", Some("SqlServer")));
        let [client] = found.entities.as_slice() else { panic!("one entity: {:?}", found.entities) };
        assert_eq!((client.table.as_str(), client.schema.as_deref(), client.line), ("Kunden", Some("auth"), 5));
        let columns: Vec<String> = client
            .shape
            .columns
            .iter()
            .map(|(name, it)| {
                format!("{name} {} {}{}", it.sql_type, it.nullable, if it.identity { " identity" } else { "" })
            })
            .collect();
        assert_eq!(
            columns,
            ["Code nvarchar(max) false", "Id bigint false identity", "Name nvarchar(200) false", "Seen datetime2 true"]
        );
        assert_eq!(client.shape.primary_key, ["Id", "Code"]);
        let index = client.shape.indexes.get("IX_N").expect("named");
        assert!(index.unique && index.filter.is_some() && index.columns == ["Name"]);
        assert_eq!(client.shape.indexes.get("IX_Seen_Name").expect("by columns").columns, ["Seen", "Name"]);
    }

    #[test]
    fn tells_the_provider() {
        #[track_caller]
        fn case(body: &str, expected: Option<&str>) {
            assert_eq!(snapshot(body).provider.as_deref(), expected);
        }
        case(r#"modelBuilder.HasAnnotation("Npgsql:ValueGenerationStrategy", 1);"#, Some("Npgsql"));
        case("MySqlModelBuilderExtensions.AutoIncrementColumns(modelBuilder);", Some("MySql"));
        case(r#"modelBuilder.Entity("A", b => { b.Property<string>("X").HasColumnType("TEXT"); });"#, Some("Sqlite"));
        case(r#"modelBuilder.HasAnnotation("ProductVersion", "2.2.0");"#, None);
    }

    #[test]
    fn other_classes_are_no_snapshots() {
        let text = "class ModelSnapshotReader : Reader { void M() { modelBuilder.Entity(\"A\", b => {}); } }";
        assert_eq!(read(&parse(text).expect("parses")), None);
    }
}

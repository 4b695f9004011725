//! What a database lacks, in words.

use super::level::Want;

/// Most things that one sentence lists by name.
const MAX_LISTED: usize = 12;

/// Things by name: `tables A, B; columns C, D of A`, the first of them, the rest counted.
pub(super) fn listed(wants: &[Want]) -> String {
    let mut groups: Vec<(Vec<&Want>, Option<&str>)> = Vec::new();
    for want in wants.iter().take(MAX_LISTED) {
        let kind = match want {
            Want::Table(_) => Some(""),
            Want::Column(table, _) => Some(table.as_str()),
            _ => None,
        };
        match groups.last_mut().filter(|(_, last)| kind.is_some() && *last == kind) {
            Some((group, _)) => group.push(want),
            None => groups.push((vec![want], kind)),
        }
    }
    let alone = groups.iter().all(|(group, _)| group.len() == 1);
    let mut texts: Vec<String> = groups.iter().map(|(group, _)| of_group(group)).collect();
    if wants.len() > MAX_LISTED {
        texts.push(format!("{} more", wants.len() - MAX_LISTED));
    }
    texts.join(if alone { ", " } else { "; " })
}

/// Tables, or columns of one table, or a single thing.
fn of_group(group: &[&Want]) -> String {
    let names = || group.iter().filter_map(|want| want.names().last().copied()).collect::<Vec<&str>>().join(", ");
    match group {
        [Want::Table(_), _, ..] => format!("tables {}", names()),
        [Want::Column(table, _), _, ..] => format!("columns {} of {table}", names()),
        _ => group.first().map(ToString::to_string).unwrap_or_default(),
    }
}

/// What a jump asks of a context, and what its finding is called.
pub(super) struct Asked<'a> {
    /// What the target has and the start has not.
    pub(super) wants: Vec<Want>,
    /// What a database lacks for the target that stands where the jump starts; asked for only when one lacks something.
    pub(super) expected: Box<dyn Fn() -> Vec<Want> + 'a>,
    /// What the title of the finding says of it.
    pub(super) title: String,
}

impl Asked<'_> {
    /// `lacks column Clients.A`. A database that lacks just what the title names has none of it: nothing is named twice.
    pub(super) fn lack(&self, missing: &[Want], is_told: impl Fn(&Want) -> bool, verbs: [&str; 2]) -> String {
        let [has, lacks] = verbs;
        let named = |want: &&Want| want.names().iter().all(|name| self.title.contains(&format!("`{name}`")));
        let rest: Vec<Want> = missing.iter().filter(|want| !named(want)).cloned().collect();
        if rest.len() == missing.len() || !(self.expected)().iter().filter(|want| is_told(want)).eq(missing) {
            return format!("{lacks} {}", listed(missing));
        }
        if rest.is_empty() { format!("{has} none of it") } else { format!("{has} none of it, nor {}", listed(&rest)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str) -> Want {
        Want::Table(name.into())
    }

    fn column(table: &str, name: &str) -> Want {
        Want::Column(table.into(), name.into())
    }

    #[test]
    fn tables_and_columns_of_one_table_are_told_together() {
        let key = Want::Key("T".into(), vec!["A".into()]);
        assert_eq!(listed(&[table("T"), column("U", "A"), key.clone()]), "table T, column U.A, primary key T(A)");
        let wants = [table("T"), table("U"), column("V", "A"), column("V", "B"), column("W", "C"), key];
        assert_eq!(listed(&wants), "tables T, U; columns A, B of V; column W.C; primary key T(A)");
        let many: Vec<Want> = (0..14).map(|number| column("T", &number.to_string())).collect();
        assert!(listed(&many).ends_with("10, 11 of T; 2 more"), "{}", listed(&many));
    }

    #[test]
    fn what_the_title_names_is_not_named_again() {
        let title = "1 new table (`T`), 2 new columns on `U` (`A`, `B`), 1 index changed".to_owned();
        let index = Want::Index("U".into(), vec!["A".into()], false);
        let all = [table("T"), column("U", "A"), column("U", "B"), index.clone()];
        let asked = Asked { wants: Vec::new(), expected: Box::new(|| all.to_vec()), title };
        let lack = |missing: &[Want]| asked.lack(missing, |_| true, ["has", "lacks"]);
        assert_eq!(lack(&all), "has none of it, nor index U(A)");
        assert_eq!(lack(&all[1..2]), "lacks column U.A");
        assert_eq!(lack(std::slice::from_ref(&index)), "lacks index U(A)");
        let scripts = asked.lack(&all[..3], |want| !matches!(want, Want::Index(..)), ["have", "lack"]);
        assert_eq!(scripts, "have none of it");
    }
}

//! Broken CSV files: each is refused with a message that names file, line, column and text.

use std::path::PathBuf;

use chainrule_mlp::data::{DataError, Table, Target, TargetKind};
use ndarray::array;

struct Folder(tempfile::TempDir);

impl Folder {
    fn file(&self, content: &[u8]) -> PathBuf {
        let file = self.0.path().join("d.csv");
        std::fs::write(&file, content).unwrap();
        file
    }
}

fn folder() -> Folder {
    Folder(tempfile::tempdir().unwrap())
}

/// Reads all columns but `y` as numbers and `y` as `kind`.
fn read(content: &[u8], kind: &TargetKind) -> Result<(), DataError> {
    let table = Table::load(folder().file(content))?;
    table.position("y")?;
    table.numbers(&table.columns_without("y"))?;
    kind.read(&table, "y").map(|_| ())
}

#[test]
fn numbers_and_classes_are_read() {
    let table =
        Table::load(folder().file("\u{feff}a, b,y\r\n1, -2.5 ,10\r\n\r\n3e2,.5,9\r\n".as_bytes()))
            .unwrap();
    assert_eq!(table.columns_without("y"), ["a", "b"]);
    let numbers = table.numbers(&["b".to_owned(), "a".to_owned()]).unwrap();
    assert_eq!(numbers, array![[-2.5, 1.0], [0.5, 300.0]]);
    let kind = TargetKind::classes_of(&table, "y").unwrap();
    assert_eq!(kind, TargetKind::Classes(vec!["9".into(), "10".into()]), "in numeric order");
    assert_eq!(kind.read(&table, "y").unwrap(), Target::Classes(vec![1, 0]));
    assert_eq!(TargetKind::Values.read(&table, "y").unwrap(), Target::Values(vec![10.0, 9.0]));
}

#[test]
fn classes_with_names_are_sorted_by_name() {
    let table = Table::load(folder().file(b"x,y\n1,\"b, or so\"\n2,a\n3,10\n")).unwrap();
    let kind = TargetKind::classes_of(&table, "y").unwrap();
    assert_eq!(kind.class_names(), ["10", "a", "b, or so"]);
}

#[test]
fn odd_numbers_as_names_are_sorted_too() {
    let labels = ["nan", "-0", "0", "inf", "1e400", "-nan", "-inf", "1.0", "1"];
    let rows: String = (0..90).map(|k| format!("1,{}\n", labels[k * 7 % 9])).collect();
    let table = Table::load(folder().file(format!("x,y\n{rows}").as_bytes())).unwrap();
    let kind = TargetKind::classes_of(&table, "y").unwrap();
    assert_eq!(kind.class_names().len(), 9);
    assert_eq!(kind.class_names()[1..5], ["-inf", "-0", "0", "1"]);
}

#[test]
fn broken_files_are_refused_with_words_that_help() {
    let values = TargetKind::Values;
    let classes = TargetKind::Classes(vec!["cat".into(), "dog".into()]);
    let table: &[(&[u8], &TargetKind, &[&str])] = &[
        (b"", &values, &["d.csv", "no text", "header"]),
        (b"\n\n", &values, &["d.csv", "no text"]),
        (b"a,y\n", &values, &["d.csv", "no rows"]),
        (b"a,a,y\n1,2,3\n", &values, &["d.csv:1", "two columns are named `a`", "header line"]),
        (b"a,,y\n1,2,3\n", &values, &["d.csv:1", "column 2 has no name"]),
        (b"a,y\n1,2\n1,2,3\n", &values, &["d.csv:3", "3 fields", "header has 2"]),
        (b"a,y\n1\n", &values, &["d.csv:2", "1 fields", "header has 2"]),
        (b"a,y\n1,2\n\n3,x7\n", &values, &["d.csv:4", "`y`", "`x7`", "finite number"]),
        (b"a,y\n,2\n", &values, &["d.csv:2", "`a`", "found ``", "finite number"]),
        (b"a,y\nnan,2\n", &values, &["`a`", "`nan`", "finite number"]),
        (b"a,y\ninf,2\n", &values, &["`a`", "`inf`"]),
        (b"a,y\n1e39,2\n", &values, &["`1e39`", "range of f32"]),
        (b"a,y\n\"1,5\",2\n", &values, &["`1,5`", "finite number"]),
        (b"a,z\n1,2\n", &values, &["no column `y`", "known: `a`, `z`"]),
        (b"a;b;y\n1;2;3\n", &values, &["no column `y`", "`a;b;y`", "separated by commas"]),
        (b"a;b;y\n1,5;2;3\n", &values, &["d.csv:2", "2 fields", "separated by commas"]),
        (b"a\ty\n1\t2\n", &values, &["no column `y`", "separated by commas"]),
        (b"a,y\n1,dgo\n", &classes, &["d.csv:2", "`dgo`", "`cat`, `dog`", "did you mean `dog`?"]),
        (b"a,y\n1,\n", &classes, &["d.csv:2", "`y`", "a value"]),
        (b"a,y\n1,\xff\n", &classes, &["d.csv:2", "UTF-8"]),
        (b"a,\xff\n1,2\n", &classes, &["d.csv:1", "UTF-8"]),
        (b"a,y\n1,\"dog\n", &values, &["d.csv:2", "`y`"]),
        (b"\0,y\n\0,1\n", &values, &["d.csv:2", "finite number"]),
    ];
    for (content, kind, words) in table {
        let shown = String::from_utf8_lossy(content);
        let error = read(content, kind).expect_err(&shown).to_string();
        for word in *words {
            assert!(error.contains(word), "{shown:?}\n\"{error}\"\nlacks \"{word}\"");
        }
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let error = Table::load("no/such/file.csv").unwrap_err().to_string();
    assert!(error.contains("no/such/file.csv"));
    assert!(Table::load(std::env::temp_dir()).is_err());
}

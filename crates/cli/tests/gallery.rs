//! `chainrule gallery`: pictures, page and table are complete and stand alone.

use std::fs;
use std::process::Command;

use chainrule_activations::Activation;

#[test]
fn every_activation_is_drawn_and_described() {
    let directory = tempfile::tempdir().expect("a directory");
    let (out, table) = (directory.path().join("gallery"), directory.path().join("table.md"));
    let status = Command::new(env!("CARGO_BIN_EXE_chainrule"))
        .arg("gallery")
        .arg("--no-cost")
        .arg("--out")
        .arg(&out)
        .arg("--table")
        .arg(&table)
        .status()
        .expect("it starts");
    assert!(status.success());
    let page = fs::read_to_string(out.join("index.html")).expect("the page");
    let table = fs::read_to_string(&table).expect("the table");
    for a in Activation::all() {
        let name = a.name();
        let svg = fs::read_to_string(out.join(format!("{name}.svg"))).expect(name);
        assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"), "{name}");
        assert!(svg.contains(">\nf″\n<") && svg.contains("prefers-color-scheme:dark"), "{name}");
        assert_eq!(
            svg.matches("kink at").count() + svg.matches("jump at").count(),
            a.kinks().len(),
            "{name}: notes at its kinks"
        );
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name}: a number is missing");
        assert!(page.contains(&format!("<section id=\"{name}\" ")), "{name} is not on the page");
        let row = table.lines().find(|l| l.starts_with(&format!("| [`{name}`]"))).expect(name);
        assert!(row.contains(&a.info().formula.replace('|', "\\|")), "{row}");
        // A bar inside a cell is escaped, so that each row has its seven cells.
        assert_eq!(row.replace("\\|", "").matches('|').count(), 8, "{row}");
    }
    for picture in ["softmax", "tanh-and-sigmoid"] {
        assert!(out.join(format!("{picture}.svg")).exists());
        assert!(page.contains(&format!("id=\"{picture}\"")));
    }
    // Nothing is loaded from elsewhere; the only address is the name space of SVG.
    assert_eq!(page.matches("http").count(), page.matches("http://www.w3.org/2000/svg").count());
    assert!(!page.contains("<script") && !page.contains("<link"));
}

#[test]
fn a_directory_that_cannot_be_written_is_an_error_with_its_name() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("taken");
    fs::write(&file, "").expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_chainrule"))
        .args(["gallery", "--no-cost", "--out"])
        .arg(file.join("below"))
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("taken"));
}

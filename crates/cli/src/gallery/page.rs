//! The page with all pictures, and the table in Markdown.

use std::fmt::Write;
use std::path::Path;

use super::Picture;
use super::cost::Cost;
use super::facts::Sheet;

const STYLE: &str = "
:root { color-scheme: light dark; --paper: #ffffff; --ink: #222222; --line: #dddddd; --soft: #555555; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14171a; --ink: #e6e6e6; --line: #33383e; --soft: #a9b0b7; }
}
body { margin: 0 auto; max-width: 1300px; padding: 1rem; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
section { display: inline-block; vertical-align: top; width: min(620px, 100%); margin: 0 8px 2rem 0;
  border-top: 1px solid var(--line); }
section.wide { width: 100%; }
svg { max-width: 100%; height: auto; }
dl { display: grid; grid-template-columns: 7.5rem 1fr; gap: 0 0.5rem; margin: 0 14px; }
dt { color: var(--soft); } dd { margin: 0; }
nav a { margin-right: 0.8rem; white-space: nowrap; } a { color: inherit; }
";

/// One page that needs nothing else: pictures and facts of every activation.
pub fn html(sheets: &[Sheet], pictures: &[Picture], extra: &[Picture]) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Activations</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>Activations</h1>\n\
         <p>Each function f with f′ and f″. Hollow dots are the slopes on either side of a kink, the \
         full one is what the engine answers there: the subgradient of least absolute value.</p>\n<nav>"
    );
    let names = sheets.iter().map(|s| s.name).chain(extra.iter().map(|p| &*p.name));
    for name in names {
        push(&mut page, format_args!("<a href=\"#{name}\">{name}</a>\n"));
    }
    page.push_str("</nav>\n");
    for picture in extra {
        push(&mut page, format_args!("<section class=\"wide\" id=\"{}\">\n", picture.name));
        page.push_str(&picture.svg);
        page.push_str("</section>\n");
    }
    for (sheet, picture) in sheets.iter().zip(pictures) {
        push(&mut page, format_args!("<section id=\"{}\" aria-label=\"{0}\">\n", sheet.name));
        page.push_str(&picture.svg);
        page.push_str(&facts(sheet));
        page.push_str("</section>\n");
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn facts(sheet: &Sheet) -> String {
    let cost = sheet.cost.map_or(String::new(), |c| {
        format!("{:.2} ns, with the derivative {:.2} ns per element (f32)", c.forward, c.both)
    });
    let rows = [
        ("parameters", &*sheet.params),
        ("derivative", sheet.derivative),
        ("range", &sheet.range),
        ("kinks", &sheet.kinks),
        ("Lipschitz", &sheet.lipschitz),
        ("cost", &cost),
    ];
    let mut list = String::from("<dl>\n");
    for (name, text) in rows.iter().filter(|(_, text)| !text.is_empty()) {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace("; at ", "<br>at ");
        push(&mut list, format_args!("<dt>{name}</dt><dd>{text}</dd>\n"));
    }
    list + "</dl>\n"
}

/// The same facts as a table.
pub fn markdown(sheets: &[Sheet], pictures: &Path) -> String {
    let folder = pictures.file_name().map_or("gallery".into(), |name| name.to_string_lossy());
    let mut table = format!(
        "# Activations\n\nWritten by `make gallery` from the entries of the table; the pictures are in \
         [{folder}/index.html]({folder}/index.html).\n\n\
         Kinks: the value there, the slope on the left | on the right → the one the engine answers, \
         the subgradient of least absolute value. Lipschitz: sup |f′|. Cost: nanoseconds per element \
         of 10⁶ in f32, one thread, the value / the value and its pullback; the least of 15 rounds.\n\n\
         | name | f(x) | f′(x) | range | kinks | Lipschitz | ns |\n|---|---|---|---|---|---|---|\n"
    );
    for s in sheets {
        let cell = |text: &str| text.replace('|', "\\|");
        let name = match &*s.params {
            "" => format!("[`{}`]({folder}/{0}.svg)", s.name),
            params => format!("[`{}`]({folder}/{0}.svg) ({params})", s.name),
        };
        let ns = s
            .cost
            .map_or(String::new(), |Cost { forward, both }| format!("{forward:.2} / {both:.2}"));
        push(
            &mut table,
            format_args!(
                "| {name} | {} | {} | {} | {} | {} | {ns} |\n",
                cell(s.formula),
                cell(s.derivative),
                s.range,
                cell(&s.kinks),
                s.lipschitz
            ),
        );
    }
    table
}

fn push(text: &mut String, part: std::fmt::Arguments<'_>) {
    text.write_fmt(part).expect("a String takes all");
}

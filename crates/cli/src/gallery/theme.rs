//! Colours of the pictures. They are drawn for a light background; a style sheet in each picture
//! exchanges them where the reader's system is dark.

use plotters::style::RGBColor;

pub const PAPER: RGBColor = RGBColor(255, 255, 255);
pub const INK: RGBColor = RGBColor(34, 34, 34);
pub const GRID: RGBColor = RGBColor(228, 228, 228);
pub const AXIS: RGBColor = RGBColor(140, 140, 140);
pub const VALUE: RGBColor = RGBColor(31, 102, 180);
pub const SLOPE: RGBColor = RGBColor(201, 82, 11);
pub const SECOND: RGBColor = RGBColor(46, 125, 50);

pub const FONT: &str = "sans-serif";

/// Each colour with the one that takes its place on dark.
const PAIRS: [(RGBColor, &str); 7] = [
    (PAPER, "#14171a"),
    (INK, "#e6e6e6"),
    (GRID, "#2b3036"),
    (AXIS, "#7d848c"),
    (VALUE, "#6cb2ff"),
    (SLOPE, "#ff9d57"),
    (SECOND, "#7ccf80"),
];

/// How much larger pictures are drawn than they are shown.
pub const SCALE: u32 = 4;

/// The size to draw a picture in.
pub fn large((width, height): (u32, u32)) -> (u32, u32) {
    (SCALE * width, SCALE * height)
}

/// The picture in the size it is shown in, with a style sheet for dark backgrounds.
pub fn finished(svg: &str) -> String {
    let rules: String = PAIRS
        .iter()
        .map(|(RGBColor(r, g, b), dark)| {
            let light = format!("#{r:02X}{g:02X}{b:02X}");
            format!(
                "svg [fill=\"{light}\"]{{fill:{dark}}}svg [stroke=\"{light}\"]{{stroke:{dark}}}"
            )
        })
        .collect();
    let style = format!("<style>@media (prefers-color-scheme:dark){{{rules}}}</style>\n");
    let Some(at) = svg.find(">\n").map(|at| at + 2) else { return svg.into() };
    let sized = |head: &str, name: &str| {
        let from = head.find(&format!(" {name}=\"")).map(|at| at + name.len() + 3)?;
        let to = from + head[from..].find('"')?;
        let shown = head[from..to].parse::<u32>().ok()? / SCALE;
        Some(format!("{}{shown}{}", &head[..from], &head[to..]))
    };
    let head = sized(&svg[..at], "width").and_then(|head| sized(&head, "height"));
    format!("{}{style}{}", head.unwrap_or_else(|| svg[..at].into()), &svg[at..])
}

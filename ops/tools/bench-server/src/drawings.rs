//! Cleaning drawings (SVG) beside one pass of quick-xml, with their attributes, over the same bytes.

use std::{hint::black_box, time::Instant};

use anyhow::{Context as _, Result};
use platform::svg;
use quick_xml::events::Event;

use crate::{
    bench::Bench,
    figure::{Figures, ratio, spread},
};

/// So often as long as one pass of the reader at most.
const RATIO_MAX: f64 = 2.0;

pub(crate) fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    for (name, drawing) in drawings() {
        let (mut ours, mut theirs) = (vec![], vec![]);
        for _ in 0..bench.rounds {
            ours.push(timed(|| {
                svg::clean(drawing.as_bytes(), &svg::Limits::default()).map(|_| ()).map_err(Into::into)
            })?);
            theirs.push(timed(|| read(&drawing))?);
        }
        spread(&format!("{name}: cleaned"), &ours, "ms");
        spread(&format!("{name}: read by quick-xml"), &theirs, "ms");
        figures.at_most(&format!("{name}: cleaning to one reading"), ratio(&ours, &theirs), RATIO_MAX);
    }
    Ok(())
}

/// Shapes with their attributes, a style sheet, and a picture as data.
fn drawings() -> [(&'static str, String); 3] {
    let svg = |body: String| format!("<svg xmlns='http://www.w3.org/2000/svg'>{body}</svg>");
    let shapes = "<g class='a' transform='translate(1 2)'><path d='M0 0L10 10C1 2 3 4 5 6z' fill='#123456'/>\
        <rect x='1' y='2' width='3' height='4' style='fill:url(#a);opacity:.5'/></g>\n";
    let rules = ".a1{fill:url(#g);stroke:rgb(1,2,3)}/* x */ .b>.c{font-family:'x';opacity:.5}\n";
    let data = "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAm";
    [
        ("shapes, 4 MB", svg(shapes.repeat(20_000))),
        ("many small sheets, 5 MB", svg(format!("<style>{}</style>{shapes}", rules.repeat(4)).repeat(9_000))),
        (
            "a picture as data, 4 MB",
            svg(format!("<image href='data:image/png;base64,{}'/>", data.repeat(100_000))),
        ),
    ]
}

fn read(drawing: &str) -> Result<()> {
    let mut reader = quick_xml::Reader::from_str(drawing);
    loop {
        match reader.read_event().context("reads")? {
            Event::Eof => return Ok(()),
            Event::Start(tag) | Event::Empty(tag) => {
                black_box(tag.attributes().count());
            }
            event => {
                black_box(event);
            }
        }
    }
}

/// Milliseconds.
fn timed(work: impl Fn() -> Result<()>) -> Result<f64> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_secs_f64() * 1e3)
}

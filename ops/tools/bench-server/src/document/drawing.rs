//! Drawings: boards of a hundred shapes on one page, and the changes that make and move them, in transit.

use entities::ids::FileId;
use transit::value::Value;
use uuid::Uuid;

/// Shapes of a board, itself included.
pub(crate) const BOARD_SHAPES: usize = 100;
/// Shapes of one batch, far below the limit of a body.
const BATCH_SHAPES: usize = 2_000;
/// Of a drawing.
const SESSION: Uuid = Uuid::from_u128(0x5e55_1011);

/// A drawing of so many shapes in a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drawing {
    pub(crate) file: FileId,
    pub(crate) page: Uuid,
    pub(crate) shapes: usize,
    /// The version of its file, which bringing a snapshot back raises.
    pub(crate) vern: i64,
}

impl Drawing {
    /// The bodies that draw it on an empty page, in order.
    pub(crate) fn batches(&self) -> Vec<Vec<u8>> {
        let numbers: Vec<usize> = (0..self.shapes).collect();
        let body = |(revn, numbers): (usize, &[usize])| {
            self.body(revn, numbers.iter().map(|number| self.add(*number)).collect())
        };
        numbers.chunks(BATCH_SHAPES).enumerate().map(body).collect()
    }

    /// A body that moves one shape: what a client sends when somebody drags it. `step` makes each move another.
    pub(crate) fn moved(&self, step: usize, revn: usize) -> Vec<u8> {
        // No board: its children would have to move with it.
        let number = (step * 7_919) % self.shapes;
        let number = if number.is_multiple_of(BOARD_SHAPES) { number + 1 } else { number };
        let (x, y) = (count(step % 3_000), count(number % 2_000));
        let set = |(name, value): (&str, Value)| {
            Value::map([("type", Value::keyword("set")), ("attr", Value::keyword(name)), ("val", value)])
        };
        let operations = geometry(x, y, 100.0, 20.0).into_iter().map(set).collect();
        let change = Value::map([
            ("type", Value::keyword("mod-obj")),
            ("id", Value::Uuid(self.id(number))),
            ("page-id", Value::Uuid(self.page)),
            ("operations", Value::Vec(operations)),
        ]);
        self.body(revn, vec![change])
    }

    fn body(&self, revn: usize, changes: Vec<Value>) -> Vec<u8> {
        let revn = i64::try_from(revn).unwrap_or(i64::MAX);
        transit::write(&Value::map([
            ("id", Value::Uuid(self.file.0)),
            ("session-id", Value::Uuid(SESSION)),
            ("revn", Value::Int(revn)),
            ("vern", Value::Int(self.vern)),
            ("changes", Value::Vec(changes)),
        ]))
    }

    fn add(&self, number: usize) -> Value {
        let root = Uuid::nil();
        let (kind, parent) = match number % BOARD_SHAPES {
            0 => ("frame", root),
            place => ("rect", self.id(number - place)),
        };
        Value::map([
            ("type", Value::keyword("add-obj")),
            ("id", Value::Uuid(self.id(number))),
            ("page-id", Value::Uuid(self.page)),
            ("frame-id", Value::Uuid(parent)),
            ("parent-id", Value::Uuid(parent)),
            ("obj", self.shape(number, kind, parent)),
        ])
    }

    fn shape(&self, number: usize, kind: &str, parent: Uuid) -> Value {
        let (x, y) = (count(number * 37 % 4_000) + 0.5, count(number * 91 % 3_000));
        let fill = Value::map([
            ("fill-color", Value::Str(format!("#{:06x}", number * 7_919 % 0xff_ffff))),
            ("fill-opacity", Value::Int(1)),
        ]);
        let mut entries = vec![
            ("id", Value::Uuid(self.id(number))),
            ("name", Value::Str(format!("{kind} {number}"))),
            ("type", Value::keyword(kind)),
            ("rotation", Value::Int(0)),
            ("transform", identity()),
            ("transform-inverse", identity()),
            ("parent-id", Value::Uuid(parent)),
            ("frame-id", Value::Uuid(parent)),
            ("fills", Value::Vec(vec![fill])),
            ("strokes", Value::Vec(vec![])),
        ];
        entries.extend(geometry(x, y, 100.0, 20.0));
        if kind == "frame" {
            entries.push(("shapes", Value::Vec(vec![])));
        }
        Value::tagged("shape", Value::map(entries))
    }

    /// As a client's: no two neighbours share a page of the index.
    fn id(&self, number: usize) -> Uuid {
        let spread = (number as u128 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        uuid::Builder::from_random_bytes((spread ^ self.page.as_u128()).to_be_bytes()).into_uuid()
    }
}

fn geometry(x: f64, y: f64, width: f64, height: f64) -> Vec<(&'static str, Value)> {
    let number = Value::Float;
    let point = |x: f64, y: f64| Value::tagged("point", Value::map([("x", number(x)), ("y", number(y))]));
    let rect = Value::map([
        ("x", number(x)),
        ("y", number(y)),
        ("width", number(width)),
        ("height", number(height)),
        ("x1", number(x)),
        ("y1", number(y)),
        ("x2", number(x + width)),
        ("y2", number(y + height)),
    ]);
    let points = vec![point(x, y), point(x + width, y), point(x + width, y + height), point(x, y + height)];
    vec![
        ("x", number(x)),
        ("y", number(y)),
        ("width", number(width)),
        ("height", number(height)),
        ("selrect", Value::tagged("rect", rect)),
        ("points", Value::Vec(points)),
    ]
}

fn identity() -> Value {
    let of = |(name, value)| (name, Value::Float(value));
    Value::tagged(
        "matrix",
        Value::map([("a", 1.0), ("b", 0.0), ("c", 0.0), ("d", 1.0), ("e", 0.0), ("f", 0.0)].map(of)),
    )
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn count(number: usize) -> f64 {
    number as f64
}

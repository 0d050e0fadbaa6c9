//! Apache Parquet: columns in groups of rows, each of which is held until it is written.

use std::fmt;
use std::io::{self, Write};
use std::mem;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

use super::{Cell, Column, ColumnKind, Table, Written, fits, kinds};

/// The bytes of cells after which a group is written. Readers like large groups, memory small ones: at 20
/// columns of a mailing list this is some 60,000 rows (reckoned, not tuned).
const GROUP_BYTES: usize = 8 << 20;

pub(super) struct Groups<W: Write + Send> {
    out: SerializedFileWriter<W>,
    kinds: Vec<ColumnKind>,
    columns: Vec<Held>,
    bytes: usize,
    count: u64,
}

/// The cells of a column that wait: for each whether it is there (its definition level), and those that are.
struct Held {
    there: Vec<i16>,
    values: Values,
}

enum Values {
    Text(Vec<ByteArray>),
    Day(Vec<i32>),
    Whole(Vec<i64>),
    Number(Vec<f64>),
    Truth(Vec<bool>),
}

impl<W: Write + Send> fmt::Debug for Groups<W> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Parquet of {} rows so far", self.count)
    }
}

impl<W: Write + Send> Groups<W> {
    pub(super) fn begin(columns: &[Column], out: W) -> io::Result<Self> {
        let fields = columns.iter().map(|column| field(column).map(Arc::new));
        let schema = Type::group_type_builder("rows")
            .with_fields(fields.collect::<Result<_, _>>().map_err(failed)?)
            .build()
            .map_err(failed)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("postroom ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let out = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties));
        let kinds = kinds(columns);
        Ok(Self {
            out: out.map_err(failed)?,
            columns: kinds.iter().map(|kind| Held::none(*kind)).collect(),
            kinds,
            bytes: 0,
            count: 0,
        })
    }

    /// Writes the rows that wait.
    fn put(&mut self) -> io::Result<()> {
        self.bytes = 0;
        let mut group = self.out.next_row_group().map_err(failed)?;
        for (held, kind) in self.columns.iter_mut().zip(&self.kinds) {
            let Held { there, values } = mem::replace(held, Held::none(*kind));
            match values {
                Values::Text(values) => column::<ByteArrayType, W>(&mut group, &values, &there)?,
                Values::Day(values) => column::<Int32Type, W>(&mut group, &values, &there)?,
                Values::Whole(values) => column::<Int64Type, W>(&mut group, &values, &there)?,
                Values::Number(values) => column::<DoubleType, W>(&mut group, &values, &there)?,
                Values::Truth(values) => column::<BoolType, W>(&mut group, &values, &there)?,
            }
        }
        group.close().map_err(failed)?;
        Ok(())
    }
}

impl<W: Write + Send> Table for Groups<W> {
    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        fits(&self.kinds, cells)?;
        for (held, cell) in self.columns.iter_mut().zip(cells) {
            self.bytes += held.take(cell);
        }
        self.count += 1;
        match self.bytes < GROUP_BYTES {
            true => Ok(()),
            false => self.put(),
        }
    }

    fn end(mut self: Box<Self>) -> io::Result<Written> {
        if self.bytes > 0 {
            self.put()?;
        }
        let count = self.count;
        self.out.close().map_err(failed)?;
        Ok(Written {
            rows: count,
            cut: 0,
        })
    }
}

impl Held {
    const fn none(kind: ColumnKind) -> Self {
        let values = match kind {
            ColumnKind::Text => Values::Text(Vec::new()),
            ColumnKind::Day => Values::Day(Vec::new()),
            ColumnKind::Moment | ColumnKind::Whole => Values::Whole(Vec::new()),
            ColumnKind::Number => Values::Number(Vec::new()),
            ColumnKind::Truth => Values::Truth(Vec::new()),
        };
        let there = Vec::new();
        Self { there, values }
    }

    /// Takes a cell of the column's kind, and says how many bytes of memory it holds.
    fn take(&mut self, cell: &Cell<'_>) -> usize {
        let held = match (&mut self.values, cell) {
            (Values::Text(values), Cell::Text(words)) => {
                values.push(ByteArray::from(words.as_bytes().to_vec()));
                size_of::<ByteArray>() + words.len()
            }
            (Values::Day(values), Cell::Day(day)) => {
                let epoch = jiff::civil::date(1970, 1, 1);
                values.push((*day - epoch).get_days());
                size_of::<i32>()
            }
            (Values::Whole(values), Cell::Moment(moment)) => {
                values.push(moment.as_microsecond());
                size_of::<i64>()
            }
            (Values::Whole(values), Cell::Whole(number)) => {
                values.push(*number);
                size_of::<i64>()
            }
            (Values::Number(values), Cell::Number(number)) => {
                values.push(*number);
                size_of::<f64>()
            }
            (Values::Truth(values), Cell::Truth(truth)) => {
                values.push(*truth);
                size_of::<bool>()
            }
            _ => 0,
        };
        self.there.push(i16::from(held > 0));
        held + size_of::<i16>()
    }
}

/// Writes the next column of a group.
fn column<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &[T::T],
    there: &[i16],
) -> io::Result<()> {
    let next = group.next_column().map_err(failed)?;
    let mut next =
        next.ok_or_else(|| io::Error::other("Parquet has fewer columns than the table"))?;
    next.typed::<T>()
        .write_batch(values, Some(there), None)
        .map_err(failed)?;
    next.close().map_err(failed)
}

fn field(column: &Column) -> Result<Type, ParquetError> {
    let (physical, logical) = match column.kind {
        ColumnKind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        ColumnKind::Day => (Physical::INT32, Some(LogicalType::Date)),
        // True: the moments are UTC.
        ColumnKind::Moment => {
            let moment = LogicalType::timestamp(true, TimeUnit::MICROS);
            (Physical::INT64, Some(moment))
        }
        ColumnKind::Whole => (Physical::INT64, None),
        ColumnKind::Number => (Physical::DOUBLE, None),
        ColumnKind::Truth => (Physical::BOOLEAN, None),
    };
    Type::primitive_type_builder(&column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()
}

fn failed(error: ParquetError) -> io::Error {
    let ParquetError::External(source) = error else {
        return io::Error::other(error);
    };
    match source.downcast::<io::Error>() {
        Ok(error) => *error,
        Err(source) => io::Error::other(source),
    }
}

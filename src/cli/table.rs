//! Tables that fit a terminal of [`WIDTH`] columns.

use std::fmt::Write as _;

use super::output::plain;

/// The columns of a terminal that everything is laid out for.
pub(super) const WIDTH: usize = 100;

/// Between two columns.
const GAP: usize = 2;

/// A column that gives way is never narrower than this.
const NARROWEST: usize = 8;

/// Rows under a header, laid out when they are all known.
#[derive(Debug)]
pub(super) struct Table {
    header: Vec<&'static str>,
    rows: Vec<Row>,
    yielding: Vec<usize>,
    numbers: Vec<usize>,
    wraps: bool,
    indent: usize,
}

#[derive(Debug)]
enum Row {
    Cells(Vec<String>),
    /// A line of its own over the rows that follow.
    Heading(String),
}

impl Table {
    pub(super) fn new<const N: usize>(header: [&'static str; N]) -> Self {
        Self {
            header: header.to_vec(),
            rows: Vec::new(),
            yielding: Vec::new(),
            numbers: Vec::new(),
            wraps: false,
            indent: 0,
        }
    }

    /// The columns that are cut short when there is no room, the widest first.
    pub(super) fn yielding(mut self, columns: &[usize]) -> Self {
        self.yielding = columns.to_vec();
        self
    }

    /// The columns that stand to the right.
    pub(super) fn numbers(mut self, columns: &[usize]) -> Self {
        self.numbers = columns.to_vec();
        self
    }

    /// The last column goes on below itself where it would be cut short.
    pub(super) fn wrapping(mut self) -> Self {
        self.wraps = true;
        self
    }

    /// So many spaces before every line.
    pub(super) fn indented(mut self, by: usize) -> Self {
        self.indent = by;
        self
    }

    pub(super) fn row<const N: usize>(&mut self, cells: [String; N]) {
        let cells = cells.map(|cell| plain(&cell)).to_vec();
        self.rows.push(Row::Cells(cells));
    }

    /// A line over the rows that follow.
    pub(super) fn heading(&mut self, line: &str) {
        self.rows.push(Row::Heading(plain(line)));
    }

    pub(super) fn text(&self) -> String {
        let widths = self.widths();
        let mut text = String::new();
        let header: Vec<String> = self.header.iter().map(|&name| name.to_owned()).collect();
        self.line(&mut text, &header, &widths);
        for row in &self.rows {
            match row {
                Row::Cells(cells) => self.cells(&mut text, cells, &widths),
                Row::Heading(line) => text.push_str(&format!("{}\n", shortened(line, WIDTH))),
            }
        }
        text
    }

    fn widths(&self) -> Vec<usize> {
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| match row {
                Row::Cells(cells) => cells.get(column),
                Row::Heading(_) => None,
            });
            let widest = cells.map(|cell| cell.chars().count()).max();
            widest.unwrap_or(0).max(self.header[column].len())
        };
        let mut widths: Vec<usize> = (0..self.header.len()).map(width).collect();
        let room = WIDTH - self.indent - GAP * (widths.len() - 1);
        let mut over = widths.iter().sum::<usize>().saturating_sub(room);
        while over > 0 {
            // The widest of those that yield gives one column at a time.
            let widest = self.yielding.iter().copied().max_by_key(|&c| widths[c]);
            match widest {
                Some(column) if widths[column] > NARROWEST => widths[column] -= 1,
                _ => break,
            }
            over -= 1;
        }
        widths
    }

    /// A row, on as many lines as its last cell takes.
    fn cells(&self, text: &mut String, cells: &[String], widths: &[usize]) {
        let (Some((last, first)), Some(&width)) = (cells.split_last(), widths.last()) else {
            return;
        };
        if !self.wraps {
            return self.line(text, cells, widths);
        }
        let mut first = first.to_vec();
        for line in wrapped(last, width) {
            let rest = vec![String::new(); first.len()];
            let mut cells = std::mem::replace(&mut first, rest);
            cells.push(line);
            self.line(text, &cells, widths);
        }
    }

    fn line(&self, text: &mut String, cells: &[String], widths: &[usize]) {
        let mut line = " ".repeat(self.indent);
        for (column, (cell, &width)) in cells.iter().zip(widths).enumerate() {
            let cell = shortened(cell, width);
            // Writing to a String cannot fail.
            let _ = if self.numbers.contains(&column) {
                write!(line, "{cell:>width$}")
            } else {
                write!(line, "{cell:<width$}")
            };
            line.push_str(&" ".repeat(GAP));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

/// The text in so many columns, its end replaced by an ellipsis when it is longer.
pub(super) fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// The text in lines of so many columns, broken between words; at least one line.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut columns = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if columns > 0 && columns + 1 + length > width {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
            columns = 0;
        } else if columns > 0 {
            line.push(' ');
            columns += 1;
        }
        line.push_str(word);
        columns += length;
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_cell_yields_and_every_line_fits() {
        let mut table = Table::new(["case", "customer", "n"])
            .yielding(&[1])
            .numbers(&[2])
            .indented(2);
        table.row(["PR-1".into(), "x".repeat(300), "7".into()]);
        table.row(["PR-2".into(), "é\u{1b}[2J".into(), "12".into()]);
        let text = table.text();
        assert!(
            text.lines().all(|line| line.chars().count() <= WIDTH),
            "{text}"
        );
        assert!(text.contains('…') && !text.contains('\u{1b}'), "{text}");
        assert!(text.lines().nth(1).unwrap().ends_with("…   7"), "{text}");
    }

    #[test]
    fn a_reason_goes_on_below_itself() {
        let mut table = Table::new(["field", "reason"]).yielding(&[1]).wrapping();
        table.heading("SCN_0001.tif");
        table.row(["town".into(), "because of it ".repeat(12)]);
        let text = table.text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], "SCN_0001.tif");
        assert!(lines.len() > 3 && lines[3].starts_with("       "), "{text}");
        assert!(
            lines.iter().all(|line| line.chars().count() <= WIDTH),
            "{text}"
        );
        assert_eq!(text.matches("because").count(), 12);
    }
}

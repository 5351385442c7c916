//! Columns of text, as Go's `text/tabwriter` aligns them.

use std::fmt;

/// Rows of cells. All cells of a column are as wide as its widest and the space behind it; the last is as it is.
pub(super) struct Table {
    padding: usize,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(padding: usize) -> Self {
        Self {
            padding,
            rows: Vec::new(),
        }
    }

    pub(super) fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        self.rows
            .push(cells.into_iter().map(str::to_owned).collect());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0) + self.padding
        };
        let widths: Vec<_> = (0..columns).map(width).collect();
        for row in &self.rows {
            let last = row.len().saturating_sub(1);
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                if column == last {
                    formatter.write_str(cell)?;
                } else {
                    write!(formatter, "{cell:width$}")?;
                }
            }
            writeln!(formatter)?;
        }
        Ok(())
    }
}

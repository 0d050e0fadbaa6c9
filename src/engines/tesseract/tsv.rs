//! Tesseract's table of words.

use crate::domain::confidence::Probability;
use crate::domain::geometry::Rect;
use crate::domain::text::{Line, PageText, Word};

/// The words of Tesseract's TSV: level 5 rows, grouped by block, paragraph, line.
pub(super) fn lines_of(tsv: &str) -> PageText {
    let mut lines: Vec<((u32, u32, u32), Vec<Word>)> = Vec::new();
    for row in tsv.lines() {
        let Some((line, word)) = word_of(row) else {
            continue;
        };
        match lines.last_mut() {
            Some((last, words)) if *last == line => words.push(word),
            _ => lines.push((line, vec![word])),
        }
    }
    PageText {
        lines: lines
            .into_iter()
            .filter_map(|((block, ..), words)| Line::new(words, block.saturating_sub(1)))
            .collect(),
    }
}

/// One row: level, page, block, paragraph, line, word, left, top, width, height,
/// confidence in percent, text.
fn word_of(row: &str) -> Option<((u32, u32, u32), Word)> {
    let mut columns = row.splitn(12, '\t');
    if columns.next()? != "5" {
        return None;
    }
    let mut number = || columns.next()?.parse::<u32>().ok();
    let _page = number()?;
    let line = (number()?, number()?, number()?);
    let _word = number()?;
    let bounds = Rect::new(number()?, number()?, number()?, number()?);
    let confidence: f64 = columns.next()?.parse().ok()?;
    let text = columns.next()?.trim();
    (!text.is_empty()).then(|| {
        let word = Word {
            text: text.to_owned(),
            confidence: Probability::clamped(confidence / 100.0),
            bounds,
        };
        (line, word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_lines() {
        let tsv = "4\t1\t1\t1\t1\t0\t10\t20\t90\t30\t-1\t\n\
                   5\t1\t1\t1\t1\t1\t10\t20\t30\t30\t96.5\tDear\n\
                   5\t1\t1\t1\t1\t2\t50\t20\t40\t30\t91\tSirs,\n\
                   5\t1\t1\t1\t2\t1\t10\t60\t40\t30\t90\t \n\
                   5\t1\t2\t1\t1\t1\t10\t90\t40\t30\t80\tYours\n";
        let text = lines_of(tsv);
        assert_eq!(text.text(), "Dear Sirs,\nYours");
        assert_eq!(text.lines[0].bounds(), Rect::new(10, 20, 80, 30));
        assert_eq!(text.lines[1].block, 1);
    }
}

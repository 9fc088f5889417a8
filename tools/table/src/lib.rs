//! A Markdown table whose columns line up, so that it reads well as it is, too.

/// The table of these rows, the first of which are the headings: so many columns of words, to the left, then figures, to the
/// right.
pub fn aligned<const N: usize>(words: usize, rows: &[[String; N]]) -> String {
    let widths: Vec<usize> = (0..N)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0))
        .collect();
    let mut lines: Vec<String> = Vec::new();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
            if column < words { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        lines.push(format!("| {} |", cells.collect::<Vec<_>>().join(" | ")));
        if lines.len() == 1 {
            let rules = widths.iter().enumerate().map(|(column, &width)| {
                if column < words { "-".repeat(width) } else { format!("{}:", "-".repeat(width.saturating_sub(1))) }
            });
            lines.push(format!("| {} |", rules.collect::<Vec<_>>().join(" | ")));
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_to_the_left_and_figures_to_the_right() {
        let rows = [["", "median"], ["init – all", "1"], ["x", "1234567"]].map(|row| row.map(str::to_owned));
        let expected = "\
            |            |  median |\n\
            | ---------- | ------: |\n\
            | init – all |       1 |\n\
            | x          | 1234567 |";
        assert_eq!(aligned(1, &rows), expected);
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["", "users"], ["own", "1"], ["x", "1,000,000"]].map(|row| row.map(str::to_owned));
        let expected = "\
            |     |     users |\n\
            | --- | --------: |\n\
            | own |         1 |\n\
            | x   | 1,000,000 |";
        assert_eq!(aligned(1, &rows), expected);
    }
}

//! The table, and the JSON with every figure. Ratios are between medians of one run; nothing here is judged.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::measure::Measure;
use crate::options::{Options, Transport};
use crate::statistics::{extremes, median};

/// The contender that the ratios are against.
const FLOOR: &str = "floor";

const HEADINGS: [&str; 5] = ["", "function", "x floor", "median", "min – max"];

/// What was measured, by measure and contender.
#[derive(Debug)]
pub(crate) struct Report {
    settings: Value,
    introduction: String,
    commands: Vec<(String, String)>,
    values: BTreeMap<(Measure, usize), Vec<f64>>,
}

impl Report {
    /// To be made before the cores are divided, since it says how many there are.
    pub(crate) fn new(options: &Options, throttled: bool) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let commands = options.contenders().map(|contender| {
            let words = std::iter::once(&contender.program).chain(&contender.arguments).map(String::as_str);
            (contender.name.clone(), words.collect::<Vec<_>>().join(" "))
        });
        let over = match options.transport {
            Transport::Tls => "TLS",
            Transport::Plain => "plain TCP",
        };
        Self {
            settings: json!({
                "rounds": options.rounds,
                "warm_calls": options.warm_calls,
                "transport": options.transport,
                "secret_delay_ms": options.secret_delay,
                "throttled": throttled,
                "cores": cores,
            }),
            introduction: format!(
                "{} rounds of a cold start and {} warm calls, over {over}, Secrets Manager {} ms away, {cores} cores",
                options.rounds, options.warm_calls, options.secret_delay
            ),
            commands: commands.collect(),
            values: BTreeMap::new(),
        }
    }

    /// Adds figures of the contender of this name.
    pub(crate) fn add(&mut self, name: &str, figures: impl IntoIterator<Item = (Measure, f64)>) {
        let Some(place) = self.place(name) else { return };
        for (measure, value) in figures {
            self.values.entry((measure, place)).or_default().push(value);
        }
    }

    /// Everything as one aligned table, which is Markdown too.
    pub(crate) fn table(&self) -> String {
        let mut rows = vec![HEADINGS.map(str::to_owned)];
        let mut last = None;
        for ((measure, place), values) in &self.values {
            let (Some(middle), Some((least, most))) = (median(values), extremes(values)) else { continue };
            let title = if last == Some(*measure) { "" } else { measure.title() };
            last = Some(*measure);
            let name = self.commands.get(*place).map_or("", |(name, _)| name);
            let ratio = self.ratio(*measure, middle).map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
            // A size is the same in every round.
            let spread = if values.len() == 1 {
                String::new()
            } else {
                format!("{} – {}", measure.figure(least), measure.figure(most))
            };
            let median = format!("{} {}", measure.figure(middle), measure.unit());
            rows.push([title.to_owned(), name.to_owned(), ratio, median.trim_end().to_owned(), spread]);
        }
        format!("{}\n\n{}", self.introduction, aligned(&rows))
    }

    /// Every figure of every round.
    pub(crate) fn json(&self) -> String {
        let contenders = self.commands.iter().enumerate().map(|(place, (name, command))| {
            let measures = self.values.iter().filter(|((_, of), _)| *of == place).map(|((measure, _), values)| {
                let middle = median(values);
                let ends = extremes(values);
                json!({
                    "measure": measure,
                    "unit": measure.json_unit(),
                    "median": middle,
                    "min": ends.map(|(least, _)| least),
                    "max": ends.map(|(_, most)| most),
                    "times_floor": middle.and_then(|middle| self.ratio(*measure, middle)),
                    "values": values,
                })
            });
            json!({ "name": name, "command": command, "measures": measures.collect::<Vec<_>>() })
        });
        let report = json!({ "settings": self.settings, "contenders": contenders.collect::<Vec<_>>() });
        format!("{report:#}\n")
    }

    /// `middle` in floors; `None` where there is no floor, or it is nothing.
    fn ratio(&self, measure: Measure, middle: f64) -> Option<f64> {
        let floor = median(self.values.get(&(measure, self.place(FLOOR)?))?)?;
        (floor > 0.0).then(|| middle / floor)
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.commands.iter().position(|(known, _)| known == name)
    }
}

impl Measure {
    fn title(self) -> &'static str {
        match self {
            Self::Cold => "init + first answer",
            Self::Init => "init",
            Self::FirstAnswer => "first answer",
            Self::ThrottledCold => "init + first answer, 128 MB",
            Self::ThrottledFirstAnswer => "first answer, 128 MB",
            Self::ColdCpu => "CPU of init + first answer",
            Self::WarmMedian => "warm call, p50",
            Self::WarmP99 => "warm call, p99",
            Self::WarmCpu => "CPU of a warm call",
            Self::Mints => "mints for a warm call",
            Self::PeakMemory => "peak memory",
            Self::Program => "program",
            Self::Zip => "zip",
        }
    }

    /// The unit in the table.
    fn unit(self) -> &'static str {
        match self {
            Self::PeakMemory | Self::Program | Self::Zip => "MB",
            Self::Mints => "",
            _ => "ms",
        }
    }

    /// The unit of the figures themselves.
    fn json_unit(self) -> &'static str {
        match self.unit() {
            "MB" => "bytes",
            "" => "count",
            unit => unit,
        }
    }

    fn figure(self, value: f64) -> String {
        match self {
            Self::PeakMemory | Self::Program | Self::Zip => format!("{:.2}", value / 1_000_000.0),
            Self::WarmMedian | Self::WarmP99 | Self::WarmCpu => format!("{value:.3}"),
            _ => format!("{value:.2}"),
        }
    }
}

/// A Markdown table whose columns line up: words to the left, figures to the right.
fn aligned(rows: &[[String; 5]]) -> String {
    let widths: Vec<usize> = (0..HEADINGS.len())
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0))
        .collect();
    let is_figure = |column: usize| column >= 2;
    let mut lines: Vec<String> = Vec::new();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
            if is_figure(column) { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        lines.push(format!("| {} |", cells.collect::<Vec<_>>().join(" | ")));
        if lines.len() == 1 {
            let rules = widths.iter().enumerate().map(|(column, &width)| {
                if is_figure(column) { format!("{}:", "-".repeat(width.saturating_sub(1))) } else { "-".repeat(width) }
            });
            lines.push(format!("| {} |", rules.collect::<Vec<_>>().join(" | ")));
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn report() -> Report {
        let options = Options::parse_from(["tvm-bench", "--peer", "js=node index.mjs"]);
        let mut report = Report::new(&options, false);
        for (name, cold) in [("floor", 2.0), ("floor", 4.0), ("vending", 9.0), ("js", 300.0)] {
            report.add(name, [(Measure::Cold, cold)]);
        }
        report.add("vending", [(Measure::Zip, 1_234_567.0)]);
        report
    }

    #[test]
    fn the_table_has_ratios_of_medians_and_lines_up() {
        let table = report().table();
        let lines: Vec<&str> = table.lines().skip(2).collect();
        assert!(lines[3].contains(" 3.00 |") && lines[3].contains("9.00 ms"), "{table}");
        assert!(lines[2].contains("2.00 – 4.00"), "{table}");
        assert!(lines[4].contains("100.00"), "{table}");
        assert!(lines[5].contains("1.23 MB") && lines[5].contains("–"), "{table}");
        assert!(lines.iter().all(|line| line.chars().count() == lines[0].chars().count()), "{table}");
    }

    #[test]
    fn the_json_has_every_figure() {
        let report: Value = serde_json::from_str(&report().json()).unwrap();
        let floor = &report["contenders"][0]["measures"][0];
        assert_eq!((&floor["measure"], &floor["median"]), (&json!("cold"), &json!(3.0)));
        assert_eq!(floor["values"], json!([2.0, 4.0]));
        assert_eq!(report["contenders"][3]["command"], "node index.mjs");
        assert_eq!(report["contenders"][3]["measures"][0]["times_floor"], json!(100.0));
    }
}

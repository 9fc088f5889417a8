//! The tables, and the JSON with every figure. Ratios are between medians of one run; nothing here is judged.

use serde_json::{Value, json};

use crate::crowd;
use crate::measure::{CrowdMeasure, Measure};
use crate::options::{Options, Transport};
use crate::series::{Series, Summary};
use crate::unit::Unit;
use tvm_table::aligned;

/// The contender that the ratios are against.
const FLOOR: &str = "floor";

const HEADINGS: [&str; 5] = ["", "function", "x floor", "median", "min – max"];
const CROWD_HEADINGS: [&str; 6] = ["", "callers", "function", "x floor", "median", "min – max"];

/// What was measured, by measure and contender.
#[derive(Debug)]
pub(crate) struct Report {
    settings: Value,
    introduction: String,
    commands: Vec<(String, String)>,
    alone: Series<Measure>,
    crowds: Series<(CrowdMeasure, u32)>,
}

impl Report {
    /// To be made before the cores are divided, since it says how many there are.
    pub(crate) fn new(options: &Options, throttled: bool) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let commands = options.contenders().map(|contender| {
            let words = std::iter::once(&contender.program).chain(&contender.arguments).map(String::as_str);
            (contender.name.clone(), words.collect::<Vec<_>>().join(" "))
        });
        let commands: Vec<_> = commands.collect();
        let floor = commands.iter().position(|(name, _)| name == FLOOR);
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
                "callers": options.callers,
                "cores": cores,
            }),
            introduction: format!(
                "{} rounds of a cold start and {} warm calls, over {over}, Secrets Manager {} ms away, {cores} cores",
                options.rounds, options.warm_calls, options.secret_delay
            ),
            commands,
            alone: Series::new(floor),
            crowds: Series::new(floor),
        }
    }

    /// Adds figures of the contender of this name.
    pub(crate) fn add(&mut self, name: &str, figures: impl IntoIterator<Item = (Measure, f64)>) {
        let Some(place) = self.place(name) else { return };
        for (measure, value) in figures {
            self.alone.add(measure, place, value);
        }
    }

    /// Adds figures of so many processes of the contender of this name.
    pub(crate) fn add_crowd(
        &mut self,
        name: &str,
        callers: u32,
        figures: impl IntoIterator<Item = (CrowdMeasure, f64)>,
    ) {
        let Some(place) = self.place(name) else { return };
        for (measure, value) in figures {
            self.crowds.add((measure, callers), place, value);
        }
    }

    /// Everything as aligned tables, which are Markdown too: one, and another where there were crowds.
    pub(crate) fn tables(&self) -> String {
        let alone = format!("{}\n\n{}", self.introduction, self.alone_table());
        if self.crowds.summaries().next().is_none() {
            return alone;
        }
        let crowds = format!(
            "As many processes at the same moment as there are callers, {} times: a cold start and {} warm calls of each",
            crowd::REPEATS,
            crowd::WARM_CALLS
        );
        format!("{alone}\n\n{crowds}\n\n{}", self.crowd_table())
    }

    fn alone_table(&self) -> String {
        let mut rows = vec![HEADINGS.map(str::to_owned)];
        let mut last = None;
        for (measure, place, summary) in self.alone.summaries() {
            let title = if last == Some(measure) { "" } else { measure.title() };
            last = Some(measure);
            let [ratio, median, spread] = cells(measure.unit(), &summary);
            rows.push([title.to_owned(), self.name(place).to_owned(), ratio, median, spread]);
        }
        aligned(2, &rows)
    }

    fn crowd_table(&self) -> String {
        let mut rows = vec![CROWD_HEADINGS.map(str::to_owned)];
        let (mut last_measure, mut last) = (None, None);
        for ((measure, callers), place, summary) in self.crowds.summaries() {
            let title = if last_measure == Some(measure) { "" } else { measure.title() };
            let number = if last == Some((measure, callers)) { String::new() } else { callers.to_string() };
            (last_measure, last) = (Some(measure), Some((measure, callers)));
            let [ratio, median, spread] = cells(measure.unit(), &summary);
            rows.push([title.to_owned(), number, self.name(place).to_owned(), ratio, median, spread]);
        }
        aligned(3, &rows)
    }

    /// Every figure of every round.
    pub(crate) fn json(&self) -> String {
        let contenders = self.commands.iter().enumerate().map(|(place, (name, command))| {
            let alone = self.alone.summaries().filter(|(_, of, _)| *of == place);
            let alone =
                alone.map(|(measure, _, summary)| json_of(&json!({ "measure": measure }), measure.unit(), &summary));
            let crowds = self.crowds.summaries().filter(|(_, of, _)| *of == place);
            let crowds = crowds.map(|((measure, callers), _, summary)| {
                json_of(&json!({ "measure": measure, "callers": callers }), measure.unit(), &summary)
            });
            json!({
                "name": name,
                "command": command,
                "measures": alone.collect::<Vec<_>>(),
                "crowds": crowds.collect::<Vec<_>>(),
            })
        });
        let report = json!({ "settings": self.settings, "contenders": contenders.collect::<Vec<_>>() });
        format!("{report:#}\n")
    }

    fn name(&self, place: usize) -> &str {
        self.commands.get(place).map_or("", |(name, _)| name)
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.commands.iter().position(|(known, _)| known == name)
    }
}

/// The ratio, the median and the spread, as a table shows them.
fn cells(unit: Unit, summary: &Summary<'_>) -> [String; 3] {
    let ratio = summary.times_floor.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
    let median = format!("{} {}", unit.figure(summary.median), unit.shown()).trim_end().to_owned();
    // A size is the same in every round.
    let spread = if summary.values.len() == 1 {
        String::new()
    } else {
        format!("{} – {}", unit.figure(summary.least), unit.figure(summary.most))
    };
    [ratio, median, spread]
}

/// What figures are of, and all that is known of them.
fn json_of(of: &Value, unit: Unit, summary: &Summary<'_>) -> Value {
    let figures = json!({
        "unit": unit.name(),
        "median": summary.median,
        "min": summary.least,
        "max": summary.most,
        "times_floor": summary.times_floor,
        "values": summary.values,
    });
    let entries = [of, &figures].into_iter().filter_map(Value::as_object).flatten();
    entries.map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::tests::race;

    fn report() -> Report {
        let options = race(&["--peer", "js=node index.mjs"]);
        let mut report = Report::new(&options, false);
        for (name, cold) in [("floor", 2.0), ("floor", 4.0), ("vending", 9.0), ("js", 300.0)] {
            report.add(name, [(Measure::Cold, cold)]);
        }
        report.add("vending", [(Measure::Zip, 1_234_567.0)]);
        report
    }

    fn lines(tables: &str, table: usize) -> Vec<&str> {
        tables.split("\n\n").nth(table).unwrap().lines().collect()
    }

    #[test]
    fn the_table_has_ratios_of_medians_and_lines_up() {
        let tables = report().tables();
        let lines = lines(&tables, 1);
        assert!(lines[3].contains(" 3.00 |") && lines[3].contains("9.00 ms"), "{tables}");
        assert!(lines[2].contains("2.00 – 4.00"), "{tables}");
        assert!(lines[4].contains("100.00"), "{tables}");
        assert!(lines[5].contains("1.23 MB") && lines[5].contains("–"), "{tables}");
        assert!(lines.iter().all(|line| line.chars().count() == lines[0].chars().count()), "{tables}");
    }

    #[test]
    fn crowds_have_a_table_of_their_own_and_ratios_to_as_big_a_crowd_of_the_floors() {
        let mut report = report();
        assert_eq!(report.tables().split("\n\n").count(), 2, "there was no crowd");
        for (name, callers, rate) in
            [("floor", 1, 100.0), ("vending", 1, 50.0), ("floor", 8, 400.0), ("vending", 8, 100.0)]
        {
            report.add_crowd(name, callers, [(CrowdMeasure::Rate, rate)]);
        }
        let tables = report.tables();
        let lines = lines(&tables, 3);
        assert!(lines[2].starts_with("| warm calls a second | 1 ") && lines[2].contains("100 /s"), "{tables}");
        assert!(lines[3].starts_with("|                     |   ") && lines[3].contains(" 0.50 |"), "{tables}");
        assert!(lines[4].starts_with("|                     | 8 "), "{tables}");
        assert!(lines[5].contains(" 0.25 |"), "{tables}");
    }

    #[test]
    fn the_json_has_every_figure() {
        let mut report = report();
        report.add_crowd("js", 8, [(CrowdMeasure::PeakMemory, 5.0)]);
        let report: Value = serde_json::from_str(&report.json()).unwrap();
        let floor = &report["contenders"][0]["measures"][0];
        assert_eq!((&floor["measure"], &floor["median"]), (&json!("cold"), &json!(3.0)));
        assert_eq!(floor["values"], json!([2.0, 4.0]));
        assert_eq!(report["contenders"][4]["command"], "node index.mjs");
        assert_eq!(report["contenders"][4]["measures"][0]["times_floor"], json!(100.0));
        let crowd = &report["contenders"][4]["crowds"][0];
        assert_eq!((&crowd["measure"], &crowd["callers"]), (&json!("peak_memory"), &json!(8)));
        assert_eq!((&crowd["unit"], &crowd["values"]), (&json!("bytes"), &json!([5.0])));
        assert_eq!(report["settings"]["callers"], json!([1, 8, 64]));
    }
}

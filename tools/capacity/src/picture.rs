//! The picture of the guide: two charts as SVG, by hand, which follow the reader's light or dark surroundings.

use std::fmt::Write as _;
use std::time::Duration;

use crate::scenario::{AFTER_THE_HOUR, Grants, Mode, Place};
use crate::search::NEXT_TO_NOBODY;
use crate::study::{Simulated, Study};
use crate::words::{number, share, wait};

/// How many users the chart of the herd is about, and on how many instances.
const HERD: (u32, u32) = (100_000, 1_000);

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 700.0;
const CHART: (f64, f64) = (560.0, 240.0);
const LEFT: f64 = 64.0;

/// The colours of text, faint lines and curves, by light and by dark. The curves differ by their dashes as well.
const STYLE: &str = "\
text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 15px }
.small { font-size: 12px; fill: #59636e }
.paper { fill: #ffffff }
.grid { stroke: #d1d9e0; stroke-width: 1 }
.mark { stroke: #59636e; stroke-width: 1; stroke-dasharray: 2 3 }
.curve { fill: none; stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round }
.c0 { stroke: #59636e } .c1 { stroke: #bc4c00; stroke-dasharray: 7 4 } .c2 { stroke: #8250df; stroke-dasharray: 2 5 }
.c3 { stroke: #0969da } .c4 { stroke: #1a7f37; stroke-dasharray: 12 4 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .small { fill: #9198a1 } .paper { fill: #0d1117 } .grid { stroke: #3d444d } .mark { stroke: #9198a1 }
  .c0 { stroke: #9198a1 } .c1 { stroke: #f0883e } .c2 { stroke: #bc8cff } .c3 { stroke: #58a6ff } .c4 { stroke: #3fb950 }
}
";

/// A chart: where on the page it begins, what it says, and its curves.
struct Chart {
    top: f64,
    title: String,
    subtitle: &'static str,
    across: Axis,
    up: Axis,
    curves: Vec<Curve>,
}

/// From what to what, with what is written at which values.
struct Axis {
    scale: Scale,
    from: f64,
    to: f64,
    ticks: Vec<(f64, String)>,
}

#[derive(Clone, Copy)]
enum Scale {
    Linear,
    Logarithmic,
}

struct Curve {
    name: String,
    points: Vec<(f64, f64)>,
}

/// The picture of a study.
#[must_use]
pub fn picture(study: &Study) -> String {
    let mut svg = String::new();
    // Writing to a text cannot fail.
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         role=\"img\" aria-labelledby=\"title\">\n<title id=\"title\">Who has a token how soon, and how many users there can \
         be</title>\n<style>\n{STYLE}</style>\n<rect class=\"paper\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n"
    );
    for chart in [herd(study), knee(study)] {
        chart.draw(&mut svg);
    }
    svg.push_str("</svg>\n");
    svg
}

fn herd(study: &Study) -> Chart {
    let (users, instances) = HERD;
    let is_shown = |(scenario, _): &&Simulated| {
        let place = matches!(scenario.place, Place::Lambda(most) if most.get() == instances);
        // Whatever the mode, tokens of one's own come one after the other.
        let is_one_of_many = scenario.grants == Grants::Own && scenario.mode != Mode::Off;
        place && scenario.users == users && !is_one_of_many
    };
    let moments = (0..=200_u32).map(|step| 0.05 * (AFTER_THE_HOUR.as_secs_f64() / 0.05).powf(f64::from(step) / 200.0));
    let curves = study.herd.iter().filter(is_shown).map(|(scenario, figures)| Curve {
        name: match (scenario.grants, scenario.mode) {
            (Grants::Own, _) | (_, Mode::Off) => "own tokens, any mode".to_owned(),
            (Grants::Groups(_), Mode::Instance) => "same grant, instance".to_owned(),
            (Grants::Groups(_), Mode::Shared) => {
                format!("same grant, shared, {} op/s", number(scenario.cache_operations_per_second.get().into()))
            }
        },
        points: moments.clone().map(|at| (at, figures.served_within(Duration::from_secs_f64(at)))).collect(),
    });
    let tick = |seconds: f64| (seconds, wait(Some(Duration::from_secs_f64(seconds))));
    Chart {
        top: 40.0,
        title: format!(
            "{} pages open within five seconds, {} instances",
            number(users.into()),
            number(instances.into())
        ),
        subtitle: "who has a token, how long after asking for it first",
        across: Axis {
            scale: Scale::Logarithmic,
            from: 0.05,
            to: AFTER_THE_HOUR.as_secs_f64(),
            ticks: [0.1, 1.0, 10.0, 60.0, 120.0].map(tick).into(),
        },
        up: Axis { scale: Scale::Linear, from: 0.0, to: 1.0, ticks: percents(&[0.0, 0.25, 0.5, 0.75, 1.0]) },
        curves: curves.collect(),
    }
}

fn knee(study: &Study) -> Chart {
    let curve = |mode, name: &str| Curve {
        name: name.to_owned(),
        points: study
            .knee
            .iter()
            .filter(|(scenario, _)| scenario.mode == mode)
            .map(|(scenario, figures)| (f64::from(scenario.users) / scenario.formula(), figures.refused_share()))
            .collect(),
    };
    let percent_of = |part: f64| (part, share(part));
    let mut up = percents(&[0.0001, 0.01, 0.1, 1.0]);
    up.push((NEXT_TO_NOBODY, share(NEXT_TO_NOBODY)));
    Chart {
        top: 390.0,
        title: "Users with tokens of their own, more and more of them".to_owned(),
        subtitle: "requests that are refused, by the number of users in percent of the formula's",
        across: Axis {
            scale: Scale::Linear,
            from: 0.5,
            to: 1.2,
            ticks: [0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2].map(percent_of).into(),
        },
        up: Axis { scale: Scale::Logarithmic, from: 0.0001, to: 1.0, ticks: up },
        curves: vec![curve(Mode::Off, "off, instance"), curve(Mode::Shared, "shared")],
    }
}

fn percents(shares: &[f64]) -> Vec<(f64, String)> {
    shares.iter().map(|&part| (part, format!("{} %", (part * 10_000.0).round() / 100.0))).collect()
}

impl Axis {
    /// How far along it a value is, from nothing to one; what is outside is at its end.
    fn along(&self, value: f64) -> f64 {
        let part = match self.scale {
            Scale::Linear => (value - self.from) / (self.to - self.from),
            Scale::Logarithmic => (value.max(self.from) / self.from).ln() / (self.to / self.from).ln(),
        };
        part.clamp(0.0, 1.0)
    }
}

impl Chart {
    fn draw(&self, svg: &mut String) {
        let Self { top, title, subtitle, .. } = self;
        let (width, height) = CHART;
        let (right, floor) = (LEFT + width, top + 24.0 + height);
        let (title_at, subtitle_at) = (top - 14.0, top + 6.0);
        let x = |value: f64| LEFT + self.across.along(value) * width;
        let y = |value: f64| floor - self.up.along(value) * height;
        let _ = writeln!(svg, "<text class=\"title\" x=\"{LEFT}\" y=\"{title_at}\">{title}</text>");
        let _ = writeln!(svg, "<text class=\"small\" x=\"{LEFT}\" y=\"{subtitle_at}\">{subtitle}</text>");
        for (value, text) in &self.up.ticks {
            let at = y(*value);
            let class = if (*value - NEXT_TO_NOBODY).abs() < f64::EPSILON { "mark" } else { "grid" };
            let _ = writeln!(svg, "<path class=\"{class}\" d=\"M{LEFT} {at:.1}H{right}\"/>");
            let (text_x, text_y) = (LEFT - 8.0, at + 4.0);
            let _ = writeln!(
                svg,
                "<text class=\"small\" text-anchor=\"end\" x=\"{text_x}\" y=\"{text_y:.1}\">{text}</text>"
            );
        }
        for (value, text) in &self.across.ticks {
            let (at, below, text_y) = (x(*value), floor + 5.0, floor + 20.0);
            let _ = writeln!(svg, "<path class=\"grid\" d=\"M{at:.1} {floor}V{below}\"/>");
            let _ = writeln!(
                svg,
                "<text class=\"small\" text-anchor=\"middle\" x=\"{at:.1}\" y=\"{text_y}\">{text}</text>"
            );
        }
        for (index, curve) in self.curves.iter().enumerate() {
            let points = curve.points.iter().map(|(across, up)| format!("{:.1},{:.1}", x(*across), y(*up)));
            let points = points.collect::<Vec<_>>().join(" ");
            let _ = writeln!(svg, "<polyline class=\"curve c{index}\" points=\"{points}\"/>");
            let (from, to, at) = (right + 20.0, right + 50.0, top + 36.0 + 26.0 * index as f64);
            let (text_x, text_y) = (to + 8.0, at + 4.0);
            let _ = writeln!(svg, "<path class=\"curve c{index}\" d=\"M{from} {at}H{to}\"/>");
            let _ = writeln!(svg, "<text x=\"{text_x}\" y=\"{text_y}\">{}</text>", curve.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_where_the_scale_has_it_and_never_outside() {
        let axis = |scale, from, to| Axis { scale, from, to, ticks: vec![] };
        let linear = axis(Scale::Linear, 0.5, 1.5);
        assert_eq!([0.0, 0.5, 1.0, 1.5, 2.0].map(|value| linear.along(value)), [0.0, 0.0, 0.5, 1.0, 1.0]);
        let logarithmic = axis(Scale::Logarithmic, 0.01, 100.0);
        assert_eq!([0.0, 0.01, 1.0, 100.0, 1e9].map(|value| logarithmic.along(value)), [0.0, 0.0, 0.5, 1.0, 1.0]);
    }
}

//! Charts as SVG, drawn by plotters. The numbers stand in a table beside each, so a chart is a
//! picture of them and says nothing alone.

use maud::Markup;
use plotters::prelude::*;

use super::drawn;

/// A measured share with its interval, in per cent.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Bar {
    /// Of what.
    pub(in super::super) name: String,
    /// As measured.
    pub(in super::super) at: f64,
    /// Its interval.
    pub(in super::super) least: f64,
    /// And the other end of that.
    pub(in super::super) most: f64,
    /// What it may be at most.
    pub(in super::super) target: f64,
}

const SIZE: (u32, u32) = (640, 280);
const INK: RGBColor = RGBColor(11, 92, 173);
const LIMIT: RGBColor = RGBColor(163, 22, 14);
const GREY: RGBColor = RGBColor(123, 133, 150);
/// Points of text on a chart.
const TEXT: u32 = 13;

/// Intervals side by side, each with its target as a line; none where there is nothing to draw.
pub(in super::super) fn intervals(bars: &[Bar]) -> Option<Markup> {
    let most = bars
        .iter()
        .map(|bar| bar.most.max(bar.target))
        .fold(0.0, f64::max);
    let names: Vec<&str> = bars.iter().map(|bar| bar.name.as_str()).collect();
    plotted(&names, (0.0, most), |chart| {
        for (bar, at) in bars.iter().zip(0..) {
            let x = f64::from(at);
            let line = |from: (f64, f64), to: (f64, f64), style: ShapeStyle| {
                PathElement::new(vec![from, to], style)
            };
            let elements = [
                line((x, bar.least), (x, bar.most), INK.stroke_width(3)),
                line((x - 0.15, bar.at), (x + 0.15, bar.at), INK.stroke_width(3)),
                line(
                    (x - 0.35, bar.target),
                    (x + 0.35, bar.target),
                    LIMIT.stroke_width(2),
                ),
            ];
            chart.draw_series(elements).ok()?;
        }
        Some(())
    })
}

/// One value after another; `least` is what the scale reaches at the least.
pub(in super::super) fn line(values: &[(String, f64)], least: f64) -> Option<Markup> {
    let most = values.iter().map(|(_, value)| *value).fold(least, f64::max);
    let names: Vec<&str> = values.iter().map(|(name, _)| name.as_str()).collect();
    let points: Vec<(f64, f64)> = (0..)
        .map(f64::from)
        .zip(values.iter().map(|(_, value)| *value))
        .collect();
    plotted(&names, (0.0, most), |chart| {
        let series = LineSeries::new(points.clone(), INK.stroke_width(2));
        chart.draw_series(series).ok()?;
        let dots = points
            .iter()
            .map(|point| Circle::new(*point, 4, INK.filled()));
        chart.draw_series(dots).ok()?;
        Some(())
    })
}

type Chart<'a, 'b> = ChartContext<
    'a,
    SVGBackend<'b>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

/// A chart with names along its foot and a scale at its side.
fn plotted(
    names: &[&str],
    (least, most): (f64, f64),
    draw: impl FnOnce(&mut Chart<'_, '_>) -> Option<()>,
) -> Option<Markup> {
    if names.is_empty() || most <= least {
        return None;
    }
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        let last = names.len() as f64 - 0.5;
        let mut chart = ChartBuilder::on(&root)
            .margin(8)
            .x_label_area_size(36)
            .y_label_area_size(56)
            .build_cartesian_2d(-0.5..last, least..most * 1.08)
            .ok()?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(GREY.mix(0.3))
            .axis_style(GREY)
            .label_style(("sans-serif", TEXT).into_font())
            .x_labels(names.len().min(12))
            .x_label_formatter(&|at| name_at(names, *at))
            .y_labels(6)
            .y_label_formatter(&|value| format!("{value:.1}"))
            .draw()
            .ok()?;
        draw(&mut chart)?;
        drop(chart);
        root.present().ok()?;
    }
    Some(drawn(svg))
}

/// The name of a whole place on the foot; nothing between two.
fn name_at(names: &[&str], at: f64) -> String {
    let whole = at.round();
    let near = (at - whole).abs() < 0.05 && whole >= 0.0;
    let name = names.get(whole as usize).filter(|_| near);
    name.map(|name| (*name).to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_is_an_svg_without_styles_of_its_own() {
        let values = [("1 Nov".to_owned(), 40.0), ("8 <Nov>".to_owned(), 60.0)];
        let svg = line(&values, 100.0).unwrap().into_string();
        assert!(svg.starts_with("<svg") && svg.contains("1 Nov"), "{svg}");
        // Our pages allow no style within them, and what is written by people is escaped.
        assert!(!svg.contains("style=") && !svg.contains("<Nov>"), "{svg}");
        assert_eq!(line(&[], 100.0).map(|svg| svg.0), None);
    }
}

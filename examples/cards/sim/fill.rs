//! Fills a side in: decides what is written and ticked, and puts the ink on the page.

use postroom::domain::form::{BoxStyle, Choice, FormField, Side, TickField};
use postroom::domain::geometry::Area;

use super::chance::Chance;
use super::hand::{Faces, Writer};
use super::ink::{Spot, Way};
use super::page::Page;
use super::real::Real;
use super::severity::{Pen, Severity};
use super::ticks::{self, Intent, Stroke};
use super::truth::{Field, Signature, Tick, WrittenBox};
use super::warp::{Point, Warp};
use super::words::Person;
use super::writing::{Sign, Text};

/// Everything that ink needs to get on the page.
pub struct Filling<'a> {
    pub page: &'a mut Page,
    pub warp: &'a Warp,
    pub faces: &'a Faces,
    pub real: Option<&'a Real>,
    pub severity: &'a Severity,
    pub chance: &'a mut Chance,
    pub pen: Pen,
    pub writer: Writer,
    pub person: Person,
}

/// A stroke of another box that reaches so far into a box (mm) makes it doubtful.
const INTRUSION: f64 = 0.2;

impl Filling<'_> {
    /// Writes the fields of a side, but some.
    pub fn fields(&mut self, side: &Side) -> Vec<Field> {
        side.fields.iter().map(|field| self.field(field)).collect()
    }

    fn field(&mut self, field: &FormField) -> Field {
        let filled = !self.chance.happens(self.severity.unfilled);
        let open = field.style == BoxStyle::Line;
        let count = field.boxes.len();
        let text = if filled {
            self.person.fills(field.kind, count, open, self.chance)
        } else {
            Text::default()
        };
        let boxes = if open {
            self.lines(&field.boxes, &text.written())
        } else {
            let mut signs = text.signs.iter();
            let boxes = field.boxes.iter();
            boxes
                .map(|place| match signs.next() {
                    Some(sign) => self.written(place, *sign),
                    None => self.sign(place, ' '),
                })
                .collect()
        };
        Field {
            name: field.name.clone(),
            meant: text.meant,
            departure: text.departure,
            slip: text.slip,
            boxes,
        }
    }

    /// A character with what was written first, or struck out.
    fn written(&mut self, place: &Area, sign: Sign) -> WrittenBox {
        let under = sign.under.map(|under| self.sign(place, under));
        let mut written = self.sign(place, sign.sign);
        if let Some(under) = under {
            written.ink.extend(under.ink);
        }
        if sign.struck {
            ticks::strike(place, self.chance)
                .iter()
                .for_each(|stroke| self.draw(stroke));
        }
        written.under = sign.under;
        written.struck = sign.struck;
        written
    }

    /// Writes a character in its box; nothing, for a space.
    pub fn sign(&mut self, place: &Area, sign: char) -> WrittenBox {
        let larger = if self.chance.happens(self.severity.run_over) {
            self.chance.between(1.25, 1.7)
        } else {
            1.0
        };
        let shape = (self.writer.size * larger, self.writer.slant);
        let real = self
            .real
            .and_then(|real| real.in_box(sign, place, shape, self.warp, self.chance));
        let spot = match real {
            Some(spot) => self.lay(spot),
            None => {
                let shape = (self.pen.width, larger);
                let faces = self.faces;
                let outlines = faces.in_box(&self.writer, sign, place, shape, self.chance);
                self.write(&outlines)
            }
        };
        let ink: Vec<Spot> = spot.into_iter().collect();
        let written = !ink.is_empty();
        WrittenBox {
            place: *place,
            text: if written {
                sign.to_string()
            } else {
                " ".to_owned()
            },
            ink,
            faint: self.pen.pencil,
            under: None,
            struck: false,
        }
    }

    fn lines(&mut self, places: &[Area], text: &str) -> Vec<WrittenBox> {
        let mut rest: Vec<char> = text.chars().collect();
        let mut boxes = Vec::new();
        for place in places {
            let pen = self.pen.width.min(0.7);
            let line: String = rest.iter().collect();
            let written = self
                .faces
                .on_line(&self.writer, &line, place, pen, self.chance);
            let taken: String = written.iter().map(|(sign, _)| *sign).collect();
            let ink = written
                .iter()
                .filter_map(|(_, outlines)| self.write(outlines))
                .collect();
            // Spaces are no signs: as many characters are done as hold these signs.
            let mut left = taken.chars().count();
            let done = rest.iter().take_while(|sign| {
                let more = left > 0;
                left -= usize::from(more && **sign != ' ');
                more
            });
            let done = done.count();
            let text: String = rest.drain(..done).collect();
            boxes.push(WrittenBox {
                place: *place,
                text: text.trim().to_owned(),
                ink,
                faint: self.pen.pencil,
                under: None,
                struck: false,
            });
        }
        boxes
    }

    /// Puts outlines in mm on the page.
    fn write(&mut self, outlines: &[Vec<Point>]) -> Option<Spot> {
        let on_page: Vec<Vec<Point>> = outlines
            .iter()
            .map(|outline| {
                outline
                    .iter()
                    .map(|point| self.warp.to_page(*point))
                    .collect()
            })
            .collect();
        self.lay(Spot::enclosed(&on_page))
    }

    /// Puts ink on the page as the pen gives it; what is no ink is none.
    fn lay(&mut self, mut spot: Spot) -> Option<Spot> {
        spot.thinned(self.pen.thin, self.chance);
        let tones = self.page.tones(self.pen.rgb);
        self.page.lay(&spot, &tones, 1.0);
        (!spot.cover.is_empty()).then_some(spot)
    }

    /// Draws a stroke in mm on the page.
    pub fn draw(&mut self, stroke: &Stroke) {
        let half = self.pen.width * stroke.wide * self.warp.scale / 2.0;
        let mut press = 0.0;
        let way: Way = stroke
            .points
            .iter()
            .map(|point| {
                press = press * 0.7 + self.chance.normal() * 0.06;
                let wide = (1.0_f64 + press).clamp(0.7, 1.3);
                (self.warp.to_page(*point), half * wide)
            })
            .collect();
        let mut spot = Spot::drawn(&way);
        spot.thinned(self.pen.thin, self.chance);
        let tones = self.page.tones(self.pen.rgb);
        self.page.lay(&spot, &tones, stroke.dark);
    }

    /// Ticks the boxes of a side as their fields allow, and now and then as they do not.
    /// Strokes from elsewhere may reach into them.
    pub fn ticks(&mut self, side: &Side, elsewhere: &[Stroke]) -> Vec<Tick> {
        let mut done: Vec<(Tick, Vec<Stroke>)> = Vec::new();
        for field in &side.ticks {
            let intents = self.intents(field);
            for (option, intent) in field.options.iter().zip(intents) {
                let (strokes, how) =
                    ticks::tick(intent, &option.place, self.pen.width, self.chance);
                strokes.iter().for_each(|stroke| self.draw(stroke));
                let name = if field.options.len() > 1 {
                    format!("{}.{}", field.name, option.name)
                } else {
                    field.name.clone()
                };
                let tick = Tick {
                    name,
                    place: option.place,
                    consent: field.consent.is_some(),
                    intent,
                    how,
                };
                done.push((tick, strokes));
            }
        }
        for at in 0..done.len() {
            let place = wider(&done[at].0.place, self.pen.width / 2.0);
            let others = done.iter().enumerate().filter(|(other, _)| *other != at);
            let intruded = others
                .flat_map(|(_, (_, strokes))| strokes)
                .chain(elsewhere)
                .any(|stroke| within(stroke, &place) > INTRUSION);
            let tick = &mut done[at].0;
            if intruded && tick.intent == Intent::Empty {
                tick.intent = Intent::Ambiguous;
                tick.how = "a stroke from elsewhere";
            }
        }
        done.into_iter().map(|(tick, _)| tick).collect()
    }

    fn intents(&mut self, field: &TickField) -> Vec<Intent> {
        let weights = self.severity.ticks;
        let free = |chance: &mut Chance| Intent::ALL[chance.weighted(&weights)];
        let count = field.options.len();
        if field.choice != Choice::OneOf {
            return (0..count).map(|_| free(self.chance)).collect();
        }
        // One is marked, or none, or two; with one corrected, another is marked.
        let mut intents = vec![Intent::Empty; count];
        let first = self.chance.below(count);
        let second = (first + 1 + self.chance.below(count.max(2) - 1)) % count;
        intents[first] = match self.chance.happens(0.1) {
            true => Intent::Empty,
            false => Intent::Marked,
        };
        if second != first {
            intents[second] = match free(self.chance) {
                // Two marks are rare.
                Intent::Marked if !self.chance.happens(0.1) => Intent::Empty,
                other => other,
            };
        }
        intents
    }

    /// Signs, or not; with the strokes.
    pub fn signatures(&mut self, side: &Side) -> (Vec<Signature>, Vec<Stroke>) {
        let mut signatures = Vec::new();
        let mut strokes = Vec::new();
        for signature in &side.signatures {
            let signed = self.chance.happens(0.75);
            if signed {
                let signing = ticks::signature(&signature.place, self.chance);
                signing.iter().for_each(|stroke| self.draw(stroke));
                strokes.extend(signing);
            }
            signatures.push(Signature {
                name: signature.name.clone(),
                place: signature.place,
                signed,
            });
        }
        (signatures, strokes)
    }

    /// Marks that mean nothing, clear of every place that is to be read.
    pub fn strays(&mut self, side: &Side, size: Point) {
        let places = side.places();
        for _ in 0..self.chance.count(self.severity.stray) {
            let near = self.chance.one_of(&places).1;
            let at = match self.chance.happens(0.6) {
                true => [
                    near.x + self.chance.between(-4.0, near.w + 4.0),
                    near.y + self.chance.between(-4.0, near.h + 4.0),
                ],
                false => size.map(|side| self.chance.share() * side),
            };
            let stroke = ticks::stray(at, self.chance);
            let clear = |place: &Area| within(&stroke, &wider(place, 0.6)) == 0.0;
            if places.iter().all(|(_, place)| clear(place)) {
                self.draw(&stroke);
            }
        }
    }
}

/// A place so much wider on all sides, mm.
fn wider(place: &Area, by: f64) -> Area {
    Area::new(
        place.x - by,
        place.y - by,
        place.w + 2.0 * by,
        place.h + 2.0 * by,
    )
}

/// How much of a stroke lies within a place, mm.
fn within(stroke: &Stroke, place: &Area) -> f64 {
    let inside = |[x, y]: Point| {
        (place.x..=place.right()).contains(&x) && (place.y..=place.bottom()).contains(&y)
    };
    let mut length = 0.0;
    for pair in stroke.points.windows(2) {
        let along = [pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]];
        let pieces = 1 + (along[0].hypot(along[1]) / 0.1) as usize;
        let piece = along[0].hypot(along[1]) / pieces as f64;
        for at in 0..pieces {
            let part = (at as f64 + 0.5) / pieces as f64;
            if inside([pair[0][0] + along[0] * part, pair[0][1] + along[1] * part]) {
                length += piece;
            }
        }
    }
    length
}

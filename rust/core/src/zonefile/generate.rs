//! $GENERATE: records made from a template, in the form of BIND (ARM, "BIND Primary File Extension").
//!
//! ```text
//! $GENERATE start-stop[/step] owner [TTL] [IN] type data
//! ```
//!
//! In owner and data `$` is the number, `${offset,width,base}` the number changed and formatted, and
//! `\$` or `$$` a dollar sign. Data in one pair of quotes is taken without them.

use super::directives::argument;
use super::made::{self, Made};
use super::reader::{Head, Owner, Reader};
use super::Sink;
use crate::record::{self, number, Case, Fault, Faulty, Token, Tokens};
use std::fmt::Write;

/// Most records that the $GENERATEs of one zone make.
const MAX_RECORDS: u64 = 16_777_216;
/// Most octets of template that one $GENERATE goes through: minutes, not hours, for the longest lines.
const MAX_WORK: u64 = 1 << 32;
const FORM: &str = "write: $GENERATE 1-10 host-$ A 192.0.2.$";

impl<S: Sink> Reader<'_, S> {
    pub(super) fn generate(&mut self, tokens: &mut Tokens<'_>, directive: &Token<'_>) -> Faulty<()> {
        let token = argument(tokens, "the range is missing behind $GENERATE", "$GENERATE 1-10 host-$ A 192.0.2.$")?;
        let range = Range::parse(&token).ok_or_else(|| token.fault(format!("{} is no range", token.shown()), FORM))?;
        let owner = argument(tokens, "the owner is missing", "$GENERATE 1-10 host-$ A 192.0.2.$")?;
        let owner_parts = parts(owner.text).map_err(|at| no_format(&owner, at))?;
        let next = tokens.next()?;
        let head = self.head(tokens, next)?;
        self.under_way = Some(head.rtype);
        tokens.skip_blank()?;
        let data_at = tokens.position();
        let data =
            Token { text: template(tokens.rest_of_line()?), is_quoted: false, line: data_at.0, column: data_at.1 };
        let data_parts = parts(data.text).map_err(|at| no_format(&data, at))?;
        self.count(&token, &range, owner.text.len() + data.text.len())?;
        if let Some(counting) = &mut self.counting {
            // Numbers are longest at one of the ends.
            let ends = [range.start, range.stop].map(|value| value as i64);
            let longest = |parts: &[Part<'_>]| ends.map(|value| length(parts, value)).into_iter().max().unwrap_or(0);
            let unfolded = made::unfolded(data.text, head.rtype);
            let data = longest(&data_parts).saturating_mul(unfolded);
            let line = made::line(longest(&owner_parts), data, &self.origin, head.rtype);
            let records = range.count();
            counting.add(Made { records, octets: records.saturating_mul(line) }, directive);
            return Ok(());
        }

        let (mut owner_text, mut data_text) = (String::new(), String::new());
        let before = (self.owner, self.owner_state);
        let made = range.values().try_for_each(|value| {
            let made = Template { directive, value, head: &head, data_at };
            expand(&owner_parts, value, &mut owner_text);
            expand(&data_parts, value, &mut data_text);
            self.generated_record(&made, (&owner, &owner_text), (&data, &data_text))
        });
        (self.owner, self.owner_state) = before;
        made
    }

    fn generated_record(
        &mut self,
        made: &Template<'_>,
        owner: (&Token<'_>, &str),
        data: (&Token<'_>, &str),
    ) -> Faulty<()> {
        let name = Token { text: owner.1.as_bytes(), ..*owner.0 };
        self.owner_state = Owner::Bad;
        record::read_name(&mut self.owner, &name, &self.origin).map_err(|fault| made.place(*fault, owner.0))?;
        self.owner_state = Owner::Known;
        let mut tokens = Tokens::new(data.1.as_bytes());
        // Nobody wrote these names, so nobody looks for them as they were written.
        record::rdata(made.head.rtype, &mut tokens, (&self.origin, Case::Canonical), &mut self.rdata)
            .map_err(|fault| made.place(*fault, data.0))?;
        self.emit(made.head, made.directive, (made.data_at, data.1.as_bytes()))
    }

    /// Refuses what would take too long before any of it is made.
    fn count(&mut self, token: &Token<'_>, range: &Range, template_len: usize) -> Faulty<()> {
        let total = self.generated.saturating_add(range.count());
        if total > MAX_RECORDS {
            let what = format!("$GENERATE would make {total} records; at most {MAX_RECORDS} are made for one zone");
            return Err(token.fault(what, "take a smaller range"));
        }
        if range.count().saturating_mul(template_len as u64) > MAX_WORK {
            return Err(token.fault("$GENERATE would repeat too long a text too often", "take a smaller range"));
        }
        self.generated = total;
        Ok(())
    }
}

/// What one made record comes from.
struct Template<'t> {
    directive: &'t Token<'t>,
    value: i64,
    head: &'t Head,
    data_at: (u32, u32),
}

impl Template<'_> {
    /// A fault in text that was made stands where its template stands.
    fn place(&self, fault: Fault, template: &Token<'_>) -> Box<Fault> {
        template.fault(format!("{} (made for $ = {})", fault.what, self.value), fault.hint)
    }
}

struct Range {
    start: u64,
    stop: u64,
    step: u64,
}

impl Range {
    fn parse(token: &Token<'_>) -> Option<Range> {
        let (range, step) = token.as_str().split_once('/').unwrap_or((token.as_str(), "1"));
        let (start, stop) = range.split_once('-')?;
        let value = |text: &str| number(text.as_bytes()).filter(|value| *value < 1 << 31);
        let range = Range { start: value(start)?, stop: value(stop)?, step: value(step)? };
        (range.start <= range.stop && range.step > 0).then_some(range)
    }

    fn count(&self) -> u64 {
        (self.stop - self.start) / self.step + 1
    }

    fn values(&self) -> impl Iterator<Item = i64> {
        (self.start as i64..=self.stop as i64).step_by(self.step as usize)
    }
}

/// The data's template: the rest of the line, or what one pair of quotes around all of it holds.
fn template(rest: &[u8]) -> &[u8] {
    let mut tokens = Tokens::new(rest);
    match (tokens.next(), tokens.next()) {
        (Ok(Some(only)), Ok(None)) if only.is_quoted => only.text,
        _ => rest,
    }
}

fn no_format(token: &Token<'_>, at: usize) -> Box<Fault> {
    let what = format!("{} is no format of a number", record::quote(&token.text[at..]));
    token.fault_in(at, what, "write: ${offset,width,base} with base one of d o x X n N; a dollar sign is `\\$`")
}

#[derive(Clone, Copy)]
enum Part<'a> {
    Text(&'a str),
    Number { offset: i64, width: usize, base: u8 },
}

/// Splits a template; fails with the place of a `${` that is no format, or of octets that are no text.
fn parts(template: &[u8]) -> Result<Vec<Part<'_>>, usize> {
    let text = std::str::from_utf8(template).map_err(|error| error.valid_up_to())?;
    let (mut parts, mut at) = (Vec::new(), 0);
    while let Some(step) = text[at..].find(['$', '\\']) {
        let rest = &text[at + step..];
        parts.push(Part::Text(&text[at..at + step]));
        let (part, used) = match rest.as_bytes() {
            [b'\\', ..] => {
                let escape = rest.chars().take(2).map(char::len_utf8).sum();
                (Part::Text(&rest[..escape]), escape)
            }
            [b'$', b'$', ..] => (Part::Text("\\$"), 2),
            [b'$', b'{', ..] => format(rest).ok_or(at + step)?,
            _ => (Part::Number { offset: 0, width: 0, base: b'd' }, 1),
        };
        parts.push(part);
        at += step + used;
    }
    parts.push(Part::Text(&text[at..]));
    Ok(parts)
}

/// `${offset[,width[,base]]}` and how long it is.
fn format(text: &str) -> Option<(Part<'_>, usize)> {
    let end = text.find('}')?;
    let mut fields = text.get(2..end)?.split(',');
    let offset: i64 = fields.next()?.parse::<i32>().ok()?.into();
    let width = fields.next().map_or(Some(0), |width| number(width.as_bytes()).filter(|width| *width <= 255))?;
    let base = match fields.next().unwrap_or("d").as_bytes() {
        [base @ (b'd' | b'o' | b'x' | b'X' | b'n' | b'N')] => *base,
        _ => return None,
    };
    fields.next().is_none().then_some((Part::Number { offset, width: width as usize, base }, end + 1))
}

fn expand(parts: &[Part<'_>], value: i64, out: &mut String) {
    out.clear();
    for part in parts {
        match *part {
            Part::Text(text) => out.push_str(text),
            Part::Number { offset, width, base } => write_number(value + offset, width, base, out),
        }
    }
}

/// Octets that a template has for a value, as `made` counts them; nothing is made for it, since it may be long.
fn length(parts: &[Part<'_>], value: i64) -> u64 {
    let mut number = String::new();
    let lengths = parts.iter().map(|part| match *part {
        Part::Text(text) => made::written(text),
        Part::Number { .. } => {
            expand(std::slice::from_ref(part), value, &mut number);
            number.len() as u64
        }
    });
    lengths.sum()
}

/// As C's printf does it: a negative number has a sign in decimal and 32 bits else.
fn write_number(value: i64, width: usize, base: u8, out: &mut String) {
    let bits = value as u32;
    // Writing into a String does not fail.
    let _ = match base {
        b'o' => write!(out, "{bits:0width$o}"),
        b'x' => write!(out, "{bits:0width$x}"),
        b'X' => write!(out, "{bits:0width$X}"),
        b'n' | b'N' => write_nibbles(bits, width, base == b'N', out),
        _ => write!(out, "{value:0width$}"),
    };
}

/// The hexadecimal digits from the last to the first with dots between, as names below ip6.arpa have them;
/// `width` counts the dots too.
fn write_nibbles(mut bits: u32, width: usize, is_upper: bool, out: &mut String) -> std::fmt::Result {
    let mut written = 0;
    loop {
        match is_upper {
            true => write!(out, "{:X}", bits & 15)?,
            false => write!(out, "{:x}", bits & 15)?,
        }
        bits >>= 4;
        written += 1;
        if bits == 0 && written >= width {
            return Ok(());
        }
        out.push('.');
        written += 1;
        if bits == 0 && written >= width {
            return Ok(());
        }
    }
}

//! $ORIGIN, $TTL and $INCLUDE (RFC 1035 5.1, RFC 2308 4).

use super::reader::{ttl_of, Reader};
use super::Sink;
use crate::name::Name;
use crate::record::{self, unescaped, Faulty, Token, Tokens};
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// How deep files may include files.
const MAX_DEPTH: usize = 16;
/// How many files one zone may include: what files that include others twice would grow to is not waited for.
const MAX_INCLUDED: u32 = 65_536;

impl<S: Sink> Reader<'_, S> {
    pub(super) fn directive(&mut self, tokens: &mut Tokens<'_>, directive: &Token<'_>) -> Faulty<()> {
        match directive.text.to_ascii_uppercase().as_slice() {
            b"$ORIGIN" => self.set_origin(tokens),
            b"$TTL" => self.set_ttl(tokens),
            b"$INCLUDE" => self.include(tokens),
            b"$GENERATE" => self.generate(tokens, directive),
            _ => {
                let hint =
                    "known are $ORIGIN, $TTL, $INCLUDE and $GENERATE; an owner with a dollar sign is written \\$...";
                Err(directive.fault(format!("{} is no directive", directive.shown()), hint))
            }
        }
    }

    fn set_origin(&mut self, tokens: &mut Tokens<'_>) -> Faulty<()> {
        let token = argument(tokens, "the name is missing behind $ORIGIN", "$ORIGIN example.com.")?;
        let mut name = Name::ROOT;
        record::read_name(&mut name, &token, &self.origin)?;
        end(tokens)?;
        self.origin = name;
        Ok(())
    }

    fn set_ttl(&mut self, tokens: &mut Tokens<'_>) -> Faulty<()> {
        let token = argument(tokens, "the time is missing behind $TTL", "$TTL 3600")?;
        let ttl = ttl_of(&token)?;
        end(tokens)?;
        self.ttls.directive = Some(ttl);
        Ok(())
    }

    /// `$INCLUDE file [origin]`. Origin and owner are afterwards what they were before (RFC 1035 5.1);
    /// a $TTL of the included file stays, as in BIND.
    fn include(&mut self, tokens: &mut Tokens<'_>) -> Faulty<()> {
        let token = argument(tokens, "the file is missing behind $INCLUDE", "$INCLUDE hosts.zone")?;
        if !self.may_include {
            return Err(token.fault("no file is included here", "put its records in the place of $INCLUDE"));
        }
        let mut origin = self.origin;
        if let Some(name) = tokens.next()? {
            record::read_name(&mut origin, &name, &self.origin)?;
        }
        end(tokens)?;
        let path = self.path_of(&token)?;
        let (real, bytes) = self.open(&token, &path)?;
        let before = (self.file, self.origin, self.owner, self.owner_state);
        self.origin = origin;
        self.file = self.number_of(path);
        self.including.push(real);
        self.entries(&bytes);
        self.including.pop();
        (self.file, self.origin, self.owner, self.owner_state) = before;
        Ok(())
    }

    /// The file's path, taken from where the including file is.
    fn path_of(&self, token: &Token<'_>) -> Faulty<PathBuf> {
        let mut text = Vec::new();
        unescaped(token, &mut text)?;
        let here = self.files[self.file as usize].parent().unwrap_or(Path::new(""));
        Ok(here.join(OsStr::from_bytes(&text)))
    }

    fn open(&mut self, token: &Token<'_>, path: &Path) -> Faulty<(PathBuf, Vec<u8>)> {
        let fault = |what: String, hint: &str| Err(token.fault(format!("{} {what}", path.display()), hint));
        let real = match std::fs::canonicalize(path) {
            Ok(real) => real,
            Err(error) => {
                return fault(format!("cannot be read: {}", reason(&error)), "paths are relative to this file")
            }
        };
        if self.including.contains(&real) {
            return fault("includes itself".to_string(), "take one of the $INCLUDEs away");
        }
        if self.including.len() > MAX_DEPTH {
            return fault(format!("is included more than {MAX_DEPTH} files deep"), "");
        }
        self.included += 1;
        if self.included > MAX_INCLUDED {
            return fault(format!("is one of more than {MAX_INCLUDED} files that this zone includes"), "");
        }
        if let Some(text) = self.texts.and_then(|texts| texts.get(path)) {
            return Ok((real, text.clone()));
        }
        // A device or a pipe might never end.
        match real.is_file() {
            true => std::fs::read(&real)
                .map(|bytes| (real, bytes))
                .or_else(|error| fault(format!("cannot be read: {}", reason(&error)), "")),
            false => fault("is no file".to_string(), ""),
        }
    }

    fn number_of(&mut self, path: PathBuf) -> u32 {
        let next = self.files.len() as u32;
        let number = *self.file_numbers.entry(path.clone()).or_insert(next);
        if number == next {
            self.files.push(path);
        }
        number
    }
}

/// The system's words without its number.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_string()
}

pub(super) fn argument<'a>(tokens: &mut Tokens<'a>, what: &str, example: &str) -> Faulty<Token<'a>> {
    tokens.next()?.ok_or_else(|| tokens.fault(what, format!("write: {example}")))
}

fn end(tokens: &mut Tokens<'_>) -> Faulty<()> {
    match tokens.next()? {
        Some(token) => Err(token.fault(format!("{} is more than the directive takes", token.shown()), "")),
        None => Ok(()),
    }
}

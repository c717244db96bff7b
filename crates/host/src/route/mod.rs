//! Which route of the manifest answers a path, by Spin's rules.
//!
//! A pattern is exact (`/api`), may have named segments (`/houses/:house`) and may end in `/...`,
//! which matches everything below and the prefix itself. Where several match, at the first
//! segment in which they differ an exact one wins over a named one and that over `/...`; so the
//! longest prefix wins. A slash at the end of a path does not matter.

use std::cmp::Ordering;

/// The host's own paths; no route may lie there.
const RESERVED: &str = "/.well-known/spin/";

/// A parsed pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Exact(String),
    Named(String),
    Rest,
}

impl Route {
    /// Parses a pattern; an error says what is wrong with it.
    pub fn parse(pattern: &str) -> Result<Self, String> {
        Self::parse_segments(pattern).map_err(|what| format!("the route `{pattern}` {what}"))
    }

    fn parse_segments(pattern: &str) -> Result<Self, &'static str> {
        let Some(path) = pattern.strip_prefix('/') else {
            return Err("does not begin with `/`; write it as it stands in addresses");
        };
        if pattern.starts_with(RESERVED) {
            return Err("belongs to the host; choose another one");
        }
        let path = path.strip_suffix('/').unwrap_or(path);
        let mut segments = Vec::new();
        for text in path.split('/').filter(|_| !path.is_empty()) {
            if matches!(segments.last(), Some(Segment::Rest)) {
                return Err("has `...` in the middle; it may stand only at the end");
            }
            segments.push(Segment::parse(text)?);
        }
        Ok(Self { segments })
    }

    /// Whether the two match exactly the same paths.
    pub fn matches_the_same_as(&self, other: &Self) -> bool {
        self.segments.len() == other.segments.len()
            && self.segments.iter().zip(&other.segments).all(|(mine, theirs)| match (mine, theirs) {
                (Segment::Named(_), Segment::Named(_)) => true,
                (mine, theirs) => mine == theirs,
            })
    }

    fn matches(&self, path: &str) -> bool {
        let mut rest = Segments::of(path);
        for segment in &self.segments {
            match (segment, rest.next()) {
                (Segment::Rest, _) => return true,
                (Segment::Named(_), Some(_)) => {}
                (Segment::Exact(expected), Some(text)) if text == expected => {}
                _ => return false,
            }
        }
        rest.next().is_none()
    }

    /// Which of two routes that both match a path is to answer it comes first.
    fn precedence(&self, other: &Self) -> Ordering {
        let ranks = |route: &Self| route.segments.iter().map(Segment::rank).collect::<Vec<_>>();
        // An end before `...`: the exact route wins over the subtree below it.
        ranks(self).cmp(&ranks(other))
    }
}

impl Segment {
    fn parse(text: &str) -> Result<Self, &'static str> {
        match text {
            "..." => Ok(Segment::Rest),
            "" => Err("has an empty segment; remove one of the slashes"),
            _ if text.contains('*') => Err("has a `*`; write `/...` for everything below"),
            _ => match text.strip_prefix(':') {
                None => Ok(Segment::Exact(text.to_owned())),
                Some(name) if is_name(name) => Ok(Segment::Named(name.to_owned())),
                Some(_) => Err("names a segment with other characters than letters, digits, `_` \
                                and `-`; rename it"),
            },
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Segment::Exact(_) => 0,
            Segment::Named(_) => 1,
            Segment::Rest => 2,
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// The segments of a path without the slashes at both its ends.
#[derive(Clone)]
struct Segments<'p> {
    rest: Option<&'p str>,
}

impl<'p> Segments<'p> {
    fn of(path: &'p str) -> Self {
        let path = path.trim_matches('/');
        Self { rest: (!path.is_empty()).then_some(path) }
    }
}

impl<'p> Iterator for Segments<'p> {
    type Item = &'p str;

    fn next(&mut self) -> Option<&'p str> {
        let rest = self.rest?;
        match rest.split_once('/') {
            Some((segment, after)) => {
                self.rest = Some(after);
                Some(segment)
            }
            None => self.rest.take(),
        }
    }
}

/// Routes and what they lead to.
#[derive(Debug)]
pub struct Router<T> {
    /// The first that matches answers.
    routes: Vec<(Route, T)>,
}

impl<T> Router<T> {
    /// A router of these routes, in any order.
    pub fn new(routes: impl IntoIterator<Item = (Route, T)>) -> Self {
        let mut routes: Vec<_> = routes.into_iter().collect();
        routes.sort_by(|(one, _), (other, _)| one.precedence(other));
        Self { routes }
    }

    /// What the routes lead to, the most specific first.
    pub fn targets(&self) -> impl Iterator<Item = &T> {
        self.routes.iter().map(|(_, target)| target)
    }

    /// The route that answers `path`.
    pub fn find<'r, 'p>(&'r self, path: &'p str) -> Option<Found<'r, 'p, T>> {
        if !path.starts_with('/') {
            return None;
        }
        let (route, target) = self.routes.iter().find(|(route, _)| route.matches(path))?;
        Some(Found { target, route, path })
    }
}

/// The route that answers a path.
#[derive(Debug)]
pub struct Found<'r, 'p, T> {
    /// What the route leads to.
    pub target: &'r T,
    route: &'r Route,
    path: &'p str,
}

impl<'r, 'p, T> Found<'r, 'p, T> {
    /// What `/...` stands for, with its slash in front; empty for a route without it.
    ///
    /// Slashes around the whole path count as one, as in Spin.
    pub fn path_info(&self) -> &'p str {
        let Some((Segment::Rest, prefix)) = self.route.segments.split_last() else {
            return "";
        };
        let inner = self.path.trim_start_matches('/');
        // From the one slash before the first segment to the one after the last.
        let from_slash = &self.path[self.path.len() - inner.len() - 1..];
        let trimmed = from_slash.trim_end_matches('/').len();
        let end = from_slash.len().min(trimmed + 1);
        let mut slashes = from_slash[..end].match_indices('/');
        match slashes.nth(prefix.len()) {
            Some((start, _)) => &from_slash[start..end],
            None => "",
        }
    }

    /// The named segments and their texts.
    pub fn segments(&self) -> impl Iterator<Item = (&'r str, &'p str)> + use<'r, 'p, T> {
        let named = |(segment, text): (&'r Segment, &'p str)| match segment {
            Segment::Named(name) => Some((name.as_str(), text)),
            Segment::Exact(_) | Segment::Rest => None,
        };
        self.route.segments.iter().zip(Segments::of(self.path)).filter_map(named)
    }
}

#[cfg(test)]
mod tests;

//! `Server` and `Counters`.

use crate::graph::Graph;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use truename_core::answer::{Policies, Rate, Settings, Shared, Worker, DURATION_BOUNDS, SECRET};
use truename_core::listen::{Config, Listeners, Running, Statistics};
use truename_core::publish;

/// The DNS listeners.
#[pyclass(frozen)]
pub struct Server {
    graph: Arc<publish::Graph>,
    shared: Shared,
    policies: Arc<Policies>,
    state: Mutex<State>,
    #[pyo3(get)]
    addresses: Vec<String>,
}

/// How far a server is.
enum State {
    /// It has its sockets, and nobody reads from them.
    Bound(Listeners, Config, Settings),
    Running(Running),
    Stopped(Statistics),
}

/// Sums over all workers since the start.
#[pyclass(frozen, get_all)]
pub struct Counters {
    requests: Vec<(String, String, &'static str, &'static str, u64)>,
    responses: Vec<(&'static str, u64)>,
    ends: Vec<(&'static str, u64)>,
    cookies: Vec<(&'static str, u64)>,
    limited: Vec<(&'static str, u64)>,
    hops: Vec<u64>,
    duration_buckets: Vec<(f64, u64)>,
    duration_sum: f64,
    duration_count: u64,
    dropped: u64,
    panics: u64,
    tcp_clients: u64,
}

/// Replies a second at most: the limiter's time still runs for two hours then.
const MAX_RATE: u32 = 10_000_000;

fn read_address(text: &str) -> PyResult<SocketAddr> {
    let mut found = text.to_socket_addrs().map_err(|_| PyValueError::new_err(format!("{text:?} is no HOST:PORT")))?;
    found.next().ok_or_else(|| PyValueError::new_err(format!("{text:?} has no address")))
}

/// Secrets are not repeated in errors.
fn read_secrets(texts: &[String]) -> PyResult<Vec<[u8; SECRET]>> {
    let fault = || PyValueError::new_err(format!("a cookie secret is not {} hexadecimal digits", 2 * SECRET));
    texts.iter().map(|text| read_secret(text)).collect::<Option<_>>().ok_or_else(fault)
}

fn read_secret(text: &str) -> Option<[u8; SECRET]> {
    let mut secret = [0; SECRET];
    let digits = Some(text.as_bytes()).filter(|digits| digits.len() == 2 * SECRET)?;
    for (octet, pair) in secret.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |at: usize| char::from(pair[at]).to_digit(16);
        *octet = (digit(0)? << 4 | digit(1)?) as u8;
    }
    Some(secret)
}

/// Nothing when there is no limit.
fn read_rate(replies: u32, prefixes: (u8, u8), allow: &[String], slip: u8) -> PyResult<Option<Rate>> {
    let (prefix4, prefix6) = prefixes;
    if replies > MAX_RATE || prefix4 > 32 || prefix6 > 128 {
        return Err(PyValueError::new_err(format!("rate is at most {MAX_RATE}, prefixes at most 32 and 128 bits")));
    }
    let network =
        |text: &String| text.parse().map_err(|()| PyValueError::new_err(format!("{text:?} is no address or prefix")));
    let allow = allow.iter().map(network).collect::<PyResult<_>>()?;
    Ok((replies > 0).then_some(Rate { replies, prefix4, prefix6, allow, slip }))
}

#[pymethods]
impl Server {
    #[new]
    #[pyo3(signature = (graph, *, listen, fds = Vec::new(), workers = 0, udp_size = 1232, tcp_clients = 512,
                        tcp_idle = 10.0, nsid = String::new(), cookie_secrets = Vec::new(), rate = 0,
                        rate_prefix4 = 24, rate_prefix6 = 56, rate_allow = Vec::new(), slip = 2,
                        is_started = true))]
    #[allow(clippy::too_many_arguments)] // keywords, each a setting
    fn new(
        py: Python<'_>,
        graph: &Graph,
        listen: Vec<String>,
        fds: Vec<i32>,
        workers: usize,
        udp_size: u16,
        tcp_clients: usize,
        tcp_idle: f64,
        nsid: String,
        cookie_secrets: Vec<String>,
        rate: u32,
        rate_prefix4: u8,
        rate_prefix6: u8,
        rate_allow: Vec<String>,
        slip: u8,
        is_started: bool,
    ) -> PyResult<Server> {
        let addresses = listen.iter().map(|text| read_address(text)).collect::<PyResult<Vec<_>>>()?;
        let idle = Duration::try_from_secs_f64(tcp_idle).map_err(|error| PyValueError::new_err(error.to_string()))?;
        let config = Config { udp_size: udp_size as usize, tcp_clients, tcp_idle: idle };
        let settings = Settings { udp_size, nsid: nsid.into_bytes() };
        let rate = read_rate(rate, (rate_prefix4, rate_prefix6), &rate_allow, slip)?;
        let policies = Arc::new(Policies::new(read_secrets(&cookie_secrets)?, rate)?);
        let listeners = py.detach(|| {
            let workers = match workers {
                0 => std::thread::available_parallelism()?.get(),
                some => some,
            };
            match fds.is_empty() {
                true => Listeners::bind(&addresses, workers),
                false => Listeners::adopt(&fds, workers),
            }
        })?;
        let addresses = listeners.addresses().iter().map(ToString::to_string).collect();
        let state = Mutex::new(State::Bound(listeners, config, settings));
        let server = Server { graph: graph.inner.clone(), shared: Shared::default(), policies, state, addresses };
        if is_started {
            server.start(py)?;
        }
        Ok(server)
    }

    fn start(&self, py: Python<'_>) -> PyResult<()> {
        py.detach(|| {
            let mut state = self.state();
            match std::mem::replace(&mut *state, State::Stopped(Statistics::default())) {
                State::Bound(listeners, config, settings) => {
                    let worker =
                        |_| Worker::new(self.graph.clone(), settings.clone(), self.policies.clone(), &self.shared);
                    *state = State::Running(listeners.run(&config, worker)?);
                }
                other => *state = other,
            }
            Ok(())
        })
    }

    #[pyo3(signature = (*, cookie_secrets, rate, rate_prefix4, rate_prefix6, rate_allow, slip))]
    #[allow(clippy::too_many_arguments)] // keywords, each a setting
    fn configure(
        &self,
        cookie_secrets: Vec<String>,
        rate: u32,
        rate_prefix4: u8,
        rate_prefix6: u8,
        rate_allow: Vec<String>,
        slip: u8,
    ) -> PyResult<()> {
        let rate = read_rate(rate, (rate_prefix4, rate_prefix6), &rate_allow, slip)?;
        self.policies.change(read_secrets(&cookie_secrets)?, rate);
        Ok(())
    }

    fn counters(&self, py: Python<'_>) -> Counters {
        py.detach(|| self.sum())
    }

    fn stop(&self, py: Python<'_>) {
        py.detach(|| {
            let mut state = self.state();
            if let State::Running(running) = &mut *state {
                running.stop();
            }
            *state = State::Stopped(state.statistics());
        });
    }
}

impl State {
    fn statistics(&self) -> Statistics {
        match self {
            State::Bound(..) => Statistics::default(),
            State::Running(running) => running.statistics(),
            State::Stopped(statistics) => *statistics,
        }
    }
}

impl Server {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sum(&self) -> Counters {
        let sums = self.shared.sums();
        let statistics = self.state().statistics();
        let requests = sums.requests.into_iter().map(|(key, count)| {
            let zone = key.zone.and_then(|zone| self.graph.apex(zone)).map_or(String::new(), |name| name.to_string());
            let qtype = key.qtype.map_or_else(|| "OTHER".to_string(), |qtype| qtype.to_string());
            let proto = if key.is_tcp { "tcp" } else { "udp" };
            let family = if key.is_ipv6 { "ipv6" } else { "ipv4" };
            (zone, qtype, proto, family, count)
        });
        let requests = requests.collect();
        let mut passed = 0;
        let bounds = DURATION_BOUNDS.iter().map(|ns| if *ns == u64::MAX { f64::INFINITY } else { *ns as f64 / 1e9 });
        let bucket = |(bound, count): (f64, &u64)| {
            passed += count;
            (bound, passed)
        };
        let duration_buckets: Vec<(f64, u64)> = bounds.zip(&sums.durations).map(bucket).collect();
        Counters {
            requests,
            responses: sums.responses,
            ends: sums.ends,
            cookies: sums.cookies,
            limited: sums.limited,
            hops: sums.hops,
            duration_count: duration_buckets.last().map_or(0, |(_, count)| *count),
            duration_buckets,
            duration_sum: sums.duration_sum as f64 * 1e-9,
            dropped: statistics.dropped,
            panics: statistics.panics,
            tcp_clients: statistics.tcp_open,
        }
    }
}

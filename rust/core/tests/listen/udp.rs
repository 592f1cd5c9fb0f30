//! UDP: the address replies come from, batches, and queries that must not harm others.

use super::*;

fn at(ip: &str, port: u16) -> SocketAddr {
    SocketAddr::new(ip.parse().unwrap(), port)
}

#[test]
fn replies_leave_from_the_address_that_was_asked() {
    let running = serve(&["0.0.0.0:0"], 1, &Config::default());
    let port = running.addresses()[0].port();
    for ip in ["127.0.0.1", "127.0.0.2", "127.1.2.3"] {
        assert_eq!(ask_udp(&udp(at(ip, port)), 7, ip), reply(7, ip));
    }
}

#[test]
fn one_socket_for_all_ipv6_addresses_replies_too() {
    let running = serve(&["[::]:0"], 1, &Config::default());
    let client = udp(at("::1", running.addresses()[0].port()));
    for id in 0..3 {
        assert_eq!(ask_udp(&client, id, "six"), reply(id, "six"));
    }
}

#[test]
fn one_worker_answers_at_several_addresses_and_both_families_share_a_port() {
    let running = both_families();
    let port = running.addresses()[0].port();
    assert_eq!(running.addresses(), [at("0.0.0.0", port), at("::", port)]);
    for (id, ip) in [(1, "127.0.0.2"), (2, "::1"), (3, "127.0.0.1"), (4, "::1")] {
        assert_eq!(ask_udp(&udp(at(ip, port)), id, ip), reply(id, ip));
        assert_eq!(ask_tcp(&mut tcp(at(ip, port)), id, ip), reply(id, ip));
    }
}

/// Somebody else may have the IPv6 port that was free for IPv4: then another one is tried.
fn both_families() -> Running {
    let attempt = || {
        let first = Listeners::bind(&[at("0.0.0.0", 0)], 1).unwrap();
        let port = first.addresses()[0].port();
        drop(first);
        Listeners::bind(&[at("0.0.0.0", port), at("::", port)], 1).ok()
    };
    (0..20).find_map(|_| attempt()).unwrap().run(&Config::default(), |_| Echo).unwrap()
}

#[test]
fn every_worker_answers() {
    let running = serve(&["127.0.0.1:0"], 3, &Config::default());
    for id in 0..60 {
        // Each client has a port of its own, by which the kernel chooses the worker.
        assert_eq!(ask_udp(&udp(running.addresses()[0]), id, "worker"), reply(id, "worker"));
    }
}

#[test]
fn a_burst_larger_than_a_batch_is_answered_in_order() {
    let (_running, address) = serve_one();
    let client = udp(address);
    (0..150).for_each(|id| assert!(client.send(&query(id, "burst")).is_ok()));
    (0..150).for_each(|id| assert_eq!(hear(&client), reply(id, "burst")));
}

#[test]
fn a_panic_costs_one_query_its_reply() {
    let (running, address) = serve_one();
    let client = udp(address);
    for order in ["panic", "before", "panic", "after"] {
        client.send(&query(1, order)).unwrap();
    }
    assert_eq!(hear(&client), reply(1, "before"));
    assert_eq!(hear(&client), reply(1, "after"));
    let statistics = running.statistics();
    assert_eq!((statistics.panics, statistics.dropped), (2, 2));
}

#[test]
fn silence_is_kept_and_counted() {
    let (running, address) = serve_one();
    let client = udp(address);
    client.send(&query(1, "silence")).unwrap();
    assert_eq!(ask_udp(&client, 2, "word"), reply(2, "word"));
    assert_eq!(running.statistics(), Statistics { dropped: 1, ..Statistics::default() });
}

#[test]
fn a_datagram_without_a_whole_header_is_passed_over() {
    let (running, address) = serve_one();
    let client = udp(address);
    for length in [0, 1, HEADER - 1] {
        client.send(&query(1, "")[..length]).unwrap();
    }
    assert_eq!(ask_udp(&client, 2, ""), reply(2, ""));
    assert_eq!(running.statistics().dropped, 3);
}

#[test]
fn a_query_too_large_for_the_buffer_is_answered_by_its_header() {
    let (running, address) = serve_limited(&Config { udp_size: 65535, ..Config::default() });
    let client = udp(address);
    assert_eq!(ask_udp(&client, 1, &"x".repeat(4096 - HEADER)), reply(1, &"x".repeat(4096 - HEADER)));
    assert_eq!(running.statistics().truncated, 0);
    assert_eq!(ask_udp(&client, 2, &"x".repeat(4097 - HEADER)), reply(2, ""));
    assert_eq!(ask_udp(&client, 3, &"x".repeat(60000)), reply(3, ""));
    assert_eq!(running.statistics().truncated, 2);
}

#[test]
fn a_reply_that_cannot_be_sent_does_not_take_others_with_it() {
    // No UDP datagram holds 65,535 octets of data: the kernel refuses it.
    let (running, address) = serve_limited(&Config { udp_size: 65535, ..Config::default() });
    let client = udp(address);
    for order in ["slowly", "first", "all the room", "second", "all the room", "third"] {
        client.send(&query(9, order)).unwrap();
    }
    for order in ["slowly", "first", "second", "third"] {
        assert_eq!(hear(&client), reply(9, order));
    }
    wait_until(&running, |statistics| statistics.dropped == 2);
}

#[test]
fn a_reply_has_the_configured_room_and_never_less_than_512_octets() {
    for (configured, room) in [(0, 512), (512, 512), (1232, 1232)] {
        let config = Config { udp_size: configured, ..Config::default() };
        let running = serve(&["127.0.0.1:0"], 1, &config);
        assert_eq!(ask_udp(&udp(running.addresses()[0]), 1, "all the room").len(), room);
    }
}

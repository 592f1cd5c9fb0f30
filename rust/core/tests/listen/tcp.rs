//! TCP: framing, order, half-closed connections, limits, and clients that are slow.

use super::*;
use std::net::Shutdown;

fn idle_after(milliseconds: u64) -> Config {
    Config { tcp_idle: Duration::from_millis(milliseconds), ..Config::default() }
}

#[test]
fn several_queries_in_one_write_are_answered_in_order() {
    let (_running, address) = serve_one();
    let mut client = tcp(address);
    let all: Vec<u8> = (0..500).flat_map(|id| framed(&query(id, "pipelined"))).collect();
    client.write_all(&all).unwrap();
    (0..500).for_each(|id| assert_eq!(read_message(&mut client), reply(id, "pipelined")));
}

#[test]
fn a_message_may_be_split_anywhere() {
    let (_running, address) = serve_one();
    let mut client = tcp(address);
    let two = [framed(&query(1, "one")), framed(&query(2, "two"))].concat();
    for split in 1..two.len() {
        client.write_all(&two[..split]).unwrap();
        sleep(Duration::from_millis(2));
        client.write_all(&two[split..]).unwrap();
        assert_eq!(read_message(&mut client), reply(1, "one"));
        assert_eq!(read_message(&mut client), reply(2, "two"));
    }
}

#[test]
fn a_message_of_65535_octets_goes_both_ways() {
    let (_running, address) = serve_one();
    let text = "x".repeat(65535 - HEADER);
    assert_eq!(ask_tcp(&mut tcp(address), 1, &text), reply(1, &text));
    assert_eq!(ask_tcp(&mut tcp(address), 2, "all the room").len(), 65535);
}

#[test]
fn a_half_closed_client_gets_its_answers() {
    let (_running, address) = serve_one();
    let mut client = tcp(address);
    client.write_all(&[framed(&query(1, "one")), framed(&query(2, "all the room"))].concat()).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(read_message(&mut client), reply(1, "one"));
    assert_eq!(read_message(&mut client).len(), 65535);
    assert_eq!(read_to_close(&mut client), b"");
}

#[test]
fn what_is_no_message_closes_the_connection_after_the_replies_before_it() {
    let (running, address) = serve_one();
    for length in [0, 1, HEADER - 1] {
        let mut client = tcp(address);
        let odd = framed(&query(0, "")[..length]);
        client.write_all(&[framed(&query(1, "good")), odd, framed(&query(2, "lost"))].concat()).unwrap();
        assert_eq!(read_to_close(&mut client), framed(&reply(1, "good")));
    }
    wait_until(&running, |statistics| statistics.tcp_open == 0);
}

#[test]
fn a_panic_costs_one_query_its_reply() {
    let (running, address) = serve_one();
    let mut client = tcp(address);
    client.write_all(&[framed(&query(1, "panic")), framed(&query(2, "after"))].concat()).unwrap();
    assert_eq!(read_message(&mut client), reply(2, "after"));
    assert_eq!((running.statistics().panics, running.statistics().dropped), (1, 1));
}

#[test]
fn a_client_that_stops_in_a_message_holds_nobody_up() {
    let (_running, address) = serve_one();
    let mut slow = tcp(address);
    let message = framed(&query(1, "late"));
    slow.write_all(&message[..7]).unwrap();
    for id in 0..20 {
        assert_eq!(ask_tcp(&mut tcp(address), id, "quick"), reply(id, "quick"));
    }
    slow.write_all(&message[7..]).unwrap();
    assert_eq!(read_message(&mut slow), reply(1, "late"));
}

/// Asks for far more than the sockets' buffers hold, until the server reads no more.
fn stuff(address: SocketAddr) -> TcpStream {
    let mut client = tcp(address);
    client.set_nonblocking(true).unwrap();
    let many = framed(&query(1, "all the room")).repeat(100);
    let mut refusals = 0;
    while refusals < 20 {
        // What a write takes may end in a message; that this client falls silent there is part of the test.
        if client.write(&many).is_err() {
            refusals += 1;
            sleep(Duration::from_millis(10));
        }
    }
    client.set_nonblocking(false).unwrap();
    client
}

#[test]
fn a_client_that_does_not_read_holds_nobody_up_and_is_closed() {
    let (running, address) = serve_limited(&idle_after(1000));
    let _deaf = stuff(address);
    assert_eq!(ask_tcp(&mut tcp(address), 2, "quick"), reply(2, "quick"));
    wait_until(&running, |statistics| statistics.tcp_open == 0);
}

#[test]
fn replies_that_waited_come_whole_and_in_order() {
    let (_running, address) = serve_one();
    let mut client = tcp(address);
    let mut sender = client.try_clone().unwrap();
    let sending = std::thread::spawn(move || {
        (0..400).for_each(|id| sender.write_all(&framed(&query(id, "all the room"))).unwrap());
        sender.shutdown(Shutdown::Write).unwrap();
    });
    for id in 0..400u16 {
        let message = read_message(&mut client);
        assert_eq!((message.len(), &message[..2]), (65535, &id.to_be_bytes()[..]));
    }
    assert_eq!(read_to_close(&mut client), b"");
    sending.join().unwrap();
}

#[test]
fn an_idle_connection_is_closed_whether_in_a_message_or_not() {
    let (running, address) = serve_limited(&idle_after(1000));
    let (mut fresh, mut used, mut inside) = (tcp(address), tcp(address), tcp(address));
    assert_eq!(ask_tcp(&mut used, 1, "one"), reply(1, "one"));
    inside.write_all(&[0]).unwrap();
    for client in [&mut fresh, &mut used, &mut inside] {
        assert_eq!(read_to_close(client), b"");
    }
    wait_until(&running, |statistics| statistics.tcp_open == 0);
}

#[test]
fn an_octet_at_a_time_buys_no_time() {
    let (_running, address) = serve_limited(&idle_after(300));
    let mut client = tcp(address);
    // At this pace the message would take minutes; the server gives it 0.3 s.
    let fails = framed(&query(1, &"x".repeat(1000))).into_iter().position(|octet| {
        sleep(Duration::from_millis(100));
        client.write_all(&[octet]).is_err()
    });
    assert!(fails.is_some());
}

#[test]
fn a_busy_connection_ends_too() {
    let (_running, address) = serve_limited(&idle_after(200));
    let mut client = tcp(address);
    // Always in a message when the reply to the one before comes: 30 idle times are all it gets.
    let both = [framed(&query(1, "one")), framed(&query(1, "one"))].concat();
    client.write_all(&both[..20]).unwrap();
    let rounds = (0..10_000).take_while(|_| {
        sleep(Duration::from_millis(10));
        let is_sent = client.write_all(&[&both[20..], &both[..20]].concat()).is_ok();
        is_sent && client.read(&mut [0; 512]).is_ok_and(|count| count > 0)
    });
    assert!(rounds.count() < 10_000);
}

#[test]
fn one_client_has_its_share_of_the_places() {
    let (running, address) = serve_limited(&Config { tcp_clients: 16, tcp_idle: PATIENCE, ..Config::default() });
    let mut first = tcp_from(1, address);
    let mut second = tcp_from(1, address);
    assert_eq!(read_to_close(&mut tcp_from(1, address)), b"");
    assert_eq!(ask_tcp(&mut tcp_from(2, address), 1, "other"), reply(1, "other"));
    assert_eq!(ask_tcp(&mut first, 2, "first"), reply(2, "first"));
    assert_eq!(ask_tcp(&mut second, 3, "second"), reply(3, "second"));
    assert_eq!(running.statistics().tcp_refused, 1);
    drop(first);
    wait_until(&running, |statistics| statistics.tcp_open == 1);
    assert_eq!(ask_tcp(&mut tcp_from(1, address), 4, "again"), reply(4, "again"));
}

#[test]
fn the_longest_idle_connection_makes_room() {
    let (running, address) = serve_limited(&Config { tcp_clients: 3, tcp_idle: PATIENCE, ..Config::default() });
    let mut clients: Vec<_> = (1..=3).map(|n| tcp_from(n, address)).collect();
    // Client 2 becomes the one that got nothing done for the longest time.
    for n in [2, 0, 1] {
        assert_eq!(ask_tcp(&mut clients[n], 1, "one"), reply(1, "one"));
    }
    for n in [2, 0] {
        assert_eq!(ask_tcp(&mut clients[n], 2, "two"), reply(2, "two"));
    }
    assert_eq!(ask_tcp(&mut tcp_from(4, address), 3, "new"), reply(3, "new"));
    assert_eq!(read_to_close(&mut clients[1]), b"");
    assert_eq!(ask_tcp(&mut clients[0], 4, "kept"), reply(4, "kept"));
    assert_eq!((running.statistics().tcp_evicted, running.statistics().tcp_refused), (1, 0));
}

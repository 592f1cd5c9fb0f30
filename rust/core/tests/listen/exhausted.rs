//! A server that has no descriptor left for another connection.

use super::*;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Set for the process in which this test is the server.
const SERVES: &str = "TRUENAME_TEST_SERVES";

#[test]
fn connections_wait_while_there_is_no_descriptor_left() {
    if std::env::var_os(SERVES).is_some() {
        return serve_until_told();
    }
    let (mut child, address) = start_with_few_descriptors();
    // Of 40 the server can accept some; the rest waits in the kernel.
    let mut clients: Vec<_> = (0..40).map(|_| tcp(address)).collect();
    assert_eq!(ask_tcp(&mut clients[0], 1, "one"), reply(1, "one"));
    let before = ticks(child.id());
    sleep(Duration::from_millis(500));
    let spent = ticks(child.id()) - before;
    assert!(spent < 20, "a busy loop: {spent} of 50 ticks");
    assert_eq!(ask_tcp(&mut clients[0], 2, "still"), reply(2, "still"));
    assert_eq!(ask_udp(&udp(address), 3, "udp"), reply(3, "udp"));
    // As places become free the others have their turn.
    for (id, mut client) in (0u16..).zip(clients) {
        assert_eq!(ask_tcp(&mut client, id, "turn"), reply(id, "turn"));
    }
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}

/// CPU time of a process so far, in hundredths of a second (proc(5): the 14th and 15th field of stat).
fn ticks(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let behind_name = stat.rsplit(')').next().unwrap();
    behind_name.split_whitespace().skip(11).take(2).map(|field| field.parse::<u64>().unwrap()).sum()
}

/// This test again, as a process that may open few files.
fn start_with_few_descriptors() -> (Child, SocketAddr) {
    let test = std::env::current_exe().unwrap();
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -n 24 && exec \"$0\" --exact --nocapture --test-threads 1 \"$1\""])
        .arg(test)
        .arg("exhausted::connections_wait_while_there_is_no_descriptor_left")
        .env(SERVES, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = lines.find_map(|line| Some(line.unwrap().split_once("ready ")?.1.to_owned())).unwrap();
    // Its output is read to the end, so that it never waits for us.
    std::thread::spawn(move || lines.for_each(drop));
    (child, ready.parse().unwrap())
}

fn serve_until_told() {
    let (_running, address) = serve_one();
    println!("\nready {address}");
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

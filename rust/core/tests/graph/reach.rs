//! Who reaches a name, and by which path.

use truename_core::graph::{Changes, Graph, Limits, NameId, Snapshot};
use truename_core::name::Name;

const HEAD: &str = "$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns.example.net.\n";

fn name(text: &str) -> Name {
    Name::from_text(text, &Name::ROOT).expect("a name")
}

fn graph(zones: &[(&str, &str)]) -> Graph {
    let graph = Graph::new(Limits { max_chain: 16, within_zone: false });
    let texts = zones.iter().map(|(origin, text)| (name(origin), format!("{HEAD}{text}").into_bytes())).collect();
    let prepared = graph.prepare(&Changes { texts, ..Changes::default() }).expect("zones are made");
    assert!(prepared.refused.is_empty());
    graph.publish(&prepared).expect("nobody else publishes");
    graph
}

/// `TYPE name > name > ..` of each that reaches `target`, in their order.
fn reached(snapshot: &Snapshot, target: &str) -> Vec<String> {
    let roots: Vec<NameId> = snapshot.id(&name(target)).into_iter().collect();
    let reaching = snapshot.reach(&roots);
    let rows: Vec<String> = reaching
        .page(None, usize::MAX)
        .map(|one| {
            let path: Vec<String> = one.path.iter().map(|id| snapshot.name(*id).to_string()).collect();
            format!("{} {}", one.rtype, path.join(" > "))
        })
        .collect();
    assert_eq!(rows.len(), reaching.count());
    rows
}

#[test]
fn over_links_of_all_kinds_and_zones() {
    let graph = graph(&[
        ("example.com", "host A 192.0.2.1\nwww CNAME host\nshop CNAME www\n@ MX 10 host\n_s._tcp SRV 0 0 1 host\n"),
        ("example.org", "@ ALIAS www.example.com.\n@ HTTPS 0 www.example.com.\nw CNAME @\nm CNAME example.com.\n"),
    ]);
    let expected = [
        "MX example.com. > host.example.com.",
        "CNAME www.example.com. > host.example.com.",
        "SRV _s._tcp.example.com. > host.example.com.",
        "CNAME shop.example.com. > www.example.com. > host.example.com.",
        "HTTPS example.org. > www.example.com. > host.example.com.",
        // Who is an alias of the owner of an MX has nothing of the mail host: m.example.org is not here.
        "CNAME w.example.org. > example.org. > www.example.com. > host.example.com.",
    ];
    let mut found = reached(&graph.snapshot(), "host.example.com");
    found.sort();
    let mut expected = expected.map(String::from);
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn through_wildcards_and_dnames() {
    let graph = graph(&[(
        "example.com",
        "host A 192.0.2.1\n*.w CNAME host\na CNAME x.w\nb CNAME y.x.w\nold DNAME new\nc.new CNAME host\nd CNAME c.old\n\
         there.w A 192.0.2.2\ne CNAME there.w\n",
    )]);
    let mut found = reached(&graph.snapshot(), "host.example.com");
    found.sort();
    assert_eq!(
        found,
        [
            "CNAME *.w.example.com. > host.example.com.",
            "CNAME a.example.com. > x.w.example.com. > *.w.example.com. > host.example.com.",
            "CNAME b.example.com. > y.x.w.example.com. > *.w.example.com. > host.example.com.",
            "CNAME c.new.example.com. > host.example.com.",
            "CNAME d.example.com. > c.old.example.com. > c.new.example.com. > host.example.com.",
            "DNAME old.example.com. > c.new.example.com. > host.example.com.",
        ]
    );
}

#[test]
fn a_loop_ends_and_pages_follow_each_other() {
    let mut text = "a CNAME b\nb CNAME a\nhub A 192.0.2.1\n".to_string();
    (0..25).for_each(|number| text += &format!("n{number} CNAME hub\n"));
    let graph = graph(&[("example.com", &text)]);
    let snapshot = graph.snapshot();
    assert_eq!(reached(&snapshot, "a.example.com"), ["CNAME b.example.com. > a.example.com."]);
    assert!(reached(&snapshot, "gone.example.com").is_empty());
    let hub = snapshot.id(&name("hub.example.com")).expect("known");
    let (reaching, mut after, mut seen) = (snapshot.reach(&[hub]), None, Vec::new());
    loop {
        let page: Vec<NameId> = reaching.page(after, 10).map(|one| one.owner).collect();
        let Some(last) = page.last() else { break };
        after = Some(*last);
        seen.extend(page);
    }
    assert_eq!((seen.len(), reaching.count()), (25, 25));
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 25);
}

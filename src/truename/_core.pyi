"""The Rust core: what happens once per packet, and the graph it walks.

    text -> Graph.load_zone -> published snapshot -> Server answers from it
                                                  -> Graph.explain, Graph.inbound read it

Everything here releases the GIL while it works and may be called from any thread. Names are text: absolute
with a final dot on the way out, lower case; on the way in a missing final dot is taken as meant. DNS outcomes are
values; only callers' mistakes and broken machines raise (``truename.errors``).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, final

__version__: str

@final
class Problem:
    """One thing that keeps a zone file from being served: where, what, what to do."""

    file: str
    line: int  # from 1; 0 when the file as a whole is meant
    column: int  # from 1, in octets
    message: str
    hint: str  # may be empty

@final
class Loaded:
    """What came of reading one zone file. The zone was published exactly when *problems* is empty."""

    origin: str
    serial: int
    records: int
    names: int
    changed: int  # owners whose data differed from the version published before
    files: list[str]  # the file and all it includes, to watch
    problems: list[Problem]

@final
class ZoneText:
    """What a master file says that somebody sent. Positions in *problems* have no file."""

    origin: str
    problems: list[Problem]
    count: int  # RRsets
    def sets(self, start: int = 0, count: int = ...) -> list[tuple[str, str, int, list[str]]]:
        """RRsets (owner, type, ttl, data) in the order of their first records, *count* of them from *start* on.

        No record is there twice. A million of them at once are a gigabyte of Python's objects: take some and go on.
        """
    def ordered(self, start: int = 0, count: int = ...) -> list[tuple[str, str, int, list[str]]]:
        """The same in the order of the store's key (`store.place`, type).

        Raises: ValueError for an owner outside of the zone; so do the next three
        """
    def rows(
        self, zone: int, each: int, start: int = 0, count: int = ..., *, soa: str | None = None
    ) -> list[tuple[Any, ...]]:
        """*count* RRsets in order, from *start* on, as parameters of statements that insert *each* of them.

        Shape:  the zone, then place, type, ttl, kind and served of each RRset; the last tuple has what is left
        *soa* stands in the place of the data of the zone's SOA
        """
    def copied(self, zone: int, start: int = 0, count: int = ..., *, soa: str | None = None) -> bytes:
        """*count* RRsets in order, from *start* on, in the text format of PostgreSQL's COPY, all columns of rrsets."""
    def compare(
        self, rows: list[Any], at: int
    ) -> tuple[int, list[tuple[int | None, tuple[str, str, int, list[str]] | None]]]:
        """Where stored *rows* and the RRsets from *at* on part, both in order; and the number of the next RRset.

        Shape:  rows are (place, type, ttl, served, disabled, comments); of a difference, the number of the row and the
                RRset that takes its place, or None. An RRset that has disabled records or comments always differs
        """
    def lines(self, *, soa: str | None = None) -> bytes:
        """All of it as a master file of whole lines, `owner ttl IN type data`, absolute names. *soa* as in `rows`"""
    def journal(self, *, soa: str | None = None) -> str:
        """The same lines as text, without the end of the last one."""

def read_text(text: bytes, origin: str | None = None, *, is_ours: bool = False) -> ZoneText:
    """Read a master file from memory, without judging it; files are not included.

    Names in data keep their case. Texts (TXT and its like) get one spelling, unless the file *is_ours*: made of what is
    kept, whose spelling it has.

    Raises: ValueError when *origin* is no name; what is wrong in the text is in `problems`
    """

def count_generated(text: bytes, origin: str, records: int, octets: int) -> tuple[int, int, list[Problem]]:
    """What the $GENERATEs of a master file would make, without making it.

    Shape:  (records, octets of their lines at most, problems): the first directive that would go beyond *records* or
            *octets* is a problem, and then both numbers are 0. What else is wrong in the text, `read_text` says
    Raises: ValueError when *origin* is no name
    """

def find_links(path: str, origin: str, owner: str, type: str, target: str) -> list[tuple[str, int]]:
    """(file, line) of each record of *owner* in the zone file at *path* that names *target*.

    Raises: OSError; ValueError for what is no name or type
    """

@final
class Hop:
    alias: str
    target: str
    ttl: int  # seconds
    kind: str  # CNAME, DNAME, ALIAS, HTTPS, SVCB
    wildcard: str | None  # the wildcard's owner that the hop was made from
    zone: str  # apex of the zone that holds the link

@final
class Chain:
    """One walk along aliases. Shape: hops[i].target == hops[i + 1].alias."""

    qname: str
    qtype: str
    rcode: str  # NOERROR, NXDOMAIN, YXDOMAIN, REFUSED
    end: str  # data nodata nxdomain referral out-of-zone unknown loop too-long
    hops: list[Hop]
    canonical_name: str
    records: list[tuple[str, int, str, str]]  # (owner, ttl, type, data in presentation form) at the canonical name
    ttl: int | None  # seconds; min over hops and the final RRset, None without either

@final
class Zone:
    """A published zone. Units: names counts owners that hold data."""

    origin: str
    serial: int
    records: int
    names: int

@final
class Fact:
    """Something worth telling about what a graph holds, already filtered by the core; rules judge it.

    A fact belongs to *owner*, who holds the record that shows it. What a kind means and which fields it has stands at
    `FactKind` in rust/core/src/facts/kind.rs. Text is made when it is asked for.
    """

    @property
    def kind(self) -> str: ...
    @property
    def zone(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def ttl(self) -> int: ...  # seconds
    @property
    def data(self) -> str: ...  # presentation form; "" when no one record is meant
    @property
    def target(self) -> str: ...  # the name that the record names; "" without one
    @property
    def chain(self) -> list[str]: ...  # the names passed
    @property
    def end(self) -> str: ...  # how the chain ended, as in Chain.end; "" for kinds that follow nothing
    @property
    def number(self) -> int: ...  # what the kind counts
    @property
    def detail(self) -> str: ...  # what the kind tells besides
    @property
    def hint(self) -> str: ...  # what to do about it, where the core knows
    @property
    def other(self) -> tuple[str, str, str, str, int, int] | None:
        """The record that this one stands against: (owner, type, data, file, line, column); no place: "", 0, 0."""
    @property
    def file(self) -> str: ...  # where the record's first field stands; "" and 0 without a file
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...
    @property
    def data_line(self) -> int: ...  # where the record's data begin
    @property
    def data_column(self) -> int: ...

@final
class Branch:
    """A large change, which is published with all that others published while it was made and judged."""

    def follow(self) -> tuple[Prepared, Prepared] | None:
        """Carry out what was published since; None when nothing was.

        Shape: what the others changed, of the version that they had before, and the same of ours. When both add the
        same to all facts, what the large change adds is what it was. Costs what the others' changes cost them.

        Raises: ValueError, "stale" when that cannot be done - a zone file was read - and all has to be made anew
        """
    def publish(self) -> None:
        """Make our version the one that is served.

        Raises: ValueError, "stale" when another was published since `follow`; "refused" as `Graph.publish`
        """

@final
class Prepared:
    """The version of a graph that a change would make, not published: it can be judged and then published, or left."""

    @property
    def refused(self) -> list[Fact]:
        """What no graph can hold: conflict-*, outside, soa-*, unreadable. Then it cannot be published.

        Positions are those in a zone's text; *detail* says what is wrong in words.
        """
    @property
    def zones(self) -> list[Zone]: ...  # the touched zones as they would be
    def seen(self, zones: Sequence[str]) -> Prepared:
        """The same for who knows *zones* only, as if there were no others: to be judged, it cannot be published."""
    def facts(
        self,
        kinds: Sequence[str],
        *,
        long: int = 9,
        many: int = 4,
        services: Sequence[str] = (),
        limit: int = 0,
    ) -> list[Fact]:
        """Facts of the version as it would be, in the scope of the change; arguments as for `Graph.facts`.

        What the change adds to all facts of the graph is in here and not in `facts_before`. shared-address and
        zone-signed, which belong to a zone as a whole, are not told of; signature-* and denial-broken near what changed
        in zones that are signed afterwards.
        """
    def facts_before(
        self,
        kinds: Sequence[str],
        *,
        long: int = 9,
        many: int = 4,
        services: Sequence[str] = (),
        limit: int = 0,
    ) -> list[Fact]:
        """The facts of the version that it was made from, in the same scope."""
    def outlived(self, renumbered: Sequence[str]) -> list[Fact]:
        """RRsets with other data (signature-outlived) or another TTL (signature-unfit) below the signatures of before.

        *renumbered*: zones whose SOA gets another serial than the one that stands in this version
        """
    def signed_sets(
        self, zone: str, owners: Sequence[str], *, is_before: bool = False
    ) -> list[tuple[str, str, list[bytes], list[bytes]]]:
        """As `Graph.signed_sets`, of some owners, in this version or the one that it was made from."""
    def exists(self, names: Sequence[str]) -> list[bool]:
        """For each name whether it has data, or names below it, in a zone of the result."""
    def existed(self, names: Sequence[str]) -> list[bool]:
        """The same of the version that it was made from."""
    def scope(self) -> list[str]:
        """The names that are touched and, where their shape changed, what reaches them."""
    def reach(self, *, limit: int = 100, after: str | None = None) -> tuple[int, list[Reached]]:
        """Who reached the change in the version that it was made from; as `Graph.reach`.

        That is: who led to an owner that changed or to a name that is answered otherwise because of what changed
        around it, and owners of links that are answered otherwise themselves, such as those below a new cut
        (`is_itself`). Owners that changed are not listed: they end the paths. An apex that only gets another SOA is
        none of them.
        """
    def stale(self, one: Reached) -> int:
        """Seconds for which caches may hold what *one* of `reach` was answered before.

        That is the largest old TTL of the RRsets on its way that are others now; the negative TTL of the zone where
        there was none.
        """
    def explain(self, name: str, type: str = "A") -> Chain: ...

def fact_texts(
    facts: Sequence[Fact],
) -> list[tuple[str, str, str, str, str, list[str], str, int, int, int, int]]:
    """(kind, zone, owner, type, target, chain, file, line, column, data_line, data_column) of each, made in one go.

    For tens of thousands: texts that neighbours share are made once.
    """

@final
class Reached:
    """An owner whose record leads to a name, over any number of links.

    Shape: path[0] == name, path[-1] is the name that was asked about, or an owner that changed; path[1] is what the
           record of *type* names, unless *is_itself*: then it is what hides the owner, or did. A name is followed by
           the wildcard that answers for it, where that is the last of the path.
    """

    name: str
    type: str
    zone: str  # apex of the zone that holds the record
    path: list[str]
    ttl: int  # seconds
    is_itself: bool  # whether the owner is answered otherwise itself, not only what it names

@final
class Graph:
    """Names as nodes, aliases as links; one writer, any number of readers, who see whole versions only."""

    def __init__(self, *, follow: str = "served", max_chain: int = 16) -> None: ...
    def load_zone(self, path: str, origin: str | None = None) -> Loaded:
        """Read a master file and publish it; what did not change is not touched.

        Raises: OSError when *path* itself cannot be opened (an unreadable $INCLUDE is a Problem).
        """
    def unload_zone(self, origin: str) -> bool: ...
    def prepare(
        self,
        changes: Sequence[tuple[str, str, str, int, Sequence[str]]],
        *,
        texts: Sequence[tuple[str, bytes]] = (),
        drop: Sequence[str] = (),
    ) -> Prepared:
        """Make the next version and publish nothing; costs what the change touches.

        First zones of *drop* go, then each of *texts* (zone, master file text) makes or replaces a whole zone, then
        *changes* (zone, owner, type, ttl, data) replace RRsets; without data they delete them. A zone needs an SOA and
        may lack NS.

        Raises: ValueError for a name, type or data that cannot be read, and for a zone that is not there.
        """
    def branch(
        self,
        changes: Sequence[tuple[str, str, str, int, Sequence[str]]],
        *,
        texts: Sequence[tuple[str, bytes]] = (),
        drop: Sequence[str] = (),
    ) -> tuple[Prepared, Branch]:
        """As `prepare`, for what takes so long that others publish meanwhile. There is one at a time: a later one makes
        those before stale.

        Raises: ValueError as `prepare`
        """
    def prepare_stored(self, zone: str, parts: Iterator[tuple[str, str, str, str]], *, sets: int = 0) -> Prepared:
        r"""Make the next version with *zone* as the store keeps it, in place of what it held, and publish nothing.

        Each of *parts* holds RRsets in columns: places (`store.place`), TTLs and types, one a line, and data, one line
        a record with \x01 between RRsets. The next is asked for while those before are read. *sets*: about how many
        RRsets there are. What cannot be read is in `refused`, as for a text.

        Raises: ValueError for a name that cannot be read; whatever *parts* raises
        """
    def publish(self, prepared: Prepared) -> None:
        """Make *prepared* the version that is served.

        Raises: ValueError, "stale" when another version was published since: prepare again; "refused" when it holds
        what no graph can hold
        """
    def change(self, zone: str, sets: Sequence[tuple[str, str, int, Sequence[str]]]) -> int:
        """Prepare and publish RRsets (owner, type, ttl, data) of one zone; returns how many owners changed.

        Raises: ValueError for data that cannot be read or that a node cannot hold; nothing is published then.
        """
    def configure(self, *, follow: str, max_chain: int) -> None: ...
    def seen(self, zones: Sequence[str]) -> Graph:
        """The version of now with *zones* and no others, as if nobody served those; to be read. Costs nothing."""
    def zones(self) -> list[Zone]: ...
    def signed_sets(self, zone: str) -> list[tuple[str, str, list[bytes], list[bytes]]]:
        """The RRsets of *zone* that have signatures: (owner, type, data, data of the RRSIG records), in wire form."""
    def explain(self, name: str, type: str = "A") -> Chain: ...
    def reach(self, name: str, *, limit: int = 100, after: str | None = None) -> tuple[int, list[Reached]]:
        """(how many owners lead to *name*, the first *limit* of them, or of those behind *after*), nearest first.

        Records count that questions reach. CNAME, ALIAS and the alias form of HTTPS and SVCB lead on; all other
        links (MX, PTR, NAPTR ..) name a host and end there. A wildcard and a DNAME are listed by their owner, the
        names that they lead stand in paths. A wildcard is reached by who reaches a name that it answers for. Each owner
        once, by a shortest path. Nothing follows an *after* that is not (any more) among them.
        """
    def answered(self, wildcard: str) -> list[str]:
        """The names that *wildcard* answers for and that records name; also those that DNAMEs lead there."""
    def reach_address(self, address: str, *, limit: int = 100, after: str | None = None) -> tuple[int, list[Reached]]:
        """The same for an address: first the RRsets that have it - A, AAAA, and HTTPS and SVCB with it as a hint, glue
        and what a cut hides too -, then who reaches their owners. Paths end in the address. Looks at every name.

        Raises: ValueError
        """
    def inbound(self, name: str, *, limit: int = 100, after: str | None = None) -> tuple[int, list[tuple[str, str]]]:
        """(how many names hold a record that names *name*, the records of the first *limit* of them as (owner, type)).

        The order is fixed but is not that of names; *after*: go on behind this owner. Costs the size of the answer.
        """
    def answer(self, packet: bytes, *, tcp: bool = True, udp_size: int = 1232) -> bytes | None:
        """The reply that the listeners would send to *packet*; None is silence."""
    def facts(
        self,
        kinds: Sequence[str],
        *,
        scope: Sequence[str] | None = None,
        long: int = 9,
        many: int = 4,
        services: Sequence[str] = (),
        limit: int = 0,
    ) -> list[Fact]:
        """Facts of these kinds about all zones, or about the records of the owners in *scope*; *limit* 0 is all.

        *long*: hops from which a chain is long; *many*: names from which on an address is shared; *services*: labels
        that a wildcard alias may capture.
        """
    def survey(self, kinds: Sequence[str], limit: int) -> tuple[dict[str, int], list[Fact]]:
        """(how many facts of all zones there are of each of these kinds that occurs, the first *limit*), in one search.

        The search is done by threads of the lowest scheduling class (SCHED_IDLE): it takes what others leave of the
        processors, holds no lock, and may take long.
        """
    def exists(self, names: Sequence[str]) -> list[bool]:
        """For each name whether it has data, or names below it, in a zone that is served."""
    def fact_counts(self, zone: str | None = None, *, kinds: Sequence[str] | None = None) -> dict[str, int]:
        """How many facts there are of each kind that occurs, of all kinds or *kinds*, in one zone or in all."""

def place_of(owner: str, zone: str) -> str:
    """The key of *owner* in the store (`store.place`). Raises: ValueError when it is not at or below *zone*"""

def owner_at(place: str, zone: str) -> str:
    """The owner whose key *place* is. Raises: ValueError when it is none"""

def stored_text(zone: str, parts: Iterator[tuple[str, str, str, str]]) -> bytes:
    """The lines "owner ttl IN type data" of what `Graph.prepare_stored` takes, the SOA's first; data as they are.

    Raises: ValueError for columns that do not fit together; whatever *parts* raises
    """

def zone_text(graph: Graph, zone: str) -> bytes:
    """A published zone as lines `owner ttl IN type data`, absolute names, in canonical order, the SOA first.

    Shape:  b"" when no such zone is published
    """

@final
class Read:
    """What came of reading one file for judging. Units: names counts owners that hold records."""

    path: str  # as it was given
    origin: str  # "" when the zone's name is not known
    serial: int
    records: int  # each counted once; also those that no server can hold
    names: int
    files: list[str]  # the file and all it includes
    is_zone: bool  # whether it takes part as a zone: it has a name and records, and no file before it is that zone
    is_guessed: bool  # whether nothing but the file's name says what the zone is called
    soa_names: list[str]  # the names in the SOA of a zone whose name is guessed
    error: str  # why the file could not be opened, else ""

@final
class World:
    """Zone files read for judging: one graph of them all, also of what no server can hold, with positions.

    What a name server would refuse is left out of the graph and told as facts; of records that cannot stand together
    the alias stays (at the apex the data), of two aliases or DNAMEs the first, of a cut and a DNAME the cut. A zone
    without SOA takes part. Names of facts, chains and zones mean all files together.
    """

    def __init__(self, *, max_chain: int = 16) -> None: ...
    def read(
        self,
        files: Sequence[tuple[str, str | None]],
        *,
        now: Mapping[str, bytes] = {},
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Read]:
        """Read files (path, origin or None) beside those that are there, several at once.

        *now*: texts in place of what is stored under a path, also one that is included, written as in `Read.files`

        *progress* is told (octets read, octets in all), at most twenty times a second; what it raises ends the reading
        and comes through, and the world is as it was. An interrupt does the same.

        Raises: ValueError for an origin that is no name; a file that cannot be opened is told in its Read
        """
    def facts(
        self,
        kinds: Sequence[str],
        *,
        scope: Sequence[str] | None = None,
        long: int = 9,
        many: int = 4,
        services: Sequence[str] = (),
        limit: int = 0,
    ) -> list[Fact]:
        """The facts of *kinds* in the order of the files, their lines and columns; the first *limit*, or all.

        *scope*: only those about records of these names. The other arguments are those of `Graph.facts`.
        Raises: ValueError for a kind or a name that is none
        """
    def signed_sets(self, zone: str) -> list[tuple[str, str, list[bytes], list[bytes]]]:
        """The RRsets of *zone* that have signatures: (owner, type, data, data of the RRSIG records), in wire form."""
    def explain(self, name: str, type: str = "A") -> Chain: ...
    def exists(self, names: Sequence[str]) -> list[bool]:
        """For each name whether it has data, or names below it, in a zone of the world."""
    def zones(self) -> list[Zone]:
        """In the order of the files."""

@final
class Server:
    """The DNS listeners: *workers* threads that share *graph* and never take the GIL.

    *listen* are "HOST:PORT" texts ("[::1]:53" for IPv6; port 0 chooses one); *fds* are sockets that were handed
    over already bound (systemd), used in place of *listen*. Without *is_started* the sockets are bound and nothing is
    read from them until `start`: the place to give up privileges.

    *cookie_secrets* are texts of 32 hexadecimal digits: the first makes DNS cookies, all are accepted; none stands for
    a random one. *rate* is in replies a second, of one class, to one network; 0 is no limit.

    Raises: OSError with the address in its text when a socket cannot be bound; ValueError for a setting out of range.
    """

    def __init__(
        self,
        graph: Graph,
        *,
        listen: Sequence[str],
        fds: Sequence[int] = (),
        workers: int = 0,
        udp_size: int = 1232,
        tcp_clients: int = 512,
        tcp_idle: float = 10.0,
        nsid: str = "",
        cookie_secrets: Sequence[str] = (),
        rate: int = 0,
        rate_prefix4: int = 24,
        rate_prefix6: int = 56,
        rate_allow: Sequence[str] = (),
        slip: int = 2,
        is_started: bool = True,
    ) -> None: ...
    def start(self) -> None:
        """Answer, unless that was begun or ended already. Raises: OSError when the system has no thread left."""
    addresses: list[str]  # what was bound, in the order of *listen*
    def configure(
        self,
        *,
        cookie_secrets: Sequence[str],
        rate: int,
        rate_prefix4: int,
        rate_prefix6: int,
        rate_allow: Sequence[str],
        slip: int,
    ) -> None:
        """Treat clients this way from now on; what was counted stays when only the secrets differ.

        Raises: ValueError; nothing has changed then
        """
    def counters(self) -> Counters: ...
    def stop(self) -> None:
        """Stop answering and join the workers; replies under way are sent."""

@final
class Counters:
    """Sums over all workers since the start."""

    requests: list[tuple[str, str, str, str, int]]  # zone (or ""), type, proto (udp, tcp), family (ipv4, ipv6), count
    responses: list[tuple[str, int]]  # rcode, count
    ends: list[tuple[str, int]]  # end of chain, count
    cookies: list[tuple[str, int]]  # new, valid, invalid: what a client's cookie was worth, count
    limited: list[tuple[str, int]]  # drop, slip: what became of replies over the rate, count
    hops: list[int]  # hops[i]: answers that took i links; the last slot takes all longer ones
    duration_buckets: list[tuple[float, int]]  # (upper bound in seconds, answers not slower), cumulative
    duration_sum: float  # seconds, over the answers that were timed
    duration_count: int  # answers that were timed (a sample; see ARCHITECTURE)
    dropped: int  # packets that got no reply
    panics: int  # queries whose answering failed inside the core, each a fault to report
    tcp_clients: int  # connections open now

def normalize(type: str, data: str) -> str:
    """Record data in the one presentation form, spelled as in *data*: names in their case, strings as they stand there.

    Relative names are taken as absolute. Raises: ValueError that says what is wrong and in which column
    """

def canonical(type: str, data: str) -> str:
    """What is equal for all spellings of one record: *data* with names in lower case and strings in their one form.

    Data that cannot be read are equal to themselves. Raises: ValueError for what is no type
    Source: RFC 2181 5, RFC 4343
    """

def text_of(number: int, message: bytes, start: int, length: int) -> str:
    """Record data as it stands in a *message*, *length* octets from *start* on, in presentation form.

    Raises: ValueError when it is no data of the type with this *number*
    """

def type_text(number: int) -> str:
    """The mnemonic of a type, or `TYPE123`."""

def normalize_name(name: str) -> str:
    """*name* in lower case with its final dot. Raises: ValueError"""

def written_labels(name: str) -> list[str]:
    r"""The labels of *name* as they are written, `a\.b` is one; for `truename.name`, which everybody else asks.

    Also of relative names, and of what is none: whether it is, `normalize_name` says. The root has no labels.
    """

def is_link(type: str) -> bool:
    """Whether records of a type are links: their data holds names. Not SOA, nor what signatures are made of."""

def name_spans(rtype: str, data: str) -> list[tuple[int, int]]:
    r"""Where the domain names stand in *data*, the presentation form of one record: (start, end), in characters.

    By the core's one table of types, also in what a person typed: names may be relative, in any spelling and spacing.
    Shape:  ascending; empty for types without names, types that are not known and `\# ..`; a field that is missing, or
            stands in quotes, is left out
    Raises: nothing; whether the data is good is said by `normalize`
    """

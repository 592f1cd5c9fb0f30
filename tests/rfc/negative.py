"""The SOA records that negative answers of the zones carry: TTL is the smaller of SOA TTL and MINIMUM."""

EXAMPLE_COM = "example.com. 300 SOA ns1.example.com. hostmaster.example.com. 2024010101 7200 3600 1209600 300"
EXAMPLE_ORG = "example.org. 120 SOA ns.example.org. hostmaster.example.org. 7 7200 3600 1209600 7200"
CHILD = "child.example.com. 300 SOA ns.child.example.com. hostmaster.child.example.com. 1 7200 3600 1209600 300"
EXAMPLE = "example. 600 SOA ns.example.com. hostmaster.example.com. 2006070101 7200 3600 1209600 600"
DNAME_NET = "dname.example.net. 300 SOA ns.example.org. hostmaster.example.org. 1 7200 3600 1209600 300"

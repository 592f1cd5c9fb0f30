"""Clients of PowerDNS' API as they are set up for this one: docs/api.md begins with them, tests run what can run."""

TEXT = """
## Five clients

Each block can be pasted where `make run` runs; a server elsewhere has another URL, and a key of its own.

### curl

```sh
export KEY=$(cat truename-data/admin.key) API=http://127.0.0.1:8053/api/v1/servers/localhost
curl -sSf -H "X-API-Key: $KEY" $API/zones --json '{"name": "example.net.", "kind": "Native",
  "nameservers": ["ns1.example.net."], "rrsets": [
  {"name": "ns1.example.net.", "type": "A", "ttl": 3600, "records": [{"content": "192.0.2.53"}]}]}'
curl -sSf -H "X-API-Key: $KEY" $API/zones/example.net. -X PATCH --json '{"rrsets": [
  {"name": "web.example.net.", "type": "A", "ttl": 300, "changetype": "REPLACE",
   "records": [{"content": "192.0.2.80"}]}]}'
curl -sSf -H "X-API-Key: $KEY" "$API/zones/example.net.?rrset_name=web.example.net."
curl -sSf -H "X-API-Key: $KEY" $API/names/web.example.net./impact
```

The first makes the zone, the second a record in it (204, no body), the third reads it, the last says who reaches it.

### octoDNS

```sh
pip install octodns octodns-powerdns
mkdir -p zones.d
cat > octodns.yaml <<'END'
manager: {max_workers: 1}
providers:
  files: {class: octodns.provider.yaml.YamlProvider, directory: ./zones.d, default_ttl: 3600}
  truename:
    class: octodns_powerdns.PowerDnsProvider
    host: 127.0.0.1
    port: 8053
    api_key: env/KEY
    mode_of_operation: native
zones:
  example.net.: {sources: [files], targets: [truename]}
END
cat > zones.d/example.net.yaml <<'END'
'': {type: NS, value: ns1.example.net.}
ns1: {type: A, value: 192.0.2.53}
web: {ttl: 300, type: A, value: 192.0.2.80}
www: {type: CNAME, value: web.example.net.}
END
export KEY=$(cat truename-data/admin.key)
octodns-sync --config-file=octodns.yaml           # the plan
octodns-sync --config-file=octodns.yaml --doit
```

### terraform

```hcl
terraform {
  required_providers {
    powerdns = { source = "pan-net/powerdns", version = "~> 1.5" }
  }
}

provider "powerdns" {
  server_url = "http://127.0.0.1:8053"
  api_key    = trimspace(file("truename-data/admin.key"))
}

resource "powerdns_record" "shop" {
  zone    = "example.net."
  name    = "shop.example.net."
  type    = "CNAME"
  ttl     = 300
  records = ["web.example.net."]
}
```

### lego

```sh
truename key create lego --role editor --zone example.net > lego.key
export PDNS_API_URL=http://127.0.0.1:8053 PDNS_API_KEY_FILE=lego.key
lego --accept-tos --email you@example.net --dns pdns --domains www.example.net run
```

Version 4; later ones have the options behind `run`. The zone must be one that the world asks this server about.

### external-dns

```yaml
# of the container's `args`; the zone has to be there
- --provider=pdns
- --pdns-server=https://truename.example.net     # with --tls-cert, or a proxy and --behind-proxy, in front of the API
- --pdns-server-id=localhost
- --pdns-api-key=$(PDNS_API_KEY)                 # truename key create external-dns --role editor --zone example.net
- --domain-filter=example.net
- --txt-owner-id=cluster-1
- --source=ingress
- --policy=upsert-only
```

## Replies
"""

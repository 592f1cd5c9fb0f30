#!/bin/sh
# What acme.sh does to set and take back challenges (its DNS hook for PowerDNS): no JSON parser, grep and sed.
# usage: acme.sh URL KEY add|rm|list NAME [TOKEN]        NAME without the final dot
set -eu
url=$1 key=$2 what=$3 name=$4 token=${5:-}
servers="$url/api/v1/servers/localhost"

get() { curl -sS -H "X-API-Key: $key" "$1"; }
send() { curl -sS -f -H "X-API-Key: $key" -H 'Content-Type: application/json' -X "$1" ${3:+-d "$3"} "$2"; }
normalized() { sed 's/" *: *\(["{[]\)/":\1/g' | sed 's/^ *\([^ ]\)/\1/' | tr -d '\r\n'; }

root() { # the zone of $name: asked for from the longest to the shortest
    left=$name
    while [ -n "$left" ]; do
        if get "$servers/zones?zone=$left." | normalized | grep -F -q "\"name\":\"$left.\""; then
            echo "$left."
            return 0
        fi
        case $left in *.*) left=${left#*.} ;; *) return 1 ;; esac
    done
}

old() { # the tokens that are there: from the name to the next ], which holds the records because keys are sorted
    get "$servers/zones/$zone" | normalized | grep -E -o "\"name\":\"${name}[^]]*}" |
        grep -E -o 'content":"\\"[^\\]*' | sed -n 's/^content":"\\"//p'
}

replace() { # tokens on standard input
    records=
    while read -r one; do
        records="${records:+$records, }{\"content\": \"\\\"$one\\\"\", \"disabled\": false}"
    done
    set_="\"changetype\": \"REPLACE\", \"name\": \"$name.\", \"type\": \"TXT\", \"ttl\": 60, \"records\": [$records]"
    send PATCH "$servers/zones/$zone" "{\"rrsets\": [{$set_}]}"
}

zone=$(root)
case $what in
    list) old ;;
    add) { echo "$token"; old; } | replace && send PUT "$servers/zones/$zone/notify" >/dev/null ;;
    rm)
        left=$(old | grep -v -x -F "$token" || true)
        send PATCH "$servers/zones/$zone" "{\"rrsets\": [{\"changetype\": \"DELETE\", \"name\": \"$name.\", \"type\": \"TXT\"}]}"
        if [ -n "$left" ]; then echo "$left" | replace; fi
        send PUT "$servers/zones/$zone/notify" >/dev/null
        ;;
esac

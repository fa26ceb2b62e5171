"""Which addresses of machines are public: all but those of the networks below.

The table holds the entries of the IANA registries of special-purpose addresses, IPv4 and IPv6 (RFC 6890, RFC 8190 and
what added to them), written down in November 2026 from the RFCs that each one names; those that are reachable from
everywhere too (relays, anycast services: no documents stand there). With them: multicast, what is reserved, what was
given back. Python's `ipaddress.is_global` is not asked: its answer changes with Python's patch releases.
"""

from __future__ import annotations

import ipaddress

_IPV4 = {
    "0.0.0.0/8": "this network (RFC 791)",
    "10.0.0.0/8": "private (RFC 1918)",
    "100.64.0.0/10": "shared by the customers of a provider (RFC 6598)",
    "127.0.0.0/8": "this machine (RFC 1122)",
    "168.63.129.16/32": "Azure's own services, from within it only (named by Microsoft, in no registry)",
    "169.254.0.0/16": "link-local, the metadata of cloud machines among them (RFC 3927)",
    "172.16.0.0/12": "private (RFC 1918)",
    "192.0.0.0/24": "protocol assignments (RFC 6890): DS-Lite, PCP, TURN, NAT64 discovery; Oracle's cloud metadata",
    "192.0.2.0/24": "documentation (RFC 5737)",
    "192.31.196.0/24": "AS112 (RFC 7535)",
    "192.52.193.0/24": "AMT relays (RFC 7450)",
    "192.88.99.0/24": "6to4 relays, deprecated (RFC 7526)",
    "192.168.0.0/16": "private (RFC 1918)",
    "192.175.48.0/24": "AS112 (RFC 7534)",
    "198.18.0.0/15": "benchmarking (RFC 2544)",
    "198.51.100.0/24": "documentation (RFC 5737)",
    "203.0.113.0/24": "documentation (RFC 5737)",
    "224.0.0.0/4": "multicast (RFC 5771)",
    "240.0.0.0/4": "reserved, limited broadcast included (RFC 1112, RFC 919)",
}
_IPV6 = {
    "::/128": "unspecified (RFC 4291)",
    "::1/128": "this machine (RFC 4291)",
    "::/96": "IPv4-compatible, deprecated (RFC 4291)",
    "::ffff:0:0:0/96": "IPv4-translated (RFC 2765)",
    "64:ff9b:1::/48": "NAT64 of a network's own (RFC 8215)",
    "100::/64": "discarded (RFC 6666)",
    "100:0:0:1::/64": "dummy prefix (RFC 9780)",
    "2001::/23": "protocol assignments (RFC 2928)",
    "2001::/32": "Teredo: it holds IPv4 addresses (RFC 4380)",
    "2001:1::1/128": "PCP (RFC 7723)",
    "2001:1::2/128": "TURN (RFC 8155)",
    "2001:1::3/128": "DNS-SD registration (RFC 9665)",
    "2001:2::/48": "benchmarking (RFC 5180)",
    "2001:3::/32": "AMT relays (RFC 7450)",
    "2001:4:112::/48": "AS112 (RFC 7535)",
    "2001:10::/28": "ORCHID, deprecated (RFC 4843)",
    "2001:20::/28": "ORCHIDv2 (RFC 7343)",
    "2001:30::/28": "DRIP (RFC 9374)",
    "2001:db8::/32": "documentation (RFC 3849)",
    "2002::/16": "6to4: it holds an IPv4 address (RFC 3056, RFC 7526)",
    "2620:4f:8000::/48": "AS112 (RFC 7534)",
    "3ffe::/16": "6bone, given back (RFC 3701)",
    "3fff::/20": "documentation (RFC 9637)",
    "5f00::/16": "segment routing (RFC 9602)",
    "fc00::/7": "private (RFC 4193), the metadata of cloud machines among them",
    "fe80::/10": "link-local (RFC 4291)",
    "fec0::/10": "site-local, deprecated (RFC 3879)",
    "ff00::/8": "multicast (RFC 4291)",
}
REFUSED = tuple(ipaddress.ip_network(network) for network in (*_IPV4, *_IPV6))
# All that was ever given out to anybody (RFC 4291): what lies outside, in the table or not, is nobody's.
_GIVEN_OUT = ipaddress.IPv6Network("2000::/3")

# These hold an IPv4 address that is what is connected to: it decides.
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")  # RFC 4291
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: all that a network without IPv4 sees of IPv4


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public network, also once the IPv4 address in it is looked at."""
    try:
        found = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and (found in _MAPPED or found in _NAT64):
        found = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    if isinstance(found, ipaddress.IPv6Address) and found not in _GIVEN_OUT:
        return False
    return not any(found in network for network in REFUSED if network.version == found.version)

"""Which addresses are public: every network of the table, at both ends, and what stands just outside."""

from __future__ import annotations

import ipaddress
import socket

import pytest

from ingest.fetching.networks import REFUSED, is_public

# The entries of the registries of IANA, in their own words: none may be missing from the table.
REGISTERED = """0.0.0.0/8 0.0.0.0/32 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
192.0.0.0/29 192.0.0.8/32 192.0.0.9/32 192.0.0.10/32 192.0.0.170/32 192.0.0.171/32 192.0.2.0/24 192.31.196.0/24
192.52.193.0/24 192.88.99.0/24 192.88.99.2/32 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24
203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 255.255.255.255/32
::1/128 ::/128 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001::/32 2001:1::1/128 2001:1::2/128 2001:1::3/128
2001:2::/48 2001:3::/32 2001:4:112::/48 2001:10::/28 2001:20::/28 2001:30::/28 2001:db8::/32 2002::/16
2620:4f:8000::/48 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8 ::/96 ::ffff:0:0:0/96""".split()
NAT64, MAPPED = int(ipaddress.IPv6Address("64:ff9b::")), int(ipaddress.IPv6Address("::ffff:0:0"))


def _is_given_out(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.version == 4 or address in ipaddress.IPv6Network("2000::/3")


@pytest.mark.parametrize("network", sorted({*REGISTERED, *map(str, REFUSED)}))
def test_a_network_is_refused_from_its_first_to_its_last_address(network: str) -> None:
    found = ipaddress.ip_network(network)
    middle = found[found.num_addresses // 2]
    for address in (found[0], middle, found[-1]):
        assert not is_public(str(address)), address


@pytest.mark.parametrize("network", sorted(map(str, REFUSED)))
def test_what_stands_just_outside_is_judged_by_itself(network: str) -> None:
    found = ipaddress.ip_network(network)
    kind = ipaddress.IPv4Address if found.version == 4 else ipaddress.IPv6Address
    for number in (int(found[0]) - 1, int(found[-1]) + 1):
        if not 0 <= number < 1 << found.max_prefixlen:
            continue
        beside = kind(number)
        is_refused = any(beside in other for other in REFUSED if other.version == beside.version)
        assert is_public(str(beside)) is (_is_given_out(beside) and not is_refused), beside


@pytest.mark.parametrize(
    "address",
    [
        "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
        "168.63.129.15", "168.63.129.17", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
        "191.255.255.255", "192.0.1.0", "192.0.1.255", "192.0.3.0", "192.31.195.255", "192.31.197.0", "192.52.192.255",
        "192.52.194.0", "192.88.98.255", "192.88.100.0", "192.167.255.255", "192.169.0.0", "192.175.47.255",
        "192.175.49.0", "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0",
        "223.255.255.255", "93.184.216.34",
        "2001:200::", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::", "2003::", "2620:4f:7fff::",
        "2620:4f:8001::", "3fff:1000::", "2000::", "2606:2800:220:1:248:1893:25c8:1946",
        "::ffff:93.184.216.34", "64:ff9b::93.184.216.34", "2606:2800::1%eth0",
    ],
)  # fmt: skip
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "192.0.0.192", "192.0.0.8", "192.0.0.9", "fec0::1", "3fff::1", "100.100.100.200", "168.63.129.16",
        "fd00:ec2::254", "fe80::1%eth0", "::127.0.0.1", "::93.184.216.34", "64:ff9b:1::5db8:d822", "2002:5db8:d822::1",
        "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "::ffff:0:127.0.0.1", "4000::", "1fff:ffff::",
        "", "n'importe quoi", "127.1", "2130706433", "0x7f.1", "010.0.0.1", "1.2.3", "1.2.3.4/8", "[::1]",
        "\u00b9.2.3.4",
    ],
)  # fmt: skip
def test_addresses_that_are_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("network", [network for network in map(str, REFUSED) if "." in network])
@pytest.mark.parametrize("prefix", [NAT64, MAPPED])
def test_an_address_of_ipv4_within_one_of_ipv6_decides(network: str, prefix: int) -> None:
    found = ipaddress.ip_network(network)
    for inner in (found[0], found[-1]):
        assert not is_public(str(ipaddress.IPv6Address(prefix + int(inner))))
    public = int(ipaddress.IPv4Address(socket.inet_aton("93.184.216.34")))
    assert is_public(str(ipaddress.IPv6Address(prefix + public)))

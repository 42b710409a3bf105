import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { clientAddress, networkOf, peerAddress } from "../../../src/server/requests/client-address.js";
import { blockListOf } from "../../../src/util/network/address-blocks.js";

const PROXIES = blockListOf(["10.0.0.0/8", "192.0.2.7", "fd00::/8"]);

test.each([
  ["no proxy", "203.0.113.9", undefined, "203.0.113.9"],
  ["a header from an untrusted peer", "203.0.113.9", "198.51.100.1", "203.0.113.9"],
  ["a proxy", "10.1.2.3", "198.51.100.1", "198.51.100.1"],
  ["a proxy whose client invents hops", "10.1.2.3", "1.1.1.1, 2.2.2.2, 198.51.100.1", "198.51.100.1"],
  ["two proxies", "10.1.2.3", "198.51.100.1, 192.0.2.7", "198.51.100.1"],
  ["an IPv4-mapped IPv6 address", "::ffff:10.1.2.3", "::ffff:198.51.100.1", "198.51.100.1"],
  ["an IPv4-mapped IPv6 address in hexadecimal", "::ffff:a01:203", "::ffff:c633:6401", "198.51.100.1"],
  ["an IPv6 proxy", "fd00::1", "2001:db8::1", "2001:db8::1"],
  ["an IPv6 proxy with a zone", "fd00::1%eth0", "2001:db8::1", "2001:db8::1"],
  ["a hop with a port", "10.1.2.3", "198.51.100.1:4711", "198.51.100.1"],
  ["an IPv6 hop with a port", "10.1.2.3", "[2001:db8::1]:4711", "2001:db8::1"],
  ["an IPv6 hop in brackets", "10.1.2.3", "[2001:db8::1]", "2001:db8::1"],
  ["two proxies that add ports", "10.1.2.3", "198.51.100.1:4711, 192.0.2.7:4712", "198.51.100.1"],
  ["an IPv4 address in less than four parts", "10.1.2.3", "198.51", "10.1.2.3"],
  ["an IPv4 address in hexadecimal", "10.1.2.3", "0xc6336401", "10.1.2.3"],
  ["an empty hop, which is ignored (RFC 9110 §5.6.1.2)", "10.1.2.3", "198.51.100.1, ", "198.51.100.1"],
  ["a proxy without the header", "10.1.2.3", undefined, "10.1.2.3"],
  ["a hop that is not an address", "10.1.2.3", "unknown", "10.1.2.3"],
  ["a hop that is an injection", "10.1.2.3", "198.51.100.1\r\nx: y", "10.1.2.3"],
  ["a hop that is not an address behind a proxy", "10.1.2.3", "unknown, 192.0.2.7", "192.0.2.7"],
  ["all hops are proxies", "10.1.2.3", "10.9.9.9", "10.9.9.9"],
  ["a connection that has closed", undefined, "198.51.100.1", ""],
])("%s", (_name, remoteAddress, forwarded, expected) => {
  const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  const request = { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
  expect(clientAddress(request, PROXIES)).toBe(expected);
});

test("an IPv4 peer has an IPv4 address, even if the server listens on IPv6", () => {
  expect(peerAddress({ remoteAddress: "::ffff:198.51.100.1" } as Socket)).toBe("198.51.100.1");
  expect(peerAddress({ remoteAddress: undefined } as Socket)).toBe("");
});

test.each([
  ["203.0.113.9", "203.0.113.9"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:db8:1:2::9", "2001:db8:1:2"],
  ["2001:0db8::1", "2001:db8:0:0"],
  ["::1", "0:0:0:0"],
  ["", ""],
])("the network of %s is %s", (address, network) => expect(networkOf(address)).toBe(network));

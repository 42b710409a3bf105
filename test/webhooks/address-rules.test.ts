import { describe, expect, test } from "vitest";
import { createAddressGuard, kindOfAddress } from "../../src/webhooks/address-rules.js";

const HTTPS = { protocol: "https:", hostname: "hooks.example" };

test.each([
  ["PUBLIC", ["8.8.8.8", "1.1.1.1", "172.15.0.1", "172.32.0.1", "192.169.0.1", "100.128.0.1", "2606:4700::1111"]],
  ["LOOPBACK", ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"]],
  ["PRIVATE", ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "fd12::1", "fc00::1"]],
  [
    "SPECIAL",
    [
      ...["0.0.0.0", "169.254.169.254", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"],
      ...["224.0.0.1", "240.0.0.1", "255.255.255.255", "192.88.99.1", "100.100.100.200", "168.63.129.16"],
      ...["::", "fe80::1", "fec0::1", "ff02::1", "fd00:ec2::254", "::ffff:8.8.8.8", "::ffff:169.254.169.254"],
      ...[
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001::1",
        "2001:db8::1",
        "3fff::1",
        "100::1",
        "5f00::1",
      ],
    ],
  ],
])("%s addresses", (kind, addresses) => {
  for (const address of addresses) expect([address, kindOfAddress(address)]).toEqual([address, kind]);
});

describe("the address guard", () => {
  const guard = (allow: string[] = [], isLocal = false) => createAddressGuard({ allow, isLocal });

  test("allows public addresses, over https only", () => {
    expect(guard()(HTTPS, "8.8.8.8")).toBeNull();
    expect(guard([], true)({ ...HTTPS, protocol: "http:" }, "8.8.8.8")).toMatch("https only");
  });

  test("allows loopback in local mode only, there over http too", () => {
    const http = { protocol: "http:", hostname: "localhost" };
    expect(guard([], true)(http, "127.0.0.1")).toBeNull();
    expect(guard([], true)(HTTPS, "::1")).toBeNull();
    expect(guard([], true)(HTTPS, "10.0.0.1")).toMatch("private or special");
    expect(guard()(HTTPS, "127.0.0.1")).toMatch("private or special");
    expect(guard(["127.0.0.1"])(http, "127.0.0.1")).toMatch("https only");
  });

  test("allows what the configuration allows, and nothing else", () => {
    const allowed = guard(["10.1.0.0/16", "fd00:1::/32", "169.254.10.1", "Hooks.Internal."]);
    const to = (hostname: string, address: string) => allowed({ ...HTTPS, hostname }, address);
    expect(to("any.example", "10.1.2.3")).toBeNull();
    expect(to("any.example", "fd00:1::5")).toBeNull();
    expect(to("any.example", "169.254.10.1")).toBeNull();
    expect(to("hooks.internal", "192.168.0.1")).toBeNull();
    expect(to("hooks.internal.", "127.0.0.1")).toBeNull();
    expect(to("any.example", "10.2.0.1")).toMatch("private");
    expect(to("other.internal", "192.168.0.1")).toMatch("private");
  });

  test("never allows link-local and metadata addresses by a host name, only by address", () => {
    const allowed = guard(["hooks.internal"]);
    for (const address of ["169.254.169.254", "fd00:ec2::254", "0.0.0.0", "fe80::1"]) {
      expect(allowed({ ...HTTPS, hostname: "hooks.internal" }, address)).toMatch("private or special");
    }
  });
});

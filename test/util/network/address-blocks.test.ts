import { expect, test } from "vitest";
import { blockListOf, isListed } from "../../../src/util/network/address-blocks.js";

const LIST = blockListOf(["10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "::1"]);

test.each([
  ["10.255.0.1", true],
  ["11.0.0.1", false],
  ["192.0.2.7", true],
  ["192.0.2.8", false],
  ["::ffff:10.0.0.1", true],
  ["2001:db8:1::1", true],
  ["2001:db9::1", false],
  ["::1", true],
  ["unknown", false],
  ["", false],
])("%s: %s", (address, expected) => expect(isListed(LIST, address)).toBe(expected));

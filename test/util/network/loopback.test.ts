import { expect, test } from "vitest";
import { isLoopbackHost } from "../../../src/util/network/loopback.js";

test.each([
  ["localhost", true],
  ["LOCALHOST", true],
  ["127.0.0.1", true],
  ["127.8.9.10", true],
  ["::1", true],
  ["[::1]", true],
  ["::ffff:127.0.0.1", true],
  ["0.0.0.0", false],
  ["::", false],
  ["10.0.0.1", false],
  ["127.0.0.1.example.com", false],
  ["localhost.example.com", false],
  ["", false],
])("%j is a loopback host: %j", (host, expected) => {
  expect(isLoopbackHost(host)).toBe(expected);
});

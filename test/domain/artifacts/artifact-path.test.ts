import { expect, test } from "vitest";
import { decodePath, parseArtifactPath } from "../../../src/domain/artifacts/artifact-path.js";
import { parsePlace } from "../../../src/domain/artifacts/artifact-place.js";
import { compareManifestPaths } from "../../../src/domain/artifacts/manifest-order.js";

const read = (encoded: string) => parseArtifactPath(decodePath(encoded));

test.each([
  ["a dot", "1/r/artifacts/./x"],
  ["two dots", "1/r/artifacts/../x"],
  ["two dots at the end", "1/r/artifacts/.."],
  ["two dots at the start", "../etc/passwd"],
  ["encoded dots", "1/r/artifacts/%2e%2e/x"],
  ["half encoded dots", "1/r/artifacts/.%2E/x"],
  ["an encoded slash after dots", "1/r/artifacts/..%2fx"],
  ["all encoded", "%2e%2e%2f%2e%2e%2fetc%2fpasswd"],
  ["encoded twice", "1/r/artifacts/%252e%252e/x"],
  ["encoded three times", "1/r/artifacts/%25252e%25252e%25252fx"],
  ["encoded eleven times", `1/r/artifacts/${"%25".repeat(1)}${"25".repeat(11)}2e`],
  ["an encoded slash within a name, twice", "1/r/artifacts/a%252fb"],
  ["an overlong dot", "1/r/artifacts/%c0%ae%c0%ae/x"],
  ["an overlong slash", "1/r/artifacts/..%c0%afx"],
  ["half a character", "1/r/artifacts/%e4"],
  ["a surrogate", "1/r/artifacts/%ed%a0%80"],
  ["a sign alone", "1/r/artifacts/%"],
  ["a backslash", "1/r/artifacts/..%5cx"],
  ["a backslash within a name", "1/r/artifacts/a\\b"],
  ["a backslash, encoded twice", "1/r/artifacts/..%255cx"],
  ["NUL", "1/r/artifacts/x%00.txt"],
  ["NUL, encoded twice", "1/r/artifacts/x%2500.txt"],
  ["a line break", "1/r/artifacts/x%0d%0aset-cookie:%20a=b"],
  ["an absolute path", "/etc/passwd"],
  ["an empty name", "1/r//artifacts/x"],
  ["a slash at the end", "1/r/artifacts/"],
  ["nothing", ""],
  ["a name that no file system has", `1/r/artifacts/${"x".repeat(256)}`],
  ["a name of too many bytes", `1/r/artifacts/${"%c3%a4".repeat(128)}`],
  ["a path that no index holds", `1/r/artifacts/${"a/".repeat(1_000)}x`],
])("a path with %s is refused", (_what, encoded) => {
  expect(() => read(encoded)).toThrow(/^Invalid path: /);
});

test.each([
  ["1/r/artifacts/model/MLmodel", "1/r/artifacts/model/MLmodel"],
  ["1/r/artifacts/..hidden/...", "1/r/artifacts/..hidden/..."],
  ["1/r/artifacts/100%25.txt", "1/r/artifacts/100%.txt"],
  ["1/r/artifacts/100%2541", "1/r/artifacts/100%41"],
  ["1/r/artifacts/%E5%AD%97", "1/r/artifacts/字"],
  ["1/r/artifacts/a%2fb", "1/r/artifacts/a/b"],
  [`1/r/artifacts/${"x".repeat(255)}`, `1/r/artifacts/${"x".repeat(255)}`],
])("%s is a path", (encoded, path) => {
  expect(read(encoded)).toBe(path);
});

test("a path belongs to a run or to a logged model of the experiment whose number it begins with", () => {
  expect(parsePlace("0/abc/artifacts")).toEqual({ number: 0, run: "abc" });
  expect(parsePlace("12/abc/artifacts/model/x")).toEqual({ number: 12, run: "abc" });
  expect(parsePlace("12/models/m-1/artifacts/x")).toEqual({ number: 12, loggedModel: "m-1" });
  for (const path of [
    ...["", "12", "12/abc", "abc/12/artifacts", "012/abc/artifacts", "-1/abc/artifacts", "1e3/abc/artifacts"],
    ...["12/abc/artifactsx", "12/abc/x/artifacts", "12/models/x/artifacts", "99999999999/abc/artifacts"],
    ...["2147483648/abc/artifacts", "12/traces/tr-1/artifacts", "x\n12/abc/artifacts", "１２/abc/artifacts"],
  ]) {
    expect([path, parsePlace(path)]).toEqual([path, null]);
  }
});

test("files are listed as OpenSSF model signing lists them", () => {
  const paths = ["ä", "a.d/x", "a-b", "a/b", "MLmodel", "a", "\u{10000}", "\uffff", "ab/c", "a/b/c"];
  expect(paths.sort(compareManifestPaths)).toEqual([
    ...["MLmodel", "a", "a/b", "a/b/c", "a-b", "a.d/x", "ab/c", "ä", "\uffff", "\u{10000}"],
  ]);
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseModelName } from "../../../src/domain/models/model.js";
import { parseKey } from "../../../src/domain/tracking/metric.js";
import { parseTag } from "../../../src/domain/values/tag.js";
import { parseAnyLine, parseLabel, parseLine, parseName, parseRemark } from "../../../src/domain/values/text.js";
import { refusalOf } from "../../support/refusal.js";

const MAX = 1_000;
const nameRefusal = (name: string) => refusalOf(() => parseName("name", name, MAX)).message;

describe("a name may have", () => {
  test.each([
    ["letters of any script", "fraud-模型-модель-نموذج-דגם-मॉडल"],
    ["U+200C between Persian letters", "می\u200cخواهم"],
    ["U+200C between Persian letters with marks", "مِی\u200cخواهم"],
    ["U+200C after a virama", "क्\u200cष"],
    ["U+200D after a virama, Hindi", "क्\u200dष"],
    ["U+200D after a virama, Sinhala", "ශ්\u200dරී"],
    ["U+200D after a virama, Malayalam", "അവന്\u200d"],
    ["U+200D before a virama, Bengali", "র\u200d্য"],
    ["Mongolian selectors and the vowel separator", "ᠭ\u180bᠠ ᠨ\u180eᠠ"],
    ["an emoji", "🚀 fraud"],
    ["an emoji of several people", "👩\u200d👩\u200d👧\u200d👦"],
    ["an emoji with a variation selector", "❤\ufe0f"],
    ["an emoji with both", "🏳\ufe0f\u200d🌈"],
    ["a keycap", "1\ufe0f\u20e3"],
    ["a flag made of tags", "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}"],
    ["a Braille blank inside", "⠋⠗\u2800⠁"],
  ])("%s", (_, name) => {
    expect(parseName("name", name, MAX)).toBe(name);
    expect(parseModelName("name", name)).toBe(name);
    expect(parseKey("key", name)).toBe(name);
    expect(parseTag("tag", { key: name, value: "" }).key).toBe(name);
  });
});

describe("a name may not have", () => {
  test.each([
    ["fraud\u200b", "U+200B"],
    ["\u200bfraud", "U+200B"],
    ["fr\u00adaud", "U+00AD"],
    ["fraud\u200d", "U+200D"],
    ["fr\u200caud", "U+200C"],
    ["fr\u034faud", "U+034F"],
    ["fraud\ufe0f", "U+FE0F"],
    ["fraud1\ufe0f", "U+FE0F"],
    ["fraud\u{e0061}", "U+E0061"],
    ["fraud\u{e0100}", "U+E0100"],
    ["fr\u2060aud", "U+2060"],
    ["a\ufeffb", "U+FEFF"],
    ["a\u3164b", "U+3164"],
    ["a\ufff9b\ufffb", "U+FFF9"],
    ["fraud\u{1d159}", "U+1D159"],
    ["fraud\ufffc", "U+FFFC"],
    ["fraud\u{13441}", "U+13441"],
    ["fr\u00a0aud", "U+00A0"],
    ["fr\u3000aud", "U+3000"],
    ["fr\u2800aud", "U+2800"],
    // in Thai and Lao a virama forms no conjuncts, so a joiner shows nothing
    ["ก\u0e3a\u200dก", "U+200D"],
    // these letters do not join, so it changes nothing
    ["دا\u200cد", "U+200C"],
    ["می\u200c\u200cخواهم", "U+200C"],
    ["क्\u200c", "U+200C"],
    ["🚀\u200d", "U+200D"],
    ["🚀\u200d🚀", "U+200D"],
    // the emoji beside it is not a letter that joins
    ["🚀\u200cب", "U+200C"],
    ["👍\ufe0f", "U+FE0F"],
    ["fraud\u180b", "U+180B"],
  ])("what shows nothing there: %j", (name, code) => {
    expect(nameRefusal(name)).toContain(`contains ${code}, which cannot be seen there`);
  });

  test.each(["\u2060", "\u200b\u200b", "\u3164", "\u2800", "\u0301", "\u115f\u1160", "\u{e0061}"])(
    "nothing that can be seen: %j",
    (name) => {
      expect(nameRefusal(name)).toContain("must have a visible character");
      expect(refusalOf(() => parseLine("line", name, MAX)).message).toContain("must have a visible character");
    },
  );

  test.each([
    ["a\u2028b", "the line break U+2028"],
    ["a\u2029b", "the line break U+2029"],
    ["fraud\u202egnp", "the control of writing direction U+202E"],
    ["a\u2066b\u2069", "U+2066"],
    ["a\u200eb", "U+200E"],
    ["a\u061cb", "U+061C"],
  ])("line breaks and bidi controls: %j", (name, sentence) => {
    expect(nameRefusal(name)).toContain(`must not contain`);
    expect(nameRefusal(name)).toContain(sentence);
    expect(refusalOf(() => parseLine("line", name, MAX)).message).toContain(sentence);
  });

  test.each(["\u2800a", "a\u2800"])("a Braille blank at an end: %j", (name) => {
    expect(nameRefusal(name)).toContain("begin or end with a blank");
  });
});

test("a remark may have several lines and marks, but nothing that turns its order", () => {
  for (const text of ["", "one\ntwo", "\u200eשלום\u200f", "a\u200bb"])
    expect(parseRemark("reason", text, MAX)).toBe(text);
  for (const text of ["a\u202eb", "a\u2067b", "a\u2028b"]) {
    expect(refusalOf(() => parseRemark("reason", text, MAX)).message).toContain("must not contain");
  }
});

/** Texts of which every other character is one that names are refused for, or that only some places allow. */
const suspicious = fc
  .array(
    fc.oneof(
      fc.constantFrom(..."ab1 دبیक्র्ᠨ🚀❤👩"),
      fc.constantFrom(
        ..."\u200b\u200c\u200d\u2060\u00ad\u034f\u061c\u180b\u180e\u200e\u202e\u2028\u2066\u2800\u3164\ufe0f\ufeff\u{e0067}\u{e007f}",
      ),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => parts.join(""));

const accepts = (parse: () => unknown) => {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
};
const label = (text: string) => accepts(() => parseLabel("label", text, MAX));

test("whatever is accepted can be seen, and is one line in one direction", () => {
  fc.assert(
    fc.property(suspicious, (text) => {
      fc.pre(label(text));
      expect(text).toMatch(/[^\p{White_Space}\p{C}\p{M}\p{Default_Ignorable_Code_Point}]|\p{Co}|\p{Cn}/u);
      expect(text).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
      expect(text).not.toMatch(/\u034f|[\u200b\u2060\u00ad\ufeff\u3164]/u);
    }),
    { numRuns: 2_000 },
  );
});

test("a character that shows nothing never makes a second name out of letters, digits and signs", () => {
  const plain = fc.string({ unit: fc.constantFrom(..."abcXYZ019-_. éñ漢字かな한국"), minLength: 1, maxLength: 8 });
  const hidden = fc.constantFrom(
    ..."\u200b\u200c\u200d\u2060\u00ad\u034f\ufe0e\ufe0f\u180b\u{e0100}\u{e0061}\u3164\uffa0\u206f",
  );
  fc.assert(
    fc.property(plain, hidden, fc.nat(8), (text, character, at) => {
      expect(label(text.slice(0, at) + character + text.slice(at))).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});

test("a look-up takes whatever a name could be before", () => {
  fc.assert(
    fc.property(suspicious, (text) => {
      const was = text.isWellFormed() && !/\p{Cc}/u.test(text) && text.trim() !== "";
      expect(accepts(() => parseAnyLine("name", text, MAX))).toBe(was);
      if (label(text)) expect(was).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

/** Viramas (canonical combining class 9), which ECMAScript has no property for. Unicode 14, as all tables of this file. */
const VIRAMA =
  "\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d3b\\u0d3c\\u0d4d\\u0dca\\u1039\\u103a\\u1714\\u1715\\u1734\\u17d2\\u1a60\\u1b44\\u1baa\\u1bab\\u1bf2\\u1bf3\\u2d7f\\ua806\\ua82c\\ua8c4\\ua953\\ua9c0\\uaaf6\\uabed\\u{10a3f}\\u{11046}\\u{11070}\\u{1107f}\\u{110b9}\\u{11133}\\u{11134}\\u{111c0}\\u{11235}\\u{112ea}\\u{1134d}\\u{11442}\\u{114c2}\\u{115bf}\\u{1163f}\\u{116b6}\\u{1172b}\\u{11839}\\u{1193d}\\u{1193e}\\u{119e0}\\u{11a34}\\u{11a47}\\u{11a99}\\u{11c3f}\\u{11d44}\\u{11d45}\\u{11d97}";

/** Letters of the Arabic, Syriac, Mandaic, N'Ko and Phags-pa blocks that join on both sides (Joining_Type D and L). */
const JOINS_BOTH =
  "\\u0620\\u0626\\u0628\\u062a-\\u062e\\u0633-\\u063f\\u0641-\\u0647\\u0649\\u064a\\u066e\\u066f\\u0678-\\u0687\\u069a-\\u06bf\\u06c1\\u06c2\\u06cc\\u06ce\\u06d0\\u06d1\\u06fa-\\u06fc\\u06ff\\u0712-\\u0714\\u071a-\\u071d\\u071f-\\u0727\\u0729\\u072b\\u072d\\u072e\\u074e-\\u0758\\u075c-\\u076a\\u076d-\\u0770\\u0772\\u0775-\\u0777\\u077a-\\u077f\\u07ca-\\u07ea\\u0841-\\u0845\\u0848\\u084a-\\u0853\\u0855\\u0860\\u0862-\\u0865\\u0868\\u0886\\u0889-\\u088d\\u08a0-\\u08a9\\u08af\\u08b0\\u08b3-\\u08b8\\u08ba-\\u08c8\\ua840-\\ua872";

/** Letters of the same blocks that join to the one before them only (Joining_Type R). */
const JOINS_BEFORE =
  "\\u0622-\\u0625\\u0627\\u0629\\u062f-\\u0632\\u0648\\u0671-\\u0673\\u0675-\\u0677\\u0688-\\u0699\\u06c0\\u06c3-\\u06cb\\u06cd\\u06cf\\u06d2\\u06d3\\u06d5\\u06ee\\u06ef\\u0710\\u0715-\\u0719\\u071e\\u0728\\u072a\\u072c\\u072f\\u074d\\u0759-\\u075b\\u076b\\u076c\\u0771\\u0773\\u0774\\u0778\\u0779\\u0840\\u0846\\u0847\\u0849\\u0854\\u0856-\\u0858\\u0867\\u0869\\u086a\\u0870-\\u0882\\u088e\\u08aa-\\u08ac\\u08ae\\u08b1\\u08b2\\u08b9";

const MONGOLIAN = "\\u1820-\\u1878\\u1880-\\u18aa";

/**
 * Where characters that show nothing of their own change what is read, so that names need them:
 * - U+200C between letters that would join (RFC 5892 A.1), as in Persian, and after a virama before a letter (UAX #31 R1a, A2);
 * - U+200D after a virama (RFC 5892 A.2), and before one, as Bengali and Kannada write ra and ya;
 * - U+2800, the blank of Braille, between its letters;
 * - Mongolian variation selectors and the vowel separator after a Mongolian letter.
 */
const NEEDED = new RegExp(
  [
    `(?<=[${JOINS_BOTH}][\\p{Mn}\\p{Me}]*)\\u200c(?=[\\p{Mn}\\p{Me}]*[${JOINS_BOTH}${JOINS_BEFORE}])`,
    `(?<=\\p{L}\\p{M}*[${VIRAMA}])(?:\\u200c(?=\\p{L})|\\u200d)`,
    `(?<=\\p{L}\\p{M}*)\\u200d(?=[${VIRAMA}]\\p{L})`,
    "(?<=[\\u2801-\\u28ff])\\u2800(?=[\\u2801-\\u28ff])",
    `(?<=[${MONGOLIAN}])(?:[\\u180b-\\u180d\\u180f]|\\u180e(?=[${MONGOLIAN}]))`,
  ].join("|"),
  "gu",
);

const RGI_EMOJI = "\\p{RGI_Emoji}";
/** The emoji of UTS #51 that are recommended for interchange: with their joiners, variation selectors and tags. */
const EMOJI = new RegExp(RGI_EMOJI, "gv");

/** Symbols that show nothing. */
const BLANK_SYMBOLS = "\\u2800\\ufffc\\u{1d159}\\u{13441}\\u{13442}";

/**
 * Default-ignorable code points (UAX #44), separators of lines and paragraphs, interlinear annotations, and what looks like
 * the blank U+0020 and is none: PRECIS maps or refuses these (RFC 8264 §5.2.3, RFC 8265 §3).
 */
const INVISIBLE = new RegExp(
  `[\\p{Default_Ignorable_Code_Point}\\p{Zl}\\p{Zp}\\ufff9-\\ufffb${BLANK_SYMBOLS}]|(?! )\\p{Zs}`,
  "u",
);

/** What a name cannot consist of only: blanks, marks, controls, and characters that look like a blank. */
const VISIBLE = new RegExp(
  `[^\\p{White_Space}\\p{M}\\p{Cc}\\p{Cf}\\p{Default_Ignorable_Code_Point}${BLANK_SYMBOLS}]`,
  "u",
);

export function hasVisibleCharacter(text: string): boolean {
  return VISIBLE.test(text);
}

/**
 * The first character of a name that shows nothing where it stands; null if there is none. PRECIS (RFC 8264 §4.2, §9.13) and UTS
 * #39 §3.1 refuse the same code points; emoji and Mongolian are let in beside their joiners. Letters that look like others
 * (UTS #39 §4, confusables) are not refused.
 */
export function findInvisible(name: string): string | null {
  if (!INVISIBLE.test(name)) return null;
  // each in place, so that what is around it does not become its neighbour
  const rest = name.replace(EMOJI, ".").replace(NEEDED, ".");
  return INVISIBLE.exec(rest)?.[0] ?? null;
}

/** A character as Unicode writes it: U+200B. */
export function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

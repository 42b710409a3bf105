import { createHash } from "node:crypto";

const ADJECTIVES = [
  ...[
    "able",
    "amber",
    "bold",
    "brave",
    "bright",
    "calm",
    "clean",
    "clear",
    "clever",
    "cool",
    "crisp",
    "eager",
    "early",
  ],
  ...["fair", "fast", "fine", "fresh", "gentle", "glad", "grand", "happy", "keen", "kind", "light", "lively", "lucky"],
  ...["merry", "mild", "neat", "new", "noble", "open", "plain", "proud", "quick", "quiet", "rapid", "ready", "rich"],
  ...["robust", "round", "sharp", "silent", "smart", "smooth", "solid", "steady", "still", "strong", "sunny", "swift"],
];
const NOUNS = [
  ...[
    "ant",
    "bass",
    "bat",
    "bear",
    "bee",
    "bird",
    "boar",
    "calf",
    "carp",
    "cat",
    "colt",
    "crab",
    "crane",
    "crow",
    "deer",
  ],
  ...[
    "dog",
    "dove",
    "duck",
    "elk",
    "finch",
    "fish",
    "fox",
    "frog",
    "goat",
    "goose",
    "gull",
    "hare",
    "hawk",
    "hen",
    "horse",
  ],
  ...["jay", "lark", "lion", "lynx", "mole", "moth", "mouse", "newt", "otter", "owl", "perch", "pike", "pony", "quail"],
  ...[
    "ram",
    "robin",
    "seal",
    "shark",
    "sheep",
    "shrew",
    "skink",
    "slug",
    "snail",
    "stork",
    "swan",
    "toad",
    "trout",
    "wren",
  ],
];

/** A name for a run that its client did not name, such as `calm-otter-512`. It follows from the id. */
export function nameRun(id: string): string {
  const bytes = createHash("sha256").update(id).digest();
  const pick = (words: readonly string[], at: number) => words[bytes.readUInt16BE(at) % words.length];
  return `${pick(ADJECTIVES, 0)}-${pick(NOUNS, 2)}-${bytes.readUInt16BE(4) % 1000}`;
}

import { misuse } from "./command-io.js";

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** Parses the value of an option, such as `45s`, `30m`, `12h` or `7d`, into seconds. */
export function parseDuration(option: string, text: string, maxDays: number): number {
  const [, amount = "", unit = ""] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const seconds = Number(amount) * (SECONDS[unit as keyof typeof SECONDS] ?? 0);
  if (seconds >= 1 && seconds <= maxDays * SECONDS.d) return seconds;
  throw misuse(
    `${option} is "${text}"; it must be a number with s, m, h or d, such as 45s, 30m, 12h or 7d, and at most ${maxDays}d.`,
  );
}

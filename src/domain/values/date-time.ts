/** RFC 3339 §5.6, and that T and Z may be in lower case. Hour 24 of ISO 8601 is not in it. */
const TIME =
  /^(\d{4}-\d{2}-\d{2})[Tt]((?:[01]\d|2[0-3]):[0-5]\d):([0-5]\d|60)(\.\d+)?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Null unless the text is a time of RFC 3339 in the years 0001 to 9999, which PostgreSQL and JavaScript both write. */
export function parseRfc3339(text: string): Date | null {
  const [, day, minute, second, fraction = "", offset] = TIME.exec(text) ?? [];
  if (!day || !minute || !second || !offset || !isOnCalendar(day)) return null;
  const isLeap = second === "60";
  const time = new Date(`${day}T${minute}:${isLeap ? "59" : second}${fraction}${offset.toUpperCase()}`);
  if (isLeap) {
    // POSIX has no leap second either: it counts as the first second of the next day
    time.setTime(time.getTime() + 1_000);
    if (!isStartOfMonth(time)) return null;
  }
  const year = time.getUTCFullYear();
  return year >= 1 && year <= 9999 ? time : null;
}

/** V8 parses February 30 as March 2. */
function isOnCalendar(day: string): boolean {
  const [year, month, date] = [Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8))];
  return month >= 1 && month <= 12 && date >= 1 && date <= daysOf(year, month);
}

function daysOf(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/** Leap seconds are inserted at the end of a month, in UTC (RFC 3339 §5.7, ITU-R TF.460). */
function isStartOfMonth(time: Date): boolean {
  return time.getUTCDate() === 1 && time.toISOString().slice(11, 19) === "00:00:00";
}

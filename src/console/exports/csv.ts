import { csvCell } from "../../util/safe-text";

/** A table as RFC 4180 wants it, with nothing in it that a spreadsheet runs. */
export function toCsv(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((cells) => `${cells.map(toCell).join(",")}\r\n`).join("");
}

/** A number is written as one: its minus sign begins no formula. */
function toCell(value: string | number | null): string {
  return typeof value === "number" ? String(value) : csvCell(value ?? "");
}

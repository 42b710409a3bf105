import { CSV } from "./csv.js";
import { JSON_LINES } from "./json-lines.js";
import { MARKDOWN } from "./markdown.js";
import type { FormatName, ReportFormat } from "./report-format.js";

export const FORMATS: Readonly<Record<FormatName, ReportFormat>> = { json: JSON_LINES, csv: CSV, md: MARKDOWN };

export interface SignatureRow {
  readonly name: string;
  readonly type: string;
}

export interface Signature {
  readonly inputs: readonly SignatureRow[];
  readonly outputs: readonly SignatureRow[];
  readonly params: readonly SignatureRow[];
}

type Loose = Readonly<Record<string, unknown>>;

/** Reads what MLflow writes: lists of columns or tensors, each as JSON or as text of JSON. Null if it is something else. */
export function readSignature(signature: unknown): Signature | null {
  if (!isLoose(signature)) return null;
  const [inputs, outputs, params] = ["inputs", "outputs", "params"].map((part) => readRows(signature[part]));
  if (!inputs || !outputs || !params || inputs.length + outputs.length === 0) return null;
  return { inputs, outputs, params };
}

function readRows(part: unknown): readonly SignatureRow[] | null {
  if (part === undefined || part === null) return [];
  const list = typeof part === "string" ? parse(part) : part;
  if (!Array.isArray(list) || !list.every(isLoose)) return null;
  return list.map((row, index) => ({
    name: typeof row.name === "string" ? row.name : String(index),
    type: typeOf(row),
  }));
}

function typeOf(row: Loose): string {
  const tensor = row["tensor-spec"];
  if (isLoose(tensor)) return `tensor ${String(tensor.dtype)} ${JSON.stringify(tensor.shape)}`;
  const type = typeof row.type === "string" ? row.type : JSON.stringify(row.type ?? row);
  return row.required === false ? `${type}, optional` : type;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isLoose(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

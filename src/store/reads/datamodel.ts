import * as enums from "../generated/enums.js";
import { getDatamodel } from "../generated/pothos.js";

export type ColumnType = "String" | "Int" | "BigInt" | "DateTime" | "Boolean" | "Json" | "Bytes" | "Enum";

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly isList: boolean;
  /** The values of an enum. */
  readonly values: ReadonlySet<string>;
}

/** A relation as the equality of one column of each side. */
export interface Relation {
  readonly isList: boolean;
  readonly table: string;
  readonly ownColumn: string;
  readonly otherColumn: string;
  /** Whether the own column holds the key of the related row. */
  readonly isOwner: boolean;
}

export interface Table {
  readonly name: string;
  readonly columns: ReadonlyMap<string, Column>;
  readonly relations: ReadonlyMap<string, Relation>;
  readonly primaryKey: readonly string[];
  /** The columns of each unique key, by the name that `findUnique` uses. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
}

type Datamodel = ReturnType<typeof getDatamodel>["datamodel"];
type Model = Datamodel["models"][string];
type Field = Model["fields"][number];

const SCALARS: ReadonlySet<string> = new Set<ColumnType>([
  ...(["String", "Int", "BigInt", "DateTime", "Boolean", "Json", "Bytes"] as const),
]);

/** The tables, with what Prisma's generated metadata says about them. */
export function readTables(): ReadonlyMap<string, Table> {
  const { models } = getDatamodel().datamodel;
  return new Map(Object.keys(models).map((name) => [name, toTable(models, name)]));
}

function toTable(models: Datamodel["models"], name: string): Table {
  const model = modelOf(models, name);
  const columns = model.fields.flatMap((field) => toColumn(field) ?? []);
  const relations = model.fields.flatMap((field): [string, Relation][] => {
    const relation = field.kind === "object" ? toRelation(models, name, field) : null;
    return relation ? [[field.name, relation]] : [];
  });
  return {
    name,
    columns: new Map(columns.map((column) => [column.name, column])),
    relations: new Map(relations),
    primaryKey: primaryKeyOf(model),
    keys: new Map(keysOf(model)),
  };
}

function modelOf(models: Datamodel["models"], name: string): Model {
  const model = models[name];
  if (model) return model;
  throw new Error(`The datamodel has no model ${name}.`);
}

function toColumn({ kind, name, type, isList }: Field): Column | null {
  if (kind === "enum") return { name, type: "Enum", isList, values: valuesOf(type) };
  return kind === "scalar" && isColumnType(type) ? { name, type, isList, values: new Set() } : null;
}

function isColumnType(type: string): type is ColumnType {
  return SCALARS.has(type);
}

function valuesOf(name: string): ReadonlySet<string> {
  const all: Readonly<Record<string, Readonly<Record<string, string>>>> = enums;
  return new Set(Object.values(all[name] ?? {}));
}

/** The side that holds the key refers to the `id` of the other side. Null for any other form. */
function toRelation(models: Datamodel["models"], name: string, field: Field): Relation | null {
  const { type: table, isList } = field;
  const [own, ...more] = field.relationFromFields ?? [];
  if (own !== undefined) {
    const isById =
      more.length === 0 && modelOf(models, table).fields.some(({ isId, name: key }) => isId && key === "id");
    return isById ? { isList, table, ownColumn: own, otherColumn: "id", isOwner: true } : null;
  }
  const back = modelOf(models, table).fields.find(
    (other) =>
      other.relationName === field.relationName &&
      other.relationFromFields?.length === 1 &&
      other.type === name &&
      (table !== name || other.name !== field.name),
  );
  const [otherColumn] = back?.relationFromFields ?? [];
  return otherColumn === undefined ? null : { isList, table, ownColumn: "id", otherColumn, isOwner: false };
}

function primaryKeyOf({ fields, primaryKey }: Model): readonly string[] {
  return primaryKey?.fields ?? fields.flatMap(({ name, isId }) => (isId ? [name] : []));
}

function keysOf({ fields, primaryKey, uniqueIndexes }: Model): [string, readonly string[]][] {
  const single = fields.flatMap(({ name, isId, isUnique }): [string, string[]][] =>
    isId || isUnique ? [[name, [name]]] : [],
  );
  const several = [primaryKey, ...(uniqueIndexes ?? [])].flatMap((key): [string, readonly string[]][] =>
    key ? [[key.name ?? key.fields.join("_"), key.fields]] : [],
  );
  return [...single, ...several];
}

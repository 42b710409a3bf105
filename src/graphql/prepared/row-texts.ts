import { type GraphQLLeafType, isEnumType } from "graphql";
import { rememberPlain, type TextPart, type TextRequest, type TextType } from "../../store/reads/row-text.js";
import type { CompiledOperation } from "./compile-operation.js";
import { type CompiledField, type CompiledSelection, isRow, LEADS_TO_ROWS, objectTypeOf } from "./compiled-field.js";
import { type Probe, probeField } from "./probe-field.js";

type Tree = Readonly<Record<string, unknown>>;

interface Place {
  readonly operation: CompiledOperation;
  readonly field: CompiledField;
  mayRead(field: CompiledField): boolean;
}

/** Longer ones would make the key of the read's shape too long to be kept. */
const MAX_CHARACTERS = 2_000;

/**
 * Asks for the rows of relations as text where all that is selected of them is passed on as it was read: then nothing is
 * parsed and no object is made of a row. What a resolver passes on it says itself, when it is called with a row that can
 * only be passed on.
 */
export function askForTexts<Selection extends object>(made: Selection, place: Place): Selection {
  const asked = new RowTexts(place).ofField(place.field, made as Tree);
  if (asked === made || JSON.stringify(asked).length - JSON.stringify(made).length > MAX_CHARACTERS) return made;
  const selection = asked as { readonly select?: object };
  const plain = made as { readonly select?: object };
  if (!selection.select || !plain.select) return made;
  rememberPlain(selection.select, plain.select);
  return asked as Selection;
}

class RowTexts {
  private readonly place: Place;
  private readonly probes = new Map<CompiledField, Probe>();

  constructor(place: Place) {
    this.place = place;
  }

  /** The selection of the rows that a field leads to, directly or as a connection. */
  ofField(field: CompiledField, rows: Tree): Tree {
    const selections = this.rowSelectionsOf(field);
    return selections.length === 1 && selections[0] ? this.ofRows(selections[0], rows) : rows;
  }

  private rowSelectionsOf(field: CompiledField): CompiledSelection[] {
    const type = objectTypeOf(field.completion);
    if (!type) return [];
    const selection = this.place.operation.selectionOf(field, type);
    if (isRow(type)) return [selection];
    return fieldsOf(selection).flatMap((each) => (LEADS_TO_ROWS.has(each.name) ? this.rowSelectionsOf(each) : []));
  }

  private ofRows(selection: CompiledSelection, rows: Tree): Tree {
    const { select } = rows;
    if (!isTree(select)) return rows;
    const changed: Record<string, unknown> = {};
    for (const field of fieldsOf(selection)) {
      const { reads } = this.probe(field);
      const [name = "", ...more] = [...reads].filter((each) => isTree(select[each]));
      const relation = select[name];
      if (more.length > 0 || !isTree(relation) || this.countReaders(selection, name) > 1) continue;
      const asked = this.ofRelation(field, name, relation);
      if (asked !== relation) changed[name] = asked;
    }
    return Object.keys(changed).length === 0 ? rows : { ...rows, select: { ...select, ...changed } };
  }

  private ofRelation(field: CompiledField, name: string, relation: Tree): Tree {
    const { completion } = field;
    if (completion.kind === "list" && completion.item.kind === "object" && this.passesOn(field) === name) {
      const parts = completion.item.isNullable ? null : this.objectParts(field, relation);
      const text: TextRequest | null = parts && { reader: field.index, parts };
      return text ? { ...relation, text } : relation;
    }
    return this.ofField(field, relation);
  }

  private objectParts(field: CompiledField, rows: Tree): TextPart[] | null {
    const type = objectTypeOf(field.completion);
    if (!type || type.isTypeOf) return null;
    const parts: TextPart[] = [];
    for (const [index, each] of this.place.operation.selectionOf(field, type).entries()) {
      const label = `${index === 0 ? "{" : ","}${JSON.stringify(each.key)}:`;
      if ("typeName" in each) parts.push(`${label}"${each.typeName}"`);
      else {
        const part = this.valuePart(each, rows);
        if (part === null) return null;
        parts.push(label, part);
      }
    }
    return parts.length === 0 ? null : [...parts, "}"];
  }

  private valuePart(field: CompiledField, rows: Tree): TextPart | null {
    const { completion } = field;
    const { isNullable } = completion;
    if (completion.kind === "leaf") {
      const type = textTypeOf(completion.type);
      const column = this.place.mayRead(field) ? exposedColumn(field) : null;
      return type && column && { column, type, isNullable };
    }
    const name = completion.kind === "object" ? this.passesOn(field) : null;
    if (name === null) return null;
    const relation = isTree(rows.select) ? rows.select[name] : undefined;
    const parts = isTree(relation) && !relation.where ? this.objectParts(field, relation) : null;
    return parts && { relation: name, isNullable, parts };
  }

  /** The member of the row that the field passes on, if the viewer may read it. */
  private passesOn(field: CompiledField): string | null {
    return this.place.mayRead(field) ? this.probe(field).returns : null;
  }

  private countReaders(selection: CompiledSelection, name: string): number {
    return fieldsOf(selection).filter((field) => this.probe(field).reads.has(name)).length;
  }

  private probe(field: CompiledField): Probe {
    const known = this.probes.get(field);
    if (known) return known;
    const probe = probeField(field);
    this.probes.set(field, probe);
    return probe;
  }
}

function fieldsOf(selection: CompiledSelection): CompiledField[] {
  return selection.filter((each) => "index" in each);
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The column that a field was defined to expose. */
function exposedColumn({ definition }: CompiledField): string | null {
  const { pothosExposedField } = definition.extensions;
  return typeof pothosExposedField === "string" ? pothosExposedField : null;
}

function textTypeOf(type: GraphQLLeafType): TextType | null {
  if (isEnumType(type)) return type.getValues().every(({ name, value }) => name === value) ? "Enum" : null;
  switch (type.name) {
    case "ID":
      return "String";
    case "String":
    case "Int":
    case "Boolean":
      return type.name;
    default:
      return null;
  }
}

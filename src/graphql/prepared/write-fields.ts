import { defaultFieldResolver, defaultTypeResolver, type GraphQLObjectType } from "graphql";
import { RowText } from "../../store/reads/row-text.js";
import type { CompiledOperation } from "./compile-operation.js";
import type { CompiledField, CompiledSelection, Completion } from "./compiled-field.js";
import { leafText } from "./leaf-text.js";
import type { FieldInputs, OperationRun } from "./run-operation.js";
import { Unusual } from "./unusual.js";

type Values = Readonly<Record<string, unknown>>;

/** Appends a value to the answer of a request, as graphql-js completes it (GraphQL, October 2021, §6.4.3). */
export type WriteValue = (run: OperationRun, value: unknown) => void;

/**
 * Makes what writes the selected fields of an object. Everything that is the same for each request is looked up here, so
 * that a row costs its resolvers and the text of its values.
 */
export function compileObject(operation: CompiledOperation, selection: CompiledSelection): WriteValue {
  const writes = selection.map((each, index) => {
    const label = `${index === 0 ? "{" : ","}${JSON.stringify(each.key)}:`;
    return "typeName" in each ? writeConstant(`${label}"${each.typeName}"`) : compileField(operation, each, label);
  });
  const end = writes.length === 0 ? "{}" : "}";
  return (run, source) => {
    for (const write of writes) write(run, source);
    run.answer.text += end;
  };
}

function writeConstant(text: string): WriteValue {
  return (run) => {
    run.answer.text += text;
  };
}

function compileField(operation: CompiledOperation, field: CompiledField, label: string): WriteValue {
  const { index, isLoaded, name } = field;
  const resolve = resolverOf(field);
  const write = compileCounted(operation, field);
  return (run, source) => {
    const inputs = run.fields[index] ?? run.begin(field);
    if (isLoaded && !isLoaded(source, inputs.info, run.context)) throw new Unusual(`${name} was not read.`);
    run.answer.text += label;
    const value = resolve(run, source, inputs);
    if (!(value instanceof RowText) && isPromise(value)) run.writeLater(value, write);
    else write(run, value);
  };
}

type Resolve = (run: OperationRun, source: unknown, inputs: FieldInputs) => unknown;

function resolverOf(field: CompiledField): Resolve {
  const { inner, name, path } = field;
  const resolve: Resolve = (run, source, { args, info }) => inner.resolve(source, args, run.context, info);
  if (path.prev === undefined) return (run, source, inputs) => run.follow(field, () => resolve(run, source, inputs));
  if (inner.resolve !== defaultFieldResolver) return resolve;
  return (run, source, inputs) => {
    const value = typeof source === "object" && source !== null ? (source as Values)[name] : undefined;
    // a function is called with the arguments
    return typeof value === "function" ? resolve(run, source, inputs) : value;
  };
}

/** Text counts to the size of the answer. */
function compileCounted(operation: CompiledOperation, field: CompiledField): WriteValue {
  const write = compileValue(operation, field, field.completion);
  if (!field.isText) return write;
  return (run, value) => {
    if (value !== null && value !== undefined) run.context.answer.add(value);
    write(run, value);
  };
}

function compileValue(operation: CompiledOperation, field: CompiledField, completion: Completion): WriteValue {
  const write = compilePresent(operation, field, completion);
  return (run, value) => {
    if (value === null || value === undefined) {
      if (!completion.isNullable) throw new Unusual(`${field.name} must have a value.`);
      run.answer.text += "null";
    } else if (value instanceof Error) throw value;
    else write(run, value);
  };
}

function compilePresent(operation: CompiledOperation, field: CompiledField, completion: Completion): WriteValue {
  switch (completion.kind) {
    case "leaf": {
      const toText = leafText(completion.type);
      return (run, value) => {
        run.answer.text += toText(value);
      };
    }
    case "list": {
      const write = compileList(field, compileValue(operation, field, completion.item));
      return completion.item.kind === "object" ? writeTextOr(field, write) : write;
    }
    case "object":
      return compileTyped(operation, field)(completion.type);
    case "abstract": {
      const writerOf = compileTyped(operation, field);
      return (run, value) => writerOf(typeOf(run, completion, value, field))(run, value);
    }
  }
}

/** Rows that the database wrote as text. All of it counts to the size of the answer: past the limit, the plain path counts. */
function writeTextOr({ index }: CompiledField, write: WriteValue): WriteValue {
  return (run, value) => {
    const text = RowText.textOf(value, index);
    if (text === undefined) return write(run, value);
    run.context.answer.add(text);
    run.answer.text += text;
  };
}

function compileList(field: CompiledField, write: WriteValue): WriteValue {
  return (run, value) => {
    if (!Array.isArray(value)) throw new Unusual(`${field.name} must be a list.`);
    run.answer.text += "[";
    for (let index = 0; index < value.length; index++) {
      if (index > 0) run.answer.text += ",";
      const item: unknown = value[index];
      if (isPromise(item)) run.writeLater(item, write);
      else write(run, item);
    }
    run.answer.text += "]";
  };
}

/** What writes the objects of each type. It is made when the first object is there: a selection may lead nowhere. */
function compileTyped(operation: CompiledOperation, field: CompiledField): (type: GraphQLObjectType) => WriteValue {
  const known = new Map<GraphQLObjectType, WriteValue>();
  const make = (type: GraphQLObjectType): WriteValue => {
    let write: WriteValue | undefined;
    return (run, value) => {
      if (type.isTypeOf && type.isTypeOf(value, run.context, run.begin(field).info) !== true) {
        throw new Unusual(`${field.name} must be a ${type.name}.`);
      }
      write ??= compileObject(operation, operation.selectionOf(field, type));
      write(run, value);
    };
  };
  return (type) => {
    const found = known.get(type) ?? make(type);
    known.set(type, found);
    return found;
  };
}

function typeOf(
  run: OperationRun,
  { type }: Extract<Completion, { kind: "abstract" }>,
  value: unknown,
  field: CompiledField,
): GraphQLObjectType {
  const resolveType = type.resolveType ?? defaultTypeResolver;
  const name = resolveType(value, run.context, run.begin(field).info, type);
  const found = typeof name === "string" ? run.operation.schema.getType(name) : undefined;
  if (!found || !("getInterfaces" in found)) throw new Unusual(`${field.name} has no known type.`);
  return found as GraphQLObjectType;
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

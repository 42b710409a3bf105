import { defaultTypeResolver, type GraphQLObjectType } from "graphql";
import type { GraphQLContext } from "../request/context.js";
import type { Binding } from "./binding.js";
import type { CompiledOperation } from "./compile-operation.js";
import { bindArgs, type CompiledField, type CompiledSelection, type Completion } from "./compiled-field.js";
import { FieldInfo } from "./field-info.js";
import { Unusual } from "./unusual.js";

type Values = Record<string, unknown>;

interface Request {
  readonly context: GraphQLContext;
  readonly binding: Binding;
  readonly variables: Readonly<Values>;
}

/**
 * Executes a compiled operation as graphql-js would (GraphQL, October 2021, §6), with the same resolvers and what Pothos'
 * plugins add to them. Throws whatever makes the answer other than plain data: an error, a refused field, a missing value.
 */
export class OperationRun {
  private readonly operation: CompiledOperation;
  private readonly request: Request;
  private readonly infos: FieldInfo[] = [];
  private readonly args: Values[] = [];
  private pending: Promise<void>[] = [];
  private hasFailed = false;

  constructor(operation: CompiledOperation, request: Request) {
    this.operation = operation;
    this.request = request;
  }

  async run(): Promise<Values> {
    const data: Values = {};
    this.complete(this.operation.root, undefined, data);
    while (this.pending.length > 0) {
      const batch = this.pending;
      this.pending = [];
      await Promise.all(batch);
    }
    return data;
  }

  /** Fills an object of the response with the selected fields of a value. */
  private complete(selection: CompiledSelection, source: unknown, target: Values): Values {
    for (const each of selection) {
      if ("typeName" in each) target[each.key] = each.typeName;
      else this.completeField(each, source, target);
    }
    return target;
  }

  private completeField(field: CompiledField, source: unknown, target: Values): void {
    const { context, binding } = this.request;
    binding.requireReadable(field);
    const info = this.infoOf(field);
    if (field.isLoaded && !field.isLoaded(source, info, context)) throw new Unusual(`${field.name} was not read.`);
    const args = this.argsOf(field);
    const resolve = () => field.inner.resolve(source, args, context, info);
    const isRoot = field.path.prev === undefined;
    const value = isRoot && context.followField ? context.followField(`Query.${field.name}`, resolve) : resolve();
    if (isPromise(value)) {
      // keeps the place of the field in the response
      target[field.key] = null;
      this.await(value, (settled) => this.put(field, settled, target));
    } else this.put(field, value, target);
  }

  private put(field: CompiledField, value: unknown, target: Values): void {
    if (field.isText && value !== null && value !== undefined) this.request.context.answer.add(value);
    target[field.key] = this.completeValue(field.completion, value, field);
  }

  private completeValue(completion: Completion, value: unknown, field: CompiledField): unknown {
    if (value === null || value === undefined) {
      if (completion.isNullable) return null;
      throw new Unusual(`${field.name} must have a value.`);
    }
    if (value instanceof Error) throw value;
    switch (completion.kind) {
      case "leaf":
        return serialize(completion.type.serialize(value), field);
      case "list":
        return this.completeList(completion.item, value, field);
      case "object":
        return this.completeObject(completion.type, value, field);
      case "abstract":
        return this.completeObject(this.typeOf(completion, value, field), value, field);
    }
  }

  private completeList(item: Completion, value: unknown, field: CompiledField): unknown[] {
    if (!Array.isArray(value)) throw new Unusual(`${field.name} must be a list.`);
    const list: unknown[] = new Array(value.length).fill(null);
    for (const [index, each] of value.entries()) {
      if (isPromise(each)) {
        this.await(each, (settled) => {
          list[index] = this.completeValue(item, settled, field);
        });
      } else list[index] = this.completeValue(item, each, field);
    }
    return list;
  }

  private completeObject(type: GraphQLObjectType, value: unknown, field: CompiledField): Values {
    const { context } = this.request;
    if (type.isTypeOf && type.isTypeOf(value, context, this.infoOf(field)) !== true) {
      throw new Unusual(`${field.name} must be a ${type.name}.`);
    }
    return this.complete(this.operation.selectionOf(field, type), value, {});
  }

  private typeOf({ type }: Extract<Completion, { kind: "abstract" }>, value: unknown, field: CompiledField) {
    const resolveType = type.resolveType ?? defaultTypeResolver;
    const name = resolveType(value, this.request.context, this.infoOf(field), type);
    const found = typeof name === "string" ? this.operation.schema.getType(name) : undefined;
    if (!found || !("getInterfaces" in found)) throw new Unusual(`${field.name} has no known type.`);
    return found as GraphQLObjectType;
  }

  private await<T>(value: PromiseLike<T>, put: (settled: T) => void): void {
    const done = Promise.resolve(value).then((settled) => {
      // the answer is not used any more
      if (!this.hasFailed) put(settled);
    });
    done.catch(() => {
      this.hasFailed = true;
    });
    this.pending.push(done);
  }

  private infoOf(field: CompiledField): FieldInfo {
    const known = this.infos[field.index];
    if (known) return known;
    const made = new FieldInfo(this.operation, field, this.request);
    this.infos[field.index] = made;
    return made;
  }

  private argsOf(field: CompiledField): Values {
    if (field.constantArgs) return field.constantArgs;
    const known = this.args[field.index];
    if (known) return known;
    const made = bindArgs(field, this.request.variables);
    this.args[field.index] = made;
    return made;
  }
}

function serialize(value: unknown, { name }: CompiledField): unknown {
  if (value === null || value === undefined) throw new Unusual(`${name} cannot be written.`);
  return value;
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

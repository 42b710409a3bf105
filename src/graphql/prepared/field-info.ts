import type { GraphQLResolveInfo } from "graphql";
import type { SelectionKeeper } from "../request/planned-selections.js";
import type { Binding } from "./binding.js";
import type { CompiledOperation } from "./compile-operation.js";
import type { CompiledField } from "./compiled-field.js";

/** The `info` of a field, one for all rows of a request. */
export class FieldInfo implements GraphQLResolveInfo, SelectionKeeper {
  readonly rootValue = undefined;
  readonly variableValues: GraphQLResolveInfo["variableValues"];
  private readonly compiled: CompiledOperation;
  private readonly field: CompiledField;
  private readonly binding: Binding;

  constructor(
    compiled: CompiledOperation,
    field: CompiledField,
    { binding, variables }: { readonly binding: Binding; readonly variables: GraphQLResolveInfo["variableValues"] },
  ) {
    this.compiled = compiled;
    this.field = field;
    this.binding = binding;
    this.variableValues = variables;
  }

  get fieldName() {
    return this.field.name;
  }

  get fieldNodes() {
    return this.field.nodes;
  }

  get returnType() {
    return this.field.definition.type;
  }

  get parentType() {
    return this.field.parentType;
  }

  get path() {
    return this.field.path;
  }

  get schema() {
    return this.compiled.schema;
  }

  get fragments() {
    return this.compiled.fragments;
  }

  get operation() {
    return this.compiled.operation;
  }

  keepSelection<Selection extends object>(key: string, make: (context: object) => Selection): Selection {
    return this.binding.keepSelection(this.field, key, make);
  }
}

import type { InputFieldMap, InputObjectRef, InputShapeFromFields } from "@pothos/core";
import { builder } from "./builder.js";
import type { ListOrder } from "./paging.js";

type Types = (typeof builder)["$inferSchemaTypes"];
type InputBuilder = PothosSchemaTypes.InputFieldBuilder<Types, "InputObject">;
type Direction = "ASC" | "DESC";

const OrderDirection = builder.enumType("OrderDirection", {
  description: "The direction of an order.",
  values: {
    ASC: { description: "Ascending: the lowest or oldest first." },
    DESC: { description: "Descending: the highest or newest first." },
  } as const,
});

interface OrderChoice {
  readonly description: string;
  /** The columns to order by. The last one is unique. */
  readonly columns: ListOrder["columns"];
}

interface Orders<Field extends string, Extra extends InputFieldMap> {
  readonly many: string;
  readonly choices: Readonly<Record<Field, OrderChoice>>;
  /** The default order. */
  readonly initial: { readonly field: NoInfer<Field>; readonly direction: Direction };
  extra?(t: InputBuilder): Extra;
}

type Order<Field, Extra extends InputFieldMap> = InputShapeFromFields<Extra> & {
  field: Field;
  direction?: Direction | null | undefined;
};

/** The order input of a noun's lists, and the function that translates it. */
export function orderType<Field extends string, Extra extends InputFieldMap = Record<never, never>>(
  name: string,
  { many, choices, initial, extra }: Orders<Field, Extra>,
) {
  const fieldType = builder.enumType(`${name}Field`, {
    description: `What a list of ${many} can be ordered by.`,
    values: choices,
  });
  const ref = builder.inputRef<Order<Field, Extra>, false>(name);
  // InputFieldMap: TypeScript cannot compare the fields with a shape that is computed from a type parameter.
  builder.inputType<InputObjectRef<Types, unknown>, InputFieldMap>(ref, {
    description: `The order of a list of ${many}. Equal rows are ordered by id.`,
    fields: (t) => ({
      field: t.field({ type: fieldType, required: true, description: "What to order by." }),
      direction: t.field({
        type: OrderDirection,
        defaultValue: initial.direction,
        description: "The direction of an order.",
      }),
      ...extra?.(t),
    }),
  });
  const toOrder = (
    order: { field: Field; direction?: Direction | null | undefined } | null | undefined,
  ): ListOrder => ({
    columns: choices[order?.field ?? initial.field].columns,
    direction: (order?.direction ?? initial.direction) === "ASC" ? "asc" : "desc",
  });
  return [ref, toOrder] as const;
}

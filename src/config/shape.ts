import { z } from "zod";
import { type FieldMeta, fields } from "./field.ts";

/**
 * A configuration schema as a tree that can be walked: everything derived from the schemas (flags, variables, forms,
 * documents, JSON Schema, the fingerprint of a selection) reads this and nothing of zod's inside.
 */
export type Shape = ObjectShape | ChoiceShape | RecordShape | LeafShape;

interface ShapeBase {
  readonly schema: Schema;
  readonly meta: FieldMeta | undefined;
  /** May be left out, because it is optional or has a default. */
  readonly optional: boolean;
  /** The value when left out; undefined without one, and of objects (theirs are their fields'). */
  readonly defaultValue: unknown;
}
export interface ObjectShape extends ShapeBase {
  readonly kind: "object";
  readonly fields: ReadonlyMap<string, Shape>;
}
/** An object whose fields depend on the value of one of them. */
export interface ChoiceShape extends ShapeBase {
  readonly kind: "choice";
  readonly by: string;
  readonly options: ReadonlyMap<string, ObjectShape>;
}
/** Entries under names the user chooses. */
export interface RecordShape extends ShapeBase {
  readonly kind: "record";
  readonly value: Shape;
}
export interface LeafShape extends ShapeBase {
  readonly kind: "leaf";
  readonly type: LeafType;
  /** Of numbers, where declared. */
  readonly limits: { readonly minimum?: number; readonly maximum?: number };
}

/** How the text of a value is read: `json` is for the few that are text or an object, as `guards.seats`. */
export type LeafType =
  | { readonly is: "text" | "boolean" | "number" | "whole number" | "list" | "secret" | "json" }
  | { readonly is: "one of"; readonly values: readonly string[] };

/** The tree of a schema. Cached, since the schemas are constants. */
export const shapeOf = (schema: Schema): Shape => {
  const known = shapes.get(schema);
  if (known !== undefined) return known;
  const shape = readShape(schema);
  shapes.set(schema, shape);
  return shape;
};

/** What zod calls any schema. */
type Schema = z.core.$ZodType;

const shapes = new WeakMap<Schema, Shape>();

/** Takes optional and default off, then reads what is inside. */
const readShape = (outer: Schema): Shape => {
  let schema = outer;
  let meta = fields.get(schema);
  let optional = false;
  let defaultValue: unknown;
  while (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    optional = true;
    if (schema instanceof z.ZodDefault) defaultValue = schema.def.defaultValue;
    schema = schema.def.innerType;
    meta ??= fields.get(schema);
  }
  return readInside(schema, { schema: outer, meta, optional, defaultValue });
};

const readInside = (schema: Schema, base: ShapeBase): Shape => {
  if (schema instanceof z.ZodObject)
    return { ...base, kind: "object", defaultValue: undefined, fields: fieldsOf(schema) };
  if (schema instanceof z.ZodRecord)
    return { ...base, kind: "record", defaultValue: undefined, value: shapeOf(schema.def.valueType) };
  if (schema instanceof z.ZodDiscriminatedUnion) return choiceOf(schema, base);
  const type: LeafType = base.meta?.secret === true ? { is: "secret" } : leafType(schema);
  return { ...base, kind: "leaf", type, limits: limitsOf(schema) };
};

/** Whole numbers always have the limits of what a number can hold; those say nothing. */
const limitsOf = (schema: Schema): LeafShape["limits"] => {
  if (!(schema instanceof z.ZodNumber)) return {};
  const { minValue, maxValue } = schema;
  return {
    ...(minValue !== null && minValue > Number.MIN_SAFE_INTEGER ? { minimum: minValue } : {}),
    ...(maxValue !== null && maxValue < Number.MAX_SAFE_INTEGER ? { maximum: maxValue } : {}),
  };
};

const leafType = (schema: Schema): LeafType => {
  if (schema instanceof z.ZodUnion) return { is: "json" };
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat) return { is: "text" };
  if (schema instanceof z.ZodBoolean) return { is: "boolean" };
  if (schema instanceof z.ZodNumber) return { is: schema.format === null ? "number" : "whole number" };
  if (schema instanceof z.ZodArray) return { is: "list" };
  if (schema instanceof z.ZodEnum) return { is: "one of", values: schema.options.map(String) };
  if (schema instanceof z.ZodLiteral) return { is: "one of", values: [...schema.values].map(String) };
  throw new TypeError(`a configuration field cannot be a ${schema.constructor.name}`);
};

const fieldsOf = (schema: z.ZodObject): ReadonlyMap<string, Shape> =>
  new Map(Object.entries(schema.shape).map(([name, inner]) => [name, shapeOf(inner)]));

const choiceOf = (schema: z.ZodDiscriminatedUnion, base: ShapeBase): ChoiceShape => {
  const by = schema.def.discriminator;
  const options = new Map<string, ObjectShape>();
  for (const option of schema.options) {
    const shape = shapeOf(option);
    const tag = shape.kind === "object" ? shape.fields.get(by) : undefined;
    if (shape.kind !== "object" || tag?.kind !== "leaf" || tag.type.is !== "one of")
      throw new TypeError(`every option must be an object with a literal ${by}`);
    for (const value of tag.type.values) options.set(value, shape);
  }
  return { ...base, kind: "choice", defaultValue: undefined, by, options };
};

/** A leaf of a configuration with its dotted path and its value; one left out has its default, or undefined. */
export interface Leaf {
  readonly path: readonly string[];
  readonly shape: LeafShape;
  readonly value: unknown;
}

/** Every leaf of a value of this shape, in the order of the schema; those of an unchosen option are not there. */
export function* leavesOf(shape: Shape, value: unknown, path: readonly string[] = []): Generator<Leaf> {
  switch (shape.kind) {
    case "leaf":
      yield { path, shape, value: value ?? shape.defaultValue };
      return;
    case "record":
      for (const [name, inner] of Object.entries(asObject(value))) yield* leavesOf(shape.value, inner, [...path, name]);
      return;
    case "object":
    case "choice": {
      const object = asObject(value);
      for (const [name, inner] of fieldsFor(shape, object)) yield* leavesOf(inner, object[name], [...path, name]);
      return;
    }
  }
}

/** The fields an object has; of a choice not made yet, only the one that makes it. */
export const fieldsFor = (
  shape: ObjectShape | ChoiceShape,
  value: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, Shape> => {
  if (shape.kind === "object") return shape.fields;
  const chosen = value[shape.by];
  const option = typeof chosen === "string" ? shape.options.get(chosen) : undefined;
  return option === undefined ? new Map([[shape.by, tagOf(shape)]]) : option.fields;
};

/** The field that chooses, with all the values it may have. */
export const tagOf = (shape: ChoiceShape): LeafShape => {
  const [first] = shape.options.values();
  const tag = first?.fields.get(shape.by);
  if (tag?.kind !== "leaf") throw new TypeError("a choice has no options");
  return { ...tag, type: { is: "one of", values: [...shape.options.keys()] } };
};

/** A value as an object, where it is one; broken content has no fields. */
export const asObject = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : {});

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

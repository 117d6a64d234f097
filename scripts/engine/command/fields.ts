import type { CheckFailure } from "../providerServer";
import {
  assetOrArchive,
  isObject,
  isSecret,
  isUnknown,
  type Properties,
  reveal,
  secret,
  type Value,
} from "../values";

/** What an input may hold. */
export type FieldType =
  | "text"
  | "number"
  | "boolean"
  | "texts"
  | "textMap"
  | "values"
  | "assetOrArchive"
  | Fields;

/** The description of one input. */
export interface Field {
  type: FieldType;
  required?: boolean;
  /** Used where the program gives nothing. */
  fallback?: string | number | boolean;
  /** Becomes a secret even when the program did not say so. */
  secret?: boolean;
  /** A list of the allowed texts. */
  oneOf?: string[];
}

/** The inputs of a resource, or of an object inside one, by name. */
export type Fields = { [name: string]: Field };

/** The inputs with their defaults, and what is wrong with them. Values that are not known yet pass. */
export function checkFields(
  fields: Fields,
  inputs: Properties,
): { inputs: Properties; failures: CheckFailure[] } {
  const failures: CheckFailure[] = [];
  const checked = checkObject(fields, inputs, "", failures);
  return { inputs: checked, failures };
}

function checkObject(fields: Fields, inputs: Properties, path: string, failures: CheckFailure[]): Properties {
  const checked: Properties = {};
  for (const [name, value] of Object.entries(inputs)) {
    if (fields[name] || name.startsWith("__")) checked[name] = value;
    else
      failures.push({
        property: path + name,
        reason: `is not known; known are ${Object.keys(fields).join(", ")}`,
      });
  }
  for (const [name, field] of Object.entries(fields)) {
    const value = checked[name] ?? field.fallback;
    if (value === undefined || value === null) {
      delete checked[name];
      if (field.required) failures.push({ property: path + name, reason: "is missing" });
      continue;
    }
    checked[name] = checkValue(field, value, path + name, failures);
  }
  return checked;
}

function checkValue(field: Field, value: Value, path: string, failures: CheckFailure[]): Value {
  if (isUnknown(value)) return value;
  const revealed = reveal(value);
  const { type } = field;
  if (typeof type === "object") {
    if (!isObject(revealed)) {
      failures.push({ property: path, reason: "must be an object" });
      return value;
    }
    // The parts of a plain object keep their own marks; where the whole is a secret, so is the result.
    const marked = isSecret(value);
    const checked = checkObject(type, marked ? revealed : (value as Properties), `${path}.`, failures);
    return marked || field.secret ? secret(checked) : checked;
  }
  const wrong = wrongType(type, revealed) ?? wrongChoice(field.oneOf, revealed);
  if (wrong) failures.push({ property: path, reason: wrong });
  return field.secret ? secret(value) : value;
}

function wrongType(type: Exclude<FieldType, Fields>, value: Value): string | undefined {
  const isText = (item: Value) => typeof item === "string";
  const good = {
    text: isText(value),
    number: typeof value === "number",
    boolean: typeof value === "boolean",
    texts: Array.isArray(value) && value.every(isText),
    textMap: isObject(value) && Object.values(value).every(isText),
    values: Array.isArray(value),
    assetOrArchive: assetOrArchive(value) !== undefined,
  }[type];
  if (good) return undefined;
  const wanted = {
    text: "a text",
    number: "a number",
    boolean: "true or false",
    texts: "a list of texts",
    textMap: "texts by name",
    values: "a list",
    assetOrArchive: "an asset or an archive",
  }[type];
  return `must be ${wanted}`;
}

function wrongChoice(oneOf: string[] | undefined, value: Value): string | undefined {
  return oneOf && !oneOf.includes(String(value)) ? `must be one of ${oneOf.join(", ")}` : undefined;
}

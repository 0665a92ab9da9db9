type JsonSchema = Record<string, unknown>;

/**
 * A JSON Schema as strict modes take it (https://platform.openai.com/docs/guides/structured-outputs#supported-schemas):
 * every property is required, and null stands for one that was optional; no object has other properties; bounds and
 * defaults are gone. So a reply that obeys it may still break the schema that it was made of. Maps with free keys cannot
 * be said in it, nor can tuples and intersections.
 */
export function strictSchema(schema: JsonSchema): JsonSchema {
  const strict = Object.fromEntries(
    Object.entries(schema).flatMap(([keyword, value]) => {
      const kept = strictKeyword(keyword, value);
      return kept === null ? [] : [kept];
    }),
  );
  if (!isSchema(schema['properties'])) return schema['type'] === 'object' ? { ...strict, ...closed([]) } : strict;
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const properties = Object.entries(mapSchemas(schema['properties'])).map(([name, property]) => [
    name,
    required.includes(name) ? property : orNull(property),
  ]);
  return { ...strict, properties: Object.fromEntries(properties), ...closed(Object.keys(schema['properties'])) };
}

function strictKeyword(keyword: string, value: unknown): [keyword: string, value: unknown] | null {
  switch (keyword) {
    case 'type':
    case 'enum':
    case 'const':
    case 'description':
    case '$ref':
      return [keyword, value];
    case 'items':
      return isSchema(value) ? [keyword, strictSchema(value)] : null;
    case 'anyOf':
    case 'oneOf':
      return Array.isArray(value) ? ['anyOf', value.filter(isSchema).map(strictSchema)] : null;
    case '$defs':
      return isSchema(value) ? [keyword, mapSchemas(value)] : null;
    default:
      return null;
  }
}

function closed(required: string[]): JsonSchema {
  return { required, additionalProperties: false };
}

function mapSchemas(schemas: JsonSchema): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, each]) => [name, isSchema(each) ? strictSchema(each) : {}]),
  );
}

function orNull(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] };
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

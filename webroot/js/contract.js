// The API's own contract: which fields a request has and what they may be, so that the forms here offer what this daemon takes.
import { get } from "./api.js";

let loading = null;

const load = () => (loading ??= get("/openapi.json").catch((failure) => {
  loading = null;
  throw failure;
}));

/** A schema of the contract, its references followed one level deep. */
export async function schemaOf(name) {
  const contract = await load();
  const schema = contract.components.schemas[name];
  const fields = {};
  for (const [field, its] of Object.entries(schema.properties)) {
    fields[field] = follow(its, contract);
  }
  return { fields, required: new Set(schema.required ?? []) };
}

function follow(schema, contract) {
  if (!schema.$ref) {
    return schema;
  }
  const target = contract.components.schemas[schema.$ref.split("/").at(-1)];
  return { ...target, ...schema };
}

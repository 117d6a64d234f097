import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { PropertyChange } from "./difference";
import type { Properties } from "./values";

/** The engine's form of a list of changes. Without an update every change replaces. */
export function diffResponse(changes: PropertyChange[], alwaysReplace: boolean): provider.DiffResponse {
  const { Kind } = provider.PropertyDiff;
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  } as const;
  const response = new provider.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
  response.setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setHasdetaileddiff(true);
  const [changed, replaced] = [new Set<string>(), new Set<string>()];
  for (const { path, change, replace } of changes) {
    const replaces = replace || alwaysReplace;
    const detail = new provider.PropertyDiff();
    detail.setKind(kinds[change][replaces ? 1 : 0]);
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(path, detail);
    if (replaces) replaced.add(property(path));
    changed.add(property(path));
  }
  response.setDiffsList([...changed]);
  response.setReplacesList([...replaced]);
  return response;
}

/** The property that a path lies in. */
function property(path: string): string {
  return path.split(/[.[]/, 1)[0] ?? path;
}

/** The properties in the engine's message. */
export function unpack(struct: Struct | undefined): Properties {
  return (struct?.toJavaScript() ?? {}) as Properties;
}

/** The engine's message for properties. */
export function pack(properties: Properties): Struct {
  return Struct.fromJavaScript(properties as { [key: string]: JavaScriptValue });
}

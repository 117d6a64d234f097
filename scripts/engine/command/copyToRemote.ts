import { difference, sameValue } from "../difference";
import type { Call, ResourceHandler } from "../providerServer";
import { assetOrArchive, containsUnknown, type Properties, reveal } from "../values";
import { address, CONNECTION_FIELDS, endpointOf } from "./connection";
import { dial } from "./dial";
import { checkFields, type Fields } from "./fields";
import { newId, REPLACING } from "./resource";
import { upload } from "./upload";

const FIELDS: Fields = {
  connection: { type: CONNECTION_FIELDS, required: true, secret: true },
  source: { type: "assetOrArchive", required: true },
  remotePath: { type: "text", required: true },
  triggers: { type: "values" },
};

/**
 * `command:remote:CopyToRemote`: a file, a text or a folder, copied to a machine as it is. Archives are not unpacked;
 * what vanished from a folder is not deleted there. Deleting the resource leaves the copy.
 */
export const copyToRemote: ResourceHandler = {
  check(_, { inputs }) {
    const checked = checkFields(FIELDS, inputs);
    const wrong = containsUnknown(inputs.source) ? undefined : wrongSource(inputs);
    if (wrong && checked.failures.length === 0) checked.failures.push({ property: "source", reason: wrong });
    return checked;
  },
  diff: (_, { olds, news }) => difference(olds, news, Object.keys(FIELDS), REPLACING),
  async create(call, { inputs, preview }) {
    if (!preview) await copy(call, inputs);
    return { id: newId(call.name), outputs: inputs };
  },
  async update(call, { olds, news, preview }) {
    const changed = !sameValue(olds.source, news.source) || !sameValue(olds.remotePath, news.remotePath);
    if (changed && !preview) await copy(call, news);
    return news;
  },
};

/** Why the source cannot be copied, if so. */
function wrongSource({ source }: Properties): string | undefined {
  const found = assetOrArchive(source);
  if (!found) return "must be an asset or an archive";
  if (found.kind === "archive" && found.path === undefined) {
    return "must be a folder or a file on this machine (FileArchive); other archives are not supported";
  }
  if (found.kind === "asset" && found.path === undefined && found.text === undefined) {
    return "must be a file (FileAsset) or a text (StringAsset); assets from elsewhere are not supported";
  }
  return undefined;
}

async function copy(call: Call, inputs: Properties): Promise<void> {
  const { connection, source, remotePath } = reveal(inputs) as Properties;
  const endpoint = endpointOf(connection);
  const found = assetOrArchive(source);
  if (!found) throw new Error("source must be an asset or an archive");
  const client = await dial(call, endpoint);
  const stop = () => client.destroy();
  call.signal.addEventListener("abort", stop, { once: true });
  try {
    const content =
      found.kind === "asset" && found.text !== undefined ? { text: found.text } : { path: found.path ?? "" };
    await upload(client, content, String(remotePath));
  } catch (error) {
    if (call.signal.aborted) throw call.signal.reason;
    throw new Error(`copying to ${address(endpoint)} failed: ${(error as Error).message}`);
  } finally {
    call.signal.removeEventListener("abort", stop);
    client.end();
  }
}

/**
 * A small server for the engine's provider protocol, for plugins written in this project.
 *
 *     void serveProvider({
 *       name: "command",
 *       version: "1.2.1",
 *       resources: {
 *         "command:local:Command": {
 *           check: (call, { inputs }) => ({ inputs, failures: [] }),             // optional
 *           diff: (call, { olds, news }) => [{ path: "create", change: "update", replace: false }],
 *           create: async (call, { inputs, preview }) => ({ id: "x", outputs: {...inputs, stdout: "hello"} }),
 *           update: async (call, { olds, news, preview }) => ({...news, stdout: "again"}),  // optional: else replace
 *           delete: async (call, { outputs }) => {},                              // optional
 *           read: async (call, { id, inputs, outputs }) => ({ id, inputs, outputs }),       // optional: as it was
 *         },
 *       },
 *       functions: { "command:local:run": async (call, { args }) => ({...}) },     // optional (invokes)
 *     });
 *
 * Values are plain JSON with marks (./values.ts): test them with isUnknown, isSecret, assetOrArchive, and open them with
 * reveal. A handler that throws fails its resource with the error's message. `call.signal` is aborted when the user
 * cancels, when the resource's custom timeout is over and when the engine dies; `call.log` shows a line to the user.
 *
 * The executable is named `pulumi-resource-NAME` and lies at `$PULUMI_HOME/plugins/resource-NAME-vVERSION/`.
 */
import type * as grpc from "@grpc/grpc-js";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Calls } from "./calls";
import { diffResponse, pack, unpack } from "./messages";
import { engineAddress, newServer, serve, unary } from "./pluginProcess";
import type { Provider, ResourceHandler } from "./provider";

export type { Call, CheckFailure, LogLevel, Provider, ResourceHandler } from "./provider";

/** Serves the provider to the engine that started this process, until the engine ends it. */
export async function serveProvider(definition: Provider): Promise<void> {
  const calls = new Calls();
  const address = engineAddress(process.argv.slice(2));
  if (address) calls.connect(address);
  const server = newServer();
  server.addService(rpc.ResourceProviderService, new Service(definition, calls).service());
  await serve(server, (reason) => calls.stop(reason));
}

/** The provider protocol, in terms of a provider's handlers. */
class Service {
  readonly #calls: Calls;

  constructor(
    readonly definition: Provider,
    calls: Calls,
  ) {
    this.#calls = calls;
  }

  #resource(urn: string, type: string): ResourceHandler {
    const token = type || (urn.split("::")[2] ?? "").split("$").at(-1) || "";
    const handler = this.definition.resources[token];
    if (!handler) {
      const known = Object.keys(this.definition.resources).join(", ");
      throw new Error(`this ${this.definition.name} plugin has no resource type ${token}; it has ${known}`);
    }
    return handler;
  }

  /** What the engine may call. */
  service(): grpc.UntypedServiceImplementation {
    const { version } = this.definition;
    return {
      handshake: unary(async (request: provider.ProviderHandshakeRequest) => {
        this.#calls.connect(request.getEngineAddress());
        const response = new provider.ProviderHandshakeResponse();
        response.setAcceptSecrets(true);
        response.setAcceptResources(true);
        return response;
      }),
      attach: unary(async (request: plugin.PluginAttach) => {
        this.#calls.connect(request.getAddress());
        return new Empty();
      }),
      getPluginInfo: unary(async () => {
        const info = new plugin.PluginInfo();
        info.setVersion(version);
        return info;
      }),
      getSchema: unary(async () => {
        const response = new provider.GetSchemaResponse();
        response.setSchema(JSON.stringify({ name: this.definition.name, version }));
        return response;
      }),
      checkConfig: unary(async (request: provider.CheckRequest) => {
        const response = new provider.CheckResponse();
        response.setInputs(request.getNews());
        return response;
      }),
      diffConfig: unary(async () => new provider.DiffResponse()),
      configure: unary(async () => {
        const response = new provider.ConfigureResponse();
        response.setAcceptsecrets(true);
        response.setAcceptresources(true);
        response.setSupportspreview(true);
        return response;
      }),
      cancel: unary(async () => {
        void this.#calls.stop("cancelled");
        return new Empty();
      }),
      check: unary((request: provider.CheckRequest) => this.#check(request)),
      diff: unary((request: provider.DiffRequest) => this.#diff(request)),
      create: unary((request: provider.CreateRequest) => this.#create(request)),
      update: unary((request: provider.UpdateRequest) => this.#update(request)),
      delete: unary((request: provider.DeleteRequest) => this.#delete(request)),
      read: unary((request: provider.ReadRequest) => this.#read(request)),
      invoke: unary((request: provider.InvokeRequest) => this.#invoke(request)),
    };
  }

  async #check(request: provider.CheckRequest): Promise<provider.CheckResponse> {
    const handler = this.#resource(request.getUrn(), request.getType());
    const [olds, inputs] = [unpack(request.getOlds()), unpack(request.getNews())];
    const checked = await this.#calls.run(request.getUrn(), 0, (call) =>
      handler.check ? handler.check(call, { olds, inputs }) : { inputs, failures: [] },
    );
    const response = new provider.CheckResponse();
    response.setInputs(pack(checked.inputs));
    for (const { property, reason } of checked.failures) {
      const failure = new provider.CheckFailure();
      failure.setProperty(property);
      failure.setReason(reason);
      response.addFailures(failure);
    }
    return response;
  }

  async #diff(request: provider.DiffRequest): Promise<provider.DiffResponse> {
    const handler = this.#resource(request.getUrn(), request.getType());
    const olds = unpack(request.getOlds());
    const oldInputs = request.hasOldInputs() ? unpack(request.getOldInputs()) : olds;
    const news = unpack(request.getNews());
    for (const ignored of request.getIgnorechangesList()) {
      const old = oldInputs[ignored];
      if (old === undefined) delete news[ignored];
      else news[ignored] = old;
    }
    const changes = await this.#calls.run(request.getUrn(), 0, (call) =>
      handler.diff(call, { id: request.getId(), olds, oldInputs, news }),
    );
    return diffResponse(changes, handler.update === undefined);
  }

  async #create(request: provider.CreateRequest): Promise<provider.CreateResponse> {
    const handler = this.#resource(request.getUrn(), request.getType());
    const inputs = unpack(request.getProperties());
    const created = await this.#calls.run(request.getUrn(), request.getTimeout(), (call) =>
      handler.create(call, { inputs, preview: request.getPreview() }),
    );
    const response = new provider.CreateResponse();
    response.setId(created.id);
    response.setProperties(pack(created.outputs));
    return response;
  }

  async #update(request: provider.UpdateRequest): Promise<provider.UpdateResponse> {
    const handler = this.#resource(request.getUrn(), request.getType());
    const update = handler.update;
    if (!update) throw new Error(`${request.getType()} cannot be updated in place`);
    const [olds, news] = [unpack(request.getOlds()), unpack(request.getNews())];
    const outputs = await this.#calls.run(request.getUrn(), request.getTimeout(), (call) =>
      update.call(handler, call, { id: request.getId(), olds, news, preview: request.getPreview() }),
    );
    const response = new provider.UpdateResponse();
    response.setProperties(pack(outputs));
    return response;
  }

  async #delete(request: provider.DeleteRequest): Promise<Empty> {
    const handler = this.#resource(request.getUrn(), request.getType());
    const outputs = unpack(request.getProperties());
    await this.#calls.run(request.getUrn(), request.getTimeout(), (call) =>
      handler.delete?.(call, { id: request.getId(), outputs }),
    );
    return new Empty();
  }

  async #read(request: provider.ReadRequest): Promise<provider.ReadResponse> {
    const handler = this.#resource(request.getUrn(), request.getType());
    const known = {
      id: request.getId(),
      inputs: unpack(request.getInputs()),
      outputs: unpack(request.getProperties()),
    };
    const found = await this.#calls.run(request.getUrn(), request.getTimeout(), (call) =>
      handler.read ? handler.read(call, known) : known,
    );
    const response = new provider.ReadResponse();
    if (!found) return response; // No id: the resource is gone.
    response.setId(found.id);
    response.setInputs(pack(found.inputs));
    response.setProperties(pack(found.outputs));
    return response;
  }

  async #invoke(request: provider.InvokeRequest): Promise<provider.InvokeResponse> {
    const invoked = this.definition.functions?.[request.getTok()];
    if (!invoked) throw new Error(`this ${this.definition.name} plugin has no function ${request.getTok()}`);
    const args = unpack(request.getArgs());
    const result = await this.#calls.run("", 0, (call) =>
      invoked(call, { args, preview: request.getPreview() }),
    );
    const response = new provider.InvokeResponse();
    response.setReturn(pack(result));
    return response;
  }
}

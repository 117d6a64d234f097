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
import * as grpc from "@grpc/grpc-js";
import * as engineRpc from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engine from "@pulumi/pulumi/proto/engine_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { PropertyChange } from "./difference";
import { CHANNEL_OPTIONS, engineAddress, newServer, serve } from "./pluginProcess";
import type { Properties } from "./values";

/** How a line is shown: `status` only beside the running resource, the others also in the report at the end. */
export type LogLevel = "debug" | "status" | "info" | "warning" | "error";

/** What a handler knows about the call it serves. */
export interface Call {
  /** The resource's URN; empty for functions. */
  urn: string;
  /** The last part of the URN: the name that the program gave. */
  name: string;
  /** Aborted, with an Error as reason, when the call must end. */
  signal: AbortSignal;
  /** Shows a line to the user; lines arrive in order. */
  log(level: LogLevel, message: string): void;
}

/** An input that is refused, before anything is done. */
export interface CheckFailure {
  property: string;
  reason: string;
}

type Awaitable<T> = T | Promise<T>;

/** One resource type. */
export interface ResourceHandler {
  check?(
    call: Call,
    request: { olds: Properties; inputs: Properties },
  ): Awaitable<{ inputs: Properties; failures: CheckFailure[] }>;
  diff(
    call: Call,
    request: { id: string; olds: Properties; oldInputs: Properties; news: Properties },
  ): Awaitable<PropertyChange[]>;
  create(
    call: Call,
    request: { inputs: Properties; preview: boolean },
  ): Awaitable<{ id: string; outputs: Properties }>;
  update?(
    call: Call,
    request: { id: string; olds: Properties; news: Properties; preview: boolean },
  ): Awaitable<Properties>;
  delete?(call: Call, request: { id: string; outputs: Properties }): Awaitable<void>;
  read?(
    call: Call,
    request: { id: string; inputs: Properties; outputs: Properties },
  ): Awaitable<{ id: string; inputs: Properties; outputs: Properties } | undefined>;
}

/** A provider: its name, its version and what it can do. */
export interface Provider {
  name: string;
  version: string;
  resources: { [token: string]: ResourceHandler };
  functions?: {
    [token: string]: (call: Call, request: { args: Properties; preview: boolean }) => Awaitable<Properties>;
  };
}

const SEVERITIES = {
  debug: engine.LogSeverity.DEBUG,
  status: engine.LogSeverity.INFO,
  info: engine.LogSeverity.INFO,
  warning: engine.LogSeverity.WARNING,
  error: engine.LogSeverity.ERROR,
};

/** Serves the provider to the engine that started this process, until the engine ends it. */
export async function serveProvider(definition: Provider): Promise<void> {
  const session = new Session(definition, engineAddress(process.argv.slice(2)));
  const server = newServer();
  server.addService(rpc.ResourceProviderService, session.service());
  await serve(server, (reason) => session.stop(reason));
}

/** The calls under way and the connection to the engine. */
class Session {
  readonly #running = new Map<AbortController, Promise<unknown>>();
  #engine: engineRpc.EngineClient | undefined;
  #logged: Promise<unknown> = Promise.resolve();
  #stopped: Error | undefined;

  constructor(
    readonly definition: Provider,
    address: string | undefined,
  ) {
    if (address) this.#connect(address);
  }

  #connect(address: string): void {
    this.#engine = new engineRpc.EngineClient(address, grpc.credentials.createInsecure(), CHANNEL_OPTIONS);
  }

  /** Ends all calls under way, and waits for them. */
  async stop(reason: string): Promise<void> {
    this.#stopped = new Error(reason);
    for (const controller of this.#running.keys()) controller.abort(this.#stopped);
    await Promise.allSettled(this.#running.values());
  }

  /** Runs one call with its own signal, which a timeout (in seconds, 0: none) aborts too. */
  async #call<T>(urn: string, seconds: number, work: (call: Call) => Awaitable<T>): Promise<T> {
    const controller = new AbortController();
    if (this.#stopped) controller.abort(this.#stopped);
    const limit =
      seconds > 0
        ? setTimeout(() => controller.abort(new Error(`not done after ${seconds} s`)), seconds * 1000)
        : undefined;
    const call: Call = {
      urn,
      name: urn.split("::").at(-1) ?? "",
      signal: controller.signal,
      log: (level, message) => this.#log(urn, level, message),
    };
    const promise = (async () => work(call))();
    this.#running.set(controller, promise);
    try {
      return await promise;
    } finally {
      clearTimeout(limit);
      this.#running.delete(controller);
      await this.#logged;
    }
  }

  #log(urn: string, level: LogLevel, message: string): void {
    const client = this.#engine;
    if (!client) return;
    const request = new engine.LogRequest();
    request.setSeverity(SEVERITIES[level]);
    request.setEphemeral(level === "status");
    request.setMessage(message);
    request.setUrn(urn);
    // One after the other, so that lines keep their order; a lost line must not fail the call.
    this.#logged = this.#logged.then(
      () => new Promise<void>((resolve) => void client.log(request, () => resolve())),
    );
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

  service(): grpc.UntypedServiceImplementation {
    const { version } = this.definition;
    return {
      handshake: unary(async (request: provider.ProviderHandshakeRequest) => {
        this.#connect(request.getEngineAddress());
        const response = new provider.ProviderHandshakeResponse();
        response.setAcceptSecrets(true);
        response.setAcceptResources(true);
        return response;
      }),
      attach: unary(async (request: plugin.PluginAttach) => {
        this.#connect(request.getAddress());
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
        void this.stop("cancelled");
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
    const checked = await this.#call(request.getUrn(), 0, (call) =>
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
    const changes = await this.#call(request.getUrn(), 0, (call) =>
      handler.diff(call, { id: request.getId(), olds, oldInputs, news }),
    );
    return diffResponse(changes, handler.update === undefined);
  }

  async #create(request: provider.CreateRequest): Promise<provider.CreateResponse> {
    const handler = this.#resource(request.getUrn(), request.getType());
    const inputs = unpack(request.getProperties());
    const created = await this.#call(request.getUrn(), request.getTimeout(), (call) =>
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
    const outputs = await this.#call(request.getUrn(), request.getTimeout(), (call) =>
      update.call(handler, call, { id: request.getId(), olds, news, preview: request.getPreview() }),
    );
    const response = new provider.UpdateResponse();
    response.setProperties(pack(outputs));
    return response;
  }

  async #delete(request: provider.DeleteRequest): Promise<Empty> {
    const handler = this.#resource(request.getUrn(), request.getType());
    const outputs = unpack(request.getProperties());
    await this.#call(request.getUrn(), request.getTimeout(), (call) =>
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
    const found = await this.#call(request.getUrn(), request.getTimeout(), (call) =>
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
    const result = await this.#call("", 0, (call) => invoked(call, { args, preview: request.getPreview() }));
    const response = new provider.InvokeResponse();
    response.setReturn(pack(result));
    return response;
  }
}

/** The engine's form of a list of changes. Without an update every change replaces. */
function diffResponse(changes: PropertyChange[], alwaysReplace: boolean): provider.DiffResponse {
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

/** Makes an asynchronous function a handler of gRPC calls; an error's message is all the engine gets to see. */
function unary<Request, Response>(
  work: (request: Request) => Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    work(call.request).then(
      (response) => callback(null, response),
      (error: unknown) =>
        callback({
          code: grpc.status.UNKNOWN,
          details: error instanceof Error ? error.message : String(error),
        }),
    );
  };
}

function unpack(struct: Struct | undefined): Properties {
  return (struct?.toJavaScript() ?? {}) as Properties;
}

function pack(properties: Properties): Struct {
  return Struct.fromJavaScript(properties as { [key: string]: JavaScriptValue });
}

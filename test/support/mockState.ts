import * as pulumi from "@pulumi/pulumi";
import { readState } from "../../policy/readState";
import type { ResourceView } from "../../policy/resources";

/** The parts of the engine's messages that are read here. */
interface Registration {
  getType(): string;
  getName(): string;
  getParent(): string;
  getCustom(): boolean;
  getProtect(): boolean;
  getObject(): Struct | undefined;
  getDependenciesList(): string[];
  getPropertydependenciesMap(): {
    forEach(each: (value: { getUrnsList(): string[] }, key: string) => void): void;
  };
}
interface Registered {
  getUrn(): string;
  getObject(): Struct | undefined;
}
interface OutputsMessage {
  getUrn(): string;
  getOutputs(): Struct | undefined;
}
interface Struct {
  toJavaScript(): Record<string, unknown>;
}
type Answer<Message> = (error: Error | null, message: Message) => void;
interface Monitor {
  registerResource(request: Registration, answer: Answer<Registered>): Promise<void>;
  registerResourceOutputs(request: OutputsMessage, answer: Answer<object>): void;
  registerResourceHook(request: unknown, answer: Answer<object>): void;
}

/** A resource of a stack's state. */
interface State {
  readonly urn: string;
  readonly type: string;
  readonly inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  readonly [other: string]: unknown;
}

/**
 * Keeps the state that the engine would write of what a program registers with the mocks that are set: a component's outputs are what it
 * registers last, those of other resources what the mocks answer.
 */
export class MockState {
  private readonly states = new Map<string, State>();

  constructor() {
    const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
    const register = monitor.registerResource.bind(monitor);
    const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
    monitor.registerResource = (request, answer) =>
      register(request, (error, made) => {
        if (error === null) this.take(request, made);
        answer(error, made);
      });
    monitor.registerResourceOutputs = (request, answer) => {
      const state = this.states.get(request.getUrn());
      if (state !== undefined) state.outputs = request.getOutputs()?.toJavaScript() ?? {};
      registerOutputs(request, answer);
    };
    // The SDK's mock lacks this call, and waits for its answer.
    monitor.registerResourceHook = (_request, answer) => answer(null, {});
  }

  /** As `pulumi stack export` writes it and the pack reads it. */
  views(): ResourceView[] {
    const deployment = { resources: [...this.states.values()] };
    // The engine leaves the stack out of its resources' types, the mock does not.
    const json = JSON.stringify({ version: 3, deployment }).replaceAll("::pulumi:pulumi:Stack$", "::");
    return readState(json, "the state");
  }

  /** The inputs with which each resource was registered. */
  inputs(): { readonly type: string; readonly inputs: Readonly<Record<string, unknown>> }[] {
    return [...this.states.values()];
  }

  private take(request: Registration, made: Registered): void {
    const propertyDependencies: Record<string, string[]> = {};
    request.getPropertydependenciesMap().forEach((value, property) => {
      propertyDependencies[property] = value.getUrnsList();
    });
    this.states.set(made.getUrn(), {
      urn: made.getUrn(),
      type: request.getType(),
      inputs: request.getObject()?.toJavaScript() ?? {},
      outputs: request.getCustom() ? (made.getObject()?.toJavaScript() ?? {}) : {},
      ...(request.getParent() === "" ? {} : { parent: request.getParent() }),
      dependencies: request.getDependenciesList(),
      propertyDependencies,
      protect: request.getProtect(),
    });
  }
}

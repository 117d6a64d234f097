/**
 * Loaded into Node.js before a program (by --require), so that the program starts in a third of the time: seen with
 * `--require tsx/cjs`, loading the SDK takes 0.5 s of processor time instead of 1.8 s. Nothing changes for the program:
 *
 * - The SDK loads the TypeScript compiler and npm's dependency resolver at its start, but needs them only to turn
 *   functions into text, which no program without dynamic providers does. It gets them when it first uses them.
 * - A loader for TypeScript, such as tsx, reads and parses every installed package too, though these are JavaScript
 *   already. They are left to Node.js; those that it refuses still go to the loader.
 * - The SDK writes down the call stack of each of its promises, thousands in a preview, through source maps. It shows
 *   them only where PULUMI_DEBUG_PROMISE_LEAKS is set, and only there it still does.
 */
import Module from "node:module";
import { sep } from "node:path";

type Extension = (module: unknown, filename: string) => void;

/** Node's own ways to load a module: undocumented or deprecated, but old, and what every such loader builds on. */
interface Loader {
  _load(request: string, parent: { filename?: string | null } | undefined, isMain: boolean): unknown;
  _extensions: { ".js": Extension };
}

const loader = Module as unknown as Loader;

deferPackages(new Set(["typescript", "@npmcli/arborist"]));
leavePackagesToNode();
if (!process.env.PULUMI_DEBUG_PROMISE_LEAKS) spareCallStacks();

/** Gives the SDK the named packages only when it uses them. */
function deferPackages(names: Set<string>): void {
  const load = loader._load;
  loader._load = function (request, parent, isMain) {
    if (!isBySdk(parent) || !names.has(request)) return load.call(this, request, parent, isMain);
    return onDemand(() => load.call(this, request, parent, isMain) as object);
  };
}

/** An object that becomes the module when any part of it is asked for. */
function onDemand(require: () => object): object {
  let loaded: object | undefined;
  const module = () => {
    loaded ??= require();
    return loaded;
  };
  return new Proxy(
    {},
    {
      // What module loaders ask of everything is answered without loading.
      get: (_, key) => (key === "__esModule" && loaded === undefined ? true : Reflect.get(module(), key)),
      getOwnPropertyDescriptor: (_, key) => {
        if (key === "module.exports") return undefined;
        const descriptor = Reflect.getOwnPropertyDescriptor(module(), key);
        return descriptor && { ...descriptor, configurable: true };
      },
      has: (_, key) => Reflect.has(module(), key),
      ownKeys: () => Reflect.ownKeys(module()),
    },
  );
}

/** The part of the SDK that watches for promises that are never fulfilled. */
interface Debuggable {
  debuggablePromise(promise: Promise<unknown>, context?: unknown): Promise<unknown>;
}

/** Lets the SDK watch its promises without the call stack of each. */
function spareCallStacks(): void {
  const load = loader._load;
  const spared = new WeakSet<object>();
  loader._load = function (request, parent, isMain) {
    const module = load.call(this, request, parent, isMain);
    if (!/[/\\]debuggable$/.test(request) || !isBySdk(parent) || spared.has(module as object)) return module;
    const debuggable = module as Debuggable;
    const watch = debuggable.debuggablePromise;
    debuggable.debuggablePromise = (promise, context) => {
      const limit = Error.stackTraceLimit;
      Error.stackTraceLimit = 0;
      try {
        return watch(promise, context);
      } finally {
        Error.stackTraceLimit = limit;
      }
    };
    spared.add(debuggable);
    return module;
  };
}

function isBySdk(parent: { filename?: string | null } | undefined): boolean {
  return /[/\\]@pulumi[/\\]pulumi[/\\]/.test(parent?.filename ?? "");
}

/** Whoever takes over the loading of JavaScript from now on gets the program's own, and of packages what Node refuses. */
function leavePackagesToNode(): void {
  const own = loader._extensions[".js"];
  const packages = `${sep}node_modules${sep}`;
  let current = own;
  Object.defineProperty(loader._extensions, ".js", {
    configurable: true,
    enumerable: true,
    get: () => current,
    set: (other: Extension) => {
      current = (module, filename) => {
        if (!filename.includes(packages)) return other(module, filename);
        try {
          own(module, filename);
        } catch (error) {
          if (!isRefusal(error, filename)) throw error;
          other(module, filename);
        }
      };
    },
  });
}

/** Did Node refuse the file itself, before running any of it, because it is an ECMAScript module? */
function isRefusal(error: unknown, filename: string): boolean {
  const { code, name, stack = "" } = error as NodeJS.ErrnoException;
  return code === "ERR_REQUIRE_ESM" || (name === "SyntaxError" && stack.startsWith(`${filename}:`));
}

import { basename } from "node:path";
import { Script } from "node:vm";

/** Where the parts of the bundled program come from: assets of the executable, or files while it is built. */
export interface AppParts {
  readonly source: (name: string) => string;
  /** V8's compiled form of the same source; without it, or with one of another V8, the source is compiled. */
  readonly cache: (name: string) => Uint8Array | undefined;
  readonly native: (name: string) => unknown;
}

export interface AppLoader {
  readonly load: (id: string) => unknown;
  /** What has been loaded so far, by name; the build takes their compiled form. */
  readonly scripts: ReadonlyMap<string, Script>;
}

type Wrapped = (
  exports: object,
  require: (id: string) => unknown,
  module: { exports: object },
  filename: string,
) => void;

/** Loads bundled parts when they are first asked for, as `require` does: "./name.cjs", "name.node" or one of Node's own modules. */
export function createAppLoader(parts: AppParts): AppLoader {
  const scripts = new Map<string, Script>();
  const modules = new Map<string, { exports: object }>();
  const load = (id: string): unknown => {
    if (id.endsWith(".node")) return parts.native(id);
    if (!id.startsWith(".")) return builtinOf(id);
    const name = basename(id);
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    modules.set(name, module);
    const script = compileApp(parts.source(name), name, parts.cache(name));
    scripts.set(name, script);
    const run: Wrapped = script.runInThisContext();
    run(module.exports, load, module, process.execPath);
    return module.exports;
  };
  return { load, scripts };
}

/** Throws for what is none, as `require` does: packages try whether an optional one is there. */
const builtinOf = (id: string): unknown => {
  const found = process.getBuiltinModule(id);
  if (found === undefined) throw Object.assign(new Error(`Cannot find module '${id}'`), { code: "MODULE_NOT_FOUND" });
  return found;
};

/** Compiles one part as a function of what `require` gives modules; the bundler leaves no `import()` in it. */
export function compileApp(source: string, name: string, cachedData: Uint8Array | undefined): Script {
  return new Script(`(function (exports, require, module, __filename) {${source}\n})`, {
    filename: name,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
}

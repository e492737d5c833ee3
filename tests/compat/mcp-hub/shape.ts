/** The form of a JSON value: types and keys without the values. */
export type Shape = { readonly [path: string]: string };

/** Paths and the types found there; elements of an array are one. `names` are keys that are data, such as ports. */
export function shapeOf(value: unknown, names: Readonly<Record<string, string>> = {}): Shape {
  const types = new Map<string, Set<string>>();
  const visit = (path: string, at: unknown): void => {
    const kind = at === null ? "null" : Array.isArray(at) ? "array" : typeof at;
    const known = types.get(path) ?? new Set();
    types.set(path, known.add(kind));
    if (Array.isArray(at)) for (const item of at) visit(`${path}[]`, item);
    else if (kind === "object")
      for (const [key, item] of Object.entries(at as object)) if (item !== undefined) visit(`${path}.${names[key] ?? key}`, item);
  };
  visit("", value);
  return Object.fromEntries([...types].map(([path, kinds]) => [path, [...kinds].toSorted().join("|")]));
}

/** What differs between two shapes, one line each: `path theirs→ours`. */
export function differences(theirs: Shape, ours: Shape): string[] {
  const paths = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])].toSorted();
  return (
    paths
      .filter((path) => theirs[path] !== ours[path])
      // A branch that is not there is told once, not for every leaf of it.
      .filter((path) => !isBelowMissing(path, theirs, ours))
      .map((path) => `${path || "."} ${theirs[path] ?? "absent"} → ${ours[path] ?? "absent"}`)
  );
}

function isBelowMissing(path: string, theirs: Shape, ours: Shape): boolean {
  const parent = path.endsWith("[]") ? path.slice(0, -2) : path.slice(0, path.lastIndexOf("."));
  return parent !== path && [theirs, ours].some((shape) => shape[parent] === undefined && path !== "");
}

/** A server in the shape of the official registry; what only other lists know of it is under our own `_meta` key. */
export interface Entry {
  readonly server: ServerJson;
  readonly _meta: Record<string, unknown> & { readonly [listingKey]: Listing };
}

export const listingKey = "dev.hubctl/listing";

export interface Listing {
  readonly source: "official" | "mcpm" | "docker";
  readonly author?: string;
  readonly license?: string;
  readonly category?: string;
  readonly tags?: readonly string[];
  readonly tools?: readonly { readonly name: string; readonly description?: string }[];
  readonly examples?: readonly string[];
  readonly updatedAt: string;
}

export interface ServerJson {
  readonly name: string;
  readonly version: string;
  readonly title?: string;
  readonly description: string;
  readonly packages?: readonly object[];
  readonly remotes?: readonly object[];
  readonly [key: string]: unknown;
}

/** `Dev Tools` and `dev-tools` are one category. */
export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");

/** A name that says the value is a secret. */
export const soundsSecret = (name: string): boolean =>
  /token|secret|passw|api_?key|private_?key|credential|(^|_)(key|pat|auth)$/i.test(name);

export const soundsLikePath = (name: string): boolean => /(^|[_-])(path|paths|dir|directory|directories|folder|file|root)$/i.test(name);

export const short = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

/** A member that is left out when there is nothing to say. */
export const given = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  (value === undefined || value === "" || (Array.isArray(value) && value.length === 0) ? {} : { [key]: value }) as {
    readonly [P in K]?: V;
  };

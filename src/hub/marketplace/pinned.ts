/** A package, down to the byte where its registry says so. */
export interface Pinned {
  readonly version: string;
  /** In the registry's own words: an SRI hash, a digest. Undefined where it gives none, and a warning says so. */
  readonly integrity?: string;
  /** Where it is downloaded from. */
  readonly download?: string;
  readonly warnings: readonly string[];
}

export const originOf = (url: string | undefined): string | undefined =>
  url === undefined ? undefined : (URL.parse(url)?.origin ?? undefined);

import manifest from "../../../package.json";

/** Set by the build. */
declare const BUILD_VERSION: string | undefined;
declare const BUILD_COMMIT: string | undefined;

export const version: string = typeof BUILD_VERSION === "string" ? BUILD_VERSION : manifest.version;
/** Undefined when it runs from source. */
export const commit: string | undefined = typeof BUILD_COMMIT === "string" ? BUILD_COMMIT : undefined;

import { samplerOf, type Sampler } from "./sampler.ts";

/** What the environment says of traces, by the names every OpenTelemetry program goes by. */
export interface TracingSettings {
  /** Where spans are sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** What the spans are of. */
  readonly resource: Readonly<Record<string, string>>;
  readonly sampler: Sampler;
}

export interface ReadSettings {
  /** Absent where no traces are wanted. */
  readonly settings?: TracingSettings;
  /** What of the environment could not be followed, for the log. */
  readonly problems: readonly string[];
}

type Env = Readonly<Record<string, string | undefined>>;

const defaultSampler = "parentbased_always_on";
const defaultTimeoutMs = 10_000;

/**
 * Reads the settings. An endpoint turns traces on; nothing else does.
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/ and …/otel/configuration/sdk-environment-variables/
 */
export function tracingSettings(env: Env): ReadSettings {
  const given = (name: string) => env[name]?.trim() || undefined;
  const forTraces = (name: string) => given(`OTEL_EXPORTER_OTLP_TRACES_${name}`) ?? given(`OTEL_EXPORTER_OTLP_${name}`);
  const url = isOff(given) ? undefined : endpoint(given);
  if (url === undefined) return { problems: [] };
  const obstacle = obstacleOf(url, forTraces("PROTOCOL"));
  if (obstacle) return { problems: [obstacle] };
  const sampler = samplerOf(given("OTEL_TRACES_SAMPLER") ?? defaultSampler, given("OTEL_TRACES_SAMPLER_ARG"));
  const timeoutMs = Number(forTraces("TIMEOUT"));
  return {
    settings: {
      url,
      headers: pairs(forTraces("HEADERS")),
      timeoutMs: timeoutMs > 0 ? timeoutMs : defaultTimeoutMs,
      resource: resourceOf(pairs(given("OTEL_RESOURCE_ATTRIBUTES")), given("OTEL_SERVICE_NAME")),
      sampler: sampler ?? samplerOf(defaultSampler)!,
    },
    problems: sampler ? [] : [`OTEL_TRACES_SAMPLER names a sampler that hubctl does not have, so it is ${defaultSampler}`],
  };
}

type Given = (name: string) => string | undefined;

const isOff = (given: Given) => given("OTEL_SDK_DISABLED")?.toLowerCase() === "true" || given("OTEL_TRACES_EXPORTER") === "none";

/** That of traces is taken as it is, the general one gets their path. */
function endpoint(given: Given): string | undefined {
  const general = given("OTEL_EXPORTER_OTLP_ENDPOINT");
  return given("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") ?? (general && `${general.replace(/\/+$/, "")}/v1/traces`);
}

function obstacleOf(url: string, protocol: string | undefined): string | undefined {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return "The OTLP endpoint is no http or https address, so no traces are sent";
  if (protocol === "grpc") return "OTLP over gRPC is asked for, but hubctl speaks OTLP over HTTP (http/json), so no traces are sent";
  return undefined;
}

const resourceOf = (attributes: Record<string, string>, service: string | undefined) => ({
  ...attributes,
  "service.name": service ?? attributes["service.name"] ?? "hubctl",
});

/** `a=b,c=d` with percent-encoded values, the form of W3C Baggage; what does not have it is left out. */
function pairs(text = ""): Record<string, string> {
  return Object.fromEntries(
    text.split(",").flatMap((pair) => {
      const at = pair.indexOf("=");
      const name = pair.slice(0, at).trim();
      const value = decoded(pair.slice(at + 1).trim());
      return at > 0 && name !== "" && value !== undefined ? [[name, value] as const] : [];
    }),
  );
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

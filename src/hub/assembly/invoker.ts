import type { Context, OperationGuard, Progress } from "../kernel/operation.ts";
import type { CallOptions, Invoke } from "../kernel/client.ts";
import { localInvoke } from "../kernel/client.ts";
import type { Principal } from "../kernel/principal.ts";
import type { Marketplace } from "../marketplace/marketplace.ts";
import { operations } from "../operations.ts";
import { openBrowser } from "../server-auth/open-browser.ts";
import type { HubStatus, Restarted } from "../status/schema.ts";
import type { Workspaces } from "../workspaces/workspaces.ts";
import type { LiveAreas } from "./areas.ts";
import type { Foundation } from "./foundation.ts";

export interface InvokerOptions {
  readonly foundation: Foundation;
  readonly areas: LiveAreas;
  readonly marketplace: Marketplace;
  readonly workspaces: Workspaces;
  readonly onDemand: boolean;
  readonly status: () => HubStatus;
  readonly restart: () => Promise<Restarted>;
}

/** Runs operations for a principal who came through a door. */
export interface Invoker {
  context(principal: Principal, door: Context["door"], call: CallOptions): Context;
  as(principal: Principal, door: Context["door"]): Invoke;
}

export function createInvoker({ foundation, areas, marketplace, workspaces, onDemand, status, restart }: InvokerOptions): Invoker {
  const { runtime, config, audit, bus, policy, spawnGate } = foundation;
  const { servers, serverAuth, catalog, pipeline, stats, ledger, observers } = areas;
  const shared = {
    runtime,
    guard: policy as OperationGuard,
    observe: observers.operation,
    config,
    audit,
    events: bus,
    servers,
    serverAuth,
    openBrowser: (url: string) => openBrowser(url, { spawnGate, runtime }),
    catalog,
    pipeline,
    ledger,
    marketplace,
    workspaces,
    status,
    restart,
    callStats: (source: string) => stats.of(source),
    settle: async (names: readonly string[] | "all", signal: AbortSignal) => {
      if (onDemand) await servers.learn((name) => names === "all" || names.includes(name), signal);
    },
  };
  const context = (principal: Principal, door: Context["door"], { signal, onProgress }: CallOptions): Context => ({
    ...shared,
    principal,
    door,
    signal: signal ?? new AbortController().signal,
    progress: onProgress ?? ignore,
  });
  return { context, as: (principal, door) => localInvoke(operations, (call) => context(principal, door, call)) };
}

const ignore = (_: Progress) => undefined;

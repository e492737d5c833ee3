import type { Progress } from "#hub/kernel/operation.ts";
import type { GlobalValues } from "../global-flags.ts";
import type { Output } from "../terminal.ts";
import { cleanLine } from "./sanitize.ts";

export interface ProgressLine extends Disposable {
  readonly report: (progress: Progress) => void;
  clear(): void;
}

const eraseLine = "\r\u001b[2K";

/** One line on stderr that is written over, only where a person watches. */
export function showProgress(stderr: Output, { quiet, json }: Pick<GlobalValues, "quiet" | "json">): ProgressLine {
  let shown = false;
  const clear = () => {
    if (shown) stderr.write(eraseLine);
    shown = false;
  };
  const report = (progress: Progress) => {
    const text = Bun.sliceAnsi(describeProgress(progress), 0, Math.max(1, stderr.columns - 1));
    stderr.write(`${eraseLine}${text}`);
    shown = true;
  };
  const watched = stderr.isTTY && !quiet && json === undefined;
  return { report: watched ? report : () => undefined, clear, [Symbol.dispose]: clear };
}

/** `40 % copying files`, or the bare count where the total is not known. */
export function describeProgress({ progress, total, message }: Progress): string {
  const share = total === undefined || total <= 0 ? String(progress) : `${Math.min(100, Math.floor((progress / total) * 100))} %`;
  return message === undefined ? share : `${share} ${cleanLine(message)}`;
}

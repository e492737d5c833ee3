/** A duration in the largest unit that says something: `180ms`, `1.4 s`, `3 min`, `4 h`, `3 d`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** A size in bytes: `412 B`, `1.2 KiB`, `92 MiB`. */
export function bytes(count: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** Thousands parted by a thin gap a terminal can show: `12 418`. */
export const count = (value: number): string => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, " ");

/** `1 tool`, `2 tools`. */
export const plural = (value: number, one: string, many = `${one}s`): string => `${count(value)} ${value === 1 ? one : many}`;

const two = (value: number) => String(value).padStart(2, "0");

/** Local wall clock: `12:06:11`, with milliseconds `12:06:11.120`. */
export function clockTime(at: number, withMilliseconds = false): string {
  const date = new Date(at);
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return withMilliseconds ? `${time}.${String(date.getMilliseconds()).padStart(3, "0")}` : time;
}

/** How long ago, as a person says it. */
export const ago = (at: number, now: number): string => (now - at < 1000 ? "now" : `${duration(now - at)} ago`);

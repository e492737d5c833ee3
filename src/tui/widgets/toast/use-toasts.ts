import { createContext, useContext } from "react";

export interface Toast {
  readonly level: "info" | "ok" | "warn" | "bad";
  readonly text: string;
}

export type Notify = (toast: Toast) => void;

export const NotifyContext = createContext<Notify>(() => undefined);

/** Says something in the message line, for six seconds or until the next message. */
export const useNotify = (): Notify => useContext(NotifyContext);

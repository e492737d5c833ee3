/** One red pixel, the smallest image every decoder accepts. */
export const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

/** A WAV header with no samples behind it. */
export const WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

export const text = (value: string) => ({ type: "text" as const, text: value });

export const image = () => ({ type: "image" as const, data: PNG, mimeType: "image/png" });

/** A tool result of one text block. */
export const says = (value: string) => ({ content: [text(value)] });

/** A user message of a prompt. */
export const user = <Content>(content: Content) => ({ role: "user" as const, content });

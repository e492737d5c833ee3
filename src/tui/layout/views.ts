/** The views there are, in the order of their keys. */
export const views = [
  { id: "home", key: "0", title: "Home" },
  { id: "servers", key: "1", title: "Servers" },
  { id: "tools", key: "2", title: "Tools" },
  { id: "events", key: "4", title: "Events" },
] as const;
export type ViewId = (typeof views)[number]["id"];

export const viewTitle = (id: ViewId): string => views.find((view) => view.id === id)!.title;

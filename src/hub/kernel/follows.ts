/** Tells a process that it is started to follow a hub, and what that hub leaves to it. */
export const followsVariable = "HUBCTL_FOLLOWS";

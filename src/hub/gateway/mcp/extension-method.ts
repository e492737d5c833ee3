/** What the specification names itself. */
const specified =
  /^(initialize|ping|(tools|resources|prompts|completion|logging|tasks|roots|sampling|elicitation|subscriptions|server|notifications)\/.*)$/;

/** Whether only an extension of the protocol can know a method. */
export const isExtensionMethod = (method: unknown): method is string => typeof method === "string" && !specified.test(method);

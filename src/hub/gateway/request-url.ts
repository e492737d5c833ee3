/** On the unix socket the Host header may be anything, and then the request has no absolute URL. */
export const requestUrl = ({ url }: Request): URL => new URL(url.startsWith("/") ? `http://hub${url}` : url);

/** Where a server's secret lies in the vault: below the server's name, so that none can ask for another's. */
export const serverSecrets = (server: string, name: string): string => `server/${server}/${name}`;

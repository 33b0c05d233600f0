/** What every answer of the API carries, so that who asks another server by mistake is told so. */
export const API_MARK = { name: "idlewall-api", value: "v1" } as const;

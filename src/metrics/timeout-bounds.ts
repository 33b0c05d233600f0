/**
 * Seconds at which a real time-out, limit or alert stands, so that a query can ask for exactly that border.
 * Source: conventions of this project, from the field: 240 Azure, 300 SonicWall, 350 AWS, 480 the least a Windows Mobile
 * asks, 540 Exchange's alert (event 3033), 660 KEMP, 780 the carrier of Understanding Direct Push, 900 and 1800 its
 * advice, 2700 and 3540 Exchange's limits, 3600 the default of many firewalls.
 */
export const TIMEOUT_BOUNDS_SECONDS = [
  60, 120, 240, 300, 350, 480, 540, 600, 660, 720, 780, 840, 900, 960, 1020, 1200, 1500, 1800, 2700, 3540, 3600,
] as const;

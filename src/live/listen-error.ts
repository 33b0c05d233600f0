import { StartError } from "../errors.ts";
export function listenError(error: unknown, host: string, port: number): StartError {
  return new StartError("E_LISTEN_FAILED", `${host}:${port}: ${String(error)}`);
}

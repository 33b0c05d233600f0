/** A request whose answer has not ended. */
export interface Awaited {
  readonly method: string;
  readonly upgrade: boolean;
  begun: boolean;
  /** Whether the device or the server has said that the connection ends with this answer. */
  last: boolean;
}

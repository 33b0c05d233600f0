/** A name for a request, to find it again in logs: 20 characters, as Toxiproxy's. */
export function requestId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(LENGTH)), (byte) => DIGITS.charAt(byte % DIGITS.length)).join(
    "",
  );
}

const LENGTH = 20;
const DIGITS = "0123456789abcdefghijklmnopqrstuv";

import { encodePingRequest, encodePingResponse } from "../../src/activesync/ping.ts";

/** A Ping as a device sends it, body and all. */
export function pingRequest(heartbeatIntervalSeconds = 900, deviceId = "device1"): Buffer {
  const body = encodePingRequest({ heartbeatIntervalSeconds, folders: [{ id: "5", class: "Email" }] });
  const head = [
    `POST /Microsoft-Server-ActiveSync?Cmd=Ping&User=anna&DeviceId=${deviceId}&DeviceType=PocketPC HTTP/1.1`,
    "Host: mail.example.com",
    "MS-ASProtocolVersion: 2.5",
    "Content-Type: application/vnd.ms-sync.wbxml",
    `Content-Length: ${body.length}`,
  ].join("\r\n");
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body]);
}

/** An answer to a Ping, with a Status. */
export function pingAnswer(status = 1): Buffer {
  const body = encodePingResponse({ status, ...(status === 2 ? { folders: ["5"] } : {}) });
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/vnd.ms-sync.wbxml\r\nContent-Length: ${body.length}`;
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body]);
}

/** A request without a body. */
export function getRequest(target = "/"): string {
  return `GET ${target} HTTP/1.1\r\nHost: mail.example.com\r\n\r\n`;
}

/** An answer with a length. */
export function textAnswer(body: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

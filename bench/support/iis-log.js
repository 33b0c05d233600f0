// A log of IIS as Exchange writes it, and its reading in a process of its own.
import { closeSync, openSync, writeSync } from "node:fs";

const DEVICES = 60_000;

/** Writes so many MB of lines as Exchange 2010 and 2016 write them: three Pings to two Syncs and one request of something else. */
export function writeLog(file, megabytes) {
  const handle = openSync(file, "w");
  try {
    let piece = [
      "#Software: Microsoft Internet Information Services 8.5",
      "#Version: 1.0",
      "#Date: 2026-11-26 00:00:00",
      "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken",
    ];
    let written = 0;
    for (let line = 0; written < megabytes * 1e6; line += 1) {
      piece.push(lineOf(line));
      if (piece.length < 5000) continue;
      written += writeSync(handle, `${piece.join("\r\n")}\r\n`);
      piece = [];
    }
  } finally {
    closeSync(handle);
  }
}

function lineOf(line) {
  const device = (Math.floor(line / 6) * 7919) % DEVICES;
  const second = Math.floor(line / 40) % 86_400;
  const time = [second / 3600, (second / 60) % 60, second % 60].map((part) =>
    String(Math.floor(part)).padStart(2, "0"),
  );
  const begun = `2026-11-26 ${time.join(":")} 10.0.0.5 POST`;
  const user = `CONTOSO%5Cuser${device}&DeviceId=APPL${String(device).padStart(12, "0")}`;
  const agent = `443 CONTOSO\\user${device} 10.1.${device % 250}.${line % 250} Apple-iPhone6C2/1202.466`;
  const seconds = [480, 780, 1080, 1380, 1680][line % 5];
  const budget = "Mbx:EX1.contoso.com_Throttle0_Budget:(A)Conn%3a1%2cHangingConn%3a0%2cAD%3a%24null%2f%24null%2f1%25_";
  switch (line % 6) {
    case 0:
      return `${begun} /owa/service.svc action=GetItem&ID=-52&AC=1&CorrelationID=1f ${agent} 200 0 0 31`;
    case 1:
      return `${begun} /Microsoft-Server-ActiveSync/default.eas Cmd=Sync&User=${user}&DeviceType=Android&Log=V141_Fc1_Fid:5_Ty:Em_Filt2_St:S_Sk:17_Cli:0a0c0d0f0e_Srv:1a0c0d0s0e0r_LdapC1_RpcC28_RpcL31_${budget} ${agent} 200 0 0 218`;
    case 2:
      return `${begun} /Microsoft-Server-ActiveSync/default.eas User=${user}&DeviceType=Android&Cmd=Sync&Log=V141_Fc1_Fid:5_Ty:Ca_Filt5_St:S_Sk:17_Cli:0a0c0d0f0e_Srv:0a1c0d0s0e0r_LdapC1_RpcC28_RpcL31_${budget} ${agent} 200 0 0 190`;
    case 3:
      return `${begun} /Microsoft-Server-ActiveSync/default.eas Cmd=Ping&User=${user}&DeviceType=Android&Log=V141_LdapC1_RpcC28_RpcL31_Hb${seconds}_S2_${budget} ${agent} 200 0 0 ${seconds * 300}`;
    default:
      return `${begun} /Microsoft-Server-ActiveSync/default.eas User=${user}&DeviceType=Android&Cmd=Ping&Log=Ver1:161_Hb:${seconds}_Rto:2_Cpo:656_Fet:${seconds}000_TmRcv:06:53:38.44_TmCmpl:07:03:38.44_${budget} ${agent} 200 0 0 ${seconds}013`;
  }
}

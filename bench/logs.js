// How fast `--from-log` reads a log of IIS, and in how much memory: a log of 1 GB (or --megabytes N) is written beside the
// system's other temporary files and removed again. Prints one object of JSON.
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const DEVICES = 60_000;
const given = process.argv.indexOf("--megabytes");
const megabytes = given === -1 ? 1000 : Number(process.argv[given + 1]);

if (process.argv[2] === "read") await read(process.argv[3]);
else measure();

function measure() {
  const folder = mkdtempSync(path.join(tmpdir(), "idlewall-logs-"));
  try {
    const file = path.join(folder, "u_ex261126.log");
    write(file);
    const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), "read", file], { encoding: "utf8" });
    process.stderr.write(child.stderr);
    if (child.status !== 0) throw new Error(`the reader ended with ${child.status}`);
    const told = JSON.parse(child.stdout);
    const sizeMegabytes = statSync(file).size / 1e6;
    console.log(
      JSON.stringify({
        sizeMegabytes: Math.round(sizeMegabytes),
        seconds: Number(told.seconds.toFixed(2)),
        cpuSeconds: Number(told.cpuSeconds.toFixed(2)),
        megabytesPerSecond: Math.round(sizeMegabytes / told.seconds),
        megabytesPerCpuSecond: Math.round(sizeMegabytes / told.cpuSeconds),
        peakMebibytes: Math.round(told.peakKibibytes / 1024),
        lines: told.lines,
        devices: told.devices,
        node: process.version,
        processor: cpus()[0].model,
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// In a process of its own, so that its peak is that of reading.
async function read(file) {
  const { readLogs } = await import("../dist/cli/read-logs.js");
  const begunAt = performance.now();
  const cpuAt = process.cpuUsage();
  const { logs, devices } = await readLogs([file]);
  const seconds = (performance.now() - begunAt) / 1000;
  const { user, system } = process.cpuUsage(cpuAt);
  const peakKibibytes = process.resourceUsage().maxRSS;
  console.log(
    JSON.stringify({
      seconds,
      cpuSeconds: (user + system) / 1e6,
      peakKibibytes,
      lines: logs[0].lines,
      devices: devices.count,
    }),
  );
}

// Lines as Exchange 2010 and 2016 write them: three Pings to two Syncs and one request of something else.
function write(file) {
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

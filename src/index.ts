/**
 * idlewall in process: the proxy, devices and Client Access server that the command runs, scenarios in virtual time,
 * and profiles.
 */
export { ApiError, type ApiFault, EmulatorError, ERROR_CODES, type ErrorCode } from "./errors.ts";
export type { Scheduler } from "./core/scheduler.ts";
export type { Ending, Endings } from "./path/condition.ts";
export type { FlowEvent } from "./path/flow-event.ts";
export type { Hop, Profile } from "./path/hop.ts";
export { oneHopProfile, parseAtExpiry } from "./profile/one-hop.ts";
export { readProfile } from "./profile/reader.ts";
export { parseDuration } from "./profile/durations.ts";
export type { DeviceExchange } from "./heartbeat/device-events.ts";
export { type HeartbeatEvent, type Outcome, OUTCOMES } from "./heartbeat/events.ts";
export { DEVICE_MODELS, deviceModel, type DeviceModel, readSettings } from "./heartbeat/negotiators/models.ts";
export { Trace, type TraceRow } from "./heartbeat/trace.ts";
export { type Scenario, runVirtually } from "./sizing/scenario.ts";
export { createAuthority, createLeaf, keyPem } from "./live/certificates.ts";
export { type ClientAccessOptions, type ClientAccessServer, startClientAccess } from "./live/client-access.ts";
export { type Device, startDevice } from "./live/device.ts";
export type { DeviceOptions } from "./live/device-options.ts";
export { type DeviceServer, parseDeviceServer } from "./live/device-server.ts";
export type { Emulator } from "./live/emulator.ts";
export type { ListenerControl } from "./live/emulator-listener-control.ts";
export type { Enforcer } from "./live/enforcement/enforcer.ts";
export {
  type KernelEnforcer,
  type KernelEnforcerOptions,
  startKernelEnforcer,
} from "./live/enforcement/kernel-enforcer.ts";
export { listProfiles, loadProfile } from "./live/profile-files.ts";
export {
  type Proxy,
  type ProxyObserver,
  type ProxyOptions,
  startProxy,
  startTcpProxy,
  type TcpProxyOptions,
} from "./live/proxy.ts";
export { RealScheduler, type RealSchedulerOptions } from "./live/real-scheduler.ts";
export { parseTarget, type Target } from "./live/target.ts";
export type { Awaited, WaitSettings } from "./control/api/awaited.ts";
export type { ApiEvent, ChangeEvent, EventKind } from "./control/api/event-schemas.ts";
export type {
  AboutResource,
  ConditionResource,
  DeviceResource,
  FlowResource,
  ListenerChange,
  ListenerResource,
  NewCondition,
  NewListener,
  Reach,
  ScenarioResource,
} from "./control/api/types.ts";
export type { ConnectionSettings } from "./client/asking.ts";
export { type Client, connect, type EndSettings } from "./client/client.ts";
export type { FollowSettings } from "./client/following.ts";
export { profileText, type WrittenCondition, type WrittenProfile, writeProfile } from "./profile/writer.ts";
export type { ConditionPlace, Rig, RigDeviceOptions } from "./rig/rig.ts";
export type { RigDevice } from "./rig/rig-device.ts";
export { type RigOptions, startRig } from "./rig/start-rig.ts";

/**
 * idlewall in process: the proxy, devices and Client Access server that the command runs, scenarios in virtual time,
 * and profiles. Whatever its types name can be imported too. `docs/library.md` shows how it is used.
 */
export {
  ApiError,
  type ApiFault,
  CertificateError,
  EmulatorError,
  ERROR_CODES,
  type ErrorCode,
  type Fault,
  FileError,
  ProtocolError,
  StartError,
  UsageError,
} from "./errors.ts";
export type { CommandName } from "./activesync/command.ts";
export type { Distribution } from "./core/distribution.ts";
export type { Millis } from "./core/machine.ts";
export type { Scheduler, Timer } from "./core/scheduler.ts";
export type { Ending, Endings, PlainEnding, RespondEnding } from "./path/condition.ts";
export type { ConditionSettings, ConditionType } from "./path/conditions/index.ts";
export type { FlowEvent } from "./path/flow-event.ts";
export type { Hop, HopKind, Profile, ProfileCategory } from "./path/hop.ts";
export type { During } from "./path/during.ts";
export type { Match } from "./path/match.ts";
export type { Narrowing } from "./path/narrowed.ts";
export type { EndCause } from "./path/path-effect.ts";
export type { Direction } from "./path/segment.ts";
export type { StageView } from "./path/stage-view.ts";
export { oneHopProfile, type OneHopSettings, parseAtExpiry } from "./profile/one-hop.ts";
export { readProfile } from "./profile/reader.ts";
export { parseDuration } from "./profile/durations.ts";
export { profileText, type WrittenCondition, type WrittenProfile, writeProfile } from "./profile/writer.ts";
export type { AlertView } from "./heartbeat/alert.ts";
export type { BoundsState, Bracket } from "./heartbeat/bounds.ts";
export type { ClientAccessSettings } from "./heartbeat/client-access.ts";
export type { AskedExchange, ConnectionFailure, DeviceExchange } from "./heartbeat/device-events.ts";
export type { ExchangeEnding } from "./heartbeat/ending.ts";
export {
  type DecodeFailure,
  type DeviceIdentity,
  type Exchange,
  type ExchangeEnd,
  type HeartbeatEvent,
  type Outcome,
  OUTCOMES,
  type WaitingCommand,
} from "./heartbeat/events.ts";
export {
  DEVICE_MODELS,
  deviceModel,
  type DeviceModel,
  type ModelName,
  readSettings,
  type SettingsReading,
} from "./heartbeat/negotiators/models.ts";
export type {
  DeviceEnding,
  Move,
  Negotiator,
  NegotiatorSettings,
  SettingName,
} from "./heartbeat/negotiators/negotiator.ts";
export type { AskedMove, NegotiationState } from "./heartbeat/followed.ts";
export type { NetworkView } from "./heartbeat/networks.ts";
export type {
  BoundBy,
  Gain,
  HopAction,
  HopAdvice,
  NetworkRecommendation,
  NotEnough,
  Recommendation,
  Recommendations,
  Sample,
} from "./heartbeat/recommendation/types.ts";
export type { CommandFigures, FoundInDevice, TrackerEvent, TrackerFigures } from "./heartbeat/tracker-events.ts";
export type { MailboxSettings } from "./heartbeat/mailboxes.ts";
export type { MailSchedule } from "./heartbeat/mail-schedule.ts";
export type { WaitingLimits } from "./heartbeat/waiting-limits.ts";
export { type OpenRow, Trace, type TraceRow } from "./heartbeat/trace.ts";
export type { HttpFault } from "./http/message.ts";
export { NETPICULET_CARRIERS } from "./sizing/carriers.ts";
export { costModel, type RadioName, RADIOS } from "./sizing/cost.ts";
export { recommend } from "./sizing/recommendation.ts";
export { type Scenario, runVirtually } from "./sizing/scenario.ts";
export {
  type CarrierShare,
  type CostConstant,
  type CostModel,
  type DeviceShare,
  type SizeBound,
  type SizeRecommendation,
  type SizeResult,
  type SizeRates,
  type SizeRow,
  type SizeSettings,
} from "./sizing/size-result.ts";
export { sizeRows, type SweepOptions } from "./sizing/sweep.ts";
export { EVEN_HOURS, WORKING_HOURS } from "./sizing/workload.ts";
export {
  type AuthoritySettings,
  type CertifiedKey,
  createAuthority,
  createLeaf,
  keyPem,
  type KeyKind,
  type LeafSettings,
} from "./live/certificates.ts";
export {
  type ClientAccessCallbacks,
  type ClientAccessOptions,
  type ClientAccessServer,
  type ServedRequest,
  startClientAccess,
} from "./live/client-access.ts";
export type { Refusal, ServedCommand } from "./live/client-access-head.ts";
export type { MailboxControl, MailboxCounts } from "./live/client-access-control.ts";
export type { MailPlan } from "./live/client-access-mail.ts";
export type { UsersByName } from "./live/client-access-users.ts";
export { type Device, startDevice } from "./live/device.ts";
export type { DeviceCallbacks, DeviceOptions, DevicePause, EndedCommand, SentCommand } from "./live/device-options.ts";
export type { QueryForm } from "./live/device-request.ts";
export { type DeviceServer, type DeviceTls, type DeviceTrust, parseDeviceServer } from "./live/device-server.ts";
export type { Emulator } from "./live/emulator.ts";
export type { DeviceView, NegotiationView } from "./live/emulator-devices.ts";
export type { Change, ChangeAuthor, EmulatorEvent } from "./live/emulator-events.ts";
export type { FlowView } from "./live/emulator-flows.ts";
export type { TrackingSettings } from "./live/emulator-tracking.ts";
export type { ListenerControl, ListenerUpdate } from "./live/emulator-listener-control.ts";
export type { TcpListenerSettings } from "./live/emulator-plan.ts";
export type { Enforcer, Silence } from "./live/enforcement/enforcer.ts";
export type { FlowTuple } from "./live/enforcement/flow-tuple.ts";
export {
  type KernelEnforcer,
  type KernelEnforcerOptions,
  startKernelEnforcer,
} from "./live/enforcement/kernel-enforcer.ts";
export type { FlowBytes } from "./live/flow-handler.ts";
export type { HttpsOptions, TcpOptions } from "./live/listener-kinds.ts";
export { listProfiles, loadProfile } from "./live/profile-files.ts";
export {
  type ListenerOptions,
  type Proxy,
  type ProxyObserver,
  type ProxyOptions,
  startProxy,
  startTcpProxy,
  type TcpProxyOptions,
} from "./live/proxy.ts";
export { RealScheduler, type RealSchedulerOptions } from "./live/real-scheduler.ts";
export type { ServerFailure } from "./live/server-leg.ts";
export { parseTarget, parseTcpTarget, type Target, type TargetTls, type TargetTrust } from "./live/target.ts";
export type { Identity, TerminationOptions } from "./live/tls-termination.ts";
export type { ApiEvent, ChangeEvent, EventKind } from "./control/api/event-schemas.ts";
export type {
  AboutResource,
  AlertResource,
  BoundsResource,
  ConditionChange,
  ConditionResource,
  DeviceResource,
  FlowResource,
  ListenerChange,
  ListenerResource,
  NetworkRecommendationResource,
  NewCondition,
  NewListener,
  Reach,
  RecommendationResource,
  ScenarioResource,
  WrittenConditionResource,
  WrittenProfileResource,
} from "./control/api/types.ts";
export type { EventOf, Patience, WaitSettings } from "./control/api/wait-settings.ts";
export type { ConnectionSettings } from "./client/asking.ts";
export { type Client, type ClientWaitSettings, connect, type EndSettings } from "./client/client.ts";
export type { FollowSettings } from "./client/following.ts";
export { profileFrom } from "./rig/profile-from.ts";
export type { ConditionPlace, Rig, RigDeviceOptions } from "./rig/rig.ts";
export type { RigDevice } from "./rig/rig-device.ts";
export type { FailedServer } from "./rig/server-failures.ts";
export { type RigOptions, startRig } from "./rig/start-rig.ts";

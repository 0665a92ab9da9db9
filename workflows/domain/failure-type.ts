/**
 * The `type` of every ApplicationFailure that Longrun throws. They are a contract: retry policies, the Web UI and
 * people's scripts match on them.
 */
export const failureType = {
  invalidInput: 'InvalidInput',
  experimentExists: 'ExperimentExists',
  artifactStoreUnavailable: 'ArtifactStore.Unavailable',
  artifactStoreRefused: 'ArtifactStore.Refused',
  modelNotConfigured: 'LanguageModel.NotConfigured',
  modelUnauthorized: 'LanguageModel.Unauthorized',
  modelUnknown: 'LanguageModel.UnknownModel',
  modelNoCredit: 'LanguageModel.NoCredit',
  modelBadRequest: 'LanguageModel.BadRequest',
  modelRateLimited: 'LanguageModel.RateLimited',
  modelUnavailable: 'LanguageModel.Unavailable',
  modelIncompleteReply: 'LanguageModel.IncompleteReply',
  modelUnusableReply: 'LanguageModel.UnusableReply',
  executionRefused: 'Execution.Refused',
  supervisorFailed: 'Execution.SupervisorFailed',
  watcherShutDown: 'Execution.WatcherShutDown',
  hostBusy: 'Execution.HostBusy',
  hostLost: 'Execution.HostLost',
  killedFromOutside: 'Execution.KilledFromOutside',
  nativeCrash: 'Execution.NativeCrash',
  deviceFault: 'Execution.DeviceFault',
  diskFull: 'Execution.DiskFull',
  sandboxMisconfigured: 'Execution.SandboxMisconfigured',
  dataUnavailable: 'Data.Unavailable',
  notEquipped: 'Execution.NotEquipped',
  packagesUnavailable: 'Packages.Unavailable',
  sandboxUnavailable: 'SandboxUnavailable',
} as const;

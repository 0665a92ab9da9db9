import type { Notice } from '../workflows/domain/notice.ts';
import { acceptExecution, type AcceptExecutionInput } from './accept-execution.ts';
import { adoptPlan, type AdoptPlanInput } from './adopt-plan.ts';
import { analyzeTrial, type AnalyzeTrialInput } from './analyze-trial.ts';
import { checkModels, type CheckModelsInput } from './check-models.ts';
import { checkTrainingScript, type CheckTrainingScriptInput } from './check-training-script.ts';
import { compactLog, type CompactLogInput } from './compact-log.ts';
import type {
  HostDependencies,
  LanguageModelDependencies,
  NotifyingDependencies,
  OpeningDependencies,
  TrainingDependencies,
} from './dependencies.ts';
import { draftPlan, type DraftPlanInput } from './draft-plan.ts';
import { equipHost, type EquipHostInput } from './equip-host.ts';
import { installPackages, type InstallPackagesInput } from './install-packages.ts';
import { markExecutionPaused, type MarkExecutionPausedInput } from './mark-execution-paused.ts';
import { notify } from './notify.ts';
import { openExperiment, type OpenExperimentInput } from './open-experiment.ts';
import { prepareData, type PrepareDataInput } from './prepare-data.ts';
import { publishReport, type PublishReportInput } from './publish-report.ts';
import { recordBreakOff, type RecordBreakOffInput } from './record-break-off.ts';
import { recordMessages, type RecordMessagesInput } from './record-messages.ts';
import { recordTrial, type RecordTrialInput } from './record-trial.ts';
import { revisePlan, type RevisePlanInput } from './revise-plan.ts';
import { runTraining } from './run-training.ts';
import type { ExecutionRequest } from './execution-request.ts';
import { stopTraining } from './stop-training.ts';
import { summarizeLog, type SummarizeLogInput } from './summarize-log.ts';
import { surveyHost, type SurveyHostInput } from './survey-host.ts';
import { writeReport, type WriteReportInput } from './write-report.ts';
import { writeTrainingScript, type WriteTrainingScriptInput } from './write-training-script.ts';

/** For the queue `experiments`. */
export function createExperimentActivities(
  dependencies: Omit<OpeningDependencies, 'hasWebhook'>,
  { webhook }: NotifyingDependencies,
) {
  const opening = { ...dependencies, hasWebhook: webhook !== null };
  return {
    openExperiment: (input: OpenExperimentInput) => openExperiment(opening, input),
    acceptExecution: (input: AcceptExecutionInput) => acceptExecution(dependencies, input),
    markExecutionPaused: (input: MarkExecutionPausedInput) => markExecutionPaused(dependencies, input),
    adoptPlan: (input: AdoptPlanInput) => adoptPlan(dependencies, input),
    recordMessages: (input: RecordMessagesInput) => recordMessages(dependencies, input),
    recordTrial: (input: RecordTrialInput) => recordTrial(dependencies, input),
    recordBreakOff: (input: RecordBreakOffInput) => recordBreakOff(dependencies, input),
    publishReport: (input: PublishReportInput) => publishReport(dependencies, input),
    notify: (notice: Notice) => notify({ webhook }, notice),
  };
}

/** For the queue `llm`. */
export function createLanguageModelActivities(dependencies: LanguageModelDependencies) {
  return {
    checkModels: (input: CheckModelsInput) => checkModels(dependencies, input),
    draftPlan: (input: DraftPlanInput) => draftPlan(dependencies, input),
    writeTrainingScript: (input: WriteTrainingScriptInput) => writeTrainingScript(dependencies, input),
    summarizeLog: (input: SummarizeLogInput) => summarizeLog(dependencies, input),
    analyzeTrial: (input: AnalyzeTrialInput) => analyzeTrial(dependencies, input),
    revisePlan: (input: RevisePlanInput) => revisePlan(dependencies, input),
    writeReport: (input: WriteReportInput) => writeReport(dependencies, input),
  };
}

/** For the queue `hosts`. */
export function createHostActivities(dependencies: HostDependencies) {
  return {
    surveyHost: (input: SurveyHostInput) => surveyHost(dependencies, input),
    compactLog: (input: CompactLogInput) => compactLog(dependencies, input),
    checkTrainingScript: (input: CheckTrainingScriptInput) => checkTrainingScript(dependencies, input),
  };
}

/** For the queue `hosts`, and `gpu-<host>` where it is that very host which lacks something. */
export function createEquipmentActivities(dependencies: HostDependencies) {
  return {
    installPackages: (input: InstallPackagesInput) => installPackages(dependencies, input),
    equipHost: (input: EquipHostInput) => equipHost(dependencies, input),
    prepareData: (input: PrepareDataInput) => prepareData(dependencies, input),
  };
}

/** For the queues `gpu` and `gpu-<host>`. */
export function createGpuActivities(dependencies: TrainingDependencies) {
  return {
    rehearseTraining: (request: ExecutionRequest) => runTraining(dependencies, request),
    runTraining: (request: ExecutionRequest) => runTraining(dependencies, request),
    stopTraining: (request: ExecutionRequest) => stopTraining(dependencies, request),
    compactLog: (input: CompactLogInput) => compactLog(dependencies, input),
  };
}

export type ExperimentActivities = ReturnType<typeof createExperimentActivities>;
export type LanguageModelActivities = ReturnType<typeof createLanguageModelActivities>;
export type HostActivities = ReturnType<typeof createHostActivities>;
export type EquipmentActivities = ReturnType<typeof createEquipmentActivities>;
export type GpuActivities = ReturnType<typeof createGpuActivities>;

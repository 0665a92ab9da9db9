import { z } from 'zod';

/** What a host has for trainings. The language model sees it, so that it writes for the machine that is there. */
export const hostSurveySchema = z.object({
  host: z.string(),
  operatingSystem: z.string(),
  cores: z.number(),
  memoryGigabytes: z.number(),
  freeDiskGigabytes: z.number(),
  slots: z.number().int().positive(),
  gpus: z.array(z.object({ uuid: z.string(), name: z.string(), memoryMegabytes: z.number().nullable() })),
  python: z.string(),
  packages: z.array(z.object({ name: z.string(), version: z.string() })),
});

export type HostSurvey = z.infer<typeof hostSurveySchema>;

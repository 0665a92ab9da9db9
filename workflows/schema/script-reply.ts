import { z } from 'zod';

/** A reply that writes code: its heading names the trial, the prose says what is tried, the fence is the whole file. */
export const scriptReplySchema = z.object({
  title: z.string().trim().min(1).max(120),
  intention: z.string().trim().max(2_000),
  script: z.string().min(1).max(400_000),
});

export type ScriptReply = z.infer<typeof scriptReplySchema>;

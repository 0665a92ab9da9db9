import { z } from 'zod';

export const modelRoleSchema = z.enum(['planner', 'coder', 'analyst', 'reporter']);

export type ModelRole = z.infer<typeof modelRoleSchema>;

/** `provider/model`. Without a provider it is a model of the server that OPENAI_BASE_URL names, else of OpenAI. */
export const modelNameSchema = z
  .string()
  .max(200)
  .regex(/^[^\s/]+(\/[^\s]*[^\s/])?$/, 'must be provider/model, such as anthropic/claude-sonnet-4-5');

/** What is sent along with a request; what is left out is left to the provider. */
export const modelParametersSchema = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().gt(0).max(1).optional(),
  reasoningEffort: z.enum(['none', 'minimal', 'low', 'medium', 'high']).optional(),
  mostOutputTokens: z.number().int().min(256).max(1_000_000).optional(),
  /** What the model reads and writes in one call, where Longrun does not know it or assumes too much. */
  contextTokens: z.number().int().min(2_048).max(10_000_000).optional(),
});

/** A model with what stands in for it where it cannot be had. */
export const modelChoiceSchema = z.union([
  modelNameSchema,
  z.strictObject({
    model: modelNameSchema,
    fallbacks: z.array(modelNameSchema).max(5).optional(),
    ...modelParametersSchema.shape,
  }),
]);

/** Models by the role that they play. A role left out takes what the `llm` worker is set to. */
export const modelsSchema = z.strictObject({
  planner: modelChoiceSchema.optional(),
  coder: modelChoiceSchema.optional(),
  analyst: modelChoiceSchema.optional(),
  reporter: modelChoiceSchema.optional(),
});

export type ModelParameters = z.infer<typeof modelParametersSchema>;
export type ModelChoice = z.infer<typeof modelChoiceSchema>;
export type Models = z.infer<typeof modelsSchema>;

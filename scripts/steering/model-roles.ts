import type { ModelRole } from '../../workflows/schema/models.ts';

/** Apart from its schema, which would load zod for a list of commands. */
export const modelRoles = ['planner', 'coder', 'analyst', 'reporter'] as const satisfies readonly ModelRole[];

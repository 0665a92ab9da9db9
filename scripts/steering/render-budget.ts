import { describeCost, extensibleParts, partNames, type ExtensiblePart } from '../../workflows/domain/budget.ts';
import type { Progress } from '../../workflows/domain/progress.ts';
import type { BudgetAnswer } from '../../workflows/messages.ts';
import { renderTable } from '../watch/render-table.ts';
import { modelRoles } from './model-roles.ts';

/** The budget is null before the input is checked. */
export type SpentBudget = { budget: null } | (BudgetAnswer & Pick<Progress, 'trials' | 'elapsedSeconds'>);

/** What there is of each part and what is used, then what each role has used. */
export function renderBudget(id: string, spent: SpentBudget): string[] {
  const { budget } = spent;
  if (budget === null) return [`${id} has no budget yet: its input is being checked.`];
  const { spending, trials, elapsedSeconds, warnings } = spent;
  const used: Record<ExtensiblePart, string> = {
    trials: String(trials),
    hours: rounded(elapsedSeconds / 3600),
    gpuHours: rounded(spending.trainingSeconds / 3600),
    tokens: String(spending.inputTokens + spending.outputTokens),
    usd: describeCost(spending, 2),
    calls: String(spending.calls),
  };
  const parts = extensibleParts.map((part) => [partNames[part], used[part], String(budget[part] ?? 'no bound')]);
  const roles = modelRoles.flatMap((role) => {
    const by = spending.byRole[role];
    if (by === undefined) return [];
    return [[role, String(by.calls), String(by.inputTokens), String(by.outputTokens), describeCost(by, 4)]];
  });
  const roleTitles = ['role', 'calls', 'tokens read', 'tokens written', 'US dollars'];
  return [
    ...renderTable([['part', 'used', 'of'], ...parts], [1, 2]),
    ...(roles.length === 0 ? [] : ['', ...renderTable([roleTitles, ...roles], [1, 2, 3, 4])]),
    ...warnings.map((warning) => `${warning}.`),
    `When a part is spent: ${budget.whenSpent === 'wait' ? 'it waits for more' : 'it reports'}.`,
  ];
}

function rounded(amount: number): string {
  return String(Number(amount.toFixed(2)));
}

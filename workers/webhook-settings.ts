import { z } from 'zod';
import { secretPrefix, type WebhookSettings } from '../activities/adapters/webhook.ts';
import { optionalVariable } from './optional-variable.ts';

const addressProblem = 'must be an http or https address, such as https://example.com/hook';
const secretProblem = `must be ${secretPrefix} and 24 to 64 bytes in base64, as \`echo "${secretPrefix}$(openssl rand -base64 32)"\` makes it`;

/** The variables of the webhook, to be spread into the schema of the environment. */
export const webhookVariables = {
  LONGRUN_WEBHOOK_URL: optionalVariable(
    z.string().refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), addressProblem),
  ),
  LONGRUN_WEBHOOK_SECRET: optionalVariable(z.string().refine(isSecret, secretProblem)),
};

/** The sizes that the Standard Webhooks specification gives for a key, in base64 that every receiver can read. */
function isSecret(text: string): boolean {
  const written = text.slice(secretPrefix.length);
  const key = Buffer.from(written, 'base64');
  return text.startsWith(secretPrefix) && key.toString('base64') === written && key.length >= 24 && key.length <= 64;
}

interface Variables {
  LONGRUN_WEBHOOK_URL?: string | undefined;
  LONGRUN_WEBHOOK_SECRET?: string | undefined;
}

/** Null where nobody is to be told. A secret alone tells nobody. */
export function webhookSettings({ LONGRUN_WEBHOOK_URL: url, LONGRUN_WEBHOOK_SECRET: secret }: Variables): {
  settings: WebhookSettings | null;
  problems: string[];
} {
  if (url === undefined) return { settings: null, problems: [] };
  if (secret !== undefined) return { settings: { url, secret }, problems: [] };
  return {
    settings: null,
    problems: [`LONGRUN_WEBHOOK_SECRET: is missing beside LONGRUN_WEBHOOK_URL, ${secretProblem}`],
  };
}

/** What must not show in logs and failures beside the values of the variables themselves: a token may be the user. */
export function secretsOfWebhook(settings: WebhookSettings | null): string[] {
  if (settings === null) return [];
  const { url, secret } = settings;
  return [url, new URL(url).username, secret.slice(secretPrefix.length)];
}

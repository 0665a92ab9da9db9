import { unescape } from 'node:querystring';

/** Takes secrets out of texts; the marker in their place is `[redacted]`. */
export interface Redactor {
  redact(text: string): string;
  /** The same for each string and key within plain JSON; other objects (dates, buffers) are left as they are. */
  redactDeep<T>(value: T): T;
}

const marker = '[redacted]';

/** Shorter values would be found in ordinary words. */
const leastSecretCharacters = 8;

/** What local servers, which look at no key, are given in place of one: ordinary words, in small letters. */
const placeholders = new Set([
  'anything',
  'dummy-key',
  'dummy_key',
  'fake-key',
  'local-key',
  'lm-studio',
  'lm_studio',
  'lmstudio',
  'llama.cpp',
  'llama-cpp',
  'no-api-key',
  'no-key-needed',
  'no-key-required',
  'not-needed',
  'not-required',
  'not-used',
  'not_needed',
  'placeholder',
  'sk-no-key-required',
  'token-abc123',
  'your-api-key',
  'your_api_key',
]);

/**
 * Knows the given values, written plainly, in base64 (also inside of a longer base64 text), URL-encoded or as in JSON,
 * and the shapes of common credentials. Takes time linear in the length of the text.
 *
 * Not covered: a secret that is cut in two, encrypted, compressed or in hexadecimal; one of fewer than 8 characters that
 * has no known shape; one that is a usual placeholder, which would be found in texts that mean no key.
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  const values = secrets.flatMap((secret) => [secret, secret.trim()]).filter(isTelling);
  // Longest first: the plain value may be a part of a written form, whose rest would stay.
  const forms = [...new Set(values.flatMap(formsOf))].toSorted((a, b) => b.length - a.length);
  const redact = (text: string): string => redactShapes(forms.reduce(withoutForm, text));
  return { redact, redactDeep: <T>(value: T): T => redactValue(value, redact) as T };
}

/**
 * The values of variables that are named like a secret, and the passwords of those that are a URL with one (as written
 * there and decoded): the rest of a URL is worth reading.
 */
export function secretsOf(environment: NodeJS.ProcessEnv): string[] {
  const found = Object.entries(environment).flatMap(([name, value = '']) =>
    /(?:KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS)$/i.test(name) ? [value] : passwordsIn(value),
  );
  return [...new Set(found.filter((value) => value !== ''))];
}

function passwordsIn(value: string): string[] {
  const password = URL.canParse(value) ? new URL(value).password : '';
  if (password === '') return [];
  const written = /:\/\/[^/:@]*:([^/]*)@/.exec(value)?.[1] ?? password;
  return [written, password, unescape(password)];
}

/** Found in a text, it is no chance. */
function isTelling(secret: string): boolean {
  const isPlaceholder = placeholders.has(secret.trim().toLowerCase());
  return secret.length >= leastSecretCharacters && !isPlaceholder && !marker.includes(secret);
}

function withoutForm(text: string, form: string): string {
  return text.includes(form) ? text.replaceAll(form, marker) : text;
}

/** Each way in which a value is likely to be written. */
function formsOf(secret: string): string[] {
  const whole = Buffer.from(secret);
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inUrl = encodeURIComponent(whole.toString());
  return [
    secret,
    inJson,
    JSON.stringify(inJson).slice(1, -1),
    inUrl,
    inUrl.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    new URLSearchParams([['', secret]]).toString().slice(1),
    whole.toString('base64'),
    whole.toString('base64url'),
    ...[0, 1, 2].flatMap((offset) => base64At(offset, whole)),
  ];
}

/** The characters of base64 that depend on the value alone, where it begins `offset` bytes after a multiple of three. */
function base64At(offset: number, whole: Buffer): string[] {
  const encoded = Buffer.concat([Buffer.alloc(offset), whole]).toString('base64');
  const inner = encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + whole.length) * 8) / 6));
  return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
}

/** Where a token begins: `task-…` has no key in it, but `\nsk-…` in JSON and `%3Dsk-…` in a URL have one. */
const start = String.raw`(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2}))`;

/**
 * Every quantifier is over one class of characters or bounded, so that no text takes quadratic time. Names such as
 * `sk-toggleable__content` of scikit-learn's pages and `Bearer authentication` are no keys, hence the digits.
 */
const tokenShapes = new RegExp(
  [
    `${start}sk-ant-[A-Za-z0-9_-]{10,}`,
    `${start}sk-(?=[A-Za-z_-]{0,200}[0-9])[A-Za-z0-9_-]{16,}`,
    `${start}hf_[A-Za-z0-9]{20,}`,
    `${start}gh[pousr]_[A-Za-z0-9]{20,}`,
    `${start}github_pat_[A-Za-z0-9_]{20,}`,
    `${start}xox[baprs]-[A-Za-z0-9-]{10,}`,
    // These two could be found within base64, where `/` and `+` are no borders either.
    `${start}(?<![+/])AKIA[A-Z0-9]{16}(?![A-Za-z0-9+/])`,
    `${start}(?<![+/])AIza[A-Za-z0-9_-]{35,}`,
  ].join('|'),
  'g',
);
const bearerShape =
  /\b(Bearer(?:\s{1,4}|%20|\+))(?:[A-Za-z0-9._~+/=-]{16,}|(?=[A-Za-z._~+/=-]{0,16}[0-9])[A-Za-z0-9._~+/=-]{8,})/gi;
const passwordShape = /:\/\/[^\s/@:?#"'`<>{}\\]{0,256}:(?!\$)[^\s/@?#"'`<>{}\\]{1,256}@/g;
const privateKeyShape =
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[A-Za-z0-9+/=:,\s]|\\{1,4}[nr]|-(?!----)){40,16384}(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g;

function redactShapes(text: string): string {
  return text
    .replace(privateKeyShape, marker)
    .replace(passwordShape, `://${marker}@`)
    .replace(bearerShape, `$1${marker}`)
    .replace(tokenShapes, marker);
}

function redactValue(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((each: unknown) => redactValue(each, redact));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [redact(key), redactValue(each, redact)]));
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

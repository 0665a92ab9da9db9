import { InvalidArgumentError } from 'commander';

export function readId(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is empty: `longrun list` shows the experiments that there are.');
  return text;
}

export function readModelName(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is empty: name a model as provider/model.');
  return text;
}

export function readTrial(text: string): number {
  if (!/^0*[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be the number of a trial.');
  return Number(text);
}

export function readNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}

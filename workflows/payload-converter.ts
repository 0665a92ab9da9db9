import { defaultPayloadConverter, type PayloadConverter } from '@temporalio/common';
import { Undecodable } from './domain/undecodable.ts';

/**
 * The SDK's own, but that it throws nothing at what strangers send: before a handler could refuse it, each attempt of
 * the workflow task would fail. The sandbox loads this file by the name of its export.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload(payload) {
    try {
      return defaultPayloadConverter.fromPayload(payload);
    } catch (error) {
      return new Undecodable(error instanceof Error ? error.message : String(error)) as never;
    }
  },
};

import { z } from 'zod';

/** The text of a reply that has fields beside it. */
export const replyMarkdownSchema = z.string().trim().min(1).max(60_000);

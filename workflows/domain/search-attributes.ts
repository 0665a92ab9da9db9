/** By which experiments are found and listed. A server registers them; where it does not, experiments do without. */
export const searchAttribute = {
  stage: { name: 'LongrunStage', type: 'Keyword' },
  best: { name: 'LongrunBest', type: 'Double' },
  title: { name: 'LongrunTitle', type: 'Keyword' },
} as const;

import type { ModelParameters } from '../../workflows/schema/models.ts';
import type { Price } from './price-table.ts';
import type { Provider } from './provider.ts';

/** One model at one provider, with all that is needed to ask it. */
export interface ModelTarget {
  /** As people write it: `provider/model`. */
  name: string;
  /** As the provider knows it. */
  model: string;
  provider: Provider;
  /** Null: none is set. */
  apiKey: string | null;
  parameters: ModelParameters;
  /** Null: in no table. */
  price: Price | null;
}

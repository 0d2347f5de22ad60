import type { StoreHealth } from '../cache/index.js';
import { builder } from './builder.js';

export const BreakerStateEnum = builder.enumType('BreakerState', {
  description: 'Whether Redis is asked.',
  values: {
    CLOSED: { description: 'It is.' },
    OPEN: { description: 'It is not, until it answers again; everything is computed.' },
    HALF_OPEN: { description: 'One request is trying.' },
  } as const,
});

const HealthStatusEnum = builder.enumType('HealthStatus', {
  description: 'How well something does.',
  values: {
    HEALTHY: { description: 'As it should be.' },
    DEGRADED: { description: 'Requests are answered, but slower or less fresh.' },
    UNHEALTHY: { description: 'Requests fail.' },
  } as const,
});

const CacheHealthType = builder.objectRef<StoreHealth>('CacheHealth').implement({
  description: 'How the cache does. Without Redis nothing fails; it is only slower.',
  fields: (t) => ({
    status: t.field({
      type: HealthStatusEnum,
      description: 'Of the cache as a whole.',
      resolve: ({ available, pendingRaises }) => (available && pendingRaises === 0 ? 'HEALTHY' : 'DEGRADED'),
    }),
    redis: t.field({
      type: HealthStatusEnum,
      description: 'Of Redis; HEALTHY where none is configured.',
      resolve: ({ available }) => (available ? 'HEALTHY' : 'UNHEALTHY'),
    }),
    breaker: t.field({
      type: BreakerStateEnum,
      description: 'Whether Redis is asked.',
      resolve: ({ breaker }) => breaker,
    }),
    latencyMs: t.exposeFloat('latencyMs', {
      nullable: true,
      description: "Of Redis's last answer; null where it does not answer.",
    }),
    pendingInvalidations: t.exposeInt('pendingRaises', {
      description: 'Invalidations of this gateway that wait for Redis.',
    }),
    message: t.string({
      nullable: true,
      description: 'A sentence for people.',
      resolve: ({ message, shared }) =>
        message ?? (shared ? null : 'No Redis is configured: values are kept in this process.'),
    }),
  }),
});

builder.queryField('cacheHealth', (t) =>
  t.field({
    type: CacheHealthType,
    nullable: true,
    authScopes: { operator: true },
    cache: 'never',
    description: 'How the cache does. In production for admins.',
    resolve: (_, __, { cache: { store } }) => store.health(),
  }),
);
